/** What GKE refuses and makes up: clusters, their node pools, and whom their workload pool lets in. */
import { gcp } from "../../../sandbox/models/gcp";
import { Bench, UNKNOWN, urnOf, type Connection, type Known, type Wire } from "./support/client";

const CLUSTER = "gcp:container/cluster:Cluster";
const POOL = "gcp:container/nodePool:NodePool";
const NETWORK = "gcp:compute/network:Network";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const ACCOUNT_MEMBER = "gcp:serviceaccount/iAMMember:IAMMember";
const SERVICE = "gcp:projects/service:Service";

let bench: Bench;
let google: Connection;
let cluster: Wire;
let account: Known;

const make = (type: string, name: string, news: Wire) => google.make(urnOf(type, name), news);

beforeEach(async () => {
  bench = await Bench.start([gcp]);
  google = await bench.connect("gcp", { project: "gitlab-tests", region: "us-east1" });
  for (const api of ["compute", "container", "iam"]) {
    await make(SERVICE, api, { service: `${api}.googleapis.com` });
  }
  const network = await make(NETWORK, "net", { autoCreateSubnetworks: false });
  const subnet = await make(SUBNETWORK, "nodes", {
    network: network.id,
    ipCidrRange: "10.60.0.0/22",
    secondaryIpRanges: [
      { rangeName: "pods", ipCidrRange: "10.64.0.0/16" },
      { rangeName: "services", ipCidrRange: "10.65.0.0/20" },
    ],
  });
  account = await make(ACCOUNT, "nodes", { accountId: "version-nodes" });
  cluster = {
    name: "gitlab-version",
    location: "us-east1",
    nodeLocations: ["us-east1-b", "us-east1-c", "us-east1-d"],
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
    workloadIdentityConfig: { workloadPool: "gitlab-tests.svc.id.goog" },
    releaseChannel: { channel: "REGULAR" },
    initialNodeCount: 1,
    removeDefaultNodePool: true,
    deletionProtection: false,
  };
});
afterEach(() => bench.stop());

/** The cluster's inputs without one of them. */
const without = (name: string): Wire =>
  Object.fromEntries(Object.entries(cluster).filter(([key]) => key !== name));

/** A pool as the components have them. */
const pool = (parent: Known, more: Wire = {}): Wire => ({
  cluster: parent.outputs["name"] as string,
  location: "us-east1",
  initialNodeCount: 1,
  autoscaling: { minNodeCount: 1, maxNodeCount: 3 },
  nodeConfig: {
    machineType: "n2-standard-4",
    serviceAccount: account.outputs["email"] as string,
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    metadata: { "disable-legacy-endpoints": "true" },
  },
  upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
  ...more,
});

describe("a cluster", () => {
  test("has id, link, version and the name of its control plane in their true form, and no address of it", async () => {
    const made = await make(CLUSTER, "cluster", cluster);
    expect(made.id).toBe("projects/gitlab-tests/locations/us-east1/clusters/gitlab-version");
    expect(made.outputs).toMatchObject({
      endpoint: "",
      masterVersion: expect.stringMatching(/^1\.\d+\.\d+-gke\.\d+$/) as string,
      selfLink: `https://container.googleapis.com/v1/${made.id}`,
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: {
          endpoint: expect.stringMatching(
            /^gke-[0-9a-f]{36}-\d{12}\.us-east1\.gke\.goog$/,
          ) as string,
        },
      },
    });
  });

  test("keeps its control plane's name at the preview of a change, so that nothing in it is unknown", async () => {
    const made = await make(CLUSTER, "cluster", cluster);
    const news = { ...made.inputs, releaseChannel: { channel: "STABLE" } };
    expect((await google.diff(made, news)).detailed).toEqual({
      "releaseChannel.channel": "update",
    });
    const planned = await google.update(made, news, true);
    expect(JSON.stringify(planned.outputs)).not.toContain(UNKNOWN);
    expect(planned.outputs["controlPlaneEndpointsConfig"]).toEqual(
      made.outputs["controlPlaneEndpointsConfig"],
    );
  });

  test("is refused until its service is enabled in the project", async () => {
    const other = await bench.connect("gcp", { project: "gitlab-others", region: "us-east1" });
    await expect(other.make(urnOf(CLUSTER, "c"), cluster)).rejects.toThrow(
      "container.googleapis.com has not been used in project gitlab-others",
    );
  });

  test("is not deleted while it is protected", async () => {
    const made = await make(CLUSTER, "cluster", { ...cluster, deletionProtection: true });
    await expect(google.delete(made)).rejects.toThrow("Cannot destroy cluster because");
    const open = await google.update(made, { ...made.inputs, deletionProtection: false });
    await expect(google.delete(open)).resolves.toBeUndefined();
  });

  test("is protected where nothing is said", async () => {
    const made = await make(CLUSTER, "cluster", without("deletionProtection"));
    await expect(google.delete(made)).rejects.toThrow("Cannot destroy cluster because");
  });

  test.each<[string, Wire, string]>([
    ["its channel", { releaseChannel: { channel: "STABLE" } }, "releaseChannel.channel"],
    ["its zones", { nodeLocations: ["us-east1-b", "us-east1-c"] }, "nodeLocations[2]"],
    ["its logs", { loggingConfig: { enableComponents: ["SYSTEM_COMPONENTS"] } }, "loggingConfig"],
  ])("is changed in place in %s", async (_, change, path) => {
    const made = await make(CLUSTER, "cluster", cluster);
    const { detailed, replaces } = await google.diff(made, { ...made.inputs, ...change });
    expect(Object.keys(detailed)).toEqual([expect.stringContaining(path.split("[")[0] ?? "")]);
    expect(replaces).toEqual([]);
  });

  test.each<[string, Wire]>([
    ["location", { location: "us-west1" }],
    ["datapathProvider", { datapathProvider: "LEGACY_DATAPATH" }],
    ["initialNodeCount", { initialNodeCount: 2 }],
    ["name", { name: "another" }],
  ])("is made anew for another %s", async (name, change) => {
    const made = await make(CLUSTER, "cluster", cluster);
    expect((await google.diff(made, { ...made.inputs, ...change })).replaces).toEqual([name]);
  });

  test.each<[string, Wire, string]>([
    [
      "a range of pods that the subnet does not have",
      {
        ipAllocationPolicy: {
          clusterSecondaryRangeName: "no",
          servicesSecondaryRangeName: "services",
        },
      },
      "pods secondary range not found",
    ],
    [
      "one range for pods and services",
      {
        ipAllocationPolicy: {
          clusterSecondaryRangeName: "pods",
          servicesSecondaryRangeName: "pods",
        },
      },
      "can't share one secondary range",
    ],
    [
      "another project's workload pool",
      { workloadIdentityConfig: { workloadPool: "gitlab-others.svc.id.goog" } },
      "only supported workload pool is the project's",
    ],
    ["Calico beside Dataplane V2", { networkPolicy: { enabled: true } }, "Dataplane V2"],
    [
      "encryption between nodes without Dataplane V2",
      {
        datapathProvider: "LEGACY_DATAPATH",
        inTransitEncryptionConfig: "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT",
      },
      "needs Dataplane V2",
    ],
    ["zones of another region", { nodeLocations: ["us-west1-a"] }, "must be zones of the region"],
    ["no first node", { initialNodeCount: 0 }, "greater than zero"],
    [
      "logs without the system's",
      { loggingConfig: { enableComponents: ["WORKLOADS"] } },
      "SYSTEM_COMPONENTS",
    ],
    [
      "encryption of secrets without a key",
      { databaseEncryption: { state: "ENCRYPTED" } },
      "keyName",
    ],
    [
      "notifications without a topic",
      { notificationConfig: { pubsub: { enabled: true } } },
      "notificationConfig.pubsub.topic",
    ],
    [
      "an exclusion without an end",
      {
        maintenancePolicy: {
          dailyMaintenanceWindow: { startTime: "03:00" },
          maintenanceExclusions: [
            {
              exclusionName: "freeze",
              startTime: "2030-12-20T00:00:00Z",
              exclusionOptions: { scope: "NO_UPGRADES" },
            },
          ],
        },
      },
      "one of endTime and endTimeBehavior",
    ],
  ])("is refused with %s", async (_, change, message) => {
    await expect(make(CLUSTER, "cluster", { ...cluster, ...change })).rejects.toThrow(message);
  });

  test("keeps its subnet from being deleted", async () => {
    await make(CLUSTER, "cluster", cluster);
    const subnet = bench.sandbox.objects({ type: SUBNETWORK })[0];
    const known = {
      urn: urnOf(SUBNETWORK, "nodes"),
      id: subnet?.id ?? "",
      inputs: {},
      outputs: {},
    };
    await expect(google.delete(known)).rejects.toThrow("is");
  });
});

describe("a node pool", () => {
  test("has the cluster's version and zones, a group of machines in each, and an id in the cluster", async () => {
    const parent = await make(CLUSTER, "cluster", cluster);
    const made = await make(POOL, "web", pool(parent, { name: "web" }));
    expect(made.id).toBe(`${parent.id}/nodePools/web`);
    expect(made.outputs).toMatchObject({
      version: parent.outputs["masterVersion"],
      nodeLocations: parent.outputs["nodeLocations"],
    });
    expect(made.outputs["instanceGroupUrls"]).toEqual(
      ["b", "c", "d"].map(
        (zone) =>
          expect.stringMatching(
            `/zones/us-east1-${zone}/instanceGroupManagers/gke-gitlab-version-web-[0-9]{8}-grp$`,
          ) as string,
      ),
    );
  });

  test("goes before its cluster does", async () => {
    const parent = await make(CLUSTER, "cluster", cluster);
    await make(POOL, "web", pool(parent));
    await expect(google.delete(parent)).resolves.toBeUndefined();
  });

  test("changes its limits and machines in place, and its account with a new pool", async () => {
    const parent = await make(CLUSTER, "cluster", cluster);
    const made = await make(POOL, "web", pool(parent));
    const grown = { ...made.inputs, autoscaling: { minNodeCount: 2, maxNodeCount: 5 } };
    expect((await google.diff(made, grown)).replaces).toEqual([]);
    const nodes = made.inputs["nodeConfig"] as Wire;
    const bigger = { ...made.inputs, nodeConfig: { ...nodes, machineType: "n2-standard-8" } };
    expect((await google.diff(made, bigger)).replaces).toEqual([]);
    const other = await make(ACCOUNT, "other", { accountId: "other-nodes" });
    const moved = { ...nodes, serviceAccount: other.outputs["email"] as string };
    const { replaces } = await google.diff(made, { ...made.inputs, nodeConfig: moved });
    expect(replaces).toEqual(["nodeConfig"]);
  });

  test.each<[string, Wire, string]>([
    [
      "limits per zone and in total",
      { autoscaling: { maxNodeCount: 3, totalMaxNodeCount: 9 } },
      "can't be used with",
    ],
    [
      "a most below its least",
      { autoscaling: { minNodeCount: 4, maxNodeCount: 3 } },
      "must not be less than",
    ],
    ["an autoscaler without a most", { autoscaling: { minNodeCount: 1 } }, "must be at least 1"],
    ["more nodes at first than at most", { initialNodeCount: 4 }, "must not be more than"],
    ["no repairs in a channel", { management: { autoRepair: false } }, "cannot be false"],
    ["no upgrades in a channel", { management: { autoUpgrade: false } }, "cannot be false"],
    [
      "an upgrade that moves nothing",
      { upgradeSettings: { strategy: "SURGE", maxSurge: 0, maxUnavailable: 0 } },
      "greater than 0",
    ],
    ["zones of another region", { nodeLocations: ["us-west1-a"] }, "zones of the cluster's region"],
    ["another location", { location: "us-west1" }, "another location"],
    [
      "an account that is not there",
      { nodeConfig: { serviceAccount: "nobody@gitlab-tests.iam.gserviceaccount.com" } },
      "nobody@gitlab-tests",
    ],
    ["a range of pods that is not there", { networkConfig: { podRange: "no" } }, "range not found"],
    ["both its first and its current size", { nodeCount: 1 }, "Cannot set both"],
  ])("is refused with %s", async (_, change, message) => {
    const parent = await make(CLUSTER, "cluster", cluster);
    await expect(make(POOL, "web", pool(parent, change))).rejects.toThrow(message);
  });

  test("has GKE's metadata server only in a cluster with a workload pool", async () => {
    const parent = await make(CLUSTER, "cluster", without("workloadIdentityConfig"));
    await expect(make(POOL, "web", pool(parent))).rejects.toThrow("GKE_METADATA needs");
  });
});

describe("a Kubernetes account", () => {
  const grant = (): Wire => ({
    serviceAccountId: account.outputs["name"] as string,
    role: "roles/iam.workloadIdentityUser",
    member: "serviceAccount:gitlab-tests.svc.id.goog[version-production/app]",
  });

  test("is nobody to IAM before the project has a cluster with its pool", async () => {
    await expect(make(ACCOUNT_MEMBER, "app", grant())).rejects.toThrow(
      "Identity Pool does not exist",
    );
    await make(CLUSTER, "cluster", cluster);
    await expect(make(ACCOUNT_MEMBER, "app", grant())).resolves.toBeDefined();
  });

  test("needs no object of its own: IAM does not ask whether it exists", async () => {
    await make(CLUSTER, "cluster", cluster);
    const member = "serviceAccount:gitlab-tests.svc.id.goog[nowhere/nobody]";
    await expect(make(ACCOUNT_MEMBER, "app", { ...grant(), member })).resolves.toBeDefined();
  });
});
