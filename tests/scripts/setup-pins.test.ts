import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pinFaults } from "../../scripts/support/pins";
import { missingTools, testTotals } from "../../scripts/support/test-report";

const CHECKOUT = path.join(__dirname, "..", "..");

test("this checkout's pins agree", () => {
  expect(pinFaults(CHECKOUT)).toEqual([]);
});

describe("a checkout is refused", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "pins-"));
    for (const name of ["package.json", "package-lock.json", "tools/engine/go.mod"]) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      cpSync(path.join(CHECKOUT, name), path.join(folder, name));
    }
    put("node_modules/@pulumi/pulumi/package.json", "{}");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const change = (name: string, from: string | RegExp, to: string): void => {
    const text = readFileSync(path.join(folder, name), "utf8");
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    put(name, changed);
  };

  test.each<[string, () => void, RegExp]>([
    [
      "the SDK has another version than the engine",
      () => change("package.json", `"@pulumi/pulumi": "3.259.0"`, `"@pulumi/pulumi": "3.258.0"`),
      /^@pulumi\/pulumi in package\.json is 3\.258\.0, the engine 3\.259\.0\.$/,
    ],
    [
      "the Go module has another version than the engine",
      () => change("tools/engine/go.mod", "pkg/v3 v3.259.0", "pkg/v3 v3.260.0"),
      /^github\.com\/pulumi\/pulumi\/pkg\/v3 in tools\/engine\/go\.mod is 3\.260\.0/,
    ],
    [
      "the Go module requires something of its own",
      () => change("tools/engine/go.mod", "require (", "require (\n\texample.org/other v1.0.0"),
      /^tools\/engine\/go\.mod requires example\.org\/other besides/,
    ],
    [
      "a version is a range",
      () => change("package.json", `"zod": "`, `"zod": "^`),
      /^zod in package\.json is not exact/,
    ],
    [
      "a second copy of the SDK is installed",
      () => put("node_modules/@pulumi/aws/node_modules/@pulumi/pulumi/package.json", "{}"),
      /^@pulumi\/pulumi is installed 2 times: .*aws.node_modules/,
    ],
    [
      "a second copy of the SDK is locked",
      () =>
        change(
          "package-lock.json",
          /"node_modules\/@pulumi\/pulumi": \{/,
          `"node_modules/x/node_modules/@pulumi/pulumi": {},\n"node_modules/@pulumi/pulumi": {`,
        ),
      /^package-lock\.json has @pulumi\/pulumi 2 times/,
    ],
    [
      "the lockfile names a registry",
      () =>
        change(
          "package-lock.json",
          /("node_modules\/zod": \{)/,
          `$1\n"resolved": "https://registry.example/zod.tgz",`,
        ),
      /^package-lock\.json names a registry for node_modules\/zod/,
    ],
  ])("when %s", (_name, damage, message) => {
    expect(pinFaults(folder)).toEqual([]);
    damage();
    expect(pinFaults(folder)).toEqual([expect.stringMatching(message)]);
  });
});

describe("the report at the end of npm test", () => {
  test("counts a file whose tests could not start as failed", () => {
    const json = JSON.stringify({
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      numRuntimeErrorTestSuites: 3,
    });
    expect(testTotals(json)).toEqual({ passed: 5, failed: 4, skipped: 3 });
  });

  test("lists what was not run for want of a program, by program", () => {
    const lines = `{"tool":"ruby","rule":"a"}\n{"tool":"shellcheck","rule":"b"}\n{"tool":"ruby","rule":"c"}\n`;
    expect([...missingTools(lines)]).toEqual([
      ["ruby", ["a", "c"]],
      ["shellcheck", ["b"]],
    ]);
  });
});
