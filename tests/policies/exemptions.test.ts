/** Exemptions exempt what they name, until their last day, and are faults where they serve nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Assessor } from "../../policies/assess";
import {
  covers,
  daysLeft,
  type Exemption,
  exemptionFor,
  ExemptionsError,
  type Judged,
  readExemptions,
  standings,
} from "../../policies/exemptions";
import { rules } from "../../policies/rules";
import { planned, stackOf, viewOf } from "./support/planned";

const today = new Date("2026-11-21T12:00:00Z");
const urn = "urn:pulumi:aws::gitlab::a:B$aws:efs/fileSystem:FileSystem::git-files-files";
const entry: Exemption = {
  reason: "the original has it",
  policies: ["rule-one"],
  targets: ["urn:pulumi:aws::gitlab::*aws:efs/fileSystem:FileSystem::git-*"],
  owner: "infrastructure",
  expires: "2027-10-31",
};
const known = new Set(["rule-one"]);
const yaml = (change: Record<string, unknown>): string =>
  JSON.stringify({ exemptions: [{ ...entry, ...change }] });
const failed: Judged = { rule: "rule-one", urn, state: "failed" };

describe("the file", () => {
  test("of this project is well formed, and every entry says who and why", () => {
    const text = readFileSync(join(__dirname, "..", "..", "policies", "exemptions.yaml"), "utf8");
    const entries = readExemptions(text, new Set(rules.map(({ id }) => id)));
    expect(entries.length).toBeGreaterThan(0);
    for (const { reason } of entries) expect(reason.length).toBeGreaterThan(40);
  });

  test.each([
    ["no reason", { reason: "" }],
    ["no owner", { owner: undefined }],
    ["no last day", { expires: undefined }],
    ["no last day", { expires: "2027-02-30" }],
    ["no last day", { expires: "soon" }],
    ["no policies", { policies: [] }],
    ["no targets", { targets: [] }],
    ["a rule that there is not", { policies: ["rule-two"] }],
    ["names no stack", { targets: ["*"] }],
    ["names no stack", { targets: ["urn:pulumi:*::gitlab::*"] }],
    ["unknown key", { approved: true }],
  ])("is refused for %s", (what, change) => {
    expect(() => readExemptions(yaml(change), known)).toThrow(ExemptionsError);
    expect(() => readExemptions(yaml(change), known)).toThrow(new RegExp(what));
  });

  test("is refused where it has no list", () => {
    expect(() => readExemptions("", known)).toThrow(ExemptionsError);
  });
});

describe("an entry", () => {
  test("covers the URNs of its patterns and no other", () => {
    expect(covers(entry, urn)).toBe(true);
    expect(covers(entry, urn.replace("pulumi:aws::", "pulumi:ops::"))).toBe(false);
    expect(covers(entry, `${urn}x`)).toBe(true);
    expect(
      covers({ ...entry, targets: ["urn:pulumi:aws::gitlab::a.b"] }, "urn:pulumi:aws::gitlab::aXb"),
    ).toBe(false);
  });

  test("holds to the end of its last day", () => {
    const last = new Date("2027-10-31T23:59:00Z");
    const over = new Date("2027-11-01T00:00:00Z");
    expect(daysLeft(entry, last)).toBe(0);
    expect(exemptionFor([entry], "rule-one", urn, last)).toBe(entry);
    expect(exemptionFor([entry], "rule-one", urn, over)).toBeUndefined();
    expect(exemptionFor([entry], "rule-two", urn, last)).toBeUndefined();
  });

  test("that exempts something stands without a fault", () => {
    const [one] = standings([entry], "aws", [urn], [failed], today);
    expect(one).toMatchObject({ faults: [], used: [failed], warning: undefined });
  });

  test("is a fault once it has expired", () => {
    const [one] = standings([entry], "aws", [urn], [failed], new Date("2028-01-01"));
    expect(one?.faults).toEqual(["has expired"]);
  });

  test("is warned of in its last month", () => {
    const [one] = standings([entry], "aws", [urn], [failed], new Date("2027-10-20"));
    expect(one).toMatchObject({ faults: [], warning: 11 });
  });

  test("is a fault where nothing that it names breaks the rule any more", () => {
    const [one] = standings([entry], "aws", [urn], [{ ...failed, state: "passed" }], today);
    expect(one?.faults.join()).toContain("is not used");
  });

  test("is no fault while its rule is undecided on a resource that it names", () => {
    const [one] = standings([entry], "aws", [urn], [{ ...failed, state: "undecided" }], today);
    expect(one?.faults).toEqual([]);
  });

  test("is a fault where it matches no resource of the stack", () => {
    const [one] = standings([entry], "aws", [`${urn.slice(0, 20)}other`], [], today);
    expect(one?.faults.join()).toContain("matches no resource");
  });

  test("is no matter of another stack", () => {
    expect(standings([entry], "dev", [urn], [], today)).toEqual([]);
  });
});

describe("a run", () => {
  const assess = (entries: readonly Exemption[], faults: readonly string[] = []) => {
    const assessor = new Assessor(entries, faults, today);
    const resources = planned("aws");
    const stack = stackOf(resources);
    const said = rules.flatMap((rule) =>
      rule.kind === "stack"
        ? [assessor.stack(rule, stack)]
        : resources.map((one) => assessor.resource(rule, viewOf(one))),
    );
    return {
      reports: said.flatMap(({ reports }) => reports),
      own: assessor.exemptions(resources.map((one) => one.urn)).reports,
    };
  };
  const efs = { ...entry, policies: ["gitlab-git-data-not-on-nfs"] };

  test("says an exempted finding as advice, with the reason, the owner and the last day", () => {
    const [one, ...others] = assess([efs]).reports;
    expect(others).toEqual([]);
    expect(one?.level).toBe("advisory");
    for (const text of [efs.reason, efs.owner, efs.expires]) expect(one?.message).toContain(text);
    expect(assess([efs]).own).toEqual([]);
  });

  test("makes a mandatory finding advice too, and no other", () => {
    const resources = planned("dev");
    const assessor = new Assessor(
      [
        {
          ...entry,
          policies: ["runners-not-privileged"],
          targets: ["urn:pulumi:dev::*::runners-builds"],
        },
      ],
      [],
      today,
    );
    const [rule] = rules.filter(({ id }) => id === "runners-not-privileged");
    if (rule?.kind !== "stack") throw new Error("runners-not-privileged is a rule about a stack");
    expect(assessor.stack(rule, stackOf(resources)).reports.map(({ level }) => level)).toEqual([
      "advisory",
    ]);
  });

  test("is stopped by a fault of the file or of an entry", () => {
    const { own } = assess([{ ...efs, expires: "2026-01-01" }], ["exemption 2 has no owner"]);
    expect(own.map(({ level }) => level)).toEqual(["mandatory", "mandatory"]);
    expect(own.map(({ message }) => message).join()).toMatch(/no owner.*has expired/s);
  });
});
