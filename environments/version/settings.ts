/**
 * Every setting of the `version` environment, with its default and the reason for it.
 * `Pulumi.version.yaml` holds only what differs.
 */
import { z } from "zod";
import { weekdays } from "../../components/cluster/maintenance";
import type { StackConfig } from "../../engine/environment";
import { cidr, hostname, siteFields, wholeNumber } from "../shared/fields";
import { cacheFields, databaseFields } from "../shared/gcp-data-settings";
import {
  databaseTier,
  groupEmail,
  machineType,
  managedZone,
  projectId,
  region,
  zone,
} from "../shared/gcp-fields";
import { parseSettings, type Fields, type SecretSetting } from "../shared/settings";
import { versionRules } from "./rules";

const network = z
  .strictObject({
    /** Nodes, and the control plane's own address among them: /16 to /26. */
    nodesCidr: cidr.default("10.50.0.0/22"),
    /** Pods; each node takes a /24 of it: /14 to /21. It can't be made larger later. */
    podsCidr: cidr.default("10.52.0.0/18"),
    /** Addresses of the cluster's Services: /16 to /24. It can't be changed once the cluster stands. */
    clusterServicesCidr: cidr.default("10.53.0.0/20"),
    /** What Cloud SQL and Memorystore take addresses from: /16 to /24. It can't be changed once they stand. */
    servicesCidr: cidr.default("10.51.0.0/20"),
    /** Networks that this one will be joined to and must not overlap. */
    peers: z.array(cidr).default([]),
    /** Share of flows that are logged. */
    flowSampling: z.number().min(0).max(1).default(0.5),
  })
  .prefault({});

const weekday = z.enum(weekdays);

const cluster = z
  .strictObject({
    /** RAPID has no service level (https://cloud.google.com/kubernetes-engine/docs/concepts/release-channels). */
    channel: z.enum(["REGULAR", "STABLE"]).default("REGULAR"),
    /** When Google may upgrade it, UTC: at least 48 hours in 32 days. */
    maintenance: z
      .strictObject({
        days: z.array(weekday).min(1).max(7),
        hour: wholeNumber(0, 23),
        /** Length of each window. */
        hours: wholeNumber(4, 24),
      })
      .default({ days: ["SA", "SU"], hour: 4, hours: 6 }),
    /**
     * The control plane has no address that anybody could dial: it is reached by its DNS name, past IAM
     * (https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation#dns-based_endpoint).
     */
    ipEndpoint: z.literal(false).default(false),
    /** Policies between pods are Dataplane V2's, and always on. */
    networkPolicy: z.literal(true).default(true),
    /** Nodes of the one pool. */
    pool: z
      .strictObject({
        type: machineType.default("n2d-standard-4"),
        /** Of each node's boot disk: images, logs and scratch space. */
        diskGiB: wholeNumber(50, 1024).default(100),
        /** In each zone. One at least, so that what is left has room when a zone goes. */
        minPerZone: wholeNumber(1, 100).default(1),
        maxPerZone: wholeNumber(1, 100).default(3),
      })
      .prefault({}),
  })
  .prefault({});

/** An image by digest: a tag can come to mean another image. */
const image = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)+(:[\w][\w.-]{0,127})?@sha256:[0-9a-f]{64}$/,
    "an image by digest, as registry.example.com/group/version:1.2.3@sha256:… (64 hexadecimal digits)",
  );

/** A path of the app, for probes. */
const path = z.string().regex(/^\/[\w./-]*$/, "a path, as /-/readiness");

/** Name of a variable in a pod. */
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "the name of a variable, as DATABASE_URL");

const app = z.strictObject({
  image,
  /**
   * Who rolls the app out: GitLab's Auto DevOps, or Pulumi for a first stand-up. What stands stays where it is when
   * this changes (docs/runbooks/version-deployment.md).
   */
  deployment: z.enum(["auto-devops", "pulumi"]).default("auto-devops"),
  /** Three at least: with one in each zone, two are left when a zone goes. */
  pods: z
    .strictObject({ min: wholeNumber(3, 100), max: wholeNumber(3, 100) })
    .default({ min: 3, max: 9 }),
  /** What one pod asks for and may use. */
  size: z
    .strictObject({
      cpuMillis: wholeNumber(100, 16000).default(500),
      cpuLimitMillis: wholeNumber(100, 32000).default(2000),
      memoryMiB: wholeNumber(256, 65536).default(1024),
      /** Of the node's disk: logs and temporary files. */
      storageMiB: wholeNumber(128, 20480).default(1024),
    })
    .prefault({}),
  /** Part of the CPU asked for that the autoscaler aims at, in percent. */
  cpuPercent: wholeNumber(20, 90).default(60),
  /** Numeric user and group of the image; Heroku's buildpacks, which Auto DevOps builds with, make 1000. */
  userId: wholeNumber(1, 65534).default(1000),
  /** Alive says that the process is; ready is what the load balancer asks, and may ask the database. */
  paths: z
    .strictObject({
      /** @default a TCP connection */
      live: path.optional(),
      ready: path.default("/"),
    })
    .prefault({}),
  /** Run by /bin/sh in the app's image before each rollout, and ended after so many minutes. */
  migrateCommand: z.string().min(1).default("bundle exec rails db:migrate"),
  migrateMinutes: wholeNumber(1, 240).default(30),
  /** One more than before runs a migration anew that failed; a new image does too. */
  migrateAttempt: wholeNumber(1, 1000).default(1),
  /** Settings of the app that are no secrets. */
  environment: z
    .record(variable, z.string())
    .default({ RAILS_ENV: "production", RAILS_LOG_TO_STDOUT: "1", RAILS_SERVE_STATIC_FILES: "1" }),
  /** Directories that the app writes; all else of its file system is read-only. */
  writablePaths: z
    .array(z.string().regex(/^(\/[\w.-]+)+$/, "an absolute path, as /tmp"))
    .default(["/tmp", "/app/tmp", "/app/log"]),
  /**
   * Connections in the app's database.yml that may read from a replica, the first from the first replica: Rails takes
   * the address of a connection `primary_replica` from PRIMARY_REPLICA_DATABASE_URL
   * (https://guides.rubyonrails.org/active_record_multiple_databases.html). @default none reads there
   */
  readConnections: z
    .array(z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, "a connection, as primary_replica"))
    .max(2)
    .default([]),
  /** What the app calls its variables; the app's own names could not be verified. */
  environmentNames: z
    .strictObject({
      databaseUrl: variable.default("DATABASE_URL"),
      redisUrl: variable.default("REDIS_URL"),
      redisCaFile: variable.default("REDIS_CA_FILE"),
      secretKeyBase: variable.default("SECRET_KEY_BASE"),
      signInSite: variable.default("GITLAB_OAUTH_SITE"),
      signInClientId: variable.default("GITLAB_OAUTH_ID"),
      signInClientSecret: variable.default("GITLAB_OAUTH_SECRET"),
    })
    .prefault({}),
  /** Registry that asks who pulls; the token is the secret `registryToken`. @default a public one */
  registry: z.strictObject({ host: hostname, username: z.string().min(1) }).optional(),
});

/** Images of what stands beside the app. */
const images = z
  .strictObject({
    /** Cloud SQL Auth Proxy (https://github.com/GoogleCloudPlatform/cloud-sql-proxy/releases). */
    proxy: image.default(
      "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.2@sha256:fc224915ef435afeb5b2a9421260a0d31986d5c8b7c7f5783c7f5d5885700cd2",
    ),
    /** Google Cloud CLI, which asks for exports (https://cloud.google.com/sdk/docs/downloads-docker). */
    exporter: image.default(
      "gcr.io/google.com/cloudsdktool/google-cloud-cli@sha256:39f4c48c083fb1d8d182eedc7de97545980afb646b1afdfec61a3f560969bc96",
    ),
  })
  .prefault({});

const database = z.strictObject({
  ...databaseFields,
  major: z.union([z.literal(15), z.literal(16), z.literal(17)], "15, 16 or 17").default(17),
  /** Zone of the primary. */
  zone,
  /** Zone that the primary fails over to by itself. */
  standbyZone: zone,
  /** Zones of the two read replicas. */
  replicaZones: z.tuple([zone, zone]),
  /** Tier of the replicas, where it is not the primary's: grow them first, so that they never lag behind it. */
  replicaTier: databaseTier.optional(),
  /** Names of replicas made anew, by zone: Cloud SQL gives a deleted one's to nobody for up to a week. */
  replicaNames: z
    .record(
      zone,
      z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,82}[a-z0-9]$/, "lower-case letters, digits and -, at most 84"),
    )
    .default({}),
  maxConnections: wholeNumber(50, 5000).default(200),
});

const cache = z
  .strictObject({
    ...cacheFields,
    memoryGiB: wholeNumber(1, 300).default(2),
    version: z.enum(["REDIS_7_0", "REDIS_7_2"]).default("REDIS_7_2"),
  })
  .prefault({});

const backup = z.strictObject({
  /** Where backups and exports are kept: another region than `region`. */
  region,
  /** Hour of the nightly export, UTC. */
  exportHour: wholeNumber(0, 23).default(3),
  /** Minutes after which an export is ended: a large database takes its time. */
  exportMinutes: wholeNumber(10, 720).default(120),
  /** Days that an export is kept and locked. */
  retentionDays: wholeNumber(7, 3650).default(35),
  /** Hours without an export before the alarm. The nightly one takes its own time: under 25 it would fire by itself. */
  maxAgeHours: wholeNumber(25, 48).default(26),
  /** `compliance` locks the bucket's retention for good: nobody can shorten it or delete a bucket that holds anything. */
  lockMode: z.enum(["governance", "compliance"]).default("governance"),
  /** Export before any change of database or app. Lift it only where the database can't be exported any more. */
  exportBeforeChange: z.boolean().default(true),
});

const armor = z
  .strictObject({
    /** Addresses that are turned away. */
    denyCidrs: z.array(cidr).max(10).default([]),
    /** Where GitLab servers send their usage pings: each sends one a week, so that few a minute are enough. */
    intake: z
      .strictObject({
        paths: z.array(path).min(1).max(5),
        requestsPerMinute: wholeNumber(10, 100000),
      })
      .default({ paths: ["/usage_data"], requestsPerMinute: 60 }),
    /** Requests of one address in a minute, beyond which it is turned away for a while. */
    requestsPerMinute: wholeNumber(60, 100000).default(600),
    /** `preview` logs what Google's rules would turn away; `enforce` does it. */
    rules: z.enum(["preview", "enforce"]).default("preview"),
  })
  .prefault({});

/** Object form of the schema, before the rules between settings. */
export const fields = {
  ...siteFields,
  /** Google Cloud project of everything here. */
  project: projectId,
  region,
  /** Zones of the cluster's nodes. */
  zones: z.tuple([zone, zone, zone]),
  /** Cloud DNS zone that holds the host name. */
  dnsZone: z.strictObject({
    name: managedZone,
    /** @default `project` */
    project: projectId.optional(),
  }),
  network,
  cluster,
  app,
  images,
  database,
  cache,
  backup,
  armor,
  /** Groups of people by role, from the organisation's role table. */
  access: z
    .strictObject({
      /** Look at the cluster and what runs in it, and read logs. */
      production: groupEmail.optional(),
      /** See alerts and metrics. */
      support: groupEmail.optional(),
    })
    .prefault({}),
  /** How people sign in: the application that `dev` has for this one. */
  signIn: z
    .strictObject({
      /** Its name in dev's setting `oauthApplications`. */
      application: z
        .string()
        .regex(/^[a-z][a-z0-9-]{1,30}$/, "lower-case letters, digits and -, at most 31")
        .default("version"),
    })
    .prefault({}),
};

/** Checked settings, defaults filled in. */
export type VersionSettings = Fields<typeof fields>;

/** Secrets of this environment. Each a key of its own. */
export const secretSettings: readonly SecretSetting[] = [
  {
    key: "secretKeyBase",
    purpose: "what Rails signs and encrypts sessions with",
    allowed: "32 to 256 letters and digits (openssl rand -hex 64)",
    pattern: /^[A-Za-z0-9]{32,256}$/,
  },
  {
    key: "registryToken",
    purpose: "read access to the registry that holds the app's image",
    allowed: "a deploy token without spaces",
    pattern: /^[\x21-\x7e]{8,512}$/,
  },
];

/** Which secrets these settings need. */
export function requiredSecrets(settings: Partial<VersionSettings>): readonly string[] {
  return ["secretKeyBase", ...(settings.app?.registry === undefined ? [] : ["registryToken"])];
}

/**
 * Parses the stack's configuration.
 * @throws SettingsError with every problem at once, before any resource is touched
 */
export function parseVersionSettings(config: StackConfig): VersionSettings {
  return parseSettings(
    { stack: "version", fields, rules: versionRules, secrets: secretSettings, requiredSecrets },
    config,
  );
}
