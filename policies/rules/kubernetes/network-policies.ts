/** What network policies let through. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { everybody } from "../../addresses";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { selectsAll } from "./selectors";

/** More ports in one range than any program of ours listens on. */
const widest = 1000;

/** Whether a peer is every pod of every namespace. */
function isWholeCluster(peer: Value): Truth {
  const [spaces, pods] = [peer.at("namespaceSelector"), peer.at("podSelector")];
  return all(spaces.given, selectsAll(spaces), any(!pods.given, selectsAll(pods)));
}

/** Whether an entry names a port, or a narrow range of them. */
function namesPort(entry: Value): Truth {
  const [port, end] = [entry.at("port"), entry.at("endPort")];
  return all(
    port.given,
    any(end.absent, port.unknown ?? end.atMost(Number(port.known) + widest - 1)),
  );
}

export const networkPolicies: readonly Rule[] = [
  resourceRule(
    {
      id: "network-policies-name-whom",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "A network policy opens ports that it names, to or from those that it names",
      source:
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
      fix: "Give each rule its from or to, no block of all addresses, no empty namespaceSelector, and its ports",
    },
    on(t.k8sNetworkPolicy, (p) => {
      const spec = (p as Value).at("spec");
      return (
        [
          ["ingress", "from"],
          ["egress", "to"],
        ] as const
      ).flatMap(([way, peers]) => {
        const everyPeer = (holds: (peer: Value) => Truth): Truth =>
          spec.at(way).every((rule) => rule.at(peers).every(holds));
        return [
          must(
            all(
              spec.at(way).every((rule) => rule.at(peers).filled),
              everyPeer((peer) =>
                any(
                  peer.at("ipBlock").given,
                  peer.at("podSelector").given,
                  peer.at("namespaceSelector").given,
                ),
              ),
            ),
            "The policy opens something to everybody",
          ),
          must(
            everyPeer((peer) => not(peer.at("ipBlock").at("cidr").matches(everybody))),
            "The policy opens something to the whole internet",
          ),
          must(
            everyPeer((peer) => not(isWholeCluster(peer))),
            "The policy opens something to every pod of the cluster",
          ),
          must(
            spec
              .at(way)
              .every((rule) => all(rule.at("ports").filled, rule.at("ports").every(namesPort))),
            "The policy opens every port to somebody, or thousands of them",
          ),
        ];
      });
    }),
  ),
];
