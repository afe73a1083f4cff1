/** What the models of Azure's machines, disks and scale sets let through and what they refuse. */
import type { Known, Wire } from "../sandbox/support/client";
import { changed, machine, SSH_KEY, Subscription, type Change } from "./azure-support";

const VM = "compute:VirtualMachine";
let azure: Subscription;
let subnet: Known;
beforeEach(async () => {
  azure = await Subscription.open();
  await azure.network();
  subnet = await azure.subnet("machine", "10.0.1.0/24");
});
afterEach(() => azure.close());

/** Inputs with a value deep inside another; a key is taken away by `undefined`. */
function put(inputs: Wire, path: string, value: Wire[string] | undefined): Wire {
  const [first = "", ...rest] = path.split(".");
  if (rest.length === 0) return changed(inputs, { [first]: value });
  const inner = inputs[first];
  const block = typeof inner === "object" && inner !== null ? (inner as Wire) : {};
  return { ...inputs, [first]: put(block, rest.join("."), value) };
}

describe("disks", () => {
  test("an empty disk has a size, and keeps to what its type offers", async () => {
    const disk = await azure.disk("repositories");
    expect(disk.outputs).toMatchObject({ name: "repositories", provisioningState: "Succeeded" });
    await expect(azure.disk("a", { diskSizeGB: undefined })).rejects.toThrow(/diskSizeGB/);
    await expect(azure.disk("a", { diskIOPSReadWrite: 4000 })).rejects.toThrow(/PremiumV2_LRS/);
    await expect(
      azure.disk("a", { sku: { name: "PremiumV2_LRS" }, zones: undefined }),
    ).rejects.toThrow(/zones/);
    await expect(azure.disk("a", { sku: { name: "Premium_ZRS" } })).rejects.toThrow(/zones/);
    await azure.disk("fast", { sku: { name: "PremiumV2_LRS" }, diskIOPSReadWrite: 4000 });
  });

  test("a disk grows, never shrinks, and keeps its type and zone", async () => {
    const disk = await azure.disk("repositories");
    const larger = await azure.change(disk, { diskSizeGB: 128 });
    await expect(azure.change(larger, { diskSizeGB: 64 })).rejects.toThrow(/smaller/);
    await expect(azure.change(disk, { sku: { name: "StandardSSD_LRS" } })).rejects.toThrow(
      /PropertyChangeNotAllowed.*sku/,
    );
    await expect(azure.change(disk, { zones: ["2"] })).rejects.toThrow(/zones/);
  });
});

describe("machines", () => {
  let card: Known;
  let disks: Known[];
  beforeEach(async () => {
    card = await azure.card(subnet.id);
    disks = [await azure.disk("repositories"), await azure.disk("state")];
  });
  const make = (more: Change = {}) => azure.make(VM, machine(card, disks, more));

  test("a machine is made, and keeps its interface, disks, subnet and group", async () => {
    const vm = await make();
    expect(vm.id).toMatch(/\/providers\/Microsoft\.Compute\/virtualMachines\/gitlab$/);
    for (const used of [card, ...disks, subnet, azure.group]) {
      await expect(azure.provider.delete(used)).rejects.toThrow(/InUse/);
    }
    await azure.provider.delete(vm);
    for (const free of [card, ...disks]) await azure.provider.delete(free);
  });

  test("a disk and an interface are one machine's alone", async () => {
    await make();
    const other = await azure.card(subnet.id);
    const third = await azure.disk("third");
    await expect(azure.make(VM, machine(card, [third], { vmName: "two" }))).rejects.toThrow(
      /uses already/,
    );
    await expect(azure.make(VM, machine(other, disks, { vmName: "two" }))).rejects.toThrow(
      /uses already/,
    );
    await azure.make(VM, machine(other, [third], { vmName: "two" }));
  });

  test("user data, size, tags and disks change in place", async () => {
    const vm = await make();
    const larger = await azure.change(vm, {
      userData: "c2Vjb25k",
      hardwareProfile: { vmSize: "Standard_D8s_v5" },
      tags: { owner: "tests" },
    });
    expect(larger.outputs["userData"]).toBe("c2Vjb25k");
    const third = await azure.disk("third");
    await azure.change(larger, {
      storageProfile: machine(card, [...disks, third])["storageProfile"],
    });
  });

  test.each<[string, string, Wire[string]]>([
    ["the image's version", "storageProfile.imageReference.version", "24.04.202511010"],
    [
      "the type of the system's disk",
      "storageProfile.osDisk.managedDisk.storageAccountType",
      "StandardSSD_LRS",
    ],
    ["the size of the system's disk", "storageProfile.osDisk.diskSizeGB", 64],
    ["custom data", "osProfile.customData", "b3RoZXIK"],
    ["the administrator", "osProfile.adminUsername", "other"],
    ["the host's name", "osProfile.computerName", "other"],
    ["the zone", "zones", ["2"]],
    ["encryption at the host", "securityProfile.encryptionAtHost", false],
    ["secure boot", "securityProfile.uefiSettings.secureBootEnabled", false],
  ])(
    "%s can't be changed in place, and the provider itself does not replace for it",
    async (_, path, value) => {
      const vm = await make();
      const { inputs, failures } = await azure.provider.check(
        vm.urn,
        put(vm.inputs, path, value),
        vm.inputs,
      );
      expect(failures).toEqual([]);
      expect((await azure.provider.diff(vm, inputs)).replaces).toEqual([]);
      await expect(azure.provider.update(vm, inputs)).rejects.toThrow(/PropertyChangeNotAllowed/);
    },
  );

  test("another machine is made for another name, the old one deleted first", async () => {
    const vm = await make();
    const { inputs } = await azure.provider.check(
      vm.urn,
      { ...vm.inputs, vmName: "other" },
      vm.inputs,
    );
    const diff = await azure.provider.diff(vm, inputs);
    expect(diff).toMatchObject({ replaces: ["vmName"], deleteBeforeReplace: true });
  });

  test.each<[string, string, Wire[string] | undefined, RegExp]>([
    ["with more than 64 KB of user data", "userData", "A".repeat(65540), /65536/],
    ["with user data that is no base64", "userData", "#!/bin/sh", /base64/],
    [
      "with custom data above 65535 bytes",
      "osProfile.customData",
      Buffer.alloc(65536).toString("base64"),
      /65535/,
    ],
    ["with an administrator called admin", "osProfile.adminUsername", "admin", /adminUsername/],
    ["without a way in", "osProfile.linuxConfiguration", {}, /SSH public key/],
    ["without the system", "osProfile", undefined, /required/],
    ["without a size", "hardwareProfile", undefined, /vmSize/],
    ["with an image and no version", "storageProfile.imageReference.version", undefined, /version/],
    [
      "with UEFI settings and no security type",
      "securityProfile.securityType",
      undefined,
      /securityType/,
    ],
    ["with eviction and no Spot", "evictionPolicy", "Delete", /priority Spot/],
    ["with a price and no Spot", "billingProfile", { maxPrice: -1 }, /priority Spot/],
    [
      "with a size that has no premium disks",
      "hardwareProfile.vmSize",
      "Standard_D4_v5",
      /premium/,
    ],
    ["of the first generation", "hardwareProfile.vmSize", "Standard_DS2_v2", /Generation 2/],
    ["in two zones", "zones", ["1", "2"], /at most 1/],
    ["in another zone than its disks", "zones", ["2"], /zone/],
    ["in no zone, with disks of one", "zones", undefined, /zone/],
    ["with a property that there is not", "osProfile.windowsConfiguration", {}, /not modelled/],
  ])("a machine %s is refused", async (_, path, value, message) => {
    await expect(azure.make(VM, put(machine(card, disks), path, value))).rejects.toThrow(message);
  });

  test("a Spot machine says what becomes of it; a resize keeps to sizes without a disk of the host", async () => {
    const spot = await make({
      priority: "Spot",
      evictionPolicy: "Deallocate",
      billingProfile: { maxPrice: -1 },
    });
    await expect(
      azure.change(spot, { hardwareProfile: { vmSize: "Standard_D4ds_v5" } }),
    ).rejects.toThrow(/resource disk/);
  });

  test("two disks have LUNs of their own", async () => {
    const inputs = machine(card, disks);
    const storage = inputs["storageProfile"] as { dataDisks: Wire[] };
    const dataDisks = storage.dataDisks.map((disk) => ({ ...disk, lun: 1 }));
    await expect(
      azure.make(VM, put(inputs, "storageProfile.dataDisks", dataDisks)),
    ).rejects.toThrow(/same lun/);
  });
});

describe("scale sets", () => {
  const set = (): Wire => ({
    orchestrationMode: "Uniform",
    sku: { name: "Standard_D4s_v5", capacity: 0 },
    upgradePolicy: { mode: "Manual" },
    overprovision: false,
    singlePlacementGroup: false,
    virtualMachineProfile: {
      priority: "Spot",
      evictionPolicy: "Delete",
      billingProfile: { maxPrice: -1 },
      osProfile: {
        computerNamePrefix: "worker",
        adminUsername: "runner",
        linuxConfiguration: {
          disablePasswordAuthentication: true,
          ssh: { publicKeys: [{ path: "/home/runner/.ssh/authorized_keys", keyData: SSH_KEY }] },
        },
      },
      storageProfile: {
        imageReference: {
          publisher: "Canonical",
          offer: "ubuntu-24_04-lts",
          sku: "server",
          version: "24.04.202510010",
        },
        osDisk: { createOption: "FromImage" },
      },
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: "worker",
            primary: true,
            ipConfigurations: [{ name: "worker", subnet: { id: subnet.id } }],
          },
        ],
      },
    },
  });
  const make = (inputs: Wire) => azure.make("compute:VirtualMachineScaleSet", inputs);

  test("a Spot set with manual upgrades is made, takes a new image in place and keeps its subnet", async () => {
    const made = await make(set());
    const profile = "virtualMachineProfile.storageProfile.imageReference.version";
    const newer = await azure.change(made, put(made.inputs, profile, "24.04.202511010"));
    await expect(azure.provider.delete(subnet)).rejects.toThrow(/InUse/);
    await expect(
      azure.change(newer, put(newer.inputs, "virtualMachineProfile.priority", "Regular")),
    ).rejects.toThrow(/priority|evictionPolicy/);
  });

  test.each<[string, string, Wire[string] | undefined, RegExp]>([
    ["without a way to upgrade", "upgradePolicy", undefined, /upgradePolicy/],
    ["with rolling upgrades that know no health", "upgradePolicy", { mode: "Rolling" }, /health/],
    ["of burstable Spot machines", "sku.name", "Standard_B2s", /B-series/],
    ["of 200 machines in one placement group", "sku.capacity", 200, /singlePlacementGroup/],
    [
      "that says what becomes of disks",
      "virtualMachineProfile.storageProfile.osDisk.deleteOption",
      "Delete",
      /Flexible/,
    ],
    ["with eviction and no Spot", "virtualMachineProfile.priority", "Regular", /Spot/],
  ])("a set %s is refused", async (_, path, value, message) => {
    let inputs = put(set(), path, value);
    if (path === "sku.capacity") inputs = put(inputs, "singlePlacementGroup", true);
    await expect(make(inputs)).rejects.toThrow(message);
  });
});
