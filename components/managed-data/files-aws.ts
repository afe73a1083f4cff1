import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** One directory of the file system, and who may mount it. */
export interface FilesAccessPoint {
  /** Directory that a mount sees as its root, for example `/git-data`. Made at the first mount. */
  readonly path: string;
  /** Numeric owner of that directory. @default 0, root: Omnibus sets owners below it itself */
  readonly ownerUid?: number;
  /** @default 0 */
  readonly ownerGid?: number;
  /** Octal, four digits. @default "0755" */
  readonly permissions?: string;
  /** Roles of the machines that may mount it, to read, write and act as root. At least one. */
  readonly roleArns: readonly pulumi.Input<string>[];
}

/** Arguments of AwsFiles. */
export interface AwsFilesArgs<Point extends string> {
  readonly site: Site;
  /** What it holds, as part of its name: `git`, `shared`. */
  readonly purpose: string;
  /** One a zone; each gets a mount target. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly accessPoints: Readonly<Record<Point, FilesAccessPoint>>;
  /**
   * Days without access after which a file moves to infrequent access, and back at the first access.
   * @default never: reading from there is slower and costs by the byte
   */
  readonly infrequentAccessAfterDays?: 7 | 14 | 30 | 60 | 90;
}

/** A file system over all zones. */
export class AwsFiles<Point extends string> extends Component {
  readonly fileSystemId: pulumi.Output<string>;
  readonly fileSystemArn: pulumi.Output<string>;
  readonly accessPointIds: Readonly<Record<Point, pulumi.Output<string>>>;
  readonly accessPointArns: Readonly<Record<Point, pulumi.Output<string>>>;
  /** Mount targets, access points and the policy: what a mount needs. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsFilesArgs<Point>, opts?: pulumi.ComponentResourceOptions) {
    super("managedData", "AwsFiles", name, { purpose: args.purpose }, opts);
    const none = Object.fromEntries(
      Object.keys(args.accessPoints).map((point) => [point, pulumi.output("")]),
    ) as Record<Point, pulumi.Output<string>>;
    this.fileSystemId = pulumi.output("");
    this.fileSystemArn = pulumi.output("");
    this.accessPointIds = none;
    this.accessPointArns = none;
    this.ready = [];
    this.registerOutputs({});
  }
}
