import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import type { networking } from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import {
  cloudSqlPort,
  names,
  release,
  releaseLabels,
  serviceSelector,
  type PodNetwork,
} from "./contract";

/**
 * Where Google's load balancers and their health checks come from
 * (https://cloud.google.com/load-balancing/docs/firewall-rules).
 */
const balancerRanges = ["35.191.0.0/16", "130.211.0.0/22"];

/** GKE's metadata server, which hands out the account's tokens (https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity). */
const metadataAddress = "169.254.169.254/32";

type Peer = networking.v1.NetworkPolicyPeer;
type Rules = Pick<networking.v1.NetworkPolicySpec, "ingress" | "egress">;

const tcp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: "TCP", port }));
const range = (cidr: pulumi.Input<string>): Peer => ({ ipBlock: { cidr } });
const appIn = (...values: readonly string[]) => ({
  matchExpressions: [{ key: "app", operator: "In", values: [...values] }],
});

/**
 * Who may talk to whom in the namespace: nobody, but for what follows. Policies add up
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/). Both the app's pods and those that migrate
 * carry `app: production`, whoever made them.
 */
export function networkPolicies(
  name: string,
  network: PodNetwork,
  opts: pulumi.CustomResourceOptions,
): NetworkPolicy[] {
  const policy = (
    key: string,
    podSelector: networking.v1.NetworkPolicySpec["podSelector"],
    rules: Rules,
    policyTypes = Object.keys(rules).map((way) => (way === "ingress" ? "Ingress" : "Egress")),
  ) =>
    new NetworkPolicy(
      `${name}-${key}`,
      {
        metadata: { name: key, namespace: release.namespace },
        spec: { podSelector, policyTypes, ...rules },
      },
      opts,
    );

  return [
    policy("deny-all", {}, {}, ["Ingress", "Egress"]),
    policy(
      "names",
      {},
      {
        egress: [
          {
            to: [range(`${network.resolver}/32`)],
            ports: [
              { protocol: "UDP", port: 53 },
              { protocol: "TCP", port: 53 },
            ],
          },
        ],
      },
    ),
    // All that have an account at Google: its tokens, and the APIs that they are for. Dataplane V2 has sent what goes to
    // the metadata server on to the node before it looks at policies (https://github.com/gke-labs/kube-agents/issues/676).
    policy("google", appIn(release.name, names.exporter), {
      egress: [
        { to: [range(metadataAddress)], ports: tcp(80, 988) },
        { to: [range(network.nodeCidr)], ports: tcp(988) },
        { to: [range(network.googleApisCidr)], ports: tcp(443) },
      ],
    }),
    policy(
      "web",
      { matchLabels: { ...serviceSelector } },
      { ingress: [{ from: balancerRanges.map(range), ports: tcp(release.port) }] },
    ),
    policy(
      "app",
      { matchLabels: { ...releaseLabels } },
      {
        egress: [
          { to: [range(network.servicesCidr)], ports: tcp(cloudSqlPort, network.cachePort) },
          ...(network.signInAddresses.length === 0
            ? []
            : [
                {
                  to: network.signInAddresses.map((address) =>
                    range(pulumi.interpolate`${address}/32`),
                  ),
                  ports: tcp(443),
                },
              ]),
          ...(network.also ?? []).map(({ cidr, port }) => ({
            to: [range(cidr)],
            ports: tcp(port),
          })),
        ],
      },
    ),
  ];
}
