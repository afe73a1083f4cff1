import { isSecret, ofType, only, type Declared } from "../../support/kubernetes-mocks";
import {
  app,
  declaredApp,
  makers,
  object,
  planted,
  podOf,
  proxy,
  selects,
  specOf,
  zones,
  type Changes,
  type PodTemplate,
} from "../../support/version-app";
import {
  drainingSeconds,
  release,
  serviceSelector,
  webLabels,
} from "../../../components/version-app/contract";
import { migrationJob, webPod } from "../../../components/version-app/workload";

let resources: readonly Declared[];
let web: PodTemplate;
let migration: PodTemplate;
beforeAll(async () => {
  ({ resources } = await declaredApp());
  web = podOf(object(resources, "apps/v1:Deployment", "production"));
  migration = podOf(object(resources, "batch/v1:Job", /^production-migrate-/));
});
const nameOf = async (kind: string, name: RegExp, changes?: Changes) => {
  const { inputs } = object((await declaredApp(changes)).resources, kind, name);
  return (inputs["metadata"] as { name: string }).name;
};

describe("hand-over to Auto DevOps", () => {
  test("the workload's four stay when they leave the program, and nothing else does", () => {
    const kept = resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ name }) => name);
    expect(kept).toEqual([
      "workload-migration",
      "workload-deployment",
      "workload-service",
      "workload-autoscaler",
    ]);
  });

  test("what the chart makes has its names, selectors and ports, and is marked as Helm's", () => {
    const deployment = object(resources, "apps/v1:Deployment", "production");
    const service = object(resources, "core/v1:Service", "production-auto-deploy");
    const autoscaler = object(
      resources,
      "autoscaling/v2:HorizontalPodAutoscaler",
      "production-auto-deploy",
    );
    for (const { inputs } of [deployment, service, autoscaler]) {
      expect(inputs["metadata"]).toMatchObject({
        namespace: "version-production",
        labels: { "app.kubernetes.io/managed-by": "Helm" },
        annotations: {
          "meta.helm.sh/release-name": "production",
          "meta.helm.sh/release-namespace": "version-production",
        },
      });
    }
    expect(specOf<{ selector: unknown }>(deployment).selector).toEqual({
      matchLabels: { app: "production", track: "stable", tier: "web", release: "production" },
    });
    expect(specOf(service)).toMatchObject({
      selector: { app: "production", tier: "web", track: "stable" },
      ports: [{ name: "web", port: 5000, targetPort: 5000, protocol: "TCP" }],
    });
    expect(web.spec.containers.map(({ name }) => name)).toEqual(["auto-deploy-app"]);
  });

  test("replicas are the autoscaler's, and start at its least", () => {
    const deployment = object(resources, "apps/v1:Deployment", "production");
    const autoscaler = specOf<{
      minReplicas: number;
      maxReplicas: number;
      scaleTargetRef: unknown;
      metrics: readonly { containerResource: { container: string; name: string } }[];
    }>(object(resources, "autoscaling/v2:HorizontalPodAutoscaler", release.service));
    expect(deployment.ignoreChanges).toEqual(["spec.replicas"]);
    expect(specOf<{ replicas: number }>(deployment).replicas).toBe(autoscaler.minReplicas);
    expect(autoscaler.maxReplicas).toBeGreaterThan(autoscaler.minReplicas);
    expect(autoscaler.scaleTargetRef).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "production",
    });
    // Utilization is of what the container asks for: without a request there is none.
    const [metric] = autoscaler.metrics;
    const measured = web.spec.containers.find(
      ({ name }) => name === metric?.containerResource.container,
    );
    expect(measured?.resources.requests.cpu).toBe("500m");
  });
});

describe("Auto DevOps' chart", () => {
  const args = () => ({
    app,
    proxy,
    database: {
      connectionNames: { primary: "p:r:i", replicas: [] },
      databaseName: "version",
      username: "app@p.iam",
    },
    zones,
    pullSecrets: [],
  });

  // The chart has no value for it: Kubernetes' own 10 seconds and three failures hold.
  test("can say all that there is of the probes", () => {
    const [container] = web.spec.containers;
    expect(container?.startupProbe).toHaveProperty("httpGet");
    for (const probe of [container?.livenessProbe, container?.readinessProbe]) {
      expect(Object.keys(probe ?? {})).toEqual(
        expect.arrayContaining(["initialDelaySeconds", "timeoutSeconds"]),
      );
      expect(probe).not.toHaveProperty("periodSeconds");
      expect(probe).not.toHaveProperty("failureThreshold");
    }
  });

  test("makes the very pods that Pulumi makes", () => {
    expect({ ...web, metadata: { labels: web.metadata.labels } }).toEqual(
      JSON.parse(
        JSON.stringify(
          webPod({
            ...args(),
            database: {
              connectionNames: {
                primary: "a-project:us-east1:primary",
                replicas: ["a-project:us-east1:one", "a-project:us-east1:two"],
              },
              databaseName: "version",
              username: "version-app@a-project.iam",
            },
            pullSecrets: ["registry-pull"],
          }),
        ),
      ),
    );
    expect(migrationJob(args()).template.metadata.labels).not.toHaveProperty("tier");
  });
});

describe("a zone that goes", () => {
  /** How many pods a zone takes of so many, as the scheduler spreads them. */
  const spreadOver = (pods: number, count: number): number[] =>
    Array.from({ length: count }, (_none, zone) => Math.floor((pods + zone) / count));

  test("leaves two ready pods, and room elsewhere for what it had", () => {
    const [zonal] = web.spec.topologySpreadConstraints ?? [];
    expect(zonal).toMatchObject({
      topologyKey: "topology.kubernetes.io/zone",
      maxSkew: 1,
      whenUnsatisfiable: "DoNotSchedule",
    });
    const { replicas } = specOf<{ replicas: number }>(
      object(resources, "apps/v1:Deployment", "production"),
    );
    const placed = spreadOver(replicas, zones);
    for (const lost of placed) expect(replicas - lost).toBeGreaterThanOrEqual(2);
    // A dead zone's nodes are tainted, and no longer count as a domain; the others are enough of them.
    expect(zonal?.nodeTaintsPolicy).toBe("Honor");
    expect(zonal?.minDomains).toBe(zones - 1);
  });

  test("spread is counted for each revision, by labels that the pods have", () => {
    for (const maker of ofType(resources, "kubernetes:apps/v1:Deployment")) {
      const { metadata, spec } = podOf(maker);
      for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints ?? []) {
        expect(selects(labelSelector.matchLabels, metadata.labels)).toBe(true);
        expect(matchLabelKeys).toEqual(["pod-template-hash"]);
      }
    }
  });
});

describe("a rollout and a drain", () => {
  test("never have fewer pods ready than before", () => {
    for (const deployment of ofType(resources, "kubernetes:apps/v1:Deployment")) {
      const { strategy } = specOf<{
        strategy: { rollingUpdate: { maxUnavailable: number; maxSurge: number } };
      }>(deployment);
      expect(strategy.rollingUpdate.maxUnavailable).toBe(0);
      expect(strategy.rollingUpdate.maxSurge).toBeGreaterThan(0);
    }
  });

  test("can take one pod at any time, never two", () => {
    const budget = specOf<{ selector: { matchLabels: Record<string, string> } }>(
      only(resources, "kubernetes:policy/v1:PodDisruptionBudget"),
    );
    expect(budget).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
    const { matchLabels } = budget.selector;
    expect(selects(matchLabels, web.metadata.labels)).toBe(true);
    expect(selects(matchLabels, migration.metadata.labels)).toBe(false);
  });

  test("a pod answers until the load balancer has let go of it, and has time to end after", () => {
    const [container] = web.spec.containers;
    const sleep = (container?.lifecycle as { preStop: { sleep: { seconds: number } } }).preStop;
    expect(sleep.sleep.seconds).toBeGreaterThan(drainingSeconds);
    expect(web.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(sleep.sleep.seconds + 30);
  });

  test("what pods read at their start rolls them when it changes", async () => {
    const checksum = async (changes: Changes) =>
      podOf(object((await declaredApp(changes)).resources, "apps/v1:Deployment", "production"))
        .metadata.annotations;
    const before = await checksum({});
    expect(before).toEqual({
      "checksum/application-secrets": expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(await checksum({})).toEqual(before);
    expect(await checksum({ planted: { authString: "another" } })).not.toEqual(before);
  });
});

describe("probes", () => {
  test("liveness never asks the database, and readiness asks for the app by its host name", () => {
    const [container] = web.spec.containers;
    expect(container?.livenessProbe).toMatchObject({ tcpSocket: { port: 5000 } });
    expect(container?.readinessProbe).toMatchObject({
      httpGet: {
        path: "/",
        port: 5000,
        httpHeaders: [
          { name: "Host", value: "version.example.com" },
          { name: "X-Forwarded-Proto", value: "https" },
        ],
      },
    });
    for (const pod of makers(resources).map(podOf)) {
      for (const { livenessProbe } of [
        ...(pod.spec.initContainers ?? []),
        ...pod.spec.containers,
      ]) {
        expect(JSON.stringify(livenessProbe ?? {})).not.toContain("readiness");
      }
    }
  });

  test("a path of its own for liveness takes the place of the connection", async () => {
    const pod = podOf(
      object(
        (await declaredApp({ app: { livenessPath: "/-/live" } })).resources,
        "apps/v1:Deployment",
        "production",
      ),
    );
    expect(pod.spec.containers[0]?.livenessProbe).toMatchObject({ httpGet: { path: "/-/live" } });
  });
});

describe("the Auth Proxy beside the app", () => {
  test("starts before the app, ends after it, and keeps no job from ending", () => {
    for (const { spec } of [web, migration]) {
      const [sidecar, ...others] = spec.initContainers ?? [];
      expect(others).toEqual([]);
      expect(sidecar).toMatchObject({ name: "auth-proxy", restartPolicy: "Always" });
      expect(sidecar?.startupProbe).toMatchObject({ httpGet: { path: "/startup" } });
      expect(sidecar?.readinessProbe).toBeUndefined();
      expect(spec.serviceAccountName).toBe("app");
    }
  });

  test("listens to its own pod alone, on a port for each instance, and logs in by itself", () => {
    const args = web.spec.initContainers?.[0]?.args ?? [];
    expect(args).toEqual(
      expect.arrayContaining([
        "--address=127.0.0.1",
        "--private-ip",
        "--auto-iam-authn",
        "--structured-logs",
        "--exit-zero-on-sigterm",
        "a-project:us-east1:primary?port=5432",
        "a-project:us-east1:one?port=5433",
        "a-project:us-east1:two?port=5434",
      ]),
    );
  });

  test("is what the app's pods reach their database by; the pipeline's secret may be missing", () => {
    for (const { spec } of [web, migration]) {
      expect(spec.containers[0]?.env).toEqual([
        {
          name: "DATABASE_URL",
          value: "postgresql://version-app%40a-project.iam@127.0.0.1:5432/version?sslmode=disable",
        },
      ]);
      expect(spec.containers[0]?.envFrom).toEqual([
        { secretRef: { name: "production-secret", optional: true } },
        { secretRef: { name: "production-app" } },
      ]);
    }
  });

  test("connections that only read are led to the replicas in turn", async () => {
    const read = await declaredApp({ app: { readConnections: ["one_replica", "b", "c"] } });
    const { env } = podOf(object(read.resources, "apps/v1:Deployment", "production")).spec
      .containers[0] ?? { env: [] };
    expect((env ?? []).map(({ name, value }) => [name, /:(\d+)\//.exec(value ?? "")?.[1]])).toEqual(
      [
        ["DATABASE_URL", "5432"],
        ["ONE_REPLICA_DATABASE_URL", "5433"],
        ["B_DATABASE_URL", "5434"],
        ["C_DATABASE_URL", "5433"],
      ],
    );
  });
});

describe("order", () => {
  test("export, then migration, then rollout, then what wants pods", () => {
    const migrationJob = object(resources, "batch/v1:Job", /^production-migrate-/);
    expect(migrationJob.dependsOn).toContain("exports-before-change");
    expect(migrationJob.dependsOn).toEqual(
      expect.arrayContaining(["base-secret", "base-redis-ca", "namespace-app", "namespace-google"]),
    );
    expect(object(resources, "apps/v1:Deployment", "production").dependsOn).toContain(
      "workload-migration",
    );
    expect(object(resources, "core/v1:Service", release.service).dependsOn).toEqual([
      "workload-deployment",
    ]);
  });

  test("all in the namespace waits for it", () => {
    const waits = new Map(resources.map(({ name, dependsOn }) => [name, dependsOn]));
    const reaches = (name: string): boolean =>
      (waits.get(name) ?? []).some((one) => one === "namespace-namespace" || reaches(one));
    for (const { name } of resources) {
      expect([name, name === "namespace-namespace" || reaches(name)]).toEqual([name, true]);
    }
  });

  test("a migration runs once for each image and command, and again when it is asked to", async () => {
    const job = /^production-migrate-/;
    const name = await nameOf("batch/v1:Job", job);
    expect(await nameOf("batch/v1:Job", job, { planted: { clientSecret: "another" } })).toBe(name);
    const others: string[] = [];
    for (const change of [
      { image: app.image.replaceAll("a", "d") },
      { migrateCommand: "rails db:prepare" },
      { migrateAttempt: 2 },
    ]) {
      others.push(await nameOf("batch/v1:Job", job, { app: change }));
    }
    expect(new Set([name, ...others]).size).toBe(4);
  });

  test("a migration is the app's image with the app's settings, and has an end", () => {
    const job = object(resources, "batch/v1:Job", /^production-migrate-/);
    expect(specOf(job)).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 1800 });
    expect(specOf<object>(job)).not.toHaveProperty("ttlSecondsAfterFinished");
    const [one, other] = [migration.spec.containers[0], web.spec.containers[0]];
    expect([one?.image, one?.envFrom, one?.env, one?.volumeMounts]).toEqual([
      other?.image,
      other?.envFrom,
      other?.env,
      other?.volumeMounts,
    ]);
    expect(migration.spec.restartPolicy).toBe("Never");
  });
});

describe("labels", () => {
  test("only pods that serve are behind the Service", () => {
    expect(selects(serviceSelector, webLabels)).toBe(true);
    expect(selects(serviceSelector, web.metadata.labels)).toBe(true);
    for (const maker of makers(resources)) {
      const behind = selects(serviceSelector, podOf(maker).metadata.labels);
      expect([maker.name, behind]).toEqual([maker.name, maker.name === "workload-deployment"]);
    }
  });
});

describe("secrets", () => {
  /** What pods read in a Secret. */
  const contentOf = (name: string): Record<string, string> => {
    const { inputs } = object(resources, "core/v1:Secret", name);
    const { value } = inputs["data"] as { value: Record<string, string> };
    return Object.fromEntries(
      Object.entries(value).map(([key, text]) => [
        key,
        Buffer.from(text, "base64").toString("utf8"),
      ]),
    );
  };

  test("stand in Secrets, wrapped, and nowhere else", () => {
    const values = Object.values(planted);
    for (const { type, name, inputs } of resources) {
      const text = JSON.stringify(inputs);
      if (type !== "kubernetes:core/v1:Secret") {
        for (const value of values) expect([name, text.includes(value)]).toEqual([name, false]);
        continue;
      }
      expect([name, inputs["data"] === undefined || isSecret(inputs["data"])]).toEqual([
        name,
        true,
      ]);
    }
  });

  test("have all that the app is told, under the names that it has for them", () => {
    expect(contentOf("production-app")).toEqual({
      PIDFILE: "/tmp/server.pid",
      RAILS_ENV: "production",
      PORT: "5000",
      REDIS_URL: "rediss://:planted-auth%2Fstring@10.61.0.9:6378/0",
      REDIS_CA_FILE: "/etc/redis-ca/ca.crt",
      SECRET_KEY_BASE: "planted-secret-key-base",
      OAUTH_SITE: "https://dev.example.com",
      OAUTH_ID: "a-client",
      OAUTH_SECRET: "planted-client-secret",
    });
    expect(web.spec.containers[0]?.volumeMounts).toContainEqual({
      name: "redis-ca",
      mountPath: "/etc/redis-ca",
      readOnly: true,
    });
  });

  test("the pull secret is in the form that the kubelet reads", () => {
    const { inputs } = object(resources, "core/v1:Secret", "registry-pull");
    expect(inputs["type"]).toBe("kubernetes.io/dockerconfigjson");
    expect(JSON.parse(contentOf("registry-pull")[".dockerconfigjson"] ?? "")).toEqual({
      auths: {
        "registry.example.com": {
          username: "puller",
          password: "planted-registry-password",
          auth: Buffer.from("puller:planted-registry-password").toString("base64"),
        },
      },
    });
  });
});
