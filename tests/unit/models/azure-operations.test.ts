/** What the models of Azure's vaults, monitoring and disk backups let through and what they refuse. */
import { secret, type Known, type Wire } from "../sandbox/support/client";
import { changed, GUIDS, SUBSCRIPTION, Subscription, TENANT, type Change } from "./azure-support";

let azure: Subscription;
beforeEach(async () => {
  azure = await Subscription.open();
});
afterEach(() => azure.close());

describe("key vaults", () => {
  const settings = (more: Wire = {}): Wire => ({
    tenantId: TENANT,
    sku: { family: "A", name: "standard" },
    enableRbacAuthorization: true,
    enablePurgeProtection: true,
    softDeleteRetentionInDays: 90,
    ...more,
  });
  const vault = (more: Wire = {}, vaultName = "gitlab-dev"): Promise<Known> =>
    azure.make("keyvault:Vault", { vaultName, properties: settings(more) });

  test("a vault has its address, and its name is the only one of all of Azure", async () => {
    const made = await vault();
    expect(made.outputs["properties"]).toMatchObject({
      vaultUri: "https://gitlab-dev.vault.azure.net/",
    });
    await expect(vault({}, "GITLAB-dev")).rejects.toThrow(/exists/);
  });

  test("a deleted vault keeps its name", async () => {
    const made = await vault();
    await azure.provider.delete(made);
    await expect(vault()).rejects.toThrow(/purge/);
    await vault({}, "gitlab-dev2");
  });

  test("purge protection and its retention are for ever", async () => {
    await expect(vault({ enablePurgeProtection: false })).rejects.toThrow(/irreversible/);
    const made = await vault();
    const without = settings();
    delete without["enablePurgeProtection"];
    for (const properties of [
      settings({ enablePurgeProtection: false }),
      without,
      settings({ softDeleteRetentionInDays: 30 }),
    ]) {
      await expect(azure.change(made, { properties })).rejects.toThrow(/BadRequest/);
    }
    await azure.change(made, { properties: settings({ enabledForDeployment: true }) });
  });

  test.each<[string, string, Wire, RegExp]>([
    ["with two hyphens", "git--lab", {}, /vaultName/],
    ["of 25 letters", "g".repeat(25), {}, /24/],
    ["without soft delete", "gitlab-a", { enableSoftDelete: false }, /enableSoftDelete/],
    ["kept for 91 days", "gitlab-b", { softDeleteRetentionInDays: 91 }, /90/],
    ["of another family", "gitlab-c", { sku: { family: "B", name: "standard" } }, /family/],
  ])("a vault %s is refused", async (_, name, more, message) => {
    await expect(vault(more, name)).rejects.toThrow(message);
  });

  test("subnets of a vault have an endpoint for it", async () => {
    await azure.network();
    const [plain, wired] = [
      await azure.subnet("plain", "10.0.1.0/24"),
      await azure.subnet("wired", "10.0.2.0/24", {
        serviceEndpoints: [{ service: "Microsoft.KeyVault" }],
      }),
    ];
    const closed = (id: string): Wire => ({
      networkAcls: { defaultAction: "Deny", bypass: "None", virtualNetworkRules: [{ id }] },
    });
    await expect(vault(closed(plain.id))).rejects.toThrow(/ServiceEndpoints/);
    await vault(closed(wired.id));
  });

  test("a secret's value is nowhere in the clear, and its deleted name is kept", async () => {
    const made = await vault();
    const store = (): Promise<Known> =>
      azure.make("keyvault:Secret", {
        vaultName: "gitlab-dev",
        secretName: "smtp-password",
        properties: { value: secret("planted-password") },
      });
    const stored = await store();
    expect(JSON.stringify(azure.bench.sandbox.objects({}))).not.toContain("planted-password");
    expect(stored.outputs["properties"]).toMatchObject({
      secretUri: "https://gitlab-dev.vault.azure.net/secrets/smtp-password",
    });
    await expect(azure.provider.delete(made)).rejects.toThrow(/InUse/);
    await azure.provider.delete(stored);
    await expect(store()).rejects.toThrow(/RecoverableS?|deleted/);
  });
});

describe("monitoring", () => {
  let group: Known;
  beforeEach(async () => {
    group = await azure.make("monitor:ActionGroup", {
      location: "global",
      groupShortName: "gitlab",
      enabled: true,
      emailReceivers: [{ name: "team", emailAddress: "team@example.com" }],
    });
  });

  test("an action group has a short name and receivers of different names", async () => {
    expect(group.outputs["location"]).toBe("global");
    const make = (more: Wire) =>
      azure.make("monitor:ActionGroup", {
        location: "global",
        groupShortName: "gitlab",
        enabled: true,
        ...more,
      });
    await expect(make({ groupShortName: "gitlab-on-azure" })).rejects.toThrow(/12/);
    await expect(
      make({
        emailReceivers: [
          { name: "team", emailAddress: "team@example.com" },
          { name: "team", emailAddress: "other@example.com" },
        ],
      }),
    ).rejects.toThrow(/DuplicateReceiverName/);
  });

  const criterion = (more: Change = {}): Wire => ({
    name: "disk",
    criterionType: "StaticThresholdCriterion",
    metricNamespace: "GitLab",
    metricName: "disk_used_percent",
    operator: "GreaterThan",
    threshold: 85,
    timeAggregation: "Maximum",
    skipMetricValidation: true,
    ...(more as Wire),
  });
  const alert = async (criteria: Wire, more: Wire = {}): Promise<Known> => {
    const disk = await azure.disk("watched");
    return azure.make("monitor:MetricAlert", {
      location: "global",
      enabled: true,
      severity: 2,
      evaluationFrequency: "PT5M",
      windowSize: "PT15M",
      scopes: [disk.id],
      actions: [{ actionGroupId: group.id }],
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [criteria],
      },
      ...more,
    });
  };

  test("a metric alert says that it is everywhere, and watches what exists", async () => {
    const made = await alert(criterion());
    const elsewhere = changed(made.inputs, { location: undefined });
    await expect(
      azure.make("monitor:MetricAlert", { ...elsewhere, ruleName: "two" }),
    ).rejects.toThrow(/InvalidLocation/);
    await expect(
      azure.make("monitor:MetricAlert", {
        ...made.inputs,
        ruleName: "two",
        scopes: [`${azure.group.id}/providers/Microsoft.Compute/disks/none`],
      }),
    ).rejects.toThrow(/scopes/);
  });

  const dynamic: Wire = {
    criterionType: "DynamicThresholdCriterion",
    alertSensitivity: "Medium",
    failingPeriods: { minFailingPeriodsToAlert: 1, numberOfEvaluationPeriods: 4 },
  };
  test.each<[string, Wire, Wire, RegExp]>([
    [
      "on a custom metric that is looked up",
      { skipMetricValidation: false },
      {},
      /skipMetricValidation/,
    ],
    [
      "on a metric that machines do not have",
      { metricNamespace: "Microsoft.Compute/virtualMachines", metricName: "VM Availability" },
      {},
      /metricName/,
    ],
    [
      "with a dynamic threshold on one resource",
      { ...dynamic, threshold: null as never },
      {},
      /MultipleResource/,
    ],
    ["with sensitivity and a threshold", { alertSensitivity: "High" }, {}, /StaticThreshold/],
    [
      "looked at more seldom than its window",
      {},
      { evaluationFrequency: "PT30M" },
      /evaluationFrequency/,
    ],
    ["of severity 5", {}, { severity: 5 }, /at most 4/],
    ["in a region", {}, { location: "westeurope" }, /global/],
    [
      "of a group that is not there",
      {},
      { actions: [{ actionGroupId: `/subscriptions/${SUBSCRIPTION}/x` }] },
      /actionGroupId/,
    ],
    ["with an operator that is none", { operator: "Above" }, {}, /operator/],
  ])("an alert %s is refused", async (_, wrong, more, message) => {
    await expect(alert(criterion(wrong), more)).rejects.toThrow(message);
  });

  describe("web tests", () => {
    let component: Known;
    beforeEach(async () => {
      const workspace = await azure.make("operationalinsights:Workspace", {
        sku: { name: "PerGB2018" },
        retentionInDays: 30,
      });
      component = await azure.make("applicationinsights:Component", {
        applicationType: "web",
        kind: "web",
        workspaceResourceId: workspace.id,
      });
    });
    const webTest = (more: Wire = {}): Promise<Known> =>
      azure.make("applicationinsights:WebTest", {
        webTestName: "readiness",
        syntheticMonitorId: "readiness",
        kind: "standard",
        webTestKind: "standard",
        enabled: true,
        frequency: 300,
        timeout: 30,
        locations: [{ location: "emea-nl-ams-azr" }, { location: "us-va-ash-azr" }],
        request: { requestUrl: "https://gitlab.example.com/-/readiness", httpVerb: "GET" },
        validationRules: {
          expectedHttpStatusCode: 200,
          sSLCheck: true,
          sSLCertRemainingLifetimeCheck: 14,
        },
        tags: { [`hidden-link:${component.id}`]: "Resource" },
        ...more,
      });

    test("a test belongs to a component, and an alert on it watches both", async () => {
      const made = await webTest();
      const criteria = {
        odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
        webTestId: made.id,
        componentId: component.id,
        failedLocationCount: 2,
      };
      await expect(alert(criterion(), { criteria, scopes: [made.id] })).rejects.toThrow(/scopes/);
      const make = (name: string) =>
        azure.make("monitor:MetricAlert", {
          location: "global",
          ruleName: name,
          enabled: true,
          severity: 1,
          evaluationFrequency: "PT1M",
          windowSize: "PT5M",
          scopes: [made.id, component.id],
          criteria,
        });
      await make("site");
    });

    test.each<[string, Wire, RegExp]>([
      ["of no component", { tags: { owner: "tests" } }, /hidden-link/],
      ["every second", { frequency: 1 }, /frequency/],
      ["from nowhere", { locations: [] }, /at least 1/],
      ["from a place that there is not", { locations: [{ location: "eu-west-1" }] }, /location/],
      [
        "from one place twice",
        { locations: [{ location: "emea-nl-ams-azr" }, { location: "emea-nl-ams-azr" }] },
        /twice/,
      ],
      [
        "of a certificate over plain HTTP",
        { request: { requestUrl: "http://gitlab.example.com" } },
        /https/,
      ],
      ["of two kinds", { kind: "ping" }, /same/],
      ["without an address", { request: { httpVerb: "GET" } }, /requestUrl/],
    ])("a test %s is refused", async (_, wrong, message) => {
      await expect(webTest(wrong)).rejects.toThrow(message);
    });

    test("a component of the classic kind is not made any more", async () => {
      await expect(
        azure.make("applicationinsights:Component", { applicationType: "web", kind: "web" }),
      ).rejects.toThrow(/retired/);
    });

    test("an alert on logs has a query, a threshold and a window", async () => {
      const [workspace] = azure.bench.sandbox.objects({
        type: "azure-native:operationalinsights:Workspace",
      });
      const condition = {
        query: "Heartbeat",
        timeAggregation: "Count",
        operator: "GreaterThan",
        threshold: 0,
      };
      const rule = (more: Wire, all: Wire = condition) =>
        azure.make("monitor:ScheduledQueryRule", {
          scopes: [workspace?.id ?? ""],
          severity: 2,
          evaluationFrequency: "PT5M",
          windowSize: "PT15M",
          criteria: { allOf: [all] },
          ...more,
        });
      await expect(rule({ severity: null as never })).rejects.toThrow(/severity/);
      await expect(rule({}, { ...condition, timeAggregation: "Average" })).rejects.toThrow(
        /metricMeasureColumn/,
      );
      await expect(rule({ muteActionsDuration: "PT1H" })).rejects.toThrow(/autoMitigate/);
      await rule({ actions: { actionGroups: [group.id] } });
    });

    test("an alert on the activity log has a category", async () => {
      const make = (field: string, equals: string) =>
        azure.make("monitor:ActivityLogAlert", {
          location: "global",
          scopes: [`/subscriptions/${SUBSCRIPTION}`],
          condition: { allOf: [{ field, equals }] },
          actions: { actionGroups: [{ actionGroupId: group.id }] },
        });
      await expect(make("status", "Failed")).rejects.toThrow(/category/);
      await make("category", "ServiceHealth");
    });
  });
});

describe("disk backups", () => {
  const store = { dataStoreType: "OperationalStore", objectType: "DataStoreInfoBase" };
  const daily = (every = "P1D"): Wire => ({
    name: "BackupDaily",
    objectType: "AzureBackupRule",
    backupParameters: { backupType: "Incremental", objectType: "AzureBackupParams" },
    dataStore: store,
    trigger: {
      objectType: "ScheduleBasedTriggerContext",
      schedule: { repeatingTimeIntervals: [`R/2024-01-01T02:00:00+00:00/${every}`] },
      taggingCriteria: [{ isDefault: true, tagInfo: { tagName: "Default" }, taggingPriority: 99 }],
    },
  });
  const kept = (name = "Default"): Wire => ({
    name,
    objectType: "AzureRetentionRule",
    isDefault: true,
    lifecycles: [
      {
        deleteAfter: { duration: "P7D", objectType: "AbsoluteDeleteOption" },
        sourceDataStore: store,
      },
    ],
  });
  const policy = (...policyRules: Wire[]): Promise<Known> =>
    azure.make("dataprotection:BackupPolicy", {
      vaultName: "backups",
      backupPolicyName: "daily",
      properties: {
        objectType: "BackupPolicy",
        datasourceTypes: ["Microsoft.Compute/disks"],
        policyRules,
      },
    });
  let vault: Known;
  beforeEach(async () => {
    vault = await azure.make("dataprotection:BackupVault", {
      vaultName: "backups",
      identity: { type: "SystemAssigned" },
      properties: {
        storageSettings: [{ datastoreType: "VaultStore", type: "LocallyRedundant" }],
        securitySettings: {
          softDeleteSettings: { state: "AlwaysOn", retentionDurationInDays: 14 },
        },
      },
    });
  });

  test("a vault has an identity, keeps its redundancy, and soft delete that is always on", async () => {
    expect(vault.outputs["identity"]).toMatchObject({ principalId: expect.any(String) as string });
    const storageSettings = [{ datastoreType: "VaultStore", type: "GeoRedundant" }];
    const { securitySettings } = vault.inputs["properties"] as Wire;
    await expect(
      azure.change(vault, { properties: { storageSettings, securitySettings } as Wire }),
    ).rejects.toThrow(/storageSettings/);
    await expect(
      azure.change(vault, {
        properties: { ...(vault.inputs["properties"] as Wire), securitySettings: {} },
      }),
    ).rejects.toThrow(/AlwaysOn/);
  });

  test("a policy backs up by its own schedule and keeps by default", async () => {
    await expect(policy(daily(), daily())).rejects.toThrow(/AzureRetentionRule/);
    await expect(policy(daily("P1W"), kept())).rejects.toThrow(/of disks/);
    await expect(policy(daily(), kept("Weekly"))).rejects.toThrow(/of its name/);
    await expect(
      policy({ ...daily(), dataStore: { ...store, dataStoreType: "VaultStore" } }, kept()),
    ).rejects.toThrow(/OperationalStore/);
    await policy(daily(), kept());
  });

  test("a disk is backed up once, by a vault that may read it and make snapshots", async () => {
    const made = await policy(daily(), kept());
    const disk = await azure.disk("state");
    const instance = (name: string): Promise<Known> =>
      azure.make("dataprotection:BackupInstance", {
        vaultName: "backups",
        backupInstanceName: name,
        properties: {
          objectType: "BackupInstance",
          dataSourceInfo: {
            objectType: "Datasource",
            datasourceType: "Microsoft.Compute/disks",
            resourceType: "Microsoft.Compute/disks",
            resourceID: disk.id,
            resourceName: "state",
            resourceLocation: "westeurope",
          },
          policyInfo: {
            policyId: made.id,
            policyParameters: {
              dataStoreParametersList: [
                {
                  objectType: "AzureOperationalStoreParameters",
                  dataStoreType: "OperationalStore",
                  resourceGroupId: azure.group.id,
                },
              ],
            },
          },
        },
      });
    const { principalId } = vault.outputs["identity"] as { principalId: string };
    const grant = (scope: string, role: string, name: string) =>
      azure.on("authorization:RoleAssignment", {
        scope,
        principalId,
        principalType: "ServicePrincipal",
        roleAssignmentName: name,
        roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      });
    await expect(instance("state")).rejects.toThrow(/Disk Backup Reader/);
    await grant(disk.id, "3e5e47e6-65f7-47ef-90b5-e5dd4d455f24", GUIDS.group);
    await expect(instance("state")).rejects.toThrow(/Disk Snapshot Contributor/);
    await grant(azure.group.id, "7efff54f-a5b4-42b5-a1c5-5411624893ce", GUIDS.other);
    await instance("state");
    await expect(instance("again")).rejects.toThrow(/exists already/);
    await expect(azure.provider.delete(made)).rejects.toThrow(/InUse/);
    await expect(azure.provider.delete(vault)).rejects.toThrow(/InUse/);
  });
});
