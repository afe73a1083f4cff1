/** What all providers of one sandbox process share. */
import { Faults } from "./faults";
import { Ledger } from "./ledger";
import { Redactor } from "./redactor";
import { Waiting } from "./waiting";

/** Settings of a sandbox. */
export interface SandboxOptions {
  /** All ids and other made-up values follow from it. @default "sandbox" */
  readonly seed?: string;
  /** What time the clouds have, RFC 3339. @default the real time */
  readonly now?: () => string;
  /** Ends the process at once, for the `crash` fault. @default process.exit(70) */
  readonly crash?: () => never;
}

/** The shared state: objects, calls, faults, open calls. */
export class World {
  readonly redactor = new Redactor();
  readonly ledger = new Ledger(this.redactor);
  readonly faults = new Faults();
  readonly waiting = new Waiting();
  readonly seed: string;
  readonly now: () => string;
  readonly crash: () => void;
  /** Model seconds per real second; 0 for no latency. */
  latency = 0;

  constructor(options: SandboxOptions = {}) {
    this.seed = options.seed ?? "sandbox";
    this.now = options.now ?? (() => new Date().toISOString().replace(/\.\d+Z$/, "Z"));
    this.crash = options.crash ?? (() => process.exit(70));
  }
}
