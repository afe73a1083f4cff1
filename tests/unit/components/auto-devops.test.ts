import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { renderRelease } from "../../support/auto-deploy-chart";
import {
  autoDevOpsVariables,
  chartValues,
  type ChartFacts,
  type CiVariable,
} from "../../../components/version-app/auto-devops";
import {
  drainingSeconds,
  names,
  release,
  releaseLabels,
  serviceSelector,
  webLabels,
  type AuthProxy,
  type ContainerSize,
  type DatabasePlace,
} from "../../../components/version-app/contract";
import { serviceAnnotations } from "../../../components/version-app/ingress";
import {
  containerSecurity,
  podSecurity,
  proxySidecar,
  resources,
  spread,
} from "../../../components/version-app/pods";

const size: ContainerSize = {
  cpuMillis: 500,
  cpuLimitMillis: 1000,
  memoryMiB: 1024,
  storageMiB: 512,
};
const proxy = { image: `gcr.io/proxy@sha256:${"a".repeat(64)}`, size } as AuthProxy;
const database: DatabasePlace = {
  connectionNames: { primary: "project:us-east1:primary", replicas: ["project:us-east1:replica"] },
  databaseName: "version_production",
  username: "gitlab-version-app@project.iam",
};
const headers = [
  { name: "Host", value: "version.example.com" },
  { name: "X-Forwarded-Proto", value: "https" },
];
const httpGet = (path: string) => ({
  httpGet: { path, port: release.port, scheme: "HTTP", httpHeaders: headers },
});

const common = {
  serviceAccountName: names.appAccount,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: podSecurity(1000),
  imagePullSecrets: [{ name: names.pullSecret }],
  initContainers: [proxySidecar(proxy, database)],
  volumes: [{ name: "writable-0", emptyDir: { sizeLimit: "512Mi" } }],
};
const container = {
  name: release.container,
  image: `registry.example.com/version@sha256:${"b".repeat(64)}`,
  imagePullPolicy: "IfNotPresent",
  envFrom: [
    { secretRef: { name: release.secret, optional: true } },
    { secretRef: { name: "production-app" } },
  ],
  env: [{ name: "DATABASE_URL", value: "postgresql://app%40project.iam@127.0.0.1:5432/version" }],
  resources: resources(size),
  securityContext: containerSecurity,
  volumeMounts: [{ name: "writable-0", mountPath: "/tmp" }],
};
/** A pod as Pulumi's workload has it. */
const pod = {
  metadata: { labels: { ...webLabels }, annotations: { "checksum/application-secrets": "c" } },
  spec: {
    ...common,
    terminationGracePeriodSeconds: drainingSeconds + 60,
    topologySpreadConstraints: spread(3, webLabels),
    containers: [
      {
        ...container,
        ports: [{ name: release.portName, containerPort: release.port, protocol: "TCP" }],
        startupProbe: {
          ...httpGet("/-/liveness"),
          initialDelaySeconds: 0,
          periodSeconds: 5,
          timeoutSeconds: 5,
          failureThreshold: 60,
        },
        livenessProbe: { ...httpGet("/-/liveness"), initialDelaySeconds: 0, timeoutSeconds: 5 },
        readinessProbe: { ...httpGet("/-/readiness"), initialDelaySeconds: 0, timeoutSeconds: 5 },
        lifecycle: { preStop: { sleep: { seconds: 75 } } },
      },
    ],
  },
};
const chart: ChartFacts = {
  pod,
  autoscaling: {
    minReplicas: 3,
    maxReplicas: 9,
    metrics: [
      {
        type: "ContainerResource",
        containerResource: {
          name: "cpu",
          container: release.container,
          target: { type: "Utilization", averageUtilization: 70 },
        },
      },
    ],
  },
  exportJob: {
    backoffLimit: 5,
    template: {
      metadata: { labels: { app: names.exporter } },
      spec: { restartPolicy: "Never", containers: [{ name: "export", command: ["bash"] }] },
    },
  },
  migrationJob: {
    backoffLimit: 2,
    template: {
      metadata: { labels: { ...releaseLabels } },
      spec: {
        ...common,
        restartPolicy: "Never",
        containers: [{ ...container, command: ["/bin/sh", "-c", "bundle exec rails db:migrate"] }],
      },
    },
  },
};

interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly containers: readonly Readonly<Record<string, unknown>>[];
  };
}
interface Workload {
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly spec: {
    readonly selector: { readonly matchLabels?: object };
    readonly template: Pod;
  };
}

const pipeline = { image: "registry.example.com/app/master:0123abcd", replicas: 3 };
const rendered = renderRelease(chartValues(chart), pipeline);
const deployment = rendered.deployment as unknown as Workload;

describe("what the chart makes of the values is what Pulumi's workload is", () => {
  test("names, selectors and labels", () => {
    expect(deployment.metadata.name).toBe(release.name);
    expect(deployment.spec.selector.matchLabels).toEqual(webLabels);
    expect(deployment.spec.template.metadata.labels).toMatchObject(webLabels);
    expect(rendered.service).toMatchObject({
      metadata: { name: release.service, annotations: serviceAnnotations },
      spec: {
        type: "ClusterIP",
        selector: serviceSelector,
        ports: [{ name: release.portName, port: release.port, targetPort: release.port }],
      },
    });
    expect(rendered.autoscaler).toMatchObject({
      metadata: { name: release.service },
      spec: { ...chart.autoscaling, scaleTargetRef: { name: release.name } },
    });
  });

  test("everything of the pod beside its container that the chart can say", () => {
    // What the chart has no value for; the account itself says the first.
    const unsaid = {
      automountServiceAccountToken: undefined,
      enableServiceLinks: undefined,
      containers: undefined,
    };
    const ours = { ...pod.spec, ...unsaid };
    const theirs = { ...deployment.spec.template.spec, ...unsaid };
    expect(theirs).toEqual(ours);
  });

  test("everything of the container beside the image, the environment's name and the order of ports", () => {
    const [ours] = pod.spec.containers;
    const [theirs] = deployment.spec.template.spec.containers;
    expect(theirs).toEqual({
      ...ours,
      image: pipeline.image,
      envFrom: [{ secretRef: { name: release.secret } }, { secretRef: { name: "production-app" } }],
      env: [
        ...container.env,
        { name: "GITLAB_ENVIRONMENT_NAME", value: "production" },
        { name: "GITLAB_ENVIRONMENT_URL", value: expect.any(String) as string },
      ],
      ports: [{ name: release.portName, containerPort: release.port }],
    });
  });

  test("the Auth Proxy is a native sidecar there too", () => {
    expect(deployment.spec.template.spec["initContainers"]).toEqual([
      expect.objectContaining({ name: names.proxy, restartPolicy: "Always" }),
    ]);
  });

  test("what Pulumi owns for good, the chart does not make", () => {
    expect(rendered.others).toEqual([]);
  });
});

describe("before a rollout", () => {
  const jobs = rendered.custom as unknown as readonly Workload[];
  const hook = (job: Workload | undefined) => job?.metadata.annotations ?? {};

  test("the database is exported first and migrated then, at installations and upgrades alike", () => {
    const inOrder = [...jobs].sort(
      (one, other) =>
        Number(hook(one)["helm.sh/hook-weight"]) - Number(hook(other)["helm.sh/hook-weight"]),
    );
    expect(inOrder.map(({ metadata }) => metadata.name)).toEqual([
      "database-export-deploy",
      "production-migrate-deploy",
    ]);
    for (const job of jobs) {
      expect(hook(job)).toMatchObject({
        "helm.sh/hook": "pre-install,pre-upgrade",
        "helm.sh/hook-delete-policy": "before-hook-creation",
      });
    }
  });

  test("the migration runs the image that is deployed, as Pulumi's own runs its", () => {
    const ours = chart.migrationJob as Workload["spec"];
    const theirs = jobs[1]?.spec;
    const [before] = ours.template.spec.containers;
    const [after] = theirs?.template.spec.containers ?? [];
    expect(after).toEqual({ ...before, image: pipeline.image });
    expect({ ...theirs?.template.spec, containers: [] }).toEqual({
      ...ours.template.spec,
      containers: [],
    });
  });

  test("neither of their pods is one of the Service's", () => {
    for (const { spec } of jobs) {
      expect(spec.template.metadata.labels).not.toMatchObject({ tier: "web" });
    }
  });

  test("without a registry of our own, the migration is pulled with the pipeline's secret", () => {
    const open = { ...common, imagePullSecrets: [] };
    const migration = chart.migrationJob as Workload["spec"];
    const values = chartValues({
      ...chart,
      pod: { ...pod, spec: { ...pod.spec, ...open } },
      migrationJob: {
        ...migration,
        template: { ...migration.template, spec: { ...migration.template.spec, ...open } },
      },
    });
    const pulls = (pullSecret?: string) => {
      const made = renderRelease(values, { ...pipeline, pullSecret });
      return (made.custom[1] as unknown as Workload).spec.template.spec["imagePullSecrets"];
    };
    expect(pulls("gitlab-registry-version")).toEqual([{ name: "gitlab-registry-version" }]);
    expect(pulls()).toEqual([{ name: "none" }]);
  });
});

describe("what the chart can't say is refused", () => {
  const [only] = pod.spec.containers;
  const withContainer = (more: object): ChartFacts => ({
    ...chart,
    pod: { ...pod, spec: { ...pod.spec, containers: [{ ...only, ...more }] } },
  });
  test.each<[string, ChartFacts, RegExp]>([
    ["another name of the container", withContainer({ name: "app" }), /auto-deploy-app/],
    [
      "a liveness probe with a number of failures of its own",
      withContainer({ livenessProbe: { ...only?.livenessProbe, failureThreshold: 6 } }),
      /livenessProbe\.failureThreshold/,
    ],
    [
      "a start that is probed by TCP, for which the chart writes no way to probe",
      withContainer({ startupProbe: { tcpSocket: { port: 5000 } } }),
      /startupProbe/,
    ],
    [
      "a header that YAML would read as a truth",
      withContainer({
        readinessProbe: {
          httpGet: { ...httpGet("/").httpGet, httpHeaders: [{ name: "X", value: "true" }] },
        },
      }),
      /httpHeaders/,
    ],
    ["a field without a value in the chart", withContainer({ workingDir: "/app" }), /workingDir/],
    [
      "a second container",
      { ...chart, pod: { ...pod, spec: { ...pod.spec, containers: [only, only] } } },
      /containers/,
    ],
    [
      "a text that Helm would take for a template",
      { ...chart, exportJob: { template: { spec: { containers: [{ args: ["{{ .x }}"] }] } } } },
      /template/,
    ],
  ])("%s", (_, facts, message) => {
    expect(() => chartValues(facts)).toThrow(message);
    expect(() => chartValues(chart)).not.toThrow();
  });
});

test("words that YAML 1.1 reads as truths stay texts for Helm", () => {
  const [only] = pod.spec.containers;
  const values = chartValues({
    ...chart,
    pod: {
      ...pod,
      spec: {
        ...pod.spec,
        containers: [
          {
            ...only,
            env: [
              { name: "A", value: "yes" },
              { name: "B", value: "0123" },
            ],
          },
        ],
      },
    },
  });
  expect(parse(values, { version: "1.1" })).toMatchObject({
    extraEnv: [
      { name: "A", value: "yes" },
      { name: "B", value: "0123" },
    ],
  });
});

describe("CI/CD variables", () => {
  const output = autoDevOpsVariables({
    chart,
    endpoint: "https://gke-0123.us-east1.gke.goog",
    deployerToken: pulumi.secret("eyJ.token.x"),
    host: "version.example.com",
    longestMinutes: 65,
  });
  let variables: readonly CiVariable[];
  beforeAll(async () => {
    variables = await new Promise((resolve) => {
      output.apply((all) => {
        resolve(all);
      });
    });
  });
  const value = (key: string) => variables.find((one) => one.key === key)?.value;

  test("are a secret, for protected branches and the environment production alone", async () => {
    expect(await pulumi.isSecret(output)).toBe(true);
    for (const one of variables) {
      expect(one).toMatchObject({ protected: true, raw: true, environment_scope: "production" });
    }
  });

  test("name the cluster by its control plane's name, without an authority of its own", () => {
    const kubeconfig = parse(value("KUBECONFIG") ?? "") as Record<string, unknown>;
    expect(kubeconfig).toMatchObject({
      kind: "Config",
      clusters: [{ cluster: { server: "https://gke-0123.us-east1.gke.goog" } }],
      users: [{ user: { token: "eyJ.token.x" } }],
      contexts: [{ context: { namespace: release.namespace } }],
    });
    expect(JSON.stringify(kubeconfig)).not.toMatch(/insecure|certificate-authority/);
  });

  test("that are masked can be: one line of eight characters or more, without blanks", () => {
    const masked = variables.filter((one) => one.masked);
    expect(masked.map(({ key }) => key)).toEqual(["KUBECONFIG"]);
    for (const one of masked) expect(one.value).toMatch(/^\S{8,}$/);
  });

  test("never let a first deployment that fails delete what it took over", () => {
    expect(value("AUTO_DEVOPS_ATOMIC_RELEASE")).toBe("false");
  });

  test("make no database, and no migration by the chart's own Job", () => {
    expect(value("POSTGRES_ENABLED")).toBe("false");
    const keys = variables.map(({ key }) => key);
    for (const key of ["DATABASE_URL", "DB_MIGRATE", "DB_INITIALIZE"])
      expect(keys).not.toContain(key);
  });

  test("deploy as many pods as the autoscaler wants at least", () => {
    expect(value("PRODUCTION_REPLICAS")).toBe("3");
  });
});
