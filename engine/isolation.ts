/**
 * Where a rehearsal works and what its processes can see: a scratch folder and three environments
 * made from nothing, so that neither the user's credentials nor their backend, Pulumi home or
 * plugins can reach the engine, a program or the sandbox.
 */
import { randomBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Root of this checkout. */
export const checkout = resolve(__dirname, "..");

/** A rehearsal's folder; everything that any of its processes writes is in it. */
export interface Scratch {
  readonly root: string;
  /** `PULUMI_HOME`. */
  readonly home: string;
  /** The file backend's folder: state, history and backups of every stack of the group. */
  readonly backend: string;
  /** The only folder on the PATH. */
  readonly path: string;
  /** `HOME` and `TMPDIR`: what a library may write unasked. */
  readonly user: string;
  readonly temporary: string;
  /** Events, plans and outputs, by stack and step. */
  readonly records: string;
  /** Encrypts the state; made up for each rehearsal and never written. */
  readonly passphrase: string;
  /** The folder the engine runs in for one stack: `Pulumi.yaml` and `Pulumi.<stack>.yaml`. */
  work(stack: string): string;
  /**
   * The same folder with a backend of one stack's own, in which the others are as they stand now. What they become
   * later it does not see, so that it can be tried beside them.
   */
  apart(stack: string): Scratch;
  remove(): void;
}

/** Makes a scratch folder under the system's temporary folder. */
export function makeScratch(): Scratch {
  const root = mkdtempSync(join(tmpdir(), "gitlab-rehearsal-"));
  const folder = (name: string): string => {
    const made = join(root, name);
    mkdirSync(made, { recursive: true });
    return made;
  };
  const scratch: Scratch = {
    root,
    home: folder("home"),
    backend: folder("backend"),
    path: folder("path"),
    user: folder("user"),
    temporary: folder("tmp"),
    records: folder("records"),
    passphrase: randomBytes(24).toString("base64url"),
    work: (stack) => folder(join("work", stack)),
    apart: (stack) => {
      const own = folder(join("backends", stack));
      // The layout's version, and the states, each of which the engine replaces as a whole. Locks, history and backups
      // are the others' own.
      for (const part of ["meta.yaml", "stacks"].map((name) => join(".pulumi", name))) {
        cpSync(join(scratch.backend, part), join(own, part), { recursive: true });
      }
      return { ...scratch, backend: own };
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
  // A file where the engine wants the folder of its own debug logs: it then goes without them. Nobody reads them here,
  // and compressing them is a fifth of a call's time (pulumi v3.259.0: pkg/logging/encrypted.go, StartLogging).
  writeFileSync(join(scratch.home, "logs"), "");
  // Language hosts and policy launchers start `node` by name.
  symlinkSync(process.execPath, join(scratch.path, "node"));
  return scratch;
}

/**
 * Puts the launcher on the PATH by which the engine starts a policy pack: it looks for a plugin of
 * this name there, since a built engine has none beside it.
 */
export function addPolicyLauncher(scratch: Scratch): void {
  const host = join(checkout, "engine", "policy-host.cjs");
  const flags = "--stack-trace-limit=2 --min-semi-space-size=16 --max-semi-space-size=64";
  writeFileSync(
    join(scratch.path, "pulumi-analyzer-policy-nodejs"),
    `#!/bin/sh\nexec '${process.execPath}' ${flags} '${host}' "$@"\n`,
    { mode: 0o755 },
  );
}

/** Folders of the project's policy packs, for `--policy-pack`: `policies`, where there is one. */
export function policyPacks(project: string): string[] {
  const pack = join(project, "policies");
  return existsSync(join(pack, "PulumiPolicy.yaml")) ? [pack] : [];
}

/** What any process needs of the machine: where to write, in which language to speak. */
function base(scratch: Scratch): Record<string, string> {
  return {
    PATH: scratch.path,
    HOME: scratch.user,
    USERPROFILE: scratch.user,
    XDG_CACHE_HOME: join(scratch.user, ".cache"),
    XDG_CONFIG_HOME: join(scratch.user, ".config"),
    TMPDIR: scratch.temporary,
    TEMP: scratch.temporary,
    TMP: scratch.temporary,
    LANG: "C.UTF-8",
    TZ: "UTC",
    // No cloud SDK may ask the machine's metadata service for an identity.
    AWS_EC2_METADATA_DISABLED: "true",
    ...(process.platform === "win32"
      ? { SystemRoot: process.env.SystemRoot ?? "C:\\Windows" }
      : {}),
  };
}

/** How an engine call is to behave. */
export interface EngineEnvironmentOptions {
  /** Package to port of the sandbox's providers. */
  readonly ports: Readonly<Record<string, number>>;
  /**
   * Write the state after every resource, as a real run does. Without it the state is written once
   * at the end: half the time of an up, but nothing to recover from after a crash.
   */
  readonly checkpoints: boolean;
}

/**
 * The engine's whole environment.
 *
 * Source of the names: https://www.pulumi.com/docs/iac/cli/environment-variables/; that automatic
 * acquisition must be off was measured (each call tries to download the real provider otherwise).
 */
export function engineEnvironment(
  scratch: Scratch,
  options: EngineEnvironmentOptions,
): Record<string, string> {
  const ports = Object.entries(options.ports).map(([name, port]) => `${name}:${port}`);
  return {
    ...base(scratch),
    PULUMI_HOME: scratch.home,
    PULUMI_BACKEND_URL: `file://${scratch.backend}`,
    PULUMI_CONFIG_PASSPHRASE: scratch.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Collects four times as rarely: an engine process lives for seconds, and this is an eighth of its time.
    GOGC: "400",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DEBUG_PROVIDERS: ports.join(","),
    // Allows `--client` and `--event-log`, by which the driver is the language host and hears events.
    PULUMI_DEBUG_COMMANDS: "true",
    ...(options.checkpoints ? {} : { PULUMI_EXPERIMENTAL: "1", PULUMI_SKIP_CHECKPOINTS: "true" }),
  };
}

/**
 * The environment of a Node process of ours (a program, the sandbox): as bare as the engine's, and
 * without its passphrase.
 */
export function nodeEnvironment(scratch: Scratch): Record<string, string> {
  return base(scratch);
}
