/** EC2: what stands in a version of a launch template. */
import type { PropertyModel } from "../../model";
import {
  arnPattern,
  block,
  blocks,
  blockSet,
  bool,
  id,
  int,
  map,
  named,
  newer,
  oneOf,
  SECURITY_GROUP,
  set,
  str,
  SUBNET,
  zoneName,
} from "./common";
import { flagText, instanceRequirements, instanceType, volumeTypes } from "./instances";
import { kmsKey } from "./policies";

const INSTANCE_PROFILE = "aws:iam/instanceProfile:InstanceProfile";

const enabled = oneOf(["enabled", "disabled"]);

/** A template holds nothing back: groups, subnets and profiles that it names can be deleted. */
const groups = (more: Partial<PropertyModel> = {}): PropertyModel =>
  set(
    str({ ref: [named(SECURITY_GROUP), named("aws:ec2/vpc:Vpc", "defaultSecurityGroupId")] }),
    more,
  );

/** One volume of an instance: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateEbsBlockDeviceRequest.html */
const ebs = block({
  deleteOnTermination: flagText(),
  encrypted: flagText({ conflicts: ["snapshotId"], deviates: "the API refuses both together" }),
  iops: int({ min: 100, max: 256000 }),
  kmsKeyId: kmsKey(),
  snapshotId: id("snap"),
  throughput: int({ min: 125, max: 2000 }),
  volumeInitializationRate: int({ min: 100, max: 300, ...newer }),
  volumeSize: int({ min: 1, max: 65536 }),
  volumeType: oneOf(volumeTypes),
});

const addresses = (other: string, item: PropertyModel): PropertyModel =>
  set(item, { conflicts: [other], deviates: "the API refuses both together" });

const count = (): PropertyModel => int({ min: 0 });

const networkInterfaces = blocks({
  associateCarrierIpAddress: flagText(),
  associatePublicIpAddress: flagText(),
  connectionTrackingSpecification: block(
    {
      tcpEstablishedTimeout: int({ min: 60, max: 432000 }),
      udpStreamTimeout: int({ min: 60, max: 180 }),
      udpTimeout: int({ min: 30, max: 60 }),
    },
    newer,
  ),
  deleteOnTermination: flagText(),
  description: str({ maxLength: 255 }),
  deviceIndex: int({ min: 0 }),
  enaQueueCount: int({ min: 1, ...newer }),
  enaSrdSpecification: block(
    { enaSrdEnabled: bool(), enaSrdUdpSpecification: block({ enaSrdUdpEnabled: bool() }) },
    newer,
  ),
  interfaceType: oneOf(["interface", "efa", "efa-only"]),
  ipv4AddressCount: count(),
  ipv4Addresses: addresses("ipv4AddressCount", str({ format: "ipv4" })),
  ipv4PrefixCount: count(),
  ipv4Prefixes: addresses("ipv4PrefixCount", str()),
  ipv6AddressCount: count(),
  ipv6Addresses: addresses("ipv6AddressCount", str({ pattern: "[0-9a-f:]+" })),
  ipv6PrefixCount: count(),
  ipv6Prefixes: addresses("ipv6PrefixCount", str()),
  networkCardIndex: int({ min: 0 }),
  networkInterfaceId: id("eni"),
  primaryIpv6: flagText(newer),
  privateIpAddress: str({ format: "ipv4" }),
  securityGroups: groups(),
  subnetId: str({ ref: named(SUBNET) }),
});

/** Inputs of which a template's version is made; a change of any makes a new version. */
export const versioned: Readonly<Record<string, PropertyModel>> = {
  blockDeviceMappings: blocks({
    deviceName: str({ pattern: "/dev/[a-z0-9/]+|xvd[a-z]+", example: "/dev/xvda" }),
    ebs,
    noDevice: str(),
    virtualName: str({ pattern: "ephemeral\\d+" }),
  }),
  capacityReservationSpecification: block({
    capacityReservationPreference: oneOf(["capacity-reservations-only", "open", "none"]),
    capacityReservationTarget: block({
      capacityReservationId: id("cr", { conflicts: ["capacityReservationResourceGroupArn"] }),
      capacityReservationResourceGroupArn: str({
        format: "arn",
        pattern: arnPattern("resource-groups", "group/.+"),
        conflicts: ["capacityReservationId"],
      }),
    }),
  }),
  cpuOptions: block({
    amdSevSnp: enabled,
    coreCount: int({ min: 1 }),
    nestedVirtualization: oneOf(["enabled", "disabled"], newer),
    threadsPerCore: int({ min: 1, max: 2 }),
  }),
  creditSpecification: block({ cpuCredits: oneOf(["standard", "unlimited"]) }),
  disableApiStop: bool(),
  disableApiTermination: bool(),
  ebsOptimized: flagText(),
  enclaveOptions: block({ enabled: bool() }),
  hibernationOptions: block({ configured: bool({ required: true }) }),
  iamInstanceProfile: block({
    arn: str({ ref: named(INSTANCE_PROFILE, "arn"), conflicts: ["name"] }),
    name: str({ ref: named(INSTANCE_PROFILE, "name") }),
  }),
  imageId: str({
    pattern: "ami-([0-9a-f]{8}|[0-9a-f]{17})|resolve:ssm:.+",
    example: "ami-0123456789abcdef0",
  }),
  instanceInitiatedShutdownBehavior: oneOf(["stop", "terminate"]),
  instanceMarketOptions: block({
    marketType: oneOf(["spot", "capacity-block", "interruptible-capacity-reservation"]),
    spotOptions: block({
      blockDurationMinutes: int({ enum: [60, 120, 180, 240, 300, 360] }),
      instanceInterruptionBehavior: oneOf(["hibernate", "stop", "terminate"]),
      maxPrice: str({ pattern: "\\d+(\\.\\d+)?", example: "0.1" }),
      spotInstanceType: oneOf(["one-time", "persistent"]),
      validUntil: str({ format: "rfc3339" }),
    }),
  }),
  instanceRequirements: instanceRequirements(true, { conflicts: ["instanceType"] }),
  instanceType: instanceType({ conflicts: ["instanceRequirements"] }),
  kernelId: id("aki"),
  keyName: str({ maxLength: 255 }),
  licenseSpecifications: blockSet({
    licenseConfigurationArn: str({
      required: true,
      format: "arn",
      pattern: arnPattern("license-manager", "license-configuration:.+"),
    }),
  }),
  maintenanceOptions: block({ autoRecovery: oneOf(["default", "disabled"]) }),
  metadataOptions: block(
    {
      httpEndpoint: enabled,
      httpProtocolIpv6: enabled,
      httpPutResponseHopLimit: int({ min: 1, max: 64 }),
      httpTokens: oneOf(["optional", "required"]),
      instanceMetadataTags: enabled,
    },
    { optionalComputed: true },
  ),
  monitoring: block({ enabled: bool() }),
  networkInterfaces,
  networkPerformanceOptions: block(
    { bandwidthWeighting: oneOf(["default", "vpc-1", "ebs-1"]) },
    newer,
  ),
  placement: block({
    affinity: oneOf(["default", "host"]),
    availabilityZone: zoneName(),
    groupId: id("pg", { conflicts: ["groupName"], ...newer }),
    groupName: str({ maxLength: 255 }),
    hostId: id("h"),
    hostResourceGroupArn: str({
      format: "arn",
      pattern: arnPattern("resource-groups", "group/.+"),
      conflicts: ["hostId"],
    }),
    partitionNumber: int({ min: 1, max: 7 }),
    spreadDomain: str(),
    tenancy: oneOf(["default", "dedicated", "host"]),
  }),
  privateDnsNameOptions: block({
    enableResourceNameDnsARecord: bool(),
    enableResourceNameDnsAaaaRecord: bool(),
    hostnameType: oneOf(["ip-name", "resource-name"]),
  }),
  ramDiskId: id("ari"),
  secondaryInterfaces: blocks(
    {
      deleteOnTermination: bool(),
      deviceIndex: int({ min: 0 }),
      interfaceType: oneOf(["secondary"]),
      networkCardIndex: int({ min: 0 }),
      privateIpAddressCount: int({ min: 0 }),
      privateIpAddresses: set(str({ format: "ipv4" })),
      secondarySubnetId: str(),
    },
    newer,
  ),
  securityGroupNames: set(str(), { conflicts: ["vpcSecurityGroupIds"] }),
  tagSpecifications: blocks({
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateTagSpecificationRequest.html
    resourceType: oneOf(["instance", "volume", "network-interface", "spot-instances-request"]),
    tags: map(),
  }),
  // 16 KB before it is encoded: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
  userData: str({ format: "base64", maxBytes: 16384, example: "IyEvYmluL3NoCg==" }),
  vpcSecurityGroupIds: groups({ conflicts: ["securityGroupNames"] }),
};
