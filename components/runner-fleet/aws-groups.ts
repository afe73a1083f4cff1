import { Group } from "@pulumi/aws/autoscaling";
import { LaunchTemplate, type LaunchTemplateArgs } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { AwsMachineIdentity } from "../identity/aws";
import { Component } from "../shared/component";
import { shownText } from "../shared/documents";
import type { AwsRunnerFleetArgs } from "./args";
import { workerUserData } from "./worker";

interface MachineArgs {
  readonly fleet: AwsRunnerFleetArgs;
  /** Fixed: rights and the manager's settings name it. */
  readonly groupName: string;
  readonly ready: readonly pulumi.Resource[];
}

/** What managers and workers have in common; hops and identity are what tells them apart. */
function machine(
  { fleet, groupName }: MachineArgs,
  diskGiB: number,
  hops: 1 | 2,
): Pick<
  LaunchTemplateArgs,
  | "imageId"
  | "ebsOptimized"
  | "updateDefaultVersion"
  | "metadataOptions"
  | "blockDeviceMappings"
  | "tagSpecifications"
> {
  const tags = {
    ...fleet.machineTags,
    Name: groupName,
    Role: hops === 1 ? "runner-worker" : "runner-manager",
  };
  return {
    imageId: fleet.imageId,
    ebsOptimized: "true",
    updateDefaultVersion: true,
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: hops,
    },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeType: "gp3",
          volumeSize: diskGiB,
          encrypted: "true",
          kmsKeyId: fleet.keyArn,
          deleteOnTermination: "true",
        },
      },
    ],
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
      resourceType,
      tags,
    })),
  };
}

function groupTags({ fleet, groupName }: MachineArgs) {
  // The launch templates tag machines and volumes themselves.
  return Object.entries({ ...fleet.machineTags, Name: groupName }).map(([key, value]) => ({
    key,
    value,
    propagateAtLaunch: false,
  }));
}

/**
 * The workers: Spot machines of several types, started and ended by the manager alone.
 *
 * As the executor wants it: no scaling policy, scale-in protection, AZRebalance suspended, one group a runner
 * (https://docs.gitlab.com/runner/executors/docker_autoscaler/). They carry no identity of the cloud, and one hop for
 * metadata keeps jobs in containers away from it.
 */
export class AwsRunnerWorkers extends Component {
  readonly groupName: pulumi.Output<string>;

  constructor(name: string, args: MachineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet } = args;
    const { maxWorkers, workerTypes, workerDiskGiB } = fleet.fleet;
    super("runnerFleet", "AwsRunnerWorkers", name, { maxWorkers, spot: true }, opts);
    const template = new LaunchTemplate(
      `${name}-template`,
      {
        ...machine(args, workerDiskGiB, 1),
        description: `Worker of runner fleet ${fleet.fleet.name}`,
        vpcSecurityGroupIds: [fleet.workerSecurityGroupId],
        userData: Buffer.from(workerUserData(), "utf8").toString("base64"),
      },
      { parent: this },
    );
    const group = new Group(
      `${name}-group`,
      {
        name: args.groupName,
        minSize: 0,
        maxSize: maxWorkers,
        desiredCapacity: 0,
        vpcZoneIdentifiers: fleet.privateSubnetIds,
        mixedInstancesPolicy: {
          instancesDistribution: {
            onDemandBaseCapacity: 0,
            onDemandPercentageAboveBaseCapacity: 0,
            spotAllocationStrategy: "price-capacity-optimized",
          },
          launchTemplate: {
            launchTemplateSpecification: {
              launchTemplateId: template.id,
              version: pulumi.interpolate`${template.latestVersion}`,
            },
            overrides: workerTypes.map((instanceType) => ({ instanceType })),
          },
        },
        healthCheckType: "EC2",
        protectFromScaleIn: true,
        capacityRebalance: false,
        suspendedProcesses: ["AZRebalance"],
        // None is wanted at first; the manager asks for them.
        waitForCapacityTimeout: "0",
        // A group with workers can still be taken down with its environment.
        forceDelete: true,
        tags: groupTags(args),
      },
      // The manager moves the desired capacity; a later update must not take its workers away.
      { parent: this, dependsOn: [...args.ready], ignoreChanges: ["desiredCapacity"] },
    );
    this.groupName = group.name;
    this.registerOutputs({ groupName: this.groupName });
  }
}

/** Arguments of AwsRunnerManager. */
export interface AwsRunnerManagerArgs extends MachineArgs {
  readonly identity: AwsMachineIdentity;
  readonly userData: pulumi.Output<string>;
}

/** The manager: one small machine on demand, replaced when it dies or its settings change. */
export class AwsRunnerManager extends Component {
  readonly groupName: pulumi.Output<string>;

  constructor(name: string, args: AwsRunnerManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet } = args;
    super("runnerFleet", "AwsRunnerManager", name, { type: fleet.fleet.managerType }, opts);
    const templateName = `${name}-template`;
    const template = new LaunchTemplate(
      templateName,
      {
        ...machine(args, 20, 2),
        description: `Manager of runner fleet ${fleet.fleet.name}`,
        instanceType: fleet.fleet.managerType,
        iamInstanceProfile: { arn: args.identity.instanceProfileArn },
        vpcSecurityGroupIds: [fleet.managerSecurityGroupId],
        userData: shownText(templateName, ["userData"], args.userData, { parent: this }),
      },
      { parent: this },
    );
    const group = new Group(
      `${name}-group`,
      {
        name: args.groupName,
        minSize: 1,
        maxSize: 1,
        desiredCapacity: 1,
        vpcZoneIdentifiers: fleet.privateSubnetIds,
        launchTemplate: {
          id: template.id,
          version: pulumi.interpolate`${template.latestVersion}`,
        },
        healthCheckType: "EC2",
        healthCheckGracePeriod: 600,
        suspendedProcesses: ["AZRebalance"],
        // Two managers of one runner would fight over the same workers: the old one goes first.
        instanceMaintenancePolicy: { minHealthyPercentage: 0, maxHealthyPercentage: 100 },
        instanceRefresh: {
          strategy: "Rolling",
          preferences: { minHealthyPercentage: 0, maxHealthyPercentage: 100, skipMatching: true },
        },
        tags: groupTags(args),
      },
      { parent: this, dependsOn: [...args.ready, ...args.identity.ready] },
    );
    this.groupName = group.name;
    this.registerOutputs({ groupName: this.groupName });
  }
}
