/** What the models of Kubernetes' workloads let through, what they refuse, and what keeps them from being ready. */
import { urnOf, type Wire } from "./support/client";
import { kubeconfig } from "./support/kubeconfig";
import { Workspace, container, deployment, job, pod, tokens } from "./support/workloads";

let space: Workspace;
beforeAll(async () => {
  space = await Workspace.open({ "pod-security.kubernetes.io/enforce": "restricted" });
});
afterAll(() => {
  space.close();
});

/** What a test does in a namespace of its own. */
async function apart(labels: Record<string, string>, work: (own: Workspace) => Promise<void>) {
  const own = await Workspace.open(labels);
  try {
    await work(own);
  } finally {
    own.close();
  }
}

type Case = [rule: string, inputs: Wire, said: string | RegExp];

describe("the API server refuses of pods", () => {
  const mounts = [{ name: "tmp", mountPath: "/tmp" }];
  test.each<Case>([
    ["none", deployment({}, { containers: [] }), "spec.template.spec.containers"],
    ["no image", deployment({}, {}, { image: null }), "image: Required value"],
    ["a name twice", deployment({}, { containers: [container(), container()] }), "different names"],
    [
      "an init container with a container's name",
      deployment({}, { initContainers: [container({ ports: [] })] }),
      "different names",
    ],
    [
      "a plain container with a restart policy",
      deployment({}, {}, { restartPolicy: "Always" }),
      'no property "restartPolicy"',
    ],
    [
      "an init container that is started again on failure",
      deployment({}, { initContainers: [container({ name: "init", restartPolicy: "OnFailure" })] }),
      'must be one of "Always"',
    ],
    [
      "probes of an init container that ends",
      deployment(
        {},
        {
          initContainers: [container({ name: "init", startupProbe: { tcpSocket: { port: 1 } } })],
        },
      ),
      "may not be set for init containers",
    ],
    ["mounts of no volume", deployment({}, {}, { volumeMounts: mounts }), "Not found"],
    [
      "a path twice",
      deployment(
        {},
        { volumes: [{ name: "tmp", emptyDir: {} }] },
        {
          volumeMounts: [...mounts, ...mounts],
        },
      ),
      "must be unique",
    ],
    [
      "a volume of two kinds",
      deployment({}, { volumes: [{ name: "tmp", emptyDir: {}, secret: { secretName: "a" } }] }),
      "exactly one of",
    ],
    [
      "requests over limits",
      deployment(
        {},
        {},
        { resources: { requests: { memory: "1Gi" }, limits: { memory: "512Mi" } } },
      ),
      "less than or equal",
    ],
    [
      "amounts that are none",
      deployment({}, {}, { resources: { requests: { cpu: "1 core" } } }),
      "resources.requests.cpu",
    ],
    [
      "a probe that asks in two ways",
      deployment({}, {}, { livenessProbe: { tcpSocket: { port: 1 }, httpGet: { port: 1 } } }),
      "exactly one of",
    ],
    [
      "a liveness probe that takes two answers",
      deployment({}, {}, { livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } }),
      "at most 1",
    ],
    [
      "a port name that IANA would not take",
      deployment({}, {}, { ports: [{ name: "this-name-is-too-long", containerPort: 80 }] }),
      "ports[0].name",
    ],
    [
      "a variable of two kinds",
      deployment(
        {},
        {},
        {
          env: [{ name: "A", value: "a", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
        },
      ),
      "conflicts with valueFrom",
    ],
    [
      "a stop that sleeps longer than the pod has",
      deployment({}, {}, { lifecycle: { preStop: { sleep: { seconds: 45 } } } }),
      "terminationGracePeriodSeconds (30",
    ],
    [
      "a least number of zones for what may be anywhere",
      deployment(
        {},
        {
          topologySpreadConstraints: [
            { maxSkew: 1, minDomains: 2, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway" },
          ],
        },
      ),
      "whenUnsatisfiable=DoNotSchedule",
    ],
    [
      "a toleration of any value that names one",
      deployment({}, { tolerations: [{ key: "a", operator: "Exists", value: "b" }] }),
      "value must be empty",
    ],
    [
      "a seccomp profile of the node without its name",
      deployment({}, { securityContext: { seccompProfile: { type: "Localhost" } } }),
      "localhostProfile",
    ],
    [
      "a misspelt field",
      deployment({}, {}, { livenessProbe: { tcpSockets: { port: 80 } } }),
      'did you mean "tcpSocket"?',
    ],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.deployment, inputs)).toContain(said);
  });

  test("nothing that fits, sidecars and all", async () => {
    const spec: Wire = {
      initContainers: [
        container({
          name: "proxy",
          restartPolicy: "Always",
          ports: [],
          startupProbe: { exec: { command: ["a"] } },
        }),
      ],
      terminationGracePeriodSeconds: 90,
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          minDomains: 3,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "DoNotSchedule",
          labelSelector: { matchLabels: { app: "web" } },
          matchLabelKeys: ["pod-template-hash"],
        },
      ],
      volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
    };
    const first = {
      lifecycle: { preStop: { sleep: { seconds: 60 } } },
      readinessProbe: { httpGet: { path: "/", port: "web" } },
      volumeMounts: mounts,
    };
    expect(await space.faults(tokens.deployment, deployment({}, spec, first))).toBe("");
  });
});

describe("a Deployment", () => {
  test.each<Case>([
    [
      "selects its own pods",
      deployment({ selector: { matchLabels: { app: "other" } } }),
      "does not match template `labels`",
    ],
    [
      "selects by expressions too",
      deployment({
        selector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] },
      }),
      "does not match template `labels`",
    ],
    ["does not select everything", deployment({ selector: {} }), "empty selector"],
    [
      "can move in a rollout",
      deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: "0%" } } }),
      "may not be 0",
    ],
    [
      "has no settings of a rolling update where it recreates",
      deployment({ strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } } }),
      "Forbidden",
    ],
    [
      "restarts its pods always",
      deployment({}, { restartPolicy: "Never" }),
      'must be one of "Always"',
    ],
    ["has pods that do not end", deployment({}, { activeDeadlineSeconds: 60 }), "not Supported"],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.deployment, inputs)).toContain(said);
  });

  test("is another one by its selector, and the same by its template", async () => {
    const made = await space.make(tokens.deployment, deployment());
    const changed = async (inputs: Wire) => {
      const news = { ...inputs, metadata: { name: "web", namespace: "app" } };
      const checked = await space.provider.check(made.urn, news, made.inputs);
      return (await space.provider.diff(made, checked.inputs)).detailed;
    };
    expect(await changed(deployment({}, {}, { image: "registry.example.com/web:2" }))).toEqual({
      "spec.template.spec.containers[0].image": "update",
    });
    const labels = { app: "web", tier: "web" };
    const template = { metadata: { labels }, spec: pod() };
    expect(
      await changed(deployment({ selector: { matchLabels: labels }, template })),
    ).toMatchObject({
      "spec.selector.matchLabels.tier": "add-replace",
    });
  });

  test("has its replicas ready, and says so in its status", async () => {
    const inputs = { ...deployment(), metadata: { name: "ready" } };
    const { outputs } = await space.make(tokens.deployment, inputs);
    expect(outputs["status"]).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
  });
});

describe("pods that `restricted` does not admit keep a Deployment from being ready:", () => {
  const open = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  const secured = (more: Wire): Wire => ({ securityContext: { ...open, ...more } });
  const confined = { seccompProfile: { type: "RuntimeDefault" } };
  test.each<Case>([
    ["root", deployment({}, { securityContext: confined }), "runAsNonRoot"],
    ["root by number", deployment({}, {}, secured({ runAsUser: 0 })), "runAsUser=0"],
    [
      "a container that may be root",
      deployment({}, {}, secured({ runAsNonRoot: false })),
      "runAsNonRoot",
    ],
    [
      "escalation",
      deployment({}, {}, { securityContext: { capabilities: { drop: ["ALL"] } } }),
      "allowPrivilegeEscalation",
    ],
    [
      "capabilities",
      deployment({}, {}, { securityContext: { allowPrivilegeEscalation: false } }),
      "unrestricted capabilities",
    ],
    [
      "an added capability",
      deployment({}, {}, secured({ capabilities: { drop: ["ALL"], add: ["NET_RAW"] } })),
      "unrestricted capabilities",
    ],
    ["no seccomp", deployment({}, { securityContext: { runAsNonRoot: true } }), "seccompProfile"],
    [
      "seccomp off in one container",
      deployment({}, {}, secured({ seccompProfile: { type: "Unconfined" } })),
      "seccompProfile",
    ],
    ["the node's network", deployment({}, { hostNetwork: true }), "host namespaces"],
    [
      "the node's ports",
      deployment({}, {}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
      "hostPort",
    ],
    [
      "the node's directories",
      deployment({}, { volumes: [{ name: "a", hostPath: { path: "/" } }] }),
      "hostPath",
    ],
    [
      "a privileged sidecar",
      deployment(
        {},
        {
          initContainers: [
            container({
              name: "proxy",
              restartPolicy: "Always",
              securityContext: { privileged: true },
            }),
          ],
        },
      ),
      "privileged",
    ],
    [
      "unsafe kernel parameters",
      deployment(
        {},
        {
          securityContext: {
            runAsNonRoot: true,
            ...confined,
            sysctls: [{ name: "kernel.msgmax", value: "1" }],
          },
        },
      ),
      "sysctls",
    ],
  ])("%s", async (_rule, inputs, said) => {
    const reasons = await space.reasons(tokens.deployment, inputs);
    expect(reasons).toContain("violates PodSecurity");
    expect(reasons).toContain(said);
  });

  test("which it may have where nothing is enforced", () =>
    apart({}, async (own) => {
      expect(await own.reasons(tokens.deployment, deployment({}, { hostNetwork: true }))).toBe("");
    }));
});

describe("what pods take keeps a Deployment from being ready while it is missing:", () => {
  const variable = (from: Wire): Wire => ({ env: [{ name: "A", valueFrom: from }] });
  test.each<Case>([
    ["an account", deployment({}, { serviceAccountName: "app" }), "ServiceAccount"],
    ["a pull secret", deployment({}, { imagePullSecrets: [{ name: "pull" }] }), "Secret"],
    [
      "a Secret of variables",
      deployment({}, {}, { envFrom: [{ secretRef: { name: "app" } }] }),
      "Secret",
    ],
    [
      "a volume's ConfigMap",
      deployment({}, { volumes: [{ name: "ca", configMap: { name: "ca" } }] }),
      "ConfigMap",
    ],
    [
      "a Secret of one variable",
      deployment({}, {}, variable({ secretKeyRef: { name: "app", key: "a" } })),
      "Secret",
    ],
    [
      "a port of a probe",
      deployment({}, {}, { readinessProbe: { tcpSocket: { port: "http" } } }),
      "a port is named",
    ],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.reasons(tokens.deployment, inputs)).toContain(said);
  });

  test("a key of a Secret that is there", async () => {
    await space.make(tokens.secret, { metadata: { name: "app" }, data: { a: "YQ==" } });
    const taking = (key: string, optional = false): Wire =>
      deployment({}, {}, variable({ secretKeyRef: { name: "app", key, optional } }));
    expect(await space.reasons(tokens.deployment, taking("b"))).toContain("couldn't find a key");
  });

  test("and not what need not be there", async () => {
    const optional = deployment(
      {},
      {},
      {
        ...variable({ secretKeyRef: { name: "app", key: "a", optional: true } }),
        envFrom: [{ secretRef: { name: "app", optional: true } }],
      },
    );
    expect(await space.reasons(tokens.deployment, optional)).toBe("");
  });

  test("room in the namespace's quota for every replica, and amounts where the quota counts them", () =>
    apart({}, async (own) => {
      const hard = { pods: "5", "requests.cpu": "1", "limits.memory": "1Gi" };
      await own.make(tokens.quota, { metadata: { name: "quota" }, spec: { hard } });
      expect(await own.reasons(tokens.deployment, deployment({ replicas: 6 }))).toContain("pods=6");
      // The first one's pods do not run, but it would have them run.
      expect(await own.reasons(tokens.deployment, deployment({ replicas: 0 }))).toBe("");
      const silent = deployment({}, {}, { resources: { requests: { cpu: "1" } } });
      expect(await own.reasons(tokens.deployment, silent)).toContain("must specify limits.memory");
    }));
});

describe("a Job", () => {
  test.each<Case>([
    ["says whether its pods are started again", job({}, { restartPolicy: null }), "Required value"],
    ["never starts them always", job({}, { restartPolicy: "Always" }), "must be one of"],
    [
      "has no selector of its own",
      job({ selector: { matchLabels: { job: "migrate" } } }),
      "manualSelector",
    ],
    [
      "counts by index where it is indexed",
      job({ backoffLimitPerIndex: 1 }),
      "indexed completion mode",
    ],
    ["has completions where it is indexed", job({ completionMode: "Indexed" }), "Required value"],
    [
      "has a name that fits into a label",
      { ...job(), metadata: { name: "m".repeat(64) } },
      "no more than 63 characters",
    ],
    [
      "looks at failures of pods that are not started again",
      job(
        {
          podFailurePolicy: {
            rules: [{ action: "FailJob", onExitCodes: { operator: "In", values: [1] } }],
          },
        },
        { restartPolicy: "OnFailure" },
      ),
      'only "Never" is supported',
    ],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.job, inputs)).toContain(said);
  });

  test("is another one by its template, and the same by what it may try", async () => {
    const made = await space.make(tokens.job, job());
    const changed = async (inputs: Wire) => {
      const news = { ...inputs, metadata: { name: "migrate", namespace: "app" } };
      const checked = await space.provider.check(made.urn, news, made.inputs);
      return (await space.provider.diff(made, checked.inputs)).detailed;
    };
    expect(await changed(job({ backoffLimit: 2 }))).toEqual({ "spec.backoffLimit": "add" });
    expect(await changed(job({}, {}, { image: "registry.example.com/web:2" }))).toEqual({
      "spec.template.spec.containers[0].image": "update-replace",
    });
  });

  test("keeps its completion mode", async () => {
    const made = await space.make(tokens.job, { ...job(), metadata: { name: "fixed" } });
    const spec = job({ completionMode: "Indexed", completions: 1 })["spec"] as Wire;
    const metadata = { name: "fixed", namespace: "app" };
    const checked = await space.provider.check(made.urn, { metadata, spec }, made.inputs);
    expect(checked.failures).toEqual([]);
    await expect(
      space.provider.update(made, { ...checked.inputs, spec: { ...spec, completions: null } }),
    ).rejects.toThrow(/immutable/);
  });

  test("is done when its pods can run, with a native sidecar", async () => {
    const proxy = container({ name: "proxy", restartPolicy: "Always" });
    expect(await space.reasons(tokens.job, job({}, { initContainers: [proxy] }))).toBe("");
  });

  test("is never done with a plain sidecar that serves", async () => {
    const containers = [container({ ports: [] }), container({ name: "proxy" })];
    expect(await space.reasons(tokens.job, job({}, { containers }))).toContain("never ends");
  });

  test("is not done while its pods are not admitted", async () => {
    const inputs = job({}, { securityContext: {} });
    expect(await space.reasons(tokens.job, inputs)).toContain("violates PodSecurity");
  });
});

describe("a CronJob", () => {
  const cron = (more: Wire = {}, name = "export"): Wire => ({
    metadata: { name },
    spec: { schedule: "30 2 * * *", jobTemplate: { spec: job()["spec"] as Wire }, ...more },
  });
  test.each<Case>([
    ["has a schedule of five fields", cron({ schedule: "0 30 2 * * *" }), "spec.schedule"],
    ["has its time zone in a field", cron({ schedule: "TZ=UTC 30 2 * * *" }), "spec.schedule"],
    ["has a time zone by name", cron({ timeZone: "Local" }), "spec.timeZone"],
    ["leaves room in its name", cron({}, "e".repeat(53)), "no more than 52 characters"],
    [
      "has Jobs that fit",
      cron({ jobTemplate: { spec: job({}, { restartPolicy: null })["spec"] as Wire } }),
      "restartPolicy: Required",
    ],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.cronJob, inputs)).toContain(said);
  });

  test.each(["@daily", "*/15 1-5 * * mon-fri", "0 2 1 jan,jul *"])("takes %s", async (schedule) => {
    expect(await space.faults(tokens.cronJob, cron({ schedule, timeZone: "Etc/UTC" }))).toBe("");
  });
});

describe("pods of a cluster of GKE", () => {
  const zones = ["us-east1-b", "us-east1-c", "us-east1-d"];
  const google = (own: Workspace, token: string, inputs: Wire) =>
    own.google.make(urnOf(token, "it"), inputs);

  test("run when it has nodes, in as many zones as they ask for", () =>
    apart({}, async (own) => {
      for (const api of ["compute", "container"]) {
        await own.google.make(urnOf("gcp:projects/service:Service", api), {
          service: `${api}.googleapis.com`,
        });
      }
      const network = await google(own, "gcp:compute/network:Network", {
        autoCreateSubnetworks: false,
      });
      const subnet = await google(own, "gcp:compute/subnetwork:Subnetwork", {
        network: network.id,
        ipCidrRange: "10.60.0.0/22",
        secondaryIpRanges: [
          { rangeName: "pods", ipCidrRange: "10.64.0.0/16" },
          { rangeName: "services", ipCidrRange: "10.65.0.0/20" },
        ],
      });
      const cluster = await google(own, "gcp:container/cluster:Cluster", {
        name: "version",
        location: "us-east1",
        nodeLocations: zones,
        network: network.id,
        subnetwork: subnet.id,
        networkingMode: "VPC_NATIVE",
        ipAllocationPolicy: {
          clusterSecondaryRangeName: "pods",
          servicesSecondaryRangeName: "services",
        },
        datapathProvider: "ADVANCED_DATAPATH",
        privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
        controlPlaneEndpointsConfig: {
          dnsEndpointConfig: { allowExternalTraffic: true },
          ipEndpointsConfig: { enabled: false },
        },
        initialNodeCount: 1,
        removeDefaultNodePool: true,
        deletionProtection: false,
      });
      const { dnsEndpointConfig } = cluster.outputs["controlPlaneEndpointsConfig"] as {
        dnsEndpointConfig: { endpoint: string };
      };
      const provider = await own.bench.connect("kubernetes", {
        kubeconfig: kubeconfig(`https://${dnsEndpointConfig.endpoint}`),
        clusterIdentifier: cluster.id,
      });
      const spread = (minDomains: number): Wire => ({
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            minDomains,
            topologyKey: "topology.kubernetes.io/zone",
            whenUnsatisfiable: "DoNotSchedule",
            labelSelector: { matchLabels: { app: "web" } },
          },
        ],
      });
      const make = (name: string, inputs: Wire) =>
        provider.make(urnOf(tokens.deployment, name), { ...inputs, metadata: { name } });
      await expect(make("early", deployment())).rejects.toThrow(/no node pool/);
      await google(own, "gcp:container/nodePool:NodePool", {
        cluster: cluster.outputs["name"] as string,
        location: "us-east1",
        nodeLocations: zones,
        initialNodeCount: 1,
      });
      await make("three", deployment({}, spread(3)));
      await expect(make("four", deployment({}, spread(4)))).rejects.toThrow(/zones/);
    }));
});
