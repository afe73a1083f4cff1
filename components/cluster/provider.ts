import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterFacts } from "./contract";

/**
 * The provider that puts objects into a cluster. What uses it waits for the cluster's nodes.
 *
 * Until the cluster exists its address is unknown, and the engine then sends the provider's objects to nobody: a
 * preview plans them, but no API server has looked at them. What guards them until then is the check of the planned
 * objects against the Kubernetes API's published schema, and the policies, which both see the plan itself.
 *
 * `clusterIdentifier` is the cluster's own id, so that the provider, and with it every object, is made anew when the
 * cluster is and at no other change: without it the provider compares kubeconfigs and takes one with another address,
 * or one that is not known yet, for another cluster (docs/decisions/0011-control-plane-by-name.md).
 */
export function kubernetesProvider(
  name: string,
  cluster: Pick<ClusterFacts, "id" | "kubeconfig" | "ready">,
  opts?: pulumi.ResourceOptions,
): Provider {
  return new Provider(
    name,
    {
      kubeconfig: cluster.kubeconfig,
      clusterIdentifier: cluster.id,
      // Said, since each of these is else taken from the environment of whoever runs Pulumi.
      enableServerSideApply: true,
      enablePatchForce: false,
      deleteUnreachable: false,
      skipUpdateUnreachable: false,
      upsertExistingObjects: false,
      // As kubectl does: what pods mount by a fixed name is changed, and not taken away for its successor.
      enableConfigMapMutable: true,
      enableSecretMutable: true,
    },
    pulumi.mergeOptions(opts, { dependsOn: cluster.ready }),
  );
}
