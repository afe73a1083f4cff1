import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import type { NodeFacts, NodeRole } from "../../../components/gitlab-instance/contract";
import { renderNodeFiles } from "../../../components/gitlab-instance/render/node-files";
import { objectTypes, type ObjectType } from "../../../components/object-storage/contract";
import { digestOf, GitLabImage } from "./gitlab-image";
import type { Machine } from "./machine";
import { World } from "./world";

const arn = (name: string): string =>
  `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}`;

/** Values that may appear in no log, no command line and no file on disk. */
export const planted = {
  database: "planted-database-password-1",
  redis: "planted-redis-token-2",
  root: "planted-root-password-3",
  smtp: "planted-smtp-password-4",
};

/** Facts of a machine as the environment gives them. */
export function facts(
  role: NodeRole,
  version: string,
  overrides: Partial<NodeFacts> = {},
): NodeFacts {
  return {
    role,
    environment: "aws",
    region: "eu-central-1",
    release: { edition: "ce", version, digest: digestOf(version) },
    image: {
      repository: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/gitlab-aws/gitlab-ce",
      upstream: "docker.io/gitlab/gitlab-ce",
    },
    hosts: {
      web: "gitlab.example.com",
      registry: "registry.example.com",
      ssh: "ssh.gitlab.example.com",
    },
    internal: {
      gitalyHost: "gitaly.gitlab-aws.internal",
      gitalyPort: 8075,
      apiUrl: "http://app.gitlab-aws.internal:8080",
    },
    coordinationTable: "gitlab-aws-coordination",
    secrets: {
      gitlab: arn("gitlab"),
      databasePassword: arn("database"),
      redisToken: arn("redis"),
      initialRootPassword: arn("root"),
      smtpPassword: arn("smtp"),
    },
    postgres: {
      host: "db.example.eu-central-1.rds.amazonaws.com",
      port: 5432,
      database: "gitlabhq_production",
      username: "gitlab",
      sslMode: "verify-full",
      major: 17,
    },
    redis: { host: "master.redis.example.cache.amazonaws.com", port: 6379, clientCommand: true },
    gitStorage: {
      kind: "efs",
      fileSystemId: "fs-0123456789abcdef0",
      accessPointId: "fsap-0123456789abcdef0",
    },
    objects: {
      kind: "s3",
      buckets: Object.fromEntries(
        objectTypes.map((type) => [type, `gitlab-aws-${type.replaceAll("_", "-")}`]),
      ) as Record<ObjectType, string>,
    },
    smtp: {
      host: "smtp.example.com",
      port: 587,
      username: "gitlab",
      domain: "example.com",
      from: "gitlab@example.com",
    },
    trustedCidrs: ["10.0.0.0/20", "10.0.16.0/20"],
    applicationGroup: "gitlab-aws-application",
    lease: { durationSeconds: 45, renewSeconds: 5, stopAfterSeconds: 20 },
    runners: [],
    logGroup: "/gitlab/aws/nodes",
    alertTopicArn: "arn:aws:sns:eu-central-1:111122223333:gitlab-aws-alerts",
    pumaWorkers: null,
    sidekiqConcurrency: null,
    ...overrides,
  };
}

const certificate = `-----BEGIN CERTIFICATE-----
MIIBVjCB/aADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHRlc3QwHhcN
-----END CERTIFICATE-----
`;

/** A whole site: the world, GitLab's image, and machines that boot as they would on EC2. */
export class SiteWorld {
  private constructor(
    readonly world: World,
    readonly gitlab: GitLabImage,
  ) {}

  static async create(
    versions: readonly string[],
    options: { readonly quietMs?: number } = {},
  ): Promise<SiteWorld> {
    const world = await World.create(options);
    const gitlab = new GitLabImage(world, versions);
    world.secrets.set(arn("gitlab"), []);
    world.secrets.set(arn("database"), [planted.database]);
    world.secrets.set(arn("redis"), [planted.redis]);
    world.secrets.set(arn("root"), [planted.root]);
    world.secrets.set(arn("smtp"), [planted.smtp]);
    world.groups.set("gitlab-aws-application", []);
    world.commands["openssl"] = () => ({ code: 0 });
    // The real one takes seconds for an RSA key.
    world.commands["ssh-keygen"] = ({ args }) => {
      const file = args[args.indexOf("-f") + 1] ?? "";
      writeFileSync(file, `made-up private key ${randomUUID()}\n`, { mode: 0o600 });
      writeFileSync(`${file}.pub`, "made-up public key\n");
      return { code: 0 };
    };
    return new SiteWorld(world, gitlab);
  }

  /** A machine with its files in place: what the loader leaves behind. */
  machine(
    name: string,
    role: NodeRole,
    version: string,
    overrides: Partial<NodeFacts> = {},
  ): Machine {
    const machine = this.world.machine(name, renderNodeFiles(facts(role, version, overrides)));
    machine.docker.model = this.gitlab;
    writeFileSync(
      machine.path("/proc/meminfo"),
      "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n",
    );
    const imds = machine.commands["curl"];
    machine.commands["curl"] = (call, self, closed) => {
      const output = call.args[call.args.indexOf("-o") + 1] ?? "";
      if (!call.args.some((word) => word.startsWith("https://truststore.pki.rds.amazonaws.com/")))
        return imds?.(call, self, closed) ?? { code: 6 };
      if (!machine.network) return { code: 6 };
      writeFileSync(output, certificate);
      return { code: 0 };
    };
    if (role === "application" || role === "single")
      this.world.groups.get("gitlab-aws-application")?.push({
        InstanceId: machine.instanceId,
        LifecycleState: "Pending:Wait",
        HealthStatus: "Healthy",
      });
    return machine;
  }

  /** Terminates a machine as its group does: it is gone, and no longer in the group. */
  terminate(machine: Machine): void {
    machine.kill();
    const group = this.world.groups.get("gitlab-aws-application") ?? [];
    this.world.groups.set(
      "gitlab-aws-application",
      group.filter(({ InstanceId }) => InstanceId !== machine.instanceId),
    );
  }

  /** Puts what `secrets ensure` would into a machine's memory, for tests of what comes after. */
  giveSecrets(machine: Machine): void {
    mkdirSync(machine.path("/run/gitlab-secrets/container"), { recursive: true });
    for (const name of [
      "rds-ca.pem",
      "database-password",
      "redis-token",
      "initial-root-password",
      "smtp-password",
      "gitaly-token",
    ])
      writeFileSync(machine.path(`/run/gitlab-secrets/container/${name}`), `made-up-${name}`);
    for (const name of [
      "gitlab-secrets.json",
      ...["rsa", "ecdsa", "ed25519"].flatMap((type) => [
        `ssh_host_${type}_key`,
        `ssh_host_${type}_key.pub`,
      ]),
    ])
      writeFileSync(machine.path(`/run/gitlab-secrets/${name}`), "{}");
    mkdirSync(machine.path("/var/log/gitlab-node"), { recursive: true });
  }

  /** Sets the version record. */
  record(values: Readonly<Record<string, string>>): void {
    this.world.table.items.set("version", {
      id: { S: "version" },
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { S: value }])),
    });
  }

  recorded(name: string): string {
    const value = this.world.table.items.get("version")?.[name];
    return value !== undefined && "S" in value ? value.S : "";
  }

  /** Times at which more than one machine had Git data open for writing: must be empty, always. */
  overlaps(): string[] {
    const writing = new Map<string, number>();
    const found: string[] = [];
    for (const { at, machine, what } of this.world.history) {
      if (what === "git-writer-up") {
        writing.set(machine, (writing.get(machine) ?? 0) + 1);
        if (writing.size > 1) found.push(`${at}: ${[...writing.keys()].join(" and ")}`);
      } else if (what === "git-writer-down") {
        const left = (writing.get(machine) ?? 1) - 1;
        if (left === 0) writing.delete(machine);
        else writing.set(machine, left);
      }
    }
    return found;
  }

  /** When something happened first, on that machine or any. */
  when(what: string, machine?: string): number {
    return (
      this.world.history.find(
        (event) => event.what === what && (machine === undefined || event.machine === machine),
      )?.at ?? Infinity
    );
  }
}
