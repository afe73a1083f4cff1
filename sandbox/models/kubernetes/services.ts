/** Services: https://kubernetes.io/docs/concepts/services-networking/service/ */
import type { Condition, ResourceModel } from "../../model";
import {
  SKIP_AWAIT,
  block,
  blocks,
  bool,
  dnsSubdomain,
  int,
  kube,
  label1035,
  labels,
  list,
  oneOf,
  required,
  str,
} from "./common";
import { port, portNumber, protocol } from "./pod-fields";
import { absent, implies, present } from "./pod-rules";
import { DEPLOYMENT } from "./tokens";

const API = "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/";
const GUIDE = "https://kubernetes.io/docs/concepts/services-networking/service/";
/** What the provider waits for. */
const AWAIT = "https://www.pulumi.com/registry/packages/kubernetes/api-docs/core/v1/service/";

const headless: Condition = { property: "spec.clusterIP", equals: "None" };
const external: Condition = { property: "spec.type", equals: "ExternalName" };
const onNodes: Condition = { property: "spec.type", in: ["LoadBalancer", "NodePort"] };
const balanced: Condition = { property: "spec.type", equals: "LoadBalancer" };

const address = "(\\d{1,3}\\.){3}\\d{1,3}|[0-9a-f:]*:[0-9a-f:]*";

const service: ResourceModel = kube({
  group: "core/v1",
  kind: "Service",
  name: label1035(),
  source: API,
  properties: {
    spec: block(
      {
        allocateLoadBalancerNodePorts: bool(),
        // A new address is a new Service to the provider.
        clusterIP: str({
          optionalComputed: true,
          value: "10.{int:0-255}.{int:0-255}.{int:1-254}",
          replace: true,
          pattern: `|None|${address}`,
          example: "None",
        }),
        clusterIPs: list(str({ pattern: `None|${address}` }), { maxItems: 2 }),
        externalIPs: list(str({ pattern: address, example: "192.0.2.1" })),
        externalName: dnsSubdomain(),
        externalTrafficPolicy: oneOf(["Cluster", "Local"]),
        healthCheckNodePort: portNumber(),
        internalTrafficPolicy: oneOf(["Cluster", "Local"]),
        ipFamilies: list(oneOf(["IPv4", "IPv6"]), { maxItems: 2 }),
        ipFamilyPolicy: oneOf(["PreferDualStack", "RequireDualStack", "SingleStack"]),
        loadBalancerClass: str({ format: "qualified-name" }),
        loadBalancerIP: str({ pattern: address, example: "192.0.2.1" }),
        loadBalancerSourceRanges: list(str({ format: "cidr" })),
        ports: blocks({
          appProtocol: str({ format: "qualified-name" }),
          name: str({ pattern: "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", example: "web" }),
          nodePort: int({ min: 30000, max: 32767 }),
          port: portNumber(required),
          protocol: protocol(),
          targetPort: port(),
        }),
        publishNotReadyAddresses: bool(),
        selector: labels(),
        sessionAffinity: oneOf(["ClientIP", "None"]),
        sessionAffinityConfig: block({
          clientIP: block({ timeoutSeconds: int({ min: 1, max: 86400 }) }),
        }),
        trafficDistribution: oneOf(["PreferClose", "PreferSameNode", "PreferSameZone"]),
        type: oneOf(["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"], {
          optionalComputed: true,
          value: "ClusterIP",
        }),
      },
      { omits: "ipFamily and topologyKeys are of versions that are gone" },
    ),
    status: {
      type: "object",
      computed: true,
      live: true,
      changesWith: ["spec"],
      value: {
        cases: [
          {
            when: { all: [balanced, { ready: true }] },
            value: {
              json: {
                loadBalancer: { ingress: [{ ip: "34.{int:64-127}.{int:0-255}.{int:1-254}" }] },
              },
            },
          },
          { value: { json: { loadBalancer: {} } } },
        ],
      },
    },
  },
  rules: [
    {
      name: "a Service has ports, unless it is a name alone",
      when: { not: { any: [headless, external] } },
      then: present("spec.ports"),
      message: "spec.ports: Required value",
      source: API,
    },
    {
      name: "several ports of a Service have different names",
      when: { property: "spec.ports", lengthAtLeast: 2 },
      then: {
        all: [
          { property: "spec.ports", every: present("name") },
          { property: "spec.ports[].name", distinct: true },
        ],
      },
      message: "spec.ports[].name: Required value, and no duplicate, where there are several ports",
      source: GUIDE,
    },
    {
      name: "a port stands once for each protocol",
      then: {
        all: [
          ...["SCTP", "TCP", "UDP"].map((one) => ({
            property: `spec.ports[protocol=${one}].port`,
            distinct: true,
          })),
          {
            any: [
              present("spec.ports[].protocol"),
              { property: "spec.ports[].port", distinct: true },
            ],
          },
        ],
      },
      message: "spec.ports[]: Duplicate value: {port, protocol}",
      source: API,
    },
    {
      name: "an external name is a name of elsewhere",
      then: implies(external, present("spec.externalName")),
      message: "spec.externalName: Required value where type is ExternalName",
      source: GUIDE,
    },
    {
      name: "only an external name has no address of the cluster",
      then: implies(present("spec.externalName"), external),
      message: "spec.externalName: Forbidden: may only be used when `type` is ExternalName",
      source: GUIDE,
    },
    {
      name: "a headless Service is one of the cluster",
      when: headless,
      then: { any: [absent("spec.type"), { property: "spec.type", equals: "ClusterIP" }] },
      message:
        "spec.clusterIPs[0]: Invalid value: may not be set to 'None' for NodePort and LoadBalancer services",
      source: GUIDE,
    },
    {
      name: "ports of the nodes are for Services that nodes serve",
      then: implies(
        {
          any: [
            present("spec.ports[].nodePort"),
            present("spec.externalTrafficPolicy"),
            present("spec.healthCheckNodePort"),
          ],
        },
        onNodes,
      ),
      message:
        "spec.ports[].nodePort, externalTrafficPolicy, healthCheckNodePort: Forbidden: may only be used when `type` is NodePort or LoadBalancer",
      source: GUIDE,
    },
    {
      name: "what is a load balancer's is for load balancers",
      then: implies(
        {
          any: [
            present("spec.loadBalancerSourceRanges"),
            present("spec.loadBalancerClass"),
            present("spec.allocateLoadBalancerNodePorts"),
          ],
        },
        balanced,
      ),
      message:
        "spec.loadBalancerSourceRanges, loadBalancerClass, allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is LoadBalancer",
      source: GUIDE,
    },
    {
      name: "an affinity has settings of its own kind",
      then: implies(present("spec.sessionAffinityConfig"), {
        property: "spec.sessionAffinity",
        equals: "ClientIP",
      }),
      message:
        "spec.sessionAffinityConfig: Forbidden: must not be set when session affinity is None",
      source: GUIDE,
    },
  ],
  ready: {
    unless: { any: [SKIP_AWAIT, headless, external] },
    rules: [
      {
        name: "a Service has pods that are ready",
        then: {
          property: "spec.selector",
          companion: {
            type: DEPLOYMENT,
            property: "spec.template.metadata.labels",
            beside: "metadata.namespace",
            as: "selector",
            where: { property: "status.readyReplicas", atLeast: 1 },
          },
        },
        message:
          "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods (the provider waits ten minutes for them: let the Service depend on its workload, or set pulumi.com/skipAwait)",
        source: AWAIT,
      },
      {
        name: "a Service leads to a port that pods have",
        when: { property: "spec.ports[].targetPort", matches: "(?!\\d+$).+" },
        then: {
          property: "spec.ports[].targetPort",
          companion: {
            type: DEPLOYMENT,
            property: "spec.template.spec.containers[].ports[].name",
            beside: "metadata.namespace",
          },
        },
        message:
          "Service does not target any Pods: spec.ports[].targetPort names a port that no container has",
        source: GUIDE,
      },
    ],
  },
  demand: [{ keys: ["services", "count/services"], at: "made" }],
});

export const models: readonly ResourceModel[] = [service];
