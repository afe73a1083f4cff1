import * as dlm from "@pulumi/aws/dlm";
import * as ebs from "@pulumi/aws/ebs";
import * as iam from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import { madeArn } from "../shared/aws";
import { Component } from "../shared/component";
import { withForm } from "../shared/documents";
import { serviceTrust } from "../shared/iam";
import { stateful, type Site } from "../shared/site";

/** Arguments of AwsGitVolume. */
export interface AwsGitVolumeArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  /** Availability zone of the volume, and so of the node that uses it. */
  readonly zone: string;
  readonly sizeGiB: number;
  /** 3000 to 16000. */
  readonly iops: number;
  /** 125 to 1000, at most a quarter of `iops`. */
  readonly throughputMiBps: number;
  readonly keyArn: pulumi.Input<string>;
  /** Hours between two snapshots: what a lost zone costs at most. @default 1 */
  readonly snapshotEveryHours?: 1 | 2 | 3 | 4 | 6 | 8 | 12 | 24;
  /** How many snapshots are kept, 1 to 1000. @default 48 */
  readonly snapshotsKept?: number;
  /**
   * Snapshot that the volume is made from, after the loss of its zone; stays once set, since taking it away would
   * replace the volume.
   * @default an empty volume
   */
  readonly restoreFrom?: string;
}

/**
 * The volume that Git data lies on where it does not lie on EFS. It is in one zone: when that is lost, the newest
 * snapshot is what there is. Snapshots are taken by Data Lifecycle Manager, found by a tag of the volume.
 */
export class AwsGitVolume extends Component {
  readonly volumeId: pulumi.Output<string>;
  readonly volumeArn: pulumi.Output<string>;
  readonly zone: string;
  /** The volume and its snapshots' schedule. */
  readonly ready: pulumi.Resource[];

  /** @throws if EBS would refuse the throughput */
  constructor(name: string, args: AwsGitVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("managedData", "AwsGitVolume", name, { zone: args.zone, sizeGiB: args.sizeGiB }, opts);
    // docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html: 0.25 MiB/s for each provisioned IOPS.
    if (args.throughputMiBps > args.iops / 4) {
      throw new Error(
        `throughputMiBps: found ${args.throughputMiBps}, allowed: a quarter of ${args.iops} IOPS`,
      );
    }
    const own = { parent: this };
    const target = { "gitlab:git-volume": args.site.prefix };
    const volume = new ebs.Volume(
      `${name}-volume`,
      {
        availabilityZone: args.zone,
        type: "gp3",
        size: args.sizeGiB,
        iops: args.iops,
        throughput: args.throughputMiBps,
        encrypted: true,
        kmsKeyId: args.keyArn,
        snapshotId: args.restoreFrom,
        finalSnapshot: true,
        tags: { Name: `${args.site.prefix}-git`, ...target },
      },
      stateful(args.site, own),
    );
    const role = new iam.Role(
      `${name}-snapshots`,
      {
        description: "Takes and prunes the snapshots of the Git volume",
        assumeRolePolicy: JSON.stringify(serviceTrust("dlm.amazonaws.com", args.accountId)),
      },
      own,
    );
    const rights = new iam.RolePolicyAttachment(
      `${name}-snapshots`,
      {
        role: role.name,
        policyArn: "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole",
      },
      own,
    );
    const snapshots = new dlm.LifecyclePolicy(
      `${name}-snapshots`,
      {
        description: `${args.site.prefix} snapshots of the Git volume`,
        executionRoleArn: role.arn,
        state: "ENABLED",
        policyDetails: {
          resourceTypes: ["VOLUME"],
          targetTags: target,
          schedules: [
            {
              name: "git",
              copyTags: true,
              createRule: {
                interval: args.snapshotEveryHours ?? 1,
                intervalUnit: "HOURS",
                times: "00:15",
              },
              retainRule: { count: args.snapshotsKept ?? 48 },
            },
          ],
        },
      },
      { ...own, dependsOn: [rights] },
    );
    this.volumeId = withForm(volume.id, "vol-{id}");
    this.volumeArn = madeArn("volume", volume.arn);
    this.zone = args.zone;
    this.ready = [volume, snapshots];
    this.registerOutputs({ volumeId: this.volumeId });
  }
}
