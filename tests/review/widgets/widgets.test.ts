import { rehearsalJunit, StepRecorder } from "../../../engine/rehearsal-junit";
import { emptyReport } from "../../../engine/rehearsal-report";
import { junitXml, xml } from "../../../engine/xml";
import type { PreviewRecord } from "../../../review/record";
import { previewJunit, terraformReport, widgetsOf } from "../../../review/widgets";

function record(change: Partial<PreviewRecord> = {}): PreviewRecord {
  return {
    format: 1,
    stack: "ops",
    summary: "GitLab",
    production: true,
    mode: "sandbox",
    status: "previewed",
    errors: [],
    counts: { create: 1, update: 2, replace: 4, delete: 8, same: 16 },
    changes: [],
    dangers: [],
    policies: { rules: 0, results: [] },
    seconds: 2,
    ...change,
  };
}
const of = (...records: PreviewRecord[]) => records.map((one) => ({ record: one, coverage: [] }));
const names = (...records: PreviewRecord[]): string[] =>
  widgetsOf(of(...records), []).map(({ name }) => name);

test("a replacement counts as created and as deleted, as in GitLab's own recipe", () => {
  const { counts } = record();
  expect(JSON.parse(terraformReport([counts]))).toEqual({ create: 5, update: 2, delete: 12 });
  expect(JSON.parse(terraformReport([counts, counts]))).toEqual({
    create: 10,
    update: 4,
    delete: 24,
  });
});

test("a preview that failed has no numbers, for itself or in a sum", () => {
  expect(names(record(), record({ stack: "dev", status: "failed" }))).toEqual([
    "terraform-ops.json",
    "code-quality.json",
    "policies.junit.xml",
    "previews.junit.xml",
  ]);
  expect(names(record())).toContain("terraform.json");
});

test("broken and advised policies of all stacks are code quality, exempted ones are not", () => {
  const result = (stack: string, state: "failed" | "exempted") => ({
    ...{ stack, state, rule: "size-budget", mandatory: true, message: "Fits\nIt is too large" },
    urn: `urn:pulumi:${stack}::gitlab::gcp:compute/instance:Instance::machine`,
  });
  const judged = (stack: string, state: "failed" | "exempted") =>
    record({ stack, policies: { rules: 1, results: [result(stack, state)] } });
  const widgets = widgetsOf(
    of(judged("ops", "failed"), judged("dev", "failed"), judged("aws", "exempted")),
    [],
  );
  const found = widgets.find(({ name }) => name === "code-quality.json")?.content ?? "";
  const issues = JSON.parse(found) as { fingerprint: string; location: { path: string } }[];
  expect(issues.map(({ location }) => location.path)).toEqual([
    "environments/ops/index.ts",
    "environments/dev/index.ts",
  ]);
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

test("a preview that failed fails its case; drift does not, a look that failed does", () => {
  const text = previewJunit([
    record({ status: "failed", errors: ["<no> & nothing"] }),
    record({ stack: "dev", drift: { status: "failed", errors: ["no answer"], changes: [] } }),
    record({ stack: "aws", drift: { status: "looked", errors: [], changes: [] } }),
  ]);
  expect(text.match(/failures="\d"/g)).toEqual(['failures="1"', 'failures="1"', 'failures="0"']);
  expect(text).toContain("&lt;no&gt; &amp; nothing");
  expect(text).toContain('<failure message="nobody could look" type="drift">no answer</failure>');
});

test("what XML cannot hold is left out, the rest stays, characters beyond the first plane too", () => {
  expect(xml('a\u0000b\u001b[0m"<&>\ud800 😀\ufffe\n')).toBe("ab[0m&quot;&lt;&amp;&gt; 😀\n");
  const text = junitXml([{ name: "a", cases: [{ classname: "c", name: "n", skipped: '"no"' }] }]);
  expect(text).toContain('skipped="1"');
  expect(text).toContain('<skipped message="&quot;no&quot;"/>');
});

test("a rehearsal is a suite a stack and a case a step, with what did not hold and what was not reached", () => {
  const shown: string[] = [];
  const recorder = new StepRecorder({
    started: (stack, step) => shown.push(`${stack} ${step}`),
    event: () => undefined,
    ended: (stack, step) => shown.push(`${stack} ${step} held`),
    failed: (stack, step, message) => shown.push(`${stack} ${step}: ${message}`),
  });
  recorder.started("dev", "settings");
  recorder.ended("dev", "settings", emptyReport("dev"));
  recorder.started("ops", "settings");
  recorder.ended("ops", "settings", emptyReport("ops"));
  recorder.started("ops", "preview and up");
  recorder.failed("ops", "preview and up", "it broke off");
  expect(shown).toEqual([
    ...["dev settings", "dev settings held", "ops settings", "ops settings held"],
    ...["ops preview and up", "ops preview and up: it broke off"],
  ]);
  const text = rehearsalJunit(["dev", "ops"], ["ops"], recorder.steps);
  expect(text).toMatch(
    /<testsuite name="rehearsal dev" tests="1" failures="0" errors="0" skipped="0" time="\d/,
  );
  expect(text).toMatch(
    /<testsuite name="rehearsal ops" tests="6" failures="1" errors="0" skipped="4" time="\d/,
  );
  expect(text).toContain('<failure message="did not hold" type="rehearsal">it broke off</failure>');
});
