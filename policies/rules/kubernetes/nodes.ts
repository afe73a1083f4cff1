/** Machines of the cluster. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { type Finding, must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { gkeHardening } from "../sources";

/** What holds of a node, whatever makes it: a pool of its own, one within the cluster, the cluster by itself. */
function node(config: Value, management: Value): Finding[] {
  const shield = config.at("shieldedInstanceConfig");
  return [
    must(shield.at("enableSecureBoot").is(true), "Unsigned code can boot"),
    must(shield.at("enableIntegrityMonitoring").or(true).is(true), "A changed boot is not seen"),
    must(
      all(config.at("serviceAccount").given, not(config.at("serviceAccount").is("default"))),
      "Nodes run as the project's default account",
    ),
    must(
      config
        .at("imageType")
        .or("COS_CONTAINERD")
        .matches(/COS_CONTAINERD/i),
      "Nodes run another system than Google's own",
    ),
    must(management.at("autoRepair").or(true).is(true), "A broken node stays"),
    must(management.at("autoUpgrade").or(true).is(true), "Nodes stay behind"),
  ];
}

function pool(props: Value): Finding[] {
  const config = props.at("nodeConfig");
  return [
    ...node(config, props.at("management")),
    must(
      not(
        config
          .at("kubeletConfig")
          .at("insecureKubeletReadonlyPortEnabled")
          .matches(/^true$/i),
      ),
      "Nodes tell of their pods to whoever asks on port 10255",
    ),
    must(
      not(
        config
          .at("metadata")
          .at("disable-legacy-endpoints")
          .matches(/^false$/i),
      ),
      "Old metadata endpoints are open",
    ),
  ];
}

/** Pools that the cluster makes as it needs them, where it may (https://cloud.google.com/kubernetes-engine/docs/how-to/node-auto-provisioning). */
function madeByItself(autoscaling: Value): Finding[] {
  const defaults = autoscaling.at("autoProvisioningDefaults");
  return node(defaults, defaults.at("management")).map(({ holds, message }) =>
    must(any(not(autoscaling.at("enabled").or(false).is(true)), holds), message),
  );
}

/** Whether pods of a pool see Google's own metadata server, and not the node's. */
function hidesNode(config: Value): Truth {
  return config.at("workloadMetadataConfig").at("mode").is("GKE_METADATA");
}

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
    on(t.gcpCluster, (p) => [
      must(
        p.get("workloadIdentityConfig").get("workloadPool").given,
        "The cluster has no workload pool",
      ),
      must(
        p.get("nodePools").every((one) => hidesNode(one.at("nodeConfig"))),
        "Pods see the node's own metadata, and its credentials",
      ),
    ]),
    on(t.gcpNodePool, (p) =>
      must(
        hidesNode(p.get("nodeConfig") as Value),
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
      ...p.get("nodePools").items.flatMap((one) => pool(one as Value)),
      ...madeByItself(p.get("clusterAutoscaling") as Value),
    ]),
    on(t.gcpNodePool, (p) => pool(p as Value)),
  ),
];
