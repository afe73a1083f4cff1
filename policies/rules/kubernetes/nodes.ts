/** Machines of the cluster. */
import { all, any, not, type Value } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { gkeHardening } from "../sources";

export const nodes: readonly Rule[] = [
  resourceRule(
    {
      id: "gke-private-nodes",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Nodes have no public address",
      source: `CIS GKE Benchmark, "Ensure clusters are created with Private Nodes": ${gkeHardening}#restrict_network_access`,
      fix: "Set privateClusterConfig.enablePrivateNodes",
    },
    on(t.gcpCluster, (p) =>
      must(
        any(
          p.get("privateClusterConfig").get("enablePrivateNodes").is(true),
          p.at("defaultPrivateNodesEnabled").is(true),
        ),
        "Nodes have public addresses",
      ),
    ),
    on(t.gcpNodePool, (p) =>
      must(
        not(p.get("networkConfig").get("enablePrivateNodes").or(true).is(false)),
        "Nodes of the pool have public addresses",
      ),
    ),
  ),
  resourceRule(
    {
      id: "gke-workload-identity",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "A pod has the rights of its own account, and not those of the node that it runs on",
      source: `CIS GKE Benchmark, "Ensure GKE clusters use Workload Identity": ${gkeHardening}#workload_identity`,
      fix: "Set workloadIdentityConfig.workloadPool, and workloadMetadataConfig.mode: GKE_METADATA on every pool",
    },
    on(t.gcpCluster, (p) =>
      must(
        p.get("workloadIdentityConfig").get("workloadPool").given,
        "The cluster has no workload pool",
      ),
    ),
    on(t.gcpNodePool, (p) =>
      must(
        p.get("nodeConfig").get("workloadMetadataConfig").get("mode").is("GKE_METADATA"),
        "Pods see the node's own metadata, and its credentials",
      ),
    ),
  ),
  resourceRule(
    {
      id: "gke-nodes-hardened",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Nodes boot signed code, run as an account of their own, and mend themselves",
      source: `CIS GKE Benchmark, "Ensure Shielded GKE Nodes are Enabled" and "not running using the Compute Engine default service account": ${gkeHardening}#shielded_nodes`,
      fix: "Set shieldedInstanceConfig, an account of the stack, COS_CONTAINERD, autoRepair and autoUpgrade; insecureKubeletReadonlyPortEnabled: FALSE for the cluster's pools",
    },
    on(t.gcpCluster, (p) => [
      must(p.get("enableShieldedNodes").or(true).is(true), "Nodes are not shielded"),
      must(
        any(
          p.get("removeDefaultNodePool").is(true),
          p.get("enableAutopilot").is(true),
          p.get("nodePools").filled,
        ),
        "The default pool, with the default account, is left",
      ),
      must(
        p
          .get("nodePoolDefaults")
          .get("nodeConfigDefaults")
          .get("insecureKubeletReadonlyPortEnabled")
          .matches(/^false$/i),
        "Nodes tell of their pods to whoever asks on port 10255",
      ),
    ]),
    on(t.gcpNodePool, (p) => {
      const node = p.get("nodeConfig");
      return [
        must(
          node.get("shieldedInstanceConfig").get("enableSecureBoot").is(true),
          "Unsigned code can boot",
        ),
        must(
          node.get("shieldedInstanceConfig").get("enableIntegrityMonitoring").or(true).is(true),
          "A changed boot is not seen",
        ),
        must(
          all(node.get("serviceAccount").given, not(node.get("serviceAccount").is("default"))),
          "Nodes run as the project's default account",
        ),
        must(
          not(
            node
              .get("kubeletConfig")
              .get("insecureKubeletReadonlyPortEnabled")
              .matches(/^true$/i),
          ),
          "Nodes tell of their pods to whoever asks on port 10255",
        ),
        must(
          node
            .get("imageType")
            .or("COS_CONTAINERD")
            .matches(/COS_CONTAINERD/i),
          "Nodes run another system than Google's own",
        ),
        must(p.get("management").get("autoRepair").or(true).is(true), "A broken node stays"),
        must(p.get("management").get("autoUpgrade").or(true).is(true), "Nodes stay behind"),
        must(
          not((node.get("metadata") as Value).at("disable-legacy-endpoints").matches(/^false$/i)),
          "Old metadata endpoints are open",
        ),
      ];
    }),
  ),
];
