/** Scale sets. https://learn.microsoft.com/azure/virtual-machine-scale-sets/ */
import type { ResourceModel, Rule } from "../../model";
import {
  applicationProfile,
  billingProfile,
  bootDiagnostics,
  caching,
  capabilities,
  createOption,
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
  SPOT,
  userData,
  vmSizeProperties,
  WINDOWS,
} from "./compute-fields";
import {
  arm,
  block,
  blocks,
  bool,
  foreign,
  held,
  int,
  LEARN,
  list,
  location,
  oneOf,
  out,
  partial,
  rule,
  SCALE_SET,
  SECURITY_GROUP,
  str,
  SUBNET,
  systemData,
  tags,
  unaddable,
  unchangeable,
  zone,
} from "./common";

const SETS = `${LEARN}virtual-machine-scale-sets/`;
const MODES = `${SETS}virtual-machine-scale-sets-orchestration-modes`;
const UPGRADES = `${SETS}virtual-machine-scale-sets-upgrade-policy`;
const CHANGES = `${SETS}virtual-machine-scale-sets-upgrade-scale-set`;
const percent = (min: number) => int({ min, max: 100 });

const interfaces = partial(
  {
    deleteOption,
    disableTcpStateTracking: bool(),
    dnsSettings: block({ dnsServers: list(str({ format: "ipv4" })) }),
    enableAcceleratedNetworking: bool(),
    enableFpga: bool(),
    enableIPForwarding: bool(),
    ipConfigurations: partial(
      {
        name: str({ required: true, minLength: 1, maxLength: 80 }),
        primary: bool(),
        privateIPAddressVersion: oneOf(["IPv4", "IPv6"]),
        subnet: block({ id: str({ ref: held(SUBNET) }) }),
      },
      "load balancers and public addresses of machines are not modelled",
      { required: true, minItems: 1 },
    ),
    name: str({ required: true, minLength: 1, maxLength: 80 }),
    networkSecurityGroup: block({ id: str({ ref: held(SECURITY_GROUP) }) }),
    primary: bool(),
  },
  "auxiliary functions of interfaces are not modelled",
);

const dataDisks = blocks({
  caching,
  createOption,
  deleteOption,
  diskIOPSReadWrite: int({ min: 1 }),
  diskMBpsReadWrite: int({ min: 1 }),
  diskSizeGB: int({ min: 1, max: 65536 }),
  lun: int({ required: true, min: 0, max: 63 }),
  managedDisk: managedDisk(false),
  name: str(),
  writeAcceleratorEnabled: bool(),
});

const virtualMachineProfile = block(
  {
    applicationProfile,
    billingProfile,
    capacityReservation: block({
      capacityReservationGroup: foreign("Microsoft.Compute/capacityReservationGroups"),
    }),
    diagnosticsProfile: bootDiagnostics,
    evictionPolicy,
    hardwareProfile: block({ vmSizeProperties }),
    licenseType: oneOf(["Windows_Client", "Windows_Server", "RHEL_BYOS", "SLES_BYOS"]),
    networkProfile: block({
      healthProbe: foreign("Microsoft.Network/loadBalancers/probes"),
      networkApiVersion: oneOf(["2020-11-01", "2022-11-01"]),
      networkInterfaceConfigurations: interfaces,
    }),
    osProfile: osProfile("computerNamePrefix"),
    priority,
    scheduledEventsProfile: scheduledEvents,
    securityProfile,
    storageProfile: block({
      dataDisks,
      diskControllerType: oneOf(["SCSI", "NVMe"]),
      imageReference,
      osDisk: block({ ...osDisk, managedDisk: managedDisk(false) }, { omits: WINDOWS }),
    }),
    userData,
  },
  { omits: "extensions, postures and artifacts of machines are not modelled" },
);

const profile = "virtualMachineProfile";
const rules: readonly Rule[] = [
  ...machineRules("virtualMachineProfile."),
  rule(
    "a set has a size, a capacity and machines of one kind",
    undefined,
    {
      all: [
        { property: "sku.name", present: true },
        { property: "sku.capacity", present: true },
        { property: `${profile}.storageProfile.osDisk`, present: true },
        { property: `${profile}.networkProfile.networkInterfaceConfigurations`, present: true },
      ],
    },
    "InvalidParameter: `sku` with name and capacity, and `virtualMachineProfile` with storageProfile.osDisk and networkProfile, are required",
    MODES,
  ),
  rule(
    "a uniform set says how it is upgraded",
    { not: { property: "orchestrationMode", equals: "Flexible" } },
    { property: "upgradePolicy.mode", present: true },
    "InvalidParameter: `upgradePolicy.mode` is required for orchestrationMode Uniform",
    UPGRADES,
  ),
  rule(
    "rolling upgrades have a policy",
    { property: "upgradePolicy.rollingUpgradePolicy", present: true },
    { property: "upgradePolicy.mode", in: ["Rolling", "Automatic"] },
    "InvalidParameter: `upgradePolicy.rollingUpgradePolicy` needs mode Rolling or Automatic",
    UPGRADES,
  ),
  rule(
    "a rolling set knows its machines' health",
    {
      all: [
        { property: "upgradePolicy.mode", equals: "Rolling" },
        { not: { property: "orchestrationMode", equals: "Flexible" } },
      ],
    },
    { property: `${profile}.networkProfile.healthProbe`, present: true },
    "BadRequest: `upgradePolicy.mode` Rolling needs a health probe or the application health extension",
    UPGRADES,
  ),
  rule(
    "one of many interfaces is primary",
    { property: `${profile}.networkProfile.networkInterfaceConfigurations`, lengthAtLeast: 2 },
    {
      property: `${profile}.networkProfile.networkInterfaceConfigurations[primary=true]`,
      present: true,
    },
    "InvalidParameter: `virtualMachineProfile.networkProfile.networkInterfaceConfigurations`: one must be primary",
    SETS,
  ),
  rule(
    "interfaces stand in subnets",
    { property: `${profile}.networkProfile.networkInterfaceConfigurations`, present: true },
    {
      property: `${profile}.networkProfile.networkInterfaceConfigurations[].ipConfigurations[]`,
      every: { property: "subnet.id", present: true },
    },
    "InvalidParameter: `virtualMachineProfile.networkProfile`: every IP configuration needs a subnet",
    SETS,
  ),
  rule(
    "only a flexible set says what becomes of disks",
    {
      any: [
        { property: `${profile}.storageProfile.osDisk.deleteOption`, present: true },
        { property: `${profile}.storageProfile.dataDisks[].deleteOption`, present: true },
      ],
    },
    { property: "orchestrationMode", equals: "Flexible" },
    "InvalidParameter: `virtualMachineProfile.storageProfile`: deleteOption of disks is for orchestrationMode Flexible alone: in Uniform disks always go with their machine",
    "https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/create-or-update",
  ),
  rule(
    "a flexible set has no placement group of its own",
    { property: "orchestrationMode", equals: "Flexible" },
    {
      all: [
        { property: "singlePlacementGroup", notEquals: true },
        { property: "platformFaultDomainCount", present: true },
      ],
    },
    "InvalidParameter: orchestrationMode Flexible needs platformFaultDomainCount, and singlePlacementGroup false",
    MODES,
  ),
  rule(
    "more than 100 machines need more than one placement group",
    {
      all: [
        { property: "sku.capacity", atLeast: 101 },
        { not: { property: "orchestrationMode", equals: "Flexible" } },
      ],
    },
    { property: "singlePlacementGroup", equals: false },
    "BadRequest: `sku.capacity` above 100 needs singlePlacementGroup false",
    `${SETS}virtual-machine-scale-sets-placement-groups`,
  ),
  rule(
    "zones are balanced where there are some",
    { property: "zoneBalance", equals: true },
    { property: "zones", lengthAtLeast: 2 },
    "InvalidParameter: `zoneBalance` needs `zones`",
    `${SETS}virtual-machine-scale-sets-use-availability-zones`,
  ),
  rule(
    "Spot machines are asked for again where they are Spot",
    { property: "spotRestorePolicy.enabled", equals: true },
    { property: `${profile}.priority`, equals: "Spot" },
    "InvalidParameter: `spotRestorePolicy` needs virtualMachineProfile.priority Spot",
    `${SETS}use-spot#try--restore`,
  ),
  rule(
    "a mix of priorities needs a flexible set",
    { property: "priorityMixPolicy", present: true },
    {
      all: [
        { property: "orchestrationMode", equals: "Flexible" },
        { property: `${profile}.priority`, equals: "Spot" },
      ],
    },
    "InvalidParameter: `priorityMixPolicy` needs orchestrationMode Flexible and priority Spot",
    `${SETS}spot-priority-mix`,
  ),
  rule(
    "a mix of sizes needs a flexible set and the size Mix",
    { property: "skuProfile", present: true },
    { property: "orchestrationMode", equals: "Flexible" },
    "InvalidParameter: `skuProfile` needs orchestrationMode Flexible",
    `${SETS}instance-mix-overview`,
  ),
  rule(
    "repairs know the health of machines",
    { property: "automaticRepairsPolicy.enabled", equals: true },
    { property: `${profile}.networkProfile.healthProbe`, present: true },
    "BadRequest: `automaticRepairsPolicy` needs a health probe or the application health extension",
    `${SETS}virtual-machine-scale-sets-automatic-instance-repairs`,
  ),
  ...unchangeable(
    [
      "orchestrationMode",
      "zones",
      "platformFaultDomainCount",
      "plan",
      `${profile}.priority`,
      `${profile}.evictionPolicy`,
      `${profile}.osProfile.adminUsername`,
      `${profile}.osProfile.adminPassword`,
      `${profile}.osProfile.computerNamePrefix`,
      `${profile}.storageProfile.imageReference.publisher`,
      `${profile}.storageProfile.imageReference.offer`,
      `${profile}.storageProfile.osDisk.createOption`,
      `${profile}.securityProfile.securityType`,
    ],
    CHANGES,
  ),
  ...unaddable(
    [`${profile}.priority`, `${profile}.evictionPolicy`, "orchestrationMode", "plan"],
    SPOT,
    "sku",
  ),
];

const scaleSet = arm({
  token: SCALE_SET,
  kind: "Microsoft.Compute/virtualMachineScaleSets",
  api: "2024-11-01",
  named: {
    property: "vmScaleSetName",
    pattern: "[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?",
    maxLength: 64,
  },
  properties: {
    additionalCapabilities: capabilities,
    automaticRepairsPolicy: block({
      enabled: bool(),
      gracePeriod: minutes,
      repairAction: oneOf(["Replace", "Restart", "Reimage"]),
    }),
    constrainedMaximumCapacity: bool(),
    doNotRunExtensionsOnOverprovisionedVMs: bool(),
    identity,
    location,
    orchestrationMode: oneOf(["Uniform", "Flexible"]),
    overprovision: bool(),
    plan,
    platformFaultDomainCount: int({ min: 1, max: 5 }),
    priorityMixPolicy: block({
      baseRegularPriorityCount: int({ min: 0 }),
      regularPriorityPercentageAboveBase: percent(0),
    }),
    proximityPlacementGroup: foreign("Microsoft.Compute/proximityPlacementGroups"),
    resiliencyPolicy: block({
      automaticZoneRebalancingPolicy: block({
        enabled: bool(),
        rebalanceBehavior: oneOf(["CreateBeforeDelete"]),
        rebalanceStrategy: oneOf(["Recreate"]),
      }),
      resilientVMCreationPolicy: block({ enabled: bool() }),
      resilientVMDeletionPolicy: block({ enabled: bool() }),
    }),
    scaleInPolicy: block({
      forceDeletion: bool(),
      prioritizeUnhealthyVMs: bool(),
      rules: list(oneOf(["Default", "OldestVM", "NewestVM"])),
    }),
    singlePlacementGroup: bool(),
    sku: block({
      capacity: int({ min: 0, max: 1000 }),
      name: size(),
      tier: oneOf(["Basic", "Standard"]),
    }),
    skuProfile: block({
      allocationStrategy: oneOf(["LowestPrice", "CapacityOptimized", "Prioritized"]),
      vmSizes: blocks({ name: size(), rank: int({ min: 0 }) }, { maxItems: 5 }),
    }),
    spotRestorePolicy: block({ enabled: bool(), restoreTimeout: minutes }),
    tags: tags(),
    upgradePolicy: block({
      automaticOSUpgradePolicy: block({
        disableAutomaticRollback: bool(),
        enableAutomaticOSUpgrade: bool(),
        osRollingUpgradeDeferral: bool(),
        useRollingUpgradePolicy: bool(),
      }),
      mode: oneOf(["Automatic", "Manual", "Rolling"]),
      rollingUpgradePolicy: block({
        enableCrossZoneUpgrade: bool(),
        maxBatchInstancePercent: percent(5),
        maxSurge: bool(),
        maxUnhealthyInstancePercent: percent(5),
        maxUnhealthyUpgradedInstancePercent: percent(0),
        pauseTimeBetweenBatches: str({ pattern: "PT(\\d+M)?(\\d+S)?", example: "PT0S" }),
        prioritizeUnhealthyInstances: bool(),
        rollbackFailedInstancesOnPolicyBreach: bool(),
      }),
    }),
    virtualMachineProfile,
    zonalPlatformFaultDomainAlignMode: oneOf(["Aligned", "Unaligned"]),
    zoneBalance: bool(),
    zones: list(zone, { set: true }),
    etag: out('"{int:1-99999}"', { changesWith: "*" }),
    provisioningState: out("Succeeded"),
    systemData,
    timeCreated: out("{now}"),
    uniqueId: out("{uuid}"),
  },
  omitted: {
    extendedLocation: "edge zones are not modelled",
    hostGroup: "dedicated hosts are not modelled",
    scheduledEventsPolicy: "scheduled events of the resource graph are not modelled",
  },
  rules,
  seconds: { create: 30, update: 20, delete: 60 },
});

export const models: readonly ResourceModel[] = [scaleSet];
