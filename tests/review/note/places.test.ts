import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../../environments/registry";
import { placesOf } from "../../../review/note/places";

const checkout = join(__dirname, "../../..");

describe.each(Object.keys(environments))("%s", (stack) => {
  const place = placesOf(stack);

  test("has a command, an alarm with its page, and a page on restoring", () => {
    expect(place).toBeDefined();
    for (const page of [place?.runbook ?? "", place?.restore ?? ""])
      expect(existsSync(join(checkout, page))).toBe(true);
    // The alarm is that of the page: its name stands there as the page writes it.
    expect(readFileSync(join(checkout, place?.runbook ?? ""), "utf8")).toContain(place?.alarm);
  });

  test("has the output that the command asks for", () => {
    const [, output = "", asked] =
      /pulumi stack output (\w+) -s (\w+)/.exec(place?.backups ?? "") ?? [];
    expect(asked).toBe(stack);
    const program = readFileSync(join(checkout, "environments", stack, "index.ts"), "utf8");
    expect(program).toMatch(new RegExp(`^\\s+${output}[:,]`, "m"));
  });
});
