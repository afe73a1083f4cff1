/** Namespaces, and what limits them. */
import type { PropertyModel, ResourceModel } from "../../model";
import { block, dnsLabel, kube, list, map, oneOf, quantity, required, status, str } from "./common";

const API = "https://kubernetes.io/docs/reference/kubernetes-api";
const QUOTAS = "https://kubernetes.io/docs/concepts/policy/resource-quotas/";
const RANGES = "https://kubernetes.io/docs/concepts/policy/limit-range/";
const LEVELS = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";

const namespace: ResourceModel = kube({
  group: "core/v1",
  kind: "Namespace",
  namespaced: false,
  name: dnsLabel(),
  source: `${API}/cluster-resources/namespace-v1/`,
  properties: {
    spec: block(
      { finalizers: list(str({ format: "qualified-name" }), { example: ["kubernetes"] }) },
      { optionalComputed: true, value: { json: { finalizers: ["kubernetes"] } } },
    ),
    status: status({ phase: "Active" }, { phase: "Active" }),
  },
  rules: [
    {
      name: "names that begin with kube- are the system's",
      then: { property: "metadata.name", notMatches: "kube-.*" },
      message: "metadata.name: the prefix kube- is reserved for Kubernetes system namespaces",
      source:
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#working-with-namespaces",
    },
    ...["enforce", "audit", "warn"].flatMap((mode) => [
      {
        name: `the pod security level of ${mode} is one that exists`,
        when: { property: `metadata.labels["pod-security.kubernetes.io/${mode}"]`, present: true },
        then: {
          property: `metadata.labels["pod-security.kubernetes.io/${mode}"]`,
          in: ["privileged", "baseline", "restricted"],
        },
        message: `metadata.labels[pod-security.kubernetes.io/${mode}]: must be one of privileged, baseline, restricted`,
        source: LEVELS,
      },
      {
        name: `the pod security version of ${mode} is one`,
        when: {
          property: `metadata.labels["pod-security.kubernetes.io/${mode}-version"]`,
          present: true,
        },
        then: {
          property: `metadata.labels["pod-security.kubernetes.io/${mode}-version"]`,
          matches: "latest|v1\\.\\d+",
        },
        message: `metadata.labels[pod-security.kubernetes.io/${mode}-version]: must be "latest" or "v1.x"`,
        source: LEVELS,
      },
    ]),
  ],
});

const amounts = (): PropertyModel =>
  map({
    keys: str({ format: "qualified-name", example: "cpu" }),
    items: quantity(),
    example: { cpu: "1", memory: "1Gi" },
  });

/** A quota or range over cpu and memory is one over requests, and counts are of whole objects. */
const COUNTS =
  "pods|services(\\.loadbalancers|\\.nodeports)?|secrets|configmaps|replicationcontrollers|resourcequotas|persistentvolumeclaims|count/.*";

const resourceQuota: ResourceModel = kube({
  group: "core/v1",
  kind: "ResourceQuota",
  source: `${API}/policy-resources/resource-quota-v1/`,
  properties: {
    spec: block({
      hard: amounts(),
      scopeSelector: block({
        matchExpressions: list(
          block({
            operator: oneOf(["In", "NotIn", "Exists", "DoesNotExist"], required),
            scopeName: oneOf(SCOPES(), required),
            values: list(str()),
          }),
          { minItems: 1 },
        ),
      }),
      scopes: list(oneOf(SCOPES()), { replace: true }),
    }),
    status: status({ hard: "{spec.hard}" }, {}),
  },
  rules: [
    ...["pods", "services", "secrets", "configmaps", "persistentvolumeclaims"].map((counted) => ({
      name: `${counted} are counted in whole numbers`,
      when: { property: `spec.hard["${counted}"]`, present: true },
      then: { property: `spec.hard["${counted}"]`, matches: "\\d+[kMGTPE]?" },
      message: `spec.hard[${counted}]: Invalid value: must be an integer`,
      source: QUOTAS,
    })),
    {
      name: "a quota limits only what the system knows",
      when: { property: "spec.hard", present: true },
      then: {
        property: "spec.hard{}",
        every: {
          property: ".",
          matches: `${COUNTS}|((requests|limits)\\.)?(cpu|memory|ephemeral-storage)|(requests|limits)\\..*|requests\\.storage|.*/.*`,
        },
      },
      message:
        "spec.hard: Invalid value: must be a standard resource for quota (pods, requests.cpu, limits.memory, count/…)",
      source: QUOTAS,
    },
  ],
  quota: { hard: "spec.hard", beside: "metadata.namespace", source: QUOTAS },
  ready: {},
  demand: [{ keys: ["resourcequotas", "count/resourcequotas"], at: "made" }],
});

/** What a quota may be confined to: https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes */
function SCOPES(): string[] {
  return [
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
    "VolumeAttributesClass",
  ];
}

/** Every amount of the one is at most that of the other, where both are given. */
const ordered = (low: string, high: string) =>
  ["cpu", "memory", "ephemeral-storage"].map((resource) => ({
    name: `${low} of ${resource} is at most its ${high}`,
    when: { property: `spec.limits[].${low}["${resource}"]`, present: true },
    then: {
      property: "spec.limits",
      every: {
        any: [
          { property: `${low}["${resource}"]`, present: false },
          { property: `${high}["${resource}"]`, present: false },
          {
            property: `${low}["${resource}"]`,
            as: "quantity" as const,
            atMostProperty: `${high}["${resource}"]`,
          },
        ],
      },
    },
    message: `spec.limits[].${low}[${resource}]: Invalid value: must be no more than the ${high}`,
    source: RANGES,
  }));

const CONTAINER = "spec.limits[type=Container]";
const lent = (resource: string, name = resource) => ({
  [`resources.requests.${name}`]: [
    `${CONTAINER}.defaultRequest["${resource}"]`,
    `${CONTAINER}.default["${resource}"]`,
    `${CONTAINER}.max["${resource}"]`,
    `${CONTAINER}.min["${resource}"]`,
  ],
  [`resources.limits.${name}`]: [
    `${CONTAINER}.default["${resource}"]`,
    `${CONTAINER}.max["${resource}"]`,
  ],
});

const limitRange: ResourceModel = kube({
  group: "core/v1",
  kind: "LimitRange",
  source: `${API}/policy-resources/limit-range-v1/`,
  properties: {
    spec: block({
      limits: list(
        block({
          default: amounts(),
          defaultRequest: amounts(),
          max: amounts(),
          maxLimitRequestRatio: amounts(),
          min: amounts(),
          type: oneOf(["Container", "PersistentVolumeClaim", "Pod"], required),
        }),
        required,
      ),
    }),
  },
  rules: [
    ...ordered("min", "max"),
    ...ordered("min", "default"),
    ...ordered("min", "defaultRequest"),
    ...ordered("defaultRequest", "default"),
    ...ordered("default", "max"),
    ...ordered("defaultRequest", "max"),
    {
      name: "a pod as a whole has no defaults",
      then: {
        property: "spec.limits",
        every: {
          any: [
            { property: "type", notEquals: "Pod" },
            {
              all: [
                { property: "default", present: false },
                { property: "defaultRequest", present: false },
              ],
            },
          ],
        },
      },
      message: "spec.limits[].default: Forbidden: may not be specified when `type` is 'Pod'",
      source: RANGES,
    },
  ],
  lends: { ...lent("cpu"), ...lent("memory"), ...lent("ephemeral-storage") },
});

export const models: readonly ResourceModel[] = [namespace, resourceQuota, limitRange];
