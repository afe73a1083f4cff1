/**
 * What makes a cluster, what runs in it and the edge before it weaker: from GKE's hardening guide
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster), the pod security standards
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/) and Cloud Armor's pages.
 */
import { gone } from "../support/change";
import { added, weak, type Weakening } from "./weakening";

/** Of a pod, wherever its template stands. */
function pod(path: string): readonly Weakening[] {
  const at = (rest: string) => `${path}.${rest}`;
  return [
    weak(at("securityContext.runAsNonRoot"), false),
    weak(at("securityContext.runAsUser"), 0),
    weak(at("securityContext.seccompProfile"), gone),
    weak(at("containers[0].securityContext"), gone),
    weak(at("containers[0].securityContext.allowPrivilegeEscalation"), true),
    weak(at("containers[0].securityContext.readOnlyRootFilesystem"), false),
    weak(at("containers[0].securityContext.capabilities"), gone),
    added(at("containers[0].securityContext.privileged"), true),
    weak(at("containers[0].resources.limits"), gone),
    weak(at("containers[0].image"), "registry.example.com/group/app:latest"),
    weak(at("automountServiceAccountToken"), true, gone),
    weak(at("serviceAccountName"), "default", gone),
    added(at("containers[0].env[0]"), { name: "DB_PASSWORD", value: "x" }),
    added(at("containers[0].ports[0].hostPort"), 80),
    added(at("containers[0].securityContext.runAsUser"), 0),
    weak(at("containers[0].resources.requests"), gone),
    weak(at("initContainers[0].securityContext"), gone),
    weak(at("initContainers[0].securityContext.readOnlyRootFilesystem"), false),
    weak(at("initContainers[0].securityContext.allowPrivilegeEscalation"), true),
    weak(at("initContainers[0].image"), "gcr.io/cloud-sql-connectors/cloud-sql-proxy:latest"),
    weak(at("initContainers[0].resources.limits"), gone),
    added(at("hostIPC"), true),
    added(at("hostNetwork"), true),
    added(at("hostPID"), true),
    added(at("volumes[0].hostPath"), { path: "/" }),
    added(at("volumes[0].nfs"), { server: "10.0.0.2", path: "/" }),
    added(at("securityContext.sysctls"), [{ name: "kernel.msgmax", value: "65536" }]),
    added(at("containers[0].securityContext.procMount"), "Unmasked"),
    weak(at("containers[0].image"), "registry.example.com/group/app:production"),
    added(at("containers[0].args"), ["--token", "glpat-Zx7kP2mQ9vL4nB8cT5wY"]),
  ];
}

/** By type. */
export const clusterWeakenings: Readonly<Record<string, readonly Weakening[]>> = {
  "gcp:container/cluster:Cluster": [
    weak("deletionProtection", false),
    weak("privateClusterConfig.enablePrivateNodes", false),
    weak("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", true),
    weak("controlPlaneEndpointsConfig.dnsEndpointConfig.enableK8sCertsViaDns", true),
    weak("workloadIdentityConfig", gone),
    weak("datapathProvider", "LEGACY_DATAPATH"),
    weak("enableShieldedNodes", false),
    weak("enableLegacyAbac", true),
    weak("releaseChannel.channel", "UNSPECIFIED"),
    weak("maintenancePolicy", gone),
    weak("loggingConfig.enableComponents", []),
    weak("anonymousAuthenticationConfig.mode", "ENABLED"),
    weak("anonymousAuthenticationConfig", gone),
    weak("rbacBindingConfig.enableInsecureBindingSystemAuthenticated", true),
    weak("rbacBindingConfig.enableInsecureBindingSystemUnauthenticated", true),
    weak("nodePoolDefaults.nodeConfigDefaults.insecureKubeletReadonlyPortEnabled", "TRUE"),
    added("masterAuth", { clientCertificateConfig: { issueClientCertificate: true } }),
    added("masterAuthorizedNetworksConfig", { cidrBlocks: [{ cidrBlock: "0.0.0.0/0" }] }),
    added("masterAuthorizedNetworksConfig", { cidrBlocks: [{ cidrBlock: "128.0.0.0/1" }] }),
    added("clusterAutoscaling", { enabled: true }),
    added("enableKubernetesAlpha", true),
    added("nodePools", [{ nodeConfig: {} }]),
    weak("network", "default"),
    weak("location", "us-east1-b"),
    weak("removeDefaultNodePool", false),
    weak("networkingMode", "ROUTES"),
  ],
  "gcp:container/nodePool:NodePool": [
    weak("nodeConfig.shieldedInstanceConfig.enableSecureBoot", false),
    weak("nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", false),
    weak("nodeConfig.workloadMetadataConfig.mode", "GCE_METADATA"),
    weak("nodeConfig.serviceAccount", "123456-compute@developer.gserviceaccount.com"),
    weak("nodeConfig.metadata.disable-legacy-endpoints", "false"),
    weak("nodeConfig.serviceAccount", "another@another-project.iam.gserviceaccount.com", "default"),
    weak("nodeConfig.imageType", "UBUNTU_CONTAINERD"),
    weak("nodeConfig.machineType", "n2d-standard-128"),
    weak("autoscaling.maxNodeCount", 1000),
    added("networkConfig.enablePrivateNodes", false),
    added("nodeConfig.preemptible", true),
    added("nodeConfig.spot", true),
    weak("management.autoUpgrade", false),
    weak("management.autoRepair", false),
  ],
  "gcp:compute/securityPolicy:SecurityPolicy": [
    weak("rules", []),
    ...[0, 1, 2, 3, 7, 8].map((index) => weak(`rules[${index}]`, gone)),
    added("rules[7].preview", true),
    weak("adaptiveProtectionConfig", gone),
    weak("advancedOptionsConfig.jsonParsing", "DISABLED"),
  ],
  "gcp:compute/sSLPolicy:SSLPolicy": [
    weak("minTlsVersion", "TLS_1_0"),
    weak("profile", "COMPATIBLE"),
  ],
  "kubernetes:apps/v1:Deployment": [
    ...pod("spec.template.spec"),
    weak("metadata.namespace", "default", gone),
    weak("spec.replicas", 1),
    weak("spec.template.spec.initContainers[0].livenessProbe", gone),
    weak("spec.template.spec.topologySpreadConstraints", []),
    weak("spec.template.spec.containers[0].readinessProbe", gone),
    weak("spec.template.spec.containers[0].livenessProbe", gone),
  ],
  "kubernetes:batch/v1:Job": pod("spec.template.spec"),
  "kubernetes:batch/v1:CronJob": pod("spec.jobTemplate.spec.template.spec"),
  "kubernetes:core/v1:Namespace": [
    weak("metadata.labels", {}, { "pod-security.kubernetes.io/enforce": "privileged" }),
  ],
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": [weak("spec.minReplicas", 1, gone)],
  "kubernetes:policy/v1:PodDisruptionBudget": [
    weak("spec.maxUnavailable", "100%", gone),
    weak("spec.selector.matchLabels.app", "another"),
    weak("metadata.namespace", "default"),
  ],
  "kubernetes:core/v1:ConfigMap": [added("data.token", "glrt-Zx7kP2mQ9vL4nB8cT5wY")],
  "kubernetes:core/v1:Secret": [weak("metadata.namespace", "default", "kube-system")],
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": [
    weak("spec.ingress[0].from", gone),
    weak("spec.ingress[0].from[0].ipBlock.cidr", "0.0.0.0/0"),
    weak("spec.ingress[0].ports", gone),
    weak("spec.egress[0].to", gone),
    weak("spec.egress[0].to[0].ipBlock.cidr", "0.0.0.0/0"),
    weak("spec.egress[0].ports", gone),
    weak("spec.ingress[0].from[0]", {}, { namespaceSelector: {} }),
    weak("spec.ingress[0].from[0].ipBlock.cidr", "0.0.0.0/1", "::/0"),
    weak("spec.egress[0].to[0].ipBlock.cidr", "0.0.0.0/1"),
    weak("spec.egress[0].ports[0]", { protocol: "TCP" }, { port: 1, endPort: 65535 }),
  ],
  "kubernetes:core/v1:Service": [
    weak("metadata.annotations.{cloud.google.com/backend-config}", gone),
    added("spec.externalIPs", ["192.0.2.1"]),
    weak("spec.type", "LoadBalancer", "NodePort"),
  ],
  "kubernetes:networking.k8s.io/v1:Ingress": [
    weak("metadata.annotations", { "kubernetes.io/ingress.class": "gce" }),
    weak("metadata.annotations.{networking.gke.io/v1beta1.FrontendConfig}", gone),
    weak("metadata.annotations.{ingress.gcp.kubernetes.io/pre-shared-cert}", gone),
  ],
  "kubernetes:networking.gke.io/v1beta1:FrontendConfig": [
    weak("spec.redirectToHttps.enabled", false),
    weak("spec.sslPolicy", gone),
  ],
  "kubernetes:cloud.google.com/v1:BackendConfig": [
    weak("spec.securityPolicy", gone),
    weak("spec.logging.enable", false),
  ],
  "kubernetes:rbac.authorization.k8s.io/v1:Role": [
    weak("rules", [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]),
    weak("rules[0].verbs", ["impersonate"], ["bind"]),
    weak("rules[1].resources", ["pods/exec"], ["serviceaccounts/token"], ["rolebindings"]),
    added("aggregationRule", { clusterRoleSelectors: [{}] }),
  ],
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": [
    weak("roleRef", {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name: "cluster-admin",
    }),
    weak("subjects", [
      { kind: "Group", name: "system:authenticated", apiGroup: "rbac.authorization.k8s.io" },
    ]),
    weak("subjects[0].name", "default", "system:serviceaccounts"),
    weak("roleRef.name", "system:node"),
    weak("metadata.namespace", "default"),
  ],
};
