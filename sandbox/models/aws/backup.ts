/** AWS Backup: vaults, their locks, plans and what they select. */
import type { Condition, PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  arnPattern,
  block,
  blockSet,
  bool,
  int,
  kmsKeyArn,
  map,
  named,
  nestedTags,
  oneOf,
  out,
  outJson,
  region,
  registry,
  roleArn,
  set,
  str,
} from "./common";
import { FILLED, NEWER, principalsExist, principalsGiven, resourcePolicy } from "./policies";

const VAULT = "aws:backup/vault:Vault";
const PLAN = "aws:backup/plan:Plan";
const LOCK = "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html";
const LIFECYCLE = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html";
const RULE = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html";
const POLICY =
  "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html";
const SELECTION = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html";

const ownVault = str({ required: true, replace: true, ref: named(VAULT, "name") });

const vault: ResourceModel = {
  token: VAULT,
  source: registry("backup/vault"),
  schema: "aws_backup_vault",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [
    {
      properties: ["name"],
      scope: "region",
      source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html",
    },
  ],
  tags: true,
  properties: {
    forceDestroy: bool({ default: false, deviates: FILLED }),
    kmsKeyArn: kmsKeyArn({
      optionalComputed: true,
      value: arnOf("kms", "key/{uuid}"),
      replace: true,
    }),
    name: str({ replace: true, pattern: "[a-zA-Z0-9_-]{2,50}" }),
    region,
    arn: out(arnOf("backup", "backup-vault:{name}")),
    recoveryPoints: outJson("integer", 0),
  },
  deleteRefusedWhile: [
    {
      condition: {
        all: [
          { property: "recoveryPoints", atLeast: 1 },
          { not: { property: "forceDestroy", equals: true } },
        ],
      },
      message:
        "InvalidRequestException: backup vault cannot be deleted because it contains recovery points (`recoveryPoints`, and `forceDestroy` is not true)",
      source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupVault.html",
    },
  ],
  seconds: { create: 1, delete: 1 },
};

const EXAMPLE_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Deny",
      Principal: "*",
      Action: "backup:DeleteRecoveryPoint",
      Resource: "*",
    },
  ],
});

const vaultPolicy: ResourceModel = {
  token: "aws:backup/vaultPolicy:VaultPolicy",
  source: registry("backup/vaultpolicy"),
  schema: "aws_backup_vault_policy",
  id: "{backupVaultName}",
  properties: {
    backupVaultName: ownVault,
    policy: resourcePolicy(EXAMPLE_POLICY, { required: true, maxLength: 20480 }),
    region,
    backupVaultArn: out("{ref:backupVaultName:arn}"),
  },
  rules: [
    principalsExist("policy", POLICY),
    principalsGiven("policy", POLICY),
    {
      name: "actions-of-backup",
      then: {
        property: "policy.Statement[].Action[]",
        every: { property: ".", matches: "^(\\*|backup(-storage)?:.+)$" },
      },
      message: "InvalidParameterValueException: `policy`: actions of a vault policy are backup:…",
      source: POLICY,
      at: "apply",
    },
  ],
};

const vaultLock: ResourceModel = {
  token: "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  source: registry("backup/vaultlockconfiguration"),
  schema: "aws_backup_vault_lock_configuration",
  id: "{backupVaultName}",
  properties: {
    backupVaultName: ownVault,
    // Three days at least, to try it: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html
    changeableForDays: int({ replace: true, min: 3, max: 36500 }),
    maxRetentionDays: int({ replace: true, min: 1, max: 36500 }),
    minRetentionDays: int({ replace: true, min: 1, max: 36500 }),
    region,
    backupVaultArn: out("{ref:backupVaultName:arn}"),
  },
  rules: [
    {
      name: "least-below-most",
      when: {
        all: [
          { property: "minRetentionDays", present: true },
          { property: "maxRetentionDays", present: true },
        ],
      },
      then: { property: "maxRetentionDays", atLeastProperty: "minRetentionDays" },
      message:
        "InvalidParameterValueException: `maxRetentionDays`: must not be less than minRetentionDays",
      source: LOCK,
      at: "apply",
    },
  ],
};

const lifecycle = (): PropertyModel =>
  block({
    coldStorageAfter: int({ min: 1 }),
    deleteAfter: int({ min: 1, max: 36500 }),
    optInToArchiveForSupportedResources: bool({ optionalComputed: true, deviates: NEWER }),
  });

/** Cold storage costs 90 days at least. */
const coldLongEnough: Condition = {
  any: [
    { property: "lifecycle.coldStorageAfter", present: false },
    { property: "lifecycle.deleteAfter", present: false },
    { property: "lifecycle.deleteAfter", atLeastProperty: "lifecycle.coldStorageAfter", plus: 90 },
  ],
};

const scanner = oneOf(["GUARDDUTY"], { required: true, deviates: NEWER });

const plan: ResourceModel = {
  token: PLAN,
  source: registry("backup/plan"),
  schema: "aws_backup_plan",
  id: "{uuid}",
  name: { property: "name", auto: true, maxLength: 255 },
  tags: true,
  properties: {
    advancedBackupSettings: blockSet({
      backupOptions: map({ required: true }),
      resourceType: oneOf(["EC2"], { required: true }),
    }),
    name: str({ replace: true, pattern: "[a-zA-Z0-9_.-]{1,50}" }),
    region,
    rules: blockSet(
      {
        completionWindow: int({ default: 180, min: 60 }),
        copyActions: blockSet({
          destinationVaultArn: str({
            required: true,
            ref: named(VAULT, "arn", arnPattern("backup", "backup-vault:.+")),
          }),
          lifecycle: lifecycle(),
        }),
        enableContinuousBackup: bool(),
        lifecycle: lifecycle(),
        recoveryPointTags: nestedTags(),
        ruleName: str({ required: true, pattern: "[a-zA-Z0-9_.-]{1,50}" }),
        scanActions: blockSet(
          {
            malwareScanner: scanner,
            scanMode: oneOf(["FULL_SCAN", "INCREMENTAL_SCAN"], { required: true, deviates: NEWER }),
          },
          { deviates: NEWER },
        ),
        schedule: str({ format: "cron", pattern: "cron\\(.+\\)", example: "cron(0 5 ? * * *)" }),
        scheduleExpressionTimezone: str({
          default: "Etc/UTC",
          pattern: "[A-Za-z]+([/_+-][A-Za-z0-9_+-]+)*",
          example: "Etc/UTC",
          deviates: NEWER,
        }),
        startWindow: int({ default: 60, min: 60 }),
        targetLogicallyAirGappedBackupVaultArn: str({
          pattern: arnPattern("backup", "backup-vault:.+"),
          deviates: NEWER,
        }),
        targetVaultName: str({ required: true, ref: named(VAULT, "name", "Default") }),
      },
      { required: true, minItems: 1 },
    ),
    scanSettings: blockSet(
      {
        malwareScanner: scanner,
        resourceTypes: set(oneOf(["EBS", "EC2", "S3", "ALL"]), { required: true, deviates: NEWER }),
        scannerRoleArn: roleArn({ required: true, deviates: NEWER }),
      },
      { deviates: NEWER },
    ),
    arn: out(arnOf("backup", "backup-plan:{id}")),
    version: out("{alnum:48}", {
      changesWith: ["rules", "advancedBackupSettings", "scanSettings"],
    }),
  },
  rules: [
    {
      name: "cold-for-90-days",
      then: { property: "rules[]", every: coldLongEnough },
      message:
        "InvalidParameterValueException: `rules[].lifecycle.deleteAfter`: must be at least 90 days greater than coldStorageAfter",
      source: LIFECYCLE,
      at: "apply",
    },
    {
      name: "copies-cold-for-90-days",
      then: { property: "rules[].copyActions[]", every: coldLongEnough },
      message:
        "InvalidParameterValueException: `rules[].copyActions[].lifecycle.deleteAfter`: must be at least 90 days greater than coldStorageAfter",
      source: LIFECYCLE,
      at: "apply",
    },
    {
      name: "continuous-for-35-days",
      then: {
        property: "rules[]",
        every: {
          any: [
            { not: { property: "enableContinuousBackup", equals: true } },
            {
              all: [
                { property: "lifecycle.deleteAfter", atLeast: 1 },
                { property: "lifecycle.deleteAfter", atMost: 35 },
                { property: "lifecycle.coldStorageAfter", present: false },
              ],
            },
          ],
        },
      },
      message:
        "InvalidParameterValueException: `rules[].lifecycle.deleteAfter`: continuous backups are kept 1 to 35 days and never in cold storage",
      source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html",
      at: "apply",
    },
    {
      name: "windows-in-order",
      then: {
        property: "rules[]",
        every: { property: "completionWindow", atLeastProperty: "startWindow", plus: 60 },
      },
      message:
        "InvalidParameterValueException: `rules[].completionWindow`: must be at least 60 minutes greater than startWindow",
      source: RULE,
      at: "apply",
    },
    {
      name: "rule-names-differ",
      then: { property: "rules[].ruleName", distinct: true },
      message: "InvalidParameterValueException: `rules[].ruleName`: must be unique within the plan",
      source: RULE,
      at: "apply",
    },
  ],
  seconds: { create: 1, delete: 1 },
};

const filter = blockSet(
  { key: str({ required: true, replace: true }), value: str({ required: true, replace: true }) },
  { replace: true },
);

const selection: ResourceModel = {
  token: "aws:backup/selection:Selection",
  source: registry("backup/selection"),
  schema: "aws_backup_selection",
  id: "{uuid}",
  name: { property: "name", auto: true, maxLength: 255 },
  properties: {
    conditions: blockSet(
      {
        stringEquals: filter,
        stringLikes: filter,
        stringNotEquals: filter,
        stringNotLikes: filter,
      },
      { optionalComputed: true, replace: true },
    ),
    iamRoleArn: roleArn({ required: true, replace: true }),
    name: str({ replace: true, pattern: "[a-zA-Z0-9_.-]{1,50}" }),
    notResources: set(str({ pattern: "arn:.+|\\*", example: "arn:aws:ec2:*:*:volume/*" }), {
      optionalComputed: true,
      replace: true,
      maxItems: 500,
    }),
    // A plan that has selections can't be deleted: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupPlan.html
    planId: str({ required: true, replace: true, ref: { type: PLAN, by: "id", holds: true } }),
    region,
    resources: set(str({ pattern: "arn:.+|\\*", example: "arn:aws:ec2:*:*:volume/*" }), {
      replace: true,
      maxItems: 500,
    }),
    selectionTags: blockSet(
      {
        key: str({ required: true, replace: true }),
        type: oneOf(["STRINGEQUALS"], { required: true, replace: true }),
        value: str({ required: true, replace: true }),
      },
      { replace: true },
    ),
  },
  rules: [
    {
      name: "something-selected",
      then: {
        any: [
          { property: "resources", present: true },
          { property: "selectionTags", present: true },
          { property: "conditions", present: true },
        ],
      },
      message:
        "InvalidParameterValueException: `resources`: a selection has resources, selectionTags or conditions",
      source: SELECTION,
      at: "apply",
    },
    {
      name: "role-trusts-backup",
      when: { property: "iamRoleArn->assumeRolePolicy", present: true },
      then: {
        property: "iamRoleArn->assumeRolePolicy.Statement[].Principal.Service[]",
        matches: "^backup\\.amazonaws\\.com(\\.cn)?$",
      },
      message:
        "InvalidParameterValueException: `iamRoleArn`: the IAM role cannot be assumed by AWS Backup (backup.amazonaws.com)",
      source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html",
      at: "apply",
    },
  ],
};

export const models: readonly ResourceModel[] = [vault, vaultPolicy, vaultLock, plan, selection];
