/**
 * A made-up machine for tests of the engine's routes: folders for home, cache and PATH, stand-ins
 * for Go and the npm installer, and the real engine as the one thing that answers its version.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync } from "node:fs";
import {
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Installer } from "../../engine/binary-download";

/** How the stand-in for Go behaves. */
export interface FakeGo {
  /** What `go version` says. @default "1.26.0" */
  readonly version?: string;
  /** File that a build yields. @default the real engine */
  readonly yields?: string;
  /** Text on standard error, and exit code 1. */
  readonly fails?: string;
  /** Shell commands before the result is written. */
  readonly first?: string;
}

/** A scratch machine. Everything is below `folder`. */
export class Machine {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "engine-machine-"));
  readonly home = path.join(this.folder, "home");
  readonly cache = path.join(this.folder, "cache");
  readonly goLog = path.join(this.folder, "go.log");
  private readonly pathFolders: string[] = [];

  /** @param engine Path of the real engine. */
  constructor(readonly engine: string) {
    mkdirSync(this.home);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The environment of its user. */
  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      HOME: this.home,
      XDG_CACHE_HOME: this.cache,
      PATH: this.pathFolders.join(path.delimiter),
      ...more,
    };
  }

  /** A folder on the PATH, after those that are on it already. */
  onPath(...name: string[]): string {
    const folder = path.join(this.folder, ...name);
    mkdirSync(folder, { recursive: true });
    this.pathFolders.push(folder);
    return folder;
  }

  /** Puts the real engine into a folder. */
  putEngine(folder: string): string {
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, "pulumi");
    symlinkSync(this.engine, file);
    return file;
  }

  /** Puts an executable that is another program into a folder: its `version` is no version. */
  putOther(folder: string): string {
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, "pulumi");
    copyFileSync("/bin/echo", file);
    chmodSync(file, 0o755);
    return file;
  }

  /** Puts the first part of the real engine into a folder, as a copy that was broken off. */
  putHalf(folder: string): string {
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, "pulumi");
    cpSync(this.engine, file, { dereference: true });
    truncateSync(file, 20_000_000);
    return file;
  }

  /** Puts a shell script somewhere. */
  putScript(file: string, text: string): string {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  }

  /** Where the official set stands. */
  get official(): string {
    return path.join(this.home, ".pulumi", "versions", "3.259.0");
  }

  /** Where this project's own build stands. */
  get built(): string {
    return path.join(this.cache, "gitlab-environments", "engine", "3.259.0");
  }

  /** Puts a stand-in for Go on the PATH; it writes its environment and arguments to `goLog`. */
  putGo(go: FakeGo = {}): void {
    const folder = this.onPath("go", "bin");
    const outcome =
      go.fails === undefined
        ? `cp -f '${go.yields ?? this.engine}' "$target"`
        : `echo '${go.fails}' >&2; exit 1`;
    this.putScript(
      path.join(folder, "go"),
      [
        'PATH="$PATH:/usr/bin:/bin"',
        `if [ "$1" = version ]; then echo "go version go${go.version ?? "1.26.0"} test/test"; exit 0; fi`,
        `{ echo "build $*"; env | sort; } >> '${this.goLog}'`,
        'while [ $# -gt 1 ]; do if [ "$1" = -o ]; then target=$2; fi; shift; done',
        go.first ?? ":",
        outcome,
      ].join("\n"),
    );
  }

  /** How often Go was asked to build. */
  get builds(): number {
    if (!existsSync(this.goLog)) return 0;
    return readFileSync(this.goLog, "utf8").match(/^build /gm)?.length ?? 0;
  }

  /** Everything below a folder, as sorted relative paths of files. */
  files(folder: string): string[] {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .sort();
  }
}

/** An installer for which the download server is out of reach. */
export const OFFLINE: Installer = {
  probe: () => Promise.resolve("the download server cannot be reached (ENOTFOUND)"),
  script: __filename,
  timeoutMs: 1_000,
};

/**
 * An installer that is a script of this Node: `text` runs with `root`, the folder of the set, and
 * `put(name, source?)`, which puts a file of the set there.
 */
export function installerOf(machine: Machine, text: string, timeoutMs = 20_000): Installer {
  const script = path.join(machine.folder, "installer.cjs");
  writeFileSync(
    script,
    `const fs = require("node:fs"), path = require("node:path");
     const root = path.join(process.env.PULUMI_HOME, "versions", process.env.PULUMI_VERSION ?? "3.259.0");
     const put = (name, source) => {
       fs.mkdirSync(path.join(root, "bin"), { recursive: true });
       if (source) fs.copyFileSync(source, path.join(root, "bin", name));
       else fs.writeFileSync(path.join(root, "bin", name), "#!/bin/sh\\n", { mode: 0o755 });
     };
     const engine = ${JSON.stringify(machine.engine)};
     ${text}`,
  );
  return { probe: () => Promise.resolve(undefined), script, timeoutMs };
}
