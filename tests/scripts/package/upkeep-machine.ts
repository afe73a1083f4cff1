import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PackageMachineFacts } from "../../../components/gitlab-instance/package/contract";
import {
  awsCliVersion,
  upkeepFiles,
} from "../../../components/gitlab-instance/package/render/upkeep";
import { libraryFiles } from "../../../components/node-files/library";
import { objectTypes } from "../../../components/object-storage/contract";

/** Versions of one environment's story: what is installed, and what its channel then offers. */
export const versions = {
  dev: {
    installed: "19.3.0+rnightly.100.aaaaaaaa-0",
    next: "19.3.0+rnightly.101.bbbbbbbb-0",
    later: "19.3.1+rnightly.102.cccccccc-0",
    inArchive: "19.4.0-pre",
  },
  ops: {
    installed: "19.1.0-ee.0",
    next: "19.2.3-ee.0",
    later: "19.2.4-ee.0",
    inArchive: "19.1.0-ee",
  },
} as const;
export type Environment = keyof typeof versions;

const buckets = Object.fromEntries(
  objectTypes.map((type) => [type, type]),
) as PackageMachineFacts["objects"]["buckets"];
const disk = (label: string) => ({
  device: `/dev/disk/${label}`,
  label,
  mountPoint: `/srv/gitlab-${label}`,
});

/** What a machine of this environment knows, as far as its upkeep goes. */
export function factsOf(environment: Environment): PackageMachineFacts {
  const dev = environment === "dev";
  return {
    environment,
    cloud: dev
      ? {
          kind: "azure",
          subscriptionId: "00000000-0000-0000-0000-000000000001",
          resourceGroup: "gitlab-dev",
          location: "eastus2",
          vaultUrl: "https://vault-dev.vault.azure.net",
          identityClientId: "00000000-0000-0000-0000-000000000002",
          metricsResourceId: "/subscriptions/x",
        }
      : { kind: "gcp", project: "gitlab-ops", zone: "us-east1-c" },
    edition: dev ? "ce" : "ee",
    channel: dev ? "nightly-builds" : "gitlab-ee",
    ubuntu: "noble",
    hosts: { web: "gitlab.example.com", registry: "r.example.com", ssh: "gitlab.example.com" },
    tls: { kind: "lets-encrypt", contact: "ops@example.com" },
    repositories: disk("repositories"),
    state: disk("state"),
    secrets: {
      recovery: "recovery",
      initialRootPassword: "root",
      ...(dev ? { backupCredentials: "backup-credentials" } : { databasePassword: "db" }),
    },
    postgres: dev
      ? { kind: "bundled" }
      : {
          kind: "external",
          host: "10.0.0.2",
          port: 5432,
          database: "gitlabhq_production",
          username: "gitlab",
          major: 17,
          serverCa: "PEM",
        },
    redis: { kind: "bundled" },
    objects: { project: "objects", buckets, access: dev ? "key" : "identity" },
    monitoringCidrs: [],
    hostSshPort: 2022,
    upgrade: {
      cron: "30 2 * * *",
      timezone: "Europe/Berlin",
      major: dev ? null : 19,
      firstVersion: null,
      headroomGiB: 1,
      readyTimeoutSeconds: 120,
    },
    backup: dev
      ? {
          kind: "s3",
          region: "eu-central-1",
          archiveBucket: "archives",
          secretsBucket: "secrets",
          archiveKeyArn: "arn:aws:kms:eu-central-1:444455556666:key/1",
          secretsKeyArn: "arn:aws:kms:eu-central-1:444455556666:key/2",
          accountId: "444455556666",
        }
      : { kind: "gcs", archiveBucket: "archives", secretsBucket: "secrets" },
    oauthApplications: [],
    adminEmails: [],
    mirrors: [],
    runners: [],
  };
}

const nodeEnvironment: Readonly<Record<Environment, string>> = {
  dev: `NODE_ENVIRONMENT='dev'
NODE_ROLE='gitlab'
AZURE_LOCATION='eastus2'
AZURE_VAULT_URL='https://vault-dev.vault.azure.net'
AZURE_IDENTITY='00000000-0000-0000-0000-000000000002'
AZURE_METRICS_RESOURCE='/subscriptions/x'
`,
  ops: `NODE_ENVIRONMENT='ops'
NODE_ROLE='gitlab'
GCP_PROJECT='gitlab-ops'
GCP_ZONE='us-east1-c'
`,
};

const standIns =
  "apt-get apt-cache apt-mark aws cron curl df dpkg dpkg-deb dpkg-query findmnt gitlab-backup gitlab-ctl gitlab-rake gpgv sleep systemctl unzip".split(
    " ",
  );

/** A planted secret, as it stands in gitlab-secrets.json and in the backup user's key. */
export const planted = ["db-key-base-0123456789", "wJalr/planted+secret"];

/** How a run ended. */
export interface Ended {
  readonly code: number;
  readonly log: string;
}

/** A machine with GitLab's package, whose daily run can be started; everything is below `folder`. */
export class UpkeepMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "upkeep-"));
  readonly root = join(this.folder, "root");
  readonly world = join(this.folder, "world");
  readonly #bin = join(this.folder, "bin");
  log = "";

  constructor(readonly environment: Environment) {
    const facts = factsOf(environment);
    for (const path of [
      "proc",
      "run",
      "etc/gitlab",
      "srv/gitlab-state/backups",
      "srv/gitlab-state/upkeep/failed",
      "srv/gitlab-repositories",
      "opt/gitlab/embedded/service/gitlab-rails",
      "var/opt/gitlab/gitlab-sshd",
    ])
      mkdirSync(join(this.root, path), { recursive: true });
    mkdirSync(this.world);
    mkdirSync(this.#bin);
    for (const { path, mode, content } of [
      ...libraryFiles(facts.cloud.kind),
      ...upkeepFiles(facts),
      { path: "/etc/gitlab-node/node.env", mode: "0644", content: nodeEnvironment[environment] },
      { path: "/etc/gitlab/gitlab-secrets.json", mode: "0600", content: planted[0] ?? "" },
      { path: "/var/opt/gitlab/gitlab-sshd/ssh_host_ed25519_key", mode: "0600", content: "key" },
      {
        path: "/opt/gitlab/embedded/service/gitlab-rails/VERSION",
        mode: "0644",
        content: `${versions[environment].inArchive}\n`,
      },
      { path: "/proc/uptime", mode: "0644", content: "1000 0\n" },
    ]) {
      mkdirSync(join(this.root, path, ".."), { recursive: true });
      writeFileSync(join(this.root, path), content);
      chmodSync(join(this.root, path), parseInt(mode, 8));
    }
    const commands = join(__dirname, "upkeep-commands.sh");
    for (const name of standIns) this.#standIn(commands, join(this.#bin, name));
    // By far the most frequent, and nothing to look at.
    writeFileSync(join(this.#bin, "sync"), "#!/bin/sh\n", { mode: 0o755 });
    for (const name of ["sql", "ready", "recovery"])
      this.#standIn(commands, join(this.root, "opt/gitlab-node", name));
    copyFileSync(join(__dirname, "upkeep-cloud.sh"), join(this.folder, "upkeep-cloud.sh"));
    const own = versions[environment];
    this.set({
      package: `gitlab-${facts.edition}`,
      version: own.installed,
      status: "installed",
      hold: "yes",
      services: "up",
      schema: "100:20260101",
      pending: "0",
      postgres: "170004",
      "state-free": "900000000",
      "root-free": "900000000",
      "repositories-used": "100000",
      "repository-bytes": "3000",
      "archived-version": own.inArchive,
      "archived-parts": "db repositories",
      generation: "1795312800000001",
      short: "0",
      undecryptable: "0",
      signer: "FB5DB77FD5C118B80511ADA8A6310ACC4672475C",
      "aws-cli": awsCliVersion,
    });
    this.offers(own.installed, own.next);
    this.env("LOCK_WAIT_SECONDS", "1");
    // The package that runs is kept, as the first install left it.
    this.keep(own.installed);
  }

  #standIn(source: string, path: string): void {
    copyFileSync(source, path);
    chmodSync(path, 0o755);
  }

  /** Facts of the world, a file each. */
  set(facts: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(facts)) writeFileSync(join(this.world, name), value);
  }

  get(name: string): string {
    const path = join(this.world, name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  unset(name: string): void {
    rmSync(join(this.world, name), { force: true });
  }

  /** Puts a package on the state disk, as if it had been fetched. */
  keep(version: string): void {
    const file = join(this.root, `srv/gitlab-state/packages/${this.get("package")}_${version}.deb`);
    mkdirSync(join(file, ".."), { recursive: true });
    const text = `${this.get("package")}|${version}\n`;
    writeFileSync(file, text);
    writeFileSync(`${file}.sha256`, `${sha256(text)}\n`);
    writeFileSync(join(file, "../installed"), `${version}\n`);
  }

  /** Marks a version as one that has failed. */
  mark(version: string): void {
    writeFileSync(join(this.root, `srv/gitlab-state/upkeep/failed/${version}`), "x\n");
  }

  /** What the channel has. */
  offers(...list: readonly string[]): void {
    const name = this.get("package");
    this.set({
      madison: list
        .map(
          (version) => ` ${name} | ${version} | https://packages.gitlab.com/gitlab/x noble/main\n`,
        )
        .join(""),
    });
  }

  /** One more value in upkeep.env; the last one counts. */
  env(name: string, value: string): void {
    appendFileSync(join(this.root, "etc/gitlab-node/upkeep.env"), `${name}='${value}'\n`);
  }

  /** Calls that match fail from now on. `kill` ends the whole run there and then. */
  fault(pattern: string, how: "fail" | "kill" | "cut" = "fail", times = 1_000_000, code = 1): void {
    appendFileSync(join(this.world, "faults"), `${how}\t${times}\t${code}\t${pattern}\n`);
  }

  /** Ends all faults. */
  mend(): void {
    for (const name of ["faults", "hits", "cloud-fault"]) this.unset(name);
  }

  /** Commands that were called, one a line. */
  get calls(): readonly string[] {
    return this.get("calls").split("\n").filter(Boolean);
  }

  /** Names of metrics that arrived, alarms among them. */
  get metrics(): readonly string[] {
    return this.get("metrics").split("\n").filter(Boolean);
  }

  /** `bucket/key` of what has landed, in order. */
  get landed(): readonly string[] {
    return this.get("landed").split("\n").filter(Boolean);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8").trim();
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  list(path: string): string[] {
    return this.has(path) ? readdirSync(join(this.root, path)).sort() : [];
  }

  /** Runs a program of the machine, the daily run if none is named, as the leader of a group of its own. */
  run(
    program = "upgrade",
    args: readonly string[] = [],
    more: Record<string, string> = {},
  ): Promise<Ended> {
    const child = spawn(
      "/bin/bash",
      [
        "-c",
        'export RUN_GROUP=$$; exec "$@"',
        "run",
        join(this.root, "opt/gitlab-node", program),
        ...args,
      ],
      {
        detached: true,
        cwd: this.root,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: `${this.#bin}:${process.env["PATH"] ?? ""}`,
          HOME: this.root,
          LANG: "C.UTF-8",
          TZ: "UTC",
          NODE_ROOT: this.root,
          WORLD: this.world,
          EXTERNAL_URL: "https://planted.example.com",
          ...more,
        },
      },
    );
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        this.log += log;
        resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 143), log });
      });
    });
  }

  /** As after a power failure: what lay in memory is gone. */
  reboot(): void {
    rmSync(join(this.root, "run"), { recursive: true, force: true });
    mkdirSync(join(this.root, "run"));
    this.set({ services: "down" });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
