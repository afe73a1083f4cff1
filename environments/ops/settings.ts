/**
 * Every setting of the `ops` environment, with its default and the reason for it.
 * `Pulumi.ops.yaml` holds only what differs.
 */
import { z } from "zod";
import type { StackConfig } from "../../engine/environment";
import { cidr, wholeNumber } from "../shared/fields";
import { cacheFields, databaseFields } from "../shared/gcp-data-settings";
import {
  backupSizes,
  diskSizes,
  fleetSchema,
  packageFields,
  packageRequiredSecrets,
  packageSecrets,
} from "../shared/package-settings";
import { parseSettings, type Fields, type SecretSetting } from "../shared/settings";
import {
  groupEmail,
  machineType,
  managedZone,
  projectId,
  region,
  ubuntuImage,
  zone,
} from "../shared/gcp-fields";
import { opsRules } from "./rules";

/** Upgrades of ops stay within a GitLab major, which is said here, so that the next one is somebody's decision. */
const upgrade = packageFields.upgrade.unwrap().extend({
  /** GitLab major. 19 runs on PostgreSQL 17 only. */
  major: wholeNumber(18, 40),
});

const network = z
  .strictObject({
    /** Subnet of the machine; private, /16 to /29. */
    machineCidr: cidr.default("10.40.0.0/24"),
    /** Subnet of runner managers and workers. */
    runnersCidr: cidr.default("10.40.16.0/20"),
    /** What Cloud SQL and Memorystore take addresses from: /16 to /24. It can't be changed once they stand. */
    servicesCidr: cidr.default("10.41.0.0/20"),
    /** Networks that this one will be joined to and must not overlap. */
    peers: z.array(cidr).default([]),
    /** Share of flows that are logged. */
    flowSampling: z.number().min(0).max(1).default(0.5),
  })
  .prefault({});

const machine = z.strictObject({
  /** 8 vCPU and 32 GiB: GitLab's single-node baseline of 8 vCPU, 16 GB with room for Sidekiq (docs.gitlab.com/install/requirements). */
  type: machineType.default("n2-standard-8"),
  /** Ubuntu for x86_64, by exact name. Pinned; bump it as a change of its own, which makes a new machine. */
  image: ubuntuImage,
  /** Ubuntu release of that image: packages are of the same. */
  ubuntu: z.enum(["jammy", "noble"]).default("noble"),
  /** Nothing of value is on it. */
  bootDiskGiB: wholeNumber(20, 1024).default(50),
});

const disks = z
  .strictObject({
    ...diskSizes,
    /** Hyperdisk for the machine series that take nothing else. It can't be changed once the disks stand. */
    type: z.enum(["pd-ssd", "pd-balanced", "hyperdisk-balanced"]).default("pd-ssd"),
  })
  .prefault({});

const database = z
  .strictObject({
    ...databaseFields,
    /** GitLab 19 runs on PostgreSQL 17 only. Another one is an upgrade in place, with some minutes without database. */
    major: z.union([z.literal(16), z.literal(17)], "16 or 17").default(17),
    /** 400 is GitLab's least, a node of 8 vCPU alone wants 286 (docs.gitlab.com/administration/postgresql/tune). */
    maxConnections: wholeNumber(400, 5000).default(500),
  })
  .prefault({});

const cache = z
  .strictObject({
    ...cacheFields,
    /** 7.2 is GitLab's recommendation, 7.0 its least (docs.gitlab.com/install/requirements). */
    version: z.enum(["REDIS_7_0", "REDIS_7_2"]).default("REDIS_7_2"),
    /** How often its content is written down, for the day on which both zones are gone. */
    snapshotPeriod: z
      .enum(["ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"])
      .default("SIX_HOURS"),
  })
  .prefault({});

const backup = z.strictObject({
  ...backupSizes,
  /** Where archives, snapshots and the database's backups are kept: another region than `region`. */
  region,
  /** `compliance` locks the buckets' retention for good: nobody can shorten it or delete a bucket that holds anything. */
  lockMode: z.enum(["governance", "compliance"]).default("governance"),
  /** Hour of the disks' snapshots, UTC. */
  snapshotHour: wholeNumber(0, 23).default(2),
});

/** Types that a fleet's single-zone Spot group takes: the first one. */
const fleet = fleetSchema({
  worker: z.string().regex(/^[a-z]\d[a-z]?-[a-z]+(-\d+)*$/, "a machine type, as n2d-standard-4"),
  manager: z.string().regex(/^[a-z]\d[a-z]?-[a-z]+(-\d+)*$/, "a machine type, as e2-small"),
  workerDefault: ["n2d-standard-4"],
  managerDefault: "e2-small",
});

// Sign-in for other applications is dev's part.
const common = z.strictObject(packageFields).omit({ oauthApplications: true, upgrade: true }).shape;

/** Object form of the schema, before the rules between settings. */
export const fields = {
  ...common,
  upgrade,
  /** Google Cloud project of everything here. */
  project: projectId,
  region,
  /** Zone of machine, disks and runners. */
  zone,
  /** Another zone of the region, where the copies of database and cache stand. */
  standbyZone: zone,
  /** Cloud DNS zone that holds the host names. */
  dnsZone: z.strictObject({
    name: managedZone,
    /** @default `project` */
    project: projectId.optional(),
  }),
  network,
  machine,
  disks,
  database,
  cache,
  backup,
  /** Runner fleets: what ops deploys and talks with. */
  runners: z
    .array(fleet)
    .default([
      fleet.parse({ name: "chatops", tags: ["chatops"] }),
      fleet.parse({ name: "deploy", tags: ["deploy"] }),
    ]),
  /** @default `machine.image` */
  runnerImage: ubuntuImage.optional(),
  /** Managers of Reliability, Scalability and Delivery: may get onto the machine, as root. */
  adminGroup: groupEmail,
  /** Who is an administrator of GitLab itself, beside root: by the email that they sign in with. */
  adminEmails: z.array(z.email("an address")).default([]),
  /** Slack notifications of a group's projects; needs the secret `slackWebhook`. */
  slack: z
    .strictObject({
      group: z
        .string()
        .regex(/^[A-Za-z0-9_][\w.-]*(\/[\w.-]+)*$/, "a group path, as infrastructure"),
      channel: z.string().regex(/^#?[a-z0-9_-]{1,80}$/, "a channel, as #infrastructure"),
    })
    .optional(),
};

/** Checked settings, defaults filled in. */
export type OpsSettings = Fields<typeof fields>;

/** Secrets of this environment. Each a key of its own. */
export const secretSettings: readonly SecretSetting[] = [
  ...packageSecrets,
  {
    key: "databasePassword",
    purpose: "GitLab's user in PostgreSQL",
    allowed: "16 to 128 printable ASCII characters without quotes, \\ and spaces",
    pattern: /^[!#-&(-[\]-_a-~]{16,128}$/,
  },
  {
    key: "license",
    purpose: "GitLab's licence, without which there are no pull mirrors",
    allowed: "the licence file, 16 characters to 64 KiB",
    pattern: /^[\x20-\x7e\r\n]{16,65536}$/,
  },
  {
    key: "slackWebhook",
    purpose: "Slack notifications",
    allowed: "the webhook's address, or its last part, without spaces",
    pattern: /^[\x21-\x7e]{16,512}$/,
  },
  {
    key: "pullMirrorToken",
    purpose: "read access to what pull mirrors mirror",
    allowed: "an access token without spaces",
    pattern: /^[\x21-\x7e]{8,512}$/,
  },
  {
    key: "pushMirrorToken",
    purpose: "write access to where push mirrors go",
    allowed: "an access token without spaces",
    pattern: /^[\x21-\x7e]{8,512}$/,
  },
];

/** Which secrets these settings need. */
export function requiredSecrets(settings: Partial<OpsSettings>): readonly string[] {
  const directions = new Set(settings.mirrors?.map(({ direction }) => direction));
  return [
    ...packageRequiredSecrets(settings),
    "databasePassword",
    ...(settings.slack === undefined ? [] : ["slackWebhook"]),
    // Pull mirroring is a paid feature (docs.gitlab.com/user/project/repository/mirror/pull).
    ...(directions.has("pull") ? ["license", "pullMirrorToken"] : []),
    ...(directions.has("push") ? ["pushMirrorToken"] : []),
  ];
}

/**
 * Parses the stack's configuration.
 * @throws SettingsError with every problem at once, before any resource is touched
 */
export function parseOpsSettings(config: StackConfig): OpsSettings {
  return parseSettings(
    { stack: "ops", fields, rules: opsRules, secrets: secretSettings, requiredSecrets },
    config,
  );
}
