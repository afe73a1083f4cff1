/** Reads what jest and the tests wrote about a run. */
import { z } from "zod";

const resultSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});
const missingSchema = z.object({ tool: z.string(), rule: z.string() });

/** Counts of a run. */
export interface TestTotals {
  readonly passed: number;
  /** Tests that failed, and files whose tests could not even start. */
  readonly failed: number;
  readonly skipped: number;
}

/**
 * The counts in jest's `--json` output (https://jestjs.io/docs/cli#--json).
 *
 * @throws {z.ZodError} where it is something else.
 */
export function testTotals(json: string): TestTotals {
  const result = resultSchema.parse(JSON.parse(json));
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** The tests that were not run for want of a program, by program; from tests/support/tools.ts. */
export function missingTools(lines: string): Map<string, string[]> {
  const missing = new Map<string, string[]>();
  for (const line of lines.split("\n").filter((one) => one !== "")) {
    const { tool, rule } = missingSchema.parse(JSON.parse(line));
    missing.set(tool, [...(missing.get(tool) ?? []), rule]);
  }
  return missing;
}
