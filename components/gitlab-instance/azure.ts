import { VirtualMachine } from "@pulumi/azure-native/compute/virtualMachine";
import { NetworkInterface } from "@pulumi/azure-native/network/networkInterface";
import type * as pulumi from "@pulumi/pulumi";
import { azureId } from "../shared/azure";
import { Component } from "../shared/component";
import { derived, shownText } from "../shared/documents";
import { fixedName } from "../shared/names";
import type { AzureGitLabInstanceArgs } from "./azure-args";
import { diskFacts, diskPurposes, diskUnit } from "./azure-disks";
import type { GitLabInstance } from "./contract";
import { machineBundle, machineFiles, renderCloudInit } from "./package";
import type { PackageMachineFacts } from "./package/contract";

export type { AzureGitLabInstanceArgs, AzureMachine } from "./azure-args";
export { AzureInstanceDisks, type AzureInstanceDisksArgs } from "./azure-disks";
export { AzureInstanceStore, type AzureInstanceStoreArgs } from "./azure-store";

/** Name of an environment's machine, known before it stands: its own files name its id. */
export function azureMachineName(site: AzureGitLabInstanceArgs["site"]): string {
  return fixedName({ maxLength: 64 }, site.prefix);
}

/**
 * What Azure changes on no machine that stands (PropertyChangeNotAllowed,
 * https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/error-property-change-not-allowed): a change
 * of it makes a new machine. Not among it: size, data disks, tags, and `userData`.
 */
const ofTheMachineItself = [
  "osProfile",
  "storageProfile.imageReference",
  "storageProfile.osDisk",
  "zones",
];

/**
 * GitLab from the Linux package on one virtual machine, its objects elsewhere.
 *
 * The machine holds nothing: another image makes a new one on the same disks, address, names and identity, the old one
 * deleted first, since a disk is written by one machine at a time. All other settings reach it while it runs: its files
 * are its user data, which its loader watches.
 */
export class AzureGitLabInstance extends Component implements GitLabInstance {
  readonly url: string;
  readonly registryUrl: string;
  readonly sshHost: string;
  /** Resource id, known before the machine stands, and the same for each that takes its place. */
  readonly machineId: string;
  readonly machineName: string;
  readonly interfaceId: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if there is neither a contact for Let's Encrypt nor a certificate, or both */
  constructor(name: string, args: AzureGitLabInstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hosts, machine, place } = args;
    super(
      "gitlabInstance",
      "AzureGitLabInstance",
      name,
      {
        edition: "ce",
        channel: "nightly-builds",
        size: machine.size,
        image: machine.imageVersion,
        zone: args.zone,
      },
      opts,
    );
    const own = { parent: this };
    this.url = `https://${hosts.web}`;
    this.registryUrl = `https://${hosts.registry}`;
    this.sshHost = hosts.ssh;
    this.machineName = azureMachineName(args.site);
    this.machineId = azureId(place, `Microsoft.Compute/virtualMachines/${this.machineName}`);
    const { resourceGroupName, location } = place;

    const card = new NetworkInterface(
      `${name}-interface`,
      {
        resourceGroupName,
        location,
        enableAcceleratedNetworking: true,
        enableIPForwarding: false,
        ipConfigurations: [
          {
            name: "machine",
            primary: true,
            privateIPAddressVersion: "IPv4",
            privateIPAllocationMethod: "Dynamic",
            subnet: { id: args.network.subnetIds.machine },
            publicIPAddress: { id: args.address.addressId },
          },
        ],
      },
      { ...own, dependsOn: [...args.network.ready] },
    );
    const files = derived(facts(args, this.machineId), (plain: PackageMachineFacts) =>
      machineBundle("azure", machineFiles(plain)),
    );
    const vmName = `${name}-machine`;
    const vm = new VirtualMachine(
      vmName,
      {
        resourceGroupName,
        location,
        vmName: this.machineName,
        zones: [args.zone],
        hardwareProfile: { vmSize: machine.size },
        priority: "Regular",
        identity: { type: "UserAssigned", userAssignedIdentities: [args.identity.identityId] },
        networkProfile: {
          networkInterfaces: [{ id: card.id, primary: true, deleteOption: "Detach" }],
        },
        osProfile: {
          computerName: this.machineName,
          adminUsername: machine.adminUsername,
          // The same for every setting: a change of it would make a new machine.
          customData: Buffer.from(renderCloudInit("azure"), "utf8").toString("base64"),
          allowExtensionOperations: false,
          linuxConfiguration: {
            disablePasswordAuthentication: true,
            provisionVMAgent: true,
            ssh: {
              publicKeys: [
                {
                  path: `/home/${machine.adminUsername}/.ssh/authorized_keys`,
                  keyData: machine.adminSshKey,
                },
              ],
            },
            // Ubuntu's own security updates, by the image's unattended-upgrades; GitLab's package is held.
            patchSettings: { patchMode: "ImageDefault", assessmentMode: "ImageDefault" },
          },
        },
        securityProfile: {
          securityType: "TrustedLaunch",
          uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
          encryptionAtHost: true,
        },
        storageProfile: {
          // The links of data disks by their unit's number are SCSI's.
          diskControllerType: "SCSI",
          imageReference: {
            publisher: "Canonical",
            offer: "ubuntu-24_04-lts",
            sku: "server",
            version: machine.imageVersion,
          },
          osDisk: {
            createOption: "FromImage",
            caching: "ReadWrite",
            deleteOption: "Delete",
            diskSizeGB: machine.osDiskGiB,
            osType: "Linux",
            managedDisk: { storageAccountType: "Premium_LRS" },
          },
          dataDisks: diskPurposes.map((purpose) => ({
            lun: diskUnit(purpose),
            createOption: "Attach",
            deleteOption: "Detach",
            // Both hold a database of their own making (PostgreSQL, Git): they cache what they read themselves.
            caching: "None" as const,
            managedDisk: { id: args.disks.disks[purpose].id },
          })),
        },
        // In storage that Azure keeps: for a machine that does not get as far as its network.
        diagnosticsProfile: { bootDiagnostics: { enabled: true } },
        userData: shownText(vmName, ["userData"], files, own),
      },
      {
        ...own,
        deleteBeforeReplace: true,
        replaceOnChanges: ofTheMachineItself,
        customTimeouts: { create: "30m", update: "30m", delete: "30m" },
        dependsOn: [
          ...args.ready,
          ...args.network.ready,
          ...args.address.ready,
          ...args.disks.ready,
          ...args.store.ready,
        ],
      },
    );
    this.interfaceId = card.id;
    this.ready = [vm];
    this.registerOutputs({ url: this.url, sshHost: this.sshHost });
  }
}

/** What of a machine's facts waits for resources. */
interface Later {
  readonly clientId: string;
  readonly buckets: PackageMachineFacts["objects"]["buckets"];
  readonly backup: PackageMachineFacts["backup"];
}

function facts(
  args: AzureGitLabInstanceArgs,
  machineId: string,
): pulumi.Output<PackageMachineFacts> {
  const { place, store } = args;
  const { tlsNames } = store;
  if ((tlsNames === undefined) === (args.letsEncryptContact === undefined)) {
    throw new Error("want a contact for Let's Encrypt, or a certificate and its key");
  }
  return derived<Later, PackageMachineFacts>(
    {
      clientId: args.identity.clientId,
      buckets: args.objects.buckets,
      backup: args.backup,
    },
    ({ clientId, buckets, backup }) => ({
      environment: args.site.environment,
      cloud: {
        kind: "azure",
        subscriptionId: place.subscriptionId,
        resourceGroup: place.groupName,
        location: place.location,
        vaultUrl: args.vault.url,
        identityClientId: clientId,
        metricsResourceId: machineId,
      },
      edition: "ce",
      channel: "nightly-builds",
      ubuntu: "noble",
      hosts: args.hosts,
      tls:
        tlsNames === undefined
          ? { kind: "lets-encrypt", contact: args.letsEncryptContact ?? "" }
          : { kind: "given", ...tlsNames },
      repositories: diskFacts("repositories"),
      state: diskFacts("state"),
      secrets: store.names,
      postgres: { kind: "bundled" },
      redis: { kind: "bundled" },
      objects: { project: args.objects.project, buckets, access: "key" },
      ...(args.smtp === undefined ? {} : { smtp: args.smtp }),
      monitoringCidrs: args.monitoringCidrs,
      hostSshPort: args.hostSshPort,
      upgrade: args.upgrade,
      backup,
      oauthApplications: args.oauthApplications,
      adminEmails: [],
      mirrors: args.mirrors,
      runners: args.runners,
    }),
  );
}
