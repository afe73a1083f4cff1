import { declared, ofType, only, type Declared } from "../../support/cloud-mocks";
import { fleetSettings, unknownConfigKeys, unpacked } from "../../support/fleet";
import { GcpMachineIdentity } from "../../../components/identity/gcp";
import { GcpRunnerFleet, type GcpRunnerFleetArgs } from "../../../components/runner-fleet/gcp";
import { parseRunnerConfig } from "../../../components/runner-fleet/render/config";

const site = {
  prefix: "gitlab-ops",
  environment: "ops",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const image = "projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260901";
const gitlab = "serviceAccount:gitlab@acme.iam.gserviceaccount.com";
const manager = "serviceAccount:gitlab-ops-runner-builds@project.iam.gserviceaccount.com";

async function build(change: Partial<GcpRunnerFleetArgs> = {}) {
  return declared((opts) => {
    const identity = new GcpMachineIdentity(
      "manager-identity",
      { site, project: "acme-ops", machine: "runner-builds", description: "Manager" },
      opts,
    );
    return new GcpRunnerFleet(
      "builds",
      {
        site,
        fleet: fleetSettings,
        release: { version: "19.2.0", pluginVersion: "1.0.0" },
        project: "acme-ops",
        zone: "europe-west4-a",
        gitlabUrl: "https://ops.example.com",
        subnetId: "projects/acme-ops/regions/europe-west4/subnetworks/runners",
        image,
        identity,
        workerTag: "runner-worker",
        issuer: gitlab,
        cacheLocation: "europe-west4",
        channels: ["projects/acme-ops/notificationChannels/1"],
        ...change,
      },
      opts,
    );
  });
}

let resources: readonly Declared[];
let fleet: GcpRunnerFleet;
let files: Map<string, string>;
beforeAll(async () => {
  ({ made: fleet, resources } = await build());
  const metadata = only(resources, "gcp:compute/instance").inputs.metadata as Record<
    string,
    string
  >;
  files = unpacked(metadata["gitlab-node-files"]);
});

test("workers are Spot, without an account or an address of the internet, and die when they are taken", () => {
  const { inputs } = only(resources, "gcp:compute/instanceTemplate");
  expect(inputs).not.toHaveProperty("serviceAccount");
  expect(inputs.networkInterfaces).toEqual([
    { subnetwork: "projects/acme-ops/regions/europe-west4/subnetworks/runners" },
  ]);
  expect(inputs.scheduling).toEqual({
    provisioningModel: "SPOT",
    preemptible: true,
    automaticRestart: false,
    onHostMaintenance: "TERMINATE",
    instanceTerminationAction: "DELETE",
  });
  expect(inputs.machineType).toBe("big");
  expect(inputs.shieldedInstanceConfig).toMatchObject({ enableSecureBoot: true, enableVtpm: true });
  expect(inputs.metadata).toMatchObject({ "enable-oslogin": "FALSE" });
});

test("the group is in one zone, starts empty, and nobody but the manager repairs or replaces in it", () => {
  const { inputs } = only(resources, "gcp:compute/instanceGroupManager");
  expect(inputs).toMatchObject({
    name: "gitlab-ops-runners-builds-workers",
    baseInstanceName: "gitlab-ops-runners-builds-workers",
    zone: "europe-west4-a",
    targetSize: 0,
    waitForInstances: false,
    updatePolicy: { type: "OPPORTUNISTIC" },
    instanceLifecyclePolicy: { defaultActionOnFailure: "DO_NOTHING" },
  });
  expect(inputs).not.toHaveProperty("autoHealingPolicies");
});

test("a manager may do what the plugin needs: groups in the project, single machines only of its own name", () => {
  const roles = ofType(resources, "gcp:projects/iAMCustomRole");
  expect(roles.map(({ inputs }) => [inputs.roleId, inputs.permissions])).toEqual([
    [
      "gitlab_ops_runners_builds_group",
      [
        "compute.instanceGroupManagers.get",
        "compute.instanceGroupManagers.list",
        "compute.instanceGroupManagers.update",
      ],
    ],
    [
      "gitlab_ops_runners_builds_workers",
      ["compute.instances.get", "compute.instances.setMetadata"],
    ],
  ]);
  const grants = ofType(resources, "gcp:projects/iAMMember").map(({ inputs }) => inputs);
  expect(grants.map(({ member }) => member)).toEqual([manager, manager]);
  expect(grants.map(({ condition }) => (condition as { expression?: string })?.expression)).toEqual(
    [
      undefined,
      'resource.name.startsWith("projects/acme-ops/zones/europe-west4-a/instances/gitlab-ops-runners-builds-workers-")',
    ],
  );
});

test("the token is read by the manager and issued by GitLab's machine; the program knows no value of it", () => {
  expect(ofType(resources, "gcp:secretmanager/secretVersion")).toEqual([]);
  const rights = ofType(resources, "gcp:secretmanager/secretIamMember").map(({ inputs }) => [
    inputs.member,
    inputs.role,
  ]);
  expect(rights.sort()).toEqual(
    [
      [gitlab, "roles/secretmanager.secretAccessor"],
      [gitlab, "roles/secretmanager.secretVersionAdder"],
      [manager, "roles/secretmanager.secretAccessor"],
    ].sort(),
  );
  expect(fleet.tokenSecretName).toBe("gitlab-ops-runner-token-builds");
  expect(files.get("/etc/gitlab-node/node.env")).toContain(
    `TOKEN_SECRET='${fleet.tokenSecretName}'`,
  );
});

test("config.toml has known keys alone, the plugin's three, and a cache by the manager's own account", () => {
  const text = files.get("/etc/gitlab-node/config.toml") ?? "";
  expect(unknownConfigKeys(text)).toEqual([]);
  const [runner] = parseRunnerConfig(text).runners as Record<string, Record<string, unknown>>[];
  expect(runner?.autoscaler).toMatchObject({
    plugin: "googlecloud:1.0.0",
    plugin_config: {
      name: "gitlab-ops-runners-builds-workers",
      project: "acme-ops",
      zone: "europe-west4-a",
    },
    connector_config: { username: "ubuntu", use_external_addr: false },
  });
  expect(runner?.autoscaler?.connector_config).not.toHaveProperty("use_static_credentials");
  expect(runner?.cache).toEqual({
    Type: "gcs",
    Path: "cache",
    Shared: false,
    gcs: { BucketName: "gitlab-ops-acme-ops-runner-cache-builds" },
  });
});

test("the manager runs as its own account, on demand, by OS Login, and loads its files from its metadata", () => {
  const { inputs } = only(resources, "gcp:compute/instance");
  expect(inputs).toMatchObject({
    machineType: "tiny",
    serviceAccount: { email: manager.replace("serviceAccount:", "") },
    scheduling: { provisioningModel: "STANDARD", automaticRestart: true },
    metadata: { "enable-oslogin": "TRUE" },
    bootDisk: { initializeParams: { image } },
  });
  expect((inputs.metadata as Record<string, string>)["user-data"]).toMatch(/^#cloud-config\n/);
  expect(files.has("/opt/gitlab-node/apply")).toBe(true);
  expect([...files.keys()].filter((path) => path.includes("aws"))).toEqual([]);
});

test("a manager that says nothing is heard as one that says it is down", () => {
  const { inputs } = only(resources, "gcp:monitoring/alertPolicy");
  const [condition] = inputs.conditions as Record<string, Record<string, unknown>>[];
  const query = String(condition?.conditionPrometheusQueryLanguage?.query);
  expect(query).toContain("max_over_time(");
  expect(query).toContain("absent_over_time(");
  expect(query.match(/instance_id="\d+"/g)).toHaveLength(2);
  expect(JSON.stringify(inputs.documentation)).toContain("/runner-manager.md");
});

test("a fleet without a machine type is refused", async () => {
  await expect(build({ fleet: { ...fleetSettings, workerTypes: [] } })).rejects.toThrow(
    "has no machine type",
  );
});
