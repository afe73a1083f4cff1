/**
 * A Node process of ours with requests and answers over its IPC channel: the sandbox, a stack's
 * program. In a process group of its own, so that Ctrl-C reaches the driver alone, which then ends
 * everything in order; it ends by itself when the driver is gone, since its channel closes then.
 */
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { checkout } from "./isolation";

/** An answer on the channel; `{ id, result }` or `{ id, error }`. */
interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

function isAnswer(message: unknown): message is Answer {
  return (
    typeof message === "object" &&
    message !== null &&
    "id" in message &&
    typeof message.id === "number"
  );
}

/** Who waits for an answer. */
interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What to start. */
export interface ChildOptions {
  /** For error messages: "the sandbox". */
  readonly name: string;
  /** A TypeScript file of this checkout. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** Gets what the process prints, line by line. */
  readonly onLine?: (line: string) => void;
}

/** A started process. */
export class Child {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  private last: string[] = [];
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;

  constructor(private readonly options: ChildOptions) {
    this.process = fork(options.file, [...(options.args ?? [])], {
      cwd: options.cwd,
      env: options.env,
      // Rendering a stack trace for every promise the SDK tracks is a fifth of a preview.
      execArgv: [
        "--stack-trace-limit=2",
        // MiB. What a program and the sandbox make is short-lived; a small nursery has the collector at work all the time.
        "--min-semi-space-size=16",
        "--max-semi-space-size=64",
        "--require",
        join(checkout, "engine", "transpile.cjs"),
      ],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      let rest = "";
      stream?.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) this.line(line);
      });
      stream?.on("end", () => {
        if (rest !== "") this.line(rest);
      });
    }
    this.process.on("message", (message) => {
      if (isAnswer(message)) this.answer(message);
    });
    this.exited = new Promise((resolve) => {
      // "close" comes after the last output, "exit" may not.
      this.process.once("close", (code, signal) => {
        resolve({ code, signal });
      });
      this.process.once("error", (error) => {
        this.line(error.message);
        resolve({ code: 1, signal: null });
      });
    });
    void this.exited.then((exit) => {
      const why = `${options.name} ended (${describeExit(exit)})${this.said()}`;
      for (const { reject } of this.waiting.values()) reject(new Error(why));
      this.waiting.clear();
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  private line(line: string): void {
    this.last = [...this.last.slice(-19), line];
    this.options.onLine?.(line);
  }

  private said(): string {
    return this.last.length === 0 ? "" : `:\n${this.last.map((line) => `  ${line}`).join("\n")}`;
  }

  private answer({ id, result, error }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }

  /**
   * Asks something of the process.
   * @throws Error with the process's own message, or with what it printed last where it has ended
   */
  request(method: string, params: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.next;
      this.next += 1;
      if (!this.process.connected) {
        reject(new Error(`${this.options.name} is not running${this.said()}`));
        return;
      }
      this.waiting.set(id, { resolve, reject });
      this.process.send({ id, method, params }, (error) => {
        if (error !== null && this.waiting.delete(id)) reject(error);
      });
    });
  }

  /** Ends the process: politely, then, after the given time, by force. Resolves when it is gone. */
  async stop(graceMs = 2000): Promise<Exit> {
    // No disconnect() from this side: Node then never says that the process is closed.
    this.process.kill("SIGTERM");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }
}

/** `code 1`, `signal SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `code ${code ?? "unknown"}` : `signal ${signal}`;
}
