/** GKE: a cluster's addresses, and the ways to its control plane. */
import type { PropertyModel } from "../../model";
import {
  RFC1035,
  SUBNETWORK,
  block,
  blockSet,
  bool,
  cidrV4,
  heldLinkTo,
  out,
  set,
  str,
} from "./common";
import { ANEW, enabling, known } from "./container-fields";

const BY_NAME = ["clusterIpv4CidrBlock", "servicesIpv4CidrBlock"];
const BY_RANGE = ["clusterSecondaryRangeName", "servicesSecondaryRangeName"];
/** A block, or the length of its mask: https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips */
const range = (value: string): PropertyModel =>
  str({
    optionalComputed: true,
    replace: true,
    conflicts: BY_RANGE,
    pattern: "([0-9.]+)?/\\d+",
    example: "/20",
    value,
  });
const rangeName = (): PropertyModel =>
  str({
    optionalComputed: true,
    replace: true,
    conflicts: BY_NAME,
    pattern: RFC1035,
    value: "",
  });
export const ipAllocationPolicy = block(
  {
    additionalPodRangesConfig: block({
      podRangeNames: set(str({ pattern: RFC1035 }), { required: true, minItems: 1 }),
    }),
    clusterIpv4CidrBlock: range("10.{int:64-95}.0.0/17"),
    clusterSecondaryRangeName: rangeName(),
    podCidrOverprovisionConfig: block(
      { disabled: bool({ required: true }) },
      { optionalComputed: true, ...ANEW, value: { json: { disabled: false } } },
    ),
    servicesIpv4CidrBlock: range("34.118.224.0/20"),
    servicesSecondaryRangeName: rangeName(),
    stackType: str({ default: "IPV4", pattern: "IPV4|IPV4_IPV6", example: "IPV4" }),
  },
  {
    optionalComputed: true,
    ...ANEW,
    conflicts: ["clusterIpv4Cidr"],
    omits: "several subnets, automatic ranges and network tiers of a cluster are not modelled",
  },
);

/**
 * Ways to the control plane: https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation#dns-based_endpoint
 * The name has the cluster's id, the project's number and the location in it.
 */
const dnsEndpoint = "gke-{hex:36}-{accountNumber}.{location}.gke.goog";
export const controlPlaneEndpointsConfig = block(
  {
    dnsEndpointConfig: block(
      {
        allowExternalTraffic: bool(),
        enableK8sCertsViaDns: bool(),
        enableK8sTokensViaDns: bool(),
        endpoint: str({ optionalComputed: true, value: dnsEndpoint }),
      },
      {
        optionalComputed: true,
        value: {
          json: {
            allowExternalTraffic: false,
            enableK8sCertsViaDns: false,
            enableK8sTokensViaDns: false,
            endpoint: dnsEndpoint,
          },
        },
      },
    ),
    ipEndpointsConfig: block(
      { enabled: bool() },
      { optionalComputed: true, value: { json: { enabled: true } } },
    ),
  },
  {
    optionalComputed: true,
    value: {
      json: {
        dnsEndpointConfig: {
          allowExternalTraffic: false,
          enableK8sCertsViaDns: false,
          enableK8sTokensViaDns: false,
          endpoint: dnsEndpoint,
        },
        ipEndpointsConfig: { enabled: true },
      },
    },
  },
);

export const privateClusterConfig = block(
  {
    enablePrivateEndpoint: bool(),
    enablePrivateNodes: bool(),
    masterGlobalAccessConfig: enabling(false),
    // https://cloud.google.com/kubernetes-engine/docs/how-to/legacy/network-isolation#req_res_lim
    masterIpv4CidrBlock: cidrV4({
      optionalComputed: true,
      replace: true,
      pattern: "[0-9.]+/28",
      example: "172.16.0.0/28",
      value: "",
    }),
    peeringName: out(""),
    privateEndpoint: out("10.{int:0-63}.{int:0-255}.{int:2-250}"),
    privateEndpointSubnetwork: heldLinkTo(SUBNETWORK, { replace: true }),
    publicEndpoint: out("34.{int:64-127}.{int:0-255}.{int:2-250}"),
  },
  {
    optionalComputed: true,
    value: {
      json: {
        enablePrivateEndpoint: false,
        enablePrivateNodes: false,
        masterGlobalAccessConfig: { enabled: false },
        peeringName: "",
        privateEndpoint: "10.{int:0-63}.{int:0-255}.{int:2-250}",
        publicEndpoint: "34.{int:64-127}.{int:0-255}.{int:2-250}",
      },
    },
  },
);

export const masterAuthorizedNetworksConfig = block(
  {
    // Up to 50 in a public cluster, 100 in a private one:
    // https://cloud.google.com/kubernetes-engine/docs/how-to/latest/network-isolation#limitations
    cidrBlocks: blockSet(
      {
        cidrBlock: str({ required: true, format: "cidr", example: "203.0.113.0/24" }),
        displayName: str(),
      },
      { maxItems: 100, deviates: "a limit of the API" },
    ),
    gcpPublicCidrsAccessEnabled: bool({ optionalComputed: true }),
    privateEndpointEnforcementEnabled: bool({ optionalComputed: true }),
  },
  { optionalComputed: true },
);

export const dnsConfig = block({
  additiveVpcScopeDnsDomain: str({ format: "hostname" }),
  clusterDns: known(["PROVIDER_UNSPECIFIED", "PLATFORM_DEFAULT", "CLOUD_DNS", "KUBE_DNS"], {
    default: "PROVIDER_UNSPECIFIED",
  }),
  clusterDnsDomain: str({ pattern: "[a-z0-9.-]+", example: "cluster.local" }),
  clusterDnsScope: known(["DNS_SCOPE_UNSPECIFIED", "CLUSTER_SCOPE", "VPC_SCOPE"]),
});
