/** Who reads a bucket on AWS, and how. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { isIn, partsOf } from "../../relations";
import { must, on, resourceRule, type ResourceView, type Rule, stackRule } from "../../rule";
import { allows, deniesPlain, isForAll, namesPrincipals, someStatement } from "../../statements";
import * as t from "../../types";
import { securityHub } from "../sources";
import { ownKey } from "./own-key";

/** Algorithms with a key of KMS. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
const kms = ["aws:kms", "aws:kms:dsse"];

/** Whether a resource of a statement is all objects of a bucket, and not a folder of it. */
function isWholeBucket(resource: Value): Truth {
  return resource.matches(/^[*]$|^arn:[^:]*:s3:::[^/]+\/\*$/);
}

/** Whether a statement is about everything that can be done with a bucket. */
function isAlways(statement: Value): Truth {
  return any(
    statement.at("Action").some((one) => one.matches(/^([*]|s3:[*])$/i)),
    statement.at("NotAction").given,
  );
}

export const s3Access: readonly Rule[] = [
  resourceRule(
    {
      id: "s3-public-access-blocked",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "No bucket can be opened to the public, by its policy or by an object's own list",
      source: `CIS AWS Foundations 3.0.0, 2.1.4; Security Hub S3.8: ${securityHub}/s3-controls.html#s3-8`,
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
      source: `Security Hub S3.5, S3.8 and S3.17: ${securityHub}/s3-controls.html#s3-17`,
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
      source: `Security Hub S3.17: ${securityHub}/s3-controls.html#s3-17`,
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
                ownKey(standard.get("kmsMasterKeyId")),
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
      source: `CIS AWS Foundations 3.0.0, 2.1.1; Security Hub S3.5: ${securityHub}/s3-controls.html#s3-5`,
      fix: "Deny s3:* where aws:SecureTransport is false",
    },
    on(t.awsBucketPolicy, (p) =>
      must(
        deniesPlain(p.get("policy") as Value, ["s3:GetObject", "s3:PutObject"], isWholeBucket),
        "The bucket can be used without TLS",
      ),
    ),
  ),
  resourceRule(
    {
      id: "s3-policy-not-public",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "No bucket lets everybody in, by its policy, its list or as a website; none shuts all out",
      source: `Security Hub S3.2, S3.3, S3.6 and S3.12: ${securityHub}/s3-controls.html#s3-2; https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html`,
      fix: "Name the principals that a statement allows, and use no lists and no website of the bucket's own",
    },
    on(t.awsBucketPolicy, (p) => [
      must(
        namesPrincipals(p.get("policy") as Value),
        "A statement of the bucket's policy allows everybody",
      ),
      must(
        not(
          someStatement(p.get("policy") as Value, (one) =>
            all(
              not(allows(one)),
              isForAll(one),
              !one.at("NotPrincipal").given,
              !one.at("Condition").given,
              one.at("Resource").some(isWholeBucket),
              isAlways(one),
            ),
          ),
        ),
        "A statement of the bucket's policy shuts everybody out",
      ),
    ]),
    on(t.awsBucket, (p) => [
      must(
        any(!p.get("acl").given, p.get("acl").isOneOf("private", "log-delivery-write")),
        "The bucket has a list of its own",
      ),
      must(!p.get("website").given, "The bucket is a website"),
      must(
        any(!p.get("policy").given, namesPrincipals(p.get("policy") as Value)),
        "A statement of the bucket's policy allows everybody",
      ),
    ]),
    on(t.awsBucketAcl, (p) =>
      must(
        any(p.get("acl").absent, p.get("acl").isOneOf("private", "log-delivery-write")),
        "The bucket has a list of its own",
      ),
    ),
    on(t.awsBucketWebsite, () => must(false, "The bucket is a website")),
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
        any(!p.get("kmsKeyId").given, ownKey(p.get("kmsKeyId"))),
        "The object is under a key that AWS holds",
      ),
      must(
        any(!p.get("acl").given, p.get("acl").is("private")),
        "The object has a list of its own",
      ),
    ]),
  ),
];
