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

/** Seconds that an Auth Proxy waits for connections to end before it goes. */
const proxyDrainSeconds = 30;

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
export function databasePorts(replicas: number): readonly number[] {
  return Array.from({ length: replicas + 1 }, (_none, index) => databasePort + index);
}

/**
 * The Auth Proxy's container
 * (https://github.com/GoogleCloudPlatform/cloud-sql-proxy/blob/main/docs/cmd/cloud-sql-proxy.md). It logs in as the
 * pod's account, so that whoever reaches its ports is logged in: they listen to the pod alone, or are behind a policy.
 *
 * Liveness never asks the database, and nothing of a sidecar's readiness counts: `/readiness` dials every instance, and
 * a replica that is down would take all pods of the app out of service.
 */
function proxyContainer(
  proxy: AuthProxy,
  { connectionNames: { primary, replicas } }: DatabasePlace,
  place: { readonly address: string; readonly acceptSeconds: number },
) {
  const ports = databasePorts(replicas.length);
  return {
    name: names.proxy,
    image: proxy.image,
    imagePullPolicy: "IfNotPresent",
    args: [
      "--structured-logs",
      "--private-ip",
      "--auto-iam-authn",
      "--exit-zero-on-sigterm",
      `--min-sigterm-delay=${place.acceptSeconds}s`,
      `--max-sigterm-delay=${proxyDrainSeconds}s`,
      "--health-check",
      "--http-address=0.0.0.0",
      `--http-port=${proxyHealthPort}`,
      `--address=${place.address}`,
      ...[primary, ...replicas].map((connection, index) => `${connection}?port=${ports[index]}`),
    ],
    ports: [
      ...ports.map((containerPort, index) => ({
        name: index === 0 ? "primary" : `replica-${index}`,
        containerPort,
        protocol: "TCP",
      })),
      { name: "health", containerPort: proxyHealthPort, protocol: "TCP" },
    ],
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
 * The Auth Proxy beside the app, as a native sidecar: it has started before the app does, and ends after it, so that
 * neither a pod's last requests nor a job's end wait for it
 * (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/). Plain data: Auto DevOps' chart takes it among
 * its `initContainers`.
 */
export function proxySidecar(proxy: AuthProxy, database: DatabasePlace) {
  return {
    ...proxyContainer(proxy, database, { address: "127.0.0.1", acceptSeconds: 0 }),
    restartPolicy: "Always",
  } satisfies core.v1.Container;
}

/** The Auth Proxy as a pod of its own, behind a Service. */
export function proxyPod(proxy: AuthProxy, database: DatabasePlace, zones: number) {
  const acceptSeconds = 15;
  const labels = { app: names.proxy };
  return {
    metadata: { labels },
    spec: {
      serviceAccountName: names.appAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(proxyUserId),
      // Until the Service has forgotten it, it takes connections; then it lets those that it has come to an end.
      terminationGracePeriodSeconds: acceptSeconds + proxyDrainSeconds + 15,
      topologySpreadConstraints: spread(zones, labels),
      containers: [
        {
          ...proxyContainer(proxy, database, { address: "0.0.0.0", acceptSeconds }),
          // One instance within reach is enough: a replica that is down is no reason to cut off the primary.
          readinessProbe: {
            httpGet: { path: "/readiness?min-ready=1", port: proxyHealthPort, scheme: "HTTP" },
            periodSeconds: 15,
            timeoutSeconds: 10,
            failureThreshold: 3,
          },
        },
      ],
    },
  } satisfies core.v1.PodTemplateSpec;
}

/**
 * Address of a database at a proxy. There is no password: the proxy logs in, and encrypts what leaves it, so that the
 * way to it is plain (https://cloud.google.com/sql/docs/postgres/iam-logins).
 */
export function databaseUrl(
  { databaseName, username }: DatabasePlace,
  host: string,
  port: number,
): string {
  return `postgresql://${encodeURIComponent(username)}@${host}:${port}/${encodeURIComponent(databaseName)}?sslmode=disable`;
}

/** Variables that name the databases: of the app itself, and of each connection that only reads. */
export function databaseVariables(
  app: Pick<VersionApp, "environmentNames" | "readConnections">,
  database: DatabasePlace,
  host: string,
): Readonly<Record<string, string>> {
  const [primary = databasePort, ...replicas] = databasePorts(
    database.connectionNames.replicas.length,
  );
  return Object.fromEntries([
    [app.environmentNames.databaseUrl, databaseUrl(database, host, primary)],
    ...app.readConnections.map((connection, index) => [
      `${connection.toUpperCase()}_DATABASE_URL`,
      databaseUrl(database, host, replicas[index % replicas.length] ?? primary),
    ]),
  ]) as Readonly<Record<string, string>>;
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
      envFrom: [{ secretRef: { name: release.secret } }],
      // Before the secret's own, which lead to the Service: the proxy of the pod itself is nearer.
      env: Object.entries(databaseVariables(app, database, "127.0.0.1")).map(([name, value]) => ({
        name,
        value,
      })),
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
