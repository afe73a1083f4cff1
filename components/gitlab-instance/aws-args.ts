import type * as pulumi from "@pulumi/pulumi";
import type { AwsMachineIdentity } from "../identity/aws";
import type { ManagedData } from "../managed-data/contract";
import type { NetworkFacts } from "../network/contract";
import type { ObjectType } from "../object-storage/contract";
import type { RunnerFleet } from "../runner-fleet/contract";
import type { Site } from "../shared/site";
import type { AwsInstanceStore } from "./aws-store";
import type { GitLabRelease } from "./contract";

/** A directory on EFS, mounted over TLS with the machine's role. */
export interface EfsPlace {
  readonly kind: "efs";
  readonly fileSystemId: pulumi.Input<string>;
  readonly fileSystemArn: pulumi.Input<string>;
  readonly accessPointId: pulumi.Input<string>;
  readonly accessPointArn: pulumi.Input<string>;
}

/** A volume in one zone: the Git machine is bound to that zone. */
export interface EbsPlace {
  readonly kind: "ebs";
  readonly volumeId: pulumi.Input<string>;
  readonly volumeArn: pulumi.Input<string>;
  /** Private subnet of the volume's zone. */
  readonly subnetId: pulumi.Input<string>;
}

/** A bucket for each object type. */
export interface S3Place {
  readonly kind: "s3";
  readonly buckets: Readonly<Record<ObjectType, pulumi.Input<string>>>;
  readonly bucketArns: Readonly<Record<ObjectType, pulumi.Input<string>>>;
}

/** A kind of machine: how many and how large. */
export interface MachineArgs {
  /** EC2 type; not burstable. */
  readonly type: string;
  readonly diskGiB: number;
}

/** Arguments of AwsGitLabInstance. */
export interface AwsGitLabInstanceArgs {
  readonly site: Site;
  readonly region: string;
  readonly accountId: string;
  readonly release: GitLabRelease;
  /**
   * `distributed`: application nodes and a Gitaly node. `single`: one machine that is both.
   * GitLab supports Gitaly in a scaling group in neither form.
   */
  readonly topology: "distributed" | "single";
  readonly application: MachineArgs & {
    /** Nodes; with `single` it is always one. */
    readonly count: number;
    readonly pumaWorkers: number | null;
    readonly sidekiqConcurrency: number | null;
  };
  readonly gitaly: MachineArgs;
  /** AMI: Amazon Linux 2023, x86_64. */
  readonly imageId: string;
  /** Who the machines are. With `single`, `gitaly` is not used. */
  readonly identities: {
    readonly application: AwsMachineIdentity;
    readonly gitaly: AwsMachineIdentity;
  };
  readonly network: NetworkFacts;
  readonly securityGroupIds: {
    readonly application: pulumi.Input<string>;
    readonly gitaly: pulumi.Input<string>;
  };
  /** What the machines share and keep. */
  readonly store: AwsInstanceStore;
  /** Key of the environment's data: volumes, secrets, the table, the bundles. */
  readonly keyArn: pulumi.Input<string>;
  /** Key of the alert topic. */
  readonly alertKeyArn: pulumi.Input<string>;
  /** Private bucket for the machines' files. */
  readonly filesBucket: pulumi.Input<string>;
  readonly hosts: { readonly web: string; readonly registry: string; readonly ssh: string };
  readonly internal: {
    readonly gitalyHost: string;
    readonly gitalyPort: 8075;
    readonly apiUrl: string;
  };
  readonly targetGroupArns: {
    readonly web: pulumi.Input<string>;
    readonly registry: pulumi.Input<string>;
    readonly ssh: pulumi.Input<string>;
    readonly gitaly: pulumi.Input<string>;
    /** Only with `distributed`. */
    readonly internalApi?: pulumi.Input<string>;
  };
  readonly data: ManagedData;
  /** Where Git data lies. */
  readonly git: EfsPlace | EbsPlace;
  /** Where artifacts, uploads and the rest lie. */
  readonly objects: S3Place | EfsPlace;
  readonly runners: readonly RunnerFleet[];
  readonly smtp?: {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly domain: string;
    readonly from: string;
  };
  readonly alertTopicArn: pulumi.Input<string>;
  /** Tags of machines, volumes and groups: a provider's default tags do not reach those. */
  readonly machineTags: Readonly<Record<string, string>>;
  /** What the machines' boot needs and no argument here names: mount targets, listeners, rules. */
  readonly ready: readonly pulumi.Resource[];
}
