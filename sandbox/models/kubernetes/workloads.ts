/** Deployments: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/ */
import type { Condition, PropertyModel, ResourceModel } from "../../model";
import {
  SKIP_AWAIT,
  block,
  bool,
  int,
  intOrString,
  kube,
  oneOf,
  required,
  selector,
  status,
} from "./common";
import { podDemand, podReady } from "./pod-ready";
import { absent, implies, podRules, present } from "./pod-rules";
import { podTemplate } from "./pod-spec";

const API = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/";
const GUIDE = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/";
const POD_SPEC = "spec.template.spec";

/** A number of pods, or a share of them. */
const share = (): PropertyModel => intOrString({ min: 0, pattern: "\\d+%", example: 1 });
const none: readonly (string | number)[] = [0, "0%"];

const rolling: Condition = {
  any: [absent("spec.strategy.type"), { property: "spec.strategy.type", equals: "RollingUpdate" }],
};

const now = "{metadata.creationTimestamp}";

const deployment: ResourceModel = kube({
  group: "apps/v1",
  kind: "Deployment",
  generation: true,
  source: API,
  properties: {
    spec: block(
      {
        minReadySeconds: int({ min: 0 }),
        paused: bool(),
        progressDeadlineSeconds: int({ min: 1, optionalComputed: true, value: "600" }),
        replicas: int({ min: 0, optionalComputed: true, value: "1" }),
        revisionHistoryLimit: int({ min: 0, optionalComputed: true, value: "10" }),
        // Immutable: the provider makes a new Deployment.
        selector: selector({ required: true, replace: true }),
        strategy: block({
          rollingUpdate: block({ maxSurge: share(), maxUnavailable: share() }),
          type: oneOf(["Recreate", "RollingUpdate"]),
        }),
        template: podTemplate(["Always"]),
      },
      required,
    ),
    status: status(
      {
        observedGeneration: "{metadata.generation}",
        replicas: "{spec.replicas}",
        updatedReplicas: "{spec.replicas}",
        readyReplicas: "{spec.replicas}",
        availableReplicas: "{spec.replicas}",
        conditions: [
          {
            type: "Available",
            status: "True",
            reason: "MinimumReplicasAvailable",
            message: "Deployment has minimum availability.",
            lastTransitionTime: now,
            lastUpdateTime: now,
          },
        ],
      },
      {
        observedGeneration: "{metadata.generation}",
        unavailableReplicas: "{spec.replicas}",
        conditions: [
          {
            type: "Available",
            status: "False",
            reason: "MinimumReplicasUnavailable",
            message: "Deployment does not have minimum availability.",
            lastTransitionTime: now,
            lastUpdateTime: now,
          },
        ],
      },
    ),
  },
  rules: [
    {
      name: "a Deployment selects its own pods",
      then: { property: "spec.selector", selects: "spec.template.metadata.labels" },
      message:
        "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`",
      source: GUIDE,
    },
    {
      name: "a Deployment does not select everything",
      then: {
        any: [present("spec.selector.matchLabels"), present("spec.selector.matchExpressions")],
      },
      message: "spec.selector: Invalid value: empty selector is invalid for deployment",
      source: API,
    },
    {
      name: "the deadline of a rollout is past the time that pods have to be ready for",
      when: present("spec.minReadySeconds"),
      then: {
        property: "spec.progressDeadlineSeconds",
        atLeastProperty: "spec.minReadySeconds",
        plus: 1,
      },
      message: "spec.progressDeadlineSeconds: Invalid value: must be greater than minReadySeconds",
      source: API,
    },
    {
      name: "a rollout can move",
      when: rolling,
      then: {
        not: {
          all: [
            { property: "spec.strategy.rollingUpdate.maxSurge", in: none },
            { property: "spec.strategy.rollingUpdate.maxUnavailable", in: none },
          ],
        },
      },
      message:
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: may not be 0 when `maxSurge` is 0",
      source: API,
    },
    {
      name: "only a rolling update has its settings",
      then: implies(present("spec.strategy.rollingUpdate"), rolling),
      message:
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
      source: API,
    },
    {
      name: "pods of a Deployment run until they are told to stop",
      then: absent(`${POD_SPEC}.activeDeadlineSeconds`),
      message:
        "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported",
      source: API,
    },
    ...podRules(POD_SPEC),
  ],
  ready: {
    unless: { any: [SKIP_AWAIT, { property: "spec.replicas", equals: 0 }] },
    rules: podReady(POD_SPEC),
  },
  demand: [
    ...podDemand(POD_SPEC, "spec.replicas"),
    { keys: ["count/deployments.apps"], at: "made" },
  ],
});

export const models: readonly ResourceModel[] = [deployment];
