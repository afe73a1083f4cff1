/** Compute Engine: routers and the NAT on them. */
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
  blockSet,
  registry,
  project,
  region,
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
  ROUTER,
  ADDRESS,
  COMPUTE_API,
} from "./common";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";

const router: ResourceModel = {
  token: ROUTER,
  source: registry("compute/router"),
  schema: "google_compute_router",
  id: "projects/{account}/regions/{region}/routers/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "region", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 12, update: 12, delete: 12 },
  properties: {
    bgp: block({
      advertiseMode: oneOf(["DEFAULT", "CUSTOM"], { default: "DEFAULT" }),
      advertisedGroups: list(str({ enum: ["ALL_SUBNETS"] })),
      advertisedIpRanges: blockSet({
        description: str(),
        range: str({ required: true, format: "cidr" }),
      }),
      // Private numbers: https://datatracker.ietf.org/doc/html/rfc6996
      asn: int({ required: true, min: 1, max: 4294967294, example: 64514 }),
      identifierRange: str({ optionalComputed: true, value: "" }),
      keepaliveInterval: int({ default: 20, min: 20, max: 60 }),
    }),
    deletionPolicy,
    description: str(),
    encryptedInterconnectRouter: bool({ replace: true }),
    md5AuthenticationKeys: block({
      key: str({ required: true }),
      name: str({ required: true }),
    }),
    name: computeName(),
    nccGateway: str({ replace: true, conflicts: ["network"] }),
    network: heldLinkTo(NETWORK, { replace: true, conflicts: ["nccGateway"] }),
    params: block(
      {
        resourceManagerTags: map(),
      },
      { replace: true },
    ),
    project,
    region,
    creationTimestamp,
    selfLink: selfLink(),
  },
  rules: [
    {
      name: "a router is in a network",
      then: { any: ["network", "nccGateway"].map((property) => ({ property, present: true })) },
      message: "Required field network not specified",
      source: registry("compute/router"),
      at: "apply",
    },
    {
      name: "chosen routes are announced in custom mode",
      when: {
        any: ["bgp.advertisedGroups", "bgp.advertisedIpRanges"].map((property) => ({
          property,
          present: true,
        })),
      },
      then: { property: "bgp.advertiseMode", equals: "CUSTOM" },
      message: "bgp.advertisedGroups and bgp.advertisedIpRanges need advertiseMode CUSTOM",
      source: registry("compute/router"),
      at: "apply",
    },
  ],
};

const routerNat: ResourceModel = {
  token: "gcp:compute/routerNat:RouterNat",
  source: registry("compute/routerNat"),
  schema: "google_compute_router_nat",
  id: "{account}/{region}/{router}/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name", "router"], scope: "region", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 20, update: 20, delete: 20 },
  properties: {
    autoNetworkTier: oneOf(["PREMIUM", "STANDARD"], { optionalComputed: true, value: "PREMIUM" }),
    deletionPolicy,
    drainNatIps: set(heldLinkTo(ADDRESS), { optionalComputed: true, value: { json: [] } }),
    enableDynamicPortAllocation: bool({ optionalComputed: true, value: { json: false } }),
    enableEndpointIndependentMapping: bool({ optionalComputed: true, value: { json: false } }),
    endpointTypes: list(
      oneOf(["ENDPOINT_TYPE_VM", "ENDPOINT_TYPE_SWG", "ENDPOINT_TYPE_MANAGED_PROXY_LB"]),
      {
        optionalComputed: true,
        value: { json: ["ENDPOINT_TYPE_VM"] },
        replace: true,
        minItems: 1,
      },
    ),
    icmpIdleTimeoutSec: int({ default: 30 }),
    initialNatIps: set(heldLinkTo(ADDRESS), {
      replace: true,
      conflicts: ["drainNatIps", "natIps"],
    }),
    logConfig: block({
      enable: bool({ required: true }),
      filter: oneOf(["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"], { required: true }),
    }),
    maxPortsPerVm: int({ min: 64, max: 65536 }),
    minPortsPerVm: int({ optionalComputed: true, value: { json: 64 }, min: 2, max: 57344 }),
    name: computeName(),
    nat64Subnetworks: blockSet({
      name: heldLinkTo(SUBNETWORK, { required: true }),
    }),
    natIpAllocateOption: oneOf(["MANUAL_ONLY", "AUTO_ONLY"]),
    natIps: set(heldLinkTo(ADDRESS), { optionalComputed: true, value: { json: [] } }),
    project,
    region,
    router: heldLinkTo(ROUTER, { required: true, replace: true }),
    rules: blockSet({
      action: block(
        {
          sourceNatActiveIps: set(heldLinkTo(ADDRESS)),
          sourceNatActiveRanges: set(str()),
          sourceNatDrainIps: set(heldLinkTo(ADDRESS)),
          sourceNatDrainRanges: set(str()),
        },
        { optionalComputed: true },
      ),
      description: str(),
      match: str({ required: true, example: "destination.ip == '203.0.113.10'" }),
      ruleNumber: int({ required: true, min: 0, max: 65000 }),
    }),
    sourceSubnetworkIpRangesToNat: oneOf(
      [
        "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
        "LIST_OF_SUBNETWORKS",
      ],
      { required: true },
    ),
    sourceSubnetworkIpRangesToNat64: oneOf(["ALL_IPV6_SUBNETWORKS", "LIST_OF_IPV6_SUBNETWORKS"]),
    subnetworks: blockSet({
      name: heldLinkTo(SUBNETWORK, { required: true }),
      secondaryIpRangeNames: set(str()),
      sourceIpRangesToNats: set(
        str({ enum: ["ALL_IP_RANGES", "LIST_OF_SECONDARY_IP_RANGES", "PRIMARY_IP_RANGE"] }),
        { required: true, minItems: 1 },
      ),
    }),
    tcpEstablishedIdleTimeoutSec: int({ default: 1200 }),
    tcpTimeWaitTimeoutSec: int({ default: 120 }),
    tcpTransitoryIdleTimeoutSec: int({ default: 30 }),
    type: oneOf(["PUBLIC", "PRIVATE"], { replace: true, default: "PUBLIC" }),
    udpIdleTimeoutSec: int({ default: 30 }),
  },
  rules: [
    {
      name: "addresses of one's own are named",
      when: { property: "natIpAllocateOption", equals: "MANUAL_ONLY" },
      then: { any: ["natIps", "initialNatIps"].map((property) => ({ property, present: true })) },
      message: "natIps must be specified with natIpAllocateOption MANUAL_ONLY",
      source: registry("compute/routernat"),
    },
    {
      name: "Google's addresses are not named",
      when: { property: "natIpAllocateOption", equals: "AUTO_ONLY" },
      then: {
        all: ["natIps", "drainNatIps", "initialNatIps"].map((property) => ({
          property,
          present: false,
        })),
      },
      message: "natIps can't be specified with natIpAllocateOption AUTO_ONLY",
      source: registry("compute/routernat"),
      at: "apply",
    },
    {
      name: "public NAT says where its addresses come from",
      when: { not: { property: "type", equals: "PRIVATE" } },
      then: { property: "natIpAllocateOption", present: true },
      message: "natIpAllocateOption must be specified for a NAT of type PUBLIC",
      source: "https://cloud.google.com/nat/docs/set-up-manage-network-address-translation",
      at: "apply",
    },
    {
      name: "a list of subnets has subnets, and nothing else has",
      when: {
        not: { property: "sourceSubnetworkIpRangesToNat", equals: "LIST_OF_SUBNETWORKS" },
      },
      then: { property: "subnetworks", present: false },
      message: "subnetworks needs sourceSubnetworkIpRangesToNat LIST_OF_SUBNETWORKS",
      source: registry("compute/routernat"),
      at: "apply",
    },
    {
      name: "a list of subnets names some",
      when: { property: "sourceSubnetworkIpRangesToNat", equals: "LIST_OF_SUBNETWORKS" },
      then: { property: "subnetworks", present: true },
      message: "subnetworks must be specified with LIST_OF_SUBNETWORKS",
      source: registry("compute/routernat"),
      at: "apply",
    },
    {
      name: "ports that are given as they are needed are not bound to endpoints",
      when: { property: "enableDynamicPortAllocation", equals: true },
      then: { not: { property: "enableEndpointIndependentMapping", equals: true } },
      message:
        "enableDynamicPortAllocation and enableEndpointIndependentMapping can't both be true",
      source: "https://cloud.google.com/nat/docs/ports-and-addresses#dynamic-port",
      at: "apply",
    },
    {
      name: "only ports that are given as they are needed have a most",
      when: { property: "maxPortsPerVm", present: true },
      then: { property: "enableDynamicPortAllocation", equals: true },
      message: "maxPortsPerVm needs enableDynamicPortAllocation",
      source: "https://cloud.google.com/nat/docs/ports-and-addresses#dynamic-port",
      at: "apply",
    },
  ],
};

/** Compute Engine: routers and the NAT on them. */
export const models: readonly ResourceModel[] = [router, routerNat];
