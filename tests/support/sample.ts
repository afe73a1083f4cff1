/** Long suites try a part of their cases in `npm test`, and all of them in `npm test -- --full` and in CI. */
import { createHash } from "node:crypto";

/** Set where all cases are to be tried. */
export const FULL_TESTS = "GITLAB_FULL_TESTS";

/** One case in so many belongs to the sample. */
const oneIn = 3;

/** Whether a case is to be tried: every one in a full run, else the same third each time, by the case's name. */
export function sampled(name: string, full = process.env[FULL_TESTS] === "1"): boolean {
  if (full) return true;
  const [byte = 0] = createHash("sha256").update(name).digest();
  return byte % oneIn === 0;
}
