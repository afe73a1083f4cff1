import * as pulumi from "@pulumi/pulumi";
import { declared, ofType, only, valueOf } from "../../support/cloud-mocks";
import { AzureDiskBackups } from "../../../components/backup-schedule/azure-disks";
import { AzureInstanceDisks, AzureInstanceStore } from "../../../components/gitlab-instance/azure";
import { AzurePeople, AzureRights, azureRoles } from "../../../components/identity/azure";
import { AzureStoredSecret, AzureVault, unsetValue } from "../../../components/keys/azure";
import { fixedGuid } from "../../../components/shared/azure";

const site = {
  prefix: "gitlab-test",
  environment: "dev",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const place = {
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  location: "eastus2",
  groupName: "gitlab-test",
  resourceGroupName: "gitlab-test",
};
const vaultFacts = {
  place,
  vaultName: "gitlab-test-0",
  url: "https://gitlab-test-0.vault.azure.net",
  name: pulumi.output("gitlab-test-0"),
};

describe("fixed GUIDs", () => {
  test("are version 5 UUIDs, the same for the same text and others for others", () => {
    const texts = ["a", "b", "gitlab-dev/metrics", ""];
    const guids = texts.map(fixedGuid);
    for (const guid of guids) {
      expect(guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(texts.map(fixedGuid)).toEqual(guids);
    expect(new Set(guids).size).toBe(texts.length);
  });
});

describe("rights", () => {
  test("name a built-in role of the subscription, and have names that say what they are", async () => {
    const { resources } = await declared(
      (opts) =>
        new AzureRights(
          "rights",
          {
            site,
            subscriptionId: place.subscriptionId,
            principalId: "who",
            principalType: "ServicePrincipal",
            on: {
              one: { role: "keyVaultSecretsUser", scope: "/a" },
              two: { role: "reader", scope: "/a" },
            },
          },
          opts,
        ),
    );
    const made = ofType(resources, "azure-native:authorization:RoleAssignment");
    expect(made.map(({ inputs }) => inputs["roleDefinitionId"])).toEqual(
      [azureRoles.keyVaultSecretsUser, azureRoles.reader].map(
        (id) =>
          `/subscriptions/${place.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
      ),
    );
    expect(new Set(made.map(({ inputs }) => inputs["roleAssignmentName"])).size).toBe(2);
  });

  test("of people end at their role: support sees, production comes through Bastion, nobody else has any", async () => {
    const { resources } = await declared(
      (opts) =>
        new AzurePeople(
          "people",
          {
            site,
            subscriptionId: place.subscriptionId,
            groups: { production: ["p"], support: ["s"] },
            scopes: {
              group: "/group",
              machine: "/machine",
              interface: "/nic",
              bastion: "/bastion",
            },
          },
          opts,
        ),
    );
    const given = ofType(resources, "azure-native:authorization:RoleAssignment").map(({ inputs }) =>
      [
        inputs["principalId"],
        inputs["principalType"],
        inputs["scope"],
        String(inputs["roleDefinitionId"]).split("/").at(-1),
      ].join(" "),
    );
    expect(given.sort()).toEqual(
      [
        `p Group /bastion ${azureRoles.reader}`,
        `p Group /group ${azureRoles.monitoringReader}`,
        `p Group /machine ${azureRoles.reader}`,
        `p Group /nic ${azureRoles.reader}`,
        `s Group /group ${azureRoles.monitoringReader}`,
      ].sort(),
    );
  });
});

describe("the vault", () => {
  const build = (protection = true) =>
    declared(
      (opts) =>
        new AzureVault(
          "vault",
          {
            site: { ...site, protection },
            place,
            tenantId: "tenant",
            softDeleteDays: 90,
            subnetIds: ["/subnet"],
            readerCidrs: ["203.0.113.0/24"],
            workspaceId: "/workspace",
          },
          opts,
        ),
    );

  test("gives rights by roles alone, is closed but to its subnets, and forgets nothing at once", async () => {
    const { made, resources } = await build();
    const vault = only(resources, "azure-native:keyvault:Vault");
    expect(vault.inputs["properties"]).toMatchObject({
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      enablePurgeProtection: true,
      softDeleteRetentionInDays: 90,
      networkAcls: {
        defaultAction: "Deny",
        virtualNetworkRules: [{ id: "/subnet" }],
        ipRules: [{ value: "203.0.113.0/24" }],
      },
    });
    expect(vault.inputs["properties"]).not.toHaveProperty("accessPolicies");
    expect(vault.protect).toBe(true);
    expect(made.vaultName).toMatch(/^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/);
    expect(made.url).toBe(`https://${made.vaultName}.vault.azure.net`);
  });

  test("stands without Pulumi's protection where the settings lift it", async () => {
    const { resources } = await build(false);
    expect(only(resources, "azure-native:keyvault:Vault").protect).toBe(false);
  });

  test("keeps a secret that a machine fills from being emptied again, its rights on that secret alone", async () => {
    const { resources } = await declared(
      (opts) =>
        new AzureStoredSecret(
          "token",
          {
            site,
            vault: vaultFacts,
            secretName: "runner-token-builds",
            readers: { manager: "reader" },
            writers: { issuer: "writer" },
          },
          opts,
        ),
    );
    expect(only(resources, "azure-native:keyvault:Secret").inputs["properties"]).toMatchObject({
      value: unsetValue,
    });
    // What waits for a runner's token takes nothing else for one.
    expect(unsetValue).not.toMatch(/^glrt-/);
    const scope = `/subscriptions/${place.subscriptionId}/resourceGroups/gitlab-test/providers/Microsoft.KeyVault/vaults/gitlab-test-0/secrets/runner-token-builds`;
    const rights = ofType(resources, "azure-native:authorization:RoleAssignment");
    expect(
      rights.map(({ inputs }) => [
        inputs["principalId"],
        inputs["scope"],
        String(inputs["roleDefinitionId"]).split("/").at(-1),
      ]),
    ).toEqual([
      ["reader", scope, azureRoles.keyVaultSecretsUser],
      ["writer", scope, azureRoles.keyVaultSecretsOfficer],
    ]);
  });
});

describe("an instance's secrets", () => {
  const build = () =>
    declared(
      (opts) =>
        new AzureInstanceStore(
          "store",
          {
            site,
            vault: vaultFacts,
            machine: "machine",
            initialRootPassword: pulumi.secret("root"),
            objectStorageKey: pulumi.secret("{}"),
            backupCredentials: pulumi.secret("{}"),
            oauthApplications: ["sentry", "version"],
          },
          opts,
        ),
    );

  test("are read by the machine one by one, and `recovery` is the only one that it writes", async () => {
    const { made, resources } = await build();
    expect(made.names).toEqual({
      recovery: "recovery",
      initialRootPassword: "initial-root-password",
      objectStorageKey: "object-storage-key",
      backupCredentials: "backup-credentials",
      oauthApplications: "oauth-applications",
    });
    const writes = ofType(resources, "azure-native:authorization:RoleAssignment").filter(
      ({ inputs }) =>
        String(inputs["roleDefinitionId"]).endsWith(azureRoles.keyVaultSecretsOfficer),
    );
    expect(writes.map(({ inputs }) => String(inputs["scope"]).split("/").at(-1))).toEqual([
      "recovery",
    ]);
  });

  test("hold OAuth ids and secrets in GitLab's own form, the secret never as a plain text", async () => {
    const { made } = await build();
    const { sentry } = made.oauthClients;
    expect(await valueOf(sentry?.id ?? pulumi.output(""))).toMatch(/^[0-9a-f]{64}$/);
    const secret = sentry?.secret ?? pulumi.output("");
    expect(await valueOf(secret)).toMatch(/^gloas-[0-9a-f]{64}$/);
    expect(await pulumi.isSecret(secret)).toBe(true);
  });
});

describe("disks", () => {
  const build = (protection: boolean, kind: "Premium_LRS" | "Premium_ZRS" = "Premium_LRS") =>
    declared(
      (opts) =>
        new AzureInstanceDisks(
          "disks",
          {
            site: { ...site, protection },
            place,
            zone: "3",
            kind,
            sizesGiB: { repositories: 512, state: 256 },
          },
          opts,
        ),
    );

  test("are protected and locked, and neither once the settings say so", async () => {
    const kept = await build(true);
    const disks = ofType(kept.resources, "azure-native:compute:Disk");
    expect(disks.map(({ protect }) => protect)).toEqual([true, true]);
    const locks = ofType(kept.resources, "azure-native:authorization:ManagementLockByScope");
    expect(locks.map(({ inputs }) => inputs["level"])).toEqual(["CanNotDelete", "CanNotDelete"]);
    const lifted = await build(false);
    expect(lifted.resources.some(({ protect }) => protect)).toBe(false);
    expect(
      ofType(lifted.resources, "azure-native:authorization:ManagementLockByScope"),
    ).toHaveLength(0);
  });

  test("are empty SSDs beside the machine or in all zones, that nobody copies out over the network", async () => {
    for (const kind of ["Premium_LRS", "Premium_ZRS"] as const) {
      const { resources } = await build(true, kind);
      for (const { inputs } of ofType(resources, "azure-native:compute:Disk")) {
        expect(inputs).toMatchObject({
          sku: { name: kind },
          creationData: { createOption: "Empty" },
          networkAccessPolicy: "DenyAll",
        });
        expect(inputs["zones"]).toEqual(kind === "Premium_LRS" ? ["3"] : undefined);
      }
    }
  });

  const backups = (changes: Partial<{ retentionDays: number; time: string }> = {}) =>
    declared(
      (opts) =>
        new AzureDiskBackups(
          "snapshots",
          {
            site,
            place,
            snapshots: { id: "/snapshots" },
            disks: { state: { id: "/disk", name: "gitlab-test-state" } },
            retentionDays: 14,
            time: "01:30",
            after: [],
            ...changes,
          },
          opts,
        ),
    );

  test("are snapshotted daily by a vault that may read each disk and write snapshots beside them", async () => {
    const { resources } = await backups();
    expect(only(resources, "azure-native:dataprotection:BackupPolicy").inputs).toMatchObject({
      properties: {
        policyRules: [
          {
            trigger: { schedule: { repeatingTimeIntervals: ["R/2025-01-01T01:30:00+00:00/P1D"] } },
          },
          { lifecycles: [{ deleteAfter: { duration: "P14D" } }] },
        ],
      },
    });
    const rights = ofType(resources, "azure-native:authorization:RoleAssignment").map(
      ({ inputs }) =>
        `${String(inputs["scope"])} ${String(inputs["roleDefinitionId"]).split("/").at(-1)}`,
    );
    expect(rights).toEqual([
      `/snapshots ${azureRoles.diskSnapshotContributor}`,
      `/disk ${azureRoles.diskBackupReader}`,
    ]);
  });

  test("refuse days and times that the service does not take", async () => {
    await expect(backups({ retentionDays: 0 })).rejects.toThrow(/1 to 360/);
    await expect(backups({ time: "25:00" })).rejects.toThrow(/hh:mm/);
  });
});
