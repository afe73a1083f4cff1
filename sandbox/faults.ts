/** Failures and delays to come, as the control channel ordered them. */
import type { Fault } from "./control";

/** Faults in the order they were given; the first that matches a call is used. */
export class Faults {
  private waiting: { readonly fault: Fault; readonly urn: RegExp; left: number }[] = [];

  /** Adds a fault. Throws where its expression is no regular expression. */
  add(fault: Fault): void {
    this.waiting.push({ fault, urn: new RegExp(fault.urn), left: fault.times ?? 1 });
  }

  clear(): void {
    this.waiting = [];
  }

  /** The fault that strikes this call, if any; it is used up by one. */
  take(rpc: string, urn: string): Fault | undefined {
    const found = this.waiting.find(
      (entry) => entry.left > 0 && entry.fault.rpc === rpc && entry.urn.test(urn),
    );
    if (found) found.left--;
    return found?.fault;
  }
}
