/** What changes the number of pods: autoscalers, and the budgets that keep evictions within bounds. */
import type { Condition, PropertyModel, ResourceModel } from "../../model";
import {
  block,
  blocks,
  dnsLabel,
  int,
  intOrString,
  kube,
  oneOf,
  quantity,
  required,
  selector,
  status,
  str,
} from "./common";
import { implies, present } from "./pod-rules";
import { DEPLOYMENT } from "./tokens";

const SCALER =
  "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/";
const SCALING = "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/";
const BUDGET =
  "https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/";

/** What a metric is held against: a share of what pods ask for, or an amount. */
const target: PropertyModel = block(
  {
    averageUtilization: int({ min: 1 }),
    averageValue: quantity(),
    type: oneOf(["AverageValue", "Utilization", "Value"], required),
    value: quantity(),
  },
  required,
);
const metric: PropertyModel = block({ name: str(required), selector: selector() }, required);

const METRICS = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
} as const;
const amounts: Readonly<Record<string, string>> = {
  AverageValue: "averageValue",
  Utilization: "averageUtilization",
  Value: "value",
};

const rules: PropertyModel = block({
  // https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
  policies: blocks({
    periodSeconds: int({ required: true, min: 1, max: 1800 }),
    type: oneOf(["Percent", "Pods"], required),
    value: int({ required: true, min: 1 }),
  }),
  selectPolicy: oneOf(["Disabled", "Max", "Min"]),
  stabilizationWindowSeconds: int({ min: 0, max: 3600 }),
  tolerance: quantity(),
});

/** The metric's own block is there, and says what its target's type asks for. */
const fits: Condition = {
  all: Object.entries(METRICS).map(([type, own]) =>
    implies(
      { property: "type", equals: type },
      {
        all: [
          present(own),
          ...Object.values(METRICS)
            .filter((other) => other !== own)
            .map((other): Condition => ({ property: other, present: false })),
          ...Object.entries(amounts).map(([kind, amount]) =>
            implies(
              { property: `${own}.target.type`, equals: kind },
              present(`${own}.target.${amount}`),
            ),
          ),
        ],
      },
    ),
  ),
};

const autoscaler: ResourceModel = kube({
  group: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  source: SCALER,
  properties: {
    spec: block(
      {
        behavior: block({ scaleDown: rules, scaleUp: rules }),
        maxReplicas: int({ required: true, min: 1 }),
        metrics: blocks({
          containerResource: block({
            container: dnsLabel(required),
            name: oneOf(["cpu", "memory"], required),
            target,
          }),
          external: block({ metric, target }),
          object: block({
            describedObject: block(
              { apiVersion: str(), kind: str(required), name: str(required) },
              required,
            ),
            metric,
            target,
          }),
          pods: block({ metric, target }),
          resource: block({ name: oneOf(["cpu", "memory"], required), target }),
          type: oneOf(Object.keys(METRICS), required),
        }),
        // None at all is behind a feature gate.
        minReplicas: int({ min: 1, optionalComputed: true, value: "1" }),
        scaleTargetRef: block(
          {
            apiVersion: oneOf(["apps/v1"]),
            kind: oneOf(["Deployment"], required),
            // The API server takes any name, and the autoscaler then scales nothing.
            name: str({
              required: true,
              ref: { type: DEPLOYMENT, by: "metadata.name", beside: "metadata.namespace" },
            }),
          },
          required,
        ),
      },
      required,
    ),
    status: status({}, {}),
  },
  rules: [
    {
      name: "an autoscaler has no fewer pods at most than at least",
      then: { property: "spec.maxReplicas", atLeastProperty: "spec.minReplicas" },
      message: "spec.maxReplicas: Invalid value: must be greater than or equal to `minReplicas`",
      source: SCALER,
    },
    {
      name: "a metric says what its type asks for",
      then: { property: "spec.metrics", every: fits },
      message:
        "spec.metrics[]: Invalid value: must have the block of its type and no other, and in its target the amount of the target's type",
      source: SCALER,
    },
    {
      name: "a metric is of a container that the pods have",
      when: present("spec.metrics[].containerResource"),
      then: {
        property: "spec.metrics[].containerResource.container",
        allAmong: ["spec.scaleTargetRef.name->spec.template.spec.containers[].name"],
      },
      message:
        "spec.metrics[].containerResource.container: the pods have no container of that name",
      source: SCALING,
      at: "apply",
    },
    {
      name: "a share of what is asked for needs pods that ask",
      when: { property: "spec.metrics[].resource[name=cpu].target.type", equals: "Utilization" },
      then: {
        property: "spec.scaleTargetRef.name->spec.template.spec.containers",
        every: {
          any: [present("resources.requests.cpu"), present("resources.limits.cpu")],
        },
      },
      message:
        "spec.metrics[].resource: missing request for cpu: the utilization can't be computed while a container of the pods has none",
      source: SCALING,
      at: "apply",
    },
  ],
});

const budget: ResourceModel = kube({
  group: "policy/v1",
  kind: "PodDisruptionBudget",
  generation: true,
  source: BUDGET,
  properties: {
    spec: block({
      maxUnavailable: intOrString({
        min: 0,
        pattern: "\\d+%",
        example: 1,
        conflicts: ["minAvailable"],
      }),
      minAvailable: intOrString({ min: 0, pattern: "\\d+%", example: 1 }),
      selector: selector(),
      unhealthyPodEvictionPolicy: oneOf(["AlwaysAllow", "IfHealthyBudget"]),
    }),
    status: status({}, {}),
  },
});

export const models: readonly ResourceModel[] = [autoscaler, budget];
