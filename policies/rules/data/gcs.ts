/** Buckets on Google Cloud. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { isIn } from "../../relations";
import { must, on, resourceRule, type Rule, type TypeToken } from "../../rule";
import * as t from "../../types";

const storage = "https://cloud.google.com/storage/docs";

const day = 86400;

/** Whether backups are deleted when their retention is over, and not asked for sooner. */
function outlastsRetention(
  condition: Pick<Value, "at">,
  retention: Pick<Value, "unknown" | "known">,
): Truth {
  return retention.unknown ?? condition.at("age").atLeast(Number(retention.known) / day);
}

/** Whether a rule of a lifecycle leaves alone what is live: all that its condition asks for must hold at once. */
function sparesLive(condition: Value): Truth {
  return any(
    condition.at("daysSinceNoncurrentTime").atLeast(1),
    condition.at("numNewerVersions").atLeast(1),
    condition.at("withState").is("ARCHIVED"),
    condition.at("noncurrentTimeBefore").given,
  );
}

export const gcs: readonly Rule[] = [
  resourceRule(
    {
      id: "gcs-not-public",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "No bucket can be opened to the public, and rights are the bucket's, not an object's",
      source: `CIS Google Cloud Foundation 3.0.0, 5.1 and 5.2: ${storage}/public-access-prevention`,
      fix: "Set publicAccessPrevention: enforced and uniformBucketLevelAccess",
    },
    on(t.gcpBucket, (p) => [
      must(
        p.get("publicAccessPrevention").is("enforced"),
        "The bucket can be opened to the public",
      ),
      must(p.get("uniformBucketLevelAccess").is(true), "Objects have rights of their own"),
    ]),
    ...[
      ...[t.gcpBucketACL, t.gcpBucketAccessControl, t.gcpDefaultObjectACL],
      ...[t.gcpDefaultObjectAccessControl, t.gcpObjectACL, t.gcpObjectAccessControl],
    ].map((type: TypeToken<unknown>) =>
      on(type, () => must(false, "Objects have rights of their own")),
    ),
  ),
  resourceRule(
    {
      id: "gcs-recoverable",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "An object that was overwritten or deleted can be brought back, and no bucket that holds data goes with its content",
      source: `${storage}/object-versioning; ${storage}/soft-delete`,
      fix: "Set versioning, or a retention policy; soft delete of 7 days; forceDestroy: false and protect for what holds data",
    },
    on(t.gcpBucket, (p, { protect, name }) => [
      must(
        any(
          !protect,
          // Layers of images never change: soft delete is what brings a deleted one back.
          name.includes("registry"),
          p.get("versioning").get("enabled").is(true),
          p.get("retentionPolicy").get("retentionPeriod").atLeast(604800),
        ),
        "The bucket holds data and keeps neither versions nor locked objects",
      ),
      must(
        any(
          !protect,
          p.get("softDeletePolicy").get("retentionDurationSeconds").or(604800).atLeast(604800),
        ),
        "What is deleted from the bucket is gone at once",
      ),
      must(
        any(!protect, p.get("forceDestroy").or(false).is(false)),
        "The bucket is protected, and yet would be deleted with its content",
      ),
      must(
        any(protect, p.get("forceDestroy").or(false).is(true)),
        "The bucket keeps its content from deletion, and is not protected itself",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "gcs-lifecycle-spares-data",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "No bucket deletes what GitLab still knows of, nor a backup before its days are over",
      source: `${storage}/lifecycle#conditions (all conditions of a rule hold at once; age counts from when an object was made, live or not)`,
      fix: "Give a rule that deletes daysSinceNoncurrentTime or numNewerVersions; of backups, an age past their retention",
    },
    on(t.gcpBucket, (p, resource) =>
      must(
        p
          .get("lifecycleRules")
          .every((rule) =>
            any(
              !resource.protect,
              not(rule.get("action").get("type").is("Delete")),
              all(
                isIn(resource, "backupSchedule"),
                outlastsRetention(
                  rule.get("condition"),
                  p.get("retentionPolicy").get("retentionPeriod"),
                ),
              ),
              sparesLive(rule.get("condition")),
            ),
          ),
        "The bucket deletes what is in use, or a backup in its days",
      ),
    ),
  ),
  resourceRule(
    {
      id: "gcs-backups-locked",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Nobody can delete or overwrite a backup before its days are over",
      source: `${storage}/bucket-lock`,
      fix: "Set retentionPolicy.retentionPeriod to 7 days (604800 s) or more; lock it where nobody may lift it",
    },
    on(t.gcpBucket, (p, resource) =>
      must(
        any(
          !isIn(resource, "backupSchedule"),
          p.get("retentionPolicy").get("retentionPeriod").atLeast(604800),
        ),
        "The bucket for backups has no retention of 7 days",
      ),
    ),
  ),
  resourceRule(
    {
      id: "gcs-lifecycle",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects: "Buckets do not grow by uploads that broke off and by versions that nobody needs",
      source: `${storage}/lifecycle`,
      fix: "Add a rule AbortIncompleteMultipartUpload",
    },
    on(t.gcpBucket, (p) =>
      must(
        p
          .get("lifecycleRules")
          .some((rule) => rule.get("action").get("type").is("AbortIncompleteMultipartUpload")),
        "Uploads that broke off are never cleared away",
      ),
    ),
  ),
];
