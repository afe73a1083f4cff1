/** What a person would add next to the cluster, and other forms of what is there. */
import { gone } from "./change";
import type { Next } from "./next-types";

type One = Omit<Next, "place">;

const image = "registry.example.com/group/app:4.12.0";
const security = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};
const pod = {
  serviceAccountName: "app",
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: "app",
      image,
      command: ["bundle", "exec", "rails"],
      env: [{ name: "DATABASE_URL", value: "postgresql://app@127.0.0.1/app" }],
      ports: [{ containerPort: 5000 }],
      readinessProbe: {},
      livenessProbe: {},
      resources: { limits: { memory: "1Gi" }, requests: { cpu: "1", memory: "1Gi" } },
      securityContext: security,
    },
  ],
  initContainers: [{ name: "before", image, securityContext: security }],
  topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone" }],
  volumes: [{ name: "tmp", emptyDir: {} }],
};

/** Every kind that makes pods, each with the path to the pod's own spec. */
const kinds = [
  ["kubernetes:core/v1:Pod", "spec", { spec: pod }],
  ["kubernetes:apps/v1:StatefulSet", "spec.template.spec", { spec: { template: { spec: pod } } }],
  ["kubernetes:apps/v1:DaemonSet", "spec.template.spec", { spec: { template: { spec: pod } } }],
  ["kubernetes:apps/v1:ReplicaSet", "spec.template.spec", { spec: { template: { spec: pod } } }],
  [
    "kubernetes:core/v1:ReplicationController",
    "spec.template.spec",
    { spec: { template: { spec: pod } } },
  ],
  ["kubernetes:batch/v1:Job", "spec.template.spec", { spec: { template: { spec: pod } } }],
  [
    "kubernetes:batch/v1:CronJob",
    "spec.jobTemplate.spec.template.spec",
    { spec: { jobTemplate: { spec: { template: { spec: pod } } } } },
  ],
] as const;

const everyPod: readonly One[] = kinds.flatMap(([type, at, props]) => [
  {
    rule: "pods-not-root",
    ...{ type, props },
    changes: [
      [`${at}.securityContext`, gone],
      [`${at}.securityContext.runAsNonRoot`, false],
      [`${at}.containers[0].securityContext`, gone],
      [`${at}.initContainers[0].securityContext.allowPrivilegeEscalation`, true],
      [`${at}.initContainers[0].securityContext.runAsUser`, 0],
    ],
  },
  {
    rule: "pods-keep-to-themselves",
    ...{ type, props },
    changes: [
      [`${at}.hostNetwork`, true],
      [`${at}.volumes[0].hostPath`, { path: "/var/run/docker.sock" }],
    ],
  },
]);

const [podType] = kinds[0];
const onePod = { type: podType, props: { spec: pod } };

const podForms: readonly One[] = [
  {
    rule: "pods-keep-to-themselves",
    ...onePod,
    forms: [
      ["spec.volumes[0]", { name: "token", projected: { sources: [] } }],
      ["spec.volumes[0]", { name: "data", persistentVolumeClaim: { claimName: "data" } }],
      ["spec.securityContext.sysctls", [{ name: "net.ipv4.tcp_syncookies", value: "1" }]],
      ["spec.securityContext.seLinuxOptions", { level: "s0:c1,c2" }],
      ["spec.containers[0].securityContext.procMount", "Default"],
      ["spec.securityContext.appArmorProfile", { type: "RuntimeDefault" }],
      ["spec.containers[0].ports[0].hostPort", 0],
    ],
    changes: [
      ["spec.volumes[0].nfs", { server: "10.0.0.2", path: "/" }],
      ["spec.volumes[0].gcePersistentDisk", { pdName: "data" }],
      ["spec.containers[0].securityContext.procMount", "Unmasked"],
      ["spec.initContainers[0].securityContext.windowsOptions", { hostProcess: true }],
      ["spec.securityContext.appArmorProfile.type", "Unconfined"],
      ["spec.securityContext.seLinuxOptions.type", "spc_t"],
      ["spec.securityContext.seLinuxOptions.user", "system_u"],
      ["spec.securityContext.sysctls", [{ name: "kernel.msgmax", value: "65536" }]],
    ],
  },
  {
    rule: "pods-seccomp",
    ...onePod,
    changes: [["spec.containers[0].securityContext.seccompProfile", { type: "Unconfined" }]],
  },
  {
    rule: "pods-pinned",
    ...onePod,
    forms: [
      ["spec.containers[0].image", `registry.example.com:5000/app@sha256:${"a1".repeat(32)}`],
      ["spec.containers[0].image", `registry.example.com/app:latest@sha256:${"a1".repeat(32)}`],
      ["spec.containers[0].image", "registry.example.com/app:v17.2.1-ce.0"],
      ["spec.containers[0].image", "registry.example.com/app:main-0f3c2d1a"],
      // What Auto DevOps names its images by: CI_COMMIT_SHA.
      ["spec.containers[0].image", `registry.example.com/app:${"0f".repeat(20)}`],
    ],
    changes: [
      ["spec.containers[0].image", "registry.example.com/app"],
      ["spec.containers[0].image", "registry.example.com:5000/app"],
      ["spec.containers[0].image", "registry.example.com/app:latest"],
      ["spec.containers[0].image", "registry.example.com/app:production"],
      ["spec.containers[0].image", "postgres:17"],
      ["spec.initContainers[0].image", "debian:bookworm-slim"],
    ],
  },
  {
    rule: "pods-no-secrets-in-clear",
    ...onePod,
    forms: [
      ["spec.containers[0].env", [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: {} } }]],
      ["spec.containers[0].env", [{ name: "TOKEN_FILE", value: "/run/token" }]],
    ],
    changes: [
      ["spec.containers[0].env[0].value", "postgresql://app:xk29fjq81mzp@10.0.0.2/app"],
      ["spec.containers[0].env[0].name", "AWS_SECRET_ACCESS_KEY"],
      ["spec.containers[0].env[0].name", "ENCRYPTION_KEY"],
      ["spec.containers[0].args", ["--token", `glpat-${"Ab3xY9".repeat(4)}`]],
      ["spec.containers[0].command[2]", `curl -H "PRIVATE-TOKEN: glpat-${"Ab3xY9".repeat(4)}"`],
    ],
  },
];

const namespaced: readonly One[] = (
  [
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:ServiceAccount",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  ] as const
).map((type) => ({
  rule: "cluster-objects-in-own-namespace",
  type,
  props: { metadata: { name: "one", namespace: "version-production" } },
  changes: [
    ["metadata.namespace", "default"],
    ["metadata.namespace", "kube-system"],
  ],
}));

const policies: readonly One[] = [
  {
    rule: "network-policies-name-whom",
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    props: {
      spec: {
        podSelector: {},
        ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5000 }] }],
        egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 443 }] }],
      },
    },
    forms: [
      ["spec.ingress", []],
      [
        "spec.ingress[0].from",
        [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "web" } },
            podSelector: {},
          },
        ],
      ],
      ["spec.egress[0].ports[0]", { port: 8000, endPort: 8099 }],
      ["spec.egress[0].ports[0].port", "https"],
    ],
    changes: [
      ["spec.ingress[0].from", []],
      ["spec.ingress[0].from[0]", {}],
      ["spec.ingress[0].from[0]", { namespaceSelector: {} }],
      ["spec.ingress[0].from[0]", { namespaceSelector: {}, podSelector: {} }],
      ["spec.egress[0].to[0].ipBlock.cidr", "0.0.0.0/1"],
      ["spec.egress[0].to[0].ipBlock.cidr", "::/0"],
      ["spec.egress[0].ports", [{ protocol: "TCP" }]],
      ["spec.egress[0].ports[0]", { port: 1, endPort: 65535 }],
    ],
  },
];

/** A workload whose pods answer, with a change to each of its containers. */
const answering = (kind: string): One => ({
  rule: "workloads-spread-and-probed",
  type: `kubernetes:apps/v1:${kind}`,
  props: { spec: { replicas: 3, template: { spec: pod } } },
  changes: [
    ["spec.template.spec.containers[0].readinessProbe", gone],
    ["spec.template.spec.containers[0].livenessProbe", gone],
    [
      "spec.template.spec.initContainers[0]",
      { name: "proxy", image, restartPolicy: "Always", ports: [{ containerPort: 9801 }] },
    ],
  ],
});

const workloads: readonly One[] = [
  answering("DaemonSet"),
  answering("StatefulSet"),
  {
    ...answering("StatefulSet"),
    title: "over zones",
    forms: [["spec.replicas", 1]],
    changes: [["spec.template.spec.topologySpreadConstraints", gone]],
  },
  {
    rule: "cluster-no-lasting-tokens",
    type: "kubernetes:core/v1:Secret",
    props: { type: "Opaque" },
    changes: [["type", "kubernetes.io/service-account-token"]],
  },
];

const rights: readonly One[] = [
  ...(["Role", "ClusterRole"] as const).map((kind): One => ({
    rule: "rbac-least-privilege",
    type: `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
    props: {
      rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] }],
    },
    forms: [
      [
        "rules[0]",
        { apiGroups: [""], resources: ["namespaces", "pods/log"], verbs: ["get", "list"] },
      ],
      ["rules[0]", { nonResourceURLs: ["/healthz"], verbs: ["get"] }],
    ],
    changes: [
      ["rules[0].verbs", ["*"]],
      ["rules[0].resources", ["*/scale"]],
      ["rules[0].nonResourceURLs", ["/*"]],
      ["rules[0].resources", ["pods/exec"]],
      ["rules[0].resources", ["nodes/proxy"]],
      ["rules[0].resources", ["serviceaccounts/token"]],
      ["rules[0].resources", ["namespaces"]],
      ["rules[0].resources", ["rolebindings"]],
      ["rules[0].resources", ["mutatingwebhookconfigurations"]],
      ["rules[0].resources", ["validatingadmissionpolicybindings"]],
      ["rules[0].verbs", ["get", "impersonate"]],
      ["aggregationRule", { clusterRoleSelectors: [{}] }],
    ],
  })),
  {
    rule: "rbac-least-privilege",
    type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    props: { rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }] },
    changes: [["rules[0].resources", ["nodes", "secrets"]]],
  },
  ...(["RoleBinding", "ClusterRoleBinding"] as const).map((kind): One => ({
    rule: "rbac-least-privilege",
    type: `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
    props: {
      roleRef: { kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "Group", name: "production-engineers@example.com" }],
    },
    forms: [
      ["subjects[0]", { kind: "ServiceAccount", name: "app", namespace: "app" }],
      ["subjects[0]", { kind: "User", name: "deployer@project.iam.gserviceaccount.com" }],
    ],
    changes: [
      ["roleRef.name", "cluster-admin"],
      ["roleRef.name", "system:node"],
      ["subjects[0].name", "system:authenticated"],
      ["subjects[0].name", "system:serviceaccounts"],
      ["subjects[0]", { kind: "ServiceAccount", name: "default", namespace: "app" }],
      ["subjects[0]", { kind: "User", name: "somebody@example.com" }],
    ],
  })),
];

export const nextOfKubernetes: readonly Next[] = [
  ...everyPod,
  ...podForms,
  ...namespaced,
  ...policies,
  ...workloads,
  ...rights,
].map((one) => ({ ...one, place: "version" as const }));
