import { Instance } from "@pulumi/gcp/compute";
import * as pulumi from "@pulumi/pulumi";
import { metadataKey, packFiles, renderCloudInit } from "../node-files/metadata";
import type { NodeFile } from "../node-files/contract";
import { Component } from "../shared/component";
import type { GcpRunnerFleetArgs } from "./gcp-args";
import { shielded } from "./gcp-workers";

/** Arguments of GcpRunnerManager. */
export interface GcpRunnerManagerArgs {
  readonly fleet: GcpRunnerFleetArgs;
  readonly machineName: string;
  readonly files: pulumi.Input<readonly NodeFile[]>;
  readonly ready: readonly pulumi.Resource[];
}

/**
 * The manager: one small machine on demand, with nothing on it that is worth keeping. Its files come by its metadata,
 * so that new settings reach it while it runs; another image makes a new machine, the old one deleted first, since two
 * managers of one runner would fight over the same workers.
 */
export class GcpRunnerManager extends Component {
  /** Number under which Cloud Monitoring knows the machine. */
  readonly instanceId: pulumi.Output<string>;
  readonly machineName: pulumi.Output<string>;

  constructor(name: string, args: GcpRunnerManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet, files } = args;
    super("runnerFleet", "GcpRunnerManager", name, { type: fleet.fleet.managerType }, opts);
    const machine = new Instance(
      `${name}-machine`,
      {
        name: args.machineName,
        description: `Manager of runner fleet ${fleet.fleet.name}`,
        zone: fleet.zone,
        machineType: fleet.fleet.managerType,
        allowStoppingForUpdate: true,
        deletionProtection: false,
        desiredStatus: "RUNNING",
        bootDisk: {
          autoDelete: true,
          initializeParams: {
            image: fleet.image,
            size: 20,
            type: fleet.managerDisk ?? "pd-balanced",
          },
        },
        networkInterfaces: [{ subnetwork: fleet.subnetId }],
        serviceAccount: {
          email: fleet.identity.email,
          // What it may do is said by IAM alone (https://cloud.google.com/compute/docs/access/service-accounts).
          scopes: ["https://www.googleapis.com/auth/cloud-platform"],
        },
        scheduling: {
          provisioningModel: "STANDARD",
          preemptible: false,
          automaticRestart: true,
          onHostMaintenance: "MIGRATE",
        },
        shieldedInstanceConfig: shielded,
        metadata: {
          "enable-oslogin": "TRUE",
          "block-project-ssh-keys": "TRUE",
          "serial-port-enable": "FALSE",
          "user-data": renderCloudInit("gcp"),
          [metadataKey]: pulumi.output(files).apply((list) => packFiles("gcp", list)),
        },
        labels: { ...fleet.labels, "runner-fleet": fleet.fleet.name },
      },
      {
        parent: this,
        deleteBeforeReplace: true,
        dependsOn: [...args.ready, ...fleet.identity.ready],
      },
    );
    this.instanceId = machine.instanceId;
    this.machineName = machine.name;
    this.registerOutputs({ machineName: this.machineName });
  }
}
