/** GKE: what must fit together in a cluster. */
import type { Condition, Rule } from "../../model";
import { registry } from "./common";

const PAGE = registry("container/cluster");
const DATAPLANE = "https://cloud.google.com/kubernetes-engine/docs/how-to/dataplane-v2";
const RANGES = "https://cloud.google.com/kubernetes-engine/docs/how-to/alias-ips";
const IDENTITY = "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity";
const WINDOWS =
  "https://cloud.google.com/kubernetes-engine/docs/how-to/maintenance-windows-and-exclusions";
const ISOLATION = "https://cloud.google.com/kubernetes-engine/docs/how-to/latest/network-isolation";
const ENCRYPTION = "https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets";

const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });
const on = (property: string): Condition => ({ property, equals: true });
const advanced: Condition = { property: "datapathProvider", equals: "ADVANCED_DATAPATH" };
const EXCLUSIONS = "maintenancePolicy.maintenanceExclusions";

/** A feature that Dataplane V2 alone has. */
const ofDataplane = (property: string, when: Condition, source: string): Rule => ({
  name: `${property} is of Dataplane V2`,
  when,
  then: advanced,
  message: `Invalid request: \`${property}\` needs Dataplane V2: \`datapathProvider\` ADVANCED_DATAPATH`,
  source,
  at: "apply",
});

const rangeInSubnet = (property: string, what: string): Rule => ({
  name: `the range of ${what} is in the subnet`,
  when: present(`ipAllocationPolicy.${property}`),
  then: {
    property: `ipAllocationPolicy.${property}`,
    allAmong: ["subnetwork->secondaryIpRanges[].rangeName"],
  },
  message: `Invalid request: \`ipAllocationPolicy.${property}\`: ${what} secondary range not found in \`subnetwork\``,
  source: RANGES,
  at: "apply",
});

/** What the provider and the API check of a cluster. */
export const rules: readonly Rule[] = [
  rangeInSubnet("clusterSecondaryRangeName", "pods"),
  rangeInSubnet("servicesSecondaryRangeName", "services"),
  rangeInSubnet("additionalPodRangesConfig.podRangeNames", "more pods"),
  {
    name: "pods and services have ranges of their own",
    when: present("ipAllocationPolicy.clusterSecondaryRangeName"),
    then: {
      not: {
        property: "ipAllocationPolicy.clusterSecondaryRangeName",
        allAmong: ["ipAllocationPolicy.servicesSecondaryRangeName"],
      },
    },
    message:
      "Invalid request: `ipAllocationPolicy`: pods and services can't share one secondary range",
    source: RANGES,
    at: "apply",
  },
  {
    name: "routes have no ranges of a subnet",
    when: { property: "networkingMode", equals: "ROUTES" },
    then: absent("ipAllocationPolicy"),
    message: "Invalid request: `ipAllocationPolicy` needs `networkingMode` VPC_NATIVE",
    source: PAGE,
    at: "apply",
  },
  {
    name: "the subnet is in the cluster's region",
    when: present("subnetwork"),
    then: {
      property: "subnetwork->region",
      matches: ".+",
      startsWith: "{location~^([a-z]+(?:-[a-z]+)+[0-9]+)}",
    },
    message: "Invalid request: `subnetwork` must be in the region of the cluster (`location`)",
    source: RANGES,
    at: "apply",
  },
  {
    name: "the subnet is of the cluster's network",
    when: { all: [present("subnetwork"), present("network")] },
    then: { property: "network->id", allAmong: ["subnetwork->network->id"] },
    message: "Invalid request: `subnetwork` is of another `network`",
    source: RANGES,
    at: "apply",
  },
  {
    name: "a cluster begins with a node",
    when: { not: on("enableAutopilot") },
    then: { property: "initialNodeCount", atLeast: 1 },
    message:
      "Invalid request: Cluster.initial_node_count must be greater than zero: `initialNodeCount` (with `removeDefaultNodePool` 1)",
    source: PAGE,
    at: "apply",
  },
  {
    name: "nodes are in zones of the cluster's region",
    when: present("nodeLocations"),
    then: {
      property: "nodeLocations",
      every: { property: ".", startsWith: "{location~^([a-z]+(?:-[a-z]+)+[0-9]+)}-" },
    },
    message: "Invalid request: `nodeLocations` must be zones of the region in `location`",
    source: PAGE,
    at: "apply",
  },
  {
    name: "the workload pool is the project's",
    when: present("workloadIdentityConfig.workloadPool"),
    then: {
      property: "workloadIdentityConfig.workloadPool",
      matches: "{account}\\.svc\\.id\\.goog",
    },
    message:
      "Invalid request: `workloadIdentityConfig.workloadPool`: currently, the only supported workload pool is the project's: PROJECT_ID.svc.id.goog",
    source: IDENTITY,
    at: "apply",
  },
  {
    name: "Dataplane V2 has no Calico",
    when: advanced,
    then: {
      all: [
        { not: on("networkPolicy.enabled") },
        { not: { property: "addonsConfig.networkPolicyConfig.disabled", equals: false } },
      ],
    },
    message:
      "Invalid request: `networkPolicy`: network policy cannot be enabled for clusters with Dataplane V2, which enforces it by itself",
    source: DATAPLANE,
    at: "apply",
  },
  {
    name: "Calico has its addon",
    when: on("networkPolicy.enabled"),
    then: { property: "addonsConfig.networkPolicyConfig.disabled", equals: false },
    message:
      "Invalid request: `networkPolicy` requires the network policy addon: `addonsConfig.networkPolicyConfig.disabled` false",
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy",
    at: "apply",
  },
  ofDataplane(
    "inTransitEncryptionConfig",
    {
      property: "inTransitEncryptionConfig",
      equals: "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT",
    },
    "https://cloud.google.com/kubernetes-engine/docs/how-to/encryption-in-transit",
  ),
  ofDataplane(
    "enableFqdnNetworkPolicy",
    on("enableFqdnNetworkPolicy"),
    "https://cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies",
  ),
  ofDataplane(
    "enableCiliumClusterwideNetworkPolicy",
    on("enableCiliumClusterwideNetworkPolicy"),
    "https://cloud.google.com/kubernetes-engine/docs/how-to/configure-cilium-network-policy",
  ),
  ofDataplane(
    "monitoringConfig.advancedDatapathObservabilityConfig",
    on("monitoringConfig.advancedDatapathObservabilityConfig.enableMetrics"),
    "https://cloud.google.com/kubernetes-engine/docs/how-to/configure-dpv2-observability",
  ),
  {
    name: "private nodes have alias addresses",
    when: on("privateClusterConfig.enablePrivateNodes"),
    then: { not: { property: "networkingMode", equals: "ROUTES" } },
    message:
      "Invalid request: `privateClusterConfig.enablePrivateNodes` needs a VPC-native cluster (`networkingMode`)",
    source: ISOLATION,
    at: "apply",
  },
  {
    name: "components of logs include the system's",
    when: present("loggingConfig.enableComponents"),
    then: { property: "loggingConfig.enableComponents[]", equals: "SYSTEM_COMPONENTS" },
    message:
      "Invalid request: `loggingConfig.enableComponents` must include SYSTEM_COMPONENTS where there are others",
    source:
      "https://cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring#available-logs",
    at: "apply",
  },
  {
    name: "components of metrics include the system's",
    when: present("monitoringConfig.enableComponents"),
    then: { property: "monitoringConfig.enableComponents[]", equals: "SYSTEM_COMPONENTS" },
    message:
      "Invalid request: `monitoringConfig.enableComponents` must include SYSTEM_COMPONENTS where there are others",
    source:
      "https://cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring#available-metrics",
    at: "apply",
  },
  {
    name: "components are given once",
    then: {
      all: ["loggingConfig", "monitoringConfig"].map((name) => ({
        property: `${name}.enableComponents`,
        distinct: true,
      })),
    },
    message: "Invalid request: `enableComponents`: a component is given twice",
    source: PAGE,
    at: "apply",
  },
  {
    name: "an exclusion has one end",
    when: present(EXCLUSIONS),
    then: {
      property: EXCLUSIONS,
      every: {
        any: [
          {
            all: [present("endTime"), absent("exclusionOptions.endTimeBehavior")],
          },
          { all: [absent("endTime"), present("exclusionOptions.endTimeBehavior")] },
        ],
      },
    },
    message:
      "Invalid request: `maintenancePolicy.maintenanceExclusions`: one of endTime and endTimeBehavior must be given",
    source: WINDOWS,
    at: "apply",
  },
  {
    name: "each exclusion has a name of its own",
    when: present(EXCLUSIONS),
    then: { property: `${EXCLUSIONS}[].exclusionName`, distinct: true },
    message:
      "Invalid request: `maintenancePolicy.maintenanceExclusions`: each has a name of its own",
    source: WINDOWS,
    at: "apply",
  },
  {
    name: "exclusions of minor versions need a channel",
    when: {
      property: `${EXCLUSIONS}[].exclusionOptions.scope`,
      in: ["NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"],
    },
    then: { not: { property: "releaseChannel.channel", equals: "UNSPECIFIED" } },
    message:
      "Invalid request: `maintenancePolicy.maintenanceExclusions`: this scope needs a release channel (`releaseChannel`)",
    source: WINDOWS,
    at: "apply",
  },
  {
    name: "secrets are encrypted with a key",
    when: { property: "databaseEncryption.state", equals: "ENCRYPTED" },
    then: { property: "databaseEncryption.keyName", lengthAtLeast: 1 },
    message: "Invalid request: `databaseEncryption.keyName` must be given to encrypt secrets",
    source: ENCRYPTION,
    at: "apply",
  },
  {
    name: "notifications have a topic",
    when: on("notificationConfig.pubsub.enabled"),
    then: present("notificationConfig.pubsub.topic"),
    message: "Invalid request: `notificationConfig.pubsub.topic` must be given",
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-notifications",
    at: "apply",
  },
  {
    name: "GKE's metadata server needs a workload pool",
    when: { property: "nodeConfig.workloadMetadataConfig.mode", equals: "GKE_METADATA" },
    then: present("workloadIdentityConfig.workloadPool"),
    message:
      "Invalid request: `nodeConfig.workloadMetadataConfig.mode` GKE_METADATA needs `workloadIdentityConfig.workloadPool`",
    source: IDENTITY,
    at: "apply",
  },
  {
    name: "a scope of DNS needs Cloud DNS",
    when: { property: "dnsConfig.clusterDnsScope", in: ["CLUSTER_SCOPE", "VPC_SCOPE"] },
    then: { property: "dnsConfig.clusterDns", equals: "CLOUD_DNS" },
    message: "Invalid request: `dnsConfig.clusterDnsScope` needs `clusterDns` CLOUD_DNS",
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-dns",
    at: "apply",
  },
  {
    name: "the first nodes have the control plane's version",
    when: { all: [present("nodeVersion"), absent("^name")] },
    then: { property: "nodeVersion", allAmong: ["minMasterVersion"] },
    message: "Invalid request: `nodeVersion` must be unset or `minMasterVersion` at creation",
    source: PAGE,
    at: "apply",
  },
];
