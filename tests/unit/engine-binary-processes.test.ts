import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { resolveEngine } from "../../engine/binary";
import type { Engine } from "../../engine/binary";
import { Machine } from "../support/machine";
import { typescript } from "../support/typescript";

let machine: Machine;
let started: ChildProcess[];

beforeEach(async () => {
  machine = new Machine((await resolveEngine()).path);
  started = [];
});
afterEach(() => {
  started.forEach((child) => child.kill("SIGKILL"));
  machine.remove();
});

interface Outcome {
  readonly progress: string[];
  readonly engine: Engine;
}

/** Starts a process that wants the engine. */
function start(): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(
    process.execPath,
    [
      ...typescript,
      path.join(__dirname, "..", "support", "resolve-engine.ts"),
      JSON.stringify(machine.env()),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  started.push(child);
  const outcome = new Promise<Outcome>((resolve) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    child.on("close", () => {
      const lines = text.trim().split("\n");
      const answer = lines.find((line) => line.startsWith("{")) ?? "{}";
      resolve({ progress: lines, engine: JSON.parse(answer) as Engine });
    });
  });
  return { child, outcome };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((next) => setTimeout(next, 20));
};

test("processes at once wait for the one that builds, say so, and build once", async () => {
  const goOn = path.join(machine.folder, "go-on");
  machine.putGo({ first: `while [ ! -e '${goOn}' ]; do sleep 0.1; done` });
  const first = start();
  await until(() => machine.builds === 1);
  const others = [start(), start()];
  const waits = others.map(
    ({ child }) =>
      new Promise<void>((resolve) =>
        child.stdout?.on("data", (text: string) => {
          if (text.includes(`Waiting for process ${first.child.pid}`)) resolve();
        }),
      ),
  );
  await Promise.all(waits);
  writeFileSync(goOn, "");
  const outcomes = await Promise.all([first, ...others].map(({ outcome }) => outcome));
  expect(outcomes.map(({ engine }) => engine.path)).toEqual(
    Array(3).fill(path.join(machine.built, "bin", "pulumi")),
  );
  expect(machine.builds).toBe(1);
  expect(machine.files(machine.built)).toEqual(["bin/pulumi", "verified.json"]);
});

test("a process killed in mid-build leaves a half-written engine that nobody uses", async () => {
  const goOn = path.join(machine.folder, "go-on");
  const half = path.join(machine.folder, "half-written");
  machine.putGo({
    first: `if [ ! -e '${goOn}' ]; then head -c 1000000 '${machine.engine}' > "$target"; chmod 755 "$target"; touch '${half}'; exec sleep 5; fi`,
  });
  const { child, outcome } = start();
  await until(() => existsSync(half));
  child.kill("SIGKILL");
  await outcome;
  expect(machine.files(machine.built)).toEqual([
    expect.stringMatching(/^\.build-\w+\/pulumi$/),
    "engine.lock",
  ]);

  writeFileSync(goOn, "");
  const { engine } = await start().outcome;
  expect(engine.route).toBe("built");
  expect(readFileSync(engine.path).equals(readFileSync(machine.engine))).toBe(true);
  expect(machine.files(machine.built)).toEqual(["bin/pulumi", "verified.json"]);
  expect(machine.builds).toBe(2);
});
