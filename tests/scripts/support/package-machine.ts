import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PackageMachineFacts } from "../../../components/gitlab-instance/package";
import { machineFiles } from "../../../components/gitlab-instance/package";
import { CloudApi, curlOf } from "./cloud-api";
import type { Machine } from "./machine";
import { type Answer, type Call, World, writeFileDeep } from "./world";

/** Commands of such a host that the test machine may have in another form, or not at all. */
const commands =
  "apt-get apt-cache apt-mark dpkg dpkg-query dpkg-deb gitlab-ctl gitlab-rails gitlab-psql gitlab-rake gpg sshd wipefs blockdev resize2fs chown".split(
    " ",
  );

/** Values that may appear in no log, no command line and no file outside of memory. */
export const planted: Readonly<Record<string, string>> = {
  "initial-root-password": "planted-root-password-1",
  "smtp-password": 'planted "smtp"\\password/2',
  "object-storage-key":
    '{\n  "private_key": "-----BEGIN PRIVATE KEY-----\\nplanted-key-3\\n-----END PRIVATE KEY-----\\n"\n}\n',
  "backup-credentials": '{"access_key_id":"AKIAPLANTED","secret_access_key":"planted-backup-4"}',
  "oauth-applications": '{"Sentry":{"uid":"uid","secret":"gloas-planted-5"}}',
  "database-password": "planted-database-password-6",
  "redis-auth": "planted-redis-auth-7",
  license: "planted-licence-8",
  "role-tokens":
    '{"slackWebhook":"https://hooks.example.com/planted-9","mirrorTokens":{"infrastructure":"planted-10","runbooks":"planted-11"}}',
  "tls-key": "planted-tls-key-12",
};
const leaked = [
  "planted-root-password-1",
  "planted-key-3",
  "planted-backup-4",
  "gloas-planted-5",
  "planted-database-password-6",
  "planted-redis-auth-7",
  "planted-licence-8",
  "planted-9",
  "planted-10",
  "planted-11",
];

const fingerprint = "F6403F6544A38863DAA0B6E03F01618A51312F3F";
const MiB = 1024 ** 2;

const standIn = (): string => readFileSync(join(__dirname, "stand-in.sh"), "utf8");

/** One data disk: what lies on it lasts longer than any machine. */
export interface Disk {
  readonly path: string;
  /** Undefined: no file system. */
  system: { readonly type: string; readonly label: string; readonly uuid: string } | undefined;
  /** What wipefs lists beside it, and what lsblk does below it. */
  signatures: string;
  children: readonly string[];
  readonly mountPoint: string;
}

/** A host with its data disks, GitLab's package channel, and what the package does. */
export class PackageHost {
  readonly disks: Disk[];
  readonly packages = new Set<string>(["curl", "gnupg", "cron"]);
  readonly held = new Set<string>();
  /** Versions of the channel, newest first, as apt prints them. */
  offered: string[];
  /** Version of the package that is installed. */
  installed: string | undefined;
  /** Tables of the external database; extensions that it has. */
  tables = 0;
  readonly extensions = new Set<string>();
  readonly statements: string[] = [];
  serving = false;
  readonly tokens = new Map<string, string>();
  /** Input of each step of the role, as GitLab got it. */
  readonly roles = new Map<string, string>();
  /** What must never happen. */
  readonly violations: string[] = [];

  private constructor(
    readonly world: World,
    readonly machine: Machine,
    readonly api: CloudApi,
    public facts: PackageMachineFacts,
  ) {
    this.offered =
      facts.channel === "nightly-builds"
        ? ["19.3.0+rnightly.2000.bbbbbbbb-0", "19.3.0+rnightly.1000.aaaaaaaa-0"]
        : ["20.0.1-ee.0", "19.3.1-ee.0", "19.2.2-ee.0"];
    this.disks = [facts.state, facts.repositories].map(({ device, mountPoint }) => ({
      path: device,
      system: undefined,
      signatures: "",
      children: [],
      mountPoint,
    }));
    this.#boot();
  }

  static async create(facts: PackageMachineFacts): Promise<PackageHost> {
    const world = await World.create({ quietMs: 20 });
    const machine = world.machine("gitlab", [], commands);
    const api = new CloudApi(world, facts.cloud);
    for (const [name, value] of Object.entries(planted)) api.secrets.set(name, value);
    api.secrets.set(
      "tls-certificate",
      "-----BEGIN CERTIFICATE-----\npublic\n-----END CERTIFICATE-----\n",
    );
    api.secrets.set("gitlab-recovery", undefined);
    for (const { tokenSecret } of facts.runners) api.secrets.set(tokenSecret, undefined);
    return new PackageHost(world, machine, api, facts);
  }

  get state(): Disk {
    return this.disks[0] as Disk;
  }
  get repositories(): Disk {
    return this.disks[1] as Disk;
  }
  get package(): string {
    return `gitlab-${this.facts.edition}`;
  }

  apply() {
    return this.machine.run("/opt/gitlab-node/apply");
  }

  /** Everything in memory is gone, and nothing is mounted. */
  reboot(): void {
    this.serving = false;
    this.#unmount();
    for (const name of readdirSync(this.machine.path("/run")))
      rmSync(this.machine.path(`/run/${name}`), { recursive: true });
  }

  /** Another machine with the same data disks: nothing else is left. */
  rebuild(facts: PackageMachineFacts = this.facts): void {
    this.facts = facts;
    this.reboot();
    this.installed = undefined;
    this.held.clear();
    this.packages.clear();
    for (const name of readdirSync(this.machine.root))
      if (!["srv", "proc", "run", "dev"].includes(name))
        rmSync(this.machine.path(`/${name}`), { recursive: true, force: true });
    this.#boot();
  }

  /** Commands in the order in which they were called, as far as they match. */
  order(pattern: RegExp): string[] {
    return this.world.calls
      .map(({ command, args }) => `${command} ${args.join(" ")}`.replaceAll(this.machine.root, ""))
      .filter((line) => pattern.test(line));
  }

  happened(what: string): number {
    return this.world.history.filter((event) => event.what === what).length;
  }

  leaks(): string[] {
    return this.world
      .leaks([...leaked, ...this.tokens.values(), this.api.token])
      .filter((leak) => !/\/srv\/gitlab-state\/etc-gitlab\/ssl\//.test(leak));
  }

  #boot(): void {
    const { machine, facts } = this;
    machine.install(machineFiles(facts));
    for (const disk of this.disks) {
      mkdirSync(dirname(machine.path(disk.path)), { recursive: true });
      if (!existsSync(machine.path(disk.path))) {
        writeFileSync(machine.path(disk.path), "");
        truncateSync(machine.path(disk.path), 20 * MiB);
      }
    }
    // The one program that a unit starts by its path.
    writeFileDeep(machine.path("/usr/sbin/nft"), standIn(), 0o755);
    const table: Record<string, (call: Call) => Answer | Promise<Answer>> = {
      curl: (call) =>
        curlOf(this.api, ({ url }) => {
          if (url.href === "https://packages.gitlab.com/gpg.key")
            return { status: 200, body: "GitLab's key\n" };
          if (url.pathname === "/-/readiness") return { status: this.serving ? 200 : 502 };
          return undefined;
        })(call, machine),
      blkid: ({ args }) => {
        const disk = this.#disk(args.at(-1));
        if (disk.system === undefined) return { code: 2 };
        return {
          code: 0,
          out: `DEVNAME=x\nLABEL=${disk.system.label}\nUUID=${disk.system.uuid}\nTYPE=${disk.system.type}\n`,
        };
      },
      wipefs: ({ args }) => ({ code: 0, out: this.#disk(args.at(-1)).signatures }),
      lsblk: ({ args }) => ({
        code: 0,
        out: ["sdc", ...this.#disk(args.at(-1)).children].map((name) => `${name}\n`).join(""),
      }),
      blockdev: () => ({ code: 0, out: `${20 * MiB}\n` }),
      resize2fs: () => ({ code: 0 }),
      "mkfs.ext4": ({ args }) => {
        const disk = this.#disk(args.at(-1));
        const label = args[args.indexOf("-L") + 1] ?? "";
        if (disk.system !== undefined || disk.signatures !== "" || disk.children.length > 0)
          this.violations.push(`formatted ${disk.path}, which has data`);
        disk.system = { type: "ext4", label, uuid: randomUUID() };
        this.world.happened("gitlab", "mkfs", label);
        return { code: 0 };
      },
      sshd: () => ({ code: 0 }),
      nft: ({ args }) => ({ code: existsSync(machine.path(args[1] ?? "")) ? 0 : 1 }),
      chown: () => ({ code: 0 }),
      gpg: () => ({
        code: 0,
        out: `pub:-:4096:1:3F01618A51312F3F:::::::\nfpr:::::::::${fingerprint}:\nuid:-::::::::GitLab:\nsub:-:::::::\nfpr:::::::::0000:\n`,
      }),
      openssl: ({ args, stdin }) => {
        if (args[0] === "s_client")
          return stdin.toString() === `AUTH ${planted["redis-auth"] ?? ""}\r\nPING\r\nQUIT\r\n`
            ? { code: 0, out: "+OK\r\n+PONG\r\n" }
            : { code: 0, out: "-WRONGPASS\r\n" };
        if (!args.includes("-enddate")) return { code: 0 };
        return existsSync(args.at(-1) ?? "")
          ? { code: 0, out: "notAfter=Jan  1 00:00:00 2099 GMT\n" }
          : { code: 1 };
      },
      "apt-get": (call) => this.#apt(call.args),
      "apt-cache": ({ args }) => ({
        code: 0,
        out:
          args[0] === "madison"
            ? this.offered
                .map(
                  (version) =>
                    ` ${this.package} | ${version} | https://packages.gitlab.com/gitlab/${facts.channel}/ubuntu/noble noble/main amd64 Packages\n`,
                )
                .join("")
            : "Size: 1\n",
      }),
      "apt-mark": ({ args }) => {
        if (args[0] === "hold") this.held.add(args[1] ?? "");
        if (args[0] === "unhold") this.held.delete(args[1] ?? "");
        return {
          code: 0,
          out: args[0] === "showhold" && this.held.has(args[1] ?? "") ? `${args[1] ?? ""}\n` : "",
        };
      },
      dpkg: ({ args }) => {
        if (args[0] !== "--compare-versions") return { code: 0 };
        const rank = (version = ""): number =>
          version === "0" ? Infinity : this.offered.indexOf(version);
        return { code: rank(args[1]) < rank(args[3]) ? 0 : 1 };
      },
      "dpkg-query": ({ args }) => {
        const name = args.at(-1) ?? "";
        const format = args[args.indexOf("-f") + 1] ?? "";
        const version =
          name === this.package ? this.installed : this.packages.has(name) ? "1" : undefined;
        if (version === undefined) return { code: 1, err: "no packages found\n" };
        return {
          code: 0,
          out: format.replace("${db:Status-Status}", "installed").replace("${Version}", version),
        };
      },
      "dpkg-deb": ({ args }) => {
        const [name = "", version = ""] = readFileSync(args[1] ?? "", "utf8")
          .trim()
          .split(" ");
        return { code: 0, out: `${args[2] === "Package" ? name : version}\n` };
      },
      "gitlab-ctl": ({ args }) => this.#ctl(args[0] ?? ""),
      "gitlab-psql": () => ({ code: 0, out: "1\n" }),
      psql: ({ args }) => {
        const statement = args.at(-1) ?? "";
        this.statements.push(statement);
        const extension = /^CREATE EXTENSION IF NOT EXISTS (\w+)$/.exec(statement)?.[1];
        if (extension !== undefined) this.extensions.add(extension);
        return { code: 0, out: statement.includes("pg_tables") ? `${this.tables}\n` : "1\n" };
      },
      "gitlab-rails": (call) => this.#rails(call),
      systemctl: (call) => this.#systemctl(call),
    };
    Object.assign(machine.commands, table);
  }

  #disk(path = ""): Disk {
    const disk = this.disks.find((one) => this.machine.path(one.path) === path);
    if (disk === undefined) throw new Error(`no disk ${path}`);
    return disk;
  }

  #unmount(): void {
    for (const path of this.machine.mounts.keys())
      if (!path.includes("/srv/")) {
        rmSync(path);
        mkdirSync(path);
      }
    this.machine.mounts.clear();
  }

  #apt(args: readonly string[]): Answer {
    const words = args.filter((arg, index) => !arg.startsWith("-") && args[index - 1] !== "-o");
    const wanted = words.slice(1);
    if (words[0] === "download") {
      const [name = "", version = ""] = wanted[0]?.split("=") ?? [];
      if (!this.offered.includes(version)) return { code: 100, err: "E: Version not found\n" };
      writeFileSync(
        this.machine.path(`/srv/gitlab-state/packages/partial/${name}_x_amd64.deb`),
        `${name} ${version}\n`,
      );
      return { code: 0 };
    }
    if (words[0] !== "install") return { code: 0 };
    for (const name of wanted) {
      if (!name.startsWith("/")) {
        this.packages.add(name);
        continue;
      }
      const version = readFileSync(name, "utf8").trim().split(" ")[1] ?? "";
      if (!existsSync(this.machine.path("/etc/gitlab/skip-auto-reconfigure")))
        this.violations.push("the package would have configured itself");
      this.installed = version;
      this.world.happened("gitlab", "installed", version);
      const psql = this.machine.path("/opt/gitlab/embedded/bin/psql");
      writeFileDeep(psql, standIn(), 0o755);
    }
    return { code: 0 };
  }

  #ctl(verb: string): Answer {
    if (verb !== "reconfigure") return { code: 0 };
    const { machine, facts } = this;
    if (this.installed === undefined) return { code: 127 };
    const keys = machine.path("/etc/gitlab/gitlab-secrets.json");
    const bundled = machine.path("/var/opt/gitlab/postgresql/data/PG_VERSION");
    const data = facts.postgres.kind === "bundled" ? existsSync(bundled) : this.tables > 0;
    for (const mount of [
      facts.state.mountPoint,
      facts.repositories.mountPoint,
      "/etc/gitlab",
      "/var/opt/gitlab",
    ])
      if (!machine.mounts.has(machine.path(mount)))
        this.violations.push(`reconfigured without ${mount}`);
    if (!existsSync(keys)) {
      if (data) this.violations.push("new secrets were made for a database with data");
      writeFileSync(keys, JSON.stringify({ gitlab_rails: { db_key_base: randomUUID() } }));
    }
    if (facts.postgres.kind === "bundled") writeFileDeep(bundled, "17\n", 0o600);
    else this.tables = 900;
    if (facts.postgres.kind === "external" && this.extensions.size < 4)
      return { code: 1, err: "extension missing\n" };
    writeFileDeep(machine.path("/opt/gitlab/service/puma"), "", 0o644);
    const hostKey = machine.path("/var/opt/gitlab/gitlab-sshd/ssh_host_ed25519_key");
    if (!existsSync(hostKey)) writeFileDeep(hostKey, `made-up key ${randomUUID()}\n`, 0o600);
    if (facts.tls.kind === "lets-encrypt")
      writeFileDeep(machine.path(`/etc/gitlab/ssl/${facts.hosts.web}.crt`), "certificate\n", 0o644);
    this.serving = true;
    this.world.happened("gitlab", "reconfigured", this.installed);
    return { code: 0 };
  }

  #rails(call: Call): Answer {
    if (!this.serving) return { code: 1, err: "GitLab is not running\n" };
    const step = basename(call.args[1] ?? "", ".rb");
    this.roles.set(step, call.stdin.toString());
    if (step !== "runners") return { code: 0, out: `${step}: stored\n` };
    const lines = call.stdin
      .toString()
      .trim()
      .split("\n")
      .map((line) => {
        const name = line.split("|")[0] ?? "";
        const token = this.tokens.get(name) ?? `glrt-${randomUUID()}`;
        this.tokens.set(name, token);
        return `runner-token\t${name}\t${token}\n`;
      });
    return { code: 0, out: lines.join("") };
  }

  async #systemctl(call: Call): Promise<Answer> {
    const { machine } = this;
    const [verb, name = ""] = call.args.filter((arg) => !arg.startsWith("-"));
    if (verb === "is-enabled") return { code: name === "ssh.socket" ? 0 : 1 };
    // Starts what was configured before.
    if (verb === "start" && name === "gitlab-runsvdir.service")
      this.serving = existsSync(machine.path("/opt/gitlab/service/puma"));
    if (verb !== "start" || !name.endsWith(".mount")) return machine.systemd.run(call.args);
    const unit = machine.read(`/etc/systemd/system/${name}`);
    const value = (key: string): string => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? "";
    const where = machine.path(value("Where"));
    if (value("Options") === "bind") {
      // As a link: the test machine may not mount.
      rmSync(where, { recursive: true });
      symlinkSync(machine.path(value("What")), where);
      machine.mounts.set(where, { source: "bind", type: "none" });
      return { code: 0 };
    }
    const label = basename(value("What"));
    const disk = this.disks.find(({ system }) => system?.label === label);
    if (disk === undefined)
      return { code: 1, err: `Timed out waiting for device ${value("What")}\n` };
    machine.mounts.set(where, { source: machine.path(disk.path), type: "ext4" });
    this.world.happened("gitlab", "mounted", value("Where"));
    return { code: 0 };
  }

  /** Moves a file on the machine away, for those who lose one. */
  lose(path: string): void {
    renameSync(this.machine.path(path), `${this.machine.path(path)}.lost`);
  }
}
