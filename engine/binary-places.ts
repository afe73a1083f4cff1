/** Where the engine may be found and where this project keeps its own, on each system. */
import { existsSync, readFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/**
 * The one version of the engine that is used. The SDK (`@pulumi/pulumi`), the npm installer
 * (`pulumi`) and tools/engine/go.mod are pinned to the same; `npm run check` holds them together.
 */
export const ENGINE_VERSION = "3.259.0";

/** Name of the executable on this system. */
export const ENGINE_EXECUTABLE = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/** Environment variables, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** An environment value, with the empty string read as unset, as shells and the XDG rules have it. */
export function given(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : value;
}

/** The user's home folder. */
export function homeFolder(env: Env): string {
  return given(env, process.platform === "win32" ? "USERPROFILE" : "HOME") ?? os.homedir();
}

/**
 * The project's own folder in the user's cache. Everything in it can be deleted at any time.
 *
 * Linux: `$XDG_CACHE_HOME` or `~/.cache` (XDG Base Directory Specification,
 * https://specifications.freedesktop.org/basedir-spec/latest/, which has relative values ignored);
 * macOS: `~/Library/Caches`; Windows: `%LOCALAPPDATA%`.
 */
export function cacheFolder(env: Env): string {
  return path.join(userCacheFolder(env), "gitlab-environments");
}

function userCacheFolder(env: Env): string {
  const home = homeFolder(env);
  if (process.platform === "win32") {
    return given(env, "LOCALAPPDATA") ?? path.join(home, "AppData", "Local");
  }
  const xdg = given(env, "XDG_CACHE_HOME");
  if (xdg !== undefined && path.isAbsolute(xdg)) return xdg;
  return process.platform === "darwin"
    ? path.join(home, "Library", "Caches")
    : path.join(home, ".cache");
}

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
