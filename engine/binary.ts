/**
 * The engine: finds a `pulumi` of the pinned version, or gets one, and says where it is.
 *
 * Three routes, in this order: one on the PATH; the official set in the Pulumi home, where the npm
 * installer `pulumi` puts it; a build from tools/engine in the project's own cache. What is ready
 * on any route is used before anything is fetched or built.
 */
import { mkdir } from "node:fs/promises";
import * as path from "node:path";
import { buildEngine } from "./binary-build";
import { downloadOfficial, npmInstaller } from "./binary-download";
import type { Installer } from "./binary-download";
import {
  builtRoot,
  checkoutFolder,
  ENGINE_EXECUTABLE,
  ENGINE_VERSION,
  requiredGo,
} from "./binary-places";
import type { Env } from "./binary-places";
import { searchBuilt, searchOfficial, searchPath } from "./binary-search";
import type { Engine, EngineRoute, Search } from "./binary-search";
import { withLock } from "./locks";

export { ENGINE_VERSION };
export type { Engine, EngineRoute };

/** How the engine is looked for. */
export interface ResolveOptions {
  /** Where PATH, home and cache are read from. @default process.env */
  readonly env?: Env;
  /** Called with what is being done, in a few words, while something takes long. @default silent */
  readonly onProgress?: (message: string) => void;
  /** Ends a wait, a download or a build; nothing half-made is left that would be used later. */
  readonly signal?: AbortSignal;
  /** @default the npm package `pulumi` of this checkout */
  readonly installer?: Installer;
  /** Folders in which Go is looked for after the PATH. @default where Go's installers put it */
  readonly goFolders?: readonly string[];
}

/** No route led to an engine. The message says what was tried, why each failed and what to install. */
export class EngineNotFoundError extends Error {
  override readonly name = "EngineNotFoundError";
}

/**
 * Finds the engine, or downloads or builds it (once per machine, a few minutes). Two processes at
 * once wait for each other. A binary that is half-written, of another version or npm's launcher is
 * never answered.
 *
 * @throws {EngineNotFoundError} where no route is open.
 */
export async function resolveEngine(options: ResolveOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const ready = await searchAll(env);
  if (ready.engine !== undefined) return ready.engine;
  const onProgress = options.onProgress ?? (() => undefined);
  try {
    await mkdir(builtRoot(env), { recursive: true });
  } catch (error) {
    throw new EngineNotFoundError(
      `The cache folder ${builtRoot(env)} cannot be made (${(error as Error).message}). Set XDG_CACHE_HOME to a folder that can be written.`,
    );
  }
  return withLock(
    path.join(builtRoot(env), "engine.lock"),
    {
      purpose: "gets the engine ready",
      signal: options.signal,
      onWait: (holder) => onProgress(`Waiting for process ${holder.pid}, which ${holder.purpose}`),
    },
    () => getReady(env, onProgress, options),
  );
}

async function getReady(
  env: Env,
  onProgress: (message: string) => void,
  options: ResolveOptions,
): Promise<Engine> {
  // Another process may have done it while this one waited.
  const before = await searchAll(env);
  if (before.engine !== undefined) return before.engine;

  const installer = options.installer ?? npmInstaller();
  const download = await downloadOfficial(env, installer, onProgress, options.signal);
  const official = await searchOfficial(env);
  if (official.root !== undefined) return describe("official", official.root);

  onProgress("Building the engine");
  const build = await buildEngine({ ...options, env, onProgress });
  const built = await searchBuilt(env);
  if (built.root !== undefined) return describe("built", built.root);

  throw new EngineNotFoundError(
    explain([
      ["A pulumi on the PATH", before.path.reasons],
      [
        "The official set in the Pulumi home",
        [...official.reasons, ...(download === undefined ? [] : [`its download: ${download}`])],
      ],
      ["A build with Go", build === undefined ? built.reasons : [build]],
    ]),
  );
}

interface Found {
  readonly engine?: Engine;
  readonly path: Search;
}

/** What is ready, by preference; the PATH's reasons are kept for the message. */
async function searchAll(env: Env): Promise<Found> {
  const onPath = await searchPath(env);
  if (onPath.root !== undefined) return { engine: describe("path", onPath.root), path: onPath };
  const official = await searchOfficial(env);
  if (official.root !== undefined) {
    return { engine: describe("official", official.root), path: onPath };
  }
  const built = await searchBuilt(env);
  if (built.root !== undefined) return { engine: describe("built", built.root), path: onPath };
  return { path: onPath };
}

function describe(route: EngineRoute, root: string): Engine {
  return { root, path: path.join(root, "bin", ENGINE_EXECUTABLE), version: ENGINE_VERSION, route };
}

function explain(tried: readonly (readonly [string, readonly string[]])[]): string {
  const go = requiredGo(path.join(checkoutFolder(), "tools", "engine"));
  const indent = (text: string): string => text.replace(/\n/g, "\n       ");
  return [
    `The Pulumi engine ${ENGINE_VERSION} is needed, and no way to it is open. What was tried:`,
    ...tried.flatMap(([name, reasons], index) => [
      `  ${index + 1}. ${name}`,
      ...reasons.map((reason) => `     - ${indent(reason)}`),
    ]),
    "Any one of these helps; then run the command again:",
    `  - install Pulumi ${ENGINE_VERSION} (https://www.pulumi.com/docs/iac/download-install/versions/) and put it on the PATH;`,
    "  - give this machine a way to https://get.pulumi.com and https://github.com, and it is downloaded;",
    `  - install Go ${go} or newer (https://go.dev/dl/) with a way to a Go module proxy (GOPROXY), and it is built.`,
  ].join("\n");
}
