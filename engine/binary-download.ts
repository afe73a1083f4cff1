/** The second route when nothing is there yet: the npm installer fetches the official set. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from "node:fs/promises";
import * as path from "node:path";
import { checkoutFolder, officialRoot, pulumiHome } from "./binary-places";
import type { Env } from "./binary-places";
import { runBounded } from "./binary-run";
import { searchOfficial } from "./binary-search";

/** What the installer's script is fetched from (node_modules/pulumi/lib/download.js). */
const INSTALLER_URL = "https://get.pulumi.com/install.sh";
const PROBE_TIMEOUT_MS = 5_000;
/** The set is about 100 MB. */
const DOWNLOAD_TIMEOUT_MS = 300_000;
/** Folders of a download under way start so. */
const PARTIAL = ".gitlab-environments-";

/** The npm installer, replaceable in tests. */
export interface Installer {
  /** Why the download cannot be had, or undefined where it can. Answers within seconds. */
  probe(signal?: AbortSignal): Promise<string | undefined>;
  /** Its script; undefined where the package is not installed. */
  readonly script: string | undefined;
  /** Milliseconds that it may take. */
  readonly timeoutMs: number;
}

/** The installer of the pinned npm package `pulumi`. */
export function npmInstaller(): Installer {
  const script = path.join(checkoutFolder(), "node_modules", "pulumi", "run.js");
  return {
    probe,
    script: existsSync(script) ? script : undefined,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  };
}

/** Asks the download server for the installer's headers: offline this fails at once. */
async function probe(signal?: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  try {
    const answer = await fetch(INSTALLER_URL, {
      method: "HEAD",
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    return answer.ok ? undefined : `${INSTALLER_URL} answers ${answer.status}`;
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const detail = cause instanceof Error ? cause.message : String(cause);
    return `${INSTALLER_URL} cannot be reached (${detail})`;
  }
}

/**
 * Has the installer put the official set into the Pulumi home. It works in a folder beside, which
 * is moved into place once its engine was run and its language host is there: the installer copies
 * file by file and trusts whatever executable it finds later.
 *
 * @returns why it failed, or undefined where the set is in place.
 */
export async function downloadOfficial(
  env: Env,
  installer: Installer,
  onProgress: (message: string) => void,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (installer.script === undefined) return "the npm package pulumi is not installed";
  const unreachable = await installer.probe(signal);
  if (unreachable !== undefined) return unreachable;
  onProgress("Downloading the official Pulumi set");
  const versions = path.dirname(officialRoot(env));
  let partial: string;
  try {
    await mkdir(versions, { recursive: true });
    await removeLeftOvers(versions);
    partial = await mkdtemp(path.join(versions, PARTIAL));
  } catch (error) {
    return `${versions} cannot be written (${(error as Error).message})`;
  }
  try {
    // PULUMI_VERSION would make the installer fetch another version (its lib/resolve.js).
    const partialEnv: Env = { ...env, PULUMI_HOME: partial, PULUMI_VERSION: undefined };
    const result = await runBounded(process.execPath, [installer.script, "version"], {
      cwd: partial,
      env: partialEnv,
      timeoutMs: installer.timeoutMs,
      signal,
      group: true,
    });
    if (!result.ok) return `the installer ${result.problem}: ${result.tail}`;
    const found = await searchOfficial(partialEnv);
    if (found.root === undefined) return found.reasons.join("; ");
    await rm(officialRoot(env), { recursive: true, force: true });
    await rename(found.root, officialRoot(env));
    return undefined;
  } finally {
    await rm(partial, { recursive: true, force: true });
    await removeIfEmpty(versions);
    await removeIfEmpty(pulumiHome(env));
  }
}

/** What a killed download left; only one runs at a time, under the lock. */
async function removeLeftOvers(versions: string): Promise<void> {
  for (const name of await readdir(versions)) {
    if (name.startsWith(PARTIAL))
      await rm(path.join(versions, name), { recursive: true, force: true });
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
}
