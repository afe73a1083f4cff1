/** Who else is changing a stack, as the engine says it where it is refused the stack's lock. */

/** The holder of a lock. */
export interface LockHolder {
  /** Such as `ci@runner-12`; left out where the backend does not say. */
  readonly by?: string;
  /** When it was taken, as the engine writes times. */
  readonly since?: string;
}

/**
 * What a backend that is a folder or a bucket says
 * (https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/diy/lock.go, `checkForLock`).
 */
const locked = /the stack is currently locked by \d+ lock\(s\)/;
const holder = /created by (\S+) \(pid \d+\) at (\S+)/;

/** What Pulumi's service says (pkg/backend/backenderr/backenderr.go, `ConflictingUpdateError`). */
const conflict = /Another update is currently in progress|\[409\] Conflict/i;

/** Reads the holder out of an up's errors; undefined where it failed for something else. */
export function lockHolder(errors: readonly string[]): LockHolder | undefined {
  const said = errors.join("\n");
  if (!locked.test(said) && !conflict.test(said)) return undefined;
  const [, by, since] = holder.exec(said) ?? [];
  return { by, since };
}
