import { formatDigest } from "../../../review/approval/digest";
import { lockHolder } from "../../../review/approval/lock";
import { planText } from "../../../review/approval/plan-text";
import type { Applied, UpReport } from "../../../review/approval/up";
import { upText } from "../../../review/approval/up-text";
import {
  type Change,
  type Digest,
  type DigestPart,
  digestParts,
  type PreviewRecord,
} from "../../../review/record";

const approved = Object.fromEntries(
  digestParts.map((part) => [part, "0".repeat(16)]),
) as unknown as Digest;

const change = (more: Partial<Change>): Change => ({
  urn: "urn:pulumi:aws::gitlab::t::db",
  type: "aws:rds/instance:Instance",
  name: "db",
  components: [],
  operation: "update",
  stateful: true,
  protectionLifted: false,
  properties: [],
  ...more,
});
const record: PreviewRecord = {
  format: 1,
  stack: "aws",
  summary: "",
  production: true,
  mode: "cloud",
  status: "previewed",
  errors: [],
  counts: { create: 0, update: 1, replace: 0, delete: 0, same: 5 },
  changes: [change({ properties: [{ path: "tags.Release", kind: "update", replaces: false }] })],
  dangers: [],
  policies: { rules: 0, results: [] },
  seconds: 1,
};

const text = (report: UpReport, uncommitted: string[] = []): string =>
  upText({ stack: "aws", approved, uncommitted }, report);
const refused = (moved: readonly DigestPart[], uncommitted: string[] = []): string => {
  const found = { ...approved, ...Object.fromEntries(moved.map((part) => [part, "1".repeat(16)])) };
  return text({ outcome: "refused", record, found, moved, pending: [] }, uncommitted);
};

test.each<[DigestPart, string]>([
  ["plan", "something that the program or a provider reads from elsewhere has moved"],
  ["state", "the state of aws has moved since the approval"],
  ["settings", "Pulumi.aws.yaml is not what was approved"],
  ["policies", "a rule, an exemption or the version of @pulumi/policy"],
  ["code", "the program or the versions of its packages"],
])("%s that differs is named with both hashes, what it means and what to do", (part, meaning) => {
  const said = refused([part]);
  expect(said).toContain("aws was not touched");
  expect(said).toContain(`  ${part}: `);
  expect(said).toContain(meaning);
  expect(said).toContain(`approved ${"0".repeat(16)}, now ${"1".repeat(16)}`);
  expect(said).toContain(`As approved: ${digestParts.filter((one) => one !== part).join(", ")}.`);
  expect(said).toContain("npm run preview -- aws");
  // Whoever approves what stands now has its digest, in a pipeline without credentials of their own too.
  const digest = formatDigest("aws", { ...approved, [part]: "1".repeat(16) });
  expect(said.split("\n").at(-1)?.trim()).toBe(digest);
  // Where what would be done may be another thing, it is shown.
  expect(said.includes("tags.Release")).toBe(part === "plan" || part === "state");
});

test("a plan that differs with other parts refers to them", () => {
  expect(refused(["plan", "settings"])).toContain("what would be done differs; see settings");
});

test("files that are not committed are named where they may be why, ten at most", () => {
  const files = Array.from({ length: 12 }, (_, index) => `components/${index}.ts`);
  expect(refused(["code"], files)).toContain("components/9.ts and 2 more.");
  expect(refused(["state"], files)).not.toContain("components/");
});

test("a failed preview says why, and what has moved since the approval", () => {
  const failed = { ...record, status: "failed", errors: ["release: found x\nallowed: y"] } as const;
  const said = text({ outcome: "not previewed", record: failed, moved: ["settings"], pending: [] });
  expect(said).toContain("its preview failed.\n  release: found x\n  allowed: y");
  expect(said).toContain("  settings: Pulumi.aws.yaml is not what was approved");
});

describe("an up that has ended", () => {
  const ended = (more: Partial<Applied>): string =>
    text({
      ...{ outcome: "failed", succeeded: false, record, errors: [], differences: [] },
      ...{ changed: 1, planned: 1, seconds: 61.4, ...more },
    });

  test("well says how much it changed", () => {
    expect(ended({ outcome: "applied" })).toBe(
      "aws is done: 1 resource changed, all as approved and nothing else (61 s).",
    );
    expect(ended({ outcome: "applied", changed: 0, planned: 0 })).toContain("nothing was to be");
  });

  test("in the middle says how far it came, and whether the approval is used up", () => {
    const errors = ["db: no"];
    const said = ended({ errors, planned: 3, after: { moved: true, pending: [] } });
    expect(said).toContain("failed: 1 of 3 resources had been changed by then.\n  db: no\n");
    expect(said).toContain("the approval is used up: mend it, preview what is left");
    const before = ended({ errors, changed: 0, after: { moved: false, pending: [] } });
    expect(before).not.toContain("used up");
    expect(before).toContain("the same approval is good for another try once that is mended");
    expect(ended({ errors })).toContain("Its state cannot be read now. When it can, preview");
  });

  test("with something in flight says that before anything else", () => {
    const pending = ["creating db (aws:rds/instance:Instance)"];
    for (const said of [
      ended({ errors: ["no"], after: { moved: true, pending } }),
      ended({ outcome: "stopped", after: { moved: true, pending } }),
      text({ outcome: "refused", record, found: approved, moved: ["state"], pending }),
      text({ outcome: "not previewed", record, moved: [], pending }),
    ]) {
      expect(said).toContain("  creating db (aws:rds/instance:Instance)\n");
      expect(said).toContain('docs/approval.md, "After a crash"');
      expect(said).not.toContain("another try");
    }
  });

  test("to the end, with something wrong all the same, is not said to have failed", () => {
    const said = ended({ succeeded: true, errors: ["the disk is full"] });
    expect(said).toContain("aws was changed to the end");
    expect(said).toContain("  the disk is full");
    expect(said).not.toContain("failed");
  });

  test("at what is protected says how it is deleted, and not how to go past the approval", () => {
    const errors = ["data: cannot be deleted because it is protected"];
    const failed = { ...record, status: "failed", errors } as const;
    for (const said of [
      text({ outcome: "not previewed", record: failed, moved: [], pending: [] }),
      ended({ errors, after: { moved: true, pending: [] } }),
    ]) {
      expect(said).toContain("by two approvals: one of protection: false");
    }
  });

  test("with another effect than was foretold names it", () => {
    const said = ended({
      succeeded: true,
      differences: ["db: the preview foretold update, the up did replace"],
    });
    expect(said).toContain("not as its preview foretold");
    expect(said).toContain("did replace");
  });

  test("by Ctrl-C says whether anything was changed", () => {
    expect(text({ outcome: "interrupted" })).toBe("aws was not touched: interrupted.");
    const stopped = { outcome: "stopped", changed: 2, planned: 5 } as const;
    const said = ended({ ...stopped, after: { moved: true, pending: [] } });
    expect(said).toContain("Interrupted: 2 of 5 resources of aws had been changed by then.");
    expect(said).toContain("the approval is used up");
    const still = ended({ ...stopped, changed: 0, after: { moved: false, pending: [] } });
    expect(still).toContain("the same approval is good for another try.");
  });

  test.each([
    [
      "a folder or a bucket",
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  s3://states/.pulumi/locks/organization/gitlab/aws/0.json: created by ada@runner-7 (pid 12) at 2026-01-02T03:04:05Z",
      "its state is locked by ada@runner-7 since 2026-01-02T03:04:05Z",
    ],
    [
      "Pulumi's service",
      "error: [409] Conflict: Another update is currently in progress.",
      "its state is locked: another change is running",
    ],
  ])("on a state that is locked in %s says who holds it", (_backend, error, said) => {
    const lock = lockHolder([error]);
    expect(ended({ errors: [error], lock, changed: 0 })).toContain(said);
    expect(lockHolder(["error: something else"])).toBeUndefined();
  });
});

test("a plan shows what can hurt, what is replaced for what, and how much more there is", () => {
  const paths = Array.from({ length: 10 }, (_, index) => ({
    path: `p${index}`,
    kind: "update" as const,
    replaces: index === 0,
  }));
  const changes = [
    change({ operation: "replace", properties: paths }),
    change({ operation: "same", protectionLifted: true }),
    ...Array.from({ length: 101 }, () => change({ operation: "delete", properties: paths })),
  ];
  const dangers = [
    { kind: "stateful-replaced", urn: "", type: "t", name: "db", message: "is replaced" },
  ] as const;
  const said = planText({ ...record, changes, dangers });
  expect(said).toContain("db (t): is replaced");
  expect(said).toContain(
    "+- replace  db (aws:rds/instance:Instance): p0 (replaces), p1, p2, p3, p4, p5, p6, p7, and 2 more properties",
  );
  expect(said).toContain("   same     db (aws:rds/instance:Instance): protection lifted");
  expect(said).toContain("-  delete   db (aws:rds/instance:Instance)\n");
  expect(said).toContain("  and 3 more resources");
});
