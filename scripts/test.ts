/**
 * `npm test [-- --full] [--random] [jest's arguments]`: runs the tests and ends with what was not run and the totals,
 * `N passed, N failed`, on a line of their own. Of long suites a sample is tried, with `--full` all of it. Properties are
 * tried with the same cases each time, with `--random` with others; it names their seed.
 */
import { randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { missingTools, testTotals } from "./support/test-report";
import { runTool } from "./support/tool";
import { FULL_TESTS, PROPERTY_SEED } from "../tests/support/sample";
import { howToInstall, inCI, MISSING_TOOLS_FILE } from "../tests/support/tools";

async function main(): Promise<number> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), "gitlab-environments-test-"));
  try {
    const results = path.join(scratch, "results.json");
    const skipped = path.join(scratch, "missing-tools");
    const given = process.argv.slice(2);
    const full = given.includes("--full") || process.env[FULL_TESTS] === "1";
    const own = given.filter((argument) => argument !== "--full" && argument !== "--random");
    const seed = given.includes("--random") ? String(randomInt(2 ** 31)) : undefined;
    const args = ["--json", `--outputFile=${results}`, ...own];
    const code = await runTool(
      "jest",
      inCI() ? ["--ci", ...args] : args,
      {
        [MISSING_TOOLS_FILE]: skipped,
        ...(full ? { [FULL_TESTS]: "1" } : {}),
        ...(seed === undefined ? {} : { [PROPERTY_SEED]: seed }),
      },
      // MiB. What tests make is short-lived; a small nursery has the collector at work all the time.
      ["--min-semi-space-size=16", "--max-semi-space-size=64"],
    );
    const missing = missingTools(read(skipped) ?? "");
    for (const [tool, rules] of missing) {
      console.log(
        `\nNOT CHECKED on this machine: ${rules.length} test(s), as ${tool} is missing (${howToInstall(tool)}):`,
      );
      rules.forEach((rule) => console.log(`  - ${rule}`));
    }
    const written = read(results);
    // Without results jest did not run (--help, --listTests, a wrong argument, Ctrl-C).
    if (written === undefined) return code;
    const totals = testTotals(written);
    if (totals.skipped > 0) console.log(`\n${totals.skipped} skipped`);
    if (!full)
      console.log(
        "\nSampled: changes of the sandbox's properties, commands that fail at boot, upgrade and backup, the plain command line (on ops for aws), the examples of notes; npm test -- --full tries them all.",
      );
    if (seed !== undefined)
      console.log(
        `\nProperties were tried with the seed ${seed}; ${PROPERTY_SEED}=${seed} npm test tries the same.`,
      );
    console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
    return code === 0 && totals.failed > 0 ? 1 : code;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

void main().then((code) => (process.exitCode = code));
