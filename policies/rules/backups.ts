/** Backups: that they are made, kept, out of reach, and that somebody hears when they are not. */
import { all, any } from "../reader";
import { around, components, dependsOn, environmentOf, isIn, lifted, partsOf } from "../relations";
import {
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  type StackView,
  stackRule,
  type TypeToken,
} from "../rule";
import * as t from "../types";

const awsBackup = "https://docs.aws.amazon.com/aws-backup/latest/devguide";
const gitlabBackup = "https://docs.gitlab.com/administration/backup_restore/backup_gitlab/";

/** What holds data: a stack that protects anything protects all of these. */
const stateful: readonly TypeToken<unknown>[] = [
  t.awsDatabase,
  t.awsCache,
  t.awsEfsFileSystem,
  t.awsDynamoTable,
  t.awsKmsKey,
  t.awsBackupVault,
  t.azureDisk,
  t.azureResourceGroup,
  t.azureVault,
  t.azureBackupVault,
  t.gcpDisk,
  t.gcpDatabaseInstance,
  t.gcpDatabase,
  t.gcpRedis,
];

/**
 * Secrets that only the cloud has: on AWS those that a deletion lets be taken back, on Azure what the machine itself puts
 * there for its recovery. All others can be made or set again.
 */
function isKeptSecret({ type, props }: ResourceView): boolean {
  if (type === t.azureSecret.token) return props.at("secretName").is("recovery") === true;
  return type === t.awsSecret.token && props.at("recoveryWindowInDays").atLeast(7) === true;
}

function keeps(stack: StackView): readonly ResourceView[] {
  const tokens = new Set(stateful.map(({ token }) => token));
  return stack.resources.filter((one) => tokens.has(one.type) || isKeptSecret(one));
}

/** Whether an alarm says that nothing has come: over a day and more, and silence counts as nothing. */
function isAgeAlarm({ props: p }: ResourceView): ReturnType<typeof all> {
  const hours =
    p.at("evaluationPeriods").unknown ??
    p.at("period").test((period) => {
      const periods = p.at("evaluationPeriods").known;
      return (
        typeof period === "number" && typeof periods === "number" && period * periods >= 25 * 3600
      );
    });
  return all(
    hours,
    p.at("treatMissingData").is("breaching"),
    p.at("comparisonOperator").matches(/^LessThan/),
    p.at("actionsEnabled").or(true).is(true),
    p.at("alarmActions").filled,
  );
}

export const backups: readonly Rule[] = [
  stackRule(
    {
      id: "stateful-protected",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "What holds data is not deleted or replaced by a routine change",
      source: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
      fix: "Pass stateful(site, opts) to the resource; the setting protection lifts it for a whole environment",
    },
    [...stateful, t.awsSecret, t.azureSecret],
    (stack) =>
      lifted(stack)
        ? []
        : keeps(stack).map(({ protect, urn }) =>
            must(protect, "The resource holds data and is not protected", urn),
          ),
  ),
  stackRule(
    {
      id: "protection-lifted",
      severity: "high",
      level: "advisory",
      theme: "data",
      protects: "Nobody lifts the protection of an environment without seeing it said",
      source: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
      fix: "Set protection back to true, unless the data of the environment may be lost",
    },
    stateful,
    (stack) => [must(!lifted(stack), "Nothing in this environment is protected any more")],
  ),
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
      must(p.get("kmsKeyArn").given, "The vault has no key of its own"),
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
          .every((rule) =>
            rule.get("schedule").matches(/^(cron\(\S+ \S+ (\*|\?) \* (\*|\?) \*\)|rate\(1 day\))$/),
          ),
        "A rule of the plan does not run daily",
      ),
      must(
        p.get("rules").every((rule) => rule.get("lifecycle").get("deleteAfter").atLeast(7)),
        "Recovery points are kept for less than 7 days",
      ),
      must(
        p.get("rules").every((rule) => rule.get("copyActions").filled),
        "Recovery points have no copy",
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
    on(t.awsSchedule, (p) => [
      must(p.get("state").or("ENABLED").is("ENABLED"), "The schedule is off"),
      must(
        p
          .get("scheduleExpression")
          .matches(/^cron\(\S+ \S+ (\*|\?) \* (\*|\?) \*\)$|^rate\((1 day|\d+ hours?)\)$/),
        "The schedule does not start daily",
      ),
      must(
        p.get("target").get("retryPolicy").get("maximumRetryAttempts").or(185).atLeast(1),
        "A start that failed is not tried again",
      ),
      must(
        p.get("target").get("deadLetterConfig").get("arn").given,
        "A start that failed for good leaves no trace",
      ),
    ]),
  ),
  stackRule(
    {
      id: "backup-age-alarm",
      severity: "critical",
      level: "mandatory",
      theme: "operations",
      protects:
        "Somebody hears within a day and a bit that no backup has landed, whatever keeps it from landing",
      source:
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html; https://cloud.google.com/monitoring/promql/promql-in-alerting",
      fix: "Keep the alarms of AwsBackupArrivals or PackageBackupGcs: 25 hours or more, and missing data breaching",
    },
    [t.awsBucket, t.gcpBucket],
    (stack) => {
      const places = [
        ...stack.of(t.awsBucket).filter((one) => isIn(one, "backupSchedule")),
        ...stack.of(t.gcpBucket).filter((one) => isIn(one, "backupSchedule")),
      ].filter(({ name }) => /archives|secrets|exports/.test(name));
      const alarms = [
        ...stack.of(t.awsMetricAlarm).filter((one) => isIn(one, "backupSchedule")),
        ...stack
          .of(t.gcpAlertPolicy)
          .filter((one) => isIn(one, "backupSchedule") || isIn(one, "alerts")),
      ] as readonly ResourceView[];
      return places.map((place) => {
        const kind = /archives|secrets|export/.exec(place.name)?.[0] ?? "";
        const about = alarms.filter(({ name }) => name.includes(kind));
        return must(
          any(
            ...about.map((alarm) =>
              alarm.type === t.awsMetricAlarm.token
                ? isAgeAlarm(alarm)
                : all(
                    alarm.props.at("enabled").or(true).is(true),
                    alarm.props.at("notificationChannels").filled,
                    alarm.props.at("conditions").some((one) =>
                      one
                        .at("conditionPrometheusQueryLanguage")
                        .at("query")
                        .matches(/\[(2[5-9]|[34]\d)h\].*or vector\(0\)|absent|age_hours/s),
                    ),
                  ),
            ),
          ),
          "No alarm would tell that nothing arrives in this bucket any more",
          place.urn,
        );
      });
    },
  ),
  resourceRule(
    {
      id: "backup-arrivals-heard",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "Buckets for backups tell of what lands in them: the age alarm counts these events",
      source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html",
      fix: "Set eventbridge: true",
    },
    on(t.awsBucketNotification, (p) =>
      must(p.get("eventbridge").is(true), "The bucket sends no events"),
    ),
  ),
  stackRule(
    {
      id: "gitlab-secrets-backed-up-apart",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "GitLab's secrets are backed up, and who gets at the archives cannot decrypt what is in them",
      source: `${gitlabBackup}#storing-configuration-files`,
      fix: "Keep secrets in a second bucket with a key of its own",
    },
    [t.awsBucket, t.gcpBucket],
    (stack) => {
      if (components(stack, "backupSchedule:").length === 0) return [];
      if (components(stack, "gitlabInstance:").length === 0) return [];
      const own = (kind: string): readonly ResourceView[] =>
        ([...stack.of(t.awsBucket), ...stack.of(t.gcpBucket)] as readonly ResourceView[]).filter(
          (one) => isIn(one, "backupSchedule") && one.name.includes(kind),
        );
      const [secrets] = own("secrets");
      const [archives] = own("archives");
      const found = must(
        secrets !== undefined && archives !== undefined && secrets.urn !== archives.urn,
        "There are not two buckets, one for archives and one for secrets",
      );
      if (secrets?.type !== t.awsBucket.token || archives === undefined) return [found];
      const keysOf = (bucket: ResourceView): readonly string[] =>
        partsOf(stack, t.awsBucketEncryption, "bucket", bucket, "bucket").flatMap(
          ({ dependencies = [] }) =>
            dependencies.filter((urn) => stack.get(urn)?.type === t.awsKmsKey.token),
        );
      const shared = keysOf(secrets).filter((key) => keysOf(archives).includes(key));
      return [
        found,
        must(
          keysOf(secrets).length > 0 && shared.length === 0,
          "Archives and secrets share a key",
          secrets.urn,
        ),
      ];
    },
  ),
  stackRule(
    {
      id: "gitlab-upgrade-gated-by-backup",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "A machine that upgrades itself has somewhere to back up to first, and tells when an upgrade fails",
      source:
        "https://docs.gitlab.com/update/plan_your_upgrade/ (back up before each upgrade; the package's own dump has no repositories)",
      fix: "Give the instance its PackageBackup, and let the machine depend on both buckets",
    },
    [t.azureVirtualMachine, t.gcpInstance],
    (stack) =>
      components(stack, "gitlabInstance:")
        .filter(({ props }) => props.at("channel").given)
        .flatMap((instance) => {
          const machines = stack.resources.filter(
            (one) =>
              (one.type === t.azureVirtualMachine.token || one.type === t.gcpInstance.token) &&
              around(stack, one, "gitlabInstance:")?.urn === instance.urn,
          );
          const places = stack.resources.filter(
            (one) =>
              (one.type === t.awsBucket.token || one.type === t.gcpBucket.token) &&
              isIn(one, "backupSchedule") &&
              /archives|secrets/.test(one.name),
          );
          const heard = stack.resources.some(
            ({ type, name }) =>
              (type === t.azureMetricAlert.token || type === t.gcpAlertPolicy.token) &&
              name.includes("upgrade-failure"),
          );
          return [
            must(
              components(stack, "backupSchedule:PackageBackup").length > 0 && places.length > 1,
              "The instance upgrades itself and has no backup of its own",
              instance.urn,
            ),
            ...machines.map((machine) =>
              must(
                places.every((place) => dependsOn(machine, place)),
                "The machine may upgrade before there is anywhere to back up to",
                machine.urn,
              ),
            ),
            must(heard, "No alarm tells of a failed upgrade", instance.urn),
          ];
        }),
  ),
  stackRule(
    {
      id: "backup-away-from-data",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "What takes the data away does not take its backups: another account, or another region",
      source:
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/backup-recovery/; https://cloud.google.com/architecture/dr-scenarios-for-data",
      fix: "Use the provider of the backup account for buckets of backups; on Google Cloud another location than the data's",
    },
    [t.awsBucket, t.gcpBucket],
    (stack) => {
      const [near] = [
        ...stack.of(t.gcpDisk).map(({ props }) => props.get("zone").text?.replace(/-[a-z]$/, "")),
        ...stack.of(t.gcpDatabaseInstance).map(({ props }) => props.get("region").text),
      ].filter((region) => region !== undefined);
      return stack
        .of(t.gcpBucket)
        .filter((one) => isIn(one, "backupSchedule"))
        .map(({ props, urn }) =>
          must(
            props.get("location").test((location) => String(location).toLowerCase() !== near),
            `Backups of ${environmentOf(stack)} lie in the region of its data`,
            urn,
          ),
        );
    },
  ),
];
