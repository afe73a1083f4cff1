/** Namespaces, and who may do what in them. */
import { all, any, not, type Truth, type Value } from "../../reader";
import {
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  stackRule,
  type StackView,
  type TypeToken,
} from "../../rule";
import { holdsSecret } from "../../secrets-scan";
import * as t from "../../types";
import { podTypes } from "./pod-rule";
import { selectsAll } from "./selectors";

/** What runs, and what it runs as and is reached by. */
const inNamespaces: readonly TypeToken<unknown>[] = [
  ...podTypes.map(([type]) => type),
  t.k8sIngress,
  t.k8sRoleBinding,
  t.k8sService,
  t.k8sServiceAccount,
];

function objectsOf(stack: StackView, type: TypeToken<unknown>): readonly ResourceView[] {
  return stack.of(type);
}

/** Whether an object says that it stands in a namespace; nothing said is the namespace `default`. */
function isInNamespace(one: ResourceView, space: ResourceView): Truth {
  const named = one.props.at("metadata").at("namespace").or("default");
  const own = space.props.at("metadata").at("name");
  if (named.unknown !== undefined && one.dependencies?.includes(space.urn) === true) return true;
  return named.unknown ?? own.unknown ?? named.known === own.known;
}

/** Whether a policy is for all pods and lets nothing through. Without `policyTypes` it is about what comes in. */
function denies(spec: Value, kind: "Ingress" | "Egress"): Truth {
  return all(
    selectsAll(spec.at("podSelector")),
    spec
      .at("policyTypes")
      .or(["Ingress"])
      .some((one) => one.is(kind)),
    not(spec.at(kind.toLowerCase()).filled),
  );
}

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
      fix: "Give each namespace policies for all pods with both policyTypes and no rules, a ResourceQuota and a LimitRange",
    },
    [t.k8sNamespace],
    (stack) =>
      objectsOf(stack, t.k8sNamespace).flatMap((space) => {
        const within = (type: TypeToken<unknown>): Truth =>
          any(...objectsOf(stack, type).map((one) => isInNamespace(one, space)));
        const denied = (kind: "Ingress" | "Egress"): Truth =>
          any(
            ...objectsOf(stack, t.k8sNetworkPolicy).map((policy) =>
              all(isInNamespace(policy, space), denies(policy.props.at("spec"), kind)),
            ),
          );
        return [
          must(denied("Ingress"), "What no policy names gets in", space.urn),
          must(denied("Egress"), "What no policy names gets out", space.urn),
          must(within(t.k8sResourceQuota), "The namespace may take the whole cluster", space.urn),
          must(within(t.k8sLimitRange), "A pod without limits has none", space.urn),
        ];
      }),
  ),
  stackRule(
    {
      id: "cluster-objects-in-own-namespace",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "What runs stands in a namespace of the stack, whose pod security, network policies and quota are known",
      source:
        "CIS Kubernetes Benchmark 1.9, 5.6.1 and 5.6.4: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#when-to-use-multiple-namespaces",
      fix: "Name a Namespace of the stack in metadata.namespace",
    },
    inNamespaces,
    (stack) =>
      inNamespaces.flatMap((type) =>
        objectsOf(stack, type).map((one) =>
          must(
            any(...objectsOf(stack, t.k8sNamespace).map((space) => isInNamespace(one, space))),
            "It stands in the default namespace, or in one that is not the stack's",
            one.urn,
          ),
        ),
      ),
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
      ["data", "binaryData"].map((key) => {
        const data = (p as Value).at(key);
        return must(
          data.unknown ??
            all(
              ...data.entries.map(([, value]) =>
                value.test((text) => typeof text !== "string" || !holdsSecret(text)),
              ),
            ),
          "The ConfigMap holds a secret, or what looks like one",
        );
      }),
    ),
  ),
];
