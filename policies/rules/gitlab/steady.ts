/** Types of machines whose CPU is lent. */
import { not, type Truth, type Value } from "../../reader";

/**
 * EC2's t, Azure's B, Compute Engine's and Cloud SQL's shared cores.
 * https://cloud.google.com/compute/docs/general-purpose-machines#sharedcore
 */
const burstable =
  /^(?:db\.|cache\.)?t\d|^(?:Standard|Basic)_B|(?:^|\/)(?:e2-(?:custom-)?(?:micro|small|medium)\b|[fg]1-|db-(?:f1|g1)-)/i;

/** Whether a type has its CPU for itself. */
export function steady(type: Value): Truth {
  return not(type.matches(burstable));
}
