/**
 * What the pack costs: previews of the largest stack without a pack, with an empty one and with this one, in turn.
 *
 * `node -r @swc-node/register tests/policies/benchmark.ts [stack] [rounds]`; a machine that is busy otherwise measures
 * itself and not the pack.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { resolveEngine } from "../../engine/binary";
import { addPolicyLauncher, checkout, makeScratch } from "../../engine/isolation";
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

/** Seconds of one preview. */
async function preview(
  stack: string,
  binary: string,
  policyPacks: readonly string[],
): Promise<number> {
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
    const { succeeded, errors, seconds } = await driver.preview();
    await driver.close();
    if (!succeeded) throw new Error(errors.join("\n"));
    return seconds;
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
  const seconds: Record<keyof typeof packs, number[]> = { none: [], empty: [], full: [] };
  try {
    // The first of each warms caches: transpiled code, the machine's own.
    for (let round = 0; round <= Number(rounds); round++) {
      for (const [name, paths] of Object.entries(packs) as [keyof typeof packs, string[]][]) {
        const taken = await preview(stack, binary, paths);
        if (round > 0) seconds[name].push(taken);
      }
    }
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
  for (const [name, values] of Object.entries(seconds)) {
    console.log(
      `${name.padEnd(5)}  ${median(values).toFixed(2)} s  (${values.map((value) => value.toFixed(2)).join(" ")})`,
    );
  }
  // Each round by itself, so that what else the machine did in the meantime counts alike.
  const added = median(seconds.full.map((value, round) => value - (seconds.empty[round] ?? 0)));
  console.log(
    `the pack adds ${added.toFixed(2)} s to an empty one; allowed: ${bound} s (${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)})`,
  );
  return added <= bound ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
