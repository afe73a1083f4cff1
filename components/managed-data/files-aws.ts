import * as efs from "@pulumi/aws/efs";
import type * as pulumi from "@pulumi/pulumi";
import { madeArn } from "../shared/aws";
import { Component } from "../shared/component";
import { withForm } from "../shared/documents";
import { fixedName } from "../shared/names";
import { shownPolicyJson } from "../shared/policy-json";
import { stateful, type Site } from "../shared/site";
import { filesPolicy } from "./files-policy";

/** One directory of the file system, and who may mount it. */
export interface FilesAccessPoint {
  /** Directory that a mount sees as its root, for example `/git-data`. Made at the first mount. */
  readonly path: string;
  /** Numeric owner of that directory when it is made. @default 0, root: Omnibus sets owners below it itself */
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

/**
 * A file system over all zones: encrypted, elastic throughput, mounted over TLS with the machine's role.
 *
 * Its access points set a root directory and never a POSIX user: one with a user replaces every uid, and Omnibus' chown
 * then stops the container (https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html).
 *
 * GitLab advises against EFS for Git data and gives no support for its speed there
 * (docs.gitlab.com/administration/nfs, "Avoid using cloud-based file systems"); AwsGitVolume is the alternative.
 */
export class AwsFiles<Point extends string> extends Component {
  readonly fileSystemId: pulumi.Output<string>;
  readonly fileSystemArn: pulumi.Output<string>;
  readonly accessPointIds: Readonly<Record<Point, pulumi.Output<string>>>;
  readonly accessPointArns: Readonly<Record<Point, pulumi.Output<string>>>;
  /** Mount targets, access points and the policy: what a mount needs. */
  readonly ready: pulumi.Resource[];

  /** @throws if an access point is for nobody */
  constructor(name: string, args: AwsFilesArgs<Point>, opts?: pulumi.ComponentResourceOptions) {
    super("managedData", "AwsFiles", name, { purpose: args.purpose }, opts);
    const own = { parent: this };
    const keys = Object.keys(args.accessPoints) as Point[];
    for (const key of keys) {
      if (args.accessPoints[key].roleArns.length === 0) {
        throw new Error(`access point ${key}: no role may mount it`);
      }
    }
    const token = fixedName({ maxLength: 64 }, args.site.prefix, args.purpose);
    const days = args.infrequentAccessAfterDays;
    const files = new efs.FileSystem(
      `${name}-files`,
      {
        // Two requests with one token make one file system.
        creationToken: token,
        encrypted: true,
        kmsKeyId: args.keyArn,
        performanceMode: "generalPurpose",
        throughputMode: "elastic",
        lifecyclePolicies:
          days === undefined
            ? undefined
            : [
                { transitionToIa: `AFTER_${days}_DAYS` },
                { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
              ],
        tags: { Name: token },
      },
      stateful(args.site, own),
    );
    // Recovery points are made by BackupSchedule's plan, into its own vaults; EFS's own would be a second set.
    const backups = new efs.BackupPolicy(
      `${name}-own-backups`,
      { fileSystemId: files.id, backupPolicy: { status: "DISABLED" } },
      own,
    );
    const targets = args.subnetIds.map(
      (subnetId, index) =>
        new efs.MountTarget(
          `${name}-target-${index + 1}`,
          { fileSystemId: files.id, subnetId, securityGroups: [args.securityGroupId] },
          own,
        ),
    );
    const points = keys.map((key) => {
      const point = args.accessPoints[key];
      return {
        key,
        roleArns: point.roleArns,
        resource: new efs.AccessPoint(
          `${name}-${key}`,
          {
            fileSystemId: files.id,
            rootDirectory: {
              path: point.path,
              creationInfo: {
                ownerUid: point.ownerUid ?? 0,
                ownerGid: point.ownerGid ?? 0,
                permissions: point.permissions ?? "0755",
              },
            },
            tags: { Name: `${token}-${key}` },
          },
          own,
        ),
      };
    });
    this.fileSystemArn = madeArn("fileSystem", files.arn);
    const policyName = `${name}-policy`;
    const policy = new efs.FileSystemPolicy(
      policyName,
      {
        fileSystemId: files.id,
        policy: shownPolicyJson(
          policyName,
          filesPolicy(
            this.fileSystemArn,
            points.map(({ key, roleArns, resource }) => ({
              key,
              arn: madeArn("accessPoint", resource.arn),
              roleArns,
            })),
          ),
          own,
        ),
      },
      own,
    );
    const byPoint = (
      output: (point: efs.AccessPoint) => pulumi.Output<string>,
    ): Record<Point, pulumi.Output<string>> =>
      Object.fromEntries(points.map(({ key, resource }) => [key, output(resource)])) as Record<
        Point,
        pulumi.Output<string>
      >;
    this.fileSystemId = withForm(files.id, "fs-{id}");
    this.accessPointIds = byPoint((point) => withForm(point.id, "fsap-{id}"));
    this.accessPointArns = byPoint((point) => point.arn);
    this.ready = [files, backups, ...targets, ...points.map(({ resource }) => resource), policy];
    this.registerOutputs({ fileSystemId: this.fileSystemId });
  }
}
