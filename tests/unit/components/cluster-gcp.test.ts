import { fc } from "../../support/properties";
import * as pulumi from "@pulumi/pulumi";
import { declared, isSecret, ofType, only, valueOf } from "../../support/cloud-mocks";
import { GkeCluster, nodeRoles, type GkeClusterArgs } from "../../../components/cluster/gcp";
import { controlPlaneAddress, tokenKubeconfig } from "../../../components/cluster/kubeconfig";
import {
  leastMaintenanceHours,
  maintenanceHours,
  maintenancePolicy,
  weekdays,
} from "../../../components/cluster/maintenance";
import { kubernetesProvider } from "../../../components/cluster/provider";

const address = "https://gke-0123456789abcdef-123456789012.us-east1.gke.goog";
const zones = ["us-east1-b", "us-east1-c", "us-east1-d"];
const web = {
  name: "web",
  machineType: "e2-standard-4",
  diskGiB: 50,
  minPerZone: 1,
  maxPerZone: 3,
};

const args = (given: Partial<GkeClusterArgs> = {}): GkeClusterArgs => ({
  site: {
    prefix: "gitlab-test",
    environment: "version",
    protection: true,
    runbooks: "https://example.com/runbooks",
  },
  project: "a-project",
  region: "us-east1",
  zones,
  networkId: "projects/a-project/global/networks/n",
  subnetId: "projects/a-project/regions/us-east1/subnetworks/nodes",
  podsRange: "pods",
  servicesRange: "services",
  identity: { email: "nodes@a-project.iam.gserviceaccount.com", ready: [] },
  channel: "REGULAR",
  maintenance: { days: ["TU", "WE", "TH"], hour: 6, hours: 4 },
  pools: [web],
  ...given,
});

const build = (given: Partial<GkeClusterArgs> = {}) =>
  declared((opts) => new GkeCluster("cluster", args(given), opts));
const cluster = async (given: Partial<GkeClusterArgs> = {}) =>
  only((await build(given)).resources, "gcp:container/cluster").inputs;
const pool = async (given: Partial<GkeClusterArgs> = {}) =>
  only((await build(given)).resources, "gcp:container/nodePool").inputs;

describe("the control plane", () => {
  test("has no address that anybody could use, only a name", async () => {
    expect(await cluster()).toMatchObject({
      controlPlaneEndpointsConfig: {
        ipEndpointsConfig: { enabled: false },
        dnsEndpointConfig: { allowExternalTraffic: true, enableK8sCertsViaDns: false },
      },
      privateClusterConfig: { enablePrivateEndpoint: true },
    });
  });

  test.each([
    [undefined, false],
    [false, false],
    [true, true],
  ])("lets Kubernetes' own tokens in where that is asked for: %s", async (given, expected) => {
    const { controlPlaneEndpointsConfig } = await cluster(
      given === undefined ? {} : { kubernetesTokens: given },
    );
    expect(controlPlaneEndpointsConfig).toMatchObject({
      dnsEndpointConfig: { enableK8sTokensViaDns: expected },
    });
  });

  test("shows nothing to those who show no credentials", async () => {
    expect(await cluster()).toMatchObject({
      anonymousAuthenticationConfig: { mode: "LIMITED" },
      rbacBindingConfig: {
        enableInsecureBindingSystemAuthenticated: false,
        enableInsecureBindingSystemUnauthenticated: false,
      },
      enableLegacyAbac: false,
    });
  });

  test("lies over the region's zones, and upgrades by a channel", async () => {
    expect(await cluster()).toMatchObject({
      location: "us-east1",
      nodeLocations: zones,
      releaseChannel: { channel: "REGULAR" },
    });
  });

  test.each([true, false])("is protected in every way there is, or in none: %s", async (on) => {
    const { resources } = await build({ site: { ...args().site, protection: on } });
    const { inputs, protect } = only(resources, "gcp:container/cluster");
    expect([inputs["deletionProtection"], protect]).toEqual([on, on]);
  });

  test("is all of it that is protected: pools come and go", async () => {
    const { resources } = await build({
      people: [{ name: "support", group: "support@example.com", level: "view" }],
    });
    expect(resources.filter(({ protect }) => protect).map(({ type }) => type)).toEqual([
      "gcp:container/cluster:Cluster",
    ]);
  });

  test("has a fixed name, so that no second one is built beside it", async () => {
    const { made } = await build();
    expect([made.name, (await cluster())["name"]]).toEqual([
      "gitlab-test-cluster",
      "gitlab-test-cluster",
    ]);
  });
});

describe("the network of the cluster", () => {
  test("is VPC-native, in the ranges that the subnet has for it, and enforces policies", async () => {
    const inputs = await cluster();
    expect(inputs).toMatchObject({
      networkingMode: "VPC_NATIVE",
      ipAllocationPolicy: {
        clusterSecondaryRangeName: "pods",
        servicesSecondaryRangeName: "services",
      },
      datapathProvider: "ADVANCED_DATAPATH",
      privateClusterConfig: { enablePrivateNodes: true },
    });
    // Dataplane V2 and the add-on for policies exclude each other.
    expect(inputs).not.toHaveProperty("networkPolicy");
  });

  test("has one resolver for all pods, which policies can name", async () => {
    expect(await cluster()).toMatchObject({
      dnsConfig: { clusterDns: "CLOUD_DNS", clusterDnsScope: "CLUSTER_SCOPE" },
      addonsConfig: { dnsCacheConfig: { enabled: false } },
    });
  });

  test("has the add-ons that an Ingress and an autoscaler of pods want", async () => {
    expect(await cluster()).toMatchObject({
      addonsConfig: {
        httpLoadBalancing: { disabled: false },
        horizontalPodAutoscaling: { disabled: false },
      },
    });
  });
});

describe("nodes", () => {
  test("stand in every zone at any time, and grow evenly", async () => {
    expect(await pool()).toMatchObject({
      nodeLocations: zones,
      initialNodeCount: 1,
      autoscaling: { minNodeCount: 1, maxNodeCount: 3, locationPolicy: "BALANCED" },
    });
  });

  test("are never Spot", async () => {
    const { nodeConfig } = await pool();
    expect(nodeConfig).not.toHaveProperty("spot");
    expect(nodeConfig).not.toHaveProperty("preemptible");
  });

  test("repair and upgrade themselves, one more at a time and none fewer", async () => {
    expect(await pool()).toMatchObject({
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
      nodeDrainConfigs: [{ respectPdbDuringNodePoolDeletion: true }],
    });
  });

  test.each(["pool", "first, short-lived pool"])(
    "boot verified, keep their account to themselves and have one of their own: %s",
    async (which) => {
      const { nodeConfig } = which === "pool" ? await pool() : await cluster();
      expect(nodeConfig).toMatchObject({
        imageType: "COS_CONTAINERD",
        serviceAccount: "nodes@a-project.iam.gserviceaccount.com",
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        workloadMetadataConfig: { mode: "GKE_METADATA" },
        metadata: { "disable-legacy-endpoints": "true" },
      });
    },
  );

  test("have no more rights than a node needs", () => {
    expect(nodeRoles).toEqual(["roles/container.defaultNodeServiceAccount"]);
  });

  test("come from pools of their own and none of the cluster's", async () => {
    expect(await cluster()).toMatchObject({ removeDefaultNodePool: true, initialNodeCount: 1 });
  });

  test("are as many as the autoscaler says, and no later setting replaces a pool for their number", async () => {
    const { resources } = await build();
    expect(only(resources, "gcp:container/nodePool").ignoreChanges).toEqual(["initialNodeCount"]);
  });

  test("of the first pool, which is gone, are no reason to replace the cluster", async () => {
    const { resources } = await build();
    expect(only(resources, "gcp:container/cluster").ignoreChanges).toContain("nodeConfig");
  });

  test("of a replaced pool stand before the old ones go: pools have no fixed name", async () => {
    expect(await pool()).not.toHaveProperty("name");
  });

  test("carry labels, which a provider's defaults do not reach", async () => {
    const { nodeConfig } = await pool({ labels: { owner: "infrastructure" } });
    expect(nodeConfig).toMatchObject({ resourceLabels: { owner: "infrastructure" } });
  });

  test.each<[string, Partial<GkeClusterArgs>, string]>([
    ["a zone without nodes", { pools: [{ ...web, minPerZone: 0 }] }, "pools.web.minPerZone"],
    ["a limit below the least", { pools: [{ ...web, minPerZone: 4 }] }, "pools.web.maxPerZone"],
    ["two pools of one name", { pools: [web, web] }, "a name once"],
    ["no pool", { pools: [] }, "found none"],
    ["a name that GKE would not take", { pools: [{ ...web, name: "Web_1" }] }, "Web_1"],
    ["one zone", { zones: ["us-east1-b"] }, "two or more"],
    ["a zone twice", { zones: ["us-east1-b", "us-east1-b"] }, "each once"],
  ])("are refused: %s", async (_what, given, message) => {
    await expect(async () => build(given)).rejects.toThrow(message);
  });
});

describe("people", () => {
  const people: GkeClusterArgs["people"] = [
    { name: "engineering-manager", group: "em@example.com", level: "admin" },
    { name: "support", group: "support@example.com", level: "view" },
  ];

  test("get in by what their role is, and nobody else does", async () => {
    const { resources } = await build({ people });
    expect(
      ofType(resources, "gcp:projects/iAMMember").map(({ inputs }) => [
        inputs["member"],
        inputs["role"],
      ]),
    ).toEqual([
      ["group:em@example.com", "roles/container.developer"],
      ["group:support@example.com", "roles/container.viewer"],
    ]);
    expect(ofType((await build()).resources, "gcp:projects/iAMMember")).toEqual([]);
  });

  test("a deployer with a Kubernetes token has no right at Google", async () => {
    const { resources } = await build({ kubernetesTokens: true });
    expect(ofType(resources, "gcp:projects/iAMMember")).toEqual([]);
  });
});

describe("a kubeconfig", () => {
  const parsed = async () => {
    const { made } = await build();
    return JSON.parse(await valueOf(made.kubeconfig)) as {
      clusters: { cluster: Record<string, unknown> }[];
      users: { user: { exec: Record<string, unknown> } }[];
      "current-context": string;
      contexts: { name: string; context: Record<string, unknown> }[];
    };
  };

  test("leads to the DNS endpoint, whose certificate is a public one", async () => {
    expect((await parsed()).clusters.map(({ cluster: where }) => where)).toEqual([
      { server: address },
    ]);
  });

  test("has a program that fetches a token, and no token", async () => {
    const [first] = (await parsed()).users;
    expect(Object.keys(first?.user ?? {})).toEqual(["exec"]);
    expect(first?.user.exec).toMatchObject({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "gke-gcloud-auth-plugin",
    });
    const { made } = await build();
    expect(await pulumi.isSecret(made.kubeconfig)).toBe(false);
  });

  test("names as current a context that it has", async () => {
    const { contexts, "current-context": current } = await parsed();
    expect(contexts.map(({ name }) => name)).toEqual([current]);
  });

  test("of the deployer has its token and its namespace, and asks no program", () => {
    expect(JSON.parse(tokenKubeconfig("c", address, "a-token", "version"))).toMatchObject({
      clusters: [{ cluster: { server: address } }],
      users: [{ user: { token: "a-token" } }],
      contexts: [{ context: { namespace: "version" } }],
    });
    expect(tokenKubeconfig("c", address, "a-token", "version")).not.toContain("exec");
  });

  test.each([{}, { endpoint: "" }])("is none without an endpoint: %j", (dns) => {
    expect(() => controlPlaneAddress("c", dns)).toThrow("cluster c has no DNS endpoint");
  });
});

describe("the provider", () => {
  const provider = async () => {
    const { resources } = await declared((opts) => {
      const made = new GkeCluster("cluster", args(), opts);
      return kubernetesProvider("kubernetes", made, opts);
    });
    return only(resources, "pulumi:providers:kubernetes").inputs;
  };

  test("is made anew with the cluster and at no other change: its identifier is the cluster's id", async () => {
    expect((await provider())["clusterIdentifier"]).toBe("cluster-cluster-id");
  });

  test("has the cluster's kubeconfig, with nothing secret in it", async () => {
    const { kubeconfig } = await provider();
    expect(isSecret(kubeconfig)).toBe(false);
    expect(String(kubeconfig)).toContain(address);
  });

  test("does what the program says, whatever the environment of who runs it says", async () => {
    const names = [
      "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
      "PULUMI_K8S_DELETE_UNREACHABLE",
      "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
      "PULUMI_K8S_ENABLE_PATCH_FORCE",
      "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
    ];
    const before = await provider();
    for (const name of names) process.env[name] = name.includes("SIDE") ? "false" : "true";
    try {
      expect(await provider()).toEqual(before);
    } finally {
      for (const name of names) Reflect.deleteProperty(process.env, name);
    }
    expect(before["enableServerSideApply"]).toBe("true");
  });
});

describe("maintenance", () => {
  const hour = 60 * 60 * 1000;
  const days = fc.subarray([...weekdays], { minLength: 1 });
  const anyWindow = fc.record({
    days,
    hour: fc.integer({ min: 0, max: 23 }),
    hours: fc.integer({ min: 4, max: 24 }),
  });
  const enough = anyWindow.filter((window) => maintenanceHours(window) >= leastMaintenanceHours);

  test("opens on the first of its days at its hour, for as long as is said", () => {
    fc.assert(
      fc.property(enough, (given) => {
        const window = maintenancePolicy(given).recurringWindow as {
          startTime: string;
          endTime: string;
          recurrence: string;
        };
        const start = new Date(window.startTime);
        const byDay = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(window.recurrence)?.[1]?.split(",");
        expect(byDay).toEqual(weekdays.filter((day) => given.days.includes(day)));
        expect(weekdays[(start.getUTCDay() + 6) % 7]).toBe(byDay?.[0]);
        expect(start.getUTCHours()).toBe(given.hour);
        expect(new Date(window.endTime).getTime() - start.getTime()).toBe(given.hours * hour);
        // In the form that GKE gives back.
        expect(window.startTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00Z$/);
      }),
      { numRuns: 50 },
    );
  });

  test("counts no more hours than whole windows of every 32 days have", () => {
    fc.assert(
      fc.property(anyWindow, fc.integer({ min: 0, max: 7 * 24 - 1 }), (given, from) => {
        const opens = Array.from({ length: 6 * 7 }, (_, day) => day)
          .filter((day) => given.days.includes(weekdays[day % 7] ?? "MO"))
          .map((day) => day * 24 + given.hour);
        const whole = opens.filter(
          (open) => open >= from && open + given.hours <= from + 32 * 24,
        ).length;
        expect(whole * given.hours).toBeGreaterThanOrEqual(maintenanceHours(given));
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    [{ days: ["SU" as const], hour: 2, hours: 6 }, "24 hours in 32 days"],
    [{ days: [], hour: 2, hours: 24 }, "0 hours in 32 days"],
    [{ days: [...weekdays], hour: 24, hours: 4 }, "maintenance.hour:"],
    [{ days: [...weekdays], hour: 2, hours: 3 }, "maintenance.hours:"],
    [{ days: [...weekdays], hour: 2, hours: 25 }, "maintenance.hours:"],
  ])("that GKE would refuse is refused: %j", (given, message) => {
    expect(() => maintenancePolicy(given)).toThrow(message);
  });

  test("leaves out what is excluded, by its scope", () => {
    const exclusion = {
      name: "holidays",
      start: "2027-12-20T00:00:00Z",
      end: "2028-01-03T00:00:00Z",
      scope: "NO_UPGRADES" as const,
    };
    expect(
      maintenancePolicy({ ...args().maintenance, exclusions: [exclusion] }).maintenanceExclusions,
    ).toEqual([
      {
        exclusionName: "holidays",
        startTime: "2027-12-20T00:00:00Z",
        endTime: "2028-01-03T00:00:00Z",
        exclusionOptions: { scope: "NO_UPGRADES" },
      },
    ]);
  });
});
