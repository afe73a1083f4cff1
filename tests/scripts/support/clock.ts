/** Someone who waits for a moment of the virtual clock. */
interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * The clock of a test's machines, in seconds. It stands still while anybody works, and jumps to the next moment that
 * somebody waits for once nobody does: hours pass in a second, and a slow test machine cannot make a script look slow.
 */
export class VirtualClock {
  #now = 1000;
  #events = 0;
  #sleepers = new Set<Sleeper>();
  #timer: NodeJS.Timeout | undefined;
  #listeners: ((now: number) => void)[] = [];

  /**
   * @param busy whether some process is at work, or a message under way, so that the clock has to wait
   * @param quietMs real milliseconds between two looks
   */
  constructor(
    readonly busy: () => boolean,
    readonly quietMs = 4,
  ) {}

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

  /** Something has happened: the clock looks again later. */
  touch(): void {
    this.#events++;
    clearTimeout(this.#timer);
    if (this.#sleepers.size > 0) this.#timer = setTimeout(() => this.#look(), this.quietMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#sleepers.clear();
  }

  /**
   * Jumps when nobody works, and nothing has arrived by the time that all waiting input has been read. Twice, since
   * Linux may leave a process out of its parent's list while another one ends.
   */
  #look(again = true): void {
    const seen = this.#events;
    if (this.busy()) {
      this.touch();
      return;
    }
    this.#timer = setTimeout(() => {
      setImmediate(() => {
        if (seen !== this.#events || this.busy()) this.touch();
        else if (again) this.#look(false);
        else this.#jump();
      });
    }, 1);
  }

  #jump(): void {
    const next = Math.min(...[...this.#sleepers].map(({ at }) => at));
    if (!Number.isFinite(next)) return;
    this.#now = Math.max(this.#now, next);
    for (const listener of this.#listeners) listener(this.#now);
    for (const sleeper of [...this.#sleepers])
      if (sleeper.at <= this.#now && this.#sleepers.delete(sleeper)) sleeper.wake();
    this.touch();
  }
}
