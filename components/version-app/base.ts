import { createHash } from "node:crypto";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import {
  cacheAuthoritiesFile,
  databasePort,
  names,
  release,
  releaseLabels,
  type AuthProxy,
  type CachePlace,
  type DatabasePlace,
  type RegistryLogin,
  type SignIn,
  type VersionApp,
} from "./contract";
import { databasePorts, databaseUrl, databaseVariables, proxyPod } from "./pods";

/** Arguments of VersionAppBase. */
export interface VersionAppBaseArgs {
  readonly app: VersionApp;
  readonly proxy: AuthProxy;
  readonly database: DatabasePlace;
  readonly cache: CachePlace;
  readonly signIn: SignIn;
  /** Rails' `secret_key_base`: signs and encrypts cookies. */
  readonly secretKeyBase: pulumi.Input<string>;
  /** Where the app's image is pulled from. @default no login: a public registry, or one that the nodes may read */
  readonly registry?: RegistryLogin;
  /** Zones of the nodes. */
  readonly zones: number;
  /** The namespace with its accounts and policies. */
  readonly namespaceReady: readonly pulumi.Resource[];
  /** Nodes to run on. */
  readonly nodesReady: readonly pulumi.Resource[];
  /** The database with its user and the rights to log in: the proxy ends where there is none. */
  readonly databaseReady: readonly pulumi.Resource[];
}

/**
 * What Pulumi owns of the app whoever rolls it out: its secrets, the Auth Proxy, and how many pods may be taken away at
 * once.
 */
export class VersionAppBase extends Component {
  /** SHA-256 of all that pods read when they start. No secret: nothing can be had back from it. */
  readonly checksum: pulumi.Output<string>;
  /** What the application secret holds, by name; each value a Pulumi secret. */
  readonly secretValues: Readonly<Record<string, pulumi.Output<string>>>;
  /** Names of the secrets to pull the app's image with. */
  readonly pullSecrets: readonly string[];
  /** Address of the database behind the Service; there is no password. */
  readonly databaseUrl: string;
  /** Everything that a pod of the app needs: pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: VersionAppBaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "versionApp",
      "VersionAppBase",
      name,
      { proxies: args.proxy.replicas, replicas: args.database.connectionNames.replicas.length },
      opts,
    );
    const { cache, registry } = args;
    const inNamespace = { parent: this, dependsOn: [...args.namespaceReady] };
    const metadata = (objectName: string) => ({ name: objectName, namespace: release.namespace });

    this.secretValues = secretValues(args);
    this.databaseUrl = databaseUrl(args.database, names.database, databasePort);
    this.checksum = pulumi.unsecret(
      pulumi
        .output({ values: this.secretValues, authorities: cache.serverCa })
        .apply((all) => createHash("sha256").update(JSON.stringify(all)).digest("hex")),
    );
    const secret = new Secret(
      `${name}-secret`,
      {
        metadata: {
          ...metadata(release.secret),
          // Auto DevOps makes it anew at each deployment, of the same values, and owns its fields from then on.
          annotations: { "pulumi.com/patchForce": "true" },
        },
        type: "Opaque",
        data: encoded(this.secretValues),
      },
      inNamespace,
    );
    const authorities = new ConfigMap(
      `${name}-redis-ca`,
      { metadata: metadata(names.cacheAuthorities), data: { "ca.crt": cache.serverCa } },
      inNamespace,
    );
    const pull = registry === undefined ? [] : [this.pullSecret(name, registry, inNamespace)];
    this.pullSecrets = registry === undefined ? [] : [names.pullSecret];
    const proxy = this.authProxy(name, args);
    const budget = new PodDisruptionBudget(
      `${name}-budget`,
      {
        metadata: metadata(release.name),
        spec: budgetSpec({ ...releaseLabels, tier: "web" }),
      },
      inNamespace,
    );
    this.ready = [secret, authorities, ...pull, ...proxy, budget];
    this.registerOutputs({});
  }

  private pullSecret(
    name: string,
    { password, server, username }: RegistryLogin,
    opts: pulumi.CustomResourceOptions,
  ): Secret {
    const login = pulumi.output({ username, password }).apply((one) => ({
      auths: {
        [server]: {
          ...one,
          auth: Buffer.from(`${one.username}:${one.password}`).toString("base64"),
        },
      },
    }));
    return new Secret(
      `${name}-registry`,
      {
        metadata: { name: names.pullSecret, namespace: release.namespace },
        type: "kubernetes.io/dockerconfigjson",
        data: encoded({ ".dockerconfigjson": pulumi.jsonStringify(login) }),
      },
      opts,
    );
  }

  private authProxy(name: string, args: VersionAppBaseArgs): pulumi.Resource[] {
    const { database, proxy } = args;
    const labels = { app: names.proxy };
    const metadata = (objectName: string) => ({
      name: objectName,
      namespace: release.namespace,
      labels,
    });
    const inNamespace = { parent: this, dependsOn: [...args.namespaceReady] };
    const deployment = new Deployment(
      `${name}-proxy`,
      {
        metadata: metadata(names.proxy),
        spec: {
          replicas: proxy.replicas,
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: 600,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: labels },
          template: proxyPod(proxy, database, args.zones),
        },
      },
      {
        parent: this,
        dependsOn: [...args.namespaceReady, ...args.nodesReady, ...args.databaseReady],
        customTimeouts: { create: "15m", update: "15m" },
      },
    );
    const service = new Service(
      `${name}-database`,
      {
        metadata: metadata(names.database),
        spec: {
          type: "ClusterIP",
          selector: labels,
          ports: databasePorts(database.connectionNames.replicas.length).map((port, index) => ({
            name: index === 0 ? "primary" : `replica-${index}`,
            port,
            targetPort: port,
            protocol: "TCP",
          })),
        },
      },
      // The provider waits until a Service has pods behind it.
      { parent: this, dependsOn: [deployment] },
    );
    const budget = new PodDisruptionBudget(
      `${name}-proxy-budget`,
      { metadata: metadata(names.proxy), spec: budgetSpec(labels) },
      inNamespace,
    );
    return [deployment, service, budget];
  }
}

/**
 * One pod at a time, however many there are, and one that is not ready any time: nodes can always be drained
 * (https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy).
 */
function budgetSpec(labels: Readonly<Record<string, string>>) {
  return {
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: "AlwaysAllow",
    selector: { matchLabels: { ...labels } },
  };
}

/** All that the app is told, as Auto DevOps' `K8S_SECRET_*` would have it. */
function secretValues(args: VersionAppBaseArgs): Record<string, pulumi.Output<string>> {
  const { app, cache, signIn } = args;
  const called = app.environmentNames;
  const values: Record<string, pulumi.Input<string>> = {
    // Rails' own puma.rb would have it in tmp/pids of the image, which a volume over tmp takes away.
    PIDFILE: `${app.writablePaths[0] ?? "/tmp"}/server.pid`,
    ...app.environment,
    // What Rails' own puma.rb listens on.
    PORT: String(release.port),
    ...databaseVariables(app, args.database, names.database),
    // TLS, with the AUTH string as the password of Redis' one user.
    [called.redisUrl]: pulumi.interpolate`rediss://:${pulumi
      .output(cache.authString)
      .apply(encodeURIComponent)}@${cache.host}:${cache.port}/0`,
    [called.redisCaFile]: cacheAuthoritiesFile,
    [called.secretKeyBase]: args.secretKeyBase,
    [called.signInSite]: signIn.site,
    [called.signInClientId]: signIn.clientId,
    [called.signInClientSecret]: signIn.clientSecret,
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]),
  );
}

/** A Secret's `data`: never `stringData`, which the API does not give back, so that it looks changed at each refresh. */
function encoded(
  values: Readonly<Record<string, pulumi.Input<string>>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      pulumi.secret(value).apply((text) => Buffer.from(text, "utf8").toString("base64")),
    ]),
  );
}
