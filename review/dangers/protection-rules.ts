/** Properties that guard data, by type. Their meaning is in each provider's documentation of the type. */
import type { Values } from "../../engine/facts";
import { at, itemsAt, notKnown, numberAt, textAt } from "./values";

/**
 * Switches that protect: type, path, words, and what holds where the property is left out (`off` unless said).
 *
 * Sources: https://www.pulumi.com/registry/packages/{aws,azure-native,gcp}/api-docs/ of each type.
 */
export const switchesOff: readonly (readonly [RegExp, string, string, "on"?])[] = [
  [/^aws:(rds|docdb|neptune)\//, "deletionProtection", "deletion protection"],
  [/^aws:dynamodb\/table:/, "deletionProtectionEnabled", "deletion protection"],
  [/^aws:dynamodb\/table:/, "pointInTimeRecovery.enabled", "point-in-time recovery"],
  [/^aws:lb\/loadBalancer:/, "enableDeletionProtection", "deletion protection"],
  [/^aws:ebs\/volume:/, "finalSnapshot", "the snapshot before deletion"],
  [/^aws:s3\/bucketVersioning:/, "versioningConfiguration.status", "versioning"],
  [/^aws:s3\/bucket:/, "versioning.enabled", "versioning"],
  [/^aws:efs\/backupPolicy:/, "backupPolicy.status", "daily backup"],
  [/^aws:efs\/fileSystem:/, "protection.replicationOverwrite", "protection against overwriting"],
  [/^aws:kms\/key:/, "isEnabled", "the key", "on"],
  // https://docs.cloud.google.com/sql/docs/postgres/deletion-protection: Pulumi's own, and the API's.
  [/^gcp:sql\/databaseInstance:/, "deletionProtection", "the provider's deletion protection", "on"],
  [
    /^gcp:sql\/databaseInstance:/,
    "settings.deletionProtectionEnabled",
    "Cloud SQL's own deletion protection",
  ],
  [/^gcp:sql\/databaseInstance:/, "settings.backupConfiguration.enabled", "automated backup"],
  [
    /^gcp:sql\/databaseInstance:/,
    "settings.backupConfiguration.pointInTimeRecoveryEnabled",
    "point-in-time recovery",
  ],
  [
    /^gcp:sql\/databaseInstance:/,
    "settings.retainBackupsOnDelete",
    "keeping backups of a deleted instance",
  ],
  [/^gcp:sql\/databaseInstance:/, "settings.finalBackupConfig.enabled", "the final backup"],
  [
    /^gcp:(redis|container|compute|secretmanager|alloydb|memorystore)\//,
    "deletionProtection",
    "deletion protection",
  ],
  [/^gcp:redis\/cluster:/, "deletionProtectionEnabled", "deletion protection"],
  [/^gcp:compute\/(regionD|d)isk:/, "createSnapshotBeforeDestroy", "the snapshot before deletion"],
  [/^gcp:storage\/bucket:/, "versioning.enabled", "versioning"],
  [/^gcp:storage\/bucket:/, "retentionPolicy.isLocked", "the lock on retention"],
  [/^gcp:storage\/bucket:/, "enableObjectRetention", "object retention"],
  [
    /^azure-native:keyvault:Vault$/,
    "properties.enablePurgeProtection",
    "protection against purging",
  ],
  // https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview
  [/^azure-native:keyvault:Vault$/, "properties.enableSoftDelete", "soft delete", "on"],
  [/^azure-native:storage:BlobServiceProperties$/, "isVersioningEnabled", "versioning"],
  [/^azure-native:storage:BlobServiceProperties$/, "deleteRetentionPolicy.enabled", "soft delete"],
];

/** Switches that let go of data: type, path, and what turning them on does, in words. */
export const switchesOn: readonly (readonly [RegExp, string, string])[] = [
  [
    /^aws:(rds|docdb|neptune)\//,
    "skipFinalSnapshot",
    "no final snapshot is taken when it is deleted",
  ],
  [/^aws:rds\//, "deleteAutomatedBackups", "automated backups go with it when it is deleted"],
  [
    /^aws:(s3\/bucket|backup\/vault|ecr\/repository|route53\/zone)|^gcp:storage\/bucket:/,
    "forceDestroy",
    "it can be deleted with all that it holds",
  ],
  [/^aws:ecr\/repository:/, "forceDelete", "it can be deleted with all that it holds"],
  [
    /^aws:kms\/(key|keyPolicy):/,
    "bypassPolicyLockoutSafetyCheck",
    "a key policy that locks everybody out is accepted",
  ],
  [/^aws:autoscaling\/group:/, "forceDelete", "it can be deleted while its machines run"],
  [
    /^gcp:compute\/resourcePolicy:/,
    "snapshotSchedulePolicy.retentionPolicy.onSourceDiskDeleteApply",
    "snapshots expire after their disk is deleted",
  ],
];

/** Types that do nothing but guard others: type, and what its deletion means, in words. */
export const safeguardTypes: readonly (readonly [RegExp, string])[] = [
  [
    /^azure-native:authorization:ManagementLock/,
    "the lock is taken off: what it guards can be deleted",
  ],
  [
    /^aws:backup\/vaultLockConfiguration:/,
    "the vault's lock is taken off: recovery points can be deleted early",
  ],
  [
    /^aws:backup\/vaultPolicy:/,
    "the vault's policy is taken off: who may delete recovery points is no longer limited by it",
  ],
  [
    /^aws:s3\/bucketObjectLockConfiguration:/,
    "new objects of the bucket are no longer locked against deletion",
  ],
  [/^aws:s3\/bucketVersioning/, "the bucket's versioning is suspended"],
  [/^aws:s3\/bucketReplication/, "the bucket is no longer copied to another one"],
  [/^aws:(backup\/(plan|selection)|dlm\/lifecyclePolicy):/, "the backups that it makes stop"],
  [/^aws:efs\/replicationConfiguration:/, "the file system is no longer copied to another one"],
  [/^azure-native:dataprotection:(BackupInstance|BackupPolicy)$/, "the backups that it makes stop"],
  [
    /^gcp:compute\/((regionD|d)iskResourcePolicyAttachment|resourcePolicy):/,
    "the snapshots that it makes stop",
  ],
];

type Kept = number | "for ever" | "nothing" | typeof notKnown;

/** For how long, or how many, by what it is about: `""` where there is one alone. */
type Read = (values: Values) => ReadonlyMap<string, Kept>;

interface Deadline {
  readonly type: RegExp;
  readonly words: string;
  readonly read: Read;
}

/** One number at a path. @param whenLeftOut what the cloud then does */
function one(path: string, whenLeftOut: Kept = "nothing", zero: Kept = "nothing"): Read {
  return (values) => {
    if (at(values, path) === notKnown) return new Map([["", notKnown]]);
    const number = numberAt(values, path);
    return new Map([["", number === undefined ? whenLeftOut : number === 0 ? zero : number]]);
  };
}

/** How strong a word is: the further back in the list, the stronger. */
function strength(path: string, ...words: readonly string[]): Read {
  return (values) => {
    const value = at(values, path);
    if (value === notKnown) return new Map([["", notKnown]]);
    const rank = words.indexOf(String(value));
    return new Map([["", rank <= 0 ? "nothing" : rank]]);
  };
}

/** Days in an ISO 8601 duration such as `P30D`, `P3M` or `P1Y`. */
function days(duration: string | undefined): number | undefined {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(duration ?? "");
  if (match === null) return undefined;
  const [years, months, weeks, rest] = match.slice(1).map((part) => Number(part ?? 0));
  return (years ?? 0) * 365 + (months ?? 0) * 30 + (weeks ?? 0) * 7 + (rest ?? 0);
}

/** Numbers of a list's items by the items' names; an item without the number keeps for ever. */
function each(list: string, name: string, ...paths: readonly string[]): Read {
  return (values) => {
    const kept = new Map<string, Kept>();
    if (at(values, list) === notKnown) return kept;
    itemsAt(values, list).forEach((item, index) => {
      const key = textAt(item, name) ?? `rule ${index + 1}`;
      for (const path of paths) {
        const of = paths.length > 1 ? `${key} (${path})` : key;
        if (at(item, path) === notKnown) kept.set(of, notKnown);
        else kept.set(of, numberAt(item, path) ?? "for ever");
      }
    });
    return kept;
  };
}

/** As `each`, where a rule that is gone deletes nothing any more: only rules of both sides, and new ones, count. */
function expiry(list: string, name: string, ...paths: readonly string[]): Read {
  const read = each(list, name, ...paths);
  return (values) => {
    // The shortest of all decides when the first object goes, whatever the rules are called.
    const numbers = [...read(values).values()];
    const least = Math.min(...numbers.map((kept) => (typeof kept === "number" ? kept : Infinity)));
    return new Map([["", Number.isFinite(least) ? least : "for ever"]]);
  };
}

/** Times and numbers that get less. Units are the property's own. */
export const deadlines: readonly Deadline[] = [
  {
    type: /^aws:rds\/(instance|cluster):/,
    words: "days of backups",
    read: one("backupRetentionPeriod"),
  },
  {
    type: /^aws:elasticache\/replicationGroup:/,
    words: "days of snapshots",
    read: one("snapshotRetentionLimit"),
  },
  // 30 days where left out: https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
  {
    type: /^aws:kms\/key:/,
    words: "days before a deleted key is gone",
    read: one("deletionWindowInDays", 30),
  },
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
  {
    type: /^aws:secretsmanager\/secret:/,
    words: "days before a deleted secret is gone",
    read: one("recoveryWindowInDays", 30),
  },
  {
    type: /^aws:backup\/vaultLockConfiguration:/,
    words: "days that recovery points are locked for",
    read: one("minRetentionDays"),
  },
  {
    type: /^aws:s3\/bucketObjectLockConfiguration:/,
    words: "days that new objects are locked for",
    read: (values) => {
      const lock = at(values, "rule.defaultRetention");
      if (lock === notKnown) return new Map([["", notKnown]]);
      const years = numberAt(lock, "years");
      const number = numberAt(lock, "days") ?? (years === undefined ? undefined : years * 365);
      return new Map([["", number ?? "nothing"]]);
    },
  },
  {
    type: /^aws:s3\/bucketObjectLockConfiguration:/,
    words: "strength of the object lock (GOVERNANCE 1, COMPLIANCE 2)",
    read: strength("rule.defaultRetention.mode", "", "GOVERNANCE", "COMPLIANCE"),
  },
  {
    type: /^aws:backup\/plan:/,
    words: "days that recovery points are kept",
    read: each("rules", "ruleName", "lifecycle.deleteAfter"),
  },
  // None where left out: CloudWatch keeps log entries for ever then, and so it does for 0.
  {
    type: /^aws:cloudwatch\/logGroup:/,
    words: "days that log entries are kept",
    read: one("retentionInDays", "for ever", "for ever"),
  },
  {
    type: /^aws:s3\/bucketLifecycleConfiguration/,
    words: "days until objects expire",
    read: expiry("rules", "id", "expiration.days"),
  },
  {
    type: /^aws:s3\/bucketLifecycleConfiguration/,
    words: "days until earlier versions of objects expire",
    read: expiry("rules", "id", "noncurrentVersionExpiration.noncurrentDays"),
  },
  {
    type: /^aws:dlm\/lifecyclePolicy:/,
    words: "snapshots kept",
    read: each("policyDetails.schedules", "name", "retainRule.count"),
  },
  {
    type: /^gcp:sql\/databaseInstance:/,
    words: "backups kept",
    // 7 where left out: https://docs.cloud.google.com/sql/docs/postgres/backup-recovery/backups
    read: one("settings.backupConfiguration.backupRetentionSettings.retainedBackups", 7),
  },
  {
    type: /^gcp:sql\/databaseInstance:/,
    words: "days of transaction logs, which point-in-time recovery goes back by",
    read: one("settings.backupConfiguration.transactionLogRetentionDays", 7),
  },
  {
    type: /^gcp:sql\/databaseInstance:/,
    words: "days that the final backup is kept",
    read: one("settings.finalBackupConfig.retentionDays"),
  },
  {
    type: /^gcp:redis\/instance:/,
    words: "strength of persistence (RDB snapshots 1)",
    read: strength("persistenceConfig.persistenceMode", "DISABLED", "RDB"),
  },
  {
    type: /^gcp:storage\/bucket:/,
    words: "seconds that objects are kept by the retention policy",
    read: one("retentionPolicy.retentionPeriod"),
  },
  {
    type: /^gcp:storage\/bucket:/,
    words: "seconds that deleted objects can be restored for",
    // 7 days where left out: https://docs.cloud.google.com/storage/docs/soft-delete
    read: one("softDeletePolicy.retentionDurationSeconds", 604800),
  },
  {
    type: /^gcp:storage\/bucket:/,
    words: "days until objects are deleted",
    read: (values) => {
      if (at(values, "lifecycleRules") === notKnown) return new Map([["", notKnown]]);
      const ages = itemsAt(values, "lifecycleRules")
        .filter((rule) => textAt(rule, "action.type") === "Delete")
        // Versions that are no longer live are another matter than live objects.
        .filter((rule) => textAt(rule, "condition.withState") !== "ARCHIVED")
        .map((rule) => numberAt(rule, "condition.age"))
        .filter((age) => age !== undefined);
      return new Map([["", ages.length > 0 ? Math.min(...ages) : "for ever"]]);
    },
  },
  {
    type: /^gcp:compute\/resourcePolicy:/,
    words: "days that snapshots are kept",
    read: one("snapshotSchedulePolicy.retentionPolicy.maxRetentionDays"),
  },
  {
    type: /^gcp:compute\/resourcePolicy:/,
    words: "keeping of snapshots whose disk is deleted (1: kept)",
    read: strength(
      "snapshotSchedulePolicy.retentionPolicy.onSourceDiskDelete",
      "APPLY_RETENTION_POLICY",
      "KEEP_AUTO_SNAPSHOTS",
    ),
  },
  {
    type: /^azure-native:keyvault:Vault$/,
    words: "days before a deleted vault or secret is gone",
    // https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview
    read: one("properties.softDeleteRetentionInDays", 90),
  },
  {
    type: /^azure-native:dataprotection:BackupVault$/,
    words: "days before deleted backups are gone",
    read: one("properties.securitySettings.softDeleteSettings.retentionDurationInDays", 14),
  },
  // Off, On, AlwaysOn; Disabled, Unlocked, Locked:
  // https://learn.microsoft.com/en-us/azure/backup/backup-azure-immutable-vault-concept
  {
    type: /^azure-native:dataprotection:BackupVault$/,
    words: "strength of soft delete (On 1, AlwaysOn 2)",
    read: strength("properties.securitySettings.softDeleteSettings.state", "Off", "On", "AlwaysOn"),
  },
  {
    type: /^azure-native:dataprotection:BackupVault$/,
    words: "strength of immutability (Unlocked 1, Locked 2)",
    read: strength(
      "properties.securitySettings.immutabilitySettings.state",
      "Disabled",
      "Unlocked",
      "Locked",
    ),
  },
  {
    type: /^azure-native:dataprotection:BackupPolicy$/,
    words: "days that backups are kept",
    read: (values) => {
      const kept = new Map<string, Kept>();
      for (const rule of itemsAt(values, "properties.policyRules")) {
        const key = textAt(rule, "name") ?? "a rule";
        const durations = itemsAt(rule, "lifecycles").map((cycle) =>
          days(textAt(cycle, "deleteAfter.duration")),
        );
        const least = Math.min(...durations.map((number) => number ?? Infinity));
        if (Number.isFinite(least)) kept.set(key, least);
      }
      return kept;
    },
  },
  {
    type: /^azure-native:operationalinsights:Workspace$/,
    words: "days that log entries are kept",
    read: one("retentionInDays", 30),
  },
];
