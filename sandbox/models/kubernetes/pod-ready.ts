/** What pods need before they run, and what they take of a quota. */
import type { Condition, Demand, ResourceModel } from "../../model";
import { absent, everyContainer, implies, present } from "./pod-rules";
import { CLUSTER } from "../gcp/common";
import { podSecurity } from "./pod-security";
import { NODE_POOL } from "./tokens";

const SCHEDULING = "https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/";
const SPREAD =
  "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/";
const ENVIRONMENT =
  "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/";
const PROBES = "https://kubernetes.io/docs/concepts/workloads/pods/probes/";

/** One rule of what makes an object ready. */
export type ReadyRule = NonNullable<NonNullable<ResourceModel["ready"]>["rules"]>[number];

/** The provider's cluster has a node pool of which this holds; a node pool names its cluster by id or by name. */
const hasPool = (where?: Condition): Condition => ({
  any: [{}, { part: "([^/]+)$" }].map((how) => ({
    property: "@clusterIdentifier",
    ...how,
    companion: { type: NODE_POOL, property: "cluster", where },
  })),
});

/** The cluster is one of the sandbox; what nodes others have, nobody here knows. */
const inSandbox: Condition = {
  property: "@clusterIdentifier",
  companion: { type: CLUSTER, property: "id" },
};

/** What a variable is taken from has the key, unless it need not be there. */
const hasKey = (source: string): Condition => {
  const from = `valueFrom.${source}`;
  return implies(
    {
      all: [present(`${from}.key`), { not: { property: `${from}.optional`, equals: true } }],
    },
    { property: `${from}.key`, allAmong: [`${from}.name->data{}`] },
  );
};

/** Who asks a container at a port names one of its ports, or a number. */
const namesOwnPorts: Condition = {
  all: [
    ...["livenessProbe", "readinessProbe", "startupProbe"],
    ...["lifecycle.postStart", "lifecycle.preStop"],
  ]
    .flatMap((asked) => [`${asked}.httpGet.port`, `${asked}.tcpSocket.port`])
    .map((port) =>
      implies(
        { property: port, matches: "(?!\\d+$).+" },
        { property: port, allAmong: ["ports[].name"] },
      ),
    ),
};

/** Zones that have to be there are no more than those of the cluster's nodes. */
const zones = (spec: string, count: number): Condition =>
  implies(
    {
      property: `${spec}.topologySpreadConstraints`,
      some: {
        all: [
          { property: "topologyKey", equals: "topology.kubernetes.io/zone" },
          { property: "minDomains", atLeast: count },
        ],
      },
    },
    hasPool({ property: "nodeLocations", lengthAtLeast: count }),
  );

/**
 * When pods made from the specification at a path would run: the namespace admits them, there are nodes in as many zones as
 * they ask for, and what they take from Secrets and ConfigMaps is in them.
 */
export function podReady(spec: string): ReadyRule[] {
  const container = (inner: Condition): Condition => everyContainer(spec, inner);
  return [
    ...podSecurity(spec),
    {
      name: "pods have nodes to run on",
      when: inSandbox,
      then: hasPool(),
      message: "0/0 nodes are available: the cluster has no node pool",
      source: SCHEDULING,
    },
    {
      name: "pods have the zones that they are spread over",
      when: inSandbox,
      // A region has four zones at most: https://cloud.google.com/compute/docs/regions-zones
      then: { all: [2, 3, 4, 5].map((count) => zones(spec, count)) },
      message:
        "pods can't be scheduled: no node pool has nodes in as many zones as minDomains of a spread constraint asks for",
      source: SPREAD,
    },
    {
      name: "variables are taken from keys that are there",
      then: container({
        property: "env",
        every: { all: [hasKey("secretKeyRef"), hasKey("configMapKeyRef")] },
      }),
      message:
        "CreateContainerConfigError: couldn't find a key that env[].valueFrom names in the Secret or ConfigMap",
      source: ENVIRONMENT,
    },
    {
      name: "probes ask at ports of their container",
      then: container(namesOwnPorts),
      message: "probe errored: a port is named that the container does not have",
      source: PROBES,
    },
  ];
}

/** What so many pods take: themselves, and what their containers and sidecars ask for and are limited to. */
export function podDemand(spec: string, times: string): Demand[] {
  const running = [`${spec}.containers[]`, `${spec}.initContainers[restartPolicy=Always]`];
  const resources = ["cpu", "memory", "ephemeral-storage"].flatMap((name) => [
    {
      // A limit without a request is a request too.
      keys: [`requests.${name}`, name],
      amount: [`resources.requests["${name}"]`, `resources.limits["${name}"]`],
    },
    { keys: [`limits.${name}`], amount: [`resources.limits["${name}"]`] },
  ]);
  return [
    { keys: ["pods", "count/pods"], times },
    ...resources.flatMap((one) => running.map((each) => ({ ...one, each, times }))),
  ];
}

/**
 * A container that serves never ends by itself: beside others of a Job it has to be a native sidecar.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers
 */
export const endsByItself = (spec: string): ReadyRule => ({
  name: "a Job's pod has no plain container that never ends",
  when: { property: `${spec}.containers`, lengthAtLeast: 2 },
  then: {
    property: `${spec}.containers`,
    every: {
      all: ["ports", "livenessProbe", "readinessProbe", "startupProbe"].map(absent),
    },
  },
  message:
    "the Job does not complete: a container beside others serves, and so never ends; make it an init container with restartPolicy Always",
  source: "https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/",
});
