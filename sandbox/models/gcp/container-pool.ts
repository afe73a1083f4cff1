/** GKE: node pools of a cluster. */
import type { Condition, PropertyModel, ResourceModel } from "../../model";
import {
  ABANDONED,
  CLUSTER,
  CONTAINER_API,
  block,
  blocks,
  bool,
  deletionPolicy,
  int,
  num,
  oneOf,
  out,
  prevented,
  project,
  registry,
  seconds,
  set,
  str,
  zoneName,
} from "./common";
import { ANEW } from "./container-fields";
import { nodeConfig } from "./container-node";
import { rules } from "./container-pool-rules";

const PAGE = registry("container/nodepool");
const present = (property: string): Condition => ({ property, present: true });

const networkConfig = block(
  {
    createPodRange: bool({ replace: true }),
    enablePrivateNodes: bool({
      optionalComputed: true,
      value: {
        cases: [
          {
            when: { property: "cluster->privateClusterConfig.enablePrivateNodes", equals: true },
            value: { json: true },
          },
          { value: { json: false } },
        ],
      },
    }),
    podCidrOverprovisionConfig: block(
      { disabled: bool({ required: true }) },
      { optionalComputed: true, ...ANEW },
    ),
    podIpv4CidrBlock: str({ optionalComputed: true, replace: true }),
    podRange: str({ optionalComputed: true, replace: true }),
    subnetwork: str({ optionalComputed: true, replace: true }),
  },
  { optionalComputed: true, omits: "further networks of nodes and pods are not modelled" },
);

const upgradeSettings = block(
  {
    blueGreenSettings: block(
      {
        autoscaledRolloutPolicy: block({
          waitForDrainDuration: seconds({ optionalComputed: true }),
        }),
        nodePoolSoakDuration: seconds({ optionalComputed: true, value: "3600s" }),
        standardRolloutPolicy: block({
          batchNodeCount: int({ optionalComputed: true, min: 1 }),
          batchPercentage: num({ optionalComputed: true, min: 0, max: 1 }),
          batchSoakDuration: seconds({ optionalComputed: true }),
        }),
      },
      { optionalComputed: true },
    ),
    maxSurge: int({ optionalComputed: true, value: { json: 0 }, min: 0, max: 20 }),
    maxUnavailable: int({ optionalComputed: true, value: { json: 0 }, min: 0, max: 20 }),
    strategy: str({
      default: "SURGE",
      pattern: "SURGE|BLUE_GREEN|SHORT_LIVED",
      example: "SURGE",
    }),
  },
  {
    optionalComputed: true,
    value: { json: { maxSurge: 1, maxUnavailable: 0, strategy: "SURGE" } },
  },
);

/** Links to the groups of machines, one in each zone. */
const groups = (kind: string): PropertyModel => ({
  type: "list",
  items: str(),
  computed: true,
  value: {
    each: ["nodeLocations"],
    json: `https://www.googleapis.com/compute/v1/projects/{account}/zones/{each}/${kind}/gke-{cluster~([^/]+)$}-{name}-{operation~^operation-(\\d\\d\\d\\d\\d\\d\\d\\d)}-grp`,
  },
});

const nodePool: ResourceModel = {
  token: "gcp:container/nodePool:NodePool",
  source: PAGE,
  schema: "google_container_node_pool",
  api: CONTAINER_API,
  id: "projects/{account}/locations/{location}/clusters/{cluster~([^/]+)$}/nodePools/{name}",
  // https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 40 },
  unique: [{ properties: ["name", "cluster"], scope: "account", source: PAGE }],
  omitted: {
    maintenancePolicies: "exclusions of one pool are not modelled: a cluster has its own",
    queuedProvisioning: "not modelled: it is for batches of accelerators",
  },
  properties: {
    autoscaling: block({
      locationPolicy: str({
        optionalComputed: true,
        value: "BALANCED",
        pattern: "BALANCED|ANY",
        example: "ANY",
      }),
      maxNodeCount: int({ min: 0, max: 1000 }),
      minNodeCount: int({ min: 0, max: 1000 }),
      totalMaxNodeCount: int({ min: 0, max: 15000 }),
      totalMinNodeCount: int({ min: 0, max: 15000 }),
    }),
    cluster: str({
      required: true,
      replace: true,
      same: "self-link",
      ref: [{ type: CLUSTER }, { type: CLUSTER, by: "name" }],
    }),
    deletionPolicy,
    ignoreNodeCountChanges: bool(),
    initialNodeCount: int({
      optionalComputed: true,
      replace: true,
      min: 0,
      value: {
        cases: [{ when: present("nodeCount"), value: "{nodeCount}" }, { value: { json: 0 } }],
      },
    }),
    location: str({
      optionalComputed: true,
      replace: true,
      pattern: "[a-z]+(-[a-z]+)+\\d+(-[a-z])?",
      example: "europe-west1",
      value: "{ref:cluster:location}",
    }),
    management: block(
      { autoRepair: bool({ default: true }), autoUpgrade: bool({ default: true }) },
      { optionalComputed: true, value: { json: { autoRepair: true, autoUpgrade: true } } },
    ),
    // https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr
    maxPodsPerNode: int({
      optionalComputed: true,
      replace: true,
      min: 8,
      max: 256,
      value: { json: 110 },
    }),
    name: str({
      optionalComputed: true,
      replace: true,
      pattern: "[a-z]([-a-z0-9]{0,38}[a-z0-9])?",
      example: "web",
    }),
    namePrefix: str({ optionalComputed: true, replace: true, pattern: "[a-z][-a-z0-9]{0,30}" }),
    networkConfig,
    nodeConfig,
    nodeCount: int({
      optionalComputed: true,
      min: 0,
      // The autoscaler brings a pool up to its least.
      value: {
        cases: [
          { when: present("autoscaling.minNodeCount"), value: "{autoscaling.minNodeCount}" },
          { when: present("initialNodeCount"), value: "{initialNodeCount}" },
          { value: { json: 0 } },
        ],
      },
    }),
    nodeDrainConfigs: blocks(
      {
        graceTerminationDuration: seconds(),
        pdbTimeoutDuration: seconds(),
        respectPdbDuringNodePoolDeletion: bool(),
      },
      { optionalComputed: true, value: { json: [] } },
    ),
    nodeLocations: set(zoneName(), {
      optionalComputed: true,
      value: "{ref:cluster:nodeLocations}",
    }),
    placementPolicy: block(
      {
        policyName: str({ replace: true }),
        tpuTopology: str(),
        type: oneOf(["COMPACT"], { required: true }),
      },
      ANEW,
    ),
    project,
    upgradeSettings,
    version: str({
      optionalComputed: true,
      value: "{ref:cluster:masterVersion}",
      pattern: "1\\.\\d+(\\.\\d+(-gke\\.\\d+)?)?|latest|-",
      example: "1.33.5-gke.1162000",
    }),
    instanceGroupUrls: groups("instanceGroupManagers"),
    managedInstanceGroupUrls: groups("instanceGroups"),
    operation: out("operation-{digits:13}-{uuid}"),
  },
  rules,
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 120, update: 90, delete: 120 },
};

/** Node pools. */
export const models: readonly ResourceModel[] = [nodePool];
