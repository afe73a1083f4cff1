import { createHash } from "node:crypto";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import {
  cacheAuthoritiesFile,
  names,
  release,
  releaseLabels,
  type CachePlace,
  type RegistryLogin,
  type SignIn,
  type VersionApp,
} from "./contract";

/** Arguments of VersionAppBase. */
export interface VersionAppBaseArgs {
  readonly app: VersionApp;
  readonly cache: CachePlace;
  readonly signIn: SignIn;
  /** Rails' `secret_key_base`: signs and encrypts cookies. */
  readonly secretKeyBase: pulumi.Input<string>;
  /** Where the app's image is pulled from. @default no login: a public registry, or one that the nodes may read */
  readonly registry?: RegistryLogin;
  /** The namespace with its accounts and policies. */
  readonly namespaceReady: readonly pulumi.Resource[];
  /** The database with its user and the rights to log in: the Auth Proxy ends where there is none. */
  readonly databaseReady: readonly pulumi.Resource[];
}

/**
 * What Pulumi owns of the app whoever rolls it out: its secrets, and how many pods may be taken away at once.
 */
export class VersionAppBase extends Component {
  /** SHA-256 of all that pods read when they start. No secret: nothing can be had back from it. */
  readonly checksum: pulumi.Output<string>;
  /** Names of the secrets to pull the app's image with. */
  readonly pullSecrets: readonly string[];
  /** Everything that a pod of the app needs: pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: VersionAppBaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("versionApp", "VersionAppBase", name, { namespace: release.namespace }, opts);
    const { cache, registry } = args;
    const inNamespace = { parent: this, dependsOn: [...args.namespaceReady] };
    const metadata = (objectName: string) => ({ name: objectName, namespace: release.namespace });

    const values = secretValues(args);
    this.checksum = pulumi.unsecret(
      pulumi
        .output({ values, authorities: cache.serverCa })
        .apply((all) => createHash("sha256").update(JSON.stringify(all)).digest("hex")),
    );
    const secret = new Secret(
      `${name}-secret`,
      {
        metadata: metadata(names.secret),
        type: "Opaque",
        data: encoded(values),
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
    // One pod at a time, however many there are, and one that is not ready any time: nodes can always be drained
    // (https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy).
    const budget = new PodDisruptionBudget(
      `${name}-budget`,
      {
        metadata: metadata(release.name),
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: { ...releaseLabels, tier: "web" } },
        },
      },
      inNamespace,
    );
    this.ready = [secret, authorities, ...pull, budget, ...args.databaseReady];
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
}

/** All that the app is told but where its database is, which its pods know. */
function secretValues(args: VersionAppBaseArgs): Record<string, pulumi.Output<string>> {
  const { app, cache, signIn } = args;
  const called = app.environmentNames;
  const values: Record<string, pulumi.Input<string>> = {
    // Rails' own puma.rb would have it in tmp/pids of the image, which a volume over tmp takes away.
    PIDFILE: `${app.writablePaths[0] ?? "/tmp"}/server.pid`,
    ...app.environment,
    // What Rails' own puma.rb listens on.
    PORT: String(release.port),
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
