/** Inputs for Azure's types: what Azure asks for although no schema of it does. */
import type { Known, Wire } from "./client";
import type { Pantry } from "./recipes";

const token = (type: string): string => `azure-native:${type}`;
const SUBNET = token("network:Subnet");
const COMPONENT = token("applicationinsights:Component");
const WEB_TEST = token("applicationinsights:WebTest");
const ROLES = "/providers/Microsoft.Authorization/roleDefinitions/";
const DISK_READER = `${ROLES}3e5e47e6-65f7-47ef-90b5-e5dd4d455f24`;
const SNAPSHOTS = `${ROLES}7efff54f-a5b4-42b5-a1c5-5411624893ce`;
const image = {
  publisher: "Canonical",
  offer: "ubuntu-24_04-lts",
  sku: "server",
  version: "24.04.202510010",
};
const keys = {
  adminUsername: "host",
  linuxConfiguration: {
    disablePasswordAuthentication: true,
    ssh: {
      publicKeys: [
        {
          path: "/home/host/.ssh/authorized_keys",
          keyData:
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl tests",
        },
      ],
    },
  },
};
const fromImage = { createOption: "FromImage" };

const rule: Wire = {
  name: "https",
  priority: 100,
  access: "Allow",
  direction: "Inbound",
  protocol: "Tcp",
  sourceAddressPrefix: "Internet",
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "443",
};

/** A vault with an identity that may read a disk and make snapshots. */
async function backedUp({ object, make }: Pantry): Promise<Wire> {
  const group = await object(token("resources:ResourceGroup"));
  const vault = await make(token("dataprotection:BackupVault"), {
    vaultName: "backups",
    identity: { type: "SystemAssigned" },
    properties: {
      storageSettings: [{ datastoreType: "OperationalStore", type: "LocallyRedundant" }],
    },
  });
  const policy = await make(token("dataprotection:BackupPolicy"), { vaultName: "backups" });
  const disk = await object(token("compute:Disk"));
  const principalId = (vault.outputs["identity"] as Wire)["principalId"] as string;
  const principal = { principalId, principalType: "ServicePrincipal" };
  for (const [scope, roleDefinitionId] of [
    [disk.id, DISK_READER],
    [group.id, SNAPSHOTS],
  ] as const) {
    await make(token("authorization:RoleAssignment"), { scope, roleDefinitionId, ...principal });
  }
  return {
    vaultName: "backups",
    properties: {
      objectType: "BackupInstance",
      dataSourceInfo: {
        objectType: "Datasource",
        datasourceType: "Microsoft.Compute/disks",
        resourceType: "Microsoft.Compute/disks",
        resourceID: disk.id,
        resourceName: "disk",
        resourceLocation: "westeurope",
      },
      policyInfo: {
        policyId: policy.id,
        policyParameters: {
          dataStoreParametersList: [
            {
              objectType: "AzureOperationalStoreParameters",
              dataStoreType: "OperationalStore",
              resourceGroupId: group.id,
            },
          ],
        },
      },
    },
  };
}

/** The engine's seed, which a made-up GUID follows from, is one for all resources of a test. */
const guid = (index: number): string => `00000000-0000-4000-8000-00000000000${index}`;
const id = (object: Known): Wire => ({ id: object.id });

/** By type token: inputs that the generator starts from. */
export const azureRecipes: Readonly<Record<string, (pantry: Pantry) => Promise<Wire>>> = {
  [token("network:NetworkSecurityGroup")]: () => Promise.resolve({ securityRules: [rule] }),
  [token("network:PublicIPAddress")]: () =>
    Promise.resolve({ sku: { name: "Standard" }, publicIPAllocationMethod: "Static" }),
  [token("network:NatGateway")]: () => Promise.resolve({ sku: { name: "Standard" } }),
  [token("network:NetworkInterface")]: async ({ object }) => ({
    ipConfigurations: [{ name: "main", subnet: id(await object(SUBNET)) }],
  }),
  [token("network:BastionHost")]: async ({ make, object, index }) => {
    const network = await object(token("network:VirtualNetwork"), index);
    const subnet = await make(SUBNET, {
      virtualNetworkName: network.outputs["name"] as string,
      subnetName: "AzureBastionSubnet",
      addressPrefix: "10.0.200.0/26",
    });
    const address = await object(token("network:PublicIPAddress"), index);
    return {
      sku: { name: "Standard" },
      ipConfigurations: [{ name: "main", subnet: id(subnet), publicIPAddress: id(address) }],
    };
  },
  [token("dns:RecordSet")]: ({ index }) =>
    Promise.resolve({
      recordType: "A",
      relativeRecordSetName: `name${index}`,
      ttl: 300,
      aRecords: [{ ipv4Address: "203.0.113.7" }],
    }),
  [token("authorization:RoleAssignment")]: async ({ object, index }) => ({
    roleAssignmentName: guid(index),
    scope: (await object(token("resources:ResourceGroup"))).id,
    principalId: (await object(token("managedidentity:UserAssignedIdentity"), index)).outputs[
      "principalId"
    ] as string,
    principalType: "ServicePrincipal",
    roleDefinitionId: DISK_READER,
  }),
  [token("authorization:RoleDefinition")]: async ({ object, index }) => {
    const scope = (await object(token("resources:ResourceGroup"))).id;
    return {
      scope,
      roleDefinitionId: guid(index),
      roleName: `role ${index}`,
      assignableScopes: [scope],
      permissions: [{ actions: ["Microsoft.Compute/disks/read"] }],
    };
  },
  [token("compute:Disk")]: () =>
    Promise.resolve({
      creationData: { createOption: "Empty" },
      diskSizeGB: 64,
      sku: { name: "Premium_LRS" },
    }),
  [token("compute:VirtualMachine")]: async ({ object, index }) => ({
    hardwareProfile: { vmSize: "Standard_D4s_v5" },
    networkProfile: {
      networkInterfaces: [id(await object(token("network:NetworkInterface"), index))],
    },
    osProfile: { computerName: "gitlab", ...keys },
    storageProfile: { imageReference: image, osDisk: fromImage },
  }),
  [token("compute:VirtualMachineScaleSet")]: async ({ object }) => ({
    sku: { name: "Standard_D4s_v5", capacity: 0 },
    upgradePolicy: { mode: "Manual" },
    virtualMachineProfile: {
      osProfile: { computerNamePrefix: "worker", ...keys },
      storageProfile: { imageReference: image, osDisk: fromImage },
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: "main",
            ipConfigurations: [{ name: "main", subnet: id(await object(SUBNET)) }],
          },
        ],
      },
    },
  }),
  [token("keyvault:Secret")]: () => Promise.resolve({ properties: { value: "made-up" } }),
  [token("monitor:ActionGroup")]: () => Promise.resolve({ location: "global" }),
  [token("monitor:MetricAlert")]: async ({ object }) => ({
    location: "global",
    scopes: [(await object(token("compute:Disk"))).id],
    windowSize: "PT5M",
    criteria: {
      odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
      allOf: [
        {
          name: "one",
          criterionType: "StaticThresholdCriterion",
          metricName: "Composite Disk Read Bytes/sec",
          operator: "GreaterThan",
          threshold: 1,
          timeAggregation: "Average",
        },
      ],
    },
  }),
  [token("monitor:ActivityLogAlert")]: () =>
    Promise.resolve({
      location: "global",
      condition: { allOf: [{ field: "category", equals: "Administrative" }] },
    }),
  [token("monitor:ScheduledQueryRule")]: async ({ object }) => ({
    scopes: [(await object(token("operationalinsights:Workspace"))).id],
    severity: 2,
    evaluationFrequency: "PT5M",
    windowSize: "PT5M",
    criteria: {
      allOf: [
        { query: "Heartbeat", timeAggregation: "Count", operator: "GreaterThan", threshold: 1 },
      ],
    },
  }),
  [COMPONENT]: async ({ object }) => ({
    workspaceResourceId: (await object(token("operationalinsights:Workspace"))).id,
  }),
  [WEB_TEST]: async ({ object }) => ({
    webTestKind: "standard",
    request: { requestUrl: "https://gitlab.example.com/-/readiness", httpVerb: "GET" },
    tags: { [`hidden-link:${(await object(COMPONENT)).id}`]: "Resource" },
  }),
  [token("dataprotection:BackupVault")]: () =>
    Promise.resolve({
      properties: { storageSettings: [{ datastoreType: "VaultStore", type: "LocallyRedundant" }] },
    }),
  [token("dataprotection:BackupInstance")]: backedUp,
};
