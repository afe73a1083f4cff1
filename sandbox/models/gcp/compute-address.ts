/** Compute Engine: reserved addresses and ranges. */
import type { Condition, ResourceModel } from "../../model";
import {
  str,
  int,
  oneOf,
  out,
  outJson,
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
  ADDRESS,
  GLOBAL_ADDRESS,
  COMPUTE_API,
} from "./common";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";

const inner: Condition = { property: "addressType", equals: "INTERNAL" };

const address: ResourceModel = {
  token: ADDRESS,
  source: registry("compute/address"),
  schema: "google_compute_address",
  id: "projects/{account}/regions/{region}/addresses/{name}",
  api: COMPUTE_API,
  name: autoName,
  labels: true,
  unique: [
    { properties: ["name"], scope: "region", source: NAMING },
    { properties: ["address"], scope: "account", source: NAMING },
  ],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 5, delete: 5 },
  properties: {
    address: str({
      optionalComputed: true,
      replace: true,
      pattern: "[0-9a-f:.]+",
      example: "203.0.113.7",
      value: {
        cases: [
          {
            when: { property: "subnetwork", lengthAtLeast: 1 },
            value: "{address:subnetwork:ipCidrRange}",
          },
          { when: inner, value: "10.128.{int:0-255}.{int:2-254}" },
          { value: "34.{int:64-140}.{int:0-255}.{int:2-254}" },
        ],
      },
    }),
    addressType: oneOf(["INTERNAL", "EXTERNAL"], { replace: true, default: "EXTERNAL" }),
    deletionPolicy,
    description: str({ replace: true }),
    ipCollection: str({ replace: true }),
    ipVersion: oneOf(["IPV4", "IPV6"], { replace: true }),
    ipv6EndpointType: oneOf(["VM", "NETLB"], { replace: true }),
    name: computeName(),
    network: heldLinkTo(NETWORK, { replace: true }),
    networkTier: oneOf(["PREMIUM", "STANDARD"], {
      optionalComputed: true,
      replace: true,
      value: { cases: [{ when: inner, value: "" }, { value: "PREMIUM" }] },
    }),
    prefixLength: int({
      optionalComputed: true,
      value: { json: 0 },
      replace: true,
      min: 0,
      max: 128,
    }),
    project,
    purpose: str({
      enum: [
        "GCE_ENDPOINT",
        "SHARED_LOADBALANCER_VIP",
        "VPC_PEERING",
        "IPSEC_INTERCONNECT",
        "PRIVATE_SERVICE_CONNECT",
      ],
      optionalComputed: true,
      replace: true,
      value: { cases: [{ when: inner, value: "GCE_ENDPOINT" }, { value: "" }] },
    }),
    region,
    subnetwork: heldLinkTo(SUBNETWORK, { optionalComputed: true, replace: true, value: "" }),
    addressId: { type: "string", computed: true, value: "{digits:19}" },
    creationTimestamp,
    labelFingerprint: out("{alnum:11}=", { changesWith: ["labels"] }),
    selfLink: selfLink(),
    users: outJson("list", []),
  },
  rules: [
    {
      name: "only an inner address is in a subnet",
      when: { any: ["subnetwork", "network"].map((property) => ({ property, lengthAtLeast: 1 })) },
      then: inner,
      message: "network and subnetwork: only for an address of addressType INTERNAL",
      source: registry("compute/address"),
      at: "apply",
    },
    {
      name: "only an outer address has a tier",
      when: { property: "networkTier", lengthAtLeast: 1 },
      then: { not: inner },
      message: "networkTier can't be specified with addressType INTERNAL",
      source: registry("compute/address"),
      at: "apply",
    },
    {
      name: "only an inner address has a purpose",
      when: { property: "purpose", lengthAtLeast: 1 },
      then: inner,
      message: "purpose: only for an address of addressType INTERNAL",
      source: registry("compute/address"),
      at: "apply",
    },
    {
      name: "an inner address is of its subnet",
      when: {
        all: [
          { property: "address", lengthAtLeast: 1 },
          { property: "subnetwork", lengthAtLeast: 1 },
        ],
      },
      then: { property: "address", inside: "{ref:subnetwork:ipCidrRange}" },
      message: "Requested internal IP is outside the subnetwork's range: address",
      source: registry("compute/address"),
      at: "apply",
    },
  ],
};

const globalAddress: ResourceModel = {
  token: GLOBAL_ADDRESS,
  source: registry("compute/globalAddress"),
  schema: "google_compute_global_address",
  id: "projects/{account}/global/addresses/{name}",
  api: COMPUTE_API,
  name: autoName,
  labels: true,
  unique: [{ properties: ["name"], scope: "account", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 5, delete: 5 },
  properties: {
    address: str({
      optionalComputed: true,
      replace: true,
      pattern: "[0-9a-f:.]+",
      example: "10.200.0.0",
      value: {
        cases: [
          { when: inner, value: "10.{int:64-250}.0.0" },
          { value: "34.{int:64-140}.{int:0-255}.{int:2-254}" },
        ],
      },
    }),
    addressType: oneOf(["EXTERNAL", "INTERNAL"], { replace: true, default: "EXTERNAL" }),
    deletionPolicy,
    description: str({ replace: true }),
    ipVersion: oneOf(["IPV4", "IPV6"], { replace: true }),
    name: computeName(),
    network: heldLinkTo(NETWORK, { replace: true }),
    prefixLength: int({
      optionalComputed: true,
      value: { json: 0 },
      replace: true,
      min: 8,
      max: 32,
    }),
    project,
    purpose: str({ enum: ["VPC_PEERING", "PRIVATE_SERVICE_CONNECT"], replace: true }),
    creationTimestamp,
    labelFingerprint: out("{alnum:11}=", { changesWith: ["labels"] }),
    selfLink: selfLink(),
  },
  rules: [
    {
      name: "an inner range is for peering or for Private Service Connect",
      when: inner,
      then: {
        all: ["purpose", "network"].map((property) => ({ property, present: true })),
      },
      message: "purpose and network must be specified with addressType INTERNAL",
      source: registry("compute/globaladdress"),
      at: "apply",
    },
    {
      name: "a range for peering has a length",
      when: { property: "purpose", equals: "VPC_PEERING" },
      then: { all: [inner, { property: "prefixLength", atLeast: 8, atMost: 29 }] },
      message: "purpose VPC_PEERING needs addressType INTERNAL and a prefixLength from 8 to 29",
      source:
        "https://cloud.google.com/vpc/docs/configure-private-services-access#allocating-range",
      at: "apply",
    },
    {
      name: "an outer address is one address in no network",
      when: { not: inner },
      then: {
        all: [
          ...["network", "purpose"].map((property) => ({ property, present: false })),
          { not: { property: "prefixLength", atLeast: 1 } },
        ],
      },
      message: "network, purpose and prefixLength: only for addressType INTERNAL",
      source: registry("compute/globaladdress"),
      at: "apply",
    },
  ],
};

/** Compute Engine: reserved addresses and ranges. */
export const models: readonly ResourceModel[] = [address, globalAddress];
