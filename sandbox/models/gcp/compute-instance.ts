/** Compute Engine: machines. */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  str,
  int,
  bool,
  oneOf,
  list,
  set,
  map,
  block,
  blocks,
  blockSet,
  out,
  registry,
  projectName,
  project,
  zone,
  RFC1035,
  computeName,
  autoName,
  labelMap,
  heldLinkTo,
  selfLink,
  creationTimestamp,
  deletionPolicy,
  ABANDONED,
  prevented,
  ADDRESS,
  DISK,
  INSTANCE,
  RESOURCE_POLICY,
  COMPUTE_API,
  resourceTags,
} from "./common";
import {
  diskType,
  imageLink,
  machineType,
  metadata,
  interfaceNetwork,
  interfaceSubnet,
  machineRules,
  accountScopes,
  accountOf,
  networkTags,
  maxRunDuration,
  onHostMaintenance,
  spotScheduling,
} from "./compute-fields";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";

type More = Partial<Omit<PropertyModel, "type">>;

/** A disk that this machine alone has, for as long as it has it. */
const attached = (more: More = {}): PropertyModel =>
  str({
    ref: ["id", "name"].map((by) => ({ type: DISK, by, holds: true, exclusive: true })),
    same: "self-link",
    ...more,
  });

/** A reserved address of the project, or one that Google picks. */
const natAddress = (more: More = {}): PropertyModel =>
  str({
    ref: { type: ADDRESS, by: "address", holds: true, exclusive: true },
    optionalComputed: true,
    value: "35.{int:190-240}.{int:0-255}.{int:2-254}",
    ...more,
  });

/** What can be changed of a machine that is stopped only: the provider stops it where it is allowed to. */
const stopping: readonly Rule[] = [
  "machineType",
  "minCpuPlatform",
  "enableDisplay",
  "serviceAccount.email",
  "serviceAccount.scopes",
  "shieldedInstanceConfig.enableSecureBoot",
  "shieldedInstanceConfig.enableVtpm",
  "shieldedInstanceConfig.enableIntegrityMonitoring",
  "networkInterfaces[].subnetwork",
].map((property) => ({
  name: `${property} changes while the machine is stopped`,
  when: { property: "^name", present: true },
  then: {
    any: [
      { property, allAmong: [`^${property}`] },
      { property: "allowStoppingForUpdate", equals: true },
      { property: "desiredStatus", equals: "TERMINATED" },
    ],
  },
  message: `Changing ${property} on a started instance requires stopping it. To acknowledge this, please set allowStoppingForUpdate to true`,
  source: registry("compute/instance"),
  at: "apply" as const,
}));

const instance: ResourceModel = {
  token: INSTANCE,
  source: registry("compute/instance"),
  schema: "google_compute_instance",
  id: "projects/{account}/zones/{zone}/instances/{name}",
  api: COMPUTE_API,
  name: autoName,
  labels: true,
  unique: [{ properties: ["name"], scope: "zone", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [
    prevented,
    {
      condition: { property: "deletionProtection", equals: true },
      message:
        "Cannot delete instance: deletionProtection must be set to false and applied before deleting",
      source: "https://cloud.google.com/compute/docs/instances/preventing-accidental-vm-deletion",
    },
  ],
  seconds: { create: 25, update: 60, delete: 60 },
  properties: {
    advancedMachineFeatures: block({
      enableNestedVirtualization: bool(),
      enableUefiNetworking: bool({ replace: true }),
      performanceMonitoringUnit: oneOf(["STANDARD", "ENHANCED", "ARCHITECTURAL"]),
      threadsPerCore: int({ min: 1, max: 2 }),
      turboMode: oneOf(["ALL_CORE_MAX"]),
      visibleCoreCount: int(),
    }),
    allowStoppingForUpdate: bool(),
    attachedDisks: blocks({
      deviceName: str({
        optionalComputed: true,
        pattern: RFC1035,
        example: "state",
        value: "persistent-disk-{int:1-9}",
      }),
      diskEncryptionKeyRaw: str({ secret: true }),
      diskEncryptionKeyRsa: str({ secret: true }),
      diskEncryptionKeySha256: str({ computed: true }),
      diskEncryptionServiceAccount: str(),
      forceAttach: bool({ replace: true }),
      kmsKeySelfLink: str({ optionalComputed: true }),
      mode: oneOf(["READ_WRITE", "READ_ONLY"], { default: "READ_WRITE" }),
      source: attached({ required: true }),
    }),
    bootDisk: block(
      {
        autoDelete: bool({ default: true }),
        deviceName: str({ optionalComputed: true, replace: true, value: "persistent-disk-0" }),
        diskEncryptionKeyRaw: str({
          replace: true,
          secret: true,
          conflicts: ["kmsKeySelfLink", "diskEncryptionKeyRsa"],
        }),
        diskEncryptionKeyRsa: str({
          replace: true,
          secret: true,
          conflicts: ["kmsKeySelfLink", "diskEncryptionKeyRaw"],
        }),
        diskEncryptionKeySha256: str({ computed: true }),
        diskEncryptionServiceAccount: str({ replace: true }),
        forceAttach: bool({ replace: true }),
        guestOsFeatures: list(str(), { optionalComputed: true, replace: true }),
        initializeParams: block(
          {
            architecture: str({ enum: ["X86_64", "ARM64"], optionalComputed: true, replace: true }),
            enableConfidentialCompute: bool({ replace: true }),
            image: imageLink({ optionalComputed: true, replace: true, value: "" }),
            labels: labelMap({ optionalComputed: true, value: { json: {} } }),
            provisionedIops: int({ optionalComputed: true, replace: true, min: 0 }),
            provisionedThroughput: int({ optionalComputed: true, replace: true, min: 0 }),
            replicaZones: list(str(), { replace: true }),
            resourceManagerTags: map({ replace: true }),
            resourcePolicies: heldLinkTo(RESOURCE_POLICY, {
              optionalComputed: true,
              replace: true,
              value: "",
            }),
            size: int({ optionalComputed: true, value: { json: 10 }, min: 10, max: 65536 }),
            snapshot: str({ optionalComputed: true, replace: true }),
            sourceImageEncryptionKey: block({
              kmsKeySelfLink: str({ optionalComputed: true, replace: true }),
              kmsKeyServiceAccount: str({ replace: true }),
              rawKey: str({ replace: true, secret: true }),
              rsaEncryptedKey: str({ replace: true, secret: true }),
              sha256: str({ computed: true }),
            }),
            sourceSnapshotEncryptionKey: block({
              kmsKeySelfLink: str({ optionalComputed: true, replace: true }),
              kmsKeyServiceAccount: str({ replace: true }),
              rawKey: str({ replace: true, secret: true }),
              rsaEncryptedKey: str({ replace: true, secret: true }),
              sha256: str({ computed: true }),
            }),
            storagePool: str({ replace: true }),
            type: diskType({ optionalComputed: true, replace: true, value: "pd-standard" }),
          },
          {
            optionalComputed: true,
            replaceOnPresence: true,
            deviates: "the keys say by themselves what makes a new machine",
          },
        ),
        interface: oneOf(["SCSI", "NVME"]),
        kmsKeySelfLink: str({
          optionalComputed: true,
          replace: true,
          conflicts: ["diskEncryptionKeyRaw", "diskEncryptionKeyRsa"],
        }),
        mode: oneOf(["READ_WRITE", "READ_ONLY"], { replace: true, default: "READ_WRITE" }),
        source: attached({
          optionalComputed: true,
          replace: true,
          conflicts: ["initializeParams"],
        }),
      },
      { required: true, deviates: "the keys say by themselves what makes a new machine" },
    ),
    canIpForward: bool(),
    confidentialInstanceConfig: block(
      {
        confidentialInstanceType: str({ enum: ["SEV", "SEV_SNP", "TDX"] }),
        enableConfidentialCompute: bool(),
      },
      { optionalComputed: true, replace: true },
    ),
    deletionPolicy,
    deletionProtection: bool(),
    description: str(),
    desiredStatus: oneOf(["RUNNING", "TERMINATED", "SUSPENDED"]),
    enableDisplay: bool(),
    eraseWindowsVssSignature: bool({ replace: true }),
    guestAccelerators: blocks(
      {
        count: int({ required: true, replace: true }),
        type: str({ required: true, replace: true }),
      },
      { optionalComputed: true, value: { json: [] }, replace: true },
    ),
    hostname: str({ replace: true, format: "hostname", example: "git.example.com" }),
    instanceEncryptionKey: block(
      {
        kmsKeySelfLink: str({ optionalComputed: true, replace: true }),
        kmsKeyServiceAccount: str({ replace: true }),
        sha256: str({ computed: true }),
      },
      { replace: true },
    ),
    keyRevocationActionType: str({ enum: ["NONE", "STOP"], replace: true }),
    machineType: machineType({ required: true }),
    metadata: metadata(),
    metadataStartupScript: str({ maxBytes: 262144 }),
    minCpuPlatform: str({ optionalComputed: true, value: "" }),
    name: computeName(),
    networkInterfaces: blocks(
      {
        accessConfigs: blocks({
          natIp: natAddress(),
          networkTier: oneOf(["PREMIUM", "STANDARD", "FIXED_STANDARD"], {
            optionalComputed: true,
            value: "PREMIUM",
          }),
          publicPtrDomainName: str(),
          securityPolicy: str({ computed: true }),
        }),
        aliasIpRanges: blocks({
          ipCidrRange: str({
            required: true,
            pattern: "/\d{1,2}|[0-9.]+(/\d{1,2})?",
            example: "/28",
          }),
          subnetworkRangeName: str(),
        }),
        aliasIpv6Ranges: blocks({
          ipCidrRange: str({ required: true, pattern: "/\d{1,3}|[0-9a-f:/]+", example: "/96" }),
          subnetworkRangeName: str(),
        }),
        igmpQuery: str({ enum: ["IGMP_QUERY_V2", "IGMP_QUERY_DISABLED"], optionalComputed: true }),
        internalIpv6PrefixLength: int({ optionalComputed: true, min: 0, max: 128 }),
        ipv6AccessConfigs: blocks({
          externalIpv6: str({ optionalComputed: true, replace: true }),
          externalIpv6PrefixLength: str({ optionalComputed: true, replace: true }),
          name: str({ optionalComputed: true, replace: true }),
          networkTier: str({ enum: ["PREMIUM"], required: true }),
          publicPtrDomainName: str(),
          securityPolicy: str({ computed: true }),
        }),
        ipv6AccessType: str({ computed: true }),
        ipv6Address: str({ optionalComputed: true }),
        macAddress: str({ computed: true, value: "42:01:0a:{hex:2}:{hex:2}:{hex:2}" }),
        name: str({ computed: true, value: "nic0" }),
        network: interfaceNetwork(),
        networkAttachment: str({ optionalComputed: true, replace: true }),
        networkIp: str({
          optionalComputed: true,
          format: "ipv4",
          value: "{address:networkInterfaces[].subnetwork:ipCidrRange}",
        }),
        nicType: oneOf(["GVNIC", "VIRTIO_NET", "IDPF", "MRDMA", "IRDMA"], { replace: true }),
        parentNicName: str({ computed: true, value: "" }),
        queueCount: int({ replace: true }),
        securityPolicy: str(),
        stackType: str({
          enum: ["IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"],
          optionalComputed: true,
          value: "IPV4_ONLY",
        }),
        subnetwork: interfaceSubnet(),
        subnetworkProject: projectName({ optionalComputed: true, value: "{account}" }),
        vlan: int({ replace: true }),
      },
      {
        required: true,
        replaceOnPresence: true,
        minItems: 1,
        maxItems: 8,
        deviates: "the keys say by themselves what makes a new machine",
      },
    ),
    networkPerformanceConfig: block(
      {
        totalEgressBandwidthTier: str({ required: true, replace: true }),
      },
      { replace: true },
    ),
    params: resourceTags(false),
    partnerMetadata: map(),
    project,
    reservationAffinity: block(
      {
        specificReservation: block(
          {
            key: str({ required: true, replace: true }),
            values: list(str(), { required: true, replace: true }),
          },
          { replace: true },
        ),
        type: str({ required: true, replace: true }),
      },
      { optionalComputed: true, replace: true },
    ),
    resourcePolicies: heldLinkTo(RESOURCE_POLICY),
    scheduling: block(
      {
        automaticRestart: bool({ default: true }),
        availabilityDomain: int(),
        gracefulShutdown: block({
          enabled: bool({ required: true }),
          maxDuration: block({
            nanos: int(),
            seconds: int({ required: true }),
          }),
        }),
        hostErrorTimeoutSeconds: int(),
        instanceTerminationAction: oneOf(["STOP", "DELETE"]),
        localSsdRecoveryTimeout: block(
          {
            nanos: int({ replace: true }),
            seconds: int({ required: true, replace: true }),
          },
          { replace: true },
        ),
        maintenanceInterval: str({ enum: ["PERIODIC"] }),
        maxRunDuration,
        minNodeCpus: int(),
        nodeAffinities: blockSet({
          key: str({ required: true }),
          operator: str({ enum: ["IN", "NOT_IN"], required: true }),
          values: set(str(), { required: true }),
        }),
        onHostMaintenance: onHostMaintenance(),
        ...spotScheduling,
      },
      { optionalComputed: true },
    ),
    scratchDisks: blocks(
      {
        deviceName: str({ optionalComputed: true, value: "local-ssd-{int:0-9}" }),
        interface: str({ enum: ["SCSI", "NVME"], required: true }),
        size: int({ replace: true, default: 375 }),
      },
      { replace: true },
    ),
    serviceAccount: block({ email: accountOf(), scopes: accountScopes() }),
    shieldedInstanceConfig: block(
      {
        enableIntegrityMonitoring: bool({ default: true }),
        enableSecureBoot: bool(),
        enableVtpm: bool({ default: true }),
      },
      {
        optionalComputed: true,
        value: {
          json: { enableIntegrityMonitoring: true, enableSecureBoot: false, enableVtpm: true },
        },
      },
    ),
    tags: networkTags(),
    workloadIdentityConfig: block({
      identity: str({ replace: true }),
      identityCertificateEnabled: bool({ replace: true }),
    }),
    zone,
    cpuPlatform: out("Intel Ice Lake"),
    creationTimestamp,
    currentStatus: {
      type: "string",
      computed: true,
      changesWith: ["desiredStatus"],
      value: {
        cases: [
          { when: { property: "desiredStatus", present: true }, value: "{desiredStatus}" },
          { value: "RUNNING" },
        ],
      },
    },
    instanceId: out("{digits:19}"),
    labelFingerprint: out("{alnum:11}=", { changesWith: ["labels"] }),
    metadataFingerprint: out("{alnum:11}=", { changesWith: ["metadata", "metadataStartupScript"] }),
    selfLink: selfLink(),
    tagsFingerprint: out("{alnum:11}=", { changesWith: ["tags"] }),
  },
  rules: [
    ...machineRules,
    ...stopping,
    {
      name: "a disk is in the machine's zone",
      when: { property: "attachedDisks", present: true },
      then: {
        property: "attachedDisks[].source->zone",
        every: { property: ".", matches: "(.*/)?{zone}" },
      },
      message: "attachedDisks: a disk must be in the same zone as the instance",
      source: "https://cloud.google.com/compute/docs/disks/add-persistent-disk",
      at: "apply",
    },
    {
      name: "device names differ",
      then: {
        property: "attachedDisks[].deviceName",
        distinct: true,
      },
      message: "attachedDisks: deviceName must be unique within an instance",
      source: "https://cloud.google.com/compute/docs/disks/add-persistent-disk",
      at: "apply",
    },
    {
      name: "a subnet is in the machine's region",
      when: { property: "networkInterfaces[].subnetwork", present: true },
      then: {
        property: "networkInterfaces[].subnetwork->region",
        every: { property: ".", matches: "(.*/)?{region}" },
      },
      message: "networkInterfaces: the subnetwork must be in the instance's region",
      source: "https://cloud.google.com/vpc/docs/subnets",
      at: "apply",
    },
    {
      name: "a boot disk comes from somewhere",
      then: {
        any: [
          "bootDisk.initializeParams.image",
          "bootDisk.initializeParams.snapshot",
          "bootDisk.source",
        ].map((property) => ({ property, lengthAtLeast: 1 })),
      },
      message: "Boot disk must have a source specified: bootDisk.initializeParams.image",
      source: registry("compute/instance"),
      at: "apply",
    },
    {
      name: "an address in the network is of the subnet",
      when: { property: "networkInterfaces[].networkIp", present: true },
      then: {
        property: "networkInterfaces[].networkIp",
        inside: "{ref:networkInterfaces[].subnetwork:ipCidrRange}",
      },
      message: "networkInterfaces: networkIp is outside the subnetwork's range",
      source: registry("compute/instance"),
      at: "apply",
    },
  ],
};

/** Compute Engine: machines. */
export const models: readonly ResourceModel[] = [instance];
