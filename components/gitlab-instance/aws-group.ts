import { Group } from "@pulumi/aws/autoscaling";
import { LaunchTemplate } from "@pulumi/aws/ec2";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsMachineIdentity } from "../identity/aws";
import type { NodeFiles } from "../node-files/contract";
import { Component } from "../shared/component";
import { shownText } from "../shared/documents";
import type { MachineArgs } from "./aws-args";

/** Name of the launch hook: a node completes it once GitLab answers on it, or stays out of service. */
export const readyHook = "ready";

/** Arguments of AwsNodeGroup. */
export interface AwsNodeGroupArgs {
  readonly role: "application" | "gitaly" | "single";
  /** Fixed, since the machines' own files and rights name the group. */
  readonly groupName: string;
  readonly machine: MachineArgs;
  readonly count: number;
  readonly imageId: string;
  readonly identity: AwsMachineIdentity;
  readonly files: NodeFiles;
  readonly keyArn: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly targetGroupArns: readonly pulumi.Input<string>[];
  readonly tags: Readonly<Record<string, string>>;
  /** All that a boot needs: a launch template alone does not order it. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * Machines of one role that replace themselves: a launch template and an Auto Scaling group.
 *
 * A new launch template version starts an instance refresh. Application nodes are launched before old ones are
 * terminated. A machine that writes Git data is terminated before its successor is launched: two may never write at
 * once, and the lease that ensures it would only make the second one wait.
 */
export class AwsNodeGroup extends Component {
  readonly groupName: pulumi.Output<string>;
  readonly group: Group;

  constructor(name: string, args: AwsNodeGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gitlabInstance", "AwsNodeGroup", name, { role: args.role, count: args.count }, opts);
    const writesGit = args.role !== "application";
    const tags = { ...args.tags, Name: args.groupName, Role: args.role };

    const templateName = `${name}-template`;
    const template = new LaunchTemplate(
      templateName,
      {
        description: `GitLab ${args.role} node`,
        imageId: args.imageId,
        instanceType: args.machine.type,
        iamInstanceProfile: { arn: args.identity.instanceProfileArn },
        vpcSecurityGroupIds: [args.securityGroupId],
        userData: shownText(templateName, ["userData"], args.files.userData, { parent: this }),
        ebsOptimized: "true",
        updateDefaultVersion: true,
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          // Two hops: GitLab's container signs S3 requests with the machine's role.
          httpPutResponseHopLimit: 2,
        },
        monitoring: { enabled: true },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeType: "gp3",
              volumeSize: args.machine.diskGiB,
              encrypted: "true",
              kmsKeyId: args.keyArn,
              deleteOnTermination: "true",
            },
          },
        ],
        tagSpecifications: (["instance", "volume", "network-interface"] as const).map(
          (resourceType) => ({ resourceType, tags }),
        ),
      },
      { parent: this, dependsOn: args.files.ready },
    );

    this.group = new Group(
      `${name}-group`,
      {
        name: args.groupName,
        minSize: args.count,
        desiredCapacity: args.count,
        // Room to launch before terminating, where that is wanted.
        maxSize: writesGit ? args.count : args.count * 2,
        vpcZoneIdentifiers: [...args.subnetIds],
        launchTemplate: {
          id: template.id,
          version: template.latestVersion.apply((version) => String(version)),
        },
        targetGroupArns: [...args.targetGroupArns],
        healthCheckType: "ELB",
        // After the launch hook an application node already answers; Gitaly has no hook and must first get its lease.
        healthCheckGracePeriod: writesGit ? 1800 : 300,
        // Moving a machine for the balance between zones is never worth a restart of GitLab.
        suspendedProcesses: ["AZRebalance"],
        instanceMaintenancePolicy: writesGit
          ? { minHealthyPercentage: 0, maxHealthyPercentage: 100 }
          : { minHealthyPercentage: 100, maxHealthyPercentage: 200 },
        instanceRefresh: {
          strategy: "Rolling",
          preferences: writesGit
            ? { minHealthyPercentage: 0, maxHealthyPercentage: 100, skipMatching: true }
            : { minHealthyPercentage: 100, maxHealthyPercentage: 200, skipMatching: true },
        },
        // Without it a node counts as in service while it still waits for migrations, and a refresh would go on to
        // terminate the old ones. Nodes record heartbeats while they wait; 7200 s is what one heartbeat buys.
        ...(writesGit
          ? {}
          : {
              initialLifecycleHooks: [
                {
                  name: readyHook,
                  lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
                  heartbeatTimeout: 7200,
                  defaultResult: "ABANDON",
                },
              ],
            }),
        // A first boot copies the image, makes the secrets and loads the database: longer than the default 10 minutes.
        waitForCapacityTimeout: "60m",
        tags: Object.entries(tags).map(([key, value]) => ({
          key,
          value,
          propagateAtLaunch: false, // the launch template tags machine and volume alike
        })),
      },
      {
        parent: this,
        dependsOn: [...args.ready, ...args.identity.ready],
        customTimeouts: { create: "75m", update: "75m", delete: "30m" },
      },
    );
    this.groupName = this.group.name;
    this.registerOutputs({ groupName: this.groupName });
  }
}
