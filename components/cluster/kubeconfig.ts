/**
 * Address of a control plane by its DNS endpoint.
 * @param name name of the cluster
 * @param dns the endpoint, as the cluster puts it out
 * @throws if the cluster has none
 */
export function controlPlaneAddress(name: string, dns: { readonly endpoint?: string }): string {
  if (dns.endpoint === undefined || dns.endpoint === "") {
    throw new Error(`cluster ${name} has no DNS endpoint`);
  }
  return `https://${dns.endpoint}`;
}

/**
 * A kubeconfig for Google identities, as `gcloud container clusters get-credentials --dns-endpoint` writes it, in
 * JSON: the plugin `gke-gcloud-auth-plugin` fetches a token of whoever runs it
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl#install_plugin). The endpoint's
 * certificate is a public one, so that no authority is named.
 * @param name name of the cluster
 * @param server address of the control plane: `https://…`
 */
export function execKubeconfig(name: string, server: string): string {
  return kubeconfig(name, server, {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "gke-gcloud-auth-plugin",
      installHint: "gcloud components install gke-gcloud-auth-plugin",
      interactiveMode: "Never",
      provideClusterInfo: true,
    },
  });
}

/**
 * A kubeconfig for one of Kubernetes' own accounts: what Auto DevOps takes as `KUBECONFIG`. It is as secret as its
 * token.
 * @param token token of the account
 * @param namespace where the account works
 */
export function tokenKubeconfig(
  name: string,
  server: string,
  token: string,
  namespace: string,
): string {
  return kubeconfig(name, server, { token }, namespace);
}

function kubeconfig(
  name: string,
  server: string,
  user: Readonly<Record<string, unknown>>,
  namespace?: string,
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user }],
    contexts: [
      {
        name,
        context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) },
      },
    ],
    "current-context": name,
  });
}
