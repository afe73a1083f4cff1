/** What `npm run policy` says to people and to CI. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { PolicyReader } from "../../engine/policy-events";
import {
  codeQuality,
  coverageTable,
  holds,
  junit,
  type ListedRule,
  type PolicyReport,
  policyTable,
} from "../../engine/policy-report";
import { exposureOf } from "../../policies/exposure";
import { rules } from "../../policies/rules";
import { planned } from "./support/planned";

const urn = "urn:pulumi:aws::gitlab::a:B$aws:rds/instance:Instance::db";
const event = (change: Record<string, unknown>): EngineEvent =>
  ({
    policyEvent: {
      resourceUrn: urn,
      policyName: "rds-encrypted",
      enforcementLevel: "mandatory",
      ...change,
    },
  }) as unknown as EngineEvent;
const summary = (change: Record<string, unknown>): EngineEvent => change as unknown as EngineEvent;
const broken = event({
  message: "<{%fg 1%}>It is encrypted\nIt is not <encrypted> & open. Mend it<{%reset%}>",
});
const open = event({
  enforcementLevel: "advisory",
  policyName: "s3-tls-only",
  message:
    "can't run policy 's3-tls-only' from policy pack 'p@v1' during preview: string value at .policy can't be known during preview",
});
const exempted = event({
  enforcementLevel: "advisory",
  policyName: "rds-failover",
  message: "It fails over\nexempted until 2027-10-31 (infrastructure): it does not. For its reason",
});

const listed: readonly ListedRule[] = rules;

function report(...events: EngineEvent[]): PolicyReport {
  const reader = new PolicyReader("aws");
  for (const one of events) reader.add(one);
  reader.add(
    summary({
      policyAnalyzeSummaryEvent: {
        resourceUrn: urn,
        passed: ["rds-tls"],
        failed: ["rds-encrypted"],
      },
    }),
  );
  reader.add(summary({ policyAnalyzeStackSummaryEvent: { passed: ["size-budget"] } }));
  const coverage = reader.coverage(new Map([["size-budget", ["aws:rds/instance:Instance"]]]));
  return {
    stacks: [{ stack: "aws", results: reader.results(), coverage, errors: [] }],
    rules: listed,
    uncovered: [],
  };
}

describe("results", () => {
  test("are read from events: broken, undecided and exempted, each once", () => {
    const { stacks } = report(broken, broken, open, exempted);
    expect(
      stacks[0]?.results.map(({ rule, state, mandatory }) => ({ rule, state, mandatory })),
    ).toEqual([
      { rule: "rds-encrypted", state: "failed", mandatory: true },
      { rule: "s3-tls-only", state: "undecided", mandatory: false },
      { rule: "rds-failover", state: "exempted", mandatory: false },
    ]);
  });

  test("hold where nothing mandatory is broken, everything is covered and the preview came to its end", () => {
    const fine = report(open, exempted);
    expect(holds(fine)).toBe(true);
    expect(holds(report(broken))).toBe(false);
    expect(holds({ ...fine, uncovered: [{ stack: "aws", type: "x", why: "y" }] })).toBe(false);
    expect(holds({ ...fine, stacks: fine.stacks.map((one) => ({ ...one, errors: ["no"] })) })).toBe(
      false,
    );
  });

  test("count rules about single resources and about the stack as coverage", () => {
    expect(report().stacks[0]?.coverage).toEqual([
      {
        type: "aws:rds/instance:Instance",
        resources: 1,
        rules: ["rds-encrypted", "rds-tls", "size-budget"],
      },
    ]);
    expect(coverageTable(report())).toMatch(/aws {2,}aws:rds\/instance:Instance {2,}1 {2,}3/);
  });
});

describe("the table", () => {
  test("lists what is broken, exempted and undecided, an undecided rule with its own level", () => {
    const text = policyTable(report(broken, open, exempted));
    expect(text).toMatch(/aws .* broken/);
    expect(text).toMatch(/mandatory {2}critical {2}rds-encrypted {2}db {2}It is not <encrypted>/);
    expect(text).toMatch(/Exempted[^]*rds-failover[^]*2027-10-31/);
    expect(text).toMatch(/Undecided[^]*mandatory {2}high {2,}s3-tls-only/);
    expect(text).not.toContain("<{%");
  });
});

describe("reports for CI", () => {
  test("are JUnit with failures, skipped cases and escaped text", () => {
    const text = junit(report(broken, open));
    expect(text).toContain(
      '<testsuite name="policies aws" tests="4" failures="1" errors="0" skipped="1">',
    );
    expect(text).toContain("It is not &lt;encrypted&gt; &amp; open");
    expect(text).toMatch(/name="s3-tls-only"[^>]*><skipped/);
    expect(text).toMatch(/name="rds-tls"[^>]*><\/testcase>/);
  });

  test("are GitLab code quality with a severity, a place and a stable fingerprint", () => {
    const issues = JSON.parse(codeQuality(report(broken, open, exempted))) as Record<
      string,
      unknown
    >[];
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({
      check_name: "rds-encrypted",
      severity: "blocker",
      location: { path: "environments/aws/index.ts", lines: { begin: 1 } },
    });
    expect(issues[0]?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(codeQuality(report(broken))).toBe(codeQuality(report(broken, broken)));
  });
});

describe("types in use", () => {
  const looked = new Set(
    rules.filter(({ id }) => !id.startsWith("tags-")).flatMap(({ types }) => types),
  );
  const types = [
    ...new Set(
      ["aws", "dev", "ops", "version"].flatMap((stack) => planned(stack).map(({ type }) => type)),
    ),
  ];

  test.each(types)("%s is classified, and looked at where it is exposed", (type) => {
    const exposure = exposureOf(type);
    expect(exposure).not.toBe("unclassified");
    if (exposure !== undefined) expect(looked.has(type)).toBe(true);
  });

  test("that nobody has classified are told", () => {
    expect(exposureOf("gcp:spanner/instance:Instance")).toBe("unclassified");
  });
});
