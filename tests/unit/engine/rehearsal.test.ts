import type { EnvironmentRegistry } from "../../../engine/environment";
import { groups, UnknownStackError, without, withPrerequisites } from "../../../engine/rehearsal";
import { describeStep, PlainDisplay } from "../../../engine/rehearsal-display";
import { emptyReport, rounded, table } from "../../../engine/rehearsal-report";

function registry(needs: Record<string, readonly string[]>): EnvironmentRegistry {
  return Object.fromEntries(
    Object.entries(needs).map(([name, prerequisites]) => [
      name,
      {
        summary: `the ${name} stack`,
        production: false,
        packages: [],
        prerequisites,
        load: () => Promise.reject(new Error()),
      },
    ]),
  );
}

const four = registry({ aws: [], dev: [], ops: ["dev"], version: ["dev"] });

test("a stack comes after all that it needs, each once", () => {
  expect(withPrerequisites(["version"], four)).toEqual(["dev", "version"]);
  expect(withPrerequisites(["version", "ops", "dev", "aws"], four)).toEqual([
    "dev",
    "version",
    "ops",
    "aws",
  ]);
});

test("stacks that need one another share a group, in order; the others stand side by side", () => {
  const ordered = withPrerequisites(["aws", "version", "ops"], four);
  expect(groups(ordered, four)).toEqual([["aws"], ["dev", "version", "ops"]]);
});

test("two groups that a later stack joins become one, still in order", () => {
  const joined = registry({ a: [], b: [], c: ["a", "b"], d: [] });
  expect(groups(withPrerequisites(["a", "b", "d", "c"], joined), joined)).toEqual([
    ["d"],
    ["a", "b", "c"],
  ]);
});

test("an unknown stack lists the known ones, and a circle is named", () => {
  expect(() => withPrerequisites(["prod"], four)).toThrow(UnknownStackError);
  expect(() => withPrerequisites(["prod"], four)).toThrow(/no stack prod[\s\S]*aws: the aws stack/);
  expect(() => withPrerequisites(["a"], registry({ a: ["b"], b: ["a"] }))).toThrow(
    /circle: a > b > a/,
  );
});

test("a report has every number from the start, and seconds are rounded", () => {
  const report = emptyReport("aws");
  report.seconds = 1.23456;
  report.steps.day2.seconds = 0.999;
  const [stack] = rounded({ stacks: [report] }).stacks;
  expect(stack).toEqual({
    stack: "aws",
    ok: false,
    resources: 0,
    seconds: 1.23,
    steps: {
      preview: { create: 0, seconds: 0 },
      up: { create: 0, seconds: 0 },
      noop: { changes: 0, seconds: 0 },
      day2: {
        planned: { update: 0, replace: 0 },
        update: 0,
        replace: 0,
        replacedStateful: 0,
        seconds: 1,
      },
      drift: { injected: 0, found: 0, seconds: 0 },
      destroy: {
        refused: false,
        protected: 0,
        behind: [],
        callsWhileRefused: 0,
        left: 0,
        seconds: 0,
      },
      secretsFound: 0,
    },
  });
});

test("the table shows each stack's resources, times, changes and what was left over", () => {
  const report = emptyReport("aws");
  report.resources = 203;
  report.steps.destroy.left = 7;
  const shown = table({ stacks: [report] });
  expect(shown).toMatch(/^stack +held +resources.*left/m);
  expect(shown).toMatch(/^aws +NO +203 .* 7 +0$/m);
  expect(shown).toMatch(/^seconds +preview +up/m);
});

test("outside a terminal each step is a line, and a failure is said once", () => {
  const lines: string[] = [];
  const display = new PlainDisplay((line) => lines.push(line));
  display.started("aws", "drift");
  display.ended("aws", "drift", emptyReport("aws"));
  display.failed("aws", "destroy", "left over: 1");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(`aws: drift: ${describeStep("drift", emptyReport("aws"))}`);
  expect(lines.filter((line) => line.includes("left over: 1"))).toHaveLength(1);
  expect(display.messages).toEqual([]);
});

test("a prerequisite that is left out is needed by no stack any more, and must be one that there is", () => {
  const chain = registry({ dev: [], version: ["dev"] });
  expect(withPrerequisites(["version"], without(["dev"], chain))).toEqual(["version"]);
  expect(withPrerequisites(["version"], chain)).toEqual(["dev", "version"]);
  expect(() => without(["prod"], chain)).toThrow(UnknownStackError);
});
