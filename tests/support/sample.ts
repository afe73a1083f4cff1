/** Long suites try a part of their cases in `npm test`, and all of them in `npm test -- --full` and in CI. */
import { createHash } from "node:crypto";

/** Set where all cases are to be tried. */
export const FULL_TESTS = "GITLAB_FULL_TESTS";

/** The seed of properties (properties.ts), a whole number of 32 bits; a run that failed is repeated with its own. */
export const PROPERTY_SEED = "GITLAB_PROPERTY_SEED";

/** Whether everything is to be tried. */
export function fullRun(): boolean {
  return process.env[FULL_TESTS] === "1";
}

/**
 * Whether a case is to be tried: every one in a full run, else the same ones each time, by the case's name.
 * @param oneIn one case in so many belongs to the sample
 */
export function sampled(name: string, full = fullRun(), oneIn = 3): boolean {
  if (full) return true;
  const [byte = 0] = createHash("sha256").update(name).digest();
  return byte % oneIn === 0;
}

/** The cases of a table to be tried, which begin with their names; one at least. */
export function sampleOf<T extends readonly [string, ...unknown[]]>(
  cases: readonly T[],
  full = fullRun(),
): readonly T[] {
  const found = cases.filter(([name]) => sampled(name, full));
  return found.length > 0 ? found : cases.slice(0, 1);
}
