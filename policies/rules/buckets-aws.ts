/** Buckets on S3. */
import { all, any, not } from "../reader";
import { isIn, partsOf } from "../relations";
import { must, on, resourceRule, type ResourceView, type Rule, stackRule } from "../rule";
import * as t from "../types";

const controls = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html";
/** Algorithms with a key of KMS. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
const kms = ["aws:kms", "aws:kms:dsse"];

export const bucketsAws: readonly Rule[] = [
  resourceRule(
    {
      id: "s3-public-access-blocked",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "No bucket can be opened to the public, by its policy or by an object's own list",
      source: `CIS AWS Foundations 3.0.0, 2.1.4; Security Hub S3.8: ${controls}#s3-8`,
      fix: "Set all four: blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets",
    },
    on(t.awsBucketPublicAccessBlock, (p) => [
      must(p.get("blockPublicAcls").is(true), "Objects can be given public lists"),
      must(p.get("blockPublicPolicy").is(true), "The bucket can be given a public policy"),
      must(p.get("ignorePublicAcls").is(true), "Public lists of objects are heeded"),
      must(p.get("restrictPublicBuckets").is(true), "A public policy would let anybody in"),
    ]),
  ),
  stackRule(
    {
      id: "s3-bucket-complete",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Every bucket has its public access block, its encryption and its policy",
      source: `Security Hub S3.5, S3.8 and S3.17: ${controls}#s3-17`,
      fix: "Make buckets with AwsBucket of components/object-storage, which brings all of them",
    },
    [t.awsBucket],
    (stack) =>
      stack.of(t.awsBucket).flatMap((bucket) => {
        const whole = bucket as ResourceView;
        const has = (type: Parameters<typeof partsOf>[1]): boolean =>
          partsOf(stack, type, "bucket", whole, "bucket").length > 0;
        const { urn } = bucket;
        return [
          must(has(t.awsBucketPublicAccessBlock), "The bucket has no public access block", urn),
          must(has(t.awsBucketEncryption), "The bucket says nothing of encryption", urn),
          must(has(t.awsBucketPolicy), "The bucket has no policy", urn),
        ];
      }),
  ),
  stackRule(
    {
      id: "s3-encrypted",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "What holds data is encrypted with a key of KMS, which can be withheld and is audited",
      source: `Security Hub S3.17: ${controls}#s3-17`,
      fix: "Set sseAlgorithm: aws:kms with kmsMasterKeyId; only access logs of a load balancer must do with AES256",
    },
    [t.awsBucketEncryption],
    (stack) =>
      stack.of(t.awsBucketEncryption).flatMap((encryption) => {
        const disposable = stack
          .of(t.awsBucket)
          .filter((bucket) =>
            partsOf(stack, t.awsBucketEncryption, "bucket", bucket, "bucket").includes(encryption),
          )
          .some(
            ({ props, urn }) =>
              props.get("forceDestroy").is(true) === true && isIn({ urn }, "edge"),
          );
        const { props: p, urn } = encryption;
        return [
          must(p.get("rules").filled, "The bucket has no rule of encryption", urn),
          must(
            p.get("rules").every((rule) => {
              const standard = rule.get("applyServerSideEncryptionByDefault");
              const algorithm = standard.get("sseAlgorithm");
              const byKms = all(
                any(...kms.map((one) => algorithm.is(one))),
                standard.get("kmsMasterKeyId").given,
              );
              return disposable ? any(byKms, algorithm.is("AES256")) : byKms;
            }),
            "The bucket is not encrypted with a key of the environment",
            urn,
          ),
        ];
      }),
  ),
  resourceRule(
    {
      id: "s3-tls-only",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "Nobody reads or writes a bucket in clear",
      source: `CIS AWS Foundations 3.0.0, 2.1.1; Security Hub S3.5: ${controls}#s3-5`,
      fix: "Deny s3:* where aws:SecureTransport is false",
    },
    on(t.awsBucketPolicy, (p) => {
      const document = p.get("policy");
      return must(
        document.unknown ??
          document.json.at("Statement").some((one) =>
            all(
              one.at("Effect").is("Deny"),
              any(one.at("Principal").is("*"), one.at("Principal").at("AWS").is("*")),
              one
                .at("Condition")
                .at("Bool")
                .at("aws:SecureTransport")
                .matches(/^false$/i),
            ),
          ),
        "The bucket can be used without TLS",
      );
    }),
  ),
  resourceRule(
    {
      id: "s3-policy-not-public",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "No bucket policy lets everybody in",
      source: `Security Hub S3.2, S3.3 and S3.6: ${controls}#s3-2`,
      fix: "Name the principals that a statement allows",
    },
    on(t.awsBucketPolicy, (p) => {
      const document = p.get("policy");
      return must(
        document.unknown ??
          document.json.at("Statement").every((one) =>
            not(
              all(
                one.at("Effect").is("Allow"),
                any(
                  one.at("Principal").is("*"),
                  one
                    .at("Principal")
                    .at("AWS")
                    .some((who) => who.is("*")),
                ),
                !one.at("Condition").given,
              ),
            ),
          ),
        "A statement of the bucket's policy allows everybody",
      );
    }),
  ),
  stackRule(
    {
      id: "s3-versioned",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "An object that was overwritten or deleted can be brought back",
      source: `Security Hub S3.14: ${controls}#s3-14; GitLab: https://docs.gitlab.com/administration/backup_restore/backup_gitlab/`,
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
      source: `Security Hub S3.15: ${controls}#s3-15; https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html`,
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
      source: `Security Hub S3.10 and S3.13: ${controls}#s3-13`,
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
  resourceRule(
    {
      id: "s3-replicated",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "Object storage has its copy in the backup account, encrypted, and its failures are counted",
      source: `Security Hub S3.7: ${controls}#s3-7; https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics.html`,
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
  resourceRule(
    {
      id: "s3-objects-encrypted",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects: "Files for machines are encrypted with KMS, and none is a secret in clear",
      source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
      fix: "Set serverSideEncryption: aws:kms with kmsKeyId, or leave it to the bucket's own encryption; no acl",
    },
    on(t.awsBucketObjectv2, (p) => [
      must(
        any(...kms.map((one) => p.get("serverSideEncryption").or("aws:kms").is(one))),
        "The object is not encrypted with KMS",
      ),
      must(
        any(!p.get("acl").given, p.get("acl").is("private")),
        "The object has a list of its own",
      ),
    ]),
  ),
];
