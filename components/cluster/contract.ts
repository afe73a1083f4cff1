import type * as pulumi from "@pulumi/pulumi";

/** Facts of a Kubernetes cluster, for whoever puts objects into it or watches it. */
export interface ClusterFacts {
  /** The cloud's own id of the cluster. A cluster has the same for as long as it lives, whatever is changed of it. */
  readonly id: pulumi.Output<string>;
  /** Name, as metrics and logs have it. */
  readonly name: string;
  /** Region, as metrics and logs have it. */
  readonly location: string;
  /**
   * A kubeconfig file as JSON, for people and for Pulumi. It says where the cluster is and which program fetches a
   * token; no token, key or certificate stands in it.
   */
  readonly kubeconfig: pulumi.Output<string>;
  /** Address of the control plane, with its scheme: for kubeconfigs with other credentials. */
  readonly endpoint: pulumi.Output<string>;
  /** Workload Identity's pool: a Kubernetes account is `serviceAccount:<pool>[<namespace>/<name>]` in IAM. */
  readonly workloadPool: string;
  /** The cluster with nodes that can take pods: wait for them before anything is put into it. */
  readonly ready: pulumi.Resource[];
}
