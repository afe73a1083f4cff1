/** Key vaults and their secrets. https://learn.microsoft.com/azure/key-vault/general/ */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  arm,
  block,
  blocks,
  bool,
  GUID,
  held,
  int,
  LEARN,
  list,
  location,
  oneOf,
  out,
  rule,
  SECRET,
  str,
  SUBNET,
  systemData,
  tags,
  unchanged,
  VAULT,
} from "./common";

const SOFT_DELETE = `${LEARN}key-vault/general/soft-delete-overview`;
const NETWORK = `${LEARN}key-vault/general/network-security`;
const ABOUT = `${LEARN}key-vault/general/about-keys-secrets-certificates`;

const permissions = (actions: readonly string[]): PropertyModel => list(oneOf(actions));
const common = ["all", "get", "list", "set", "delete", "backup", "restore", "recover", "purge"];
const ofKeys = [
  ...common.filter((action) => action !== "set"),
  ...["encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify", "create", "update"],
  ...["import", "release", "rotate", "getrotationpolicy", "setrotationpolicy"],
];
const ofCertificates = [
  ...common.filter((action) => action !== "set"),
  ...["create", "import", "update", "managecontacts", "getissuers", "listissuers", "setissuers"],
  ...["deleteissuers", "manageissuers"],
];
const ofStorage = [
  ...common,
  ...["update", "regeneratekey", "getsas", "listsas", "deletesas", "setsas"],
];

const guid = { pattern: GUID, minLength: 36, maxLength: 36 } as const;
const tenantId = str({
  required: true,
  ...guid,
  example: "00000000-0000-0000-0000-00000000000a",
});
/** At Azure a property of the vault's own block is `properties.x`. */
const irreversible = (property: string, message: string): Rule =>
  rule(
    `${property} stays`,
    { property: `^properties.${property}`, present: true },
    {
      any: [
        { property: `properties.${property}`, present: false },
        unchanged(`properties.${property}`),
      ],
    },
    message,
    SOFT_DELETE,
  );

const vault = arm({
  token: VAULT,
  kind: "Microsoft.KeyVault/vaults",
  api: "2024-11-01",
  named: {
    property: "vaultName",
    // Letters, digits and single hyphens; begins with a letter, ends with a letter or digit.
    pattern: "[A-Za-z](-?[A-Za-z0-9])+",
    minLength: 3,
    maxLength: 24,
    more: { deviates: "stricter, as the naming rules are: single hyphens, a letter first" },
  },
  // The name is part of a host name: one vault in all of Azure has it, deleted ones among them.
  unique: [
    {
      properties: ["vaultName"],
      scope: "global",
      source: SOFT_DELETE,
      keptAfterDelete:
        "until the soft-deleted vault is purged, which purge protection allows after its retention alone",
    },
  ],
  properties: {
    location,
    properties: block(
      {
        accessPolicies: blocks(
          {
            applicationId: str(guid),
            objectId: str({ required: true, pattern: GUID }),
            permissions: block(
              {
                certificates: permissions(ofCertificates),
                keys: permissions(ofKeys),
                secrets: permissions(common),
                storage: permissions(ofStorage),
              },
              { required: true },
            ),
            tenantId,
          },
          { maxItems: 1024 },
        ),
        createMode: oneOf(["default"], {
          deviates: "recovering a deleted vault is not modelled",
        }),
        enablePurgeProtection: bool(),
        enableRbacAuthorization: bool(),
        enableSoftDelete: bool(),
        enabledForDeployment: bool(),
        enabledForDiskEncryption: bool(),
        enabledForTemplateDeployment: bool(),
        networkAcls: block({
          bypass: oneOf(["AzureServices", "None"]),
          defaultAction: oneOf(["Allow", "Deny"]),
          ipRules: blocks(
            {
              value: str({ required: true, pattern: "[0-9.]+(/\\d+)?", example: "203.0.113.0/24" }),
            },
            { maxItems: 1000 },
          ),
          virtualNetworkRules: blocks(
            {
              id: str({ required: true, ref: held(SUBNET) }),
              ignoreMissingVnetServiceEndpoint: bool(),
            },
            { maxItems: 200 },
          ),
        }),
        publicNetworkAccess: oneOf(["enabled", "disabled", "Enabled", "Disabled"], {
          same: "lowercase",
        }),
        sku: block(
          {
            family: oneOf(["A"], { required: true }),
            name: oneOf(["standard", "premium"], { required: true }),
          },
          { required: true },
        ),
        softDeleteRetentionInDays: int({ min: 7, max: 90 }),
        tenantId,
        provisioningState: out("Succeeded", { deviates: "an output alone in the SDK" }),
        vaultUri: out("https://{vaultName}.vault.azure.net/", {
          deviates: "an output alone in the SDK",
        }),
      },
      { required: true },
    ),
    tags: tags(),
    systemData,
  },
  rules: [
    rule(
      "purge protection is never switched off",
      { property: "properties.enablePurgeProtection", present: true },
      { property: "properties.enablePurgeProtection", equals: true },
      "BadRequest: The property `enablePurgeProtection` cannot be set to false. Enabling the purge protection for a vault is an irreversible action.",
      `${SOFT_DELETE}#purge-protection`,
    ),
    rule(
      "purge protection is not left out again",
      { property: "^properties.enablePurgeProtection", equals: true },
      { property: "properties.enablePurgeProtection", equals: true },
      "BadRequest: The property `enablePurgeProtection` cannot be taken away: it is irreversible",
      `${SOFT_DELETE}#purge-protection`,
    ),
    rule(
      "soft delete is never off",
      { property: "properties.enableSoftDelete", present: true },
      { property: "properties.enableSoftDelete", equals: true },
      "BadRequest: The property `enableSoftDelete` cannot be set to false: every vault has soft delete",
      `${LEARN}key-vault/general/soft-delete-change`,
    ),
    irreversible(
      "softDeleteRetentionInDays",
      "BadRequest: The property `softDeleteRetentionInDays` has been set already and it can't be modified.",
    ),
    rule(
      "RBAC and access policies exclude each other",
      { property: "properties.enableRbacAuthorization", equals: true },
      { property: "properties.accessPolicies", present: false },
      "AccessPoliciesIgnored: `properties.accessPolicies` has no effect where enableRbacAuthorization is true",
      `${LEARN}key-vault/general/rbac-access-policy`,
    ),
    rule(
      "subnets have an endpoint for Key Vault",
      { property: "properties.networkAcls.virtualNetworkRules", present: true },
      {
        property: "properties.networkAcls.virtualNetworkRules[]",
        every: {
          any: [
            { property: "ignoreMissingVnetServiceEndpoint", equals: true },
            {
              property: "id",
              referred: { property: "serviceEndpoints[].service", equals: "Microsoft.KeyVault" },
            },
          ],
        },
      },
      "SubnetsHaveNoServiceEndpointsConfigured: `properties.networkAcls.virtualNetworkRules`: the subnet has no service endpoint Microsoft.KeyVault",
      NETWORK,
    ),
  ],
  seconds: { create: 60, update: 10, delete: 15 },
});

const secret = arm({
  token: SECRET,
  kind: "Microsoft.KeyVault/vaults/secrets",
  api: "2024-11-01",
  parents: ["vaultName"],
  named: { property: "secretName", pattern: "[a-zA-Z0-9-]{1,127}", maxLength: 127, exact: true },
  unique: [
    {
      properties: ["secretName", "vaultName"],
      scope: "global",
      source: SOFT_DELETE,
      keptAfterDelete: "while the vault keeps the deleted secret (ObjectIsDeletedButRecoverable)",
    },
  ],
  properties: {
    vaultName: str({ required: true, replace: true, ref: held(VAULT, "vaultName") }),
    properties: block(
      {
        attributes: block({
          enabled: bool(),
          expires: int({ min: 0 }),
          notBefore: int({ min: 0 }),
        }),
        contentType: str({ maxLength: 255 }),
        // ARM takes it and never gives it back: https://learn.microsoft.com/rest/api/keyvault/secrets/create-or-update
        value: str({ writeOnly: true, maxBytes: 25600 }),
        secretUri: out("https://{vaultName}.vault.azure.net/secrets/{secretName}"),
        secretUriWithVersion: out("{secretUri}/{hex:32}", { changesWith: ["properties"] }),
      },
      { required: true },
    ),
    tags: tags(15, { optionalComputed: true, value: { json: {} } }),
    location: out("{ref:vaultName:location}"),
  },
  rules: [
    rule(
      "a secret has a value",
      undefined,
      { property: "properties.value", present: true },
      "BadParameter: `properties.value` is required",
      ABOUT,
    ),
    rule(
      "a secret lies in its vault's group",
      undefined,
      { property: "vaultName->resourceGroupName", allAmong: ["resourceGroupName"] },
      "ResourceNotFound: `vaultName`: the vault is in another resource group",
      ABOUT,
    ),
  ],
  seconds: { create: 2, update: 2, delete: 3 },
});

export const models: readonly ResourceModel[] = [vault, secret];
