/**
 * Programs of the machine that some tests need and not every machine has: shellcheck, ruby.
 *
 * A test that cannot run is never silent. With `CI=true` it fails; elsewhere it is skipped, said on
 * standard error, and counted in the summary at the end of `npm test`.
 */
import { execFileSync } from "node:child_process";
import { accessSync, appendFileSync, constants, statSync } from "node:fs";
import * as path from "node:path";

/** A program that tests may ask for: how it shows that it works, and how to get it. */
interface Tool {
  /** Arguments that make it answer and end. */
  readonly probe: readonly string[];
  readonly install: string;
}

/** Every program that tests may ask for. */
const TOOLS = {
  bash: { probe: ["--version"], install: "apt-get install bash, or your system's package bash" },
  shellcheck: {
    probe: ["--version"],
    install: "apt-get install shellcheck, brew install shellcheck, or https://www.shellcheck.net",
  },
  ruby: { probe: ["--version"], install: "apt-get install ruby, or brew install ruby" },
  openssl: { probe: ["version"], install: "apt-get install openssl, or brew install openssl" },
  git: { probe: ["--version"], install: "apt-get install git, or brew install git" },
  go: { probe: ["version"], install: "https://go.dev/dl/" },
} satisfies Record<string, Tool>;

/** The name of such a program. */
export type ToolName = keyof typeof TOOLS;

/**
 * The file in which `npm test` collects what was skipped, one JSON line each. Set by
 * scripts/test.ts; without it (plain `npx jest`) standard error alone tells.
 */
export const MISSING_TOOLS_FILE = "GITLAB_MISSING_TOOLS_FILE";

const found = new Map<ToolName, string | undefined>();

/** Absolute path of a working `name` on the PATH, or undefined. */
export function findTool(name: ToolName): string | undefined {
  if (!found.has(name)) found.set(name, search(name));
  return found.get(name);
}

/**
 * Absolute path of the program, to be called inside a test.
 *
 * @throws {Error} where it is missing: the test fails and says what to install. Where it may be
 *   skipped on a user's machine, declare the test with {@link testWith} instead.
 */
export function requireTool(name: ToolName): string {
  const file = findTool(name);
  if (file === undefined) throw new Error(missing(name));
  return file;
}

/**
 * Declares a test that needs a program of the machine.
 *
 * @param tool The program.
 * @param rule The test's name.
 * @param body Gets the program's absolute path.
 * @param timeoutMs @default jest's own
 *
 * @example
 * testWith("shellcheck", "the loader has no finding of shellcheck", (shellcheck) => {
 *   execFileSync(shellcheck, ["templates/loader.sh"]);
 * });
 */
export function testWith(
  tool: ToolName,
  rule: string,
  body: (file: string) => void | Promise<void>,
  timeoutMs?: number,
): void {
  const file = findTool(tool);
  if (file !== undefined) {
    test(rule, async () => await body(file), timeoutMs);
  } else if (inCI()) {
    test(rule, () => {
      throw new Error(missing(tool));
    });
  } else {
    report(tool, rule);
    test.skip(`${rule} (NOT RUN: ${tool} is missing)`, () => undefined);
  }
}

/** `CI=true`, as every CI system sets it (GitLab: https://docs.gitlab.com/ci/variables/predefined_variables/). */
export function inCI(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const value = env.CI?.toLowerCase();
  return value !== undefined && value !== "" && value !== "false" && value !== "0";
}

/** What to install for a program. */
export function howToInstall(name: string): string {
  return Object.hasOwn(TOOLS, name) ? TOOLS[name as ToolName].install : `put ${name} on the PATH`;
}

function missing(name: ToolName): string {
  return `${name} is needed for this test and not on the PATH (${howToInstall(name)}).`;
}

function report(tool: ToolName, rule: string): void {
  process.stderr.write(`WARNING: ${tool} is missing, a test is not run: ${rule}\n`);
  const file = process.env[MISSING_TOOLS_FILE];
  // Lines this short are appended whole, whichever worker writes them.
  if (file !== undefined && file !== "") {
    appendFileSync(file, `${JSON.stringify({ tool, rule })}\n`);
  }
}

function search(name: ToolName): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (!statSync(file).isFile()) continue;
      execFileSync(file, TOOLS[name].probe, { stdio: "ignore", timeout: 30_000 });
      return file;
    } catch {
      // Not there, or does not run: the next folder may have one that does.
    }
  }
  return undefined;
}
