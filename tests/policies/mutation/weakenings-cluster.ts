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
    weak(at("automountServiceAccountToken"), true),
    added(at("hostNetwork"), true),
    added(at("hostPID"), true),
    added(at("volumes[0].hostPath"), { path: "/" }),
  ];
}

/** By type. */
export const clusterWeakenings: Readonly<Record<string, readonly Weakening[]>> = {
  "gcp:container/cluster:Cluster": [
    weak("deletionProtection", false),
    weak("privateClusterConfig.enablePrivateNodes", false),
    weak("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", true),
    weak("workloadIdentityConfig", gone),
    weak("datapathProvider", "LEGACY_DATAPATH"),
    weak("enableShieldedNodes", false),
    weak("enableLegacyAbac", true),
    weak("releaseChannel.channel", "UNSPECIFIED"),
    weak("maintenancePolicy", gone),
    weak("loggingConfig.enableComponents", []),
    weak("anonymousAuthenticationConfig.mode", "ENABLED"),
  ],
  "gcp:container/nodePool:NodePool": [
    weak("nodeConfig.shieldedInstanceConfig.enableSecureBoot", false),
    weak("nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", false),
    weak("nodeConfig.workloadMetadataConfig.mode", "GCE_METADATA"),
    weak("nodeConfig.serviceAccount", "123456-compute@developer.gserviceaccount.com"),
    weak("nodeConfig.metadata.disable-legacy-endpoints", "false"),
    added("nodeConfig.spot", true),
    weak("management.autoUpgrade", false),
    weak("management.autoRepair", false),
  ],
  "gcp:compute/securityPolicy:SecurityPolicy": [weak("rules", [])],
  "gcp:compute/sSLPolicy:SSLPolicy": [
    weak("minTlsVersion", "TLS_1_0"),
    weak("profile", "COMPATIBLE"),
  ],
  "kubernetes:apps/v1:Deployment": [
    ...pod("spec.template.spec"),
    weak("spec.template.spec.topologySpreadConstraints", []),
    weak("spec.template.spec.containers[0].readinessProbe", gone),
    weak("spec.template.spec.containers[0].livenessProbe", gone),
  ],
  "kubernetes:batch/v1:Job": pod("spec.template.spec"),
  "kubernetes:batch/v1:CronJob": pod("spec.jobTemplate.spec.template.spec"),
  "kubernetes:core/v1:Namespace": [
    weak("metadata.labels", {}, { "pod-security.kubernetes.io/enforce": "privileged" }),
  ],
  "kubernetes:core/v1:Service": [weak("spec.type", "LoadBalancer", "NodePort")],
  "kubernetes:networking.k8s.io/v1:Ingress": [
    weak("metadata.annotations", { "kubernetes.io/ingress.class": "gce" }),
  ],
  "kubernetes:networking.gke.io/v1beta1:FrontendConfig": [
    weak("spec.redirectToHttps.enabled", false),
    weak("spec.sslPolicy", gone),
  ],
  "kubernetes:cloud.google.com/v1:BackendConfig": [weak("spec.securityPolicy", gone)],
  "kubernetes:rbac.authorization.k8s.io/v1:Role": [
    weak("rules", [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]),
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
  ],
};
