import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { typescript } from "../support/typescript";

const CHECKOUT = path.join(__dirname, "..", "..");

/** Shows three activities on a made-up stream, and answers what was written to it. */
function shown(isTTY: boolean, env: Record<string, string>, last: "done" | "fail"): string {
  const module = JSON.stringify(path.join(CHECKOUT, "scripts", "setup-progress.mjs"));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { showProgress } from ${module};
       const stream = { isTTY: ${isTTY}, columns: 40, write: (text) => process.stdout.write(text) };
       const progress = showProgress(stream, ${JSON.stringify(env)});
       progress.update("Building (1 package)");
       progress.update("Building (2 packages)");
       await new Promise((next) => setTimeout(next, 250));
       progress.update("Waiting for a very long name of something that does not fit the line");
       progress.${last}();
       progress.done();`,
    ],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return stdout;
}

describe("the progress display", () => {
  test("writes plain lines where nobody sees a rewritten one", () => {
    // However busy the machine is: seconds are not what this is about.
    expect(shown(false, {}, "done").replace(/, \d+ s/g, ", 0 s")).toBe(
      [
        "  Building (1 package)",
        "✓ Building, 0 s",
        "  Waiting for a very long name of something that does not fit the line",
        "✓ Waiting for a very long name of something that does not fit the line, 0 s",
        "",
      ].join("\n"),
    );
  });

  test.each<Record<string, string>>([{ CI: "true" }, { TERM: "dumb" }])(
    "writes plain lines with %j on a terminal",
    (env) => {
      expect(shown(true, env, "done")).not.toContain("\u001b");
    },
  );

  test("rewrites one line on a terminal, no longer than the line", () => {
    const text = shown(true, {}, "done");
    expect(text).toMatch(/Building \(2 packages\) \d+ s/);
    const drawn = text.split("\r\u001b[K").filter((line) => !line.endsWith("\n"));
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(text).toMatch(/\d+ s\n$/);
  });

  test("marks what failed", () => {
    expect(shown(false, {}, "fail")).toMatch(/✗ Waiting .*, \d+ s\n$/);
  });
});

describe("a test that needs a program which is missing", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "tools-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Declares such a test with jest's `test` replaced, and answers what became of it. */
  function declared(env: Record<string, string>): { stdout: string; stderr: string } {
    const tools = JSON.stringify(path.join(CHECKOUT, "tests", "support", "tools.ts"));
    return spawnSync(
      process.execPath,
      [
        ...typescript,
        "--eval",
        `globalThis.test = Object.assign((name, body) => { try { body(); console.log("ran", name); } catch (error) { console.log("failed:", error.message); } }, { skip: (name) => console.log("skipped:", name) });
         require(${tools}).testWith("ruby", "the file parses", () => {});`,
      ],
      { encoding: "utf8", cwd: CHECKOUT, env: { PATH: folder, HOME: folder, ...env } },
    );
  }

  test("fails in CI, saying what to install", () => {
    expect(declared({ CI: "true" }).stdout).toMatch(
      /^failed: ruby is needed for this test and not on the PATH \(apt-get install ruby/,
    );
  });

  test("is skipped elsewhere, aloud, and counted for the summary", () => {
    const file = path.join(folder, "missing");
    const { stdout, stderr } = declared({ GITLAB_MISSING_TOOLS_FILE: file });
    expect(stdout).toBe("skipped: the file parses (NOT RUN: ruby is missing)\n");
    expect(stderr).toContain("WARNING: ruby is missing, a test is not run: the file parses");
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(`{"tool":"ruby","rule":"the file parses"}\n`);
  });
});
