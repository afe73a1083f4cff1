/** What must be pinned alike in several files, and must be there once. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { ENGINE_VERSION } from "../../engine/binary";

const packageSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  overrides: z.record(z.string(), z.string()),
});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), resolved: z.string().optional() }),
  ),
});

/**
 * Checks the pins of a checkout:
 * the engine, the SDK and the npm installer have one version; every dependency is exact; there is
 * one copy of `@pulumi/pulumi`, in the lockfile and on the disk (two copies break mocks and stack
 * state in silence); the lockfile names no registry, so that everyone's own is used.
 *
 * @returns one sentence for each fault; none where all is well.
 */
export function pinFaults(checkout: string): string[] {
  const manifest = packageSchema.parse(readJson(path.join(checkout, "package.json")));
  const lock = lockSchema.parse(readJson(path.join(checkout, "package-lock.json")));
  const goModule = readFileSync(path.join(checkout, "tools", "engine", "go.mod"), "utf8");
  return [
    ...versionFaults(manifest, goModule),
    ...exactFaults(manifest),
    ...copyFaults(checkout, Object.keys(lock.packages)),
    ...Object.entries(lock.packages)
      .filter(([, entry]) => entry.resolved?.startsWith("http") ?? false)
      .map(([name]) => `package-lock.json names a registry for ${name}.`),
  ];
}

function versionFaults(manifest: z.infer<typeof packageSchema>, goModule: string): string[] {
  const required = [...goModule.matchAll(/^(?:require )?\t?(\S+) v(\S+)(?: \/\/ indirect)?$/gm)];
  const direct = required.filter(([line]) => !line.endsWith("// indirect"));
  const go = direct.find(([, name]) => name === "github.com/pulumi/pulumi/pkg/v3")?.[2];
  const pins: Record<string, string | undefined> = {
    "@pulumi/pulumi in package.json": manifest.dependencies["@pulumi/pulumi"],
    "pulumi in package.json": manifest.dependencies.pulumi,
    "the override of @pulumi/pulumi in package.json": manifest.overrides["@pulumi/pulumi"],
    "github.com/pulumi/pulumi/pkg/v3 in tools/engine/go.mod": go,
  };
  return [
    ...Object.entries(pins)
      .filter(([, version]) => version !== ENGINE_VERSION)
      .map(
        ([name, version]) => `${name} is ${version ?? "missing"}, the engine ${ENGINE_VERSION}.`,
      ),
    ...direct
      .filter(([, name]) => name !== "github.com/pulumi/pulumi/pkg/v3")
      .map(([, name]) => `tools/engine/go.mod requires ${name ?? "something"} besides the engine.`),
  ];
}

function exactFaults(manifest: z.infer<typeof packageSchema>): string[] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name} in package.json is not exact: ${version}.`);
}

function copyFaults(checkout: string, locked: readonly string[]): string[] {
  const inLock = locked.filter((name) => name.endsWith("node_modules/@pulumi/pulumi"));
  const onDisk = [...copies(checkout, "@pulumi/pulumi")];
  return [
    ...(inLock.length === 1
      ? []
      : [`package-lock.json has @pulumi/pulumi ${inLock.length} times.`]),
    ...(onDisk.length === 1
      ? []
      : [`@pulumi/pulumi is installed ${onDisk.length} times: ${onDisk.join(", ")}.`]),
  ];
}

/** Every folder of a package below `folder`, however deeply npm nested it. */
function* copies(folder: string, name: string): Generator<string> {
  const modules = path.join(folder, "node_modules");
  if (!existsSync(modules)) return;
  if (existsSync(path.join(modules, name, "package.json"))) yield path.join(modules, name);
  for (const entry of readdirSync(modules, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    const inner = path.join(modules, entry.name);
    if (!entry.name.startsWith("@")) {
      yield* copies(inner, name);
      continue;
    }
    for (const scoped of readdirSync(inner)) yield* copies(path.join(inner, scoped), name);
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
