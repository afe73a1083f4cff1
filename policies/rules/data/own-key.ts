/** Keys of KMS that an environment holds itself. */
import type { Value } from "../../reader";

/**
 * Whether a key is named, and is none of those that AWS holds for a service (`alias/aws/…`): whose policy nobody can
 * change, which cannot be withheld, and which no other account and no other service is let in to. A key that the cloud
 * has yet to make is the environment's own.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
 */
export function ownKey(key: Pick<Value, "given" | "text">): boolean {
  return key.given && !/(^|:)alias\/aws\//.test(key.text ?? "");
}
