/** For how long data are kept and how many of them, by type. */
import type { Values } from "../../engine/facts";
import { backedUp } from "./backup-rules";
import { at, documentAt, isFalse, itemsAt, notKnown, numberAt, textAt } from "./values";

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

/** Seconds of a duration such as `86400s`. */
function seconds(path: string, whenLeftOut: Kept): Read {
  return (values) => {
    const value = at(values, path);
    if (value === notKnown) return new Map([["", notKnown]]);
    const match = /^(\d+)(?:\.\d+)?s$/.exec(typeof value === "string" ? value : "");
    return new Map([["", match === null ? whenLeftOut : Number(match[1])]]);
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

/** As `each`, where a rule that is gone or switched off deletes nothing any more. */
function expiry(list: string, name: string, ...paths: readonly string[]): Read {
  const read = each(list, name, ...paths);
  return (values) => {
    const rules = itemsAt(values, list).filter((rule) => !isFalse(rule, "status"));
    // The shortest of all decides when the first object goes, whatever the rules are called.
    const numbers = [...read({ [list]: rules }).values()];
    const least = Math.min(...numbers.map((kept) => (typeof kept === "number" ? kept : Infinity)));
    return new Map([["", Number.isFinite(least) ? least : "for ever"]]);
  };
}

/** Whether a bucket's rule is about versions that are no longer live. */
function ofEarlierVersions(rule: unknown): boolean {
  return (
    textAt(rule, "condition.withState") === "ARCHIVED" ||
    ["daysSinceNoncurrentTime", "noncurrentTimeBefore", "numNewerVersions"].some(
      (key) => at(rule, `condition.${key}`) !== undefined,
    )
  );
}

/**
 * The least number of a bucket's rules that delete. One that names no such number deletes what its other conditions find,
 * however new that is. https://docs.cloud.google.com/storage/docs/lifecycle#conditions
 */
function bucketRules(
  values: Values,
  picks: (rule: unknown) => boolean,
  path: string,
): ReadonlyMap<string, Kept> {
  if (at(values, "lifecycleRules") === notKnown) return new Map([["", notKnown]]);
  const all = ["age", "daysSinceNoncurrentTime", "numNewerVersions", "daysSinceCustomTime"];
  const numbers = itemsAt(values, "lifecycleRules")
    .filter((rule) => textAt(rule, "action.type") === "Delete" && picks(rule))
    .flatMap((rule) => {
      const number = numberAt(rule, path);
      if (number !== undefined) return [number];
      return all.some((key) => at(rule, `condition.${key}`) !== undefined) ? [] : [0];
    });
  return new Map([["", numbers.length > 0 ? Math.min(...numbers) : "for ever"]]);
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
    type: /^aws:backup\/plan:/,
    words: "days that recovery points are kept",
    read: each("rules", "ruleName", "lifecycle.deleteAfter"),
  },
  {
    type: /^aws:backup\/plan:/,
    words: "days that copies in the other vault are kept",
    read: (values) => {
      const kept = new Map<string, Kept>();
      for (const rule of itemsAt(values, "rules")) {
        const copies = itemsAt(rule, "copyActions");
        const days = copies.map((copy) => numberAt(copy, "lifecycle.deleteAfter") ?? Infinity);
        const least = Math.min(...days);
        if (copies.length === 0) continue;
        kept.set(textAt(rule, "ruleName") ?? "a rule", Number.isFinite(least) ? least : "for ever");
      }
      return kept;
    },
  },
  {
    type: /^aws:backup\/selection:/,
    words: "resources that are backed up",
    read: (values) => new Map([["", backedUp(values)]]),
  },
  {
    type: /^aws:s3\/bucketReplication/,
    words: "rules in force that copy objects to another bucket",
    read: (values) =>
      new Map([["", itemsAt(values, "rules").filter((rule) => !isFalse(rule, "status")).length]]),
  },
  {
    type: /^aws:ecr\/lifecyclePolicy:/,
    words: "images or days that a rule keeps",
    read: (values) => {
      const document = documentAt(values, "policy");
      if (document === notKnown) return new Map([["", notKnown]]);
      const numbers = itemsAt(document, "rules").map(
        (rule) => numberAt(rule, "selection.countNumber") ?? Infinity,
      );
      const least = Math.min(...numbers);
      return new Map([["", Number.isFinite(least) ? least : "for ever"]]);
    },
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
    read: (values) => bucketRules(values, (rule) => !ofEarlierVersions(rule), "condition.age"),
  },
  {
    type: /^gcp:storage\/bucket:/,
    words: "days until earlier versions of objects are deleted",
    read: (values) => bucketRules(values, ofEarlierVersions, "condition.daysSinceNoncurrentTime"),
  },
  {
    type: /^gcp:storage\/bucket:/,
    words: "newer versions that an earlier one is kept beside",
    read: (values) => bucketRules(values, ofEarlierVersions, "condition.numNewerVersions"),
  },
  {
    type: /^gcp:compute\/resourcePolicy:/,
    words: "days that snapshots are kept",
    read: one("snapshotSchedulePolicy.retentionPolicy.maxRetentionDays"),
  },
  // 30 days where left out: https://docs.cloud.google.com/kms/docs/destroy-restore
  {
    type: /^gcp:kms\/cryptoKey:/,
    words: "seconds before a destroyed version is gone",
    read: seconds("destroyScheduledDuration", 2_592_000),
  },
  {
    type: /^gcp:secretmanager\/(regionalSecret|secret):/,
    words: "seconds before a destroyed version is gone",
    read: seconds("versionDestroyTtl", "nothing"),
  },
  {
    type: /^azure-native:storage:BlobServiceProperties$/,
    words: "days that deleted objects can be restored for",
    read: one("deleteRetentionPolicy.days"),
  },
  {
    type: /^azure-native:storage:BlobServiceProperties$/,
    words: "days that deleted containers can be restored for",
    read: one("containerDeleteRetentionPolicy.days"),
  },
  {
    type: /^azure-native:storage:ManagementPolicy$/,
    words: "days until objects are deleted",
    read: (values) => {
      if (at(values, "policy.rules") === notKnown) return new Map([["", notKnown]]);
      const days = itemsAt(values, "policy.rules")
        .filter((rule) => !isFalse(rule, "enabled"))
        .flatMap((rule) =>
          ["daysAfterModificationGreaterThan", "daysAfterCreationGreaterThan"].map((key) =>
            numberAt(rule, `definition.actions.baseBlob.delete.${key}`),
          ),
        )
        .filter((number) => number !== undefined);
      return new Map([["", days.length > 0 ? Math.min(...days) : "for ever"]]);
    },
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
