/**
 * Settings of the environments that run GitLab from the Linux package on one machine (`dev`, `ops`), whichever cloud it
 * is in: fields, the rules between them, and their secrets. What one cloud alone has stands in the environment's own file.
 */
import { z } from "zod";
import { parseCidr } from "./cidr";
import {
  cidr,
  fleetPeriods,
  hostname,
  httpsUrl,
  siteFields,
  timezone,
  topLevelNumber,
  version,
  wholeNumber,
} from "./fields";
import { unique } from "./rules";
import type { Refuse, SecretSetting } from "./settings";

/**
 * Daily, at one minute of one hour: a machine that made a full backup every minute would do nothing else, and alarms on
 * the backup's age count on one a day.
 */
const dailyCron = z
  .string()
  .regex(
    /^([0-9]|[1-5][0-9]) ([0-9]|1[0-9]|2[0-3]) \* \* \*$/,
    "five cron fields for once a day, as 30 3 * * * (minute, hour, and three times *)",
  );

/** An application that signs its users in with this GitLab. */
const oauthApplication = z.strictObject({
  /** Lower case; part of outputs, of resource names, and how the boot step finds the application again. */
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "lower-case letters, digits and -, at most 31"),
  redirectUris: z.array(httpsUrl).min(1),
  /** What sign-in alone needs (docs.gitlab.com/integration/oauth_provider). */
  scopes: z
    .array(z.enum(["openid", "profile", "email", "read_user", "read_api"]))
    .min(1)
    .default(["openid", "profile", "email"]),
  /** No consent page: for the organisation's own applications. */
  trusted: z.boolean().default(false),
});

/** A project path of this instance. */
const projectPath = z
  .string()
  .regex(/^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)+$/, "a project path, as group/project");

/** A mirror of one project; its token is one of the secrets. */
const mirror = z.strictObject({
  /** Key of its token in the secret `roleTokens`. */
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "lower-case letters, digits and -, at most 31"),
  direction: z.enum(["pull", "push"]),
  project: projectPath,
  url: httpsUrl,
  username: z.string().min(1).default("oauth2"),
});

/** Common fields, before the rules between them. */
export const packageFields = {
  ...siteFields,
  /** @default `registry.<domain>` */
  registryDomain: hostname.optional(),
  /** Host for Git over SSH: the machine has one address, so the web host does. @default `domain` */
  sshDomain: hostname.optional(),
  /** Where the certificate comes from: made and renewed by the package, or given as two secrets. */
  tls: z.strictObject({
    certificate: z.enum(["lets-encrypt", "given"]).default("lets-encrypt"),
    /** Let's Encrypt writes here before a certificate ends. */
    contact: z.email("an address, as infrastructure@example.com").optional(),
  }),
  /** Port of the host's own sshd, which only people with access to the cloud reach; 22 is Git's. */
  hostSshPort: topLevelNumber(1024, 65535).default(2022),
  /** Networks that may read health and metrics pages beside the machine itself. */
  monitoringCidrs: z.array(cidr).default([]),
  upgrade: z
    .strictObject({
      /** Five cron fields; in the night of `timezone`, since GitLab is down for some minutes. */
      cron: dailyCron.default("30 3 * * *"),
      timezone: timezone.default("UTC"),
      /** Version of a first install; left out, the channel's newest. */
      firstVersion: z
        .string()
        .regex(
          /^\d+\.\d+\.\d+(\+rnightly\.\d+\.[0-9a-f]+)?-(ce|ee)?\.?\d+$/,
          "a package version, as 19.3.0-ee.0 or 19.3.0+rnightly.123456.0a1b2c3d-0",
        )
        .optional(),
      /** Free space that an upgrade wants beyond its own estimate. */
      headroomGiB: wholeNumber(5, 1024).default(20),
      /** A reconfigure with migrations takes minutes; half an hour says that it has failed. */
      readyTimeoutSeconds: wholeNumber(300, 7200).default(1800),
    })
    .prefault({}),
  smtp: z
    .strictObject({
      host: hostname,
      /** 587 with STARTTLS: 25 is blocked on Azure and Google Cloud. */
      port: z.union([z.literal(587), z.literal(2587)], "587 or 2587").default(587),
      username: z.string().min(1),
      from: z.email("an address, as gitlab@example.com"),
    })
    .optional(),
  oauthApplications: z.array(oauthApplication).default([]),
  mirrors: z.array(mirror).default([]),
  runnerRelease: z
    .strictObject({
      /** GitLab Runner: the same minor as GitLab (docs.gitlab.com/runner: version compatibility). */
      version: version.default("19.2.0"),
      /** Fleeting plugin of the cloud. */
      pluginVersion: version.default("1.0.0"),
      /** SHA-256 of the binary; left out, GitLab's own list is believed, which proves a whole download and not its origin. */
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
        .optional(),
    })
    .prefault({}),
} as const;

/** Sizes of the two data disks; kinds of disk are each cloud's own. */
export const diskSizes = {
  /** Git data alone. A disk can grow and never shrink. */
  repositoriesGiB: wholeNumber(32, 32767).default(512),
  /** Everything else of the package: database, certificates, the last two packages, backups under way. */
  stateGiB: wholeNumber(64, 32767).default(512),
};

/** What both environments say of package backups; where they go is each one's own. */
export const backupSizes = {
  /** Days that an archive is kept and locked. */
  retentionDays: wholeNumber(7, 3650).default(35),
  /** Hours without a backup before the alarm. The daily run takes its own time: under 25 it would fire by itself. */
  maxAgeHours: wholeNumber(25, 48).default(26),
  /** Days that a disk snapshot is kept. */
  snapshotDays: wholeNumber(1, 360).default(14),
};

/** How one cloud's machine types look, for `fleetSchema`. */
export interface FleetTypes {
  readonly worker: z.ZodType<string>;
  readonly manager: z.ZodType<string>;
  readonly workerDefault: readonly string[];
  readonly managerDefault: string;
}

/** Settings of one runner fleet, with the machine types of one cloud. */
export function fleetSchema(types: FleetTypes) {
  return z.strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,19}$/, "lower-case letters, digits and -, at most 20"),
    tags: z.array(z.string().min(1)).default([]),
    runUntagged: z.boolean().default(false),
    /** Most wanted first. A group that takes one type alone takes the first. */
    workerTypes: z
      .array(types.worker)
      .min(1)
      .default([...types.workerDefault]),
    managerType: types.manager.default(types.managerDefault),
    maxWorkers: wholeNumber(1, 200).default(10),
    jobsPerWorker: wholeNumber(1, 20).default(1),
    maxUses: wholeNumber(1, 100).default(10),
    workerDiskGiB: wholeNumber(30, 1024).default(100),
    /** Docker's privileged mode, which building images with Docker in Docker wants: a job can then take over its worker. */
    privileged: z.boolean().default(false),
    defaultImage: z.string().default("docker.io/library/alpine:3.22"),
    periods: fleetPeriods,
  });
}

type PackageShape = typeof packageFields;
/** Checked common settings, defaults filled in. */
export type PackageSettings = z.output<z.ZodObject<PackageShape, z.core.$strict>>;

/** The host names, defaults filled in. */
export function packageHosts(
  settings: Pick<PackageSettings, "domain" | "registryDomain" | "sshDomain">,
): { readonly web: string; readonly registry: string; readonly ssh: string } {
  return {
    web: settings.domain,
    registry: settings.registryDomain ?? `registry.${settings.domain}`,
    ssh: settings.sshDomain ?? settings.domain,
  };
}

/** Ports that something else on the machine has: HTTP, HTTPS, gitlab-sshd, and what the package binds inside. */
const takenPorts: readonly number[] = [
  2222, 5000, 5050, 5432, 6379, 8060, 8075, 8080, 8082, 8092, 8150, 8151, 8153, 8154, 8155, 9090,
  9093, 9100, 9121, 9168, 9187, 9229, 9236,
];

/** Rules between the common settings. What is wrong by itself is missing here and was already said. */
export function packageRules(
  settings: Partial<PackageSettings> & {
    readonly runners?: readonly { readonly name: string }[];
  },
  refuse: Refuse,
): void {
  const { tls, hostSshPort } = settings;
  if (tls?.certificate === "lets-encrypt" && tls.contact === undefined) {
    refuse(["tls", "contact"], "an address, as infrastructure@example.com, for lets-encrypt");
  }
  if (hostSshPort !== undefined && takenPorts.includes(hostSshPort)) {
    refuse(["hostSshPort"], "a port that GitLab leaves free, as 2022");
  }
  if (settings.domain !== undefined) {
    const hosts = packageHosts({ ...settings, domain: settings.domain });
    if (hosts.registry === hosts.web || hosts.registry === hosts.ssh) {
      refuse(["registryDomain"], "a name of its own: the registry is a site beside the web pages");
    }
  }
  settings.monitoringCidrs?.forEach((text, index) => {
    // Nobody's own network is larger: health and metrics tell too much to be for everybody.
    if ((parseCidr(text)?.bits ?? 32) < 8) {
      refuse(["monitoringCidrs", index], "a network of your own, /8 or smaller", text);
    }
  });
  unique(settings.oauthApplications, ["oauthApplications"], refuse);
  unique(settings.mirrors, ["mirrors"], refuse);
  unique(settings.runners, ["runners"], refuse);
}

/** PEM, one block or several of a kind, each on lines of its own (RFC 7468). */
const pem = (label: string) =>
  new RegExp(`^(-----BEGIN ${label}-----\\r?\\n[A-Za-z0-9+/=\\r\\n]+-----END ${label}-----\\s*)+$`);

/** Secrets that both environments take. */
export const packageSecrets: readonly SecretSetting[] = [
  {
    key: "initialRootPassword",
    purpose: "GitLab's first administrator",
    allowed: "16 to 128 characters",
    pattern: /^[\x21-\x7e]{16,128}$/,
  },
  {
    key: "smtpPassword",
    purpose: "mail",
    allowed: "any text without line breaks",
    pattern: /^[^\r\n]+$/,
  },
  {
    key: "tlsCertificate",
    purpose: "certificate of all host names, with its chain",
    allowed: "PEM, the certificate first, then its chain",
    pattern: pem("CERTIFICATE"),
  },
  {
    key: "tlsKey",
    purpose: "key of that certificate",
    allowed: "PEM, not encrypted",
    pattern: pem("(RSA |EC )?PRIVATE KEY"),
  },
];

/** Which of them these settings need. */
export function packageRequiredSecrets(settings: Partial<PackageSettings>): readonly string[] {
  return [
    "initialRootPassword",
    ...(settings.smtp === undefined ? [] : ["smtpPassword"]),
    ...(settings.tls?.certificate === "given" ? ["tlsCertificate", "tlsKey"] : []),
  ];
}

/**
 * A secret of the form that its key asks for, round the marker that the rehearsal looks for in everything written.
 * @param key key of the secret
 * @param marker 32 letters and digits
 */
export function packageMadeUp(key: string, marker: string): string {
  const blocks: Readonly<Record<string, string>> = {
    tlsCertificate: "CERTIFICATE",
    tlsKey: "PRIVATE KEY",
  };
  const label = blocks[key];
  return label === undefined
    ? marker
    : `-----BEGIN ${label}-----\n${marker}\n-----END ${label}-----\n`;
}
