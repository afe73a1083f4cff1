/**
 * Every setting of the `aws` environment, with its default and the reason for it; rules between them are in ./rules.
 * `Pulumi.aws.yaml` holds only what differs.
 */
import { z } from "zod";
import {
  awsAccountId as accountId,
  awsRegion as region,
  awsRoleArn,
  cidr,
  hostname,
  timezone,
  version,
  wholeNumber,
  fleetPeriods,
} from "../shared/fields";
import type { Fields } from "../shared/settings";

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "an image digest: sha256: and 64 hexadecimal digits");
const ami = z
  .string()
  .regex(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, "an image id, as ami-0123456789abcdef0");
/** hh24:mi-hh24:mi, UTC (RDS and ElastiCache take the same form). */
const dailyWindow = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "hh:mm-hh:mm in UTC");
const weeklyWindow = z
  .string()
  .regex(
    /^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$/,
    "ddd:hh:mm-ddd:hh:mm in UTC",
  );

/**
 * An EC2 type for GitLab's own machines. Burstable ones (t2, t3, t3a, t4g) run out of credits just when Git is busy;
 * GitLab rules them out (docs.gitlab.com/administration/reference_architectures). arm types need another image.
 */
const nodeType = z
  .string()
  .regex(
    /^[a-z]+\d+[a-z-]*\.(metal|\d*x?large|medium|small|micro|nano)(-\d+xl)?$/,
    "an EC2 type, as m6i.2xlarge",
  )
  .refine(
    (type) => !/^t\d/.test(type),
    "a type that is not burstable (no t2, t3, t3a or t4g): GitLab needs steady CPU",
  )
  .refine(
    (type) => !/^([a-z]+\d+g[a-z]*)\./.test(type),
    "an x86_64 type: the images that are pinned are x86_64",
  );

const network = z
  .strictObject({
    /** Addresses of the VPC: /16 to /20. */
    cidr: cidr.default("10.20.0.0/16"),
    /** Exactly three: fewer can't outlive a zone with a majority, more cost NAT and say nothing. */
    zones: z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "a zone, as us-east-1a"))
      .length(3)
      .optional(),
    /** `single` saves two NAT gateways; the loss of its zone then cuts all machines off from the internet. */
    natGateways: z.enum(["perZone", "single"]).default("perZone"),
    /** AWS services by short name (`ecr.api`, `logs`). Empty: a dozen of them cost more than the NAT gateways. */
    interfaceEndpoints: z
      .array(z.string().regex(/^[a-z0-9.-]+$/, "a short service name, as ecr.api"))
      .default([]),
    flowLogRetentionDays: z
      .union(
        [z.literal(30), z.literal(90), z.literal(180), z.literal(365), z.literal(400)],
        "30, 90, 180, 365 or 400",
      )
      .default(365),
    /** Networks that this one will be joined to and must not overlap. */
    peers: z.array(cidr).default([]),
    /** Name of the private DNS zone. */
    internalDomain: hostname.default("gitlab-aws.internal"),
  })
  .prefault({});

const release = z.strictObject({
  version,
  /** Digest of `gitlab/gitlab-ce:<version>-ce.0`. */
  digest,
  /** The version that runs now; left out for a first stand-up. The machines check again against what is recorded. */
  upgradeFrom: version.optional(),
});

const application = z
  .strictObject({
    /** 8 vCPU and 32 GiB: GitLab's single-node baseline of 8 vCPU, 16 GB with room for Sidekiq (docs.gitlab.com/install/requirements). */
    type: nodeType.default("m6i.2xlarge"),
    count: wholeNumber(2, 12).default(2),
    diskGiB: wholeNumber(40, 1024).default(80),
    pumaWorkers: wholeNumber(2, 64).nullable().default(null),
    sidekiqConcurrency: wholeNumber(5, 50).nullable().default(null),
  })
  .prefault({});

const gitaly = z
  .strictObject({
    type: nodeType.default("m6i.2xlarge"),
    diskGiB: wholeNumber(40, 1024).default(60),
    /** Git data as in the original, on EFS, or on a volume in one zone. GitLab advises against EFS for Git data. */
    data: z.enum(["efs", "ebs"]).default("efs"),
    /** With `data: ebs`: the volume, and the zone that the node is then bound to (by its place in `network.zones`). */
    volume: z
      .strictObject({
        sizeGiB: wholeNumber(50, 16384).default(500),
        iops: wholeNumber(3000, 16000).default(6000),
        throughputMiBps: wholeNumber(125, 1000).default(250),
        zoneIndex: wholeNumber(0, 2).default(0),
      })
      .prefault({}),
  })
  .prefault({});

const database = z
  .strictObject({
    /** RDS engine version. GitLab 19 runs on PostgreSQL 17 only. */
    engineVersion: z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'a PostgreSQL version, as "17.6"')
      .default("17.6"),
    /** Not Aurora, not a Multi-AZ cluster: GitLab supports the Multi-AZ instance (docs.gitlab.com/administration/reference_architectures). */
    instanceClass: z
      .string()
      .regex(/^db\.[a-z]+\d+[a-z]*\.\d*x?large$/, "an RDS class, as db.m6i.large")
      .refine(
        (type) => !type.startsWith("db.t"),
        "a class that is not burstable (no db.t3, db.t4g)",
      )
      .default("db.m6i.xlarge"),
    storageGiB: wholeNumber(100, 65536).default(100),
    maxStorageGiB: wholeNumber(100, 65536).default(1000),
    backupRetentionDays: wholeNumber(7, 35).default(14),
    /** `max_connections`; 400 is GitLab's least, a node of 8 vCPU alone wants 286 (docs.gitlab.com/administration/postgresql/tune). */
    maxConnections: wholeNumber(400, 5000).default(800),
    /** Lets `engineVersion` move to another major, in one change with it; then back to false. */
    allowMajorUpgrade: z.boolean().default(false),
    /** Changes at once, outages included, and not in the maintenance window. */
    applyImmediately: z.boolean().default(false),
    backupWindow: dailyWindow.default("00:30-01:30"),
    maintenanceWindow: weeklyWindow.default("sun:04:00-sun:05:00"),
  })
  .prefault({});

const cache = z
  .strictObject({
    engine: z.enum(["redis", "valkey"]).default("redis"),
    /** Redis 7.1 on ElastiCache is built on 7.0, GitLab's least; Valkey 7.2 is supported (docs.gitlab.com/install/requirements). */
    engineVersion: z.enum(["7.0", "7.1", "7.2"]).default("7.1"),
    nodeType: z
      .string()
      .regex(
        /^cache\.[a-z]+\d+[a-z]*\.(medium|\d*x?large)$/,
        "an ElastiCache type, as cache.m6g.large",
      )
      .default("cache.m6g.large"),
    /** Copies beside the primary, over the zones. One is the least that can take over. */
    replicas: wholeNumber(1, 5).default(2),
    /** GitLab has no support for Redis in cluster mode (docs.gitlab.com/administration/redis). */
    clusterMode: z.literal("disabled").default("disabled"),
    /** What a changed `redisToken` does to the old one: `ROTATE` lets both in until a later change to `SET` ends it. */
    tokenChange: z.enum(["ROTATE", "SET"]).default("ROTATE"),
    applyImmediately: z.boolean().default(false),
    snapshotRetentionDays: wholeNumber(1, 35).default(7),
    snapshotWindow: dailyWindow.default("02:30-03:30"),
    maintenanceWindow: weeklyWindow.default("sun:05:30-sun:06:30"),
  })
  .prefault({});

const backup = z
  .strictObject({
    /** Six fields as EventBridge has them, without `cron()`: daily, overnight. */
    cron: z
      .string()
      .regex(/^\S+ \S+ \S+ \S+ \S+ \S+$/, "six fields, as 0 2 * * ? *")
      .default("0 2 * * ? *"),
    timezone: timezone.default("UTC"),
    retentionDays: wholeNumber(7, 3650).default(35),
    /** `compliance` can't be undone by anybody before the days are over, not even by closing the bucket's account. */
    lockMode: z.enum(["governance", "compliance"]).default("governance"),
    maxAgeHours: wholeNumber(25, 48).default(26),
    type: nodeType.default("m6i.xlarge"),
    /** Room for one archive twice over: the backup itself and its tar. */
    scratchGiB: wholeNumber(100, 16384).default(500),
    /** Another region of the backup account for a second copy; left out for none. */
    copyRegion: region.optional(),
  })
  .prefault({});

const fleet = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "lower-case letters, digits and -, at most 31"),
  tags: z.array(z.string().min(1)).default([]),
  runUntagged: z.boolean().default(true),
  /** Most wanted first; several, so that Spot has a choice. */
  workerTypes: z
    .array(z.string().regex(/^[a-z]+\d+[a-z-]*\.\S+$/, "an EC2 type"))
    .min(2)
    .default(["m6i.large", "m5.large", "m6a.large", "m5a.large"]),
  managerType: z.string().default("t3.small"),
  maxWorkers: wholeNumber(1, 200).default(10),
  jobsPerWorker: wholeNumber(1, 20).default(1),
  maxUses: wholeNumber(1, 100).default(10),
  workerDiskGiB: wholeNumber(20, 1024).default(50),
  privileged: z.boolean().default(false),
  defaultImage: z.string().default("docker.io/library/alpine:3.22"),
  periods: fleetPeriods,
});

const runnerRelease = z
  .strictObject({
    /** GitLab Runner: the same minor as GitLab (docs.gitlab.com/runner: version compatibility). */
    version: version.default("19.2.0"),
    /** Fleeting plugin for AWS. */
    pluginVersion: version.default("1.0.1"),
    /** SHA-256 of the binary; left out, GitLab's own list is believed, which proves a whole download and not its origin. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
      .optional(),
  })
  .prefault({});

const smtp = z.strictObject({
  host: hostname,
  /** 587 with STARTTLS: 25 is blocked or throttled on every cloud. */
  port: z.union([z.literal(587), z.literal(2587)], "587 or 2587").default(587),
  username: z.string().min(1),
  from: z.email("an address, as gitlab@example.com"),
});

/** Object form of the schema, before the rules between settings. */
export const fields = {
  region,
  accountId,
  /** Who answers for this environment; on every resource as a tag. */
  owner: z.string().min(1),
  domain: hostname,
  /** @default `registry.<domain>` */
  registryDomain: hostname.optional(),
  /** @default `ssh.<domain>` */
  sshDomain: hostname.optional(),
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]{5,31}$/, "a Route 53 hosted zone id, as Z0123456789ABC"),
  /** Address of docs/runbooks as people open it; every alarm links a page below it. */
  runbooks: z.url("an address, as https://gitlab.example.com/infra/docs/runbooks"),
  /** Lift only where the data may be lost: Pulumi's and the cloud's deletion protection of all that holds data. */
  protection: z.boolean().default(true),
  topology: z.enum(["distributed", "single"]).default("distributed"),
  backupAccount: z.strictObject({
    accountId,
    /** Role that the deployer assumes in the backup account. */
    roleArn: awsRoleArn,
  }),
  images: z.strictObject({
    /** Amazon Linux 2023, x86_64, in `region`. Pinned; bump it as a change of its own. */
    node: ami,
    /** The same for Spot workers. @default `images.node` */
    worker: ami.optional(),
  }),
  release,
  network,
  application,
  gitaly,
  /** Artifacts, LFS, uploads and the rest: S3, or shared directories on EFS as in the original. */
  objectData: z.enum(["s3", "efs"]).default("s3"),
  database,
  cache,
  backup,
  runners: z.array(fleet).default([fleet.parse({ name: "shared", tags: ["docker"] })]),
  runnerRelease,
  smtp: smtp.optional(),
  alerts: z.strictObject({
    /** Who is told. Each gets a message to confirm. */
    emails: z.array(z.email("an address")).min(1),
  }),
};

/** Checked settings, defaults filled in. */
export type AwsSettings = Fields<typeof fields>;

/** The three host names, defaults filled in. */
export function hostNames(settings: Pick<AwsSettings, "domain" | "registryDomain" | "sshDomain">): {
  readonly domain: string;
  readonly registryDomain: string;
  readonly sshDomain: string;
} {
  return {
    domain: settings.domain,
    registryDomain: settings.registryDomain ?? `registry.${settings.domain}`,
    sshDomain: settings.sshDomain ?? `ssh.${settings.domain}`,
  };
}
