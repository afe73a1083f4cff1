import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { AwsBackupScheduleArgs } from "./args";
import type { BackupSchedule } from "./contract";
import { backupBucketNames } from "./names";

export { AwsBackupIdentity } from "./aws-identity";
export type { AwsBackupScheduleArgs } from "./args";
export { backupFiles, type BackupFacts } from "./files";
export { backupBucketNames } from "./names";

/** Daily backups on AWS, landing in a separate account. */
export class AwsBackupSchedule extends Component implements BackupSchedule {
  readonly archiveBucket: pulumi.Output<string>;
  readonly secretsBucket: pulumi.Output<string>;
  readonly ageAlarm: pulumi.Output<string>;

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
        version: args.release.version,
      },
      opts,
    );
    const names = backupBucketNames(args.site, args.backupAccountId);
    this.archiveBucket = pulumi.output(names.archives);
    this.secretsBucket = pulumi.output(names.secrets);
    this.ageAlarm = pulumi.output(`${name}-age`);
    this.registerOutputs({});
  }
}
