/**
 * What the pack costs: previews of the largest stack without a pack, with an empty one and with this one, in turn.
 *
 * `node -r ./engine/transpile.cjs tests/policies/benchmark.ts [stack] [rounds]`; a machine that is busy otherwise measures
 * itself and not the pack.
 */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { resolveEngine } from "../../engine/binary";
import { addPolicyLauncher, checkout, makeScratch, type Scratch } from "../../engine/isolation";
import { PlantedSecrets } from "../../engine/planted";
import { prepareStack } from "../../engine/prepare";
import { Sandbox } from "../../engine/sandbox";

/** Seconds that this pack may take beyond an empty one. */
const bound = 0.8;

/** A pack with nothing in it, in plain JavaScript: what any pack costs. */
function emptyPack(): string {
  const folder = mkdtempSync(join(tmpdir(), "empty-pack-"));
  writeFileSync(
    join(folder, "PulumiPolicy.yaml"),
    "runtime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n",
  );
  writeFileSync(
    join(folder, "package.json"),
    '{ "name": "empty", "version": "0.0.1", "main": "index.js" }\n',
  );
  writeFileSync(
    join(folder, "index.js"),
    'const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("empty", { policies: [] });\n',
  );
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** What one preview took, in seconds. */
interface Taken {
  readonly seconds: number;
  /** Processor time of the pack's process, which others on the machine hardly change; 0 where the system has no /proc. */
  readonly cpu: number;
}

/**
 * Adds up the processor time of the pack's process while it runs: the engine ends it without asking, so that it cannot
 * say it itself. What it does after the last look is not in it.
 */
function watchPack(scratch: Scratch): () => number {
  const [ticksASecond, milliseconds] = [100, 40];
  const launcher = join(scratch.path, "pulumi-analyzer-policy-nodejs");
  const used = new Map<string, number>();
  const look = (): void => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        if (!used.has(pid) && !isPack(pid)) continue;
        const text = readFileSync(`/proc/${pid}/stat`, "utf8");
        // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime and stime, 14 and 15; the name may have blanks.
        const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
        used.set(pid, (Number(fields[11]) + Number(fields[12])) / ticksASecond);
      } catch {
        // It has ended in the meantime.
      }
    }
  };
  const isPack = (pid: string): boolean => {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return (
      environment.includes(scratch.root) &&
      (command.includes("policy-host.cjs") || command.includes(launcher))
    );
  };
  if (process.platform !== "linux") return () => 0;
  const timer = setInterval(look, milliseconds);
  return () => {
    clearInterval(timer);
    return [...used.values()].reduce((sum, one) => sum + one, 0);
  };
}

/** Times one preview. */
async function preview(
  stack: string,
  binary: string,
  policyPacks: readonly string[],
): Promise<Taken> {
  const scratch = makeScratch();
  addPolicyLauncher(scratch);
  const sandbox = Sandbox.start(scratch);
  try {
    const planted = new PlantedSecrets();
    const { driver } = await prepareStack(
      { ...{ project: checkout, stack, scratch, sandbox, binary, planted, policyPacks } },
      {},
    );
    await sandbox.ports;
    const cpu = watchPack(scratch);
    const { succeeded, errors, seconds } = await driver.preview();
    const taken = { seconds, cpu: cpu() };
    await driver.close();
    if (!succeeded) throw new Error(errors.join("\n"));
    return taken;
  } finally {
    await sandbox.stop();
    scratch.remove();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  return ((low ?? 0) + (high ?? 0)) / 2;
}

async function main(): Promise<number> {
  const [stack = "aws", rounds = "5"] = process.argv.slice(2);
  const { path: binary } = await resolveEngine();
  const empty = emptyPack();
  const packs = { none: [], empty: [empty], full: [join(checkout, "policies")] };
  const taken: Record<keyof typeof packs, Taken[]> = { none: [], empty: [], full: [] };
  try {
    // The first of each warms caches: transpiled code, the machine's own.
    for (let round = 0; round <= Number(rounds); round++) {
      for (const [name, paths] of Object.entries(packs) as [keyof typeof packs, string[]][]) {
        const one = await preview(stack, binary, paths);
        if (round > 0) taken[name].push(one);
      }
    }
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
  for (const [name, values] of Object.entries(taken)) {
    const seconds = values.map((one) => one.seconds);
    const cpu = median(values.map((one) => one.cpu));
    console.log(
      `${name.padEnd(5)}  ${median(seconds).toFixed(2)} s  (${seconds.map((value) => value.toFixed(2)).join(" ")})  ${cpu.toFixed(2)} s of a processor in the pack`,
    );
  }
  // Each round by itself, so that what else the machine did in the meantime counts alike.
  const more = (part: keyof Taken): number =>
    median(taken.full.map((one, round) => one[part] - (taken.empty[round]?.[part] ?? 0)));
  const added = more("seconds");
  console.log(
    `the pack adds ${added.toFixed(2)} s to an empty one, ${more("cpu").toFixed(2)} s of it its own processor time; allowed: ${bound} s (${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)})`,
  );
  return added <= bound ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
