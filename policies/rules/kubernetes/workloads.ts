/** Deployments: that they outlive what stands under them. */
import { all, any, not, type Value } from "../../reader";
import { must, on, resourceRule, type ResourceView, type Rule, stackRule } from "../../rule";
import * as t from "../../types";

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
    on(t.k8sDeployment, (p) => {
      const spec = (p as Value).at("spec").at("template").at("spec");
      return [
        must(
          any(
            (p as Value).at("spec").at("replicas").atMost(1),
            spec
              .at("topologySpreadConstraints")
              .some((one) => one.at("topologyKey").is("topology.kubernetes.io/zone")),
          ),
          "All pods may stand in one zone",
        ),
        must(
          spec
            .at("containers")
            .every((one) => any(not(one.at("ports").filled), one.at("readinessProbe").given)),
          "A container gets requests before it can answer",
        ),
        must(
          all(
            ...["containers", "initContainers"].map((key) =>
              spec
                .at(key)
                .every((one) =>
                  any(
                    not(one.at("ports").filled),
                    key === "initContainers" && not(one.at("restartPolicy").is("Always")),
                    one.at("livenessProbe").given,
                  ),
                ),
            ),
          ),
          "A container that hangs is never started again",
        ),
      ];
    }),
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
        const budgets = (stack.of(t.k8sPodDisruptionBudget) as readonly ResourceView[]).map(
          (budget) => {
            const spec = budget.props.at("spec");
            const own = budget.props.at("metadata").at("namespace");
            return all(
              own.unknown ?? namespace.unknown ?? own.known === namespace.known,
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
