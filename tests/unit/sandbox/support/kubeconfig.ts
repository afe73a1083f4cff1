/** Kubeconfigs for tests. */

/** A cluster outside of the sandbox. */
export const ELSEWHERE = "https://cluster.test";

/** A kubeconfig with one context, as text. */
export function kubeconfig(
  server: string = ELSEWHERE,
  more: { readonly authority?: string; readonly namespace?: string; readonly user?: object } = {},
): string {
  const { authority, namespace, user = { token: "a-token" } } = more;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "main",
    contexts: [{ name: "main", context: { cluster: "one", user: "me", namespace } }],
    clusters: [{ name: "one", cluster: { server, "certificate-authority-data": authority } }],
    users: [{ name: "me", user }],
  });
}
