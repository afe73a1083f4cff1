import type { core } from "@pulumi/kubernetes/types/input";
import {
  cacheAuthoritiesFile,
  databasePort,
  names,
  release,
  type AuthProxy,
  type ContainerSize,
  type DatabasePlace,
  type VersionApp,
} from "./contract";

/** User of the Auth Proxy's image (https://github.com/GoogleCloudPlatform/cloud-sql-proxy/blob/main/Dockerfile). */
const proxyUserId = 65532;

/** Port of the Auth Proxy's health checks, as in Google's own example (examples/k8s-health-check). */
const proxyHealthPort = 9801;

/**
 * What the level `restricted` wants of a pod
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted). Volumes belong to the group, so
 * that a user who is not root can write them.
 */
export function podSecurity(userId: number) {
  return {
    runAsNonRoot: true,
    runAsUser: userId,
    runAsGroup: userId,
    fsGroup: userId,
    seccompProfile: { type: "RuntimeDefault" },
  } satisfies core.v1.PodSecurityContext;
}

/** What `restricted` wants of a container, and more: its file system is read-only. */
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} satisfies core.v1.SecurityContext;

/** Requests and limits of a container. Memory and disk are not shared out twice; CPU is. */
export function resources(size: ContainerSize) {
  const memory = `${size.memoryMiB}Mi`;
  const storage = `${size.storageMiB}Mi`;
  return {
    requests: { cpu: `${size.cpuMillis}m`, memory, "ephemeral-storage": storage },
    limits: { cpu: `${size.cpuLimitMillis}m`, memory, "ephemeral-storage": storage },
  } satisfies core.v1.ResourceRequirements;
}

/** Volumes for directories that a container writes, and where it has them. */
export function writable(paths: readonly string[], sizeMiB: number) {
  const volumes = paths.map((_path, index) => ({
    name: `writable-${index}`,
    emptyDir: { sizeLimit: `${sizeMiB}Mi` },
  })) satisfies core.v1.Volume[];
  const mounts = paths.map((mountPath, index) => ({
    name: `writable-${index}`,
    mountPath,
  })) satisfies core.v1.VolumeMount[];
  return { volumes, mounts };
}

/**
 * Spreads pods over zones, and over nodes where that can be.
 *
 * One pod more in a zone than in another at most, counted for each revision by itself: a rollout would else have to
 * even out what the old one leaves. As long as one zone alone has nodes it takes one pod, and the others wait for nodes
 * elsewhere. A zone whose nodes are gone, or tainted since nobody hears of them, does not count: what it had finds a
 * place in the others, which `minDomains` of all zones would forbid for as long as the zone is down
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/).
 */
export function spread(zones: number, labels: Readonly<Record<string, string>>) {
  const common = {
    maxSkew: 1,
    labelSelector: { matchLabels: { ...labels } },
    matchLabelKeys: ["pod-template-hash"],
    nodeTaintsPolicy: "Honor",
  };
  return [
    {
      ...common,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "DoNotSchedule",
      minDomains: Math.max(zones - 1, 1),
    },
    {
      ...common,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
    },
  ] satisfies core.v1.TopologySpreadConstraint[];
}

/** Ports of the databases at a proxy: the primary's, then those of the replicas in their order. */
function databasePorts(replicas: number): readonly number[] {
  return Array.from({ length: replicas + 1 }, (_none, index) => databasePort + index);
}

/**
 * The Auth Proxy beside the app
 * (https://github.com/GoogleCloudPlatform/cloud-sql-proxy/blob/main/docs/cmd/cloud-sql-proxy.md), as a native sidecar: it
 * has started before the app does, and ends after it, so that neither a pod's last requests nor a job's end wait for it
 * (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/). It logs in as the pod's account, so that
 * whoever reaches its ports is logged in: they are open to the pod alone.
 *
 * Liveness never asks the database, and there is no readiness: `/readiness` dials every instance, and a replica that is
 * down would take all pods of the app out of service.
 */
export function proxySidecar(
  proxy: AuthProxy,
  { connectionNames: { primary, replicas } }: DatabasePlace,
) {
  const ports = databasePorts(replicas.length);
  return {
    name: names.proxy,
    restartPolicy: "Always",
    image: proxy.image,
    imagePullPolicy: "IfNotPresent",
    args: [
      "--structured-logs",
      "--private-ip",
      "--auto-iam-authn",
      "--exit-zero-on-sigterm",
      // For connections that a killed app left.
      "--max-sigterm-delay=15s",
      "--health-check",
      // The kubelet asks at the pod's address.
      "--http-address=0.0.0.0",
      `--http-port=${proxyHealthPort}`,
      "--address=127.0.0.1",
      ...[primary, ...replicas].map((connection, index) => `${connection}?port=${ports[index]}`),
    ],
    ports: [{ name: "health", containerPort: proxyHealthPort, protocol: "TCP" }],
    startupProbe: {
      httpGet: { path: "/startup", port: proxyHealthPort, scheme: "HTTP" },
      periodSeconds: 1,
      timeoutSeconds: 10,
      // Cloud SQL's answer about an instance, and a new account's rights, can take a minute.
      failureThreshold: 120,
    },
    livenessProbe: {
      httpGet: { path: "/liveness", port: proxyHealthPort, scheme: "HTTP" },
      periodSeconds: 10,
      timeoutSeconds: 10,
      failureThreshold: 6,
    },
    resources: resources(proxy.size),
    securityContext: {
      ...containerSecurity,
      runAsNonRoot: true,
      runAsUser: proxyUserId,
      runAsGroup: proxyUserId,
    },
  } satisfies core.v1.Container;
}

/**
 * Address of a database at the pod's own proxy. There is no password: the proxy logs in, and encrypts what leaves it, so
 * that the way to it is plain (https://cloud.google.com/sql/docs/postgres/iam-logins).
 */
function databaseUrl({ databaseName, username }: DatabasePlace, port: number): string {
  return `postgresql://${encodeURIComponent(username)}@127.0.0.1:${port}/${encodeURIComponent(databaseName)}?sslmode=disable`;
}

/** Variables that name the databases: of the app itself, and of each connection that only reads. */
function databaseVariables(
  app: Pick<VersionApp, "environmentNames" | "readConnections">,
  database: DatabasePlace,
): readonly (readonly [name: string, value: string])[] {
  const [primary = databasePort, ...replicas] = databasePorts(
    database.connectionNames.replicas.length,
  );
  return [
    [app.environmentNames.databaseUrl, databaseUrl(database, primary)],
    ...app.readConnections.map((connection, index): readonly [string, string] => [
      `${connection.toUpperCase()}_DATABASE_URL`,
      databaseUrl(database, replicas[index % replicas.length] ?? primary),
    ]),
  ];
}

/** What pods of the app have in common, those that serve and those that migrate: all of it plain. */
export function appPod(args: {
  readonly app: VersionApp;
  readonly proxy: AuthProxy;
  readonly database: DatabasePlace;
  readonly pullSecrets: readonly string[];
}) {
  const { app, database } = args;
  const { volumes, mounts } = writable(app.writablePaths, app.size.storageMiB);
  return {
    spec: {
      serviceAccountName: names.appAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(app.userId),
      imagePullSecrets: args.pullSecrets.map((name) => ({ name })),
      initContainers: [proxySidecar(args.proxy, database)],
      volumes: [...volumes, { name: "redis-ca", configMap: { name: names.cacheAuthorities } }],
    },
    container: {
      image: app.image,
      imagePullPolicy: "IfNotPresent",
      // The pipeline's own, where there is one, as in the chart; what both have is ours.
      envFrom: [
        { secretRef: { name: release.secret, optional: true } },
        { secretRef: { name: names.secret } },
      ],
      env: databaseVariables(app, database).map(([name, value]) => ({ name, value })),
      resources: resources(app.size),
      securityContext: containerSecurity,
      volumeMounts: [
        ...mounts,
        {
          name: "redis-ca",
          mountPath: cacheAuthoritiesFile.replace(/\/[^/]*$/, ""),
          readOnly: true,
        },
      ],
    },
  } satisfies { spec: Partial<core.v1.PodSpec>; container: Partial<core.v1.Container> };
}
