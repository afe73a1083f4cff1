import { VirtualMachine } from "@pulumi/azure-native/compute/virtualMachine";
import { NetworkInterface } from "@pulumi/azure-native/network/networkInterface";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureMachineIdentity } from "../identity/azure";
import type { NodeFile } from "../node-files/contract";
import { packFiles, renderCloudInit } from "../node-files/metadata";
import { azureId, standingId } from "../shared/azure";
import { Component } from "../shared/component";
import { derived, shownText } from "../shared/documents";
import { trustedLaunch, ubuntuImage, type AzureRunnerFleetArgs } from "./azure-args";

/** Arguments of AzureRunnerManager. */
export interface AzureRunnerManagerArgs {
  readonly fleet: AzureRunnerFleetArgs;
  readonly identity: AzureMachineIdentity;
  /** Fixed: the machine's own files name its id. */
  readonly machineName: string;
  readonly files: pulumi.Output<readonly NodeFile[]>;
  readonly ready: readonly pulumi.Resource[];
}

/**
 * The manager: one small machine on demand, with nothing on it that is worth keeping. Its files come by its user data,
 * so that new settings reach it while it runs; another image makes a new machine, the old one deleted first, since two
 * managers of one runner would fight over the same workers.
 */
export class AzureRunnerManager extends Component {
  readonly machineId: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AzureRunnerManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet } = args;
    super("runnerFleet", "AzureRunnerManager", name, { size: fleet.fleet.managerType }, opts);
    const own = { parent: this };
    const { resourceGroupName, location } = fleet.place;
    const { username, sshKey } = fleet.admin;
    const card = new NetworkInterface(
      `${name}-interface`,
      {
        resourceGroupName,
        location,
        enableIPForwarding: false,
        ipConfigurations: [
          {
            name: "manager",
            primary: true,
            privateIPAddressVersion: "IPv4",
            privateIPAllocationMethod: "Dynamic",
            subnet: { id: fleet.subnetId },
          },
        ],
      },
      { ...own, dependsOn: [...(fleet.ready ?? [])] },
    );
    const vmName = `${name}-machine`;
    const machine = new VirtualMachine(
      vmName,
      {
        resourceGroupName,
        location,
        vmName: args.machineName,
        hardwareProfile: { vmSize: fleet.fleet.managerType },
        priority: "Regular",
        // The only one: the fleeting plugin then takes it.
        identity: { type: "UserAssigned", userAssignedIdentities: [args.identity.identityId] },
        networkProfile: {
          networkInterfaces: [{ id: card.id, primary: true, deleteOption: "Detach" }],
        },
        osProfile: {
          computerName: args.machineName,
          adminUsername: username,
          // The same for every setting: a change of it makes a new machine.
          customData: Buffer.from(renderCloudInit("azure"), "utf8").toString("base64"),
          allowExtensionOperations: false,
          linuxConfiguration: {
            disablePasswordAuthentication: true,
            provisionVMAgent: true,
            ssh: {
              publicKeys: [{ path: `/home/${username}/.ssh/authorized_keys`, keyData: sshKey }],
            },
            patchSettings: { patchMode: "ImageDefault", assessmentMode: "ImageDefault" },
          },
        },
        securityProfile: trustedLaunch,
        storageProfile: {
          imageReference: ubuntuImage(fleet.imageVersion),
          osDisk: {
            createOption: "FromImage",
            caching: "ReadWrite",
            deleteOption: "Delete",
            diskSizeGB: 30,
            osType: "Linux",
            managedDisk: { storageAccountType: "StandardSSD_LRS" },
          },
        },
        diagnosticsProfile: { bootDiagnostics: { enabled: true } },
        userData: shownText(
          vmName,
          ["userData"],
          derived<readonly NodeFile[], string>(args.files, (files) => packFiles("azure", files)),
          own,
        ),
        tags: { ...fleet.tags, RunnerFleet: fleet.fleet.name },
      },
      {
        ...own,
        deleteBeforeReplace: true,
        // What Azure changes on no machine that stands (PropertyChangeNotAllowed).
        replaceOnChanges: ["osProfile", "storageProfile.imageReference", "storageProfile.osDisk"],
        dependsOn: [...args.ready],
      },
    );
    this.machineId = standingId(
      machine,
      azureId(fleet.place, `Microsoft.Compute/virtualMachines/${args.machineName}`),
    );
    this.ready = [machine];
    this.registerOutputs({ machineId: this.machineId });
  }
}
