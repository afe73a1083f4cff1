/** One call of the Pulumi engine, run directly and by absolute path, and how it is cancelled. */
import { spawn, type ChildProcess } from "node:child_process";
import { describeExit, type Exit } from "./child";

/** What to run. */
export interface EngineCallOptions {
  /** Absolute path of the engine. */
  readonly binary: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
}

/** What came of it. */
export interface EngineCallResult {
  readonly exit: Exit;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was cancelled by `cancel`. */
  readonly cancelled: boolean;
}

/**
 * A running engine. It stands in a process group of its own, so that a Ctrl-C in the terminal
 * reaches the driver alone: an engine that gets SIGINT twice ends at once, with operations pending.
 */
export class EngineCall {
  private readonly process: ChildProcess;
  private cancelled = false;
  private timer: NodeJS.Timeout | undefined;
  /** Resolves when the engine has ended, however it did. */
  readonly result: Promise<EngineCallResult>;

  constructor(options: EngineCallOptions) {
    this.process = spawn(
      options.binary,
      [...options.args, "--non-interactive", "--color", "never"],
      {
        cwd: options.cwd,
        env: options.env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      },
    );
    let stdout = "";
    let stderr = "";
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    this.result = new Promise((resolve, reject) => {
      this.process.once("error", (error) => {
        reject(new Error(`The engine ${options.binary} cannot be started: ${error.message}`));
      });
      this.process.once("close", (code, signal) => {
        clearTimeout(this.timer);
        resolve({ exit: { code, signal }, stdout, stderr, cancelled: this.cancelled });
      });
    });
    // Whoever awaits the result hears of it; a call that is cancelled while starting has nobody yet.
    this.result.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /**
   * Cancels: a first SIGINT lets the engine finish or fail the calls in flight and write the state.
   * It waits for them for ever, so after `graceMs` comes a second one, which ends it at once (a
   * create in flight stays pending), and after as much again SIGKILL.
   */
  cancel(graceMs = 10_000): void {
    if (this.cancelled || this.ended()) return;
    this.cancelled = true;
    this.process.kill("SIGINT");
    this.timer = setTimeout(() => {
      this.process.kill("SIGINT");
      this.timer = setTimeout(() => this.process.kill("SIGKILL"), graceMs);
    }, graceMs);
  }

  /** Ends it without ceremony, as a crash would: the lock and pending operations stay behind. */
  kill(): void {
    this.cancelled = true;
    if (!this.ended()) this.process.kill("SIGKILL");
  }

  private ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }
}

/** Thrown where an engine command that has no events of its own fails. */
export class EngineError extends Error {
  constructor(args: readonly string[], { exit, stdout, stderr }: EngineCallResult) {
    const said = (stderr.trim() === "" ? stdout : stderr).trim();
    super(
      `pulumi ${args[0] ?? ""} failed (${describeExit(exit)})${said === "" ? "" : `:\n${said}`}`,
    );
  }
}
