/** How Ctrl-C ends a command: the first asks, a second one ends everything at once. */

/** A second Ctrl-C within this time, in ms, is the first one, passed on by npm or the launcher. */
const sameSignal = 1000;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens for signals from its making to `end`. */
export class Interruption {
  private readonly asked = new AbortController();
  private readonly forced = new AbortController();
  private first: number | undefined;

  /**
   * @param listener `onAsked` is called once; `onForced` is to end the process, after whatever hangs on `force`
   */
  constructor(
    private readonly listener: { readonly onAsked: () => void; readonly onForced: () => void },
  ) {
    for (const signal of signals) process.on(signal, this.hear);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.asked.signal;
  }

  /** Aborted by a second one. */
  get force(): AbortSignal {
    return this.forced.signal;
  }

  /** Listens no more: a signal ends the process again. */
  end(): void {
    for (const signal of signals) process.off(signal, this.hear);
  }

  private readonly hear = (): void => {
    const now = Date.now();
    if (this.first === undefined) {
      this.first = now;
      this.listener.onAsked();
      this.asked.abort();
    } else if (now - this.first > sameSignal) {
      this.forced.abort();
      this.listener.onForced();
    }
  };
}
