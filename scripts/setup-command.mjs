/** Second half of the launcher: set-up, then the command in a process of its own. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { ensureDependencies, SetupError } from "./setup-dependencies.mjs";
import { showProgress } from "./setup-progress.mjs";

/** Commands that need no engine; every other script in this folder gets one. */
const WITHOUT_ENGINE = new Set(["check", "lint", "format", "typecheck", "preview-comment"]);
/** The command whose script has another name. */
const SCRIPTS = { start: "rehearse" };
/** Names of the environment by which a command started by a command knows that the set-up is done. */
const SETUP_DONE = "GITLAB_SETUP_DONE";
const LAUNCHER_PID = "GITLAB_LAUNCHER_PID";
/** One Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const SAME_SIGNAL_MS = 400;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Sets up and runs one command; its exit code or signal becomes this process's. */
export async function runCommand(root, command, args) {
  const script = path.join(root, "scripts", `${SCRIPTS[command] ?? command}.ts`);
  if (command === undefined || !/^[a-z][a-z-]*$/.test(command) || !existsSync(script)) {
    console.error(`There is no command ${command ?? "given"}. "npm run" lists the commands.`);
    process.exitCode = 1;
    return;
  }
  const abort = new AbortController();
  let child;
  const last = {};
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const now = Date.now();
      if (now - (last[signal] ?? 0) < SAME_SIGNAL_MS) return;
      last[signal] = now;
      if (child === undefined) abort.abort(new Interrupted(signal));
      else child.kill(signal);
    });
  }
  const progress = showProgress();
  let release = () => {};
  try {
    release = await setUp({ root, command, progress, signal: abort.signal });
    abort.signal.throwIfAborted();
    progress.done();
    child = startChild(root, script, args);
    end(await ended(child), release);
  } catch (error) {
    progress.fail();
    release();
    if (error instanceof Interrupted) {
      end({ signal: error.signal }, release);
      return;
    }
    // What the user can mend is said; anything else is a fault of ours and shows where it is.
    const known = error instanceof SetupError || error?.name === "EngineNotFoundError";
    console.error(known ? error.message : error);
    process.exitCode = 1;
  }
}

class Interrupted extends Error {
  constructor(signal) {
    super(`Stopped by ${signal}.`);
    this.signal = signal;
  }
}

/** The dependencies, then the engine. Answers with what takes the mark off the dependencies. */
async function setUp({ root, command, progress, signal }) {
  const nested = process.env[SETUP_DONE] === root;
  const release = nested
    ? () => {}
    : await ensureDependencies({ root, purpose: `runs "npm run ${command}"`, progress, signal });
  process.env[SETUP_DONE] = root;
  if (!WITHOUT_ENGINE.has(command)) {
    const require = createRequire(path.join(root, "package.json"));
    require(transpiler(root));
    const { resolveEngine } = require(path.join(root, "engine", "binary.ts"));
    await resolveEngine({ onProgress: (message) => progress.update(message), signal });
  }
  return release;
}

/** Loads TypeScript files; it needs the dependencies. */
function transpiler(root) {
  return path.join(root, "engine", "transpile.cjs");
}

/**
 * The command gets a process group of its own: what it must end, it is told once and by this
 * process, while a terminal's Ctrl-C would reach it and all that it started, together with npm's copy.
 */
function startChild(root, script, args) {
  return spawn(
    process.execPath,
    [
      "--require",
      path.join(root, "scripts", "setup-child.cjs"),
      "--require",
      transpiler(root),
      script,
      ...args,
    ],
    {
      cwd: root,
      env: { ...process.env, [LAUNCHER_PID]: String(process.pid) },
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      detached: process.platform !== "win32",
    },
  );
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** Ends as the command ended: with its code, or by its signal, so that a shell sees the same. */
function end({ code, signal }, release) {
  release();
  if (signal === undefined || signal === null) {
    process.exitCode = code;
    return;
  }
  SIGNALS.forEach((name) => process.removeAllListeners(name));
  process.kill(process.pid, signal);
}
