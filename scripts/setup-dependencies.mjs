/**
 * Installs the dependencies from the lockfile where they are missing or stale, once, whoever asks.
 *
 * `npm ci` removes node_modules first, so it must not run while another command works from that
 * folder: each command leaves a marker for as long as it runs, and the installation waits for them.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import locks from "./setup-lock.cjs";
import places from "./setup-places.cjs";

const STAMP = ".gitlab-environments.json";
/** Lines of npm's output that are shown: the cause stands first, its hints last. */
const HEAD_LINES = 12;
const TAIL_LINES = 6;

/** A failure that is the user's to mend: shown as its message alone. */
export class SetupError extends Error {}

/**
 * Sees to it that node_modules holds what package-lock.json says, and marks it as in use.
 *
 * @param root The checkout.
 * @param purpose What others are told that this process does.
 * @param progress `update(message)` of setup-progress.mjs.
 * @returns a function that takes the mark away again.
 */
export async function ensureDependencies({ root, purpose, progress, signal, env = process.env }) {
  const own = ownFolder(root, env);
  const lock = await locks.acquireLock(path.join(own, "install.lock"), {
    purpose: `${purpose} and sees to the dependencies`,
    signal,
    onWait: (holder) =>
      progress.update(`Waiting for process ${holder.pid}, which ${holder.purpose}`),
  });
  try {
    const fault = installFault(root);
    if (fault !== undefined) {
      await waitForUsers(own, progress, signal);
      await install({ root, own, reason: fault, progress, signal, env });
    }
    return markInUse(own, purpose);
  } finally {
    lock.release();
  }
}

/** What this checkout keeps in the user's cache: nothing of it belongs into the checkout. */
function ownFolder(root, env) {
  const name = createHash("sha256").update(realpathSync(root)).digest("hex").slice(0, 16);
  const folder = path.join(places.cacheFolder(env), "checkouts", name);
  try {
    mkdirSync(path.join(folder, "in-use"), { recursive: true });
  } catch (error) {
    throw new SetupError(
      `The cache folder ${folder} cannot be made (${error.message}). Set XDG_CACHE_HOME to a folder that can be written.`,
    );
  }
  return folder;
}

/** Why the dependencies have to be installed, or undefined where they need not. */
export function installFault(root) {
  const modules = path.join(root, "node_modules");
  if (!existsSync(modules)) return "they are not there yet";
  const stamp = readJson(path.join(modules, STAMP));
  if (stamp?.fingerprint === fingerprint(root)) return undefined;
  const difference = differenceToLockfile(root);
  if (difference !== undefined) return difference;
  // Somebody ran `npm ci`: what npm itself recorded at its end agrees with the lockfile.
  writeStamp(root);
  return undefined;
}

function fingerprint(root) {
  const hash = createHash("sha256");
  hash.update(readFileSync(path.join(root, "package-lock.json")));
  hash.update(`${process.platform}-${process.arch}`);
  return hash.digest("hex");
}

/**
 * Compares the lockfile with npm's record of what it installed, node_modules/.package-lock.json,
 * which it writes last (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json).
 */
function differenceToLockfile(root) {
  const modules = path.join(root, "node_modules");
  const wanted = readJson(path.join(root, "package-lock.json"))?.packages;
  const found = readJson(path.join(modules, ".package-lock.json"))?.packages;
  if (wanted === undefined)
    throw new SetupError(`${root} has no package-lock.json that can be read.`);
  if (found === undefined) return "the last installation was not finished";
  for (const [name, entry] of Object.entries(wanted)) {
    if (name === "") continue;
    const there = found[name];
    // What is optional is installed for the systems that it is made for.
    if (there === undefined && (entry.optional === true || entry.devOptional === true)) continue;
    if (there === undefined || there.version !== entry.version) return `${name} is not as locked`;
  }
  const extra = Object.keys(found).find((name) => wanted[name] === undefined);
  if (extra !== undefined) return `${extra} is not in the lockfile`;
  for (const [name, entry] of Object.entries(found)) {
    // npm records the version that it reads from a package's `v1.21.0` without the v
    // (https://docs.npmjs.com/cli/v11/configuring-npm/package-json#version).
    const there = readJson(path.join(root, name, "package.json"))?.version?.replace(/^[v=]+/, "");
    if (entry.link !== true && there !== entry.version) return `${name} is not as recorded`;
  }
  return undefined;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Written last, and whole: an installation that was broken off has none. */
function writeStamp(root) {
  const file = path.join(root, "node_modules", STAMP);
  const aside = `${file}.${process.pid}`;
  try {
    writeFileSync(aside, `${JSON.stringify({ fingerprint: fingerprint(root) })}\n`);
    renameSync(aside, file);
  } catch {
    // A read-only checkout: the comparison is made again next time.
    rmSync(aside, { force: true });
  }
}

async function install({ root, own, reason, progress, signal, env }) {
  const modules = path.join(root, "node_modules");
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) {
    throw new SetupError(
      `node_modules is a link and does not fit the lockfile (${reason}): npm would empty the folder it leads to. Remove the link.`,
    );
  }
  rmSync(path.join(modules, STAMP), { force: true });
  const count = Object.keys(readJson(path.join(root, "package-lock.json"))?.packages ?? {}).length;
  progress.update(`Installing the dependencies, as ${reason} (${count} packages)`);
  const { command, args } = findNpm(env);
  const result = await run(command, [...args, ...NPM_ARGUMENTS], {
    cwd: root,
    env: npmEnvironment(env),
    signal,
    // Should this process be killed, npm lives on: the next installation must wait for its end.
    onStart: (pid) => markInUse(own, "installs the dependencies", pid),
  });
  signal?.throwIfAborted();
  if (result.problem !== undefined) {
    throw new SetupError(
      `npm ci ${result.problem}. The dependencies come from the registry that npm is configured for (npm config get registry).\n${result.tail}`,
    );
  }
  const left = differenceToLockfile(root);
  if (left !== undefined) throw new SetupError(`npm ci ended well, but ${left}.\n${result.tail}`);
  writeStamp(root);
}

/**
 * What a user's settings must not change: everything is installed (NODE_ENV=production leaves the
 * development part out, `omit=optional` the compiler's native half), no package runs a script, and
 * a package that asks for a newer Node than it needs (@pulumi/pulumi) is no error.
 */
const NPM_ARGUMENTS = [
  "ci",
  "--include=dev",
  "--include=optional",
  "--include=peer",
  "--ignore-scripts",
  "--engine-strict=false",
  "--package-lock=true",
  "--dry-run=false",
  "--global=false",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  "--progress=false",
];

/** The npm that runs this command, else the one that came with this Node, else the one on the PATH. */
function findNpm(env) {
  const bin = path.dirname(process.execPath);
  const candidates = [
    env.npm_execpath,
    path.join(bin, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(bin, "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const script = candidates.find(
    (file) => file !== undefined && path.basename(file) === "npm-cli.js" && existsSync(file),
  );
  if (script !== undefined) return { command: process.execPath, args: [script] };
  return { command: process.platform === "win32" ? "npm.cmd" : "npm", args: [] };
}

/** Without what the npm command that started this one says of itself. */
function npmEnvironment(env) {
  const own =
    /^npm_(config_local_prefix|config_omit|config_include|package_.*|lifecycle_.*|command)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)));
}

/** Runs npm to its end; an abort ends it and all that it started. */
function run(command, args, { cwd, env, signal, onStart }) {
  return new Promise((resolve) => {
    const grouped = process.platform !== "win32";
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: grouped,
      shell: command.endsWith(".cmd"),
    });
    const release = child.pid === undefined ? () => {} : onStart(child.pid);
    let output = "";
    const end = () => {
      try {
        if (grouped) process.kill(-child.pid, "SIGTERM");
        else child.kill();
      } catch {
        // It has ended in the meantime.
      }
    };
    signal?.addEventListener("abort", end, { once: true });
    process.prependOnceListener("exit", end);
    const ended = (problem) => {
      release();
      signal?.removeEventListener("abort", end);
      process.removeListener("exit", end);
      const lines = output.trimEnd().split("\n");
      const left = lines.length - HEAD_LINES - TAIL_LINES;
      if (left > 1) lines.splice(HEAD_LINES, left, `… (${left} lines)`);
      const tail = lines.join("\n");
      resolve({ problem, tail });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output = (output + text).slice(0, 100_000)));
    }
    child.on("error", (error) => ended(`could not be started (${error.message})`));
    child.on("close", (code, killed) => {
      ended(
        code === 0 ? undefined : killed === null ? `ended with ${code}` : `was ended by ${killed}`,
      );
    });
  });
}

/** Waits until no other command works from node_modules. The lock keeps new ones from starting. */
async function waitForUsers(own, progress, signal) {
  const folder = path.join(own, "in-use");
  for (;;) {
    const users = readdirSync(folder)
      .map((name) => path.join(folder, name))
      .map((file) => ({ file, holder: locks.readHolder(file) }))
      .filter(({ file, holder }) => {
        if (holder === undefined) return false;
        if (!locks.isStale(file, holder)) return true;
        rmSync(file, { force: true });
        return false;
      });
    if (users.length === 0) return;
    const [first] = users;
    const who = first.holder === null ? "another command" : `process ${first.holder.pid}`;
    const what = first.holder === null ? "uses them" : first.holder.purpose;
    progress.update(`Waiting to install the dependencies until ${who}, which ${what}, has ended`);
    await locks.sleep(250, signal);
  }
}

/** A file that names a process for which node_modules must stay as it is. */
function markInUse(own, purpose, pid = process.pid) {
  const holder = locks.describeProcess(purpose, pid);
  const file = path.join(own, "in-use", `${holder.pid}-${holder.token}`);
  locks.createWhole(file, JSON.stringify(holder));
  const stopHeartbeat = locks.keepFresh(file);
  const release = () => {
    stopHeartbeat();
    process.removeListener("exit", release);
    rmSync(file, { force: true });
  };
  process.on("exit", release);
  return release;
}
