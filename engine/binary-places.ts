/** Where the engine may be found and where this project keeps its own, on each system. */
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { cacheFolder, given, homeFolder } from "../scripts/setup-places.cjs";

export { cacheFolder, given, homeFolder };

/**
 * The one version of the engine that is used. The SDK (`@pulumi/pulumi`), the npm installer
 * (`pulumi`) and tools/engine/go.mod are pinned to the same; `npm run check` holds them together.
 */
export const ENGINE_VERSION = "3.259.0";

/** Name of the executable on this system. */
export const ENGINE_EXECUTABLE = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/** Environment variables, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Folder of the engine that this project built: `bin/pulumi` stands in it. */
export function builtRoot(env: Env): string {
  return path.join(cacheFolder(env), "engine", ENGINE_VERSION);
}

/** Pulumi's own home (https://www.pulumi.com/docs/iac/cli/environment-variables/, `PULUMI_HOME`). */
export function pulumiHome(env: Env): string {
  const home = given(env, "PULUMI_HOME");
  return home === undefined ? path.join(homeFolder(env), ".pulumi") : path.resolve(home);
}

/** Folder into which the npm installer `pulumi` puts the official set (its lib/cache.js). */
export function officialRoot(env: Env): string {
  return path.join(pulumiHome(env), "versions", ENGINE_VERSION);
}

/**
 * The checkout: the nearest folder above this file that holds tools/engine/go.mod.
 *
 * @throws {Error} where there is none, which only an incomplete checkout explains.
 */
export function checkoutFolder(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "tools", "engine", "go.mod"))) return folder;
    if (folder === path.dirname(folder)) {
      throw new Error(`No tools/engine/go.mod above ${__dirname}: the checkout is incomplete.`);
    }
  }
}

/**
 * The Go release that tools/engine/go.mod asks for, for example `1.25.11`.
 *
 * @throws {Error} where the file has no `go` line.
 */
export function requiredGo(moduleFolder: string): string {
  const file = path.join(moduleFolder, "go.mod");
  const version = /^go (\d+\.\d+(?:\.\d+)?)\s*$/m.exec(readFileSync(file, "utf8"))?.[1];
  if (version === undefined) throw new Error(`${file} has no "go" line.`);
  return version;
}
