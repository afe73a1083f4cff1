import { rmSync } from "node:fs";
import { join } from "node:path";
import { ofType, only, valueOf, type Declared } from "../../support/kubernetes-mocks";
import {
  app,
  declaredApp,
  exports as exportSettings,
  makers,
  network,
  object,
  podOf,
  selects,
  specOf,
  type Container,
} from "../../support/version-app";
import { checkout, makeScratch } from "../../../engine/isolation";
import { StackProgram } from "../../../engine/stack-program";

let resources: readonly Declared[];
let made: Awaited<ReturnType<typeof declaredApp>>["made"];
beforeAll(async () => {
  ({ made, resources } = await declaredApp());
});

const containersOf = (maker: Declared): readonly Container[] => [
  ...(podOf(maker).spec.initContainers ?? []),
  ...podOf(maker).spec.containers,
];

describe("pod security", () => {
  test("is restricted in every way, at a version that no upgrade moves", () => {
    const { labels } = only(resources, "kubernetes:core/v1:Namespace").inputs["metadata"] as {
      labels: Record<string, string>;
    };
    for (const mode of ["enforce", "audit", "warn"]) {
      expect(labels[`pod-security.kubernetes.io/${mode}`]).toBe("restricted");
      expect(labels[`pod-security.kubernetes.io/${mode}-version`]).toMatch(/^v1\.\d+$/);
    }
  });

  // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
  test("lets every pod in", () => {
    expect(makers(resources)).toHaveLength(4);
    for (const maker of makers(resources)) {
      const { spec } = podOf(maker);
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(spec.securityContext["runAsUser"]).toBeGreaterThan(0);
      for (const host of ["hostNetwork", "hostPID", "hostIPC"]) {
        expect(spec).not.toHaveProperty(host);
      }
      for (const volume of spec.volumes ?? []) {
        const [source, ...others] = Object.keys(volume).filter((key) => key !== "name");
        expect(["emptyDir", "configMap"]).toContain(source);
        expect(others).toEqual([]);
      }
      for (const { securityContext } of containersOf(maker)) {
        expect(securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        });
        expect(securityContext["runAsUser"]).not.toBe(0);
      }
    }
  });

  test("is for nothing where a pod has a token of the API server: none has", () => {
    for (const maker of makers(resources)) {
      expect(podOf(maker).spec.automountServiceAccountToken).toBe(false);
    }
    for (const { inputs } of ofType(resources, "kubernetes:core/v1:ServiceAccount")) {
      expect(inputs["automountServiceAccountToken"]).toBe(false);
    }
  });
});

describe("quota", () => {
  const amount = (text: string): number => Number.parseInt(text, 10);
  const requested = (maker: Declared, what: "cpu" | "memory"): number =>
    containersOf(maker).reduce(
      (sum, { resources: { requests } }) => sum + amount(requests[what]),
      0,
    );

  test("has room for a rollout at the most pods there may be, with its jobs and proxies", () => {
    const { hard } = specOf<{ hard: Record<string, string> }>(
      only(resources, "kubernetes:core/v1:ResourceQuota"),
    );
    const web = object(resources, "apps/v1:Deployment", "production");
    const { strategy } = specOf<{ strategy: { rollingUpdate: { maxSurge: number } } }>(web);
    const counts: readonly (readonly [Declared, number])[] = [
      [web, app.replicas.max + strategy.rollingUpdate.maxSurge],
      ...makers(resources)
        .filter(({ type }) => type.startsWith("kubernetes:batch"))
        .map((job): readonly [Declared, number] => [job, 1]),
    ];
    const total = (of: (maker: Declared) => number): number =>
      counts.reduce((sum, [maker, count]) => sum + count * of(maker), 0);
    expect(amount(hard["pods"] ?? "")).toBeGreaterThanOrEqual(total(() => 1));
    expect(amount(hard["requests.cpu"] ?? "")).toBeGreaterThanOrEqual(
      total((maker) => requested(maker, "cpu")),
    );
    expect(amount(hard["requests.memory"] ?? "")).toBeGreaterThanOrEqual(
      total((maker) => requested(maker, "memory")),
    );
  });

  test("knows every container's part, and none is beyond the limit range", () => {
    const [{ max }] = specOf<{ limits: [{ max: Record<string, string> }] }>(
      only(resources, "kubernetes:core/v1:LimitRange"),
    ).limits;
    for (const { resources: sizes } of makers(resources).flatMap(containersOf)) {
      for (const what of ["cpu", "memory", "ephemeral-storage"] as const) {
        expect(amount(sizes.requests[what])).toBeGreaterThan(0);
        expect(amount(sizes.limits[what])).toBeGreaterThanOrEqual(amount(sizes.requests[what]));
        expect(amount(sizes.limits[what])).toBeLessThanOrEqual(amount(max[what] ?? ""));
      }
    }
  });
});

describe("network policies", () => {
  interface Peer {
    readonly ipBlock?: { readonly cidr: string };
    readonly podSelector?: Selector;
    readonly namespaceSelector?: Selector;
  }
  interface Selector {
    readonly matchLabels?: Record<string, string>;
    readonly matchExpressions?: readonly { readonly key: string; readonly values: string[] }[];
  }
  interface Rule {
    readonly from?: readonly Peer[];
    readonly to?: readonly Peer[];
    readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
  }
  interface Policy {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  }
  const policies = (): readonly Policy[] =>
    ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").map((one) => specOf(one));
  const matches = (
    { matchExpressions = [], matchLabels = {} }: Selector,
    labels: Record<string, string>,
  ): boolean =>
    selects(matchLabels, labels) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ""));
  const peerName = ({ ipBlock, namespaceSelector, podSelector }: Peer): string =>
    ipBlock?.cidr ??
    `${namespaceSelector === undefined ? "" : "kube-system/"}${
      podSelector?.matchLabels?.["app"] ??
      podSelector?.matchExpressions?.[0]?.values.join("|") ??
      "everyone"
    }`;
  /** All that pods with these labels may do in one direction: `peer:port`. */
  const open = (labels: Record<string, string>, way: "ingress" | "egress"): string[] =>
    policies()
      .filter(({ podSelector }) => matches(podSelector, labels))
      .flatMap((policy) => policy[way] ?? [])
      .flatMap(({ from, ports = [], to }) =>
        [...(from ?? to ?? [{}])].flatMap((peer) =>
          (ports.length === 0 ? [{ port: "any" }] : ports).map(
            ({ port }) => `${peerName(peer)}:${port}`,
          ),
        ),
      )
      .filter((flow) => !names.includes(flow))
      .sort();
  const labelsOf = (kind: string, name: string | RegExp) =>
    podOf(object(resources, kind, name)).metadata.labels;
  /** What every pod may ask for names. */
  const names = [`${network.resolver}/32:53`];
  const google = [
    `${network.nodeCidr}:988`,
    "169.254.169.254/32:80",
    "169.254.169.254/32:988",
    `${network.googleApisCidr}:443`,
  ];
  const ofApp = [
    ...google,
    `${network.servicesCidr}:3307`,
    `${network.servicesCidr}:6378`,
    "203.0.113.7/32:443",
  ].sort();

  test("let every pod ask the cluster's own resolver for names, over UDP and TCP, and no other", () => {
    const asked = policies().flatMap(({ egress = [] }) =>
      egress.flatMap(({ to = [], ports = [] }) =>
        ports
          .filter(({ port }) => port === 53)
          .flatMap((one) => to.map((peer) => [peerName(peer), one.protocol])),
      ),
    );
    expect(asked).toEqual([
      ["169.254.169.254/32", "UDP"],
      ["169.254.169.254/32", "TCP"],
    ]);
  });

  test("deny both ways by default", () => {
    expect(policies()).toContainEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    expect([open({ app: "stranger" }, "ingress"), open({ app: "stranger" }, "egress")]).toEqual([
      [],
      [],
    ]);
  });

  test("let the app's pods reach database, cache, sign-in and Google, and the balancer reach them", () => {
    const labels = labelsOf("apps/v1:Deployment", "production");
    expect(open(labels, "egress")).toEqual(ofApp);
    expect(open(labels, "ingress")).toEqual(["130.211.0.0/22:5000", "35.191.0.0/16:5000"]);
  });

  test("let a migration do what the app does, the chart's own too, and nobody reach it", () => {
    for (const labels of [
      labelsOf("batch/v1:Job", /^production-migrate-/),
      { app: "production", release: "production", heritage: "Helm" },
    ]) {
      expect(open(labels, "egress")).toEqual(ofApp);
      expect(open(labels, "ingress")).toEqual([]);
    }
  });

  test("let nobody reach an Auth Proxy: it listens to its own pod, and logs in whoever asks", () => {
    for (const maker of makers(resources)) {
      for (const { args = [], name, ports = [] } of containersOf(maker)) {
        if (name !== "auth-proxy") continue;
        expect(args).toContain("--address=127.0.0.1");
        expect(args.filter((one) => /[?&]address=/.test(one))).toEqual([]);
        expect(ports.map(({ containerPort }) => containerPort)).toEqual([9801]);
      }
    }
  });

  test("let an export reach Google's APIs, and no database", () => {
    for (const kind of ["batch/v1:Job", "batch/v1:CronJob"]) {
      const labels = labelsOf(kind, /^database-export/);
      expect(open(labels, "egress")).toEqual([...google].sort());
      expect(open(labels, "ingress")).toEqual([]);
    }
  });
});

describe("the deployer", () => {
  const rules = () =>
    only(resources, "kubernetes:rbac.authorization.k8s.io/v1:Role").inputs["rules"] as readonly {
      readonly apiGroups: readonly string[];
      readonly resources: readonly string[];
      readonly verbs: readonly string[];
    }[];
  const may = (verb: string, group: string, resource: string): boolean =>
    rules().some(
      (rule) =>
        rule.apiGroups.includes(group) &&
        rule.resources.includes(resource) &&
        rule.verbs.includes(verb),
    );

  test.each([
    ["get", "", "namespaces"],
    ["create", "", "secrets"],
    ["delete", "", "secrets"],
    ["patch", "", "services"],
    ["create", "apps", "deployments"],
    ["patch", "apps", "deployments"],
    ["list", "apps", "replicasets"],
    ["patch", "autoscaling", "horizontalpodautoscalers"],
    ["create", "batch", "jobs"],
    ["watch", "batch", "jobs"],
    ["get", "batch", "cronjobs"],
    ["list", "", "pods"],
    ["get", "", "pods/log"],
  ])("may %s %s/%s", (verb, group, resource) => {
    expect(may(verb, group, resource)).toBe(true);
  });

  test.each([
    ["create", "", "pods/exec"],
    ["create", "", "serviceaccounts/token"],
    ["create", "", "serviceaccounts"],
    ["patch", "", "namespaces"],
    ["patch", "", "resourcequotas"],
    ["create", "rbac.authorization.k8s.io", "rolebindings"],
    ["patch", "networking.k8s.io", "networkpolicies"],
    ["patch", "networking.k8s.io", "ingresses"],
    ["delete", "policy", "poddisruptionbudgets"],
    ["patch", "batch", "cronjobs"],
  ])("may not %s %s/%s", (verb, group, resource) => {
    expect(may(verb, group, resource)).toBe(false);
  });

  test("is bound in its namespace alone, without a wildcard, and its token is a secret", async () => {
    for (const rule of rules()) expect(JSON.stringify(rule)).not.toContain("*");
    const binding = only(resources, "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").inputs;
    expect(binding).toMatchObject({
      metadata: { namespace: "version-production" },
      roleRef: { kind: "Role", name: "deployer" },
      subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: "version-production" }],
    });
    const { deployerToken } = made.namespace;
    expect(await valueOf(deployerToken)).toBe("a-deployer-token");
    expect(await (deployerToken as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(true);
  });
});

describe("exports", () => {
  const nameWith = async (changes: Parameters<typeof declaredApp>[0]) => {
    const job = object((await declaredApp(changes)).resources, "batch/v1:Job", /^database-export-/);
    return (job.inputs["metadata"] as { name: string }).name;
  };

  test("one is made before each change, and no other", async () => {
    const name = await nameWith({});
    expect(await nameWith({ planted: { clientSecret: "another" } })).toBe(name);
    expect(await nameWith({ exports: { changes: ["an image", "another tier"] } })).not.toBe(name);
    expect(await nameWith({ exports: { changes: ["another image", "a tier"] } })).not.toBe(name);
  });

  test("none is made where the settings lift it, and the nightly one stays", async () => {
    const lifted = await declaredApp({ exports: { beforeChange: false } });
    expect(lifted.made.gate.exported).toEqual([]);
    expect(ofType(lifted.resources, "kubernetes:batch/v1:CronJob")).toHaveLength(1);
    expect(ofType(lifted.resources, "kubernetes:batch/v1:Job").map(({ name }) => name)).toEqual([
      "workload-migration",
    ]);
  });

  test("one that failed is made anew; a database that is not there yet fails none but the nightly", () => {
    const job = object(resources, "batch/v1:Job", /^database-export-/);
    expect(job.inputs["metadata"]).toMatchObject({
      annotations: { "pulumi.com/replaceUnready": "true" },
    });
    expect(job.retainOnDelete).toBe(false);
    const missing = (maker: Declared) =>
      podOf(maker).spec.containers[0]?.env?.find(({ name }) => name === "WHEN_MISSING")?.value;
    const nightly = only(resources, "kubernetes:batch/v1:CronJob");
    expect([missing(job), missing(nightly)]).toEqual(["pass", "fail"]);
    expect(specOf(nightly)).toMatchObject({
      schedule: exportSettings.schedule,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
    });
  });
});

describe("the API server", () => {
  const scratch = makeScratch();
  const program = new StackProgram({
    project: join(checkout, "tests", "engine", "project"),
    stack: "none",
    projectName: "gitlab",
    scratch,
  });
  afterAll(async () => {
    await program.close();
    rmSync(scratch.root, { recursive: true });
  });

  test("knows every field of every object", async () => {
    const found = await program.schemaViolations(
      resources.map(({ inputs, name, type }) => ({
        urn: name,
        type,
        // A secret is hidden from the plan that is checked.
        inputs: type.endsWith(":Secret") ? { ...inputs, data: {} } : inputs,
      })),
    );
    expect(found).toEqual([]);
  });

  // Lists that server-side apply merges by key take each key once:
  // https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
  test("finds no entry twice in a list that it merges by key", () => {
    for (const maker of makers(resources)) {
      const { spec } = podOf(maker);
      const keys = [
        containersOf(maker).map(({ name }) => name),
        (spec.volumes ?? []).map(({ name }) => String(name)),
        (spec.topologySpreadConstraints ?? []).map(
          ({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`,
        ),
        ...containersOf(maker).flatMap(({ env = [], ports = [], volumeMounts = [] }) => [
          env.map(({ name }) => name),
          ports.map(({ containerPort, protocol }) => `${containerPort} ${protocol}`),
          volumeMounts.map(({ mountPath }) => mountPath),
        ]),
      ];
      for (const list of keys) expect(new Set(list).size).toBe(list.length);
    }
  });

  test("finds every account, secret and volume that a pod names", () => {
    const named = (kind: string) =>
      ofType(resources, `kubernetes:${kind}`).map(
        ({ inputs }) => (inputs["metadata"] as { name: string }).name,
      );
    for (const maker of makers(resources)) {
      const { spec } = podOf(maker);
      expect(named("core/v1:ServiceAccount")).toContain(spec.serviceAccountName);
      const volumes = (spec.volumes ?? []).map(({ name }) => name);
      for (const { envFrom = [], volumeMounts = [] } of containersOf(maker)) {
        for (const { secretRef } of envFrom) {
          if (secretRef?.optional === true) continue;
          expect(named("core/v1:Secret")).toContain(secretRef?.name);
        }
        for (const { name } of volumeMounts) expect(volumes).toContain(name);
      }
      for (const { configMap } of (spec.volumes ?? []) as { configMap?: { name: string } }[]) {
        if (configMap !== undefined) expect(named("core/v1:ConfigMap")).toContain(configMap.name);
      }
    }
  });
});
