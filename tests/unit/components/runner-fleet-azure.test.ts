import { createPrivateKey, createPublicKey } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { declared, isSecret, ofType, only, type Declared } from "../../support/cloud-mocks";
import { fleetSettings, unknownConfigKeys, unpacked } from "../../support/fleet";
import {
  AzureRunnerFleet,
  type AzureRunnerFleetArgs,
} from "../../../components/runner-fleet/azure";
import { parseRunnerConfig } from "../../../components/runner-fleet/render/config";
import { sshKeyPair } from "../../../components/runner-fleet/ssh-key";

const subscriptionId = "11111111-1111-4111-8111-111111111111";
const place = {
  subscriptionId,
  location: "eastus2",
  groupName: "gitlab-dev",
  resourceGroupName: "gitlab-dev",
};
const group = `/subscriptions/${subscriptionId}/resourceGroups/gitlab-dev`;
const subnetId = `${group}/providers/Microsoft.Network/virtualNetworks/net/subnets/runners`;
const site = {
  prefix: "gitlab-dev",
  environment: "dev",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const args: AzureRunnerFleetArgs = {
  site,
  fleet: { ...fleetSettings, privileged: true },
  release: { version: "19.2.0", pluginVersion: "1.0.0" },
  place,
  gitlabUrl: "https://dev.example.com",
  subnetId,
  imageVersion: "24.04.202510010",
  admin: { username: "operator", sshKey: "ssh-ed25519 AAAAC3Nza operator" },
  vault: {
    place,
    vaultName: "gitlab-dev-vault",
    url: "https://gitlab-dev-vault.vault.azure.net",
    name: pulumi.output("gitlab-dev-vault"),
  },
  issuer: "gitlab-principal",
  cache: { bucket: "gitlab-dev-cache", key: pulumi.secret('{"planted":"cache"}'), ready: [] },
  actionGroupId: `${group}/providers/Microsoft.Insights/actionGroups/people`,
};

let resources: readonly Declared[];
let fleet: AzureRunnerFleet;
let files: Map<string, string>;
const build = (change: Partial<AzureRunnerFleetArgs> = {}) =>
  declared((opts) => new AzureRunnerFleet("builds", { ...args, ...change }, opts));
const secret = (name: string): Declared => {
  const found = ofType(resources, "azure-native:keyvault").find(
    ({ inputs }) => inputs.secretName === name,
  );
  if (found === undefined) throw new Error(`no secret ${name}`);
  return found;
};
beforeAll(async () => {
  ({ made: fleet, resources } = await build());
  files = unpacked(only(resources, "azure-native:compute:VirtualMachine").inputs.userData);
});

test("workers are Spot machines of a Uniform scale set that nobody but the manager scales or changes", () => {
  const { inputs } = only(resources, "azure-native:compute:VirtualMachineScaleSet");
  expect(inputs).toMatchObject({
    orchestrationMode: "Uniform",
    sku: { name: "big", capacity: 0 },
    overprovision: false,
    singlePlacementGroup: false,
    upgradePolicy: { mode: "Manual" },
    virtualMachineProfile: {
      priority: "Spot",
      evictionPolicy: "Delete",
      billingProfile: { maxPrice: -1 },
      securityProfile: { securityType: "TrustedLaunch", encryptionAtHost: true },
      storageProfile: { imageReference: { version: "24.04.202510010" } },
    },
  });
  for (const automatic of ["spotRestorePolicy", "automaticRepairsPolicy", "scaleInPolicy"])
    expect(inputs).not.toHaveProperty(automatic);
});

test("workers have no identity, no address of the internet and no password", () => {
  const { inputs } = only(resources, "azure-native:compute:VirtualMachineScaleSet");
  expect(inputs).not.toHaveProperty("identity");
  const profile = JSON.stringify(inputs.virtualMachineProfile);
  expect(profile).not.toContain("publicIPAddressConfiguration");
  expect(profile).not.toContain("adminPassword");
  expect(profile).toContain('"disablePasswordAuthentication":true');
  expect(profile).toContain('"keyData":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI');
});

test("a worker installs Docker for the user that the manager comes as, and its user data says nothing else", () => {
  const { inputs } = only(resources, "azure-native:compute:VirtualMachineScaleSet");
  const { osProfile } = inputs.virtualMachineProfile as {
    readonly osProfile: { readonly customData: string; readonly adminUsername: string };
  };
  const text = Buffer.from(osProfile.customData, "base64").toString();
  expect(osProfile.adminUsername).toBe("ubuntu");
  expect(text).toMatch(/^#!\/bin\/bash\n/);
  expect(text).toContain("install docker.io");
  expect(text).toContain("usermod --append --groups docker ubuntu");
  expect(text).not.toMatch(/@\w+@|vault|token|glrt/i);
});

test("a manager's role is what the plugin needs, given on its own scale set and subnet alone", () => {
  const role = only(resources, "azure-native:authorization:RoleDefinition");
  const [permissions] = role.inputs.permissions as { readonly actions: readonly string[] }[];
  expect(permissions?.actions.filter((action) => action.includes("*"))).toEqual([]);
  expect(permissions?.actions).toEqual(
    expect.arrayContaining([
      "Microsoft.Compute/virtualMachineScaleSets/read",
      "Microsoft.Compute/virtualMachineScaleSets/write",
      "Microsoft.Compute/virtualMachineScaleSets/delete/action",
      "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
    ]),
  );
  // With it, the manager could make workers that act as any identity that it is given.
  expect(permissions?.actions.join()).not.toContain("ManagedIdentity");
  expect(role.inputs.assignableScopes).toEqual([group]);
  const scopes = ofType(resources, "azure-native:authorization")
    .filter(({ inputs }) =>
      String(inputs.roleDefinitionId).endsWith(
        `/roleDefinitions/${String(role.inputs.roleDefinitionId)}`,
      ),
    )
    .map(({ inputs }) => inputs.scope);
  expect(scopes).toEqual([
    expect.stringMatching(/\/resourceGroups\/gitlab-dev\/.*\/virtualMachineScaleSets\/[\w-]+$/),
    subnetId,
  ]);
});

test("each secret is read by the manager alone, and the token is put in by GitLab's machine", () => {
  const rights = ofType(resources, "azure-native:authorization")
    .filter(({ inputs }) => String(inputs.scope).includes("/secrets/"))
    .map(({ inputs }) => [String(inputs.scope).split("/").pop(), inputs.principalId]);
  const manager = "builds-identity-identity-principal";
  expect(rights).toEqual([
    ["runner-token-builds", manager],
    ["runner-token-builds", "gitlab-principal"],
    ["runner-worker-key-builds", manager],
    ["runner-cache-key-builds", manager],
  ]);
});

test("private keys stand in the vault as secrets, and in no file of the manager", () => {
  for (const name of ["runner-worker-key-builds", "runner-cache-key-builds"]) {
    const { value } = secret(name).inputs.properties as { readonly value: unknown };
    expect([name, isSecret(value) || isSecret(secret(name).inputs.properties)]).toEqual([
      name,
      true,
    ]);
  }
  const text = [...files.values()].join("\n");
  expect(text).not.toMatch(/PRIVATE KEY-----\n|planted/);
});

test("config.toml has known keys alone, and reads both keys where systemd hands them to the runner", () => {
  const text = files.get("/etc/gitlab-node/config.toml") ?? "";
  expect(unknownConfigKeys(text)).toEqual([]);
  const [runner] = parseRunnerConfig(text).runners as Record<string, Record<string, unknown>>[];
  expect(runner?.docker).toMatchObject({ privileged: true });
  expect(runner?.autoscaler).toMatchObject({
    plugin: "azure:1.0.0",
    plugin_config: {
      name: "gitlab-dev-runners-builds",
      subscription_id: subscriptionId,
      resource_group_name: "gitlab-dev",
    },
    connector_config: {
      username: "ubuntu",
      use_static_credentials: true,
      key_path: "/run/credentials/gitlab-runner.service/worker-key",
    },
  });
  expect(runner?.cache).toMatchObject({
    Type: "gcs",
    gcs: { CredentialsFile: "/run/credentials/gitlab-runner.service/cache-key" },
  });
  const unit = files.get("/etc/systemd/system/gitlab-runner.service.d/credentials.conf") ?? "";
  for (const key of ["worker-key", "cache-key"])
    expect(unit).toContain(`LoadCredential=${key}:/run/gitlab-node/credentials/${key}\n`);
});

test("the manager has its own identity alone, its own id for metrics, and files that stay under Azure's limit", () => {
  const { inputs } = only(resources, "azure-native:compute:VirtualMachine");
  expect(inputs.identity).toEqual({
    type: "UserAssigned",
    userAssignedIdentities: ["builds-identity-identity-id"],
  });
  expect(files.get("/etc/gitlab-node/node.env")).toContain(
    `AZURE_METRICS_RESOURCE='${group}/providers/Microsoft.Compute/virtualMachines/${String(inputs.vmName)}'`,
  );
  expect(String(inputs.userData).length).toBeLessThanOrEqual(64 * 1024);
  expect(fleet.tokenSecretName).toBe("runner-token-builds");
});

test("a manager that is down and one that is gone are both heard, and lead to the runbook", () => {
  const alarms = ofType(resources, "azure-native:monitor");
  const criteria = alarms.map(
    ({ inputs }) =>
      (inputs.criteria as { readonly allOf: readonly Record<string, unknown>[] }).allOf[0],
  );
  expect(criteria.map((one) => [one?.metricName, one?.operator, one?.threshold])).toEqual([
    ["runner_manager_up", "LessThan", 1],
    ["VmAvailabilityMetric", "LessThan", 1],
  ]);
  for (const { inputs } of alarms) expect(inputs.description).toContain("/runner-manager.md");
});

test("a fleet without a machine size is refused", async () => {
  await expect(build({ fleet: { ...fleetSettings, workerTypes: [] } })).rejects.toThrow(
    "has no machine size",
  );
});

describe("the key that opens workers", () => {
  const pair = sshKeyPair("seed".repeat(16));

  test("is the same for the same seed, another for another, and refused where the seed is short", () => {
    expect(sshKeyPair("seed".repeat(16))).toEqual(pair);
    expect(sshKeyPair("sead".repeat(16)).publicKey).not.toBe(pair.publicKey);
    expect(() => sshKeyPair("short")).toThrow("want 64");
  });

  test("has a public half that belongs to its private one", () => {
    const jwk = createPublicKey(createPrivateKey(pair.privateKey)).export({ format: "jwk" });
    const wire = Buffer.from(pair.publicKey.split(" ")[1] ?? "", "base64");
    expect(wire.subarray(0, 19).toString("latin1")).toBe("\0\0\0\x0bssh-ed25519\0\0\0\x20");
    expect(wire.subarray(19).toString("base64url")).toBe(jwk.x);
  });
});
