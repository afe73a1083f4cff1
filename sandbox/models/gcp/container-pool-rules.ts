/** GKE: what must fit together in a node pool, and between it and its cluster. */
import type { Condition, Rule } from "../../model";
import { registry } from "./common";

const PAGE = registry("container/nodepool");
const AUTOSCALER = "https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler";
const UPGRADES =
  "https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies";
const CHANNELS = "https://cloud.google.com/kubernetes-engine/docs/concepts/release-channels";
const IDENTITY = "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity";

const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });
const perZone = ["autoscaling.minNodeCount", "autoscaling.maxNodeCount"];
const total = ["autoscaling.totalMinNodeCount", "autoscaling.totalMaxNodeCount"];

/** What the provider and the API check of a node pool. */
export const rules: readonly Rule[] = [
  {
    name: "limits of a pool are per zone or in total",
    when: { any: total.map(present) },
    then: { all: perZone.map(absent) },
    message:
      "Invalid request: `autoscaling`: totalMinNodeCount and totalMaxNodeCount can't be used with minNodeCount and maxNodeCount",
    source: AUTOSCALER,
    at: "apply",
  },
  {
    name: "an autoscaler has a most",
    when: present("autoscaling"),
    then: {
      any: ["autoscaling.maxNodeCount", "autoscaling.totalMaxNodeCount"].map((property) => ({
        property,
        atLeast: 1,
      })),
    },
    message: "Invalid request: `autoscaling`: maxNodeCount or totalMaxNodeCount must be at least 1",
    source: AUTOSCALER,
    at: "apply",
  },
  ...[perZone, total].map(([least = "", most = ""]) => ({
    name: `${most} is no less than ${least}`,
    when: { all: [present(least), present(most)] },
    then: { property: most, atLeastProperty: least },
    message: `Invalid request: \`${most}\` must not be less than \`${least}\``,
    source: AUTOSCALER,
    at: "apply" as const,
  })),
  {
    name: "a pool starts within its limits",
    when: { all: [present("autoscaling.maxNodeCount"), present("initialNodeCount")] },
    then: { property: "initialNodeCount", atMostProperty: "autoscaling.maxNodeCount" },
    message: "Invalid request: `initialNodeCount` must not be more than `autoscaling.maxNodeCount`",
    source: AUTOSCALER,
    at: "apply",
  },
  {
    name: "the first and the current size are not both given",
    when: { all: [absent("^cluster"), present("initialNodeCount")] },
    then: absent("nodeCount"),
    message:
      "Cannot set both `initialNodeCount` and `nodeCount` on node pool: the provider has one of them",
    source: PAGE,
    at: "apply",
  },
  {
    name: "a surge upgrade moves at least one node",
    when: {
      all: [
        { property: "upgradeSettings.strategy", equals: "SURGE" },
        present("upgradeSettings.maxSurge"),
      ],
    },
    then: {
      any: ["upgradeSettings.maxSurge", "upgradeSettings.maxUnavailable"].map((property) => ({
        property,
        atLeast: 1,
      })),
    },
    message:
      "Invalid request: `upgradeSettings`: at least one of maxSurge and maxUnavailable must be greater than 0",
    source: `${UPGRADES}#surge`,
    at: "apply",
  },
  {
    name: "blue-green settings go with blue-green upgrades",
    when: present("upgradeSettings.blueGreenSettings"),
    then: { property: "upgradeSettings.strategy", equals: "BLUE_GREEN" },
    message:
      "Invalid request: `upgradeSettings.blueGreenSettings` may only be used with strategy BLUE_GREEN",
    source: `${UPGRADES}#blue-green`,
    at: "apply",
  },
  {
    name: "surge settings go with surge upgrades",
    when: { property: "upgradeSettings.strategy", equals: "BLUE_GREEN" },
    then: { all: ["maxSurge", "maxUnavailable"].map((key) => absent(`upgradeSettings.${key}`)) },
    message:
      "Invalid request: `upgradeSettings`: maxSurge and maxUnavailable may not be used with strategy BLUE_GREEN",
    source: `${UPGRADES}#blue-green`,
    at: "apply",
  },
  {
    name: "a release channel repairs and upgrades its nodes",
    when: {
      property: "cluster->releaseChannel.channel",
      in: ["RAPID", "REGULAR", "STABLE", "EXTENDED"],
    },
    then: {
      all: ["autoRepair", "autoUpgrade"].map((key) => ({
        not: { property: `management.${key}`, equals: false },
      })),
    },
    message:
      "Invalid request: `management`: autoUpgrade and autoRepair cannot be false when the cluster has a release channel",
    source: CHANNELS,
    at: "apply",
  },
  {
    name: "nodes are in zones of the cluster's region",
    when: present("nodeLocations"),
    then: {
      property: "nodeLocations",
      every: { property: ".", startsWith: "{ref:cluster:location~^([a-z]+-[a-z]+[0-9]+)}-" },
    },
    message: "Invalid request: `nodeLocations` must be zones of the cluster's region",
    source: PAGE,
    at: "apply",
  },
  {
    name: "a pool is where its cluster is",
    when: present("location"),
    then: { property: "location", allAmong: ["cluster->location"] },
    message: "Not found: `location`: the cluster is in another location",
    source: PAGE,
    at: "apply",
  },
  {
    name: "GKE's metadata server needs a workload pool",
    when: { property: "nodeConfig.workloadMetadataConfig.mode", equals: "GKE_METADATA" },
    then: { property: "cluster->workloadIdentityConfig.workloadPool", lengthAtLeast: 1 },
    message:
      "Invalid request: `nodeConfig.workloadMetadataConfig.mode` GKE_METADATA needs `workloadIdentityConfig.workloadPool` of the cluster",
    source: IDENTITY,
    at: "apply",
  },
  {
    name: "a pool does not turn off what its cluster has shielded",
    when: { property: "nodeConfig.shieldedInstanceConfig.enableSecureBoot", equals: true },
    then: { not: { property: "cluster->enableShieldedNodes", equals: false } },
    message:
      "Invalid request: `nodeConfig.shieldedInstanceConfig` needs `enableShieldedNodes` of the cluster",
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/shielded-gke-nodes",
    at: "apply",
  },
  {
    name: "Spot is not preemptible",
    when: { property: "nodeConfig.spot", equals: true },
    then: { not: { property: "nodeConfig.preemptible", equals: true } },
    message: "Invalid request: `nodeConfig`: spot and preemptible can't both be true",
    source: "https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms",
    at: "apply",
  },
  {
    name: "a pool of an Autopilot cluster is Google's",
    then: { not: { property: "cluster->enableAutopilot", equals: true } },
    message: "Invalid request: `cluster`: Autopilot clusters do not take node pools",
    source: "https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-overview",
    at: "apply",
  },
  {
    name: "a pool's range of pods is in the subnet",
    when: {
      all: [
        present("networkConfig.podRange"),
        { not: { property: "networkConfig.createPodRange", equals: true } },
      ],
    },
    then: {
      property: "networkConfig.podRange",
      allAmong: ["cluster->subnetwork->secondaryIpRanges[].rangeName"],
    },
    message:
      "Invalid request: `networkConfig.podRange`: pods secondary range not found in the cluster's subnetwork",
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/multi-pod-cidr",
    at: "apply",
  },
];
