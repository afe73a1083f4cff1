import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { requireTool } from "../support/tools";

const CHECKOUT = path.join(__dirname, "..", "..");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "ci-"));
  mkdirSync(path.join(folder, ".ci"));
  mkdirSync(path.join(folder, "bin"));
  copyFileSync(path.join(CHECKOUT, ".ci", "run"), path.join(folder, ".ci", "run"));
  for (const name of ["bash", "dirname", "mktemp", "rm", "tee", "grep", "tail", "id"]) {
    symlinkSync(locate(name), path.join(folder, "bin", name));
  }
  for (const name of ["shellcheck", "ruby", "openssl"]) program(name, "exit 0");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function locate(name: string): string {
  const found = ["/usr/bin", "/bin"]
    .map((place) => path.join(place, name))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error(`no ${name} on this machine`);
  return found;
}

/** A stand-in on the PATH, which is all that the script sees. */
function program(name: string, text: string): void {
  const log = `echo "${name} $* CI=$CI" >> '${folder}/log'`;
  writeFileSync(path.join(folder, "bin", name), `#!/bin/sh\n${log}\n${text}\n`, { mode: 0o755 });
}

/** npm, with what `check` and `test` do. */
function npm(check: string, test: string): void {
  program("npm", `case "$*" in *check*) ${check};; *test*) ${test};; esac`);
}

function run(): { code: number | null; lines: string[]; calls: string[] } {
  const env = { PATH: path.join(folder, "bin"), TMPDIR: folder };
  const { status, stdout } = spawnSync(requireTool("bash"), [path.join(folder, ".ci", "run")], {
    encoding: "utf8",
    env,
  });
  const log = path.join(folder, "log");
  return {
    code: status,
    lines: stdout.trimEnd().split("\n"),
    calls: existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [],
  };
}

test("checks and tests are run as in CI, and the last line has the totals alone", () => {
  npm("echo fine", `echo "12 passed, 0 failed"`);
  const { code, lines, calls } = run();
  expect(code).toBe(0);
  expect(lines.at(-1)).toBe("12 passed, 0 failed");
  expect(calls).toEqual(["npm run --silent check CI=true", "npm test --silent CI=true"]);
});

test("the first failure ends it, with its reason", () => {
  npm("echo wrong; exit 1", "echo never");
  const { code, lines, calls } = run();
  expect(code).toBe(1);
  expect(lines.slice(-2)).toEqual(["FAILED: npm run check (see above)", "0 passed, 1 failed"]);
  expect(calls).toHaveLength(1);
});

test("tests that fail give their own totals", () => {
  npm("true", `echo "12 passed, 3 failed"; exit 1`);
  const { code, lines } = run();
  expect(code).toBe(1);
  expect(lines.slice(-2)).toEqual(["FAILED: npm test (see above)", "12 passed, 3 failed"]);
});

test("tests that end well without totals are a failure", () => {
  npm("true", "echo nothing was run");
  const { code, lines } = run();
  expect(code).toBe(1);
  expect(lines).toContain("FAILED: npm test ended without its totals");
});

test("a program that is missing and cannot be installed is named, and nothing is run", () => {
  npm("true", `echo "1 passed, 0 failed"`);
  rmSync(path.join(folder, "bin", "ruby"));
  const { code, lines, calls } = run();
  expect(code).toBe(1);
  expect(lines.join("\n")).toMatch(/FAILED: ruby is missing and could not be installed/);
  expect(calls).toEqual([]);
});
