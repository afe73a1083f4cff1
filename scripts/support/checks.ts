/** The checks that need no run of the program, each by its name in `npm run`. */
import { pinFaults } from "./pins";
import { CHECKOUT, runTool } from "./tool";

/** ESLint over everything, with no warning allowed. */
export function lint(args: readonly string[] = []): Promise<number> {
  return runTool("eslint", [".", "--max-warnings=0", ...args]);
}

/** Prettier: writes the files, or with `check` only names those that differ. */
export function format(check: boolean, args: readonly string[] = []): Promise<number> {
  return runTool("prettier", [".", check ? "--check" : "--write", "--log-level=warn", ...args]);
}

/** The compiler, for its judgement alone: nothing is ever built. */
export function typecheck(args: readonly string[] = []): Promise<number> {
  return runTool("typescript/tsc", ["--project", CHECKOUT, "--pretty", ...args]);
}

/** See {@link pinFaults}. */
export function pins(): Promise<number> {
  const faults = pinFaults(CHECKOUT);
  faults.forEach((fault) => console.error(fault));
  return Promise.resolve(faults.length === 0 ? 0 : 1);
}
