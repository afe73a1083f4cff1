import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { utimesSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { acquireLock, isAlive, startOf, withLock } from "../../engine/locks";
import type { LockHolder } from "../../engine/locks";
import { typescript } from "../support/typescript";

let folder: string;
let file: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "locks-"));
  file = path.join(folder, "the.lock");
  children = [];
});
afterEach(() => {
  children.forEach((child) => child.kill("SIGKILL"));
  rmSync(folder, { recursive: true, force: true });
});

function locker(...args: string[]): ChildProcess {
  const script = path.join(__dirname, "..", "support", "locker.ts");
  const child = spawn(process.execPath, [...typescript, script, file, ...args]);
  children.push(child);
  return child;
}
const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.on("exit", resolve));
const said = (child: ChildProcess, text: string) =>
  new Promise<void>((resolve) =>
    child.stdout?.on("data", (part: Buffer) => part.toString().includes(text) && resolve()),
  );

/** A lock file as another process left it. */
function leave(holder: Partial<LockHolder>): void {
  writeFileSync(
    file,
    JSON.stringify({
      pid: process.pid,
      started: startOf(process.pid),
      host: os.hostname(),
      purpose: "does something",
      since: new Date().toISOString(),
      token: "left",
      ...holder,
    }),
  );
}

const soon = { purpose: "tests", timeoutMs: 600 };

test("processes are never inside at once, not even when holders are killed among them", async () => {
  const counter = path.join(folder, "counter");
  writeFileSync(counter, "0");
  const dying = locker("", "hold");
  await said(dying, "held");
  const counting = [1, 2, 3, 4].map(() => locker(counter, "15"));
  dying.kill("SIGKILL");
  expect(await Promise.all(counting.map(ended))).toEqual([0, 0, 0, 0]);
  expect(readFileSync(counter, "utf8")).toBe("60");
  expect(readdirSync(folder)).toEqual(["counter"]);
});

test("two in one process wait for each other too", async () => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(file, { purpose: "tests" }, async () => {
      most = Math.max(most, ++inside);
      await new Promise((next) => setTimeout(next, 10));
      inside--;
    });
  await Promise.all([work(), work(), work()]);
  expect(most).toBe(1);
});

test("one that waits is told once for whom and for what", async () => {
  const holder = locker("", "hold");
  await said(holder, "held");
  const told: LockHolder[] = [];
  const waiting = acquireLock(file, { purpose: "tests", onWait: (who) => told.push(who) });
  while (told.length === 0) await new Promise((next) => setTimeout(next, 20));
  await new Promise((next) => setTimeout(next, 400));
  holder.kill("SIGKILL");
  (await waiting).release();
  expect(told).toEqual([expect.objectContaining({ pid: holder.pid, purpose: "holds a lock" })]);
});

test("a lock ends with its process, whose exit removes it", async () => {
  const holder = locker("", "hold");
  await said(holder, "held");
  holder.kill("SIGTERM");
  await ended(holder);
  (await acquireLock(file, soon)).release();
  expect(existsSync(file)).toBe(false);
});

test("a process with the id of a dead holder is not taken for it", async () => {
  leave({ started: "another boot:1" });
  (await acquireLock(file, soon)).release();
});

test("a living holder is waited for, and named when the time is up", async () => {
  leave({});
  await expect(acquireLock(file, soon)).rejects.toThrow(
    `held by process ${process.pid} (does something); gave up after 600 ms`,
  );
  expect(existsSync(file)).toBe(true);
});

test("a lock of another host is respected while it is kept fresh, and taken over after", async () => {
  leave({ host: "elsewhere", pid: 1, started: "x" });
  await expect(acquireLock(file, soon)).rejects.toThrow("gave up");
  const old = new Date(Date.now() - 130_000);
  utimesSync(file, old, old);
  (await acquireLock(file, soon)).release();
});

test("a file that holds no lock is respected for a moment, and removed after", async () => {
  writeFileSync(file, "{ half");
  await expect(acquireLock(file, soon)).rejects.toThrow("held by an unknown process");
  const old = new Date(Date.now() - 20_000);
  utimesSync(file, old, old);
  (await acquireLock(file, soon)).release();
});

test("releasing removes no lock that somebody else has taken since", async () => {
  const lock = await acquireLock(file, soon);
  leave({ token: "another" });
  lock.release();
  expect(readFileSync(file, "utf8")).toContain("another");
});

test("a wait can be ended", async () => {
  leave({});
  const stop = new AbortController();
  const waiting = acquireLock(file, { purpose: "tests", signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 50);
  await expect(waiting).rejects.toThrow("enough");
});

test("the lock is released when the work under it fails", async () => {
  const failing = withLock(file, soon, () => Promise.reject(new Error("work failed")));
  await expect(failing).rejects.toThrow("work failed");
  expect(existsSync(file)).toBe(false);
});

test("a process that has ended is not alive, its parent's look or not", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  const pid = child.pid ?? 0;
  const started = startOf(pid);
  expect(isAlive(pid, started)).toBe(true);
  await ended(child);
  expect(isAlive(pid, started)).toBe(false);
  expect(isAlive(process.pid, "another start")).toBe(false);
});
