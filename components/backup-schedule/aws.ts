import * as iam from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsBucket } from "../object-storage/aws";
import { objectTypes } from "../object-storage/contract";
import { Component } from "../shared/component";
import { shownPolicyJson } from "../shared/policy-json";
import type { AwsBackupScheduleArgs } from "./args";
import { AwsBackupArrivals } from "./aws-arrivals";
import { lockedBucket } from "./aws-bucket";
import { AwsBackupJob } from "./aws-job";
import { AwsBackupKey, replicateThroughS3, uploadThroughS3 } from "./aws-key";
import { AwsRecoveryPoints } from "./aws-recovery-points";
import {
  acceptReplicas,
  AwsReplication,
  replicationRole,
  type ReplicatedPair,
} from "./aws-replication";
import { machineRights, uploadRights } from "./aws-rights";
import type { BackupSchedule } from "./contract";
import { archivePrefix } from "./files";
import { backupBucketNames, bucketName } from "./names";

export type { AwsBackupScheduleArgs } from "./args";
export { backupFiles, type BackupFacts } from "./files";
export { backupBucketNames } from "./names";

/**
 * Daily backups on AWS: archives and GitLab's secrets into locked buckets of a separate account, replicas of the
 * object buckets beside them, recovery points of AWS Backup as the way for large sites, and an alarm in that account
 * when nothing lands.
 *
 * Children whose own account is the backup account carry its provider; everything else has the caller's.
 */
export class AwsBackupSchedule extends Component implements BackupSchedule {
  readonly archiveBucket: pulumi.Output<string>;
  readonly secretsBucket: pulumi.Output<string>;
  readonly ageAlarm: pulumi.Output<string>;
  /** Start a backup by hand from this: see docs/runbooks/backup-missing.md. */
  readonly launchTemplateId: pulumi.Output<string>;
  readonly recoveryVault: pulumi.Output<string>;
  readonly restoreRoleArn: pulumi.Output<string>;

  constructor(name: string, args: AwsBackupScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "backupSchedule",
      "AwsBackupSchedule",
      name,
      {
        cron: args.policy.cron,
        timezone: args.policy.timezone,
        retentionDays: args.policy.retentionDays,
        lockMode: args.policy.lockMode,
        maxAgeHours: args.policy.maxAgeHours,
        version: args.release.version,
        crossRegionCopy: args.copy !== undefined,
      },
      opts,
    );
    const within = { parent: this };
    const there = { parent: this, providers: [args.backupProvider] };
    const names = backupBucketNames(args.site, args.backupAccountId);
    const roleArn = args.identity.roleArn;

    const [archiveKey, secretsKey] = (["archives", "secrets"] as const).map(
      (purpose) =>
        new AwsBackupKey(
          `${name}-${purpose}`,
          {
            site: args.site,
            purpose,
            description: `${args.site.prefix}: backups, ${purpose}`,
            accountId: args.backupAccountId,
            statements: [uploadThroughS3(roleArn, args.region, args.accountId)],
          },
          there,
        ),
    ) as [AwsBackupKey, AwsBackupKey];
    const bucket = (purpose: "archives" | "secrets", key: AwsBackupKey) =>
      lockedBucket(
        `${name}-${purpose}`,
        {
          site: args.site,
          bucket: names[purpose],
          keyArn: key.arn,
          lockMode: args.policy.lockMode,
          retentionDays: args.policy.retentionDays,
          expire: "versions",
          statements: uploadRights(names[purpose], archivePrefix, roleArn),
          notify: true,
        },
        there,
      );
    const archives = bucket("archives", archiveKey);
    const secrets = bucket("secrets", secretsKey);

    const arrivals = new AwsBackupArrivals(
      `${name}-arrivals`,
      {
        site: args.site,
        region: args.region,
        backupAccountId: args.backupAccountId,
        watched: [
          { what: "archives", bucket: archives, runbook: "backup-missing" },
          { what: "secrets", bucket: secrets, runbook: "backup-missing" },
        ],
        prefix: `${archivePrefix}/`,
        maxAgeHours: args.policy.maxAgeHours,
        subscriptions: args.subscriptions,
      },
      there,
    );

    const rightsName = `${name}-machine-rights`;
    const rights = new iam.RolePolicy(
      rightsName,
      {
        role: args.identity.roleName,
        policy: shownPolicyJson(
          rightsName,
          machineRights(args, names, archivePrefix, [archiveKey.arn, secretsKey.arn]),
          within,
        ),
      },
      within,
    );
    const job = new AwsBackupJob(
      `${name}-job`,
      {
        schedule: args,
        ready: [
          rights,
          ...args.identity.ready,
          ...archives.ready,
          ...secrets.ready,
          ...args.nodeFiles.ready,
          ...(args.ready ?? []),
        ],
      },
      within,
    );
    const recovery = new AwsRecoveryPoints(
      `${name}-recovery`,
      {
        site: args.site,
        policy: args.policy,
        days: args.recoveryPointDays ?? args.policy.retentionDays,
        accountId: args.accountId,
        backupAccountId: args.backupAccountId,
        backupProvider: args.backupProvider,
        keyArn: args.keyArn,
        sources: args.recoverySources,
      },
      within,
    );
    this.replicateObjects(name, args);
    this.copyFar(name, args, [
      { what: "archives", bucket: archives, key: archiveKey },
      { what: "secrets", bucket: secrets, key: secretsKey },
    ]);

    this.archiveBucket = archives.bucketName;
    this.secretsBucket = secrets.bucketName;
    this.ageAlarm = arrivals.alarms[0] as pulumi.Output<string>;
    this.launchTemplateId = job.launchTemplateId;
    this.recoveryVault = recovery.vaultName;
    this.restoreRoleArn = recovery.restoreRoleArn;
    this.registerOutputs({
      archiveBucket: this.archiveBucket,
      secretsBucket: this.secretsBucket,
      ageAlarm: this.ageAlarm,
    });
  }

  /**
   * Object buckets, replicated. A deletion at the source puts a marker on the replica, and lifecycle removes what is
   * behind it after the retention: without markers the replicas would grow for ever and keep what people had deleted.
   * A version deleted at the source is never deleted here
   * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html).
   */
  private replicateObjects(name: string, args: AwsBackupScheduleArgs): void {
    const sources = objectTypes.flatMap((type) => {
      const source = args.objectBuckets?.[type];
      return source === undefined ? [] : [{ type, source }];
    });
    if (sources.length === 0) return;
    const there = { parent: this, providers: [args.backupProvider] };
    const role = replicationRole(`${name}-objects-role`, args, { parent: this });
    const key = new AwsBackupKey(
      `${name}-objects`,
      {
        site: args.site,
        purpose: "objects",
        description: `${args.site.prefix}: replicas of GitLab's objects`,
        accountId: args.backupAccountId,
        statements: [replicateThroughS3(role.arn, args.region, args.accountId)],
      },
      there,
    );
    const pairs: ReplicatedPair[] = sources.map(({ type, source }) => {
      const what = type.replaceAll("_", "-");
      const replica = bucketName(args.site, args.backupAccountId, what);
      const destination = lockedBucket(
        `${name}-${what}`,
        {
          site: args.site,
          bucket: replica,
          keyArn: key.arn,
          lockMode: args.policy.lockMode,
          retentionDays: args.policy.retentionDays,
          expire: "noncurrent",
          statements: acceptReplicas(replica, role.arn),
        },
        there,
      );
      return {
        what,
        source,
        destination: {
          name: destination.bucketName,
          arn: destination.arn,
          keyArn: key.arn,
          ready: destination.ready,
        },
      };
    });
    new AwsReplication(
      `${name}-objects`,
      {
        site: args.site,
        role,
        pairs,
        sourceRegion: args.region,
        destinationRegion: args.region,
        deleteMarkers: true,
        alertTopicArn: args.alertTopicArn,
      },
      { parent: this },
    );
  }

  /**
   * Archives and secrets into a second region of the backup account, each under a key of its own there: neither is of
   * any use without the other.
   */
  private copyFar(
    name: string,
    args: AwsBackupScheduleArgs,
    copied: readonly CopiedBucket[],
  ): void {
    if (args.copy === undefined) return;
    const { region, provider } = args.copy;
    const far = { parent: this, providers: [provider] };
    const role = replicationRole(
      `${name}-copy-role`,
      { accountId: args.backupAccountId, region: args.region },
      { parent: this, provider: args.backupProvider },
    );
    const pairs = copied.map(({ what, bucket, key }): ReplicatedPair => {
      const farKey = new AwsBackupKey(
        `${name}-${what}-copy`,
        {
          site: args.site,
          purpose: `${what}-copy`,
          description: `${args.site.prefix}: backups, ${what}, second region`,
          accountId: args.backupAccountId,
          statements: [],
        },
        far,
      );
      const copy = lockedBucket(
        `${name}-${what}-copy`,
        {
          site: args.site,
          bucket: bucketName(args.site, args.backupAccountId, what, region),
          keyArn: farKey.arn,
          lockMode: args.policy.lockMode,
          retentionDays: args.policy.retentionDays,
          expire: "versions",
          statements: [],
        },
        far,
      );
      return {
        what,
        source: { name: bucket.bucketName, arn: bucket.arn, keyArn: key.arn, ready: bucket.ready },
        destination: {
          name: copy.bucketName,
          arn: copy.arn,
          keyArn: farKey.arn,
          ready: copy.ready,
        },
      };
    });
    new AwsReplication(
      `${name}-copy`,
      {
        site: args.site,
        role,
        pairs,
        sourceRegion: args.region,
        destinationRegion: region,
        // Markers come from lifecycle alone, and the copies have the same rules.
        deleteMarkers: false,
      },
      { parent: this, providers: [args.backupProvider] },
    );
  }
}

/** A bucket that is copied into the second region. */
interface CopiedBucket {
  readonly what: "archives" | "secrets";
  readonly bucket: AwsBucket;
  readonly key: AwsBackupKey;
}
