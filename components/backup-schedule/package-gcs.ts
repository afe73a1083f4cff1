import * as monitoring from "@pulumi/gcp/monitoring";
import * as pulumi from "@pulumi/pulumi";
import { checkGcpRules, policyInputs } from "../alerts/gcp-rules";
import type { BackupDestination } from "../gitlab-instance/package/contract";
import { GcsBucket } from "../object-storage/gcs-bucket";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";
import type { BackupSchedule } from "./contract";
import { arrivalRule } from "./gcs-arrivals";
import type { PackageBackupPolicy } from "./package-args";

/** Arguments of PackageBackupGcs. */
export interface PackageBackupGcsArgs {
  readonly site: Site;
  readonly policy: PackageBackupPolicy;
  readonly project: string;
  /** Region of the machine: the buckets may not be there. */
  readonly machineRegion: string;
  /** Region of the buckets, for example `europe-west4`. */
  readonly location: string;
  /** Email of the machine's service account. */
  readonly writer: pulumi.Input<string>;
  /** Full names of two Cloud KMS keys in `location`; give both or none. @default Google's own keys */
  readonly keyNames?: {
    readonly archives: pulumi.Input<string>;
    readonly secrets: pulumi.Input<string>;
  };
  /** Full names of the channels that the alarm tells. */
  readonly notificationChannels: pulumi.Input<pulumi.Input<string>[]>;
}

/** Names of the buckets, known before they are: the machine carries them in its files. */
export function packageBackupNames(
  site: Pick<Site, "prefix">,
  project: string,
): { readonly archives: string; readonly secrets: string } {
  const name = (purpose: string) =>
    fixedName({ maxLength: 63 }, site.prefix, "backup", purpose, project);
  return { archives: name("archives"), secrets: name("secrets") };
}

/**
 * Where a machine in Google's cloud brings its backups: two buckets in another region, in which an object can be
 * neither deleted nor written over before its retention is over, and the alarm that fires when nothing lands.
 *
 * The machine may create objects and nothing else: no list, no read, no delete. That is enough for the proof, which is
 * Cloud Storage's answer to the upload itself. Versions are off: under a retention policy nothing can be replaced.
 *
 * Sources: https://cloud.google.com/storage/docs/bucket-lock,
 * https://cloud.google.com/storage/docs/access-control/iam-roles (Storage Object Creator)
 */
export class PackageBackupGcs extends Component implements BackupSchedule {
  readonly archiveBucket: pulumi.Output<string>;
  readonly secretsBucket: pulumi.Output<string>;
  /** Name of the alert policy for archives. */
  readonly ageAlarm: pulumi.Output<string>;
  /** What the machine must know. */
  readonly destination: Extract<BackupDestination, { readonly kind: "gcs" }>;
  /** What must stand before the first upload. */
  readonly ready: pulumi.Resource[];

  /** @throws if the buckets would lie in the machine's own region, or the age is no number of hours */
  constructor(name: string, args: PackageBackupGcsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, policy } = args;
    super(
      "backupSchedule",
      "PackageBackupGcs",
      name,
      {
        location: args.location,
        retentionDays: policy.retentionDays,
        lockMode: policy.lockMode,
        maxAgeHours: policy.maxAgeHours,
      },
      opts,
    );
    if (args.location.toLowerCase() === args.machineRegion.toLowerCase()) {
      throw new Error(
        `location of backups: found ${args.location}, want another region than the machine's`,
      );
    }
    if (!Number.isInteger(policy.maxAgeHours) || policy.maxAgeHours < 1) {
      throw new Error(`maxAgeHours: found ${policy.maxAgeHours}, allowed: 1 on`);
    }
    const within = { parent: this };
    const names = packageBackupNames(site, args.project);
    const make = (purpose: "archives" | "secrets") => {
      const bucket = new GcsBucket(
        `${name}-${purpose}`,
        {
          site,
          project: args.project,
          bucket: names[purpose],
          location: args.location,
          holdsData: true,
          versioned: false,
          retention: { days: policy.retentionDays, locked: policy.lockMode === "compliance" },
          expireDays: policy.retentionDays + 1,
          kmsKeyName: args.keyNames?.[purpose],
        },
        within,
      );
      const grant = bucket.grant(
        `${name}-${purpose}-writer`,
        "roles/storage.objectCreator",
        pulumi.interpolate`serviceAccount:${args.writer}`,
      );
      return { bucket, ready: [...bucket.ready, grant] };
    };
    const archives = make("archives");
    const secrets = make("secrets");
    const rules = (["archives", "secrets"] as const).map((purpose) =>
      arrivalRule({
        name: `backup-${purpose}-arrivals`,
        summary: `No backup (${purpose}) of ${site.environment} has landed for ${policy.maxAgeHours} hours.`,
        runbook: "package-backup-missing",
        bucket: names[purpose],
        maxAgeHours: policy.maxAgeHours,
        leastBytes,
      }),
    );
    checkGcpRules(rules);
    const policies = rules.map(
      (rule) =>
        new monitoring.AlertPolicy(
          `${name}-${rule.name}`,
          {
            project: args.project,
            ...policyInputs(rule, site),
            notificationChannels: args.notificationChannels,
          },
          within,
        ),
    );

    this.archiveBucket = archives.bucket.bucketName;
    this.secretsBucket = secrets.bucket.bucketName;
    this.ageAlarm = (policies[0] as monitoring.AlertPolicy).name;
    this.destination = {
      kind: "gcs",
      archiveBucket: names.archives,
      secretsBucket: names.secrets,
    };
    this.ready = [...archives.ready, ...secrets.ready];
    this.registerOutputs({
      archiveBucket: this.archiveBucket,
      secretsBucket: this.secretsBucket,
      ageAlarm: this.ageAlarm,
    });
  }
}

/** The smallest archive, that of the secrets, has many times as many bytes. */
const leastBytes = 4096;
