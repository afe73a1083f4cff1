/** Where Git data and object data lie: the settings `gitaly.data` and `objectData` turned into components. */
import type * as pulumi from "@pulumi/pulumi";
import type { AwsBackupScheduleArgs } from "../../components/backup-schedule/aws";
import type { EbsPlace, EfsPlace, S3Place } from "../../components/gitlab-instance/aws-args";
import type { AwsMachineIdentity } from "../../components/identity/aws";
import { AwsFiles, AwsGitVolume } from "../../components/managed-data/aws";
import type { NetworkFacts } from "../../components/network/contract";
import { AwsObjectStorage } from "../../components/object-storage/aws";
import { objectTypes, type ObjectType } from "../../components/object-storage/contract";
import type { Site } from "../../components/shared/site";
import type { AwsSettings } from "./settings";

interface PlaceArgs {
  readonly site: Site;
  readonly accountId: string;
  readonly settings: AwsSettings;
  readonly network: NetworkFacts;
  readonly keyArn: pulumi.Input<string>;
  /** Security group of EFS mount targets. */
  readonly filesGroupId: pulumi.Input<string>;
  readonly identities: Readonly<Record<"application" | "gitaly" | "backup", AwsMachineIdentity>>;
}

/** A place for data, and what others must know of it. */
interface Placed<Place> {
  readonly place: Place;
  readonly ready: readonly pulumi.Resource[];
  /** What AWS Backup takes recovery points of. */
  readonly recoverySources: readonly pulumi.Output<string>[];
  /** File systems to watch, by what they hold. */
  readonly fileSystems: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The place of Git data: EFS as in the original, or a volume in one zone. */
export function gitPlace(
  args: PlaceArgs,
  opts: pulumi.ComponentResourceOptions,
): Placed<EfsPlace | EbsPlace> {
  const { site, settings, network, keyArn } = args;
  const { identities } = args;
  if (settings.gitaly.data === "ebs") {
    const { zoneIndex, ...size } = settings.gitaly.volume;
    const volume = new AwsGitVolume(
      "git-volume",
      {
        site,
        accountId: args.accountId,
        zone: network.zones[zoneIndex] ?? "",
        ...size,
        keyArn,
      },
      opts,
    );
    const subnetId = network.privateSubnetIds[zoneIndex];
    if (subnetId === undefined) throw new Error(`no private subnet for zone number ${zoneIndex}`);
    return {
      place: { kind: "ebs", volumeId: volume.volumeId, volumeArn: volume.volumeArn, subnetId },
      ready: volume.ready,
      recoverySources: [],
      fileSystems: {},
    };
  }
  const writer = settings.topology === "single" ? identities.application : identities.gitaly;
  const files = new AwsFiles(
    "git-files",
    {
      site,
      purpose: "git",
      subnetIds: network.isolatedSubnetIds,
      securityGroupId: args.filesGroupId,
      keyArn,
      accessPoints: { git: { path: "/git-data", roleArns: [writer.roleArn] } },
    },
    opts,
  );
  return {
    place: {
      kind: "efs",
      fileSystemId: files.fileSystemId,
      fileSystemArn: files.fileSystemArn,
      accessPointId: files.accessPointIds.git,
      accessPointArn: files.accessPointArns.git,
    },
    ready: files.ready,
    recoverySources: [files.fileSystemArn],
    fileSystems: { git: files.fileSystemId },
  };
}

/** The place of artifacts, uploads and the rest: a bucket a type, or shared directories on EFS as in the original. */
export function objectPlace(
  args: PlaceArgs,
  opts: pulumi.ComponentResourceOptions,
): Placed<S3Place | EfsPlace> & {
  /** What the backup must do about it: copy the buckets, or take the directories into the archive. */
  readonly backup: Pick<AwsBackupScheduleArgs, "objectBuckets" | "sharedFiles">;
} {
  const { site, settings, network, keyArn, identities } = args;
  if (settings.objectData === "s3") {
    const storage = new AwsObjectStorage(
      "objects",
      { site, accountId: args.accountId, keyArn },
      opts,
    );
    const replicated = (type: ObjectType) => ({
      name: storage.buckets[type],
      arn: storage.bucketArns[type],
      keyArn,
      ready: storage.ready,
    });
    return {
      place: { kind: "s3", buckets: storage.buckets, bucketArns: storage.bucketArns },
      ready: storage.ready,
      recoverySources: [],
      fileSystems: {},
      backup: {
        // Not the dependency proxy's: it holds copies of public images, which are fetched again.
        objectBuckets: Object.fromEntries(
          objectTypes
            .filter((type) => type !== "dependency_proxy")
            .map((type) => [type, replicated(type)]),
        ),
      },
    };
  }
  const files = new AwsFiles(
    "shared-files",
    {
      site,
      purpose: "shared",
      subnetIds: network.isolatedSubnetIds,
      securityGroupId: args.filesGroupId,
      keyArn,
      accessPoints: {
        shared: {
          path: "/shared",
          roleArns: [identities.application.roleArn, identities.backup.roleArn],
        },
      },
    },
    opts,
  );
  return {
    place: {
      kind: "efs",
      fileSystemId: files.fileSystemId,
      fileSystemArn: files.fileSystemArn,
      accessPointId: files.accessPointIds.shared,
      accessPointArn: files.accessPointArns.shared,
    },
    ready: files.ready,
    recoverySources: [files.fileSystemArn],
    fileSystems: { shared: files.fileSystemId },
    backup: {
      sharedFiles: {
        fileSystemArn: files.fileSystemArn,
        accessPointArn: files.accessPointArns.shared,
      },
    },
  };
}
