/** Virtual machines. https://learn.microsoft.com/azure/virtual-machines/ */
import type { Condition, ResourceModel, Rule } from "../../model";
import {
  applicationProfile,
  billingProfile,
  bootDiagnostics,
  caching,
  capabilities,
  createOption,
  CUSTOM_DATA,
  deleteOption,
  evictionPolicy,
  identity,
  imageReference,
  machineRules,
  managedDisk,
  minutes,
  osDisk,
  osProfile,
  plan,
  priority,
  scheduledEvents,
  securityProfile,
  size,
  TRUSTED,
  userData,
  VMS,
  vmSizeProperties,
  WINDOWS,
} from "./compute-fields";
import {
  arm,
  attached,
  block,
  blocks,
  bool,
  foreign,
  int,
  LEARN,
  list,
  location,
  NETWORK_INTERFACE,
  oneOf,
  out,
  outJson,
  partial,
  rule,
  str,
  systemData,
  tags,
  unaddable,
  unchangeable,
  VIRTUAL_MACHINE,
  zone,
} from "./common";

const RESIZE = `${LEARN}virtual-machines/sizes/resize-vm`;
const NICS = `${LEARN}virtual-machines/linux/multiple-nics`;
const DISKS = `${LEARN}virtual-machines/linux/attach-disk-portal`;
/** A letter d after the number of vCPUs: a disk of the host beside the managed ones, from the fourth version on. */
const WITH_LOCAL_DISK = "Standard_[A-Z]{1,3}\\d+(-\\d+)?[a-z]*d[a-z]*_.*v[4-9]";
const given = (property: string): Condition => ({ property, present: true });

const dataDisks = partial(
  {
    caching,
    createOption,
    deleteOption,
    detachOption: oneOf(["ForceDetach"]),
    diskSizeGB: int({ min: 1, max: 65536 }),
    lun: int({ required: true, min: 0, max: 63 }),
    managedDisk: managedDisk(true),
    name: str({ pattern: "[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}" }),
    sourceResource: foreign("Microsoft.Compute/(snapshots|disks)"),
    toBeDetached: bool(),
    writeAcceleratorEnabled: bool(),
  },
  WINDOWS,
  { maxItems: 64 },
);

/** What ARM accepts for a machine that exists only while it is deallocated, which a running one never is. */
const whileDeallocated = (path: string, source: string): readonly Rule[] => [
  ...unchangeable([path], source, "it can be changed while the machine is deallocated alone"),
  ...unaddable([path], source, "hardwareProfile"),
];

const rules: readonly Rule[] = [
  ...machineRules(""),
  rule(
    "a machine has a size and disks",
    undefined,
    {
      all: [
        given("hardwareProfile.vmSize"),
        given("storageProfile.osDisk"),
        given("networkProfile.networkInterfaces"),
      ],
    },
    "InvalidParameter: `hardwareProfile.vmSize`, `storageProfile.osDisk` and `networkProfile.networkInterfaces` are required",
    VMS,
  ),
  rule(
    "one of many interfaces is primary",
    { property: "networkProfile.networkInterfaces", lengthAtLeast: 2 },
    given("networkProfile.networkInterfaces[primary=true]"),
    "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary: `networkProfile.networkInterfaces`: one of several must be primary",
    NICS,
  ),
  rule(
    "interfaces are named by id, each once",
    given("networkProfile.networkInterfaces"),
    {
      all: [
        { property: "networkProfile.networkInterfaces[]", every: given("id") },
        { property: "networkProfile.networkInterfaces[].id", distinct: true },
      ],
    },
    "InvalidParameter: `networkProfile.networkInterfaces` needs ids, each once",
    NICS,
  ),
  rule(
    "interfaces are in the machine's region",
    given("networkProfile.networkInterfaces"),
    { property: "networkProfile.networkInterfaces[].id->location", allAmong: ["location"] },
    "InvalidParameter: `networkProfile.networkInterfaces` must be in the region of the machine",
    NICS,
  ),
  rule(
    "a disk to attach is named",
    given("storageProfile.dataDisks"),
    {
      property: "storageProfile.dataDisks[]",
      every: {
        any: [
          {
            all: [
              { property: "createOption", equals: "Attach" },
              given("managedDisk.id"),
              { property: "diskSizeGB", present: false },
            ],
          },
          {
            all: [
              { property: "createOption", notEquals: "Attach" },
              { property: "managedDisk.id", present: false },
            ],
          },
        ],
      },
    },
    "InvalidParameter: `storageProfile.dataDisks`: managedDisk.id goes with createOption Attach, and a disk that exists has its own size",
    DISKS,
  ),
  rule(
    "a new empty disk has a size",
    given("storageProfile.dataDisks[createOption=Empty]"),
    { property: "storageProfile.dataDisks[createOption=Empty]", every: given("diskSizeGB") },
    "InvalidParameter: `storageProfile.dataDisks`: an Empty disk needs diskSizeGB",
    DISKS,
  ),
  rule(
    "disks are in the machine's region",
    given("storageProfile.dataDisks[].managedDisk.id"),
    {
      property: "storageProfile.dataDisks[].managedDisk.id->location",
      allAmong: ["location"],
    },
    "InvalidParameter: `storageProfile.dataDisks` must be in the region of the machine",
    DISKS,
  ),
  rule(
    "disks of a zone are for machines of that zone",
    given("storageProfile.dataDisks[].managedDisk.id->zones"),
    { property: "storageProfile.dataDisks[].managedDisk.id->zones", allAmong: ["zones"] },
    "BadRequest: `storageProfile.dataDisks`: a disk in a zone can be attached to a machine in that zone alone",
    `${LEARN}virtual-machines/disks-redundancy`,
  ),
  rule(
    "disks without a zone are for machines without one, unless they are in all zones",
    {
      all: [
        given("zones"),
        given("storageProfile.dataDisks[].managedDisk.id"),
        {
          property: "storageProfile.dataDisks[].managedDisk.id->sku.name",
          notIn: ["Premium_ZRS", "StandardSSD_ZRS"],
        },
      ],
    },
    given("storageProfile.dataDisks[].managedDisk.id->zones"),
    "BadRequest: `storageProfile.dataDisks`: a regional disk can't be attached to a machine in a zone",
    `${LEARN}virtual-machines/disks-redundancy`,
  ),
  rule(
    "disks that exist keep out of caches that their type does not have",
    given("storageProfile.dataDisks[].managedDisk.id"),
    {
      property: "storageProfile.dataDisks[]",
      every: {
        any: [
          { property: "caching", in: ["None"] },
          { property: "caching", present: false },
          { property: "managedDisk.id", present: false },
          {
            property: "managedDisk.id",
            referred: { property: "sku.name", notIn: ["PremiumV2_LRS", "UltraSSD_LRS"] },
          },
        ],
      },
    },
    "InvalidParameter: `storageProfile.dataDisks`: PremiumV2_LRS and UltraSSD_LRS need caching None",
    `${LEARN}virtual-machines/disks-types#premium-ssd-v2-limitations`,
  ),
  rule(
    "Ultra disks are asked for",
    given("storageProfile.dataDisks[].managedDisk.id"),
    {
      property: "storageProfile.dataDisks[].managedDisk.id",
      every: {
        property: ".",
        referred: { property: "sku.name", notEquals: "UltraSSD_LRS" },
      },
    },
    "InvalidParameter: `storageProfile.dataDisks`: Ultra disks need additionalCapabilities.ultraSSDEnabled, which is not modelled with them",
    `${LEARN}virtual-machines/disks-enable-ultra-ssd`,
  ),
  rule(
    "trusted machines have an image of the second generation",
    { property: "securityProfile.securityType", equals: "TrustedLaunch" },
    { property: "storageProfile.imageReference.sku", notMatches: ".*(gen1|-g1)" },
    "BadRequest: `storageProfile.imageReference`: the image does not support TrustedLaunch, which needs Generation 2",
    TRUSTED,
  ),
  rule(
    "trusted machines have a size of the second generation",
    { property: "securityProfile.securityType", equals: "TrustedLaunch" },
    // The first D and A families, Basic and B of the classic kind have Generation 1 alone, and Arm sizes need another image.
    { property: "hardwareProfile.vmSize", notMatches: "Basic_.*|Standard_(A|D|DS|G|GS)\\d+(_v2)?" },
    "BadRequest: `hardwareProfile.vmSize` does not support TrustedLaunch, which needs Generation 2",
    TRUSTED,
  ),
  rule(
    "a single machine stands in one zone or set",
    given("zones"),
    { property: "availabilitySet", present: false },
    "InvalidParameter: `zones` and `availabilitySet` exclude each other",
    `${LEARN}virtual-machines/availability`,
  ),
  rule(
    "a resize keeps to sizes with, or without, a disk of the host",
    { property: "^hardwareProfile.vmSize", matches: WITH_LOCAL_DISK },
    { property: "hardwareProfile.vmSize", matches: WITH_LOCAL_DISK },
    "OperationNotAllowed: `hardwareProfile.vmSize`: changing from a size with a resource disk to one without is not allowed",
    RESIZE,
  ),
  rule(
    "a resize does not add a disk of the host",
    { property: "hardwareProfile.vmSize", matches: WITH_LOCAL_DISK },
    {
      any: [
        { property: "^hardwareProfile.vmSize", present: false },
        { property: "^hardwareProfile.vmSize", matches: WITH_LOCAL_DISK },
      ],
    },
    "OperationNotAllowed: `hardwareProfile.vmSize`: changing from a size without a resource disk to one with it is not allowed",
    RESIZE,
  ),
  ...unchangeable(
    [
      "osProfile.adminUsername",
      "osProfile.adminPassword",
      "osProfile.computerName",
      "osProfile.linuxConfiguration.ssh",
      "osProfile.linuxConfiguration.disablePasswordAuthentication",
      "osProfile.linuxConfiguration.provisionVMAgent",
    ],
    VMS,
  ),
  ...unchangeable(["osProfile.customData"], CUSTOM_DATA),
  ...unaddable(["osProfile.customData"], CUSTOM_DATA, "osProfile"),
  ...unchangeable(
    [
      "storageProfile.imageReference",
      "storageProfile.osDisk.createOption",
      "storageProfile.osDisk.name",
      "storageProfile.osDisk.osType",
      "storageProfile.osDisk.diffDiskSettings",
      "storageProfile.osDisk.managedDisk.storageAccountType",
      "zones",
      "availabilitySet",
      "virtualMachineScaleSet",
      "plan",
      "priority",
      "platformFaultDomain",
      "placement",
    ],
    VMS,
  ),
  ...unaddable(["zones", "availabilitySet", "plan", "priority"], VMS, "hardwareProfile"),
  ...whileDeallocated(
    "storageProfile.osDisk.diskSizeGB",
    `${LEARN}virtual-machines/linux/expand-disks`,
  ),
  ...whileDeallocated(
    "securityProfile.encryptionAtHost",
    `${LEARN}virtual-machines/linux/disks-enable-host-based-encryption-cli`,
  ),
  ...whileDeallocated("securityProfile.securityType", TRUSTED),
  ...whileDeallocated("securityProfile.uefiSettings", TRUSTED),
  ...whileDeallocated("networkProfile.networkInterfaces", NICS),
];

const machine = arm({
  token: VIRTUAL_MACHINE,
  kind: "Microsoft.Compute/virtualMachines",
  api: "2024-11-01",
  named: {
    property: "vmName",
    pattern: "[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?",
    maxLength: 64,
  },
  properties: {
    additionalCapabilities: capabilities,
    applicationProfile,
    availabilitySet: foreign("Microsoft.Compute/availabilitySets"),
    billingProfile,
    capacityReservation: block({
      capacityReservationGroup: foreign("Microsoft.Compute/capacityReservationGroups"),
    }),
    diagnosticsProfile: bootDiagnostics,
    evictionPolicy,
    extensionsTimeBudget: minutes,
    hardwareProfile: block({
      vmSize: size({
        deviates: "Azure has far more sizes than its published types list: any in the form of one",
      }),
      vmSizeProperties,
    }),
    identity,
    licenseType: oneOf([
      "Windows_Client",
      "Windows_Server",
      "RHEL_BYOS",
      "SLES_BYOS",
      "UBUNTU_PRO",
    ]),
    location,
    networkProfile: block(
      {
        networkInterfaces: blocks({
          deleteOption,
          id: str({ ref: attached(NETWORK_INTERFACE) }),
          primary: bool(),
        }),
      },
      {
        omits:
          "interfaces that Azure makes with the machine are not modelled: name one that exists",
      },
    ),
    osProfile: osProfile("computerName"),
    placement: block({
      excludeZones: list(zone),
      includeZones: list(zone),
      zonePlacementPolicy: oneOf(["Any"]),
    }),
    plan,
    platformFaultDomain: int({ min: 0 }),
    priority,
    proximityPlacementGroup: foreign("Microsoft.Compute/proximityPlacementGroups"),
    scheduledEventsProfile: scheduledEvents,
    securityProfile,
    storageProfile: block({
      alignRegionalDisksToVMZone: bool(),
      dataDisks,
      diskControllerType: oneOf(["SCSI", "NVMe"]),
      imageReference,
      osDisk: block({ ...osDisk, managedDisk: managedDisk(true) }, { omits: WINDOWS }),
    }),
    tags: tags(),
    userData,
    virtualMachineScaleSet: foreign("Microsoft.Compute/virtualMachineScaleSets"),
    zones: list(zone, { set: true, maxItems: 1 }),
    etag: out('"{int:1-99999}"', { changesWith: "*" }),
    instanceView: outJson("object", {}),
    managedBy: out(""),
    provisioningState: out("Succeeded"),
    resources: outJson("list", []),
    systemData,
    timeCreated: out("{now}"),
    vmId: out("{uuid}"),
  },
  omitted: {
    extendedLocation: "edge zones are not modelled",
    host: "dedicated hosts are not modelled",
    hostGroup: "dedicated hosts are not modelled",
    scheduledEventsPolicy: "scheduled events of the resource graph are not modelled",
  },
  rules,
  seconds: { create: 60, update: 30, delete: 45 },
});

export const models: readonly ResourceModel[] = [machine];
