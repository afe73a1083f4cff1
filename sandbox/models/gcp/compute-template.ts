/** Compute Engine: templates of machines. */
import type { ResourceModel } from "../../model";
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
  COMPUTE,
  projectName,
  regionName,
  project,
  computeName,
  labelMap,
  linkTo,
  heldLinkTo,
  ABANDONED,
  prevented,
  ADDRESS,
  DISK,
  INSTANCE_TEMPLATE,
  RESOURCE_POLICY,
  COMPUTE_API,
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

const instanceTemplate: ResourceModel = {
  token: INSTANCE_TEMPLATE,
  source: registry("compute/instanceTemplate"),
  schema: "google_compute_instance_template",
  id: "projects/{account}/global/instanceTemplates/{name}",
  api: COMPUTE_API,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 63 },
  labels: true,
  unique: [{ properties: ["name"], scope: "account", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 4, delete: 4 },
  properties: {
    advancedMachineFeatures: block(
      {
        enableNestedVirtualization: bool({ replace: true }),
        enableUefiNetworking: bool({ replace: true }),
        performanceMonitoringUnit: oneOf(["STANDARD", "ENHANCED", "ARCHITECTURAL"], {
          replace: true,
        }),
        threadsPerCore: int({ replace: true, min: 1, max: 2 }),
        turboMode: oneOf(["ALL_CORE_MAX"]),
        visibleCoreCount: int({ replace: true }),
      },
      { replace: true },
    ),
    canIpForward: bool({ replace: true }),
    confidentialInstanceConfig: block(
      {
        confidentialInstanceType: str({ enum: ["SEV", "SEV_SNP", "TDX"], replace: true }),
        enableConfidentialCompute: bool({ replace: true }),
      },
      { optionalComputed: true, replace: true },
    ),
    description: str({ replace: true }),
    disks: blocks(
      {
        architecture: str({
          enum: ["X86_64", "ARM64"],
          optionalComputed: true,
          replace: true,
          value: "",
        }),
        autoDelete: bool({ replace: true, default: true }),
        boot: bool({ optionalComputed: true, value: { json: false }, replace: true }),
        deviceName: str({ optionalComputed: true, replace: true, value: "persistent-disk-0" }),
        diskEncryptionKey: block(
          {
            kmsKeySelfLink: str({ replace: true }),
            kmsKeyServiceAccount: str({ replace: true }),
          },
          { replace: true },
        ),
        diskName: str({ replace: true }),
        diskSizeGb: int({
          optionalComputed: true,
          replace: true,
          min: 0,
          max: 65536,
          value: { json: 10 },
        }),
        diskType: diskType({ optionalComputed: true, replace: true, value: "pd-standard" }),
        guestOsFeatures: list(str(), { replace: true }),
        interface: str({
          enum: ["SCSI", "NVME"],
          optionalComputed: true,
          replace: true,
          value: "SCSI",
        }),
        labels: labelMap({ replace: true }),
        mode: str({
          enum: ["READ_WRITE", "READ_ONLY"],
          optionalComputed: true,
          replace: true,
          value: "READ_WRITE",
        }),
        provisionedIops: int({ optionalComputed: true, replace: true, min: 0, value: { json: 0 } }),
        provisionedThroughput: int({
          optionalComputed: true,
          replace: true,
          min: 0,
          value: { json: 0 },
        }),
        resourceManagerTags: map({ replace: true }),
        resourcePolicies: linkTo(RESOURCE_POLICY, { replace: true }),
        source: heldLinkTo(DISK, { replace: true }),
        sourceImage: imageLink({ optionalComputed: true, replace: true }),
        sourceImageEncryptionKey: block(
          {
            kmsKeySelfLink: str({ replace: true }),
            kmsKeyServiceAccount: str({ replace: true }),
            rawKey: str({ replace: true, secret: true }),
            rsaEncryptedKey: str({ replace: true, secret: true }),
          },
          { replace: true },
        ),
        sourceSnapshot: str({ replace: true }),
        sourceSnapshotEncryptionKey: block(
          {
            kmsKeySelfLink: str({ replace: true }),
            kmsKeyServiceAccount: str({ replace: true }),
            rawKey: str({ replace: true, secret: true }),
            rsaEncryptedKey: str({ replace: true, secret: true }),
          },
          { replace: true },
        ),
        storagePool: str({ replace: true }),
        type: str({
          enum: ["PERSISTENT", "SCRATCH"],
          optionalComputed: true,
          replace: true,
          value: "PERSISTENT",
        }),
      },
      { required: true, replace: true },
    ),
    enableDisplay: bool({ replace: true }),
    guestAccelerators: blocks(
      {
        count: int({ required: true, replace: true }),
        type: str({ required: true, replace: true }),
      },
      { replace: true },
    ),
    instanceDescription: str({ replace: true }),
    keyRevocationActionType: str({ enum: ["NONE", "STOP"], replace: true }),
    machineType: machineType({ required: true, replace: true }),
    metadata: metadata({ replace: true }),
    metadataStartupScript: str({ replace: true, maxBytes: 262144 }),
    minCpuPlatform: str({ replace: true }),
    name: computeName({ conflicts: ["namePrefix"] }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      pattern: "[a-z][-a-z0-9]{0,53}",
      example: "runner-",
    }),
    networkInterfaces: blocks(
      {
        accessConfigs: blocks(
          {
            natIp: str({
              optionalComputed: true,
              replace: true,
              ref: { type: ADDRESS, by: "address", holds: true },
              value: "",
            }),
            networkTier: oneOf(["PREMIUM", "STANDARD", "FIXED_STANDARD"], {
              optionalComputed: true,
              replace: true,
              value: "PREMIUM",
            }),
            publicPtrDomainName: str({ computed: true, replace: true }),
          },
          { replace: true },
        ),
        aliasIpRanges: blocks(
          {
            ipCidrRange: str({
              required: true,
              pattern: "/\d{1,2}|[0-9.]+(/\d{1,2})?",
              example: "/28",
              replace: true,
            }),
            subnetworkRangeName: str({ replace: true }),
          },
          { replace: true },
        ),
        aliasIpv6Ranges: blocks(
          {
            ipCidrRange: str({
              required: true,
              pattern: "/\d{1,3}|[0-9a-f:/]+",
              example: "/96",
              replace: true,
            }),
            subnetworkRangeName: str({ replace: true }),
          },
          { replace: true },
        ),
        igmpQuery: str({ enum: ["IGMP_QUERY_V2", "IGMP_QUERY_DISABLED"], optionalComputed: true }),
        internalIpv6PrefixLength: int({ optionalComputed: true, min: 0, max: 128, replace: true }),
        ipv6AccessConfigs: blocks(
          {
            externalIpv6: str({ computed: true, replace: true }),
            externalIpv6PrefixLength: str({ computed: true, replace: true }),
            name: str({ computed: true, replace: true }),
            networkTier: str({ enum: ["PREMIUM"], required: true, replace: true }),
            publicPtrDomainName: str({ computed: true, replace: true }),
          },
          { replace: true },
        ),
        ipv6AccessType: str({ computed: true, replace: true }),
        ipv6Address: str({ optionalComputed: true, replace: true }),
        name: str({ computed: true, replace: true }),
        network: interfaceNetwork({ replace: true }),
        networkAttachment: str({ optionalComputed: true, replace: true }),
        networkIp: str({ replace: true, format: "ipv4" }),
        nicType: oneOf(["GVNIC", "VIRTIO_NET", "IDPF", "MRDMA", "IRDMA"], { replace: true }),
        parentNicName: str({ computed: true, value: "" }),
        queueCount: int({ replace: true }),
        stackType: str({
          enum: ["IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"],
          optionalComputed: true,
          replace: true,
          value: "IPV4_ONLY",
        }),
        subnetwork: interfaceSubnet({ replace: true }),
        subnetworkProject: projectName({
          optionalComputed: true,
          value: "{account}",
          replace: true,
        }),
        vlan: int({ replace: true }),
      },
      { replace: true },
    ),
    networkPerformanceConfig: block(
      {
        totalEgressBandwidthTier: str({ required: true, replace: true }),
      },
      { replace: true },
    ),
    partnerMetadata: map(),
    project,
    region: regionName({ optionalComputed: true, replace: true, planned: true, value: "" }),
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
      { replace: true },
    ),
    resourceManagerTags: map({ replace: true }),
    resourcePolicies: linkTo(RESOURCE_POLICY, { replace: true }),
    scheduling: block(
      {
        automaticRestart: bool({ replace: true, default: true }),
        availabilityDomain: int({ replace: true }),
        gracefulShutdown: block(
          {
            enabled: bool({ required: true, replace: true }),
            maxDuration: block({
              nanos: int({ replace: true }),
              seconds: int({ required: true, replace: true }),
            }),
          },
          { replace: true },
        ),
        hostErrorTimeoutSeconds: int({ replace: true }),
        instanceTerminationAction: oneOf(["STOP", "DELETE"], { replace: true }),
        localSsdRecoveryTimeouts: blocks(
          {
            nanos: int({ replace: true }),
            seconds: int({ required: true, replace: true }),
          },
          { replace: true },
        ),
        maintenanceInterval: str({ enum: ["PERIODIC"], replace: true }),
        maxRunDuration,
        minNodeCpus: int({ replace: true }),
        nodeAffinities: blockSet(
          {
            key: str({ required: true }),
            operator: str({ enum: ["IN", "NOT_IN"], required: true }),
            values: set(str(), { required: true }),
          },
          { replace: true },
        ),
        onHostMaintenance: onHostMaintenance({ replace: true }),
        ...spotScheduling,
      },
      { optionalComputed: true, replace: true },
    ),
    serviceAccount: block(
      { email: accountOf({ replace: true }), scopes: accountScopes({ replace: true }) },
      { replace: true },
    ),
    shieldedInstanceConfig: block(
      {
        enableIntegrityMonitoring: bool({ replace: true, default: true }),
        enableSecureBoot: bool({ replace: true }),
        enableVtpm: bool({ replace: true, default: true }),
      },
      {
        optionalComputed: true,
        replace: true,
        value: {
          json: { enableIntegrityMonitoring: true, enableSecureBoot: false, enableVtpm: true },
        },
      },
    ),
    tags: networkTags({ replace: true }),
    workloadIdentityConfig: block(
      {
        identity: str({ replace: true }),
        identityCertificateEnabled: bool({ replace: true }),
      },
      { replace: true },
    ),
    creationTimestamp: out("{now}", { replace: true }),
    metadataFingerprint: out("{alnum:11}=", { replace: true }),
    numericId: out("{digits:19}", { replace: true }),
    selfLink: out(`${COMPUTE}{id}`, { replace: true }),
    selfLinkUnique: out("{selfLink}?uniqueId={numericId}", { replace: true }),
    tagsFingerprint: out("{alnum:11}=", { replace: true }),
  },
  rules: [
    ...machineRules,
    {
      name: "a template has one boot disk",
      then: {
        any: [
          { property: "disks", some: { property: "boot", equals: true } },
          { property: "disks", every: { property: "boot", present: false } },
        ],
      },
      message: "Boot disk must be specified: one of disks has boot true",
      source: registry("compute/instancetemplate"),
      at: "apply",
    },
    {
      name: "a disk of a template comes from somewhere",
      then: {
        property: "disks",
        every: {
          any: [
            ...["sourceImage", "source", "sourceSnapshot"].map((property) => ({
              property,
              lengthAtLeast: 1,
            })),
            { property: "type", equals: "SCRATCH" },
            { property: "boot", equals: false },
          ],
        },
      },
      message: "disks: one of sourceImage, source and sourceSnapshot must be specified",
      source: registry("compute/instancetemplate"),
      at: "apply",
    },
  ],
};

/** Compute Engine: templates of machines. */
export const models: readonly ResourceModel[] = [instanceTemplate];
