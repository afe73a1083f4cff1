/** A small stack with a cluster, its pods and what keeps them, as the rules about Kubernetes want it. */
import type { Plain } from "./planned";

const container = {
  name: "app",
  image: `registry.example.com/app@sha256:${"a".repeat(64)}`,
  ports: [{ containerPort: 5000 }],
  readinessProbe: { httpGet: { path: "/", port: 5000 } },
  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
  env: [{ name: "RAILS_ENV", value: "production" }],
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  },
};

const pod = {
  serviceAccountName: "app",
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container],
  volumes: [{ name: "tmp", emptyDir: {} }],
  topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone", maxSkew: 1 }],
};

const inNamespace = { namespace: "app" };

const made: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ["pulumi:pulumi:Stack", "stack", {}],
  [
    "gcp:container/cluster:Cluster",
    "cluster",
    {
      location: "us-east1",
      controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
      privateClusterConfig: { enablePrivateNodes: true },
      workloadIdentityConfig: { workloadPool: "example.svc.id.goog" },
      enableShieldedNodes: true,
      removeDefaultNodePool: true,
      datapathProvider: "ADVANCED_DATAPATH",
      networkingMode: "VPC_NATIVE",
      releaseChannel: { channel: "REGULAR" },
      maintenancePolicy: { dailyMaintenanceWindow: { startTime: "03:00" } },
      loggingConfig: { enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS"] },
      deletionProtection: true,
    },
  ],
  [
    "gcp:container/nodePool:NodePool",
    "pool",
    {
      autoscaling: { minNodeCount: 1, maxNodeCount: 3 },
      management: { autoRepair: true, autoUpgrade: true },
      networkConfig: { enablePrivateNodes: true },
      nodeConfig: {
        machineType: "e2-standard-4",
        serviceAccount: "nodes@example.iam.gserviceaccount.com",
        imageType: "COS_CONTAINERD",
        workloadMetadataConfig: { mode: "GKE_METADATA" },
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        metadata: { "disable-legacy-endpoints": "true" },
      },
    },
  ],
  [
    "kubernetes:core/v1:Namespace",
    "namespace",
    { metadata: { name: "app", labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
  ],
  ["kubernetes:core/v1:ResourceQuota", "quota", { metadata: inNamespace }],
  ["kubernetes:core/v1:LimitRange", "limits", { metadata: inNamespace }],
  [
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "deny",
    { metadata: inNamespace, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
  ],
  [
    "kubernetes:apps/v1:Deployment",
    "deployment",
    { metadata: inNamespace, spec: { replicas: 3, template: { spec: pod } } },
  ],
  ["kubernetes:batch/v1:Job", "job", { metadata: inNamespace, spec: { template: { spec: pod } } }],
  [
    "kubernetes:batch/v1:CronJob",
    "cron",
    { metadata: inNamespace, spec: { jobTemplate: { spec: { template: { spec: pod } } } } },
  ],
  ["kubernetes:core/v1:Secret", "secret", { metadata: inNamespace, stringData: {} }],
  [
    "kubernetes:core/v1:ConfigMap",
    "config",
    { metadata: inNamespace, data: { mode: "production" } },
  ],
  ["kubernetes:core/v1:Service", "service", { metadata: inNamespace, spec: { type: "ClusterIP" } }],
  [
    "kubernetes:networking.k8s.io/v1:Ingress",
    "ingress",
    {
      metadata: {
        ...inNamespace,
        annotations: { "ingress.gcp.kubernetes.io/pre-shared-cert": "app" },
      },
      spec: {},
    },
  ],
  [
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "role",
    {
      metadata: inNamespace,
      rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] }],
    },
  ],
  [
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "binding",
    {
      metadata: inNamespace,
      roleRef: { kind: "Role", name: "deployer" },
      subjects: [{ kind: "ServiceAccount", name: "deployer" }],
    },
  ],
];

export function cluster(): Plain[] {
  return made.map(([type, name, props]) => ({
    urn: `urn:pulumi:cluster::gitlab::${type}::${name}`,
    type,
    name,
    props,
    protect: type === "gcp:container/cluster:Cluster",
    dependencies: [],
  }));
}
