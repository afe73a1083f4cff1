/** Ways from the internet to a pod. */
import { all, any, not, type Value } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";

export const clusterEdge: readonly Rule[] = [
  resourceRule(
    {
      id: "services-not-open",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Pods are reached through the ingress, with its certificate and its firewall",
      source: "https://cloud.google.com/kubernetes-engine/docs/concepts/ingress",
      fix: "Use a Service of type ClusterIP behind the Ingress",
    },
    on(t.k8sService, (p) => {
      const spec = (p as Value).at("spec");
      return [
        must(
          any(
            spec.at("type").or("ClusterIP").is("ClusterIP"),
            all(
              spec.at("type").is("LoadBalancer"),
              (p as Value)
                .at("metadata")
                .at("annotations")
                .at("networking.gke.io/load-balancer-type")
                .is("Internal"),
            ),
          ),
          "The service has an address of its own",
        ),
        must(not(spec.at("externalIPs").filled), "The service takes addresses of others"),
      ];
    }),
    on(t.k8sIngress, (p) => {
      const notes = (p as Value).at("metadata").at("annotations");
      return must(
        any(
          (p as Value).at("spec").at("tls").filled,
          notes.at("ingress.gcp.kubernetes.io/pre-shared-cert").given,
          notes.at("networking.gke.io/managed-certificates").given,
        ),
        "The ingress has no certificate",
      );
    }),
  ),
];
