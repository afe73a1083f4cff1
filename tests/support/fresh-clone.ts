/**
 * A small project with this checkout's launcher, and a stand-in for npm, in a scratch folder: what
 * a fresh clone is to `npm start`.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const CHECKOUT = path.join(__dirname, "..", "..");

/** How a launcher ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A launcher that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when it has written this text. */
  says(text: string): Promise<void>;
}

/** The stand-in for npm: `npm ci` from the lockfile, telling `log` each time. */
const FAKE_NPM = `
const fs = require("node:fs"), path = require("node:path");
const log = path.join(process.cwd(), "..", "npm.log");
fs.appendFileSync(log, JSON.stringify({ args: process.argv.slice(2), pid: process.pid, npm: Object.keys(process.env).filter((n) => /^npm_/.test(n)) }) + "\\n");
const modules = path.join(process.cwd(), "node_modules");
const lock = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
fs.rmSync(modules, { recursive: true, force: true });
const { "": root, ...packages } = lock.packages;
for (const [name, { version }] of Object.entries(packages)) {
  fs.mkdirSync(name, { recursive: true });
  fs.writeFileSync(path.join(name, "package.json"), JSON.stringify({ name, version }));
  fs.writeFileSync(path.join(name, "index.js"), "");
}
const behaviour = path.join(process.cwd(), "..", "npm-behaviour");
const how = fs.existsSync(behaviour) ? fs.readFileSync(behaviour, "utf8") : "";
const finish = () => fs.writeFileSync(path.join(modules, ".package-lock.json"), JSON.stringify({ packages }));
if (how === "fails") { console.error("npm error code E401"); process.exitCode = 1; }
else if (how === "waits") { const t = setInterval(() => { if (!fs.existsSync(behaviour)) { clearInterval(t); finish(); } }, 20); }
else finish();
`;

/** A scratch project. */
export class FreshClone {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "fresh-clone-"));
  readonly root = path.join(this.folder, "project");
  readonly cache = path.join(this.folder, "cache");
  private readonly started: Running[] = [];

  constructor() {
    mkdirSync(path.join(this.root, "scripts"), { recursive: true });
    for (const name of readdirSync(path.join(CHECKOUT, "scripts"))) {
      if (!/^(run\.mjs|setup-.*\.[cm]js)$/.test(name)) continue;
      copyFileSync(path.join(CHECKOUT, "scripts", name), path.join(this.root, "scripts", name));
    }
    this.write("package.json", JSON.stringify({ name: "x", engines: { node: ">=20.19" } }));
    this.lock({ "@swc-node/register": "1.0.0" });
    // Commands of the scratch project are plain JavaScript in a .ts file: nothing has to be transpiled.
    this.write("engine/transpile.cjs", "");
    this.command("lint", `console.log("ran", ...process.argv.slice(2));`);
    this.write("../npm-cli.js", FAKE_NPM);
  }

  /** Writes a file of the project. */
  write(name: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.root, name)), { recursive: true });
    writeFileSync(path.join(this.root, name), text);
  }

  /** Locks these packages. */
  lock(packages: Readonly<Record<string, string>>): void {
    const entries = Object.entries(packages).map(([name, version]) => [
      `node_modules/${name}`,
      { version },
    ]);
    this.write(
      "package-lock.json",
      JSON.stringify({ packages: { "": {}, ...(Object.fromEntries(entries) as object) } }),
    );
  }

  /** Makes a command of the project. */
  command(name: string, text: string): void {
    this.write(`scripts/${name}.ts`, text);
  }

  /** How the stand-in for npm behaves from now on: `fails`, or `waits` until this is lifted. */
  npm(behaviour: "fails" | "waits" | "works"): void {
    const file = path.join(this.folder, "npm-behaviour");
    if (behaviour === "works") rmSync(file, { force: true });
    else writeFileSync(file, behaviour);
  }

  /** The calls of npm so far. */
  get installs(): { args: string[]; pid: number; npm: string[] }[] {
    const log = path.join(this.folder, "npm.log");
    if (!existsSync(log)) return [];
    return readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { args: string[]; pid: number; npm: string[] });
  }

  /** Starts the launcher, as `npm run <command> -- <args>` does. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    return this.launch([path.join(this.root, "scripts", "run.mjs"), ...args], env);
  }

  /** Starts Node with these arguments, in the project. */
  launch(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(process.execPath, [...args], {
      cwd: this.root,
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        XDG_CACHE_HOME: this.cache,
        npm_execpath: path.join(this.folder, "npm-cli.js"),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve) => {
      child.on("exit", (code, signal) =>
        setImmediate(() => resolve({ code, signal, stdout, stderr })),
      );
    });
    const says = async (text: string): Promise<void> => {
      while (!`${stdout}${stderr}`.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without "${text}": ${stdout}${stderr}`);
        await new Promise((next) => setTimeout(next, 20));
      }
    };
    const running = { child, ended, says };
    this.started.push(running);
    return running;
  }

  /** Runs a command to its end. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** Ends whatever still runs, and removes the folder. */
  remove(): void {
    this.npm("works");
    this.started.forEach(({ child }) => child.kill("SIGKILL"));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
