import type * as pulumi from "@pulumi/pulumi";
import type { Site } from "../shared/site";
import type { FleetSettings } from "./contract";

/** What is installed on a manager, pinned. */
export interface RunnerRelease {
  /** GitLab Runner, `MAJOR.MINOR.PATCH`: same minor as GitLab. */
  readonly version: string;
  /** Fleeting plugin of the cloud, `MAJOR.MINOR.PATCH`. */
  readonly pluginVersion: string;
  /**
   * SHA-256 of the binary `gitlab-runner-linux-amd64`, hexadecimal.
   * @default what GitLab's list of the release says, which proves a whole download and not its origin
   */
  readonly sha256?: string;
}

export interface AwsRunnerFleetArgs {
  readonly site: Site;
  readonly fleet: FleetSettings;
  readonly release: RunnerRelease;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** `https://…`: where jobs are fetched from, and where workers clone from. */
  readonly gitlabUrl: string;
  readonly vpcId: pulumi.Input<string>;
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly managerSecurityGroupId: pulumi.Input<string>;
  readonly workerSecurityGroupId: pulumi.Input<string>;
  /** AMI of managers and workers: Amazon Linux 2023, x86_64. */
  readonly imageId: pulumi.Input<string>;
  /** Key of the environment's own data: volumes, token, cache. */
  readonly keyArn: pulumi.Input<string>;
  /** Bucket with the machines' files. */
  readonly filesBucket: pulumi.Input<string>;
  readonly filesKeyArn: pulumi.Input<string>;
  readonly logGroup: { readonly name: pulumi.Input<string>; readonly arn: pulumi.Input<string> };
  readonly alertTopicArn: pulumi.Input<string>;
  /** Key of that topic. */
  readonly alertKeyArn: pulumi.Input<string>;
  /** Days after which a cached file is deleted. @default 14 */
  readonly cacheDays?: number;
  /** Tags of the machines and their volumes: a provider's default tags do not reach those. */
  readonly machineTags?: Readonly<Record<string, string>>;
  /** What a manager's boot needs and no argument here names: routes, policies. */
  readonly ready?: readonly pulumi.Resource[];
}
