/** What GCP's and Azure's providers do otherwise than AWS's: places, labels, names, services, local values. */
import { azureNative } from "../../../sandbox/models/azure-native";
import { gcp } from "../../../sandbox/models/gcp";
import { random } from "../../../sandbox/models/random";
import { Bench, urnOf, type Connection, type Wire } from "./support/client";

const NETWORK = "gcp:compute/network:Network";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const ADDRESS = "gcp:compute/address:Address";
const DISK = "gcp:compute/disk:Disk";
const INSTANCE = "gcp:compute/instance:Instance";
const SERVICE = "gcp:projects/service:Service";
const GROUP = "azure-native:resources:ResourceGroup";
const PUBLIC_IP = "azure-native:network:PublicIPAddress";
const IMAGE = "projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20250610";

let bench: Bench;
let google: Connection;

beforeEach(async () => {
  bench = await Bench.start([gcp, azureNative, random]);
  google = await bench.connect("gcp", {
    project: "gitlab-tests",
    region: "europe-west1",
    zone: "europe-west1-b",
    defaultLabels: JSON.stringify({ owner: "tests" }),
  });
});
afterEach(() => bench.stop());

const make = (type: string, name: string, news: Wire) => google.make(urnOf(type, name), news);
const enable = () => make(SERVICE, "compute", { service: "compute.googleapis.com" });

async function machine(more: Wire = {}): Promise<Wire> {
  const network = await make(NETWORK, "net", { autoCreateSubnetworks: false });
  const subnet = await make(SUBNETWORK, "sub", { network: network.id, ipCidrRange: "10.0.0.0/24" });
  return {
    machineType: "n2-standard-8",
    bootDisk: { initializeParams: { image: IMAGE } },
    networkInterfaces: [{ subnetwork: subnet.id }],
    ...more,
  };
}

describe("GCP", () => {
  test("an object of a service that nobody enabled is refused, and made once it is enabled", async () => {
    await expect(make(NETWORK, "net", {})).rejects.toThrow(
      "Error 403: compute.googleapis.com has not been used in project gitlab-tests before or it is disabled",
    );
    await enable();
    await expect(make(NETWORK, "net", {})).resolves.toBeDefined();
  });

  test("a service stays enabled when its resource is deleted, and is not left over", async () => {
    const service = await enable();
    await google.delete(service);
    expect(bench.sandbox.leftOver()).toEqual([]);
    await expect(make(NETWORK, "net", {})).resolves.toBeDefined();
    await expect(enable()).resolves.toBeDefined();
  });

  test("project, region and zone come from the provider, and are known at preview", async () => {
    await enable();
    const { inputs } = await google.check(urnOf(DISK, "d"), { size: 10 });
    expect(inputs).not.toHaveProperty("zone");
    const planned = await google.create(urnOf(DISK, "d"), inputs, true);
    expect(planned.outputs).toMatchObject({ project: "gitlab-tests", zone: "europe-west1-b" });
    const made = await google.create(urnOf(DISK, "d"), { ...inputs, zone: "europe-west1-c" });
    expect(made.id).toMatch(
      /^projects\/gitlab-tests\/zones\/europe-west1-c\/disks\/d-[0-9a-f]{7}$/,
    );
  });

  test("a provider without a project makes nothing that does not name its own", async () => {
    const bare = await bench.connect("gcp", { region: "europe-west1" });
    const { failures } = await bare.check(urnOf(ADDRESS, "a"), {});
    expect(failures.map(({ property }) => property)).toEqual(["project"]);
  });

  test("labels get the provider's own and the attribution beside them, known at preview", async () => {
    await enable();
    const { inputs } = await google.check(urnOf(ADDRESS, "a"), { labels: { component: "edge" } });
    const { outputs } = await google.create(urnOf(ADDRESS, "a"), inputs, true);
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const all = { component: "edge", owner: "tests", "goog-pulumi-provisioned": "true" };
    expect(outputs["pulumiLabels"]).toEqual({ ...secret, value: all });
    expect(outputs["effectiveLabels"]).toEqual({ ...secret, value: all });
  });

  test("other default labels are an update in place", async () => {
    await enable();
    const made = await make(ADDRESS, "a", {});
    const other = await bench.connect("gcp", {
      project: "gitlab-tests",
      region: "europe-west1",
      defaultLabels: JSON.stringify({ owner: "others" }),
    });
    const { detailed, replaces } = await other.diff(made, made.inputs);
    expect(detailed).toEqual({
      "pulumiLabels.owner": "update",
      "effectiveLabels.owner": "update",
    });
    expect(replaces).toEqual([]);
  });

  test("a label with a capital is refused by its key", async () => {
    const { failures } = await google.check(urnOf(ADDRESS, "a"), { labels: { Owner: "x" } });
    expect(failures).toEqual([
      { property: "labels.Owner", reason: expect.stringContaining("must match") as string },
    ]);
  });

  test("an id, a full link and a name mean the same object and are no difference", async () => {
    await enable();
    const network = await make(NETWORK, "net", { name: "net" });
    const news = { network: network.id, ipCidrRange: "10.0.0.0/24" };
    const subnet = await make(SUBNETWORK, "sub", news);
    for (const link of [network.outputs["selfLink"] as string, "net"]) {
      const { inputs } = await google.check(subnet.urn, { ...news, network: link }, subnet.inputs);
      expect((await google.diff(subnet, inputs)).detailed).toEqual({});
    }
    await expect(google.delete(network)).rejects.toThrow("resourceInUseByAnotherResource");
  });

  test("ranges of one network overlap nowhere, secondary ones neither", async () => {
    await enable();
    const { id: network } = await make(NETWORK, "net", {});
    await make(SUBNETWORK, "one", { network, ipCidrRange: "10.0.0.0/24" });
    const secondaryIpRanges = [{ rangeName: "pods", ipCidrRange: "10.0.0.128/25" }];
    await expect(
      make(SUBNETWORK, "two", { network, ipCidrRange: "10.1.0.0/24", secondaryIpRanges }),
    ).rejects.toThrow(
      'secondaryIpRanges[].ipCidrRange "10.0.0.128/25" conflicts with "10.0.0.0/24"',
    );
  });

  test("a range and a disk grow in place, and shrink by being replaced", async () => {
    await enable();
    const disk = await make(DISK, "d", { size: 20 });
    const size = async (news: number) =>
      (await google.diff(disk, { ...disk.inputs, size: news })).detailed;
    expect(await size(30)).toEqual({ size: "update" });
    expect(await size(10)).toEqual({ size: "update-replace" });
  });

  test("a running machine's type changes only where it may be stopped for it", async () => {
    await enable();
    const made = await make(INSTANCE, "vm", await machine());
    const news = { ...made.inputs, machineType: "n2-standard-16" };
    await expect(google.update(made, news)).rejects.toThrow(
      "Changing machineType on a started instance requires stopping it",
    );
    const allowed = { ...news, allowStoppingForUpdate: true };
    await expect(google.update(made, allowed)).resolves.toBeDefined();
  });

  test("metadata changes in place, another image makes a new machine", async () => {
    await enable();
    const made = await make(INSTANCE, "vm", await machine({ metadata: { a: "1" } }));
    const metadata = await google.diff(made, { ...made.inputs, metadata: { a: "2" } });
    expect(metadata.detailed).toEqual({ "metadata.a": "update" });
    const bootDisk = { initializeParams: { image: `${IMAGE}0` } };
    const { inputs } = await google.check(made.urn, { ...made.inputs, bootDisk }, made.inputs);
    const { detailed } = await google.diff(made, inputs);
    expect(detailed).toEqual({ "bootDisk.initializeParams.image": "update-replace" });
  });

  test("a disk that a machine has can't be deleted, nor given to another, nor to another zone's", async () => {
    await enable();
    const disk = await make(DISK, "d", { size: 10 });
    const news = await machine({ attachedDisks: [{ source: disk.id }] });
    await make(INSTANCE, "vm", news);
    await expect(google.delete(disk)).rejects.toThrow("is in use by");
    await expect(make(INSTANCE, "second", news)).rejects.toThrow("uses already");
    const far = await make(DISK, "far", { size: 10, zone: "europe-west1-c" });
    await expect(
      make(INSTANCE, "third", { ...news, attachedDisks: [{ source: far.id }] }),
    ).rejects.toThrow("a disk must be in the same zone as the instance");
  });

  test("a machine with deletion protection is not deleted", async () => {
    await enable();
    const made = await make(INSTANCE, "vm", await machine({ deletionProtection: true }));
    await expect(google.delete(made)).rejects.toThrow("deletionProtection must be set to false");
  });
});

describe("Azure", () => {
  const subscriptionId = "22222222-3333-4444-8555-666666666666";
  const connect = (more: Wire = {}) => bench.connect("azure-native", { subscriptionId, ...more });

  test("a made-up name has eight digits and is recorded, so that a successor can be made first", async () => {
    const azure = await connect();
    const { inputs } = await azure.check(urnOf(GROUP, "rg"), { location: "westeurope" });
    expect(inputs).toEqual({
      location: "westeurope",
      resourceGroupName: expect.stringMatching(/^rg[0-9a-f]{8}$/) as string,
      __createBeforeDelete: true,
    });
    const made = await azure.create(urnOf(GROUP, "rg"), inputs);
    const moved = await azure.diff(made, { ...inputs, location: "northeurope" });
    expect(moved).toMatchObject({ replaces: ["location"], deleteBeforeReplace: false });
    const again = await azure.check(made.urn, { location: "westeurope" }, inputs, "another");
    expect(again.inputs).toEqual(inputs);
  });

  test("an object with a name of one's own is deleted before its successor is made", async () => {
    const azure = await connect();
    const news = { location: "westeurope", resourceGroupName: "rg" };
    const made = await azure.make(urnOf(GROUP, "rg"), news);
    const moved = await azure.diff(made, { ...news, location: "northeurope" });
    expect(moved.deleteBeforeReplace).toBe(true);
  });

  test("a location is the provider's, else that of the resource group", async () => {
    const azure = await connect();
    await azure.make(urnOf(GROUP, "rg"), { location: "westeurope", resourceGroupName: "rg" });
    const inGroup = await azure.check(urnOf(PUBLIC_IP, "ip"), { resourceGroupName: "RG" });
    expect(inGroup.inputs["location"]).toBe("westeurope");
    const north = await connect({ location: "northeurope" });
    const given = await north.check(urnOf(PUBLIC_IP, "ip"), { resourceGroupName: "rg" });
    expect(given.inputs["location"]).toBe("northeurope");
  });

  test("names mean the same in capitals", async () => {
    const azure = await connect();
    const made = await azure.make(urnOf(GROUP, "a"), {
      location: "westeurope",
      resourceGroupName: "rg",
    });
    expect(made.id).toBe(`/subscriptions/${subscriptionId}/resourceGroups/rg`);
    expect(await azure.read({ ...made, id: made.id.toUpperCase() })).toBeDefined();
    await expect(
      azure.make(urnOf(GROUP, "b"), { location: "westeurope", resourceGroupName: "RG" }),
    ).rejects.toThrow("AlreadyExists");
  });
});

describe("random values", () => {
  test("one value in four spellings; no cloud has it, and any change makes another", async () => {
    const connection = await bench.connect("random", {});
    const urn = urnOf("random:index/randomId:RandomId", "id");
    const made = await connection.make(urn, { byteLength: 32, prefix: "gloas-" });
    const bytes = Buffer.from(made.id, "base64url");
    expect(bytes).toHaveLength(32);
    expect(made.outputs["hex"]).toBe(`gloas-${bytes.toString("hex")}`);
    expect(made.outputs["b64Std"]).toBe(`gloas-${bytes.toString("base64")}`);
    expect(bench.sandbox.leftOver()).toEqual([]);
    expect(await connection.read(made)).toMatchObject({ id: made.id, outputs: made.outputs });
    const { replaces } = await connection.diff(made, { ...made.inputs, byteLength: 16 });
    expect(replaces).toEqual(["byteLength"]);
  });

  test("a password has the letters that are asked for and is a secret", async () => {
    const connection = await bench.connect("random", {});
    const urn = urnOf("random:index/randomPassword:RandomPassword", "p");
    const made = await connection.make(urn, {
      length: 24,
      special: false,
      upper: false,
      minNumeric: 20,
    });
    const result = made.outputs["result"] as { value: string };
    expect(result.value).toMatch(/^[a-z0-9]{24}$/);
    expect(result.value.replace(/[a-z]/g, "").length).toBeGreaterThanOrEqual(20);
  });
});
