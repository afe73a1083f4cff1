import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "../../../components/node-files/contract";
import { Docker } from "./docker";
import { Systemd } from "./systemd";
import { type Handler, type World, writeFileDeep } from "./world";

/** How a script ended. */
export interface Ended {
  /** Exit code; 128 plus the signal's number when it was killed. */
  readonly code: number;
  /** Standard output alone. */
  readonly out: string;
  /** Both outputs, as they came. */
  readonly log: string;
}

/** A script that is running. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** One machine under test: a scratch root, stand-ins on its PATH, a Docker daemon, systemd, mounts and a network cable. */
export class Machine {
  /** Commands that only a real host has. Everything else on the PATH is the test machine's own. */
  static readonly standIns = [
    ..."aws docker systemctl systemd-notify systemd-run mount umount findmnt blkid mkfs.ext4 dnf rpm curl sleep".split(
      " ",
    ),
    ..."nsenter openssl ssh-keygen df reboot shutdown sysctl nft lsblk modprobe journalctl".split(
      " ",
    ),
  ];

  readonly docker = new Docker(this);
  readonly systemd = new Systemd(this);
  /** Handlers of this machine alone; they win over the world's. */
  readonly commands: Record<string, Handler> = {};
  /** Paths (under the root) at which something is mounted → source and file system. */
  readonly mounts = new Map<string, { readonly source: string; readonly type: string }>();
  readonly packages = new Set<string>();
  network = true;
  alive = true;
  /** Everything that scripts printed, units included. */
  log = "";
  readonly #running = new Set<ChildProcess>();
  /** Processes that have ended, and whose end has not been told yet. */
  #ending = 0;

  constructor(
    readonly world: World,
    readonly name: string,
    readonly root: string,
    readonly bin: string,
  ) {
    this.commands["docker"] = (call, _machine, closed) => this.docker.run(call, closed);
    this.commands["systemctl"] = (call) => this.systemd.run(call.args);
    this.commands["systemd-notify"] = (call) => this.systemd.notified(call.unit, call.args);
    this.commands["rpm"] = (call) => ({ code: this.packages.has(call.args[1] ?? "") ? 0 : 1 });
    this.commands["dnf"] = (call) => {
      if (!this.network)
        return { code: 1, err: "Error: Failed to download metadata for repo 'amazonlinux'\n" };
      const words = call.args.filter((arg) => !arg.startsWith("-"));
      if (words[0] !== "install")
        return { code: 2, err: `dnf: no stand-in for ${words.join(" ")}\n` };
      for (const name of words.slice(1)) this.packages.add(name);
      return { code: 0 };
    };
    this.commands["curl"] = (call) => this.#curl(call.args, call.stdin.toString());
    this.commands["mount"] = (call) => this.#mount(call.args);
    this.commands["umount"] = (call) => {
      const path = call.args.at(-1) ?? "";
      if (!this.mounts.has(path)) return { code: 32, err: `umount: ${path}: not mounted.\n` };
      this.mounts.delete(path);
      this.world.happened(this.name, "unmounted", path.replace(this.root, ""));
      return { code: 0 };
    };
    this.commands["findmnt"] = (call) => this.#findmnt(call.args);
    this.commands["df"] = () => ({ code: 0, out: "Use%\n 41%\n" });
    this.commands["sysctl"] = () => ({ code: 0 });
  }

  /** As IMDS tells it. */
  get instanceId(): string {
    return `i-${Buffer.from(this.name).toString("hex").padEnd(17, "0").slice(0, 17)}`;
  }

  install(files: readonly NodeFile[]): void {
    for (const { path, mode, content } of files)
      writeFileDeep(join(this.root, path), content, parseInt(mode, 8));
  }

  path(path: string): string {
    return join(this.root, path);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  /** `/proc/uptime`, replaced whole: a reader never sees half of it. */
  writeClock(): void {
    const path = this.path("/proc/uptime");
    writeFileSync(`${path}.new`, `${this.world.clock.now.toFixed(2)} 0.00\n`);
    renameSync(`${path}.new`, path);
  }

  /** Starts a program of this machine, with its stand-ins and its root, as a process group of its own. */
  start(
    path: string,
    args: readonly string[] = [],
    options: { readonly unit?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Running {
    // A machine that is off starts nothing.
    if (!this.alive)
      return {
        pid: 0,
        ended: Promise.resolve({ code: 137, out: "", log: "" }),
        signal: () => undefined,
      };
    const child = spawn(this.path(path), [...args], {
      detached: true,
      cwd: this.root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: `${this.bin}:${process.env["PATH"] ?? ""}`,
        HOME: this.path("/root"),
        LANG: "C.UTF-8",
        TZ: "UTC",
        NODE_ROOT: this.root,
        STAND_IN_PORT: String(this.world.port),
        STAND_IN_HOST: this.name,
        STAND_IN_UNIT: options.unit ?? "",
        ...options.env,
      },
    });
    this.#running.add(child);
    let out = "";
    let log = "";
    const heard = (chunk: Buffer, standard: boolean): void => {
      if (standard) out += chunk.toString();
      log += chunk.toString();
      this.log += chunk.toString();
    };
    child.stdout.on("data", (chunk: Buffer) => heard(chunk, true));
    child.stderr.on("data", (chunk: Buffer) => heard(chunk, false));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => {
        this.#running.delete(child);
        this.#ending++;
        this.world.clock.touch();
        // What it printed last arrives after the exit; a process that it left behind may hold the pipe for long.
        setTimeout(() => {
          this.#ending--;
          resolve({ code: code ?? 128 + (signal === "SIGKILL" ? 9 : 15), out, log });
        }, 10);
      });
    });
    return {
      pid: child.pid ?? 0,
      ended,
      signal: (signal) => {
        signalGroup(child.pid, signal);
      },
    };
  }

  run(
    path: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    return this.start(path, args, { env }).ended;
  }

  /** Whether a process of this machine works, rather than wait for a stand-in's answer or another process. */
  busy(): boolean {
    return (
      this.#ending > 0 || [...this.#running].some(({ pid }) => pid !== undefined && works(pid))
    );
  }

  /** Power off, at once: every process and container is gone, and what lay in memory. */
  kill(): void {
    this.alive = false;
    this.systemd.halt();
    for (const child of this.#running) signalGroup(child.pid, "SIGKILL");
    for (const pid of this.#strays()) signalOne(pid, "SIGKILL");
    this.docker.halt();
  }

  /** Ends what a unit has started, wherever it stands in the process tree, as systemd does by control group. */
  killUnit(unit: string, signal: NodeJS.Signals): void {
    for (const pid of this.#strays(unit)) signalOne(pid, signal);
  }

  filesOutsideMemory(): string[] {
    const found: string[] = [];
    const visit = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (path === this.path("/run")) continue;
        if (entry.isDirectory()) visit(path);
        else if (entry.isFile() && statSync(path).size < 5_000_000) found.push(path);
      }
    };
    visit(this.root);
    return found;
  }

  /** Processes of this machine by what stands in their environment: only those that a test has started. */
  #strays(unit?: string): number[] {
    const found: number[] = [];
    for (const entry of readdirSync("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const environment = readFileSync(`/proc/${entry}/environ`, "utf8").split("\0");
        if (
          !environment.includes(`STAND_IN_PORT=${this.world.port}`) ||
          !environment.includes(`NODE_ROOT=${this.root}`)
        )
          continue;
        if (unit === undefined || environment.includes(`STAND_IN_UNIT=${unit}`))
          found.push(Number(entry));
      } catch {
        // Gone in the meantime, or another user's.
      }
    }
    return found;
  }

  #curl(args: readonly string[], config: string): { code: number; out?: string; err?: string } {
    const url = args.find((arg) => /^https?:/.test(arg)) ?? "";
    const token = "imds-session-token";
    if (url === "http://169.254.169.254/latest/api/token")
      return args.includes("PUT") ? { code: 0, out: token } : { code: 22, err: "curl: (22) 405\n" };
    if (url.startsWith("http://169.254.169.254/latest/meta-data/")) {
      if (!config.includes(`X-aws-ec2-metadata-token: ${token}`))
        return { code: 22, err: "curl: (22) 401\n" };
      const name = url.slice("http://169.254.169.254/latest/meta-data/".length);
      const facts: Record<string, string> = {
        "instance-id": this.instanceId,
        "placement/availability-zone": "eu-central-1a",
        "local-ipv4": "10.0.1.10",
      };
      const fact = facts[name];
      return fact === undefined ? { code: 22, err: "curl: (22) 404\n" } : { code: 0, out: fact };
    }
    return { code: 6, err: `curl: (6) no stand-in for ${url}\n` };
  }

  #mount(args: readonly string[]): { code: number; err?: string } {
    const words: string[] = [];
    let type = "auto";
    for (let index = 0; index < args.length; index++) {
      const arg = args[index] ?? "";
      if (arg === "-t") type = args[++index] ?? "";
      else if (arg === "-o") index++;
      else words.push(arg);
    }
    const [source = "", target = ""] = words;
    if (!existsSync(target))
      return { code: 32, err: `mount: ${target}: mount point does not exist.\n` };
    if (type === "efs" && !this.network)
      return { code: 32, err: "mount.nfs4: Connection timed out\n" };
    this.mounts.set(target, { source, type: type === "efs" ? "nfs4" : type });
    this.world.happened(this.name, "mounted", target.replace(this.root, ""));
    return { code: 0 };
  }

  #findmnt(args: readonly string[]): { code: number; out?: string } {
    const target = args.find((arg) => arg.startsWith("/")) ?? "";
    const mount = this.mounts.get(target);
    if (mount === undefined) return { code: 1 };
    const columns: Record<string, string> = {
      FSTYPE: mount.type,
      SOURCE: mount.source,
      TARGET: target,
    };
    const wanted = args[args.findIndex((arg) => /^-[a-z]*o$/.test(arg)) + 1] ?? "TARGET";
    return {
      code: 0,
      out: `${wanted
        .split(",")
        .map((column) => columns[column] ?? "")
        .join(" ")}\n`,
    };
  }
}

/** Whether a process or one of its descendants is running, or about to. */
function works(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold anything; the state follows it.
    if (/^[RD]/.test(stat.slice(stat.lastIndexOf(")") + 2))) return true;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children.split(" ").some((child) => child !== "" && works(Number(child)));
  } catch {
    // Gone between two looks: something has happened.
    return true;
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid <= 1) return;
  signalOne(-pid, signal);
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone.
  }
}
