/** Runs a program that may take minutes, with a limit on its time and on its silence. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Env } from "./binary-places";

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: Env;
  /** Milliseconds after which it is ended. */
  readonly timeoutMs: number;
  /** Milliseconds without a line of output after which it is ended. @default the time limit */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
  /** Called with each line that it writes. */
  readonly onLine?: (line: string) => void;
  /** In a process group of its own, so that what it starts ends with it. @default false */
  readonly group?: boolean;
}

/** How it ended. */
export interface RunResult {
  readonly ok: boolean;
  /** What went wrong, in a few words; undefined where `ok`. */
  readonly problem?: string;
  /** The last lines that it wrote. */
  readonly tail: string;
}

/** Lines kept for an error message. */
const TAIL_LINES = 12;
/** From the polite signal to the one that cannot be ignored. */
const KILL_AFTER_MS = 3_000;

/**
 * Runs a program to its end. What it writes is not shown, but handed to `onLine` and kept as `tail`.
 *
 * @throws the reason of `signal` when that is aborted; the program has ended by then.
 */
export async function runBounded(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const grouped = (options.group ?? false) && process.platform !== "win32";
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: grouped,
  });
  const tail: string[] = [];
  let why: string | undefined;
  const end = (reason: string): void => {
    why ??= reason;
    signalChild(child, grouped, "SIGTERM");
    setTimeout(() => signalChild(child, grouped, "SIGKILL"), KILL_AFTER_MS).unref();
  };
  const overall = setTimeout(
    () => end(`took over ${seconds(options.timeoutMs)}`),
    options.timeoutMs,
  );
  const silenceMs = options.silenceMs ?? options.timeoutMs;
  const silence = setTimeout(() => end(`was silent for ${seconds(silenceMs)}`), silenceMs);
  const onAbort = (): void => end("was stopped");
  const onExit = (): void => signalChild(child, grouped, "SIGKILL");
  options.signal?.addEventListener("abort", onAbort, { once: true });
  process.once("exit", onExit);
  for (const stream of [child.stdout, child.stderr]) {
    eachLine(stream, (line) => {
      silence.refresh();
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      options.onLine?.(line);
    });
  }
  try {
    const problem = await ended(child);
    options.signal?.throwIfAborted();
    const failed = why ?? problem;
    return { ok: failed === undefined, problem: failed, tail: tail.join("\n") };
  } finally {
    clearTimeout(overall);
    clearTimeout(silence);
    options.signal?.removeEventListener("abort", onAbort);
    process.removeListener("exit", onExit);
  }
}

function ended(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(`could not be started (${error.message})`));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(signal === null ? `ended with ${code}` : `was ended by ${signal}`);
    });
  });
}

function signalChild(child: ChildProcess, grouped: boolean, signal: NodeJS.Signals): void {
  if (child.pid === undefined || (!grouped && child.exitCode !== null)) return;
  try {
    if (grouped) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // It has ended in the meantime.
  }
}

function eachLine(stream: NodeJS.ReadableStream, line: (text: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    lines.filter((one) => one.trim() !== "").forEach(line);
  });
  stream.on("end", () => {
    if (rest.trim() !== "") line(rest);
  });
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
