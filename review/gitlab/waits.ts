/** When a request that failed is tried again: exponential back-off with jitter, or as long as GitLab asks. */
import { setTimeout as sleep } from "node:timers/promises";
import { GitLabError } from "./errors";

/** How patient the client is. */
export interface Waits {
  /** Tries after the first one. @default 5 */
  readonly retries: number;
  /** Milliseconds before the first of them, at most; doubled each time. @default 1000 */
  readonly delayMs: number;
  /** Milliseconds that no single wait exceeds; where GitLab asks for more, nothing is tried again. @default 120000 */
  readonly maxMs: number;
}

/**
 * Milliseconds to wait before another try, or nothing where it makes no sense.
 * Half of the back-off is chance, so that jobs that failed together do not come back together.
 */
export function waitBefore(
  retry: number,
  error: unknown,
  waits: Waits,
  chance: () => number = Math.random,
): number | undefined {
  if (!(error instanceof GitLabError) || !error.failure.retryable || retry >= waits.retries) {
    return undefined;
  }
  const asked = error.failure.retryAfterMs;
  if (asked !== undefined && asked > waits.maxMs) return undefined;
  const backOff = Math.min(waits.delayMs * 2 ** retry, waits.maxMs) * (0.5 + chance() / 2);
  return asked === undefined ? backOff : asked + chance() * waits.delayMs;
}

/** Tries that are left until something goes well again. */
export class Patience {
  private retry = 0;

  constructor(private readonly waits: Waits) {}

  /** Waits before another try. @throws the error, then final, where there is to be none */
  async spend(error: unknown): Promise<void> {
    const wait = waitBefore(this.retry, error, this.waits);
    if (wait === undefined) throw error instanceof GitLabError ? error.final() : error;
    this.retry += 1;
    await sleep(wait);
  }

  /** Something went well. */
  restore(): void {
    this.retry = 0;
  }
}

/** Runs `operation` until it goes well or trying makes no more sense. @throws its last error, then final */
export async function patiently<T>(waits: Waits, operation: () => Promise<T>): Promise<T> {
  const patience = new Patience(waits);
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      await patience.spend(error);
    }
  }
}

/**
 * Milliseconds that an answer asks to wait: `Retry-After` in seconds or as a date, else `RateLimit-Reset` in Unix
 * seconds, by the server's own clock where it says what that shows.
 * https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function askedWait(
  headers: Readonly<Record<string, string>>,
  now: number = Date.now(),
): number | undefined {
  const served = Date.parse(headers.date ?? "");
  const clock = Number.isNaN(served) ? now : served;
  const after = headers["retry-after"]?.trim();
  if (after !== undefined && /^\d+$/.test(after)) return Number(after) * 1000;
  const date = Date.parse(after ?? "");
  if (!Number.isNaN(date)) return Math.max(0, date - clock);
  const reset = headers["ratelimit-reset"]?.trim();
  if (reset !== undefined && /^\d+$/.test(reset)) return Math.max(0, Number(reset) * 1000 - clock);
  return undefined;
}
