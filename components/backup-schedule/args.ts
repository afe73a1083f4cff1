import type { Provider } from "@pulumi/aws/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { GitLabRelease } from "../gitlab-instance/contract";
import type { NodeFiles } from "../node-files/contract";
import type { ObjectType } from "../object-storage/contract";
import type { Site } from "../shared/site";
import type { AwsMachineIdentity } from "../identity/aws";
import type { BackupPolicy } from "./contract";

/** A bucket of GitLab's objects that is replicated into the backup account. */
export interface ReplicatedBucket {
  readonly name: pulumi.Input<string>;
  readonly arn: pulumi.Input<string>;
  /** Key that the bucket's objects are encrypted with. */
  readonly keyArn: pulumi.Input<string>;
  /** What must stand before replication can be set: the bucket's versioning above all. */
  readonly ready: readonly pulumi.Resource[];
}

/** Where people are told that a backup is missing. */
export interface BackupSubscription {
  readonly protocol: "email" | "https";
  readonly endpoint: string;
}

/** Shared files that are backed up from a file system, when GitLab's objects lie there. */
export interface BackupFileSystem {
  readonly fileSystemArn: pulumi.Input<string>;
  readonly accessPointArn: pulumi.Input<string>;
}

export interface AwsBackupScheduleArgs {
  readonly site: Site;
  readonly policy: BackupPolicy;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Twelve digits. Must be in the same AWS organization, or AWS Backup refuses the copies. */
  readonly backupAccountId: string;
  /** Provider of the backup account, same region: the options cannot tell two AWS providers apart. */
  readonly backupProvider: Provider;
  /** A second region of the backup account that archives are copied to. @default no copy */
  readonly copy?: { readonly region: string; readonly provider: Provider };
  /** Role and instance profile of the machine; made apart, because file systems name the role before this stands. */
  readonly identity: AwsMachineIdentity;
  readonly release: GitLabRelease;
  /** AMI of the machine: Amazon Linux 2023. */
  readonly imageId: pulumi.Input<string>;
  readonly instanceType: string;
  /** Scratch volume, GiB: at least twice the archive, since the parts and the archive lie beside each other. */
  readonly scratchGiB: number;
  /** Root volume, GiB. @default 40 */
  readonly rootGiB?: number;
  /** Minutes after which the machine ends whatever it does. @default 720 */
  readonly deadlineMinutes?: number;
  readonly subnetId: pulumi.Input<string>;
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The machine's files and loader, role `backup`. */
  readonly nodeFiles: NodeFiles & {
    readonly objectArns: pulumi.Input<pulumi.Input<string>[]>;
  };
  /** Key that the loader's files are encrypted with. */
  readonly nodeFilesKeyArn: pulumi.Input<string>;
  /** Key of the environment's own data: volumes, queue, secrets, AWS Backup's vault. */
  readonly keyArn: pulumi.Input<string>;
  /** Secrets that the machine reads: GitLab's own, the database password, the Redis token. */
  readonly secretArns: readonly pulumi.Input<string>[];
  readonly coordinationTableArn: pulumi.Input<string>;
  readonly imageRepositoryArn: pulumi.Input<string>;
  readonly logGroupArn: pulumi.Input<string>;
  /** SNS topic of the environment, in its own account. */
  readonly alertTopicArn: pulumi.Input<string>;
  /** Key of that topic. */
  readonly alertKeyArn: pulumi.Input<string>;
  /** Given when GitLab's objects lie on a file system: it is then part of the archive. */
  readonly sharedFiles?: BackupFileSystem;
  /** Buckets that are replicated into the backup account. @default none */
  readonly objectBuckets?: Readonly<Partial<Record<ObjectType, ReplicatedBucket>>>;
  /** What AWS Backup takes recovery points of: the database instance and the file systems, by ARN. */
  readonly recoverySources: readonly pulumi.Input<string>[];
  /** Days that AWS Backup keeps a recovery point. @default policy.retentionDays */
  readonly recoveryPointDays?: number;
  readonly subscriptions: readonly BackupSubscription[];
  /** Tags of the machine and its volumes: a provider's default tags do not reach those. */
  readonly machineTags?: Readonly<Record<string, string>>;
  /** What the machine's boot needs and no argument here names: routes, mount targets, policies. */
  readonly ready?: readonly pulumi.Resource[];
}
