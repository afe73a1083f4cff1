/** The places in which a ready engine may stand, in the order in which they are preferred. */
import { existsSync, realpathSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { createHash } from "node:crypto";
import * as path from "node:path";
import { builtRoot, ENGINE_EXECUTABLE, officialRoot } from "./binary-places";
import type { Env } from "./binary-places";
import { engineFault } from "./binary-verify";

/** By which of the three routes the engine came. */
export type EngineRoute = "path" | "official" | "built";

/** The engine to run. */
export interface Engine {
  /** Folder with `bin/pulumi` in it, as `PulumiCommand.get({ root })` wants it. */
  readonly root: string;
  /** The executable itself: `<root>/bin/pulumi`, absolute. */
  readonly path: string;
  /** Always the pinned version, without a leading `v`. */
  readonly version: string;
  /**
   * `path`: found on the PATH; `official`: the set that the npm installer keeps in the Pulumi home;
   * `built`: built from tools/engine. Only the first two may have language hosts beside them.
   */
  readonly route: EngineRoute;
}

/** What a search ended with: a root, or the reasons why there is none. */
export interface Search {
  readonly root?: string;
  readonly reasons: readonly string[];
}

/** The name of the folder in which npm keeps packages, launcher and all. */
const NPM_FOLDER = /(^|[\\/])node_modules([\\/]|$)/;

/** Looks along the PATH for an engine of the wanted version that is not npm's launcher. */
export async function searchPath(env: Env): Promise<Search> {
  const reasons: string[] = [];
  const seen = new Set<string>();
  const value = env.PATH ?? env.Path ?? "";
  for (const folder of value.split(path.delimiter)) {
    // A relative entry means another file in every folder.
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, ENGINE_EXECUTABLE);
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    const fault = isNpmLauncher(file)
      ? "is the npm launcher, not the engine"
      : await engineFault(file, env);
    if (fault === undefined) {
      try {
        return { root: await rootOf(folder, env), reasons };
      } catch (error) {
        reasons.push(`${file} cannot be linked into the cache (${(error as Error).message})`);
        continue;
      }
    }
    reasons.push(`${file} ${fault}`);
  }
  if (seen.size === 0) reasons.push("no pulumi on the PATH");
  return { reasons };
}

/**
 * Looks into the Pulumi home for the official set. The engine alone does not make the set: a copy
 * that was broken off ends before the language host, and so does a bare build put there by hand.
 */
export async function searchOfficial(env: Env): Promise<Search> {
  const root = officialRoot(env);
  const file = path.join(root, "bin", ENGINE_EXECUTABLE);
  if (!existsSync(file)) return { reasons: [`${file} is not there`] };
  const fault = await engineFault(file, env);
  if (fault !== undefined) return { reasons: [`${file} ${fault}`] };
  const host = ENGINE_EXECUTABLE.replace("pulumi", "pulumi-language-nodejs");
  if (!existsSync(path.join(root, "bin", host))) {
    return { reasons: [`${file} has no ${host} beside it: the set is incomplete, remove ${root}`] };
  }
  return { root, reasons: [] };
}

/** Looks into the project's own cache for an engine that was built before. */
export async function searchBuilt(env: Env): Promise<Search> {
  const root = builtRoot(env);
  const file = path.join(root, "bin", ENGINE_EXECUTABLE);
  if (!existsSync(file)) return { reasons: [`${file} is not there`] };
  const fault = await engineFault(file, env);
  return fault === undefined ? { root, reasons: [] } : { reasons: [`${file} ${fault}`] };
}

/** `node_modules/.bin/pulumi` and what it and any global link to it lead to. */
function isNpmLauncher(file: string): boolean {
  return NPM_FOLDER.test(file) || NPM_FOLDER.test(realpathSync(file));
}

/**
 * The root for an engine in `folder`. The Automation API wants the executable in a folder named
 * `bin`; for any other folder (an unpacked release is `pulumi/pulumi`) a link of that name is made
 * in the project's cache.
 */
async function rootOf(folder: string, env: Env): Promise<string> {
  if (path.basename(folder) === "bin") return path.dirname(folder);
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const root = path.join(builtRoot(env), "found", name);
  await mkdir(root, { recursive: true });
  try {
    await symlink(folder, path.join(root, "bin"), "junction");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return root;
}
