import { VirtualMachineScaleSet } from "@pulumi/azure-native/compute/virtualMachineScaleSet";
import { UpgradeMode } from "@pulumi/azure-native/types/enums/compute";
import type * as pulumi from "@pulumi/pulumi";
import { azureId, standingId } from "../shared/azure";
import { Component } from "../shared/component";
import { trustedLaunch, ubuntuImage, type AzureRunnerFleetArgs } from "./azure-args";
import { ubuntuUser, workerUserData } from "./worker";

/** Arguments of AzureRunnerWorkers. */
export interface AzureRunnerWorkersArgs {
  readonly fleet: AzureRunnerFleetArgs;
  /** Fixed: the manager's settings name it. */
  readonly scaleSetName: string;
  /** One line of `authorized_keys`: the manager's, who alone reaches the machines. */
  readonly publicKey: pulumi.Input<string>;
}

/**
 * The workers: Spot machines of a Uniform scale set, started and ended by the manager alone.
 *
 * As the plugin wants it: Uniform, nobody else who scales, no overprovisioning, machines that stay on the model that
 * they were made from (https://docs.gitlab.com/runner/executors/docker_autoscaler/). They have no identity.
 *
 * A change of the set (image, size, disk) is sent whole, with the capacity that the state knows, since Azure takes no
 * size without one (https://github.com/Azure/vm-scale-sets/issues/70). `pulumi up --refresh` brings the present one
 * into the state first; without it such a change ends the workers that run, and their jobs fail as at an eviction.
 */
export class AzureRunnerWorkers extends Component {
  readonly scaleSetId: pulumi.Output<string>;
  readonly scaleSetName: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if the fleet names no machine size */
  constructor(name: string, args: AzureRunnerWorkersArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet } = args;
    const { maxWorkers, workerTypes, workerDiskGiB } = fleet.fleet;
    const [size] = workerTypes;
    if (size === undefined) throw new Error(`fleet ${fleet.fleet.name} has no machine size`);
    super("runnerFleet", "AzureRunnerWorkers", name, { maxWorkers, spot: true, size }, opts);
    const set = new VirtualMachineScaleSet(
      `${name}-set`,
      {
        resourceGroupName: fleet.place.resourceGroupName,
        location: fleet.place.location,
        vmScaleSetName: args.scaleSetName,
        orchestrationMode: "Uniform",
        sku: { name: size, tier: "Standard", capacity: 0 },
        overprovision: false,
        // More than 100 machines, and less that has to be found in one place.
        singlePlacementGroup: false,
        platformFaultDomainCount: 1,
        // No machine is changed or restarted while it works: it dies with its jobs, and the next has the new model.
        upgradePolicy: { mode: UpgradeMode.Manual },
        virtualMachineProfile: {
          priority: "Spot",
          // What is taken away is gone; a stopped machine would count as one of the set.
          evictionPolicy: "Delete",
          // Up to the price on demand: taken away for want of room, never for the price.
          billingProfile: { maxPrice: -1 },
          osProfile: {
            // Before Azure's own six characters.
            computerNamePrefix: "worker",
            adminUsername: ubuntuUser,
            customData: Buffer.from(workerUserData("ubuntu", ubuntuUser), "utf8").toString(
              "base64",
            ),
            allowExtensionOperations: false,
            linuxConfiguration: {
              disablePasswordAuthentication: true,
              provisionVMAgent: true,
              ssh: {
                // Ed25519 is one of the two forms that Azure takes
                // (https://learn.microsoft.com/azure/virtual-machines/linux/create-ssh-keys-detailed).
                publicKeys: [
                  { path: `/home/${ubuntuUser}/.ssh/authorized_keys`, keyData: args.publicKey },
                ],
              },
            },
          },
          securityProfile: trustedLaunch,
          storageProfile: {
            imageReference: ubuntuImage(fleet.imageVersion),
            osDisk: {
              createOption: "FromImage",
              caching: "ReadWrite",
              diskSizeGB: workerDiskGiB,
              osType: "Linux",
              managedDisk: { storageAccountType: "Premium_LRS" },
            },
          },
          networkProfile: {
            networkInterfaceConfigurations: [
              {
                name: "worker",
                primary: true,
                enableIPForwarding: false,
                ipConfigurations: [
                  // No public address: out by the subnet's NAT gateway.
                  { name: "worker", primary: true, subnet: { id: fleet.subnetId } },
                ],
              },
            ],
          },
        },
        tags: { ...fleet.tags, RunnerFleet: fleet.fleet.name },
      },
      {
        parent: this,
        dependsOn: [...(fleet.ready ?? [])],
        // The manager moves the capacity; a later update must not take its workers away.
        ignoreChanges: ["sku.capacity"],
      },
    );
    this.scaleSetId = standingId(
      set,
      azureId(args.fleet.place, `Microsoft.Compute/virtualMachineScaleSets/${args.scaleSetName}`),
    );
    this.scaleSetName = set.name;
    this.ready = [set];
    this.registerOutputs({ scaleSetName: this.scaleSetName });
  }
}
