/** How long a bucket on AWS keeps what is in it. */
import { all, any, not, type Value } from "../../reader";
import { componentsOf, isIn, partsOf } from "../../relations";
import { must, on, resourceRule, type ResourceView, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";

/** Whether a bucket is one of GitLab's object storage. What the dependency proxy holds, it fetches again. */
function isGitLabs(bucket: Pick<ResourceView, "urn" | "name">): boolean {
  return (
    componentsOf(bucket).includes("gitlab:objectStorage:AwsObjectStorage") &&
    !bucket.name.includes("dependency-proxy")
  );
}

/** Storage classes that an object is read from at once. https://aws.amazon.com/s3/storage-classes/ */
const readable = /^(STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER_IR)$/;

/** When a rule expires what is current. */
function ends(expiration: Value<unknown>): { readonly days: Value; readonly date: Value } {
  return { days: expiration.at("days"), date: expiration.at("date") };
}

/** When a rule drops what is not current, and how many of them it leaves. */
function versions(rule: Value<unknown>) {
  const expiration = rule.at("noncurrentVersionExpiration");
  return {
    noncurrentDays: expiration.at("noncurrentDays"),
    newerNoncurrentVersions: expiration.at("newerNoncurrentVersions"),
  };
}

export const s3Keeping: readonly Rule[] = [
  stackRule(
    {
      id: "s3-versioned",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "An object that was overwritten or deleted can be brought back",
      source: `Security Hub S3.14: ${securityHub}/s3-controls.html#s3-14; GitLab: https://docs.gitlab.com/administration/backup_restore/backup_gitlab/`,
      fix: "Set versioningConfiguration.status: Enabled for every bucket that holds data",
    },
    [t.awsBucket, t.awsBucketVersioning],
    (stack) => [
      ...stack
        .of(t.awsBucket)
        .filter(({ protect }) => protect)
        .map((bucket) =>
          must(
            any(
              ...partsOf(stack, t.awsBucketVersioning, "bucket", bucket, "bucket").map(
                ({ props }) => props.get("versioningConfiguration").get("status").is("Enabled"),
              ),
            ),
            "The bucket holds data and keeps no versions",
            bucket.urn,
          ),
        ),
      ...stack
        .of(t.awsBucketVersioning)
        .map(({ props, urn }) =>
          must(
            props.get("versioningConfiguration").get("status").is("Enabled"),
            "Versioning of the bucket is suspended",
            urn,
          ),
        ),
    ],
  ),
  resourceRule(
    {
      id: "s3-not-emptied",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "A bucket that holds data is not deleted with its content, and is protected",
      source: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
      fix: "Set forceDestroy: false and protect for what holds data; only what can be made again goes with its content",
    },
    on(t.awsBucket, (p, { protect }) => [
      must(
        any(!protect, not(p.get("forceDestroy").or(false).is(true))),
        "The bucket is protected, and yet would be deleted with its content",
      ),
      must(
        any(protect, p.get("forceDestroy").or(false).is(true)),
        "The bucket keeps its content from deletion, and is not protected itself",
      ),
    ]),
  ),
  stackRule(
    {
      id: "s3-backups-locked",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Nobody can delete or overwrite a backup before its days are over",
      source: `Security Hub S3.15: ${securityHub}/s3-controls.html#s3-15; https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html`,
      fix: "Set objectLockEnabled and a default retention of 7 days or more, in governance or compliance mode",
    },
    [t.awsBucket, t.awsBucketObjectLockConfiguration],
    (stack) => [
      ...stack
        .of(t.awsBucket)
        .filter((bucket) => isIn(bucket, "backupSchedule"))
        .flatMap((bucket) => [
          must(
            bucket.props.get("objectLockEnabled").is(true),
            "The bucket for backups has no object lock",
            bucket.urn,
          ),
          must(
            partsOf(stack, t.awsBucketObjectLockConfiguration, "bucket", bucket, "bucket").length >
              0,
            "The bucket for backups has no default retention",
            bucket.urn,
          ),
        ]),
      ...stack.of(t.awsBucketObjectLockConfiguration).flatMap(({ props: p, urn }) => {
        const retention = p.get("rule").get("defaultRetention");
        return [
          must(
            any(retention.get("days").atLeast(7), retention.get("years").atLeast(1)),
            "Objects are locked for less than 7 days",
            urn,
          ),
          must(
            retention.get("mode").isOneOf("GOVERNANCE", "COMPLIANCE"),
            "The lock has no mode",
            urn,
          ),
          must(p.get("objectLockEnabled").or("Enabled").is("Enabled"), "The lock is off", urn),
        ];
      }),
    ],
  ),
  stackRule(
    {
      id: "s3-lifecycle",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects:
        "Buckets do not grow by uploads that broke off and versions that nobody needs, nor drop versions sooner than the lock",
      source: `Security Hub S3.10 and S3.13: ${securityHub}/s3-controls.html#s3-13`,
      fix: "Add enabled rules that abort incomplete uploads and expire old versions",
    },
    [t.awsBucket, t.awsBucketLifecycleConfiguration],
    (stack) => [
      ...stack
        .of(t.awsBucket)
        .map((bucket) =>
          must(
            partsOf(stack, t.awsBucketLifecycleConfiguration, "bucket", bucket, "bucket").length >
              0,
            "The bucket has no lifecycle",
            bucket.urn,
          ),
        ),
      ...stack.of(t.awsBucketLifecycleConfiguration).flatMap(({ props: p, urn }) => [
        must(
          p
            .get("rules")
            .some((rule) =>
              all(
                rule.get("status").is("Enabled"),
                rule.get("abortIncompleteMultipartUpload").get("daysAfterInitiation").atLeast(1),
              ),
            ),
          "Uploads that broke off are never cleared away",
          urn,
        ),
        must(
          p.get("rules").every((rule) => rule.get("status").is("Enabled")),
          "A rule of the bucket's lifecycle is off",
          urn,
        ),
      ]),
    ],
  ),
  stackRule(
    {
      id: "s3-lifecycle-spares-data",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "No lifecycle deletes what GitLab still uses, drops old versions within a week, ends a backup before its lock, or puts objects where GitLab cannot read them",
      source:
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html; https://docs.gitlab.com/administration/object_storage/",
      fix: "Expire only old versions of what holds data, after 7 days or more; backups after their retention; no transition to an archive for GitLab's objects",
    },
    [t.awsBucketLifecycleConfiguration],
    (stack) =>
      stack
        .of(t.awsBucket)
        .filter(({ protect }) => protect)
        .flatMap((bucket) => {
          const backup = isIn(bucket, "backupSchedule");
          const [lock] = partsOf(
            stack,
            t.awsBucketObjectLockConfiguration,
            "bucket",
            bucket,
            "bucket",
          );
          const locked = Number(
            lock?.props.get("rule").get("defaultRetention").get("days").known ?? 7,
          );
          return partsOf(
            stack,
            t.awsBucketLifecycleConfiguration,
            "bucket",
            bucket,
            "bucket",
          ).flatMap(({ props: p, urn }) => [
            must(
              p.get("rules").every((rule) => {
                const { days, date } = ends(rule.get("expiration"));
                return backup
                  ? all(date.absent, any(days.absent, days.atLeast(locked)))
                  : all(date.absent, any(days.absent, days.is(0)));
              }),
              "A rule deletes what is still kept or used",
              urn,
            ),
            must(
              p.get("rules").every((rule) => {
                const { noncurrentDays, newerNoncurrentVersions } = versions(rule);
                return any(
                  noncurrentDays.absent,
                  backup,
                  noncurrentDays.atLeast(7),
                  newerNoncurrentVersions.atLeast(1),
                );
              }),
              "Old versions are dropped within a week",
              urn,
            ),
            must(
              p.get("rules").every((rule) =>
                any(
                  backup,
                  rule.get("transitions").every((one) => one.get("storageClass").matches(readable)),
                ),
              ),
              "Objects are put where they cannot be read without a restore",
              urn,
            ),
          ]);
        }),
  ),
  stackRule(
    {
      id: "s3-objects-copied",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "Whatever GitLab keeps in object storage alone has its copy in the backup account: no archive has it",
      source:
        "https://docs.gitlab.com/administration/backup_restore/backup_gitlab/#object-storage; https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
      fix: "Hand the bucket to the backup schedule (objectBuckets), which replicates it",
    },
    [t.awsBucket],
    (stack) =>
      stack
        .of(t.awsBucket)
        .filter((bucket) => bucket.protect && isGitLabs(bucket))
        .map((bucket) =>
          must(
            partsOf(stack, t.awsBucketReplicationConfig, "bucket", bucket, "bucket").length > 0,
            "The bucket has no copy",
            bucket.urn,
          ),
        ),
  ),
  resourceRule(
    {
      id: "s3-replicated",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "Object storage has its copy in the backup account, encrypted, and its failures are counted",
      source: `Security Hub S3.7: ${securityHub}/s3-controls.html#s3-7; https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics.html`,
      fix: "Set status, sourceSelectionCriteria.sseKmsEncryptedObjects and metrics of every rule to Enabled, with a key for the copy",
    },
    on(t.awsBucketReplicationConfig, (p) => [
      must(p.get("rules").filled, "Nothing is replicated"),
      must(
        p.get("rules").every((rule) => rule.get("status").is("Enabled")),
        "A rule of replication is off",
      ),
      must(
        p
          .get("rules")
          .every((rule) =>
            all(
              rule
                .get("sourceSelectionCriteria")
                .get("sseKmsEncryptedObjects")
                .get("status")
                .is("Enabled"),
              rule.get("destination").get("encryptionConfiguration").get("replicaKmsKeyId").given,
            ),
          ),
        "Objects that are encrypted with KMS are left out of the copy",
      ),
      must(
        p
          .get("rules")
          .every((rule) => rule.get("destination").get("metrics").get("status").is("Enabled")),
        "Failures of replication are not counted, so that no alarm can hear of them",
      ),
    ]),
  ),
];
