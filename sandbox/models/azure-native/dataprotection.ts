/** Azure Backup's vaults, with policies and instances for disks. https://learn.microsoft.com/azure/backup/disk-backup-overview */
import type { Condition, PropertyModel, ResourceModel, Rule } from "../../model";
import { builtInRole } from "./authorization-roles";
import {
  arm,
  BACKUP_INSTANCE,
  BACKUP_POLICY,
  BACKUP_VAULT,
  block,
  blocks,
  bool,
  DISK,
  held,
  identityIds,
  int,
  LEARN,
  list,
  location,
  named,
  oneOf,
  out,
  required,
  RESOURCE_GROUP,
  ROLE_ASSIGNMENT,
  rule,
  str,
  systemData,
  tags,
  unchangeable,
} from "./common";

const BACKUP = `${LEARN}backup/`;
const VAULT_API =
  "https://learn.microsoft.com/rest/api/dataprotection/backup-vaults/create-or-update";
const POLICY_API = `${BACKUP}backup-azure-dataprotection-use-rest-api-create-update-disk-policy`;
const INSTANCE_API = `${BACKUP}backup-azure-dataprotection-use-rest-api-backup-disks`;
const SOFT_DELETE = `${BACKUP}backup-azure-enhanced-soft-delete-about`;
const IMMUTABLE = `${BACKUP}backup-azure-immutable-vault-concept`;
const DISKS = "Microsoft.Compute/disks";

const TOLD_APART = "the SDK asks for it: it says which kind of block stands here";

/** The kind of a block, as Azure tells blocks of one place apart. */
const kind = (...values: string[]): PropertyModel =>
  oneOf(values, { required: true, deviates: TOLD_APART });
const onOff = oneOf(["Enabled", "Disabled"]);

const vault = arm({
  token: BACKUP_VAULT,
  kind: "Microsoft.DataProtection/backupVaults",
  api: "2025-01-01",
  named: {
    property: "vaultName",
    pattern: "[A-Za-z][A-Za-z0-9-]{1,49}",
    minLength: 2,
    maxLength: 50,
  },
  properties: {
    eTag: str(),
    identity: block({
      type: oneOf(["SystemAssigned", "None", "UserAssigned", "SystemAssigned,UserAssigned"]),
      userAssignedIdentities: identityIds,
      principalId: out("{uuid}"),
      tenantId: out("{tenant}"),
    }),
    location,
    properties: block(
      {
        featureSettings: block({
          crossRegionRestoreSettings: block({
            state: oneOf(["Disabled", "Enabled"]),
          }),
          crossSubscriptionRestoreSettings: block({
            state: oneOf(["Disabled", "PermanentlyDisabled", "Enabled"]),
          }),
        }),
        monitoringSettings: block({
          azureMonitorAlertSettings: block({ alertsForAllJobFailures: onOff }),
        }),
        replicatedRegions: list(str()),
        resourceGuardOperationRequests: list(str()),
        securitySettings: block({
          encryptionSettings: block({
            infrastructureEncryption: onOff,
            kekIdentity: block({
              identityId: str(),
              identityType: oneOf(["SystemAssigned", "UserAssigned"]),
            }),
            keyVaultProperties: block({ keyUri: str({ format: "url" }) }),
            state: oneOf(["Enabled", "Disabled", "Inconsistent"]),
          }),
          immutabilitySettings: block({ state: oneOf(["Disabled", "Unlocked", "Locked"]) }),
          softDeleteSettings: block({
            retentionDurationInDays: int({ min: 14, max: 180 }),
            state: oneOf(["Off", "On", "AlwaysOn"]),
          }),
        }),
        storageSettings: blocks(
          {
            datastoreType: oneOf(["ArchiveStore", "OperationalStore", "VaultStore"]),
            type: oneOf(["GeoRedundant", "LocallyRedundant", "ZoneRedundant"]),
          },
          { required: true, minItems: 1, maxItems: 1 },
        ),
      },
      required,
    ),
    tags: tags(),
    systemData,
  },
  rules: [
    rule(
      "storage says where and how",
      undefined,
      {
        all: [
          { property: "properties.storageSettings[].datastoreType", present: true },
          { property: "properties.storageSettings[].type", present: true },
        ],
      },
      "BMSUserErrorInvalidInput: `properties.storageSettings` needs datastoreType and type",
      VAULT_API,
    ),
    ...unchangeable(
      ["properties.storageSettings"],
      `${BACKUP}create-manage-backup-vault`,
      "the redundancy of a Backup vault is chosen when it is made",
    ),
    rule(
      "soft delete that is always on stays on",
      { property: "^properties.securitySettings.softDeleteSettings.state", equals: "AlwaysOn" },
      { property: "properties.securitySettings.softDeleteSettings.state", equals: "AlwaysOn" },
      "BMSUserErrorSoftDeleteStateTransitionNotAllowed: `properties.securitySettings.softDeleteSettings.state` AlwaysOn can't be changed",
      SOFT_DELETE,
    ),
    rule(
      "an immutable vault that is locked stays so",
      { property: "^properties.securitySettings.immutabilitySettings.state", equals: "Locked" },
      { property: "properties.securitySettings.immutabilitySettings.state", equals: "Locked" },
      "BMSUserErrorImmutabilityStateTransitionNotAllowed: `properties.securitySettings.immutabilitySettings.state` Locked can't be changed",
      IMMUTABLE,
    ),
    rule(
      "restoring in another region needs copies there",
      {
        property: "properties.featureSettings.crossRegionRestoreSettings.state",
        equals: "Enabled",
      },
      { property: "properties.storageSettings[].type", equals: "GeoRedundant" },
      "BMSUserErrorCrossRegionRestoreNotSupported: `properties.featureSettings.crossRegionRestoreSettings` needs GeoRedundant storage",
      `${BACKUP}create-manage-backup-vault`,
    ),
  ],
  seconds: { create: 15, update: 10, delete: 10 },
});

const vaultName = str({ required: true, replace: true, ref: held(BACKUP_VAULT, "vaultName") });
const inVaultsGroup: Rule = rule(
  "it lies in its vault's group",
  undefined,
  { property: "vaultName->resourceGroupName", allAmong: ["resourceGroupName"] },
  "ResourceNotFound: `vaultName`: the vault is in another resource group",
  VAULT_API,
);

const store = block(
  {
    dataStoreType: oneOf(["OperationalStore", "VaultStore", "ArchiveStore"], required),
    objectType: kind("DataStoreInfoBase"),
  },
  required,
);
const tagInfo = block({ tagName: str({ required: true, minLength: 1 }) }, required);

/** `R/2024-01-01T02:00:00+00:00/P1D`: from then on, each day or so many hours. */
const interval = str({
  pattern:
    "R/\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}[+-]\\d{2}:\\d{2}/(P1D|P1W|PT(1|2|4|6|8|12)H)",
  example: "R/2024-01-01T02:00:00+00:00/P1D",
});
const criteria = blocks({
  absoluteCriteria: list(
    oneOf(["AllBackup", "FirstOfDay", "FirstOfMonth", "FirstOfWeek", "FirstOfYear"]),
  ),
  daysOfMonth: blocks({ date: int({ min: 1, max: 31 }), isLast: bool() }),
  daysOfTheWeek: list(
    oneOf(["Friday", "Monday", "Saturday", "Sunday", "Thursday", "Tuesday", "Wednesday"]),
  ),
  monthsOfYear: list(str()),
  objectType: kind("ScheduleBasedBackupCriteria"),
  scheduleTimes: list(str({ format: "rfc3339" })),
  weeksOfTheMonth: list(oneOf(["First", "Fourth", "Last", "Second", "Third"])),
});
const lifecycles = blocks({
  deleteAfter: block(
    {
      duration: str({ required: true, pattern: "P(\\d+[DWMY])+", example: "P7D" }),
      objectType: kind("AbsoluteDeleteOption"),
    },
    required,
  ),
  sourceDataStore: store,
  targetDataStoreCopySettings: blocks({
    copyAfter: block(
      {
        duration: str({ pattern: "P(\\d+[DWMY])+" }),
        objectType: kind("CopyOnExpiryOption", "CustomCopyOption", "ImmediateCopyOption"),
      },
      required,
    ),
    dataStore: store,
  }),
});

/** What a rule of a policy is, and what it is not. */
const backs: Condition = { property: "objectType", equals: "AzureBackupRule" };
const keeps: Condition = { property: "objectType", equals: "AzureRetentionRule" };
const present = (...keys: string[]): Condition[] =>
  keys.map((property) => ({ property, present: true }));
const absent = (...keys: string[]): Condition[] =>
  keys.map((property) => ({ property, present: false }));
const policyRule = (
  name: string,
  condition: Condition,
  message: string,
  source = POLICY_API,
): Rule =>
  rule(
    name,
    { property: "properties.policyRules", present: true },
    { property: "properties.policyRules[]", every: condition },
    `BMSUserErrorInvalidInput: \`properties.policyRules\`: ${message}`,
    source,
  );

const policy = arm({
  token: BACKUP_POLICY,
  kind: "Microsoft.DataProtection/backupVaults/backupPolicies",
  api: "2025-01-01",
  parents: ["vaultName"],
  named: {
    property: "backupPolicyName",
    pattern: "[A-Za-z][A-Za-z0-9-]{2,149}",
    minLength: 3,
    maxLength: 150,
    exact: true,
  },
  properties: {
    vaultName,
    properties: block(
      {
        datasourceTypes: list(str({ pattern: "Microsoft\\.\\w+/\\S+", example: DISKS }), {
          required: true,
          minItems: 1,
          maxItems: 1,
        }),
        objectType: kind("BackupPolicy"),
        policyRules: blocks(
          {
            backupParameters: block({
              backupType: oneOf(["Incremental", "Full", "Differential", "Log"], {
                required: true,
                deviates: "the SDK asks for it",
              }),
              objectType: kind("AzureBackupParams"),
            }),
            dataStore: { ...store, required: false },
            isDefault: bool(),
            lifecycles,
            name: str({ required: true, minLength: 1, maxLength: 150 }),
            objectType: kind("AzureBackupRule", "AzureRetentionRule"),
            trigger: block({
              objectType: kind("ScheduleBasedTriggerContext", "AdhocBasedTriggerContext"),
              schedule: block({
                repeatingTimeIntervals: list(interval, { required: true, minItems: 1 }),
                timeZone: str(),
              }),
              taggingCriteria: blocks(
                {
                  criteria,
                  isDefault: bool(required),
                  tagInfo,
                  taggingPriority: int({ required: true, min: 0, max: 99 }),
                },
                { required: true, deviates: "the SDK asks for it" },
              ),
            }),
          },
          { required: true, minItems: 2, deviates: "the SDK asks for them" },
        ),
      },
      {
        optionalComputed: true,
        example: {
          datasourceTypes: [DISKS],
          objectType: "BackupPolicy",
          policyRules: [
            {
              name: "BackupDaily",
              objectType: "AzureBackupRule",
              backupParameters: { backupType: "Incremental", objectType: "AzureBackupParams" },
              dataStore: { dataStoreType: "OperationalStore", objectType: "DataStoreInfoBase" },
              trigger: {
                objectType: "ScheduleBasedTriggerContext",
                schedule: { repeatingTimeIntervals: ["R/2024-01-01T02:00:00+00:00/P1D"] },
                taggingCriteria: [
                  { isDefault: true, tagInfo: { tagName: "Default" }, taggingPriority: 99 },
                ],
              },
            },
            {
              name: "Default",
              objectType: "AzureRetentionRule",
              isDefault: true,
              lifecycles: [
                {
                  deleteAfter: { duration: "P7D", objectType: "AbsoluteDeleteOption" },
                  sourceDataStore: {
                    dataStoreType: "OperationalStore",
                    objectType: "DataStoreInfoBase",
                  },
                },
              ],
            },
          ],
        },
      },
    ),
    systemData,
  },
  rules: [
    inVaultsGroup,
    rule(
      "a policy has rules",
      undefined,
      { property: "properties.policyRules", present: true },
      "BMSUserErrorInvalidInput: `properties.policyRules` is required",
      POLICY_API,
    ),
    policyRule(
      "a rule that backs up has a store and a schedule, and keeps nothing",
      {
        any: [
          keeps,
          {
            all: [
              ...present(
                "backupParameters",
                "dataStore",
                "trigger.schedule",
                "trigger.taggingCriteria",
              ),
              ...absent("isDefault", "lifecycles"),
            ],
          },
        ],
      },
      "an AzureBackupRule has backupParameters, dataStore and a trigger with schedule and taggingCriteria, and no lifecycles",
    ),
    policyRule(
      "a rule that keeps has lifecycles, and backs up nothing",
      {
        any: [
          backs,
          {
            all: [...present("lifecycles"), ...absent("backupParameters", "dataStore", "trigger")],
          },
        ],
      },
      "an AzureRetentionRule has lifecycles, and nothing of a backup",
    ),
    rule(
      "a policy backs up, and keeps by default",
      { property: "properties.policyRules", present: true },
      {
        all: [
          { property: "properties.policyRules[]", some: backs },
          {
            property: "properties.policyRules[]",
            some: { all: [keeps, { property: "isDefault", equals: true }] },
          },
        ],
      },
      "BMSUserErrorInvalidInput: `properties.policyRules` needs an AzureBackupRule and an AzureRetentionRule that is the default",
      POLICY_API,
    ),
    rule(
      "tags are those of rules that keep",
      { property: "properties.policyRules", present: true },
      {
        property: "properties.policyRules[].trigger.taggingCriteria[].tagInfo.tagName",
        allAmong: ["properties.policyRules[objectType=AzureRetentionRule].name"],
      },
      "BMSUserErrorInvalidInput: `properties.policyRules`: every tag needs an AzureRetentionRule of its name",
      POLICY_API,
    ),
    rule(
      "disks are kept as snapshots, in the operational store",
      { property: "properties.datasourceTypes[]", equals: DISKS },
      {
        all: [
          {
            property: "properties.policyRules[objectType=AzureBackupRule]",
            every: {
              all: [
                { property: "dataStore.dataStoreType", equals: "OperationalStore" },
                { property: "backupParameters.backupType", equals: "Incremental" },
                {
                  property: "trigger.schedule.repeatingTimeIntervals[]",
                  every: { property: ".", notMatches: ".*/P1W" },
                },
              ],
            },
          },
          {
            property: "properties.policyRules[].lifecycles[]",
            every: {
              all: [
                { property: "sourceDataStore.dataStoreType", equals: "OperationalStore" },
                { property: "targetDataStoreCopySettings", present: false },
              ],
            },
          },
        ],
      },
      "BMSUserErrorInvalidInput: `properties.policyRules` of disks: Incremental, to and from OperationalStore alone, each day or each 1, 2, 4, 6, 8 or 12 hours",
      `${BACKUP}disk-backup-support-matrix`,
    ),
  ],
  seconds: { create: 5, update: 5, delete: 5 },
});

const resourceProperties = block({ objectType: kind("DefaultResourceProperties") });
const source = "properties.dataSourceInfo";
const snapshots =
  "properties.policyInfo.policyParameters.dataStoreParametersList[].resourceGroupId";
/** The role is assigned on what the path names. */
const assigned = (path: string, role: Parameters<typeof builtInRole>[0]): Condition => ({
  property: path,
  companion: {
    type: ROLE_ASSIGNMENT,
    property: "scope",
    where: { property: "roleDefinitionId", matches: builtInRole(role) },
  },
});

const datasource = {
  datasourceType: str({ pattern: "Microsoft\\.\\w+/\\S+", example: DISKS }),
  resourceLocation: str(),
  resourceName: str(),
  resourceProperties,
  resourceType: str({ pattern: "Microsoft\\.\\w+/\\S+", example: DISKS }),
  resourceUri: str(),
} as const;

const instance = arm({
  token: BACKUP_INSTANCE,
  kind: "Microsoft.DataProtection/backupVaults/backupInstances",
  api: "2025-01-01",
  parents: ["vaultName"],
  named: {
    property: "backupInstanceName",
    pattern: "[A-Za-z0-9][A-Za-z0-9._-]{0,149}",
    maxLength: 150,
    exact: true,
  },
  unique: [
    {
      properties: ["properties.dataSourceInfo.resourceID"],
      scope: "global",
      source: `${BACKUP}disk-backup-faq`,
    },
  ],
  properties: {
    vaultName,
    properties: block(
      {
        dataSourceInfo: block(
          {
            ...datasource,
            objectType: oneOf(["Datasource"]),
            resourceID: str({ required: true, ref: named(DISK) }),
          },
          required,
        ),
        friendlyName: str(),
        identityDetails: block({
          useSystemAssignedIdentity: bool(),
          userAssignedIdentityArmUrl: str(),
        }),
        objectType: kind("BackupInstance"),
        policyInfo: block(
          {
            policyId: str({ required: true, ref: held(BACKUP_POLICY) }),
            policyParameters: block(
              {
                dataStoreParametersList: blocks({
                  dataStoreType: oneOf(
                    ["OperationalStore", "VaultStore", "ArchiveStore"],
                    required,
                  ),
                  objectType: kind("AzureOperationalStoreParameters"),
                  resourceGroupId: str({ ref: named(RESOURCE_GROUP) }),
                }),
              },
              { omits: "backups of blobs and clusters are not modelled" },
            ),
          },
          required,
        ),
        resourceGuardOperationRequests: list(str()),
        validationType: oneOf(["ShallowValidation", "DeepValidation"]),
        currentProtectionState: out("ProtectionConfigured"),
        provisioningState: out("Succeeded"),
      },
      {
        optionalComputed: true,
        omits: "sets of sources and credentials of databases are not modelled",
      },
    ),
    tags: tags(),
    systemData,
  },
  rules: [
    inVaultsGroup,
    rule(
      "an instance has a source and a policy",
      undefined,
      { property: source, present: true },
      "BMSUserErrorInvalidInput: `properties` with dataSourceInfo and policyInfo is required",
      INSTANCE_API,
    ),
    rule(
      "a disk says that it is one, and where it is",
      { property: source, present: true },
      {
        all: [
          { property: `${source}.datasourceType`, equals: DISKS },
          { property: `${source}.resourceType`, equals: DISKS },
          { property: `${source}.resourceName`, present: true },
          { property: `${source}.resourceLocation`, present: true },
        ],
      },
      `BMSUserErrorInvalidInput: \`properties.dataSourceInfo\` of a disk needs datasourceType and resourceType ${DISKS}, resourceName and resourceLocation`,
      INSTANCE_API,
    ),
    rule(
      "snapshots have a resource group",
      { property: source, present: true },
      { property: snapshots, present: true },
      "BMSUserErrorInvalidInput: `properties.policyInfo.policyParameters.dataStoreParametersList` needs the resource group of the snapshots",
      INSTANCE_API,
    ),
    rule(
      "the policy is the vault's own",
      { property: source, present: true },
      {
        property: "properties.policyInfo.policyId->vaultName",
        allAmong: ["vaultName"],
      },
      "BMSUserErrorInvalidInput: `properties.policyInfo.policyId` is a policy of another vault",
      INSTANCE_API,
    ),
    rule(
      "vault and disk are in one region",
      { property: source, present: true },
      {
        property: `${source}.resourceID->location`,
        allAmong: ["vaultName->location"],
      },
      "BMSUserErrorInvalidRegion: `properties.dataSourceInfo.resourceID`: a vault backs up disks of its own region",
      `${BACKUP}disk-backup-support-matrix`,
    ),
    rule(
      "the vault has an identity",
      { property: source, present: true },
      { property: "vaultName->identity.type", matches: ".*Assigned.*" },
      "UserErrorVaultIdentityNotFound: `vaultName`: the vault has no managed identity to read the disk with",
      `${BACKUP}backup-managed-disks`,
    ),
    rule(
      "the vault may read the disk",
      { property: source, present: true },
      {
        any: [
          assigned(`${source}.resourceID`, "Disk Backup Reader"),
          assigned(snapshots, "Disk Backup Reader"),
        ],
      },
      "UserErrorMissingPermissions: `properties.dataSourceInfo`: the vault's identity has no Disk Backup Reader on the disk",
      `${BACKUP}backup-managed-disks`,
    ),
    rule(
      "the vault may make snapshots",
      { property: source, present: true },
      assigned(snapshots, "Disk Snapshot Contributor"),
      "UserErrorMissingPermissions: `properties.policyInfo`: the vault's identity has no Disk Snapshot Contributor on the resource group of the snapshots",
      `${BACKUP}backup-managed-disks`,
    ),
    ...unchangeable([`${source}.resourceID`], INSTANCE_API),
  ],
  seconds: { create: 45, update: 20, delete: 30 },
});

export const models: readonly ResourceModel[] = [vault, policy, instance];
