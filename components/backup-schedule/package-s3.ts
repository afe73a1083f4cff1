import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { BackupDestination } from "../gitlab-instance/package/contract";
import { standingArn } from "../shared/aws";
import { Component } from "../shared/component";
import { derived } from "../shared/documents";
import { shownPolicyJson, type InputStatement } from "../shared/policy-json";
import type { Site } from "../shared/site";
import type { BackupSubscription } from "./args";
import { AwsBackupArrivals } from "./aws-arrivals";
import { lockedBucket } from "./aws-bucket";
import { AwsBackupKey } from "./aws-key";
import { uploadRights, writerRights } from "./aws-rights";
import type { BackupSchedule } from "./contract";
import { archivePrefix } from "./files";
import { backupBucketNames } from "./names";
import type { PackageBackupPolicy } from "./package-args";

/** Arguments of PackageBackupS3. */
export interface PackageBackupS3Args {
  readonly site: Site;
  readonly policy: PackageBackupPolicy;
  /** Region of the buckets. */
  readonly region: string;
  /** Twelve digits. */
  readonly backupAccountId: string;
  /**
   * Addresses that the machine comes from, as CIDR blocks: its NAT's. A key of the writer that got out is then of no
   * use anywhere else. @default any address
   */
  readonly sourceCidrs?: readonly pulumi.Input<string>[];
  /** Who is told that no backup has landed. */
  readonly subscriptions: readonly BackupSubscription[];
}

/**
 * Where a machine outside of AWS brings its backups: two locked buckets in the backup account, each with a key of its
 * own, a user that may do nothing but upload and list there, and the alarm that fires when nothing lands.
 *
 * The provider in the options is the backup account's, in the buckets' region. A user with an access key is the way
 * that is left from another cloud: it cannot read what it wrote, delete it, or shorten its lock.
 */
export class PackageBackupS3 extends Component implements BackupSchedule {
  readonly archiveBucket: pulumi.Output<string>;
  readonly secretsBucket: pulumi.Output<string>;
  readonly ageAlarm: pulumi.Output<string>;
  /** What the machine must know. */
  readonly destination: pulumi.Output<Extract<BackupDestination, { readonly kind: "s3" }>>;
  /** `{"access_key_id": …, "secret_access_key": …}`, a Pulumi secret: for the machine's secret store. */
  readonly credentials: pulumi.Output<string>;
  /** What must stand before the first upload. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: PackageBackupS3Args, opts?: pulumi.ComponentResourceOptions) {
    const { site, policy, region, backupAccountId } = args;
    super(
      "backupSchedule",
      "PackageBackupS3",
      name,
      {
        region,
        retentionDays: policy.retentionDays,
        lockMode: policy.lockMode,
        maxAgeHours: policy.maxAgeHours,
      },
      opts,
    );
    const within = { parent: this };
    const names = backupBucketNames(site, backupAccountId);
    const path = "/backup/";
    const user = new iam.User(`${name}-writer`, { path }, within);
    const userArn = standingArn("user", { accountId: backupAccountId, region }, user.name, path);
    const make = (purpose: "archives" | "secrets") => {
      const key = new AwsBackupKey(
        `${name}-${purpose}`,
        {
          site,
          purpose,
          description: `${site.prefix}: backups, ${purpose}`,
          accountId: backupAccountId,
          // The writer is of this account: its own policy gives it what it needs of the key.
          statements: [],
        },
        within,
      );
      const bucket = lockedBucket(
        `${name}-${purpose}`,
        {
          site,
          bucket: names[purpose],
          keyArn: key.arn,
          lockMode: policy.lockMode,
          retentionDays: policy.retentionDays,
          expire: "versions",
          statements: [
            ...uploadRights(names[purpose], archivePrefix, userArn),
            ...onlyFrom(names[purpose], userArn, args.sourceCidrs ?? []),
          ],
          notify: true,
        },
        within,
      );
      return { key, bucket };
    };
    const archives = make("archives");
    const secrets = make("secrets");
    const rightsName = `${name}-writer-rights`;
    const rights = new iam.UserPolicy(
      rightsName,
      {
        user: user.name,
        policy: shownPolicyJson(
          rightsName,
          writerRights(
            [names.archives, names.secrets],
            archivePrefix,
            [archives.key.arn, secrets.key.arn],
            region,
          ),
          within,
        ),
      },
      within,
    );
    const accessKey = new iam.AccessKey(`${name}-writer-key`, { user: user.name }, within);
    const arrivals = new AwsBackupArrivals(
      `${name}-arrivals`,
      {
        site,
        region,
        backupAccountId,
        watched: [
          { what: "archives", bucket: archives.bucket, runbook: "package-backup-missing" },
          { what: "secrets", bucket: secrets.bucket, runbook: "package-backup-missing" },
        ],
        prefix: `${archivePrefix}/`,
        maxAgeHours: policy.maxAgeHours,
        subscriptions: args.subscriptions,
      },
      within,
    );

    this.archiveBucket = archives.bucket.bucketName;
    this.secretsBucket = secrets.bucket.bucketName;
    this.ageAlarm = arrivals.alarms[0] as pulumi.Output<string>;
    this.destination = derived(
      { archiveKeyArn: archives.key.arn, secretsKeyArn: secrets.key.arn },
      (keys: { readonly archiveKeyArn: string; readonly secretsKeyArn: string }) => ({
        kind: "s3" as const,
        region,
        archiveBucket: names.archives,
        secretsBucket: names.secrets,
        ...keys,
        accountId: backupAccountId,
      }),
    );
    this.credentials = pulumi.secret(
      pulumi.jsonStringify({ access_key_id: accessKey.id, secret_access_key: accessKey.secret }),
    );
    this.ready = [rights, accessKey, ...archives.bucket.ready, ...secrets.bucket.ready];
    this.registerOutputs({
      archiveBucket: this.archiveBucket,
      secretsBucket: this.secretsBucket,
      ageAlarm: this.ageAlarm,
    });
  }
}

/** The writer from nowhere else (https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html). */
function onlyFrom(
  bucket: string,
  writerArn: pulumi.Input<string>,
  cidrs: readonly pulumi.Input<string>[],
): InputStatement[] {
  if (cidrs.length === 0) return [];
  const arn = `arn:aws:s3:::${bucket}`;
  return [
    {
      Sid: "FromNowhereElse",
      Effect: "Deny",
      Principal: { AWS: writerArn },
      Action: "s3:*",
      Resource: [arn, `${arn}/*`],
      Condition: { NotIpAddress: { "aws:SourceIp": [...cidrs] } },
    },
  ];
}
