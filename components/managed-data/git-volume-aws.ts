import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** Arguments of AwsGitVolume. */
export interface AwsGitVolumeArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
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
  /** How many snapshots are kept. @default 48 */
  readonly snapshotsKept?: number;
}

/** The volume that Git data lies on where it does not lie on EFS, with snapshots. */
export class AwsGitVolume extends Component {
  readonly volumeId: pulumi.Output<string>;
  readonly volumeArn: pulumi.Output<string>;
  readonly zone: string;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsGitVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("managedData", "AwsGitVolume", name, { zone: args.zone, sizeGiB: args.sizeGiB }, opts);
    this.volumeId = pulumi.output("");
    this.volumeArn = pulumi.output("");
    this.zone = args.zone;
    this.ready = [];
    this.registerOutputs({});
  }
}
