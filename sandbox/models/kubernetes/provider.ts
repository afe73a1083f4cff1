/** What the Kubernetes provider itself takes: https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/ */
import type { PlaceModel, PropertyModel } from "../../model";
import { block, bool, dnsLabel, int, num, str } from "./common";

/**
 * The provider's configuration. What would make another provider of it is left out: rendering YAML instead of applying it,
 * taking over objects that exist, going on without a cluster.
 */
export const provider: Readonly<Record<string, PropertyModel>> = {
  cluster: str(),
  clusterIdentifier: str(),
  context: str(),
  deleteUnreachable: bool(),
  enableConfigMapMutable: bool(),
  enablePatchForce: bool(),
  enableSecretMutable: bool(),
  enableServerSideApply: bool(),
  helmReleaseSettings: block({
    driver: str({ enum: ["configmap", "memory", "secret", "sql"] }),
    pluginsPath: str(),
    registryConfigPath: str(),
    repositoryCache: str(),
    repositoryConfigPath: str(),
  }),
  kubeClientSettings: block({ burst: int({ min: 1 }), qps: num(), timeout: int({ min: 1 }) }),
  kubeconfig: str(),
  namespace: dnsLabel(),
  skipUpdateUnreachable: bool(),
  suppressDeprecationWarnings: bool(),
  suppressHelmHookWarnings: bool(),
  upsertExistingObjects: bool(),
};

/**
 * Objects live in the cluster that the kubeconfig leads to: one of GKE's in this sandbox, by an endpoint of it that is open,
 * or one outside of it, whose server is `https://<name>.test` (RFC 6761 keeps that domain for tests).
 */
export const place: PlaceModel = {
  account: [{ path: "clusterIdentifier" }],
  home: {
    type: "gcp:container/cluster:Cluster",
    kubeconfig: "kubeconfig",
    identifier: "clusterIdentifier",
    endpoints: [
      {
        // Its certificate is a public one: https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation#dns-based_endpoint
        host: "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint",
        when: {
          property: "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic",
          equals: true,
        },
      },
      {
        host: "endpoint",
        when: {
          not: {
            property: "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled",
            equals: false,
          },
        },
        authority: "masterAuth.clusterCaCertificate",
      },
    ],
    elsewhere: "https://[a-z0-9.-]+\\.test",
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/latest/network-isolation",
  },
};
