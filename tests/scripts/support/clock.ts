/** Someone who waits for a moment of the virtual clock. */
interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * The clock of a test's machines, in seconds. It stands still while anybody works, and jumps to the next moment that
 * somebody waits for once nothing has happened for a while: hours pass in a second, and a slow test machine only makes
 * the scripts look slow, never the clock wrong.
 */
export class VirtualClock {
  #now = 1000;
  #sleepers = new Set<Sleeper>();
  #timer: NodeJS.Timeout | undefined;
  #listeners: ((now: number) => void)[] = [];

  /** @param quietMs real milliseconds without any event after which the clock may jump */
  constructor(readonly quietMs = 40) {}

  get now(): number {
    return this.#now;
  }

  /** Calls back after every jump, before anybody is woken. */
  onJump(listener: (now: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Wakes the caller after so many seconds; the answer takes it out again. */
  sleep(seconds: number, wake: () => void): () => void {
    const sleeper: Sleeper = { at: this.#now + Math.max(0, seconds), wake };
    this.#sleepers.add(sleeper);
    this.touch();
    return () => {
      this.#sleepers.delete(sleeper);
    };
  }

  /** Something has happened: the clock waits again. */
  touch(): void {
    clearTimeout(this.#timer);
    if (this.#sleepers.size > 0) this.#timer = setTimeout(() => this.#jump(), this.quietMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#sleepers.clear();
  }

  #jump(): void {
    const next = Math.min(...[...this.#sleepers].map(({ at }) => at));
    if (!Number.isFinite(next)) return;
    this.#now = Math.max(this.#now, next);
    for (const listener of this.#listeners) listener(this.#now);
    for (const sleeper of [...this.#sleepers])
      if (sleeper.at <= this.#now) {
        this.#sleepers.delete(sleeper);
        sleeper.wake();
      }
    this.touch();
  }
}
