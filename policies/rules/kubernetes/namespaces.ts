/** Namespaces, and who may do what in them. */
import { all, any, not, type Truth, type Value } from "../../reader";
import {
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  stackRule,
  type TypeToken,
} from "../../rule";
import { holdsSecret } from "../../secrets-scan";
import * as t from "../../types";

export const namespaces: readonly Rule[] = [
  resourceRule(
    {
      id: "namespaces-restricted",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects: "The cluster itself refuses pods that are not restricted, whoever deploys them",
      source: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
      fix: "Label the namespace pod-security.kubernetes.io/enforce: restricted",
    },
    on(t.k8sNamespace, (p) =>
      must(
        (p as Value)
          .at("metadata")
          .at("labels")
          .at("pod-security.kubernetes.io/enforce")
          .is("restricted"),
        "The namespace takes pods that are not restricted",
      ),
    ),
  ),
  stackRule(
    {
      id: "namespaces-closed",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "What no network policy names is denied, in and out, and no namespace takes the whole cluster",
      source:
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies; https://kubernetes.io/docs/concepts/policy/resource-quotas/",
      fix: "Give each namespace a policy for all pods with both policyTypes and no rules, a ResourceQuota and a LimitRange",
    },
    [t.k8sNamespace],
    (stack) => {
      const inNamespace = (one: ResourceView, space: ResourceView): Truth => {
        const named = one.props.at("metadata").at("namespace");
        const own = space.props.at("metadata").at("name");
        if (one.dependencies?.includes(space.urn) === true) return true;
        return named.unknown ?? own.unknown ?? named.is(own.known ?? "");
      };
      return (stack.of(t.k8sNamespace) as readonly ResourceView[]).flatMap((space) => {
        const denies = (stack.of(t.k8sNetworkPolicy) as readonly ResourceView[]).map((policy) => {
          const spec = policy.props.at("spec");
          return all(
            inNamespace(policy, space),
            not(
              spec
                .at("podSelector")
                .at("matchLabels")
                .test((labels) => Object.keys(labels as object).length > 0),
            ),
            not(spec.at("podSelector").at("matchExpressions").filled),
            ...["Ingress", "Egress"].map((kind) =>
              spec.at("policyTypes").some((one) => one.is(kind)),
            ),
            not(spec.at("ingress").filled),
            not(spec.at("egress").filled),
          );
        });
        const limits = (type: TypeToken<unknown>): Truth =>
          any(...stack.of(type).map((one) => inNamespace(one, space)));
        return [
          must(any(...denies), "What no policy names gets in or out", space.urn),
          must(limits(t.k8sResourceQuota), "The namespace may take the whole cluster", space.urn),
          must(limits(t.k8sLimitRange), "A pod without limits has none", space.urn),
        ];
      });
    },
  ),
  resourceRule(
    {
      id: "network-policies-name-whom",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "A network policy opens ports that it names, to or from those that it names",
      source:
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
      fix: "Give each rule its from or to, no block of all addresses, and its ports",
    },
    on(t.k8sNetworkPolicy, (p) => {
      const spec = (p as Value).at("spec");
      return (
        [
          ["ingress", "from"],
          ["egress", "to"],
        ] as const
      ).flatMap(([way, peers]) => [
        must(
          spec.at(way).every((rule) => rule.at(peers).filled),
          "The policy opens something to everybody",
        ),
        must(
          spec
            .at(way)
            .every((rule) =>
              rule.at(peers).every((peer) => not(peer.at("ipBlock").at("cidr").matches(/\/0$/))),
            ),
          "The policy opens something to the whole internet",
        ),
        must(
          spec.at(way).every((rule) => rule.at("ports").filled),
          "The policy opens every port to somebody",
        ),
      ]);
    }),
  ),
  resourceRule(
    {
      id: "cluster-secrets-in-their-place",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "Secrets are in Secrets, in the namespace of those that may read them, and in no ConfigMap",
      source: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
      fix: "Name a namespace of the stack, and move what is secret from the ConfigMap to a Secret",
    },
    on(t.k8sSecret, (p) => {
      const namespace = (p as Value).at("metadata").at("namespace");
      return must(
        all(namespace.given, not(namespace.matches(/^(default|kube-.*)$/))),
        "The Secret is in a namespace that others read",
      );
    }),
    on(t.k8sConfigMap, (p) =>
      (p as Value).at("data").entries.map(([, value]) =>
        must(
          value.test((text) => typeof text !== "string" || !holdsSecret(text)),
          "The ConfigMap holds a secret, or what looks like one",
        ),
      ),
    ),
  ),
  resourceRule(
    {
      id: "rbac-least-privilege",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "An account can do what it is there for, in its namespace: no wildcards, no rights over rights",
      source: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
      fix: "Name groups, resources and verbs; bind no cluster-admin",
    },
    ...[t.k8sRole, t.k8sClusterRole].map((type: TypeToken<unknown>) =>
      on(type, (p) => {
        const rules = p.at("rules");
        return [
          must(
            rules.every((rule) =>
              all(
                ...["verbs", "resources", "apiGroups"].map((key) =>
                  rule.at(key).every((one) => not(one.is("*"))),
                ),
              ),
            ),
            "The role holds everything of a kind",
          ),
          must(
            rules.every((rule) =>
              rule.at("verbs").every((verb) => not(verb.matches(/^(escalate|bind|impersonate)$/))),
            ),
            "The role holds rights over rights",
          ),
        ];
      }),
    ),
    ...[t.k8sRoleBinding, t.k8sClusterRoleBinding].map((type: TypeToken<unknown>) =>
      on(type, (p) => {
        const binding = p;
        return [
          must(
            not(
              binding
                .at("roleRef")
                .at("name")
                .matches(/^(cluster-admin|admin|edit)$/),
            ),
            "The binding gives nearly everything",
          ),
          must(
            binding
              .at("subjects")
              .every((one) =>
                not(
                  one
                    .at("name")
                    .matches(/^system:(anonymous|unauthenticated|authenticated|masters)$/),
                ),
              ),
            "The binding is for everybody",
          ),
        ];
      }),
    ),
  ),
];
