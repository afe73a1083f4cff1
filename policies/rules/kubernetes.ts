/** The cluster and what runs in it. */
import { all, any, not, type Truth, type Value } from "../reader";
import {
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  type RuleInfo,
  stackRule,
  type TypeToken,
} from "../rule";
import { holdsSecret } from "../secrets-scan";
import * as t from "../types";

const hardening = "https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster";
const restricted =
  "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted";

/** Kinds that make pods, each with the way to the pod's own spec. */
const podTypes: readonly (readonly [TypeToken<unknown>, (props: Value) => Value])[] = [
  [t.k8sPod, (p) => p.at("spec")],
  [t.k8sDeployment, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sStatefulSet, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sDaemonSet, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sJob, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sCronJob, (p) => p.at("spec").at("jobTemplate").at("spec").at("template").at("spec")],
];

/** A rule about every pod, whatever makes it. */
function podRule(info: RuleInfo, check: (spec: Value) => readonly ReturnType<typeof must>[]): Rule {
  return resourceRule(info, ...podTypes.map(([type, spec]) => on(type, (p) => check(spec(p)))));
}

/** All containers of a pod: those that run, those before them, and those that came to look. */
function everyContainer(spec: Value, holds: (container: Value) => Truth): Truth {
  return all(
    ...["containers", "initContainers", "ephemeralContainers"].map((key) =>
      spec.at(key).every(holds),
    ),
  );
}

/** A setting of a container's security context, or of its pod's where the container has none. */
function security(spec: Value, container: Value, key: string): Value {
  const own = container.at("securityContext").at(key);
  return own.given ? own : spec.at("securityContext").at(key);
}

export const kubernetes: readonly Rule[] = [
  resourceRule(
    {
      id: "gke-control-plane-closed",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "The control plane has no open address: it is reached by its DNS endpoint, which IAM guards",
      source:
        "https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation#control-plane",
      fix: "Set controlPlaneEndpointsConfig.ipEndpointsConfig.enabled: false, or a private endpoint with authorised networks",
    },
    on(t.gcpCluster, (p) => {
      const dns = p.get("controlPlaneEndpointsConfig").get("ipEndpointsConfig").get("enabled");
      const networks = p.get("masterAuthorizedNetworksConfig");
      return [
        must(
          any(dns.is(false), p.get("privateClusterConfig").get("enablePrivateEndpoint").is(true)),
          "The control plane has an address on the internet",
        ),
        must(
          networks
            .get("cidrBlocks")
            .every((block) => not(block.get("cidrBlock").matches(/^0\.0\.0\.0\/0$|^::\/0$/))),
          "The control plane lets in every network",
        ),
        must(
          not(
            p
              .get("masterAuth")
              .get("clientCertificateConfig")
              .get("issueClientCertificate")
              .or(false)
              .is(true),
          ),
          "The control plane issues a certificate that nobody can revoke",
        ),
        must(not(p.get("enableLegacyAbac").or(false).is(true)), "Rights of before RBAC are on"),
      ];
    }),
  ),
  resourceRule(
    {
      id: "gke-private-nodes",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Nodes have no public address",
      source: `CIS GKE Benchmark, "Ensure clusters are created with Private Nodes": ${hardening}#restrict_network_access`,
      fix: "Set privateClusterConfig.enablePrivateNodes",
    },
    on(t.gcpCluster, (p) =>
      must(
        any(
          p.get("privateClusterConfig").get("enablePrivateNodes").is(true),
          p.at("defaultPrivateNodesEnabled").is(true),
        ),
        "Nodes have public addresses",
      ),
    ),
    on(t.gcpNodePool, (p) =>
      must(
        not(p.get("networkConfig").get("enablePrivateNodes").or(true).is(false)),
        "Nodes of the pool have public addresses",
      ),
    ),
  ),
  resourceRule(
    {
      id: "gke-workload-identity",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "A pod has the rights of its own account, and not those of the node that it runs on",
      source: `CIS GKE Benchmark, "Ensure GKE clusters use Workload Identity": ${hardening}#workload_identity`,
      fix: "Set workloadIdentityConfig.workloadPool, and workloadMetadataConfig.mode: GKE_METADATA on every pool",
    },
    on(t.gcpCluster, (p) =>
      must(
        p.get("workloadIdentityConfig").get("workloadPool").given,
        "The cluster has no workload pool",
      ),
    ),
    on(t.gcpNodePool, (p) =>
      must(
        p.get("nodeConfig").get("workloadMetadataConfig").get("mode").is("GKE_METADATA"),
        "Pods see the node's own metadata, and its credentials",
      ),
    ),
  ),
  resourceRule(
    {
      id: "gke-nodes-hardened",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Nodes boot signed code, run as an account of their own, and mend themselves",
      source: `CIS GKE Benchmark, "Ensure Shielded GKE Nodes are Enabled" and "not running using the Compute Engine default service account": ${hardening}#shielded_nodes`,
      fix: "Set shieldedInstanceConfig, an account of the stack, COS_CONTAINERD, autoRepair and autoUpgrade",
    },
    on(t.gcpCluster, (p) => [
      must(p.get("enableShieldedNodes").or(true).is(true), "Nodes are not shielded"),
      must(
        any(
          p.get("removeDefaultNodePool").is(true),
          p.get("enableAutopilot").is(true),
          p.get("nodePools").filled,
        ),
        "The default pool, with the default account, is left",
      ),
    ]),
    on(t.gcpNodePool, (p) => {
      const node = p.get("nodeConfig");
      return [
        must(
          node.get("shieldedInstanceConfig").get("enableSecureBoot").is(true),
          "Unsigned code can boot",
        ),
        must(
          node.get("shieldedInstanceConfig").get("enableIntegrityMonitoring").or(true).is(true),
          "A changed boot is not seen",
        ),
        must(
          all(node.get("serviceAccount").given, not(node.get("serviceAccount").is("default"))),
          "Nodes run as the project's default account",
        ),
        must(
          node
            .get("imageType")
            .or("COS_CONTAINERD")
            .matches(/COS_CONTAINERD/i),
          "Nodes run another system than Google's own",
        ),
        must(p.get("management").get("autoRepair").or(true).is(true), "A broken node stays"),
        must(p.get("management").get("autoUpgrade").or(true).is(true), "Nodes stay behind"),
        must(
          not((node.get("metadata") as Value).at("disable-legacy-endpoints").matches(/^false$/i)),
          "Old metadata endpoints are open",
        ),
      ];
    }),
  ),
  resourceRule(
    {
      id: "gke-network-policy",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "Network policies are enforced: without Dataplane V2 or Calico they are only written",
      source: `CIS GKE Benchmark, "Ensure Network Policy is Enabled": ${hardening}#restrict_with_network_policy`,
      fix: "Set datapathProvider: ADVANCED_DATAPATH, and VPC-native addresses",
    },
    on(t.gcpCluster, (p) => [
      must(
        any(
          p.get("datapathProvider").is("ADVANCED_DATAPATH"),
          p.get("networkPolicy").get("enabled").is(true),
        ),
        "Nothing enforces network policies",
      ),
      must(
        any(
          p.get("networkingMode").or("VPC_NATIVE").is("VPC_NATIVE"),
          p.get("ipAllocationPolicy").given,
        ),
        "Pods have addresses of routes",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "gke-kept-current",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "The cluster takes security fixes by itself, in its own hours, and logs what it does",
      source:
        "https://cloud.google.com/kubernetes-engine/docs/concepts/release-channels; https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions",
      fix: "Set releaseChannel, maintenancePolicy, loggingConfig and monitoringConfig",
    },
    on(t.gcpCluster, (p) => [
      must(
        p.get("releaseChannel").get("channel").isOneOf("RAPID", "REGULAR", "STABLE", "EXTENDED"),
        "The cluster is on no release channel",
      ),
      must(p.get("maintenancePolicy").given, "The cluster is maintained at any hour"),
      must(not(p.get("loggingService").or("").is("none")), "The cluster keeps no logs"),
      must(
        any(
          !p.get("loggingConfig").given,
          p
            .get("loggingConfig")
            .get("enableComponents")
            .some((one) => one.is("SYSTEM_COMPONENTS")),
        ),
        "The cluster's own parts keep no logs",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "gke-not-deleted",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "The cluster spans zones, and is not deleted by mistake while its environment is protected",
      source: "https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters",
      fix: "Name a region as location, and keep deletionProtection where the stack is protected",
    },
    on(t.gcpCluster, (p, { protect }) => [
      must(
        any(!protect, p.get("deletionProtection").or(true).is(true)),
        "Pulumi may delete the cluster",
      ),
      must(not(p.get("location").matches(/-[a-z]$/)), "The cluster is in one zone"),
    ]),
  ),
  podRule(
    {
      id: "pods-not-root",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "Whoever takes over a container is not root in it, and gets no more rights than it has",
      source: restricted,
      fix: "Set runAsNonRoot, allowPrivilegeEscalation: false, capabilities.drop: [ALL], and no privileged",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          all(
            security(spec, one, "runAsNonRoot").is(true),
            not(security(spec, one, "runAsUser").is(0)),
          ),
        ),
        "A container may run as root",
      ),
      must(
        everyContainer(spec, (one) =>
          one.at("securityContext").at("allowPrivilegeEscalation").is(false),
        ),
        "A container may get more rights than it has",
      ),
      must(
        everyContainer(spec, (one) =>
          not(one.at("securityContext").at("privileged").or(false).is(true)),
        ),
        "A container is privileged",
      ),
      must(
        everyContainer(spec, (one) =>
          one
            .at("securityContext")
            .at("capabilities")
            .at("drop")
            .some((capability) => capability.is("ALL")),
        ),
        "A container keeps capabilities of root",
      ),
      must(
        everyContainer(spec, (one) =>
          one
            .at("securityContext")
            .at("capabilities")
            .at("add")
            .every((capability) => capability.is("NET_BIND_SERVICE")),
        ),
        "A container is given capabilities of root",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-seccomp",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "System calls that no program needs are closed",
      source: restricted,
      fix: "Set seccompProfile.type: RuntimeDefault",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          security(spec, one, "seccompProfile").at("type").isOneOf("RuntimeDefault", "Localhost"),
        ),
        "A container may use every system call",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-keep-to-themselves",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects: "A pod sees neither its node's network, processes nor files",
      source: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
      fix: "Leave hostNetwork, hostPID, hostIPC, hostPort and hostPath out",
    },
    (spec) => [
      ...["hostNetwork", "hostPID", "hostIPC"].map((key) =>
        must(not(spec.at(key).or(false).is(true)), "The pod sees its node"),
      ),
      must(
        spec.at("volumes").every((one) => one.at("hostPath").absent),
        "The pod sees files of its node",
      ),
      must(
        everyContainer(spec, (one) =>
          one
            .at("ports")
            .every((port) => any(port.at("hostPort").absent, port.at("hostPort").is(0))),
        ),
        "The pod takes a port of its node",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-limited",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "No pod takes the memory of its neighbours, and the scheduler knows what each needs",
      source: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
      fix: "Set resources.requests for cpu and memory, and resources.limits.memory",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) => one.at("resources").at("limits").at("memory").given),
        "A container may take all memory of its node",
      ),
      must(
        everyContainer(spec, (one) =>
          all(
            one.at("resources").at("requests").at("cpu").given,
            one.at("resources").at("requests").at("memory").given,
          ),
        ),
        "A container does not say what it needs",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-pinned",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "What runs is what was tried: an image by its digest, or by a tag that says a version",
      source: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
      fix: "Name the image by its digest",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          any(
            one.at("image").matches(/@sha256:[0-9a-f]{64}$/),
            all(
              one.at("image").matches(/:[\w][\w.-]*$/),
              not(one.at("image").matches(/:latest$|:(stable|main|master)$/)),
            ),
          ),
        ),
        "An image can change under its name",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-no-token-unasked",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Pods run as an account that is meant for them",
      source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
      fix: "Set serviceAccountName to an account of the stack",
    },
    (spec) => [
      must(
        any(
          spec.at("automountServiceAccountToken").is(false),
          all(
            spec.at("serviceAccountName").given,
            not(spec.at("serviceAccountName").is("default")),
          ),
        ),
        "The pod runs as the namespace's default account, with its token",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-no-secrets-in-clear",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Passwords and keys of a pod are in Secrets, and not in its own description",
      source: "https://kubernetes.io/docs/concepts/configuration/secret/",
      fix: "Take the variable from a secretKeyRef",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          one
            .at("env")
            .every((variable) =>
              any(
                not(variable.at("name").matches(/PASSWORD|SECRET|TOKEN|API_KEY|PRIVATE_KEY/i)),
                !variable.at("value").given,
                variable.at("name").matches(/_(FILE|PATH|NAME|URL|TTL)$/),
              ),
            ),
        ),
        "A variable of the pod holds a secret in clear",
      ),
    ],
  ),
  resourceRule(
    {
      id: "workloads-spread-and-probed",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects: "A deployment outlives a zone, and takes no request before it can answer",
      source:
        "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/; https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
      fix: "Set topologySpreadConstraints over zones, and a readinessProbe for every container with a port",
    },
    on(t.k8sDeployment, (p) => {
      const spec = (p as Value).at("spec").at("template").at("spec");
      return [
        must(
          any(
            (p as Value).at("spec").at("replicas").atMost(1),
            spec
              .at("topologySpreadConstraints")
              .some((one) => one.at("topologyKey").is("topology.kubernetes.io/zone")),
          ),
          "All pods may stand in one zone",
        ),
        must(
          spec
            .at("containers")
            .every((one) => any(not(one.at("ports").filled), one.at("readinessProbe").given)),
          "A container gets requests before it can answer",
        ),
      ];
    }),
  ),
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
];
