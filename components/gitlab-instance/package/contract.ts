/**
 * GitLab from the Linux package on one machine, with all that is worth keeping on two data disks: the form of `dev` and
 * `ops`. What follows is all that the renderers and the machine's scripts know of it, in plain data and with no secret.
 */
import type { GcsBuckets } from "../../object-storage/contract";

/** Where packages come from (packages.gitlab.com): the nightly builds, or the stable channel of an edition. */
export type PackageChannel = "nightly-builds" | "gitlab-ce" | "gitlab-ee";

/** A data disk as the machine sees it. Formatted once, where it is blank, and never again. */
export interface DiskFacts {
  /** Stable path of the block device: `/dev/disk/azure/data/by-lun/1`, `/dev/disk/by-id/google-repositories`. */
  readonly device: string;
  /** Label of its file system, at most 16 characters (XFS: 12). */
  readonly label: string;
  readonly mountPoint: string;
}

/** The cloud whose metadata, secret store and metrics the machine uses. Names, never values. */
export type MachineCloud =
  | {
      readonly kind: "azure";
      readonly subscriptionId: string;
      readonly resourceGroup: string;
      /** Azure's region name: `eastus2`. Metrics go to `https://<location>.monitoring.azure.com`. */
      readonly location: string;
      /** `https://<vault>.vault.azure.net`. */
      readonly vaultUrl: string;
      /** Client id of the machine's user-assigned identity; its tokens come from 169.254.169.254. */
      readonly identityClientId: string;
      /** Resource id that its metrics are written to: the machine's own. */
      readonly metricsResourceId: string;
    }
  | { readonly kind: "gcp"; readonly project: string; readonly zone: string };

/** Names of secrets in the machine's secret store. */
export interface MachineSecrets {
  /** `gitlab-secrets.json` and SSH host keys live on the state disk; a copy goes here at first boot and with each backup, and is only ever read by a person. */
  readonly recovery: string;
  readonly initialRootPassword: string;
  readonly smtpPassword?: string;
  readonly databasePassword?: string;
  readonly redisAuth?: string;
  /** JSON key of the service account for GCS; absent where the machine's own identity does. */
  readonly objectStorageKey?: string;
  /** `{"access_key_id": …, "secret_access_key": …}` of the write-only backup user; absent where the machine's own identity does. */
  readonly backupCredentials?: string;
  /** EE licence file. */
  readonly license?: string;
  /** JSON object, name of an OAuth application to its `{"uid": …, "secret": …}`. */
  readonly oauthApplications?: string;
  /** JSON object with what ops' role settings need: `slackWebhook`, `mirrorTokens.<name>`. */
  readonly roleTokens?: string;
}

/** An application that signs its users in with this GitLab. Id and secret stand in the secret `oauthApplications`. */
export interface OauthApplicationFacts {
  /** Unique; how the boot step finds it again. */
  readonly name: string;
  readonly redirectUris: readonly string[];
  /** GitLab's scopes, for example `read_user`, `openid`. */
  readonly scopes: readonly string[];
  /** No consent page. */
  readonly trusted: boolean;
}

/** A mirror in either direction, applied at boot. */
export interface MirrorFacts {
  /** Key of its token in `roleTokens` under `mirrorTokens`. */
  readonly name: string;
  readonly direction: "pull" | "push";
  /** Project on this instance, `group/project`; groups on the way are made. */
  readonly project: string;
  /** `https://host/group/project.git`, without credentials. */
  readonly url: string;
  readonly username: string;
}

/** A runner fleet that the machine issues a token for at boot, into the secret store. */
export interface MachineRunner {
  readonly name: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  /** Name of the secret that the token goes to. */
  readonly tokenSecret: string;
}

/** Where package backups go. Archives and GitLab's secrets go to two buckets with two keys. */
export type BackupDestination =
  | {
      readonly kind: "s3";
      readonly region: string;
      readonly archiveBucket: string;
      readonly secretsBucket: string;
      readonly archiveKeyArn: string;
      readonly secretsKeyArn: string;
      readonly accountId: string;
    }
  | {
      readonly kind: "gcs";
      readonly archiveBucket: string;
      readonly secretsBucket: string;
    };

/** The gated upgrade. */
export interface UpgradeFacts {
  /** Five-field cron expression in `timezone`. */
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
  /** GitLab major that upgrades stay in; null for the nightly channel, which has no say in it. */
  readonly major: number | null;
  /** Version of a first install; null takes the channel's newest. A rebuilt machine takes what its state disk says. */
  readonly firstVersion: string | null;
  /** Free space that a backup and an upgrade need beyond the estimate, in GiB. */
  readonly headroomGiB: number;
  /** How long GitLab may take to become ready again, in seconds. */
  readonly readyTimeoutSeconds: number;
}

/** All that one machine knows. */
export interface PackageMachineFacts {
  /** `dev`, `ops`. */
  readonly environment: string;
  readonly cloud: MachineCloud;
  readonly edition: "ce" | "ee";
  readonly channel: PackageChannel;
  /** Ubuntu release that the image is of; packages are of the same. */
  readonly ubuntu: "jammy" | "noble";
  readonly hosts: { readonly web: string; readonly registry: string; readonly ssh: string };
  readonly tls:
    | { readonly kind: "lets-encrypt"; readonly contact: string }
    /** Names of the two secrets with certificate chain and key, PEM. */
    | { readonly kind: "given"; readonly certificate: string; readonly key: string };
  /** `/srv/gitlab-repositories`: Git data alone. */
  readonly repositories: DiskFacts;
  /** `/srv/gitlab-state`: everything else of the package (`/etc/gitlab`, `/var/opt/gitlab`), host keys, certificates, the last two packages, backups under way. */
  readonly state: DiskFacts;
  readonly secrets: MachineSecrets;
  readonly postgres:
    | { readonly kind: "bundled" }
    | {
        readonly kind: "external";
        readonly host: string;
        readonly port: number;
        readonly database: string;
        readonly username: string;
        readonly major: number;
        /** PEM of the instance's own CA; public, so it may lie in a file of the machine. `verify-ca` holds it against the server. */
        readonly serverCa: string;
      };
  readonly redis:
    | { readonly kind: "bundled" }
    | {
        readonly kind: "external";
        readonly host: string;
        readonly port: number;
        readonly serverCa: string;
        /** Memorystore blocks CLIENT. */
        readonly clientCommand: boolean;
      };
  readonly objects: {
    readonly project: string;
    readonly buckets: GcsBuckets;
    /** By a JSON key (from another cloud), or by the machine's own identity. */
    readonly access: "key" | "identity";
  };
  readonly smtp?: {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly domain: string;
    readonly from: string;
  };
  /** Who may read health and metrics pages beyond the machine itself. */
  readonly monitoringCidrs: readonly string[];
  /** Port of the host's own sshd; 22 is Git's. */
  readonly hostSshPort: number;
  readonly upgrade: UpgradeFacts;
  readonly backup: BackupDestination;
  readonly oauthApplications: readonly OauthApplicationFacts[];
  /** Full names of the users that are made administrators, found by email; nobody else is one, but root. */
  readonly adminEmails: readonly string[];
  readonly mirrors: readonly MirrorFacts[];
  /** Slack notifications of a group's projects; the webhook is in `roleTokens`. */
  readonly slack?: { readonly group: string; readonly channel: string };
  readonly runners: readonly MachineRunner[];
}
