/**
 * Ingresses, as GKE's own controller takes them: https://cloud.google.com/kubernetes-engine/docs/concepts/ingress
 */
import { GLOBAL_ADDRESS } from "../gcp/common";
import type { Condition, PropertyModel, ResourceModel, Rule } from "../../model";
import {
  SKIP_AWAIT,
  block,
  blocks,
  dnsSubdomain,
  kube,
  list,
  oneOf,
  required,
  secretRef,
  status,
  str,
} from "./common";
import { PORT_NAME, portNumber } from "./pod-fields";
import type { ReadyRule } from "./pod-ready";
import { absent, implies, present } from "./pod-rules";
import { SERVICE } from "./tokens";

const API = "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/";
const GUIDE = "https://kubernetes.io/docs/concepts/services-networking/ingress/";
const GKE = "https://cloud.google.com/kubernetes-engine/docs/concepts/ingress";
const CONFIGURATION =
  "https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration";
const CERTIFICATES = "https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-multi-ssl";
const CONTAINER_NATIVE =
  "https://cloud.google.com/kubernetes-engine/docs/how-to/container-native-load-balancing";

const annotation = (name: string): string => `metadata.annotations["${name}"]`;
const CLASS = annotation("kubernetes.io/ingress.class");
const ADDRESS = annotation("kubernetes.io/ingress.global-static-ip-name");
const CERTIFICATE = annotation("ingress.gcp.kubernetes.io/pre-shared-cert");
const MANAGED = annotation("networking.gke.io/managed-certificates");
const FRONTEND = annotation("networking.gke.io/v1beta1.FrontendConfig");
const HTTP = annotation("kubernetes.io/ingress.allow-http");

/** Types of Google's certificates that a load balancer takes by name. */
const CERTIFICATE_TYPES = [
  "gcp:compute/managedSslCertificate:ManagedSslCertificate",
  "gcp:compute/sSLCertificate:SSLCertificate",
];

const backend = (more: Partial<PropertyModel> = {}): PropertyModel =>
  block(
    {
      resource: block(
        { apiGroup: dnsSubdomain(), kind: str(required), name: str(required) },
        { exactlyOneOf: ["service"] },
      ),
      service: block({
        name: str({
          required: true,
          format: "dns-1035-label",
          ref: { type: SERVICE, by: "metadata.name", beside: "metadata.namespace", late: true },
        }),
        port: block({
          name: str({ pattern: PORT_NAME, example: "web", exactlyOneOf: ["number"] }),
          number: portNumber(),
        }),
      }),
    },
    more,
  );

/** A host name, or all names beside each other: no address, and no star but at the beginning. */
const HOST =
  "(?!(\\d{1,3}\\.){3}\\d{1,3}$)(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*";

/** Where the backends of an Ingress stand. */
const BACKENDS = ["spec.defaultBackend.service", "spec.rules[].http.paths[].backend.service"];
const everyBackend = (inner: Condition): Condition => ({
  all: BACKENDS.map((property) => ({ property, every: inner })),
});

/** GKE's controllers take an Ingress of their classes, and one of none. */
const ours: Condition = {
  any: [absent(CLASS), { property: CLASS, in: ["gce", "gce-internal"] }],
};

const rules: readonly Rule[] = [
  {
    name: "an Ingress leads somewhere",
    then: { any: [present("spec.defaultBackend"), present("spec.rules")] },
    message: "spec: Invalid value: either `defaultBackend` or `rules` must be specified",
    source: API,
  },
  {
    name: "the class of an Ingress is said once",
    then: { any: [absent(CLASS), absent("spec.ingressClassName")] },
    message:
      'metadata.annotations["kubernetes.io/ingress.class"]: Invalid value: can not be set when the class field is also set',
    source: GUIDE,
  },
  {
    name: "a path begins at the root",
    then: {
      property: "spec.rules[].http.paths",
      every: {
        any: [
          { property: "pathType", equals: "ImplementationSpecific" },
          { property: "path", matches: "/(?!.*(//|/\\./|/\\.\\./)).*" },
        ],
      },
    },
    message:
      "spec.rules[].http.paths[].path: Invalid value: must be an absolute path, without `//`, `/./` and `/../`",
    source: GUIDE,
  },
  {
    name: "a backend names a port of its Service",
    then: everyBackend(present("port")),
    message: "spec.rules[].http.paths[].backend.service.port: Required value: port name or number",
    source: API,
  },
];

/** All names in the annotation are those of objects of one of the types. */
const named = (property: string, types: readonly string[]): Condition => ({
  property,
  part: "([^,\\s]+)",
  every: {
    any: types.map((type) => ({ property: ".", companion: { type, property: "name" } })),
  },
});

const ready: readonly ReadyRule[] = [
  {
    name: "the class of an Ingress is one of the cluster's controllers",
    then: { all: [ours, absent("spec.ingressClassName")] },
    message:
      'no controller takes this Ingress, so it never gets an address: GKE goes by the annotation kubernetes.io/ingress.class ("gce", "gce-internal") alone, and not by spec.ingressClassName',
    source: GKE,
  },
  {
    name: "a load balancer reaches the pods of a Service, or the nodes",
    when: ours,
    then: everyBackend({
      any: [
        { property: 'name->metadata.annotations["cloud.google.com/neg"].ingress', equals: true },
        { property: "name->spec.type", in: ["LoadBalancer", "NodePort"] },
      ],
    }),
    message:
      'error while evaluating the ingress spec: a backend Service is of type ClusterIP; it has to be of type NodePort, or to have the annotation cloud.google.com/neg: {"ingress": true}',
    source: CONTAINER_NATIVE,
  },
  {
    name: "a backend's port is one of its Service",
    when: ours,
    then: everyBackend({
      all: [
        implies(present("port.number"), {
          property: "port.number",
          allAmong: ["name->spec.ports[].port"],
        }),
        implies(present("port.name"), {
          property: "port.name",
          allAmong: ["name->spec.ports[].name"],
        }),
      ],
    }),
    message:
      "error while evaluating the ingress spec: could not find the port in the backend Service",
    source: GUIDE,
  },
  {
    name: "the configuration of a backend is there",
    when: ours,
    then: backendConfig("default"),
    message:
      "error while evaluating the ingress spec: error getting BackendConfig: the annotation cloud.google.com/backend-config of a backend Service names none that is in the namespace",
    source: CONFIGURATION,
  },
  {
    name: "the configuration of the frontend is there",
    when: present(FRONTEND),
    then: {
      property: FRONTEND,
      companion: {
        type: "kubernetes:networking.gke.io/v1beta1:FrontendConfig",
        property: "metadata.name",
        beside: "metadata.namespace",
      },
    },
    message: "error while evaluating the ingress spec: the FrontendConfig is not in the namespace",
    source: CONFIGURATION,
  },
  {
    name: "the address is reserved",
    when: present(ADDRESS),
    then: named(ADDRESS, [GLOBAL_ADDRESS]),
    message:
      "error running load balancer syncing routine: the given static IP name doesn't translate to an existing static IP",
    source: CONFIGURATION,
  },
  {
    name: "the certificates are there",
    when: present(CERTIFICATE),
    then: named(CERTIFICATE, CERTIFICATE_TYPES),
    message:
      "error running load balancer syncing routine: a certificate that ingress.gcp.kubernetes.io/pre-shared-cert names does not exist",
    source: CERTIFICATES,
  },
  {
    name: "a load balancer without plain HTTP has a certificate",
    when: { property: HTTP, equals: "false" },
    then: { any: [present("spec.tls"), present(CERTIFICATE), present(MANAGED)] },
    message:
      "error while evaluating the ingress spec: kubernetes.io/ingress.allow-http is false and there is no certificate: the load balancer would have no frontend",
    source: CERTIFICATES,
  },
];

/** What the backend Services say of their BackendConfig leads to one. */
function backendConfig(key: string): Condition {
  return {
    all: BACKENDS.map((service) => {
      const name = `${service}.name->metadata.annotations["cloud.google.com/backend-config"].${key}`;
      return implies(present(name), {
        property: name,
        companion: {
          type: "kubernetes:cloud.google.com/v1:BackendConfig",
          property: "metadata.name",
          beside: "metadata.namespace",
        },
      });
    }),
  };
}

const ingress: ResourceModel = kube({
  group: "networking.k8s.io/v1",
  kind: "Ingress",
  generation: true,
  source: API,
  properties: {
    spec: block({
      defaultBackend: backend(),
      ingressClassName: dnsSubdomain(),
      rules: blocks({
        host: str({ pattern: HOST, example: "www.example.com" }),
        http: block({
          paths: blocks(
            {
              backend: backend(required),
              path: str(),
              pathType: oneOf(["Exact", "ImplementationSpecific", "Prefix"], required),
            },
            { required: true, minItems: 1 },
          ),
        }),
      }),
      tls: blocks({ hosts: list(str({ pattern: HOST })), secretName: secretRef() }),
    }),
    status: status(
      { loadBalancer: { ingress: [{ ip: "34.{int:64-127}.{int:0-255}.{int:1-254}" }] } },
      { loadBalancer: {} },
    ),
  },
  rules,
  ready: { unless: SKIP_AWAIT, rules: ready },
  demand: [{ keys: ["count/ingresses.networking.k8s.io"], at: "made" }],
});

export const models: readonly ResourceModel[] = [ingress];
