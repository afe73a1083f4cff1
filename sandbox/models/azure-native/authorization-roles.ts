/**
 * Azure's own roles, by the last part of their id: a role that is none of these and none of the program's does not
 * exist (RoleDefinitionDoesNotExist).
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const BUILT_IN_ROLES: Readonly<Record<string, string>> = {
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Disk Backup Reader": "3e5e47e6-65f7-47ef-90b5-e5dd4d455f24",
  "Disk Restore Operator": "b50d9833-a0cb-478e-945f-707fcc997c13",
  "Disk Snapshot Contributor": "7efff54f-a5b4-42b5-a1c5-5411624893ce",
  "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
  "Key Vault Reader": "21090545-7ca7-4776-b22c-e363652d74d2",
  "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Log Analytics Contributor": "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
  "Log Analytics Reader": "73c42c96-874c-492b-b04d-ab87d138a893",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
  "Monitoring Contributor": "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
  "Monitoring Reader": "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
  Owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  "Virtual Machine Administrator Login": "1c0163c0-47e6-4577-8991-ea5c82e286e4",
  "Virtual Machine Contributor": "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
  "Virtual Machine User Login": "fb879df8-f326-4884-b1cf-06f3ad86be52",
};

/** Regular expression of the id of one of Azure's own roles. */
export const builtInRole = (name: keyof typeof BUILT_IN_ROLES): string =>
  `(/subscriptions/[^/]+)?/providers/Microsoft.Authorization/roleDefinitions/${BUILT_IN_ROLES[name] ?? ""}`;
