/** What a person would add next on Azure to hold data, and to reach it. */
import { gone } from "./change";
import type { Next } from "./next-types";

const place = "dev";

export const nextDataOfAzure: readonly Next[] = [
  {
    ...{ rule: "azure-storage-closed", place, type: "azure-native:storage:StorageAccount" },
    props: {
      kind: "StorageV2",
      sku: { name: "Standard_ZRS" },
      minimumTlsVersion: "TLS1_2",
      allowSharedKeyAccess: false,
      networkRuleSet: { defaultAction: "Deny", ipRules: [{ iPAddressOrRange: "198.51.100.0/24" }] },
    },
    changes: [
      ["allowBlobPublicAccess", true],
      ["networkRuleSet.defaultAction", "Allow"],
      ["networkRuleSet.defaultAction", gone],
      ["networkRuleSet.ipRules[0].iPAddressOrRange", "0.0.0.0/0"],
      ["minimumTlsVersion", "TLS1_0"],
      ["minimumTlsVersion", gone],
      ["allowSharedKeyAccess", gone],
      ["enableHttpsTrafficOnly", false],
      ["isLocalUserEnabled", true],
    ],
  },
  {
    ...{ rule: "azure-storage-closed", place, type: "azure-native:storage:BlobContainer" },
    props: { accountName: "x" },
    changes: [
      ["publicAccess", "Blob"],
      ["publicAccess", "Container"],
    ],
  },
  {
    ...{ rule: "azure-data-locked", place, type: "azure-native:storage:StorageAccount" },
    props: {},
    changes: [["@protect", true]],
  },
  {
    ...{ rule: "stateful-protected", place, type: "azure-native:dbforpostgresql:Server" },
    protect: true,
    props: {},
    changes: [["@protect", false]],
  },
  ...["azure-postgres-closed", "azure-postgres-survives"].map((rule): Next => ({
    ...{ rule, place, type: "azure-native:dbforpostgresql:Server" },
    props: {
      network: { publicNetworkAccess: "Disabled" },
      highAvailability: { mode: "ZoneRedundant" },
      backup: { backupRetentionDays: 14 },
      storage: { autoGrow: "Enabled" },
    },
    changes:
      rule === "azure-postgres-closed"
        ? [
            ["network.publicNetworkAccess", "Enabled"],
            ["network", gone],
          ]
        : [
            ["highAvailability.mode", "SameZone"],
            ["highAvailability", gone],
            ["backup.backupRetentionDays", 1],
            ["storage.autoGrow", "Disabled"],
          ],
  })),
  {
    ...{ rule: "azure-postgres-closed", place, type: "azure-native:dbforpostgresql:FirewallRule" },
    props: { startIpAddress: "198.51.100.0", endIpAddress: "198.51.100.255" },
    changes: [["startIpAddress", "0.0.0.0"]],
  },
  {
    ...{ rule: "azure-postgres-closed", place, type: "azure-native:dbforpostgresql:FirewallRule" },
    title: "all of Azure",
    props: { startIpAddress: "0.0.0.0", endIpAddress: "0.255.255.255" },
    changes: [
      ["endIpAddress", "0.0.0.0"],
      ["endIpAddress", "255.255.255.255"],
    ],
  },
  {
    ...{ rule: "azure-postgres-closed", place, type: "azure-native:dbforpostgresql:Configuration" },
    props: { configurationName: "require_secure_transport", value: "ON" },
    changes: [["value", "off"]],
  },
  {
    ...{ rule: "azure-postgres-closed", place, type: "azure-native:dbforpostgresql:Configuration" },
    title: "the oldest TLS",
    props: { configurationName: "ssl_min_protocol_version", value: "TLSv1.2" },
    changes: [["value", "TLSv1"]],
  },
  {
    ...{ rule: "azure-redis-closed", place, type: "azure-native:redis:Redis" },
    props: { publicNetworkAccess: "Disabled", minimumTlsVersion: "1.2" },
    changes: [
      ["publicNetworkAccess", gone],
      ["enableNonSslPort", true],
      ["minimumTlsVersion", gone],
      ["redisConfiguration.authnotrequired", "true"],
    ],
  },
  {
    ...{ rule: "azure-redis-closed", place, type: "azure-native:redis:RedisFirewallRule" },
    props: { startIP: "10.0.0.0", endIP: "10.0.0.255" },
    changes: [["endIP", "255.255.255.255"]],
  },
  {
    ...{ rule: "azure-redis-closed", place, type: "azure-native:redisenterprise:RedisEnterprise" },
    props: { publicNetworkAccess: "Disabled" },
    changes: [
      ["publicNetworkAccess", "Enabled"],
      ["minimumTlsVersion", "1.0"],
      ["highAvailability", "Disabled"],
    ],
  },
  {
    ...{ rule: "azure-redis-closed", place, type: "azure-native:redisenterprise:Database" },
    props: {},
    changes: [["clientProtocol", "Plaintext"]],
  },
  {
    ...{ rule: "azure-keys-strong", place, type: "azure-native:keyvault:Key" },
    props: { properties: { kty: "RSA", keySize: 3072 } },
    changes: [
      ["properties.keySize", 1024],
      ["properties.attributes.exportable", true],
      ["properties.attributes.enabled", false],
    ],
  },
  {
    ...{ rule: "azure-disk-not-public", place, type: "azure-native:compute:Snapshot" },
    props: {
      publicNetworkAccess: "Disabled",
      networkAccessPolicy: "DenyAll",
      encryption: { type: "EncryptionAtRestWithPlatformKey" },
    },
    changes: [
      ["publicNetworkAccess", gone],
      ["networkAccessPolicy", "AllowAll"],
      ["encryption", gone],
    ],
  },
  {
    ...{ rule: "azure-vault-by-role", place, type: "azure-native:keyvault:AccessPolicy" },
    ...{ props: {}, never: true, changes: [] },
  },
  ...["compute:VirtualMachineExtension", "compute:VirtualMachineRunCommandByVirtualMachine"].map(
    (type): Next => ({
      ...{ rule: "azure-key-only-login", place, type: `azure-native:${type}` },
      ...{ props: {}, never: true, changes: [] },
    }),
  ),
  {
    ...{
      rule: "azure-identity-own",
      place,
      type: "azure-native:managedidentity:FederatedIdentityCredential",
    },
    props: {
      issuer: "https://gitlab.example.com",
      subject: "project_path:group/project:ref_type:branch:ref:main",
      audiences: ["api://AzureADTokenExchange"],
    },
    changes: [
      ["issuer", "http://gitlab.example.com"],
      ["subject", "project_path:group/project:ref_type:branch:ref:*"],
      ["subject", "project_path:group/project"],
      ["audiences", []],
    ],
  },
  {
    ...{ rule: "azure-bastion-narrow", place, type: "azure-native:network:LoadBalancer" },
    props: {
      sku: { name: "Standard" },
      frontendIPConfigurations: [{ name: "web", publicIPAddress: { id: "x" } }],
      loadBalancingRules: [{ name: "https", protocol: "Tcp", frontendPort: 443, backendPort: 443 }],
    },
    changes: [
      ["sku", gone],
      ["loadBalancingRules[0].frontendPort", 2022],
      ["loadBalancingRules[0].protocol", "All"],
      ["inboundNatRules", [{ name: "ssh", frontendPort: 50001, backendPort: 22 }]],
    ],
  },
  {
    ...{
      rule: "runners-scaled-by-manager-alone",
      place,
      type: "azure-native:monitor:AutoscaleSetting",
    },
    ...{ props: {}, never: true, changes: [] },
  },
];
