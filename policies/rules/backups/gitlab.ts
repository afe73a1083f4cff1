/** GitLab's backups on any cloud: somebody hears when none comes, and what they are for is in them. */
import { all, any, type Value } from "../../reader";
import { around, components, dependsOn, environmentOf, isIn, partsOf } from "../../relations";
import { must, type ResourceView, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { gitlabBackup } from "../sources";
import { says } from "../words";

/** Hours that a backup may be old before somebody hears of it: over a day, since the daily run takes its own time. */
const hoursOfAge = { least: 25, most: 48 } as const;

/** Whether an alarm says that nothing has come: over a day and not much more, and silence counts as nothing. */
function isAgeAlarm({ props: p }: ResourceView): ReturnType<typeof all> {
  const hours =
    p.at("evaluationPeriods").unknown ??
    p.at("period").test((period) => {
      const periods = p.at("evaluationPeriods").known;
      if (typeof period !== "number" || typeof periods !== "number") return false;
      const spanned = (period * periods) / 3600;
      return spanned >= hoursOfAge.least && spanned <= hoursOfAge.most;
    });
  return all(
    hours,
    p.at("treatMissingData").is("breaching"),
    p.at("comparisonOperator").matches(/^LessThan/),
    // What is counted is never under 0.
    p.at("threshold").test((least) => Number(least) > 0),
    p.at("actionsEnabled").or(true).is(true),
    p.at("alarmActions").filled,
  );
}

export const gitlabBackups: readonly Rule[] = [
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
    [t.awsBucket, t.gcpBucket, t.azureMetricAlert],
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
      const ages = stack
        .of(t.azureMetricAlert)
        .filter(({ name }) => name.includes("backup-missing"))
        .map(({ props, urn }) =>
          must(
            (props.get("criteria") as Value)
              .at("allOf")
              .every((one) =>
                all(
                  says(one.at("operator"), "GreaterThan", "GreaterThanOrEqual"),
                  one.at("threshold").atLeast(hoursOfAge.least - 1),
                  one.at("threshold").atMost(hoursOfAge.most),
                ),
              ),
            "The alarm would tell of a missing backup after days, or never",
            urn,
          ),
        );
      const landed = places.map((place) => {
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
                        .matches(
                          /\[(2[5-9]|3\d|4[0-8])h\].*or vector\(0\)|age_hours(?:\{[^}]*\})?\)*\s*>=?\s*(2[4-9]|3\d|4[0-8])\b/s,
                        ),
                    ),
                  ),
            ),
          ),
          "No alarm would tell that nothing arrives in this bucket any more",
          place.urn,
        );
      });
      return [...landed, ...ages];
    },
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
