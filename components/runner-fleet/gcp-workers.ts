import { InstanceGroupManager, InstanceTemplate } from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { GcpRunnerFleetArgs } from "./gcp-args";
import { ubuntuUser, workerUserData } from "./worker";

/** Arguments of GcpRunnerWorkers. */
export interface GcpRunnerWorkersArgs {
  readonly fleet: GcpRunnerFleetArgs;
  /** Fixed: the manager's settings name it, and its rights name the machines by it. At most 58 characters. */
  readonly groupName: string;
}

/** What managers and workers alike are guarded by (https://cloud.google.com/compute/shielded-vm/docs/shielded-vm). */
export const shielded = {
  enableSecureBoot: true,
  enableVtpm: true,
  enableIntegrityMonitoring: true,
} as const;

/**
 * The workers: Spot machines, started and ended by the manager alone.
 *
 * As the executor and its plugin want it: a managed group in one zone, no autoscaler, and nobody but the manager who
 * repairs or replaces a machine (https://docs.gitlab.com/runner/executors/docker_autoscaler/,
 * https://gitlab.com/gitlab-org/fleeting/plugins/googlecloud#instance-group-setup). They have no service account, so
 * that a job finds no token at the metadata service.
 */
export class GcpRunnerWorkers extends Component {
  readonly groupName: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if the fleet names no machine type */
  constructor(name: string, args: GcpRunnerWorkersArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet, groupName } = args;
    const { maxWorkers, workerTypes, workerDiskGiB } = fleet.fleet;
    const [machineType] = workerTypes;
    if (machineType === undefined) throw new Error(`fleet ${fleet.fleet.name} has no machine type`);
    super("runnerFleet", "GcpRunnerWorkers", name, { maxWorkers, spot: true, machineType }, opts);
    const own = { parent: this };
    const template = new InstanceTemplate(
      `${name}-template`,
      {
        description: `Worker of runner fleet ${fleet.fleet.name}`,
        instanceDescription: `Worker of runner fleet ${fleet.fleet.name}`,
        machineType,
        disks: [
          {
            boot: true,
            autoDelete: true,
            sourceImage: fleet.image,
            diskSizeGb: workerDiskGiB,
            diskType: fleet.workerDisk ?? "pd-balanced",
            labels: { ...fleet.labels },
          },
        ],
        // No access configuration: no address of the internet.
        networkInterfaces: [{ subnetwork: fleet.subnetId }],
        // What Spot wants beside its own name (https://cloud.google.com/compute/docs/instances/spot).
        scheduling: {
          provisioningModel: "SPOT",
          preemptible: true,
          automaticRestart: false,
          onHostMaintenance: "TERMINATE",
          instanceTerminationAction: "DELETE",
        },
        shieldedInstanceConfig: shielded,
        metadata: {
          // The plugin brings its key by metadata, which OS Login would pass over.
          "enable-oslogin": "FALSE",
          "block-project-ssh-keys": "TRUE",
          "serial-port-enable": "FALSE",
          "user-data": workerUserData("ubuntu", ubuntuUser),
        },
        tags: [fleet.workerTag],
        labels: { ...fleet.labels, "runner-fleet": fleet.fleet.name },
      },
      own,
    );
    const group = new InstanceGroupManager(
      `${name}-group`,
      {
        name: groupName,
        description: `Workers of runner fleet ${fleet.fleet.name}`,
        zone: fleet.zone,
        baseInstanceName: groupName,
        versions: [{ name: "worker", instanceTemplate: template.selfLinkUnique }],
        targetSize: 0,
        // New machines take the new template; machines with jobs are left to end theirs.
        updatePolicy: {
          type: "OPPORTUNISTIC",
          minimalAction: "REPLACE",
          mostDisruptiveAllowedAction: "REPLACE",
        },
        instanceLifecyclePolicy: {
          defaultActionOnFailure: "DO_NOTHING",
          forceUpdateOnRepair: "NO",
        },
        waitForInstances: false,
      },
      // The manager moves the target size; a later update must not take its workers away.
      { ...own, dependsOn: [...(fleet.ready ?? [])], ignoreChanges: ["targetSize"] },
    );
    this.groupName = group.name;
    this.ready = [group];
    this.registerOutputs({ groupName: this.groupName });
  }
}
