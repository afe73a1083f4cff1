/** Backups of the aws environment: the one-shot machine's files, and the schedule that starts it. */
import type { AwsAlertTopic } from "../../components/alerts/aws";
import {
  AwsBackupSchedule,
  backupBucketNames,
  backupFiles,
} from "../../components/backup-schedule/aws";
import type { AwsGitLabInstance } from "../../components/gitlab-instance/aws";
import type { AwsInstanceStore } from "../../components/gitlab-instance/aws-store";
import type { AwsManagedData } from "../../components/managed-data/aws";
import { AwsNodeFiles } from "../../components/node-files/aws";
import type { NodeFile } from "../../components/node-files/contract";
import { derived } from "../../components/shared/documents";
import type { alertTopics } from "./alert-topics";
import type { AwsContext } from "./context";
import type { AwsFoundation } from "./foundation";
import type { gitPlace, objectPlace } from "./places";

/** What is backed up, and who is told. */
interface BackupParts {
  readonly data: AwsManagedData;
  readonly git: ReturnType<typeof gitPlace>;
  readonly objects: ReturnType<typeof objectPlace>;
  readonly store: AwsInstanceStore;
  readonly instance: AwsGitLabInstance;
  readonly topic: AwsAlertTopic;
  readonly subscriptions: ReturnType<typeof alertTopics>["subscriptions"];
}

/** Declares the schedule. */
export function backupSchedule(
  { account, as, backupProvider, copy, machineTags, settings, site }: AwsContext,
  { alertKey, groups, identities, keyArn, network, nodeFilesBucket }: AwsFoundation,
  { data, git, instance, objects, store, subscriptions, topic }: BackupParts,
): AwsBackupSchedule {
  const { backupAccount, region } = settings;
  const bucketNames = backupBucketNames(site, backupAccount.accountId);
  const backupNodeFiles = new AwsNodeFiles(
    "backup-files",
    {
      bucket: nodeFilesBucket.bucketName,
      keyArn,
      region,
      environment: site.environment,
      role: "backup",
      files: derived(instance.files("backup"), (files: NodeFile[]) => [
        ...files,
        ...backupFiles({
          backupAccountId: backupAccount.accountId,
          archiveBucket: bucketNames.archives,
          secretsBucket: bucketNames.secrets,
          objectData: settings.objectData,
        }),
      ]),
      logGroup: store.logs.name,
      alertTopicArn: topic.arn,
    },
    as("backup"),
  );
  return new AwsBackupSchedule(
    "backup",
    {
      ...account,
      policy: settings.backup,
      backupAccountId: backupAccount.accountId,
      backupProvider,
      ...(copy === undefined ? {} : { copy }),
      identity: identities.backup,
      release: {
        edition: "ce",
        version: settings.release.version,
        digest: settings.release.digest,
      },
      imageId: settings.images.node,
      instanceType: settings.backup.type,
      scratchGiB: settings.backup.scratchGiB,
      subnetId: network.privateSubnetIds[0] ?? "",
      securityGroupIds: [groups.ids.backup],
      nodeFiles: backupNodeFiles,
      nodeFilesKeyArn: keyArn,
      keyArn,
      secretArns: [
        store.gitlabSecret.arn,
        data.postgres.password.id,
        data.redis.token.id,
        // Rails reads it even where nothing is sent.
        ...(store.smtpPassword === undefined ? [] : [store.smtpPassword.arn]),
      ],
      coordinationTableArn: store.tableArn,
      imageRepositoryArn: store.imagesArn,
      logGroupArn: store.logsArn,
      alertTopicArn: topic.arn,
      alertKeyArn: alertKey.arn,
      ...objects.backup,
      recoverySources: [data.databaseArn, ...git.recoverySources, ...objects.recoverySources],
      subscriptions,
      machineTags: machineTags("backup"),
      ready: [...network.ready, ...groups.ready, ...data.ready, ...nodeFilesBucket.ready],
    },
    as("backup"),
  );
}
