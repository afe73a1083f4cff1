/** A small subscription in the sandbox for tests of Azure's models: what most resources need around them. */
import { azureNative } from "../../../sandbox/models/azure-native";
import { Bench, urnOf, type Connection, type Known, type Wire } from "../sandbox/support/client";

export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
export const TENANT = "00000000-0000-0000-0000-00000000000a";
export const GUIDS = {
  group: "11111111-1111-4111-8111-111111111111",
  other: "22222222-2222-4222-8222-222222222222",
} as const;
/** A public key as Azure takes it. */
export const SSH_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl tests";

/** A key is taken away by `undefined`. */
export type Change = Record<string, Wire[string] | undefined>;

/** Inputs with some keys changed or taken away. */
export function changed(inputs: Wire, change: Change): Wire {
  const entries = Object.entries({ ...inputs, ...change });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, Wire[string]] => entry[1] !== undefined),
  );
}

/** A subscription with a resource group, and a provider to make more in it. */
export class Subscription {
  private count = 0;

  private constructor(
    readonly bench: Bench,
    readonly provider: Connection,
    readonly group: Known,
  ) {}

  static async open(): Promise<Subscription> {
    const bench = await Bench.start([azureNative]);
    const provider = await bench.connect("azure-native", {
      subscriptionId: SUBSCRIPTION,
      tenantId: TENANT,
      location: "westeurope",
    });
    const urn = urnOf("azure-native:resources:ResourceGroup", "group");
    const group = await provider.make(urn, { resourceGroupName: "gitlab" });
    return new Subscription(bench, provider, group);
  }

  close(): void {
    this.bench.stop();
  }

  /** Makes a resource in the group; fails with what Check or the cloud says. */
  make(type: string, inputs: Wire, name = `object${++this.count}`): Promise<Known> {
    return this.provider.make(urnOf(`azure-native:${type}`, name), {
      resourceGroupName: "gitlab",
      ...inputs,
    });
  }

  /** Makes what stands on a scope instead of in a group. */
  on(type: string, inputs: Wire, name = `object${++this.count}`): Promise<Known> {
    return this.provider.make(urnOf(`azure-native:${type}`, name), inputs);
  }

  /** Changes a resource in place; fails with what Check or the cloud says. */
  async change(object: Known, change: Change): Promise<Known> {
    const checked = await this.provider.check(
      object.urn,
      changed(object.inputs, change),
      object.inputs,
    );
    if (checked.failures.length > 0) {
      throw new Error(checked.failures.map(({ reason }) => reason).join("; "));
    }
    return this.provider.update(object, checked.inputs);
  }

  /** A virtual network. */
  network(): Promise<Known> {
    return this.make("network:VirtualNetwork", {
      virtualNetworkName: "main",
      addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    });
  }

  /** A subnet of the network called main. */
  subnet(name: string, addressPrefix: string, more: Wire = {}): Promise<Known> {
    return this.make("network:Subnet", {
      virtualNetworkName: "main",
      subnetName: name,
      addressPrefix,
      ...more,
    });
  }

  /** A network interface in a subnet. */
  card(subnetId: string, more: Wire = {}): Promise<Known> {
    return this.make("network:NetworkInterface", {
      ipConfigurations: [{ name: "main", primary: true, subnet: { id: subnetId }, ...more }],
    });
  }

  /** A public address as all of them are. */
  address(more: Change = {}): Promise<Known> {
    return this.make(
      "network:PublicIPAddress",
      changed(
        { sku: { name: "Standard" }, publicIPAllocationMethod: "Static", zones: ["1", "2", "3"] },
        more,
      ),
    );
  }

  /** An empty disk in zone 1. */
  disk(name: string, more: Change = {}): Promise<Known> {
    return this.make(
      "compute:Disk",
      changed(
        {
          diskName: name,
          creationData: { createOption: "Empty" },
          diskSizeGB: 64,
          sku: { name: "Premium_LRS" },
          zones: ["1"],
        },
        more,
      ),
    );
  }
}

/** A trusted machine in zone 1 with one interface and some disks. */
export function machine(card: Known, disks: readonly Known[], more: Change = {}): Wire {
  return changed(
    {
      vmName: "gitlab",
      zones: ["1"],
      hardwareProfile: { vmSize: "Standard_D4s_v5" },
      networkProfile: { networkInterfaces: [{ id: card.id, primary: true }] },
      osProfile: {
        adminUsername: "host",
        computerName: "gitlab",
        customData: "I2Nsb3VkLWNvbmZpZwo=",
        linuxConfiguration: {
          disablePasswordAuthentication: true,
          ssh: { publicKeys: [{ path: "/home/host/.ssh/authorized_keys", keyData: SSH_KEY }] },
        },
      },
      securityProfile: {
        securityType: "TrustedLaunch",
        encryptionAtHost: true,
        uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
      },
      storageProfile: {
        imageReference: {
          publisher: "Canonical",
          offer: "ubuntu-24_04-lts",
          sku: "server",
          version: "24.04.202510010",
        },
        osDisk: {
          createOption: "FromImage",
          managedDisk: { storageAccountType: "Premium_LRS" },
        },
        dataDisks: disks.map(({ id }, lun) => ({
          lun,
          createOption: "Attach",
          managedDisk: { id },
        })),
      },
      userData: "Zmlyc3Q=",
    },
    more,
  );
}
