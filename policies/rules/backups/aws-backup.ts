/** AWS Backup and the schedule of GitLab's own backup: made, kept, out of reach. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { dependsOn, isIn } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { ownKey } from "../data/own-key";
import { gitlabBackup } from "../sources";

const awsBackup = "https://docs.aws.amazon.com/aws-backup/latest/devguide";

/** Expressions of a schedule that is due every day, or oftener. */
const daily =
  /^(cron\(\S+ \S+ (\*|\?|\*\/1|1\/1) (\*|\*\/1|1\/1) (\*|\?) \*\)|rate\((1 day|1 hour|([2-9]|1\d|2[0-4]) hours)\))$/;

/** Whether a recovery point is kept for a week or more; what says no days is kept until somebody deletes it. */
function isKept(days: Value<unknown>): Truth {
  return any(days.absent, days.atLeast(7));
}

export const awsBackups: readonly Rule[] = [
  resourceRule(
    {
      id: "backup-vault-keeps",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Recovery points are encrypted, and no vault is deleted with what it holds",
      source: `Security Hub Backup.1: https://docs.aws.amazon.com/securityhub/latest/userguide/backup-controls.html#backup-1; ${awsBackup}/vault-lock.html`,
      fix: "Set kmsKeyArn, and forceDestroy: false",
    },
    on(t.awsBackupVault, (p, { protect }) => [
      must(ownKey(p.get("kmsKeyArn")), "The vault has no key of its own"),
      must(
        any(!protect, p.get("forceDestroy").or(false).is(false)),
        "The vault would be deleted with its recovery points",
      ),
      must(
        any(protect, p.get("forceDestroy").or(false).is(true)),
        "The vault is kept from deletion with its content, and is not protected itself",
      ),
    ]),
    on(t.awsBackupVaultLock, (p) =>
      must(p.get("minRetentionDays").atLeast(7), "Recovery points may be deleted within 7 days"),
    ),
  ),
  stackRule(
    {
      id: "backup-vault-locked",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Nobody shortens the life of a recovery point",
      source: `${awsBackup}/vault-lock.html`,
      fix: "Give every vault a VaultLockConfiguration with minRetentionDays",
    },
    [t.awsBackupVault],
    (stack) =>
      stack.of(t.awsBackupVault).map((vault) =>
        must(
          stack.of(t.awsBackupVaultLock).some((lock) => dependsOn(lock, vault)),
          "The vault has no lock",
          vault.urn,
        ),
      ),
  ),
  resourceRule(
    {
      id: "backup-plan-daily-and-away",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "Database and files have a recovery point for every day, with a copy in the backup account",
      source: `${awsBackup}/creating-a-backup-plan.html`,
      fix: "Give every rule a schedule, lifecycle.deleteAfter of 7 days or more, and a copy action",
    },
    on(t.awsBackupPlan, (p) => [
      must(p.get("rules").filled, "The plan has no rule"),
      must(
        p
          .get("rules")
          .some((rule) => all(rule.get("schedule").matches(daily), rule.get("copyActions").filled)),
        "No rule of the plan makes a recovery point and its copy daily",
      ),
      must(
        p.get("rules").every((rule) => isKept(rule.get("lifecycle").get("deleteAfter"))),
        "Recovery points are kept for less than 7 days",
      ),
      must(
        p
          .get("rules")
          .every((rule) =>
            rule
              .get("copyActions")
              .every((copy) => isKept(copy.get("lifecycle").get("deleteAfter"))),
          ),
        "Copies of recovery points are kept for less than 7 days",
      ),
    ]),
  ),
  stackRule(
    {
      id: "files-and-database-backed-up",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Every file system and database has a backup beside GitLab's own archive",
      source: `Security Hub EFS.2: https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-2; ${gitlabBackup}`,
      fix: "Name the file system or database in a backup selection",
    },
    [t.awsEfsFileSystem, t.awsDatabase],
    (stack) =>
      [...stack.of(t.awsEfsFileSystem), ...stack.of(t.awsDatabase)].map((source) =>
        must(
          stack.resources.some(
            (one) => one.type === "aws:backup/selection:Selection" && dependsOn(one, source),
          ),
          "No backup plan takes this in",
          source.urn,
        ),
      ),
  ),
  resourceRule(
    {
      id: "backup-schedule-on",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "The nightly backup is started, and a start that failed is tried again and kept",
      source: `${gitlabBackup}; https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html`,
      fix: "Set state: ENABLED, a daily expression, a retry policy and a dead letter queue",
    },
    on(t.awsSchedule, (p, resource) =>
      !isIn(resource, "backupSchedule")
        ? []
        : [
            must(p.get("endDate").absent, "The schedule ends"),
            must(p.get("state").or("ENABLED").is("ENABLED"), "The schedule is off"),
            must(p.get("scheduleExpression").matches(daily), "The schedule does not start daily"),
            must(
              p.get("target").get("retryPolicy").get("maximumRetryAttempts").or(185).atLeast(1),
              "A start that failed is not tried again",
            ),
            must(
              p.get("target").get("deadLetterConfig").get("arn").given,
              "A start that failed for good leaves no trace",
            ),
          ],
    ),
  ),
  resourceRule(
    {
      id: "backup-arrivals-heard",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "Buckets for backups tell of what lands in them: the age alarm counts these events",
      source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html",
      fix: "Set eventbridge: true, and leave the rule that listens enabled",
    },
    on(t.awsBucketNotification, (p, resource) =>
      must(
        any(!isIn(resource, "backupSchedule"), p.get("eventbridge").is(true)),
        "The bucket sends no events",
      ),
    ),
    on(t.awsEventRule, (p, resource) =>
      must(
        any(
          !isIn(resource, "backupSchedule"),
          all(
            not(p.get("state").or("ENABLED").is("DISABLED")),
            not(p.get("isEnabled").or(true).is(false)),
          ),
        ),
        "Nobody listens to the events",
      ),
    ),
  ),
];
