/** What answers requests: that it outlives what stands under it. */
import { all, any, not, type Truth, type Value } from "../../reader";
import {
  type Finding,
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  stackRule,
  type TypeToken,
} from "../../rule";
import * as t from "../../types";
import { selects } from "./selectors";

function podOf(props: Pick<Value, "at">): Value {
  return props.at("spec").at("template").at("spec");
}

function spread(props: Pick<Value, "at">): Finding[] {
  return [
    must(
      any(
        props.at("spec").at("replicas").atMost(1),
        podOf(props)
          .at("topologySpreadConstraints")
          .some((one) => one.at("topologyKey").is("topology.kubernetes.io/zone")),
      ),
      "All pods may stand in one zone",
    ),
  ];
}

function probed(props: Pick<Value, "at">): Finding[] {
  const spec = podOf(props);
  const silent = (one: Value): Truth => not(one.at("ports").filled);
  return [
    must(
      spec.at("containers").every((one) => any(silent(one), one.at("readinessProbe").given)),
      "A container gets requests before it can answer",
    ),
    must(
      all(
        spec.at("containers").every((one) => any(silent(one), one.at("livenessProbe").given)),
        // Of those before the others only sidecars stay.
        spec
          .at("initContainers")
          .every((one) =>
            any(
              silent(one),
              not(one.at("restartPolicy").is("Always")),
              one.at("livenessProbe").given,
            ),
          ),
      ),
      "A container that hangs is never started again",
    ),
  ];
}

export const workloads: readonly Rule[] = [
  resourceRule(
    {
      id: "workloads-spread-and-probed",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "A deployment outlives a zone, takes no request before it can answer, and is started again when it hangs",
      source:
        "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/; https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
      fix: "Set topologySpreadConstraints over zones, a readinessProbe for every container with a port, and a livenessProbe for it and for each sidecar",
    },
    ...[t.k8sDeployment, t.k8sStatefulSet].map((type: TypeToken<unknown>) =>
      on(type, (p) => [...spread(p), ...probed(p)]),
    ),
    on(t.k8sDaemonSet, (p) => probed(p as Value)),
  ),
  stackRule(
    {
      id: "workloads-outlive-a-node",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects: "A node that fails, or is upgraded, leaves pods that answer",
      source:
        "https://kubernetes.io/docs/tasks/run-application/configure-pdb/; https://cloud.google.com/kubernetes-engine/docs/best-practices/scalability",
      fix: "Set replicas and the autoscaler's minReplicas to 2 or more, and a PodDisruptionBudget that leaves some",
    },
    [t.k8sDeployment, t.k8sHorizontalPodAutoscaler],
    (stack) => [
      ...(stack.of(t.k8sDeployment) as readonly ResourceView[]).flatMap(({ urn, props }) => {
        const namespace = props.at("metadata").at("namespace");
        const labels = props.at("spec").at("template").at("metadata").at("labels");
        const budgets = (stack.of(t.k8sPodDisruptionBudget) as readonly ResourceView[]).map(
          (budget) => {
            const spec = budget.props.at("spec");
            const own = budget.props.at("metadata").at("namespace");
            return all(
              own.unknown ?? namespace.unknown ?? own.known === namespace.known,
              selects(spec.at("selector"), labels),
              any(spec.at("minAvailable").given, spec.at("maxUnavailable").given),
              not(spec.at("minAvailable").matches(/^0*%?$/)),
              not(spec.at("minAvailable").is(0)),
              not(spec.at("maxUnavailable").matches(/^100%$/)),
            );
          },
        );
        return [
          must(props.at("spec").at("replicas").or(1).atLeast(2), "One pod is all there is", urn),
          must(any(...budgets), "An upgrade of nodes may take all pods at once", urn),
        ];
      }),
      ...(stack.of(t.k8sHorizontalPodAutoscaler) as readonly ResourceView[]).map(({ urn, props }) =>
        must(
          props.at("spec").at("minReplicas").or(1).atLeast(2),
          "The autoscaler leaves a single pod",
          urn,
        ),
      ),
    ],
  ),
];
