/** Why an up failed, without what only follows from it. */

/**
 * What the plan's constraint says of every resource that a failed up did not come to: hundreds, round the one error
 * that matters (https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/deployment_executor.go).
 */
const notComeTo = /\bexpected resource operations for \S+ but none were seen$/;

/**
 * The errors of an up, without those that follow from others.
 * @param stopped somebody ended it: then that is why it did not come to the rest
 */
export function causes(errors: readonly string[], stopped: boolean): readonly string[] {
  const own = errors.filter((error) => !notComeTo.test(error));
  return own.length > 0 || stopped ? own : errors;
}
