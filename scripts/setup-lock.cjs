"use strict";
/**
 * A lock between processes, as a file. Plain JavaScript without dependencies, since the first thing
 * that it guards is the installation of the dependencies; `engine/locks.ts` is its typed face.
 *
 * The file names its holder: process id, the time that process started (ids are used again), host
 * and purpose. A lock whose holder is dead is taken over; a living holder is waited for, however
 * long it takes. The file is made whole (written aside, then hard-linked into place), so nobody
 * ever reads half of it.
 */
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { execFileSync } = require("node:child_process");

/** How often a waiting process looks again. */
const POLL_MS = 150;
/** How often the holder touches its lock. */
const HEARTBEAT_MS = 5_000;
/** From when on a lock of another host, whose processes cannot be seen from here, counts as left behind. */
const FOREIGN_STALE_MS = 120_000;
/** A file that does not parse (a full disk, a foreign writer) is trusted for this long. */
const UNREADABLE_STALE_MS = 15_000;

/**
 * When a process started, in a form that is equal for equal processes; undefined where there is none.
 * Linux: field 22 of /proc/<pid>/stat (proc(5)) and the boot that it counts from. Elsewhere: `ps`.
 */
function processStart(pid) {
  if (process.platform === "linux") {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
      // The command name may hold blanks and brackets: count from the last one.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // A zombie has ended; only its parent has not looked yet.
      if (fields[0] === "Z" || fields[0] === "X") return undefined;
      const boot = fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return `${boot}:${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== "EPERM") return undefined;
  }
  if (process.platform === "win32") return "unknown";
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return started === "" ? undefined : started;
  } catch {
    return undefined;
  }
}

/** Whether the process that wrote `holder` still runs; undefined where that cannot be seen from here. */
function holderLives(holder) {
  if (holder.host !== os.hostname()) return undefined;
  const started = processStart(holder.pid);
  return started !== undefined && started === holder.started;
}

/** Describes a process of this machine, the calling one unless another is named, for a lock or a marker. */
function describeProcess(purpose, pid = process.pid) {
  return {
    pid,
    started: processStart(pid) ?? "unknown",
    host: os.hostname(),
    purpose,
    since: new Date().toISOString(),
    token: crypto.randomBytes(12).toString("hex"),
  };
}

/** What the file says: its holder, `null` where it holds something else, undefined where there is no file. */
function readHolder(file) {
  try {
    const holder = JSON.parse(fs.readFileSync(file, "utf8"));
    return typeof holder?.pid === "number" && typeof holder.token === "string" ? holder : null;
  } catch (error) {
    return error.code === "ENOENT" ? undefined : null;
  }
}

/** Whether nobody can hold what stands in the file any more. */
function isStale(file, holder) {
  const lives = holder === null ? undefined : holderLives(holder);
  if (lives !== undefined) return !lives;
  try {
    const age = Date.now() - fs.statSync(file).mtimeMs;
    return age > (holder === null ? UNREADABLE_STALE_MS : FOREIGN_STALE_MS);
  } catch {
    return false; // Gone in the meantime: the next round sees to it.
  }
}

/** Makes `file` with this content at once, or answers false where it exists. */
function createWhole(file, content) {
  const aside = `${file}.${process.pid}.${crypto.randomBytes(4).toString("hex")}`;
  fs.writeFileSync(aside, content);
  try {
    fs.linkSync(aside, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    // A file system without hard links (FAT, some network mounts).
    try {
      fs.writeFileSync(file, content, { flag: "wx" });
      return true;
    } catch (second) {
      if (second.code === "EEXIST") return false;
      throw second;
    }
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

/** Shows that the holder is well, to hosts that cannot see its process; from now until the answer is called. */
function keepFresh(file) {
  const timer = setInterval(() => {
    const now = new Date();
    fs.utimes(file, now, now, () => {});
  }, HEARTBEAT_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Removes the file if it still is the one that was judged. */
function removeIfSame(file, token) {
  const now = readHolder(file);
  if (now !== undefined && (now === null ? undefined : now.token) === token) {
    fs.rmSync(file, { force: true });
  }
}

/**
 * Removes a stale lock. Two waiting processes may judge the same file stale, and the slower one
 * must not remove the lock that the faster one has taken since: only the holder of a second, very
 * short-lived file may remove, and it looks again first.
 */
function removeStale(file) {
  const guard = `${file}.takeover`;
  if (!createWhole(guard, JSON.stringify(describeProcess("takes over a lock")))) {
    const other = readHolder(guard);
    if (other !== undefined && isStale(guard, other)) removeIfSame(guard, other?.token);
    return;
  }
  try {
    const holder = readHolder(file);
    if (holder !== undefined && isStale(file, holder)) fs.rmSync(file, { force: true });
  } finally {
    fs.rmSync(guard, { force: true });
  }
}

function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** See engine/locks.ts. */
async function acquireLock(file, { purpose, onWait, signal, timeoutMs }) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const deadline = timeoutMs === undefined ? Infinity : Date.now() + timeoutMs;
  const self = describeProcess(purpose);
  let told;
  for (;;) {
    signal?.throwIfAborted();
    if (createWhole(file, JSON.stringify({ ...self, since: new Date().toISOString() }))) break;
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (isStale(file, holder)) {
      removeStale(file);
      if (readHolder(file) === undefined) continue;
    } else if (holder !== null && told !== holder.token) {
      told = holder.token;
      onWait?.(holder);
    }
    if (Date.now() > deadline) {
      const who =
        holder === null ? "an unknown process" : `process ${holder.pid} (${holder.purpose})`;
      throw new Error(`The lock ${file} is held by ${who}; gave up after ${timeoutMs} ms.`);
    }
    await sleep(POLL_MS, signal);
  }
  const stopHeartbeat = keepFresh(file);
  const release = () => {
    stopHeartbeat();
    process.removeListener("exit", release);
    removeIfSame(file, self.token);
  };
  process.on("exit", release);
  return { file, release };
}

module.exports = {
  acquireLock,
  createWhole,
  describeProcess,
  holderLives,
  isStale,
  keepFresh,
  processStart,
  readHolder,
  sleep,
};
