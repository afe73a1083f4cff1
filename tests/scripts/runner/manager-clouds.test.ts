import { statSync, writeFileSync } from "node:fs";
import type { MachineCloud } from "../../../components/gitlab-instance/package/contract";
import type { NodeFile } from "../../../components/node-files/contract";
import { azureManagerFiles } from "../../../components/runner-fleet/azure-files";
import { gcpManagerFiles } from "../../../components/runner-fleet/gcp-files";
import { fleetSettings } from "../../support/fleet";
import { CloudApi, curlOf } from "../support/cloud-api";
import type { Machine } from "../support/machine";
import { World } from "../support/world";
import { downloads, hostCommands, release, runnerBinary, starts, token } from "./manager-host";

const facts = {
  environment: "dev",
  gitlabUrl: "https://gitlab.example.com",
  fleet: fleetSettings,
  release: { version: "19.2.0", pluginVersion: "1.0.0" },
};
const machineId =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/manager";
const azure: Extract<MachineCloud, { kind: "azure" }> = {
  kind: "azure",
  subscriptionId: "s",
  resourceGroup: "g",
  location: "eastus2",
  vaultUrl: "https://gitlab-dev.vault.azure.net",
  identityClientId: "00000000-0000-4000-8000-00000000c11d",
  metricsResourceId: machineId,
};
const workerKey = "-----BEGIN PRIVATE KEY-----\nplanted-worker-key\n-----END PRIVATE KEY-----\n";
const cacheKey = '{"private_key":"planted-cache-key"}';

/** What a cloud's manager is, has, and keeps secret. */
interface Case {
  readonly cloud: MachineCloud;
  readonly plugin: string;
  readonly files: readonly NodeFile[];
  readonly secrets: Readonly<Record<string, string>>;
}
const cases: Readonly<Record<"azure" | "gcp", Case>> = {
  azure: {
    cloud: azure,
    plugin: "azure:1.0.0",
    files: azureManagerFiles({
      ...facts,
      subscriptionId: azure.subscriptionId,
      resourceGroup: azure.resourceGroup,
      location: azure.location,
      scaleSet: "workers",
      vaultUrl: azure.vaultUrl,
      identityClientId: azure.identityClientId,
      machineId,
      cacheBucket: "cache",
      secrets: { token: "runner-token", workerKey: "worker-key-1", cacheKey: "cache-key-1" },
    }),
    secrets: { "runner-token": token, "worker-key-1": workerKey, "cache-key-1": cacheKey },
  },
  gcp: {
    cloud: { kind: "gcp", project: "acme-ops", zone: "europe-west4-a" },
    plugin: "googlecloud:1.0.0",
    files: gcpManagerFiles({
      ...facts,
      project: "acme-ops",
      zone: "europe-west4-a",
      group: "workers",
      cacheBucket: "cache",
      tokenSecret: "runner-token",
    }),
    secrets: { "runner-token": token },
  },
};

let world: World;
let machine: Machine;
let api: CloudApi;
let served: Record<string, string>;

async function setUp({ cloud, plugin, files, secrets }: Case): Promise<void> {
  world = await World.create({ quietMs: 20 });
  machine = world.machine("manager", files);
  hostCommands(world, machine);
  api = new CloudApi(world, cloud);
  for (const [name, value] of Object.entries(secrets)) api.secrets.set(name, value);
  served = release(runnerBinary(plugin));
  machine.commands["curl"] = curlOf(api, ({ url }) => {
    if (!url.href.startsWith(downloads)) return undefined;
    const body = served[url.href];
    return body === undefined ? { status: 404 } : { status: 200, body };
  });
}
const boot = () => machine.run("/opt/gitlab-node/boot");
const metrics = (name: string) => world.metrics.filter((metric) => metric.name === name);

describe.each(["azure", "gcp"] as const)("a manager on %s", (kind) => {
  beforeEach(() => setUp(cases[kind]));
  afterEach(() => world.close());

  test("boots from a bare image to a runner with its plugin and its token, and no secret leaks", async () => {
    const { code, log } = await boot();
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(
      machine.has(`/var/lib/gitlab-runner/plugins/${cases[kind].plugin.replace(/:.*/, "")}`),
    ).toBe(true);
    expect(machine.read("/run/gitlab-node/runner.env")).toBe(`RUNNER_TOKEN=${token}\n`);
    expect(statSync(machine.path("/run/gitlab-node/runner.env")).mode & 0o777).toBe(0o600);
    expect(starts(world)).toHaveLength(1);
    expect(metrics("boot_failure")).toEqual([]);
    expect(world.leaks([token, api.token, "planted-worker-key", "planted-cache-key"])).toEqual([]);
  });

  test("apply starts the boot anew and returns, so that new files are seen while it waits", async () => {
    api.secrets.set("runner-token", undefined);
    expect((await machine.run("/opt/gitlab-node/apply")).code).toBe(0);
    expect(world.history.map(({ detail }) => detail)).toContain(
      "restart --no-block gitlab-node.service",
    );
    expect(machine.has("/var/log/gitlab-node")).toBe(true);
  });

  test("a token that comes late is waited for: heard after an hour, and the runner starts by itself", async () => {
    api.secrets.set("runner-token", kind === "azure" ? "not set yet" : undefined);
    const running = machine.start("/opt/gitlab-node/boot");
    await world.until("the alarm", () => metrics("runner_token_missing").length > 0, 60_000);
    expect(starts(world)).toEqual([]);
    api.secrets.set("runner-token", token);
    expect((await running.ended).code).toBe(0);
    expect(starts(world)).toHaveLength(1);
  });

  test("the pulse says up, down, and up while the first token is awaited", async () => {
    await machine.run("/opt/gitlab-node/pulse");
    expect(api.metric("runner_manager_up")).toBe("1");
    machine.commands["systemctl"] = () => ({ code: 3 });
    await machine.run("/opt/gitlab-node/pulse");
    expect(api.metric("runner_manager_up")).toBe("0");
    writeFileSync(machine.path("/run/gitlab-node/token-awaited"), "1000\n");
    await machine.run("/opt/gitlab-node/pulse");
    expect(api.metric("runner_manager_up")).toBe("1");
  });

  test("a runner of another checksum is not installed, and the failure is counted", async () => {
    served[`${downloads}/binaries/gitlab-runner-linux-amd64`] += "# changed\n";
    expect((await boot()).code).not.toBe(0);
    expect(machine.has("/usr/local/bin/gitlab-runner")).toBe(false);
    expect(metrics("boot_failure").length).toBeGreaterThan(0);
  });
});

describe("keys that a runner on Azure reads as files", () => {
  beforeEach(() => setUp(cases.azure));
  afterEach(() => world.close());

  test("lie in memory, whole, for root alone", async () => {
    await boot();
    for (const [name, value] of [
      ["worker-key", workerKey],
      ["cache-key", cacheKey],
    ] as const) {
      const path = `/run/gitlab-node/credentials/${name}`;
      expect(machine.read(path)).toBe(value);
      expect(statSync(machine.path(path)).mode & 0o777).toBe(0o600);
    }
  });

  test.each(["worker-key-1", "cache-key-1"])(
    "%s that cannot be read keeps the runner from starting, loudly; the next boot comes right",
    async (name) => {
      const value = api.secrets.get(name);
      api.secrets.delete(name);
      expect((await boot()).code).not.toBe(0);
      expect(starts(world)).toEqual([]);
      expect(metrics("boot_failure").length).toBeGreaterThan(0);
      api.secrets.set(name, value);
      expect((await boot()).code).toBe(0);
      expect(starts(world)).toHaveLength(1);
    },
  );
});
