/** Compares with a committed file, or writes it where `npm run accept` asks for that. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Set by `npm run accept`. */
export const acceptVariable = "GITLAB_ACCEPT_GOLDENS";

/** Holds a text against `tests/golden/<name>`. */
export function expectGolden(name: string, actual: string): void {
  const file = join(__dirname, name);
  if (process.env[acceptVariable] === "1") {
    writeFileSync(file, actual);
    return;
  }
  if (!existsSync(file))
    throw new Error(`tests/golden/${name} is missing: npm run accept writes it`);
  const expected = readFileSync(file, "utf8");
  if (expected === actual) return;
  const [before, after] = [expected.split("\n"), actual.split("\n")];
  const at = after.findIndex((line, index) => line !== before[index]);
  const around = (lines: string[]) => lines.slice(Math.max(0, at - 3), at + 6).join("\n");
  throw new Error(
    `tests/golden/${name} differs from line ${at + 1} on. If that is meant, run npm run accept and review the diff.\n--- committed\n${around(before)}\n--- now\n${around(after)}`,
  );
}
