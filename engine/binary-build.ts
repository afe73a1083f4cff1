/** The third route: a build from the pinned Go module. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import * as path from "node:path";
import {
  builtRoot,
  checkoutFolder,
  ENGINE_EXECUTABLE,
  ENGINE_VERSION,
  given,
} from "./binary-places";
import { homeFolder, requiredGo } from "./binary-places";
import type { Env } from "./binary-places";
import { runBounded } from "./binary-run";
import { versionFault } from "./binary-verify";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
/** Three to five minutes on two cores; a slow machine with a slow network gets ten times that. */
const BUILD_TIMEOUT_MS = 45 * 60_000;
/** The linker's step and the largest package take a minute or two without a word. */
const BUILD_SILENCE_MS = 12 * 60_000;
const PARTIAL = ".build-";
/** The first Go that can fetch a newer one by itself (https://go.dev/doc/toolchain). */
const FIRST_TOOLCHAIN_GO = "1.21.0";

/**
 * Settings of a user's Go that would make another binary, or none: where it is for, how it is
 * compiled, what else is in the workspace. Those that say where modules come from (GOPROXY,
 * GOPRIVATE, GONOSUMDB, GOFLAGS' place in `go env -w` apart) and where they are kept stay.
 */
const DROPPED = [
  "GOOS",
  "GOARCH",
  "GOAMD64",
  "GOARM64",
  "GOEXPERIMENT",
  "GODEBUG",
  "GOWORK",
  "GOBIN",
];

/** What Go calls this system. */
const GO_OS: Readonly<Record<string, string>> = { win32: "windows" };
const GO_ARCH: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** How the engine is built. */
export interface BuildOptions {
  readonly env: Env;
  /** Folders in which Go is looked for after the PATH. @default {@link usualGoFolders} */
  readonly goFolders?: readonly string[];
  readonly onProgress: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Builds the engine into the project's cache. It is linked under a temporary name, run once, and
 * then moved into place, so that what stands there is always whole.
 *
 * @returns why it failed, or undefined where the engine is in place.
 */
export async function buildEngine({
  env,
  goFolders = usualGoFolders(env),
  onProgress,
  signal,
}: BuildOptions): Promise<string | undefined> {
  const moduleFolder = path.join(checkoutFolder(), "tools", "engine");
  const needed = requiredGo(moduleFolder);
  const go = findGo(env, goFolders);
  if (go === undefined) return "no go on the PATH";
  const local = await goVersion(go, env, moduleFolder, signal);
  if (local.version === undefined) return `${go} ${local.problem}`;
  const enough = compareVersions(local.version, needed) >= 0;
  if (!enough && compareVersions(local.version, FIRST_TOOLCHAIN_GO) < 0) {
    return `${go} is Go ${local.version}, ${needed} is needed`;
  }
  const root = builtRoot(env);
  try {
    await mkdir(root, { recursive: true });
    await removeLeftOvers(root);
    const partial = await mkdtemp(path.join(root, PARTIAL));
    try {
      const target = path.join(partial, ENGINE_EXECUTABLE);
      let lines = 0;
      const result = await runBounded(go, buildArguments(target), {
        cwd: moduleFolder,
        env: buildEnvironment(env, enough ? "local" : "auto"),
        timeoutMs: BUILD_TIMEOUT_MS,
        silenceMs: BUILD_SILENCE_MS,
        signal,
        onLine: (line) => {
          const what = line.startsWith("go: downloading") ? "modules and packages" : "packages";
          onProgress(`Building the engine with Go ${local.version} (${++lines} ${what})`);
        },
      });
      if (!result.ok) return `go build ${result.problem}: ${result.tail}`;
      const fault = await versionFault(target);
      if (fault !== undefined) return `what go built ${fault}`;
      await mkdir(path.join(root, "bin"), { recursive: true });
      await rename(target, path.join(root, "bin", ENGINE_EXECUTABLE));
      return undefined;
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  } catch (error) {
    signal?.throwIfAborted();
    return `${root} cannot be written (${(error as Error).message})`;
  }
}

/** Where Go's own installers put it; not every shell has that on its PATH. */
export function usualGoFolders(env: Env): string[] {
  return process.platform === "win32"
    ? [path.join(given(env, "ProgramFiles") ?? "C:\\Program Files", "Go", "bin")]
    : ["/usr/local/go/bin", "/opt/homebrew/bin", path.join(homeFolder(env), "sdk", "go", "bin")];
}

/** Go on the PATH, else in one of the usual folders. */
function findGo(env: Env, usual: readonly string[]): string | undefined {
  const name = process.platform === "win32" ? "go.exe" : "go";
  return [...(env.PATH ?? env.Path ?? "").split(path.delimiter), ...usual]
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
}

async function goVersion(
  go: string,
  env: Env,
  cwd: string,
  signal?: AbortSignal,
): Promise<{ version?: string; problem?: string }> {
  const result = await runBounded(go, ["version"], {
    cwd,
    env: buildEnvironment(env, "local"),
    timeoutMs: 20_000,
    signal,
  });
  if (!result.ok)
    return { problem: `${result.problem} when asked for its version: ${result.tail}` };
  const version = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(result.tail)?.[1];
  return version === undefined
    ? { problem: `does not say its version: ${result.tail}` }
    : { version };
}

function buildArguments(target: string): string[] {
  return [
    "build",
    "-v", // names each package as it is compiled: the progress
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    `-s -w -X ${VERSION_VARIABLE}=${ENGINE_VERSION}`,
    "-o",
    target,
    PACKAGE,
  ];
}

/**
 * The environment of the build. GOFLAGS is given a value and not emptied: an empty one is taken
 * from `go env -w` (https://pkg.go.dev/cmd/go, "Environment variables"), and with it flags such as
 * `-mod=vendor`. No C compiler is needed.
 */
function buildEnvironment(env: Env, toolchain: "local" | "auto"): Env {
  const kept = Object.entries(env).filter(
    ([name]) => !DROPPED.includes(name) && !name.startsWith("PULUMI_"),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: homeFolder(env),
    GOFLAGS: "-mod=readonly",
    GO111MODULE: "on",
    GOWORK: "off",
    GOOS: GO_OS[process.platform] ?? process.platform,
    GOARCH: GO_ARCH[process.arch] ?? process.arch,
    CGO_ENABLED: "0",
    GOTOOLCHAIN: toolchain,
  };
}

/** What a killed build left; only one runs at a time, under the lock. */
async function removeLeftOvers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (name.startsWith(PARTIAL)) await rm(path.join(root, name), { recursive: true, force: true });
  }
}

/** Compares versions of the form 1.25.11. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
