/** Whether a file is the engine, whole and of the one version that is used. */
import { spawn } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { access, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { builtRoot, ENGINE_VERSION } from "./binary-places";
import type { Env } from "./binary-places";

/** `pulumi version` takes 0.3 s on an idle machine; a slower answer is a wrapper that fetches something. */
const VERSION_TIMEOUT_MS = 20_000;

/** What was found out about a file: undefined if it is the engine, else why it is not. */
export type Fault = string | undefined;

interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

/**
 * Checks that `file` is an executable of its own (no script) that names the wanted version.
 *
 * Answers are remembered by size, time and inode in the project's cache, so that a file is run
 * once and again only after it changed.
 *
 * @returns why the file cannot be used, or undefined where it can.
 */
export async function engineFault(file: string, env: Env): Promise<Fault> {
  let stamp: Stamp;
  try {
    await access(file, constants.X_OK);
    const found = await stat(file);
    if (!found.isFile()) return "is not a file";
    if (found.size === 0) return "is empty";
    stamp = { size: found.size, mtimeMs: found.mtimeMs, inode: found.ino };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? "is not there"
      : "is not executable";
  }
  if (isScript(file)) return "is a script (a launcher or a version manager's shim), not the engine";
  const known = await readStamps(env);
  const before = known[file];
  if (before !== undefined && sameStamp(before, stamp)) return undefined;
  const fault = await versionFault(file);
  if (fault === undefined) await writeStamps(env, { ...known, [file]: stamp });
  return fault;
}

/**
 * Runs `file version` and compares the answer.
 *
 * The engine writes a log into its home at each call, even at this one: it gets a home that is
 * thrown away, and nothing else of the user's environment.
 */
export async function versionFault(file: string): Promise<Fault> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), "engine-version-"));
  try {
    const { code, output, problem } = await run(file, scratch);
    if (problem !== undefined) return problem;
    const answer = output.trim();
    if (code !== 0) return `ended with ${code} when asked for its version`;
    // The official release says v3.259.0, a build with the version in its linker flags 3.259.0.
    if (answer.replace(/^v/, "") === ENGINE_VERSION) return undefined;
    return `is version ${firstLine(answer)}, not ${ENGINE_VERSION}`;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function firstLine(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line === "" ? "(none)" : line.slice(0, 80);
}

interface Answer {
  /** Exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly output: string;
  readonly problem?: string;
}

function run(file: string, scratch: string): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(file, ["version"], {
      cwd: scratch,
      env: {
        HOME: scratch,
        USERPROFILE: scratch,
        SystemRoot: process.env.SystemRoot,
        PATH: scratch,
        PULUMI_HOME: scratch,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: VERSION_TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(0, 4096);
    });
    child.on("error", (error) => {
      resolve({ code: 1, output, problem: `cannot be run (${error.message})` });
    });
    child.on("close", (code, signal) => {
      const late = signal === "SIGKILL" ? `, or took over ${VERSION_TIMEOUT_MS / 1000} s` : "";
      resolve({
        code: code ?? String(signal),
        output,
        ...(signal === null
          ? {}
          : { problem: `was ended by ${signal} when asked for its version${late}` }),
      });
    });
  });
}

function isScript(file: string): boolean {
  const handle = openSync(file, "r");
  try {
    const head = Buffer.alloc(2);
    readSync(handle, head, 0, 2, 0);
    return head.toString("latin1") === "#!";
  } finally {
    closeSync(handle);
  }
}

function stampFile(env: Env): string {
  return path.join(builtRoot(env), "verified.json");
}

function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.inode === b.inode;
}

async function readStamps(env: Env): Promise<Record<string, Stamp>> {
  try {
    const known: unknown = JSON.parse(await readFile(stampFile(env), "utf8"));
    return typeof known === "object" && known !== null ? (known as Record<string, Stamp>) : {};
  } catch {
    return {}; // No stamp or a damaged one: everything is checked again.
  }
}

async function writeStamps(env: Env, stamps: Record<string, Stamp>): Promise<void> {
  const file = stampFile(env);
  const aside = `${file}.${process.pid}.${Date.now()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(aside, JSON.stringify(stamps, undefined, 1));
    await rename(aside, file);
  } catch {
    // A read-only cache costs a version run each time, nothing more.
    await rm(aside, { force: true }).catch(() => undefined);
  }
}
