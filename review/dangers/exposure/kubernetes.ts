/** What Kubernetes objects expose. */
import type { Values } from "../../../engine/facts";
import { at, inWords, isTrue, itemsAt, notKnown, textAt, textsAt } from "../values";
import {
  everywhere,
  ownGuard,
  type Grant,
  type Guard,
  type Opening,
  type Reader,
  type Source,
} from "./opening";

/** Annotations that keep a cloud's balancer within the network, and the values that do. */
const internalBalancer: readonly (readonly [string, RegExp])[] = [
  // https://docs.cloud.google.com/kubernetes-engine/docs/how-to/internal-load-balancing
  ["networking.gke.io/load-balancer-type", /^internal$/i],
  ["cloud.google.com/load-balancer-type", /^internal$/i],
  // https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/
  ["service.beta.kubernetes.io/azure-load-balancer-internal", /^true$/i],
  // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
  ["service.beta.kubernetes.io/aws-load-balancer-scheme", /^internal$/],
  ["service.beta.kubernetes.io/aws-load-balancer-internal", /^true$/i],
];

/** An annotation; its name has dots, which are no path. */
function annotation(inputs: Values, name: string): string {
  const all = at(inputs, "metadata.annotations");
  return typeof all === "object" && all !== null ? inWords((all as Values)[name]) : "";
}

const service: Reader = ({ inputs, fact }) => {
  const kind = at(inputs, "spec.type") ?? "ClusterIP";
  const ports = itemsAt(inputs, "spec.ports");
  const doors = ports.map((port) => inWords(at(port, "port"))).join(", ");
  const grants: Grant[] = textsAt(inputs, "spec.externalIPs").map((address) => ({
    key: `${fact.urn} external ${address}`,
    words: `the Service answers on the outside address ${address}`,
    toAll: true,
  }));
  if (kind === notKnown) {
    const words =
      "not known before up: whether the Service can be reached from outside (spec.type)";
    return { grants: [...grants, { key: `${fact.urn} type not known`, words, toAll: true }] };
  }
  if (kind === "NodePort") {
    const words = `the Service answers on a port of every node (NodePort) for port ${doors}`;
    return { grants: [...grants, { key: `${fact.urn} NodePort ${doors}`, words, toAll: false }] };
  }
  if (kind !== "LoadBalancer") return { grants };
  if (internalBalancer.some(([name, form]) => form.test(annotation(inputs, name)))) {
    return { grants };
  }
  const ranges = textsAt(inputs, "spec.loadBalancerSourceRanges");
  const from: readonly Source[] =
    ranges.length === 0 ? everywhere : ranges.map((addresses) => ({ addresses }));
  const openings = ports.flatMap((port) =>
    from.map((source) => ({
      target: `Service ${fact.urn}`,
      source,
      protocol: textAt(port, "protocol") ?? "TCP",
      ports: inWords(at(port, "port")),
    })),
  );
  return { grants, openings };
};

/** The class `gce-internal` alone stays within the network: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/ingress-ilb */
const ingress: Reader = ({ inputs, fact }) => {
  const internal =
    annotation(inputs, "kubernetes.io/ingress.class") === "gce-internal" ||
    annotation(inputs, "alb.ingress.kubernetes.io/scheme") === "internal";
  if (internal) return {};
  const hosts = itemsAt(inputs, "spec.rules").map((rule) => inWords(at(rule, "host") ?? "*"));
  return {
    grants: (hosts.length === 0 ? ["*"] : hosts).map((host) => ({
      key: `${fact.urn} ${host}`,
      words: `the Ingress answers the internet for ${host === "*" ? "every host" : host}`,
      toAll: true,
    })),
  };
};

/** Pods that a policy is for, as a name. */
function pods(inputs: Values): string {
  const space = textAt(inputs, "metadata.namespace") ?? "default";
  const selector = at(inputs, "spec.podSelector");
  return `pods of ${space} ${selector === notKnown ? "?" : JSON.stringify(selector ?? {})}`;
}

const isNetworkPolicy = /^kubernetes:networking\.k8s\.io\/v1:NetworkPolicy$/;

function policyTypes(inputs: Values | undefined): readonly string[] {
  const kinds = textsAt(inputs, "spec.policyTypes");
  return kinds.length > 0 ? kinds : ["Ingress"];
}

/** Everyone in a peer list; an empty list of peers is everybody. */
function peers(rule: unknown, key: string): readonly Source[] {
  if (at(rule, key) === notKnown) return [{ notKnown: key }];
  const list = itemsAt(rule, key);
  if (list.length === 0) return everywhere;
  return list.flatMap((peer): Source[] => {
    const cidr = at(peer, "ipBlock.cidr");
    if (cidr === notKnown) return [{ notKnown: `${key}.ipBlock.cidr` }];
    if (typeof cidr === "string") return [{ addresses: cidr }];
    return [{ party: `pods ${JSON.stringify(peer)}` }];
  });
}

/**
 * A policy shuts its pods but for what it lists, and the lists of several add up: without one its pods are open to all.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
const networkPolicy: Reader = ({ inputs, side, all }) => {
  const target = pods(inputs);
  const namespace = textAt(inputs, "metadata.namespace");
  const guards = policyTypes(inputs).map((type): Guard => ({
    key: `${target} ${type}`,
    words: `no NetworkPolicy of this kind limits ${type === "Egress" ? "what its pods may reach" : "who may reach its pods"} any more`,
    of: namespace,
  }));
  // The first policy of a kind in a namespace opens nothing: without one everything was open.
  const had = (type: string) =>
    side === "old" ||
    all.some(
      ({ type: other, old }) =>
        isNetworkPolicy.test(other) &&
        textAt(old?.inputs, "metadata.namespace") === namespace &&
        policyTypes(old?.inputs).includes(type),
    );
  const openings = (
    [
      ["ingress", "from", "Ingress"],
      ["egress", "to", "Egress"],
    ] as const
  ).flatMap(([list, who, type]) =>
    (had(type) ? itemsAt(inputs, `spec.${list}`) : []).flatMap((rule) => {
      const doors = itemsAt(rule, "ports");
      return peers(rule, who).flatMap((source) =>
        (doors.length === 0 ? [undefined] : doors).map((door): Opening => {
          const [first, last] = [at(door, "port"), at(door, "endPort")];
          const ports =
            last === undefined ? inWords(first ?? "*") : `${inWords(first)}-${inWords(last)}`;
          return {
            target: `${target} ${list}`,
            source,
            outward: list === "egress",
            protocol: door === undefined ? "all" : (textAt(door, "protocol") ?? "TCP"),
            ports,
          };
        }),
      );
    }),
  );
  return { openings, guards };
};

/** Groups that are everybody, or every workload. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
const wide =
  /^(system:(anonymous|unauthenticated|authenticated|serviceaccounts(:.*)?)|allUsers|allAuthenticatedUsers)$/;
const anonymous = /^(system:(anonymous|unauthenticated)|allUsers|allAuthenticatedUsers)$/;

const binding: Reader = ({ inputs, fact }) => {
  const role = inWords(at(inputs, "roleRef.name"));
  const grants = itemsAt(inputs, "subjects").flatMap((subject): Grant[] => {
    const name = at(subject, "name");
    if (name === notKnown) {
      const words = `who gets the role ${role} is not known before up`;
      return [{ key: `${fact.urn} subject not known`, words, toAll: false }];
    }
    const admin = role === "cluster-admin";
    if (typeof name !== "string" || !(admin || wide.test(name))) return [];
    const words = `${name} gets the role ${role}`;
    return [{ key: `${fact.urn} ${name} ${role}`, words, toAll: anonymous.test(name) }];
  });
  return { grants };
};

/** https://docs.cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration#https_redirect */
const redirect: Reader = ({ inputs, fact }) =>
  isTrue(inputs, "spec.redirectToHttps.enabled")
    ? {
        guards: [
          ownGuard(fact, "redirect", "requests over plain HTTP are no longer sent on to HTTPS"),
        ],
      }
    : {};

const backend: Reader = ({ inputs, fact }) =>
  at(inputs, "spec.securityPolicy") === undefined
    ? {}
    : {
        guards: [
          ownGuard(fact, "securityPolicy", "no Cloud Armor policy guards the backend any more"),
        ],
      };

export const kubernetesReaders: readonly (readonly [RegExp, Reader])[] = [
  [/^kubernetes:core\/v1:Service$/, service],
  [/^kubernetes:networking\.k8s\.io\/v1:Ingress$/, ingress],
  [isNetworkPolicy, networkPolicy],
  [/^kubernetes:rbac\.authorization\.k8s\.io\/v1:(Cluster)?RoleBinding$/, binding],
  [/^kubernetes:networking\.gke\.io\/v1beta1:FrontendConfig$/, redirect],
  [/^kubernetes:cloud\.google\.com\/v1:BackendConfig$/, backend],
];
