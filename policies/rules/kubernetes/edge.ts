/** Ways from the internet to a pod. */
import { all, any, not, type Truth, type Value } from "../../reader";
import {
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  stackRule,
  type StackView,
} from "../../rule";
import * as t from "../../types";

const configuration =
  "https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration";

function note(object: Value, key: string): Value {
  return object.at("metadata").at("annotations").at(key);
}

/** Services that an Ingress leads to, in its own namespace, each with the names of all others. */
function backends(ingress: ResourceView): readonly Value[] {
  const spec = ingress.props.at("spec");
  return [
    spec.at("defaultBackend"),
    ...spec.at("rules").items.flatMap((rule) =>
      rule
        .at("http")
        .at("paths")
        .items.map((path) => path.at("backend")),
    ),
  ]
    .map((backend) => backend.at("service").at("name"))
    .filter((name) => name.given);
}

/** Whether a Service says which BackendConfig holds for it; true of one that the stack does not make. */
function isConfigured(stack: StackView, ingress: ResourceView, name: Value): Truth {
  const namespace = ingress.props.at("metadata").at("namespace");
  const services = (stack.of(t.k8sService) as readonly ResourceView[]).filter(
    ({ props }) =>
      props.at("metadata").at("name").known === name.known &&
      props.at("metadata").at("namespace").known === namespace.known,
  );
  return (
    name.unknown ??
    namespace.unknown ??
    all(
      ...services.map(({ props }) => {
        const config = note(props, "cloud.google.com/backend-config");
        return (
          config.unknown ?? any(config.json.at("default").given, config.json.at("ports").given)
        );
      }),
    )
  );
}

export const clusterEdge: readonly Rule[] = [
  resourceRule(
    {
      id: "services-not-open",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Pods are reached through the ingress, with its certificate and its firewall",
      source: "https://cloud.google.com/kubernetes-engine/docs/concepts/ingress",
      fix: "Use a Service of type ClusterIP behind the Ingress",
    },
    on(t.k8sService, (p) => {
      const spec = (p as Value).at("spec");
      return [
        must(
          any(
            spec.at("type").or("ClusterIP").is("ClusterIP"),
            all(
              spec.at("type").is("LoadBalancer"),
              (p as Value)
                .at("metadata")
                .at("annotations")
                .at("networking.gke.io/load-balancer-type")
                .is("Internal"),
            ),
          ),
          "The service has an address of its own",
        ),
        must(not(spec.at("externalIPs").filled), "The service takes addresses of others"),
      ];
    }),
    on(t.k8sIngress, (p) => {
      const notes = (p as Value).at("metadata").at("annotations");
      return must(
        any(
          (p as Value).at("spec").at("tls").filled,
          notes.at("ingress.gcp.kubernetes.io/pre-shared-cert").given,
          notes.at("networking.gke.io/managed-certificates").given,
        ),
        "The ingress has no certificate",
      );
    }),
  ),
  resourceRule(
    {
      id: "ingress-tls",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "The load balancer of an Ingress speaks the TLS that was chosen, and nothing in clear",
      source: `${configuration}#ssl; ${configuration}#https_redirect`,
      fix: 'Name a FrontendConfig with sslPolicy and redirectToHttps.enabled in the Ingress, or set kubernetes.io/ingress.allow-http: "false"',
    },
    on(t.k8sIngress, (p) =>
      must(
        note(p as Value, "networking.gke.io/v1beta1.FrontendConfig").given,
        "The Ingress names no FrontendConfig: it takes old TLS",
      ),
    ),
    on(t.gkeFrontendConfig, (p) => [
      must(
        p.get("spec").get("redirectToHttps").get("enabled").is(true),
        "Whoever comes in clear is served in clear",
      ),
      must(p.get("spec").get("sslPolicy").given, "The load balancer takes TLS older than 1.2"),
    ]),
  ),
  stackRule(
    {
      id: "ingress-behind-firewall",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "What comes through an Ingress has come past Cloud Armor, and is on record",
      source: `${configuration}#cloud_armor; ${configuration}#access-logging`,
      fix: "Name a BackendConfig in the Service (cloud.google.com/backend-config) and in it a securityPolicy; leave its log on",
    },
    [t.k8sIngress, t.gkeBackendConfig],
    (stack) => [
      ...stack
        .of(t.gkeBackendConfig)
        .flatMap(({ urn, props }) => [
          must(
            (props as Value).at("spec").at("securityPolicy").at("name").given,
            "No rules of Cloud Armor hold for the service",
            urn,
          ),
          must(
            (props as Value).at("spec").at("logging").at("enable").is(true),
            "Nobody sees who asked for what",
            urn,
          ),
        ]),
      ...(stack.of(t.k8sIngress) as readonly ResourceView[]).flatMap((ingress) =>
        [
          ingress.props.at("spec").at("rules").unknown ?? true,
          ...backends(ingress).map((name) => isConfigured(stack, ingress, name)),
        ].map((holds) =>
          must(holds, "The service behind the Ingress names no BackendConfig", ingress.urn),
        ),
      ),
    ],
  ),
];
