/** Calls that are held up: by a fault, or by the latency of a rehearsal. Cancel ends them. */
import { status } from "@grpc/grpc-js";
import { RpcError } from "./errors";

/** The open calls of all connections. */
export class Waiting {
  private readonly open = new Set<{
    readonly peer: string;
    readonly fail: (error: Error) => void;
  }>();

  /** Waits some milliseconds, or for ever; fails when the connection's calls are cancelled. */
  wait(peer: string, milliseconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        clearTimeout(timer);
        this.open.delete(entry);
        finish();
      };
      const entry = { peer, fail: (error: Error) => end(() => reject(error)) };
      const timer = Number.isFinite(milliseconds)
        ? setTimeout(() => end(resolve), milliseconds)
        : undefined;
      this.open.add(entry);
    });
  }

  /** Fails the open calls of one connection, or of all. */
  cancel(peer?: string): void {
    for (const entry of [...this.open]) {
      if (peer === undefined || entry.peer === peer) {
        entry.fail(new RpcError(status.CANCELLED, "the engine cancelled the operation"));
      }
    }
  }
}
