/** Compute Engine: networks and their subnets. */
import type { ResourceModel } from "../../model";
import {
  str,
  int,
  num,
  bool,
  oneOf,
  set,
  block,
  blocks,
  out,
  registry,
  project,
  region,
  RFC1035,
  computeName,
  autoName,
  heldLinkTo,
  selfLink,
  creationTimestamp,
  deletionPolicy,
  ABANDONED,
  prevented,
  NETWORK,
  SUBNETWORK,
  COMPUTE_API,
  resourceTags,
  cidrV4,
} from "./common";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";
const RANGES = "https://cloud.google.com/vpc/docs/subnets#ipv4-ranges";

const network: ResourceModel = {
  token: NETWORK,
  source: registry("compute/network"),
  schema: "google_compute_network",
  id: "projects/{account}/global/networks/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "account", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 12, update: 12, delete: 12 },
  properties: {
    autoCreateSubnetworks: bool({ replace: true, default: true }),
    bgpAlwaysCompareMed: bool({ optionalComputed: true, value: { json: false } }),
    bgpBestPathSelectionMode: oneOf(["LEGACY", "STANDARD"], {
      optionalComputed: true,
      value: "LEGACY",
    }),
    bgpInterRegionCost: oneOf(["DEFAULT", "ADD_COST_TO_MED"], {
      optionalComputed: true,
      value: "",
    }),
    deleteBgpAlwaysCompareMed: bool(),
    deleteDefaultRoutesOnCreate: bool(),
    deletionPolicy,
    description: str({ replace: true }),
    enableUlaInternalIpv6: bool(),
    internalIpv6Range: str({
      optionalComputed: true,
      replace: true,
      pattern: "fd20:[0-9a-f:]+/48",
      value: "",
    }),
    mtu: int({ optionalComputed: true, value: { json: 1460 }, min: 1300, max: 8896 }),
    name: computeName(),
    networkFirewallPolicyEnforcementOrder: oneOf(
      ["BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL"],
      { default: "AFTER_CLASSIC_FIREWALL" },
    ),
    networkProfile: str({ replace: true }),
    params: resourceTags(true),
    project,
    routingMode: oneOf(["REGIONAL", "GLOBAL"], { optionalComputed: true, value: "REGIONAL" }),
    gatewayIpv4: out(""),
    networkId: out("{digits:19}"),
    numericId: out("{networkId}"),
    selfLink: selfLink(),
  },
  rules: [
    {
      name: "an inner IPv6 range comes with inner IPv6",
      when: { property: "internalIpv6Range", lengthAtLeast: 1 },
      then: { property: "enableUlaInternalIpv6", equals: true },
      message: "Invalid value for field internalIpv6Range: it needs enableUlaInternalIpv6",
      source: registry("compute/network"),
      at: "apply",
    },
  ],
};

const subnetwork: ResourceModel = {
  token: SUBNETWORK,
  source: registry("compute/subnetwork"),
  schema: "google_compute_subnetwork",
  id: "projects/{account}/regions/{region}/subnetworks/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "region", source: NAMING }],
  // Ranges of one network overlap nowhere, whatever their region: https://cloud.google.com/vpc/docs/subnets#ipv4-ranges
  disjoint: ["ipCidrRange", "secondaryIpRanges[].ipCidrRange"].map((property) => ({
    property,
    within: "network",
    source: RANGES,
  })),
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 15, update: 15, delete: 15 },
  properties: {
    allowSubnetCidrRoutesOverlap: bool({ optionalComputed: true, value: { json: false } }),
    deletionPolicy,
    description: str({ replace: true }),
    externalIpv6Prefix: str({ optionalComputed: true, replace: true, value: "" }),
    internalIpv6Prefix: str({ optionalComputed: true, replace: true, value: "" }),
    ipCidrRange: cidrV4({
      optionalComputed: true,
      // A range can grow in place and not shrink: https://cloud.google.com/vpc/docs/create-modify-vpc-networks#expand-subnet
      replaceWhen: {
        all: [
          { property: "^ipCidrRange", lengthAtLeast: 1 },
          { not: { property: "^ipCidrRange", inside: "{ipCidrRange}" } },
        ],
      },
    }),
    ipCollection: str(),
    ipv6AccessType: oneOf(["EXTERNAL", "INTERNAL"]),
    logConfig: block({
      aggregationInterval: oneOf(
        [
          "INTERVAL_5_SEC",
          "INTERVAL_30_SEC",
          "INTERVAL_1_MIN",
          "INTERVAL_5_MIN",
          "INTERVAL_10_MIN",
          "INTERVAL_15_MIN",
        ],
        { default: "INTERVAL_5_SEC" },
      ),
      filterExpr: str({ default: "true" }),
      flowSampling: num({ default: 0.5, min: 0, max: 1 }),
      metadata: oneOf(["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"], {
        default: "INCLUDE_ALL_METADATA",
      }),
      metadataFields: set(str()),
    }),
    name: computeName(),
    network: heldLinkTo(NETWORK, { required: true, replace: true }),
    params: resourceTags(true),
    privateIpGoogleAccess: bool({ optionalComputed: true, value: { json: false } }),
    privateIpv6GoogleAccess: str({
      enum: [
        "DISABLE_GOOGLE_ACCESS",
        "ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE",
        "ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE",
      ],
      optionalComputed: true,
      value: "DISABLE_GOOGLE_ACCESS",
    }),
    project,
    purpose: str({
      enum: [
        "PRIVATE",
        "REGIONAL_MANAGED_PROXY",
        "GLOBAL_MANAGED_PROXY",
        "PRIVATE_SERVICE_CONNECT",
        "PEER_MIGRATION",
        "PRIVATE_NAT",
      ],
      optionalComputed: true,
      value: "PRIVATE",
    }),
    region,
    reservedInternalRange: str({ replace: true }),
    resolveSubnetMask: oneOf(
      [
        "ARP_ALL_RANGES",
        "ARP_PRIMARY_RANGE",
        "ARP_BROADCAST_PRIMARY_RANGE",
        "ARP_BROADCAST_PRIMARY_RANGE_WITH_LEARNING",
      ],
      { replace: true },
    ),
    role: oneOf(["ACTIVE", "BACKUP"]),
    secondaryIpRanges: blocks(
      {
        ipCidrRange: cidrV4({ optionalComputed: true, example: "10.96.0.0/16" }),
        ipCollection: str(),
        ipVersion: oneOf(["IPV4", "IPV6"], { optionalComputed: true, value: "IPV4" }),
        rangeName: str({ required: true, pattern: RFC1035, example: "pods" }),
        reservedInternalRange: str(),
      },
      { optionalComputed: true, value: { json: [] } },
    ),
    sendSecondaryIpRangeIfEmpty: bool(),
    stackType: oneOf(["IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"], {
      optionalComputed: true,
      value: "IPV4_ONLY",
    }),
    creationTimestamp,
    fingerprint: out("{alnum:11}=", { changesWith: "*" }),
    gatewayAddress: out("{ipCidrRange~^(\\d+\\.\\d+\\.\\d+)}.1", { changesWith: ["ipCidrRange"] }),
    ipv6CidrRange: out(""),
    ipv6GceEndpoint: out(""),
    selfLink: selfLink(),
    state: out(""),
    subnetworkId: { type: "integer", computed: true, value: "{int:1000000000-9000000000}" },
  },
  rules: [
    {
      name: "a subnet says its range, or where it is reserved",
      then: {
        any: ["ipCidrRange", "reservedInternalRange", "ipCollection"].map((property) => ({
          property,
          present: true,
        })),
      },
      message: "Required field ipCidrRange not specified",
      source: RANGES,
      at: "apply",
    },
    {
      name: "a subnet has at least eight addresses",
      when: { property: "ipCidrRange", present: true },
      then: { property: "ipCidrRange", matches: ".+/([4-9]|1\\d|2\\d)" },
      message: "Invalid IPCidrRange: a subnet's mask is from /4 to /29",
      source: RANGES,
      at: "apply",
    },
    {
      name: "chosen fields of flow logs go with custom metadata",
      when: { property: "logConfig.metadataFields", present: true },
      then: { property: "logConfig.metadata", equals: "CUSTOM_METADATA" },
      message: "logConfig.metadataFields can only be specified with metadata CUSTOM_METADATA",
      source: registry("compute/subnetwork"),
      at: "apply",
    },
    {
      name: "a role goes with a managed proxy",
      when: { property: "role", present: true },
      then: { property: "purpose", in: ["REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY"] },
      message:
        "role can only be specified with purpose REGIONAL_MANAGED_PROXY or GLOBAL_MANAGED_PROXY",
      source: registry("compute/subnetwork"),
      at: "apply",
    },
    {
      name: "an IPv6 access type goes with two stacks",
      when: { property: "ipv6AccessType", present: true },
      then: { property: "stackType", in: ["IPV4_IPV6", "IPV6_ONLY"] },
      message: "ipv6AccessType needs stackType IPV4_IPV6 or IPV6_ONLY",
      source: registry("compute/subnetwork"),
      at: "apply",
    },
  ],
};

/** Compute Engine: networks and their subnets. */
export const models: readonly ResourceModel[] = [network, subnetwork];
