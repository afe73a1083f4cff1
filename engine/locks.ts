/**
 * Locks between processes, for whatever two commands at once must not do at the same time: install
 * dependencies, build the engine, repair a state.
 *
 * A lock is a file that names its holder (process id, start time, host, purpose). It ends with
 * `release`, with the end of the process, or, where the process was killed, by the next one that
 * wants it and finds its holder dead.
 */
import { acquireLock as acquire, processStart } from "../scripts/setup-lock.cjs";
import type { Lock, LockHolder, LockOptions } from "../scripts/setup-lock.cjs";

export type { Lock, LockHolder, LockOptions };

/**
 * Takes the lock, waiting for as long as a living process holds it.
 *
 * @param file Path of the lock file; its folder is made where it is missing.
 * @param options `purpose` is what others are told while they wait ("builds the engine");
 *   `onWait` is called once for each holder that is waited for; `signal` ends the wait;
 *   `timeoutMs` limits it. @default no limit
 * @throws {Error} after `timeoutMs`, naming the holder; the signal's reason when it is aborted.
 */
export function acquireLock(file: string, options: LockOptions): Promise<Lock> {
  return acquire(file, options);
}

/** Runs `body` under the lock and releases it afterwards, whether `body` succeeded or not. */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  body: () => Promise<T> | T,
): Promise<T> {
  const lock = await acquire(file, options);
  try {
    return await body();
  } finally {
    lock.release();
  }
}

/**
 * Whether the process that had this id when `started` was read still runs.
 *
 * @param started What {@link startOf} answered then. Without it, a process that was given the same
 *   id later is taken for the first one.
 */
export function isAlive(pid: number, started?: string): boolean {
  const now = processStart(pid);
  return now !== undefined && (started === undefined || now === started);
}

/** When a process started, as an opaque text to compare; undefined where it does not run. */
export function startOf(pid: number): string | undefined {
  return processStart(pid);
}
