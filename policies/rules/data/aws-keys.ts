/** Keys, secrets, messages, logs and images on AWS. */
import { all, any, not, type Value } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import { deniesPlain } from "../../statements";
import * as t from "../../types";
import { securityHub } from "../sources";
import { ownKey } from "./own-key";

export const awsKeys: readonly Rule[] = [
  resourceRule(
    {
      id: "kms-keys-last",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Keys that data hangs on rotate, and stand for 30 days after they are given up",
      source: `CIS AWS Foundations 3.0.0, 3.6; Security Hub KMS.4: ${securityHub}/kms-controls.html#kms-4`,
      fix: "Set enableKeyRotation and deletionWindowInDays: 30",
    },
    on(t.awsKmsKey, (p, { protect }) => [
      must(
        any(
          p.get("enableKeyRotation").is(true),
          p.get("customerMasterKeySpec").test((spec) => spec !== "SYMMETRIC_DEFAULT"),
        ),
        "The key does not rotate",
      ),
      must(
        p.get("rotationPeriodInDays").or(365).atMost(365),
        "The key rotates less than once a year",
      ),
      must(
        any(!protect, p.get("deletionWindowInDays").or(30).atLeast(30)),
        "The key is gone sooner than 30 days after its deletion",
      ),
      must(
        p.get("isEnabled").or(true).is(true),
        "The key is disabled: all it guards is unreadable",
      ),
      must(
        p.get("bypassPolicyLockoutSafetyCheck").or(false).is(false),
        "The policy of the key may lock everybody out",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "secrets-manager-recoverable",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "Secrets are encrypted with a key of the environment, and a deleted one can be taken back for a week and more",
      source:
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
      fix: "Set kmsKeyId, and recoveryWindowInDays to 7 or more",
    },
    on(t.awsSecret, (p, { protect }) => [
      must(ownKey(p.get("kmsKeyId")), "The secret has no key of its own"),
      must(
        any(!protect, p.get("recoveryWindowInDays").or(30).atLeast(7)),
        "The secret cannot be taken back for 7 days",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "messages-encrypted",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects:
        "Alarms and failed starts, which name machines and errors, are encrypted at rest and on their way",
      source: `Security Hub SNS.1 and SQS.1: ${securityHub}/sns-controls.html#sns-1; https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit; https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html (no alarm through alias/aws/sns)`,
      fix: "Set kmsMasterKeyId; deny sns:Publish where aws:SecureTransport is false; send messages on by anything but http",
    },
    on(t.awsTopic, (p) =>
      must(
        ownKey(p.get("kmsMasterKeyId")),
        "The topic is not encrypted, or by a key that alarms may not use",
      ),
    ),
    on(t.awsQueue, (p) =>
      must(
        any(ownKey(p.get("kmsMasterKeyId")), p.get("sqsManagedSseEnabled").is(true)),
        "The queue is not encrypted",
      ),
    ),
    on(t.awsTopicPolicy, (p) =>
      must(
        deniesPlain(p.get("policy") as Value, ["sns:Publish"]),
        "The topic takes messages in clear",
      ),
    ),
    on(t.awsTopicSubscription, (p) =>
      must(not(p.get("protocol").is("http")), "Messages leave the topic in clear"),
    ),
  ),
  resourceRule(
    {
      id: "log-groups-kept",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects:
        "Logs are encrypted with a key of the environment, kept for a month and more, and not for ever",
      source: `Security Hub CloudWatch.16: ${securityHub}/cloudwatch-controls.html#cloudwatch-16`,
      fix: "Set kmsKeyId and retentionInDays (30 or more)",
    },
    on(t.awsLogGroup, (p) => [
      must(ownKey(p.get("kmsKeyId")), "The log group has no key of its own"),
      must(
        p.get("retentionInDays").atLeast(30),
        "The log group keeps less than 30 days, or everything for ever",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "ecr-pinned-and-scanned",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "What a machine pulls by a tag today is what was put there: tags never move, and images are scanned",
      source: `Security Hub ECR.1 and ECR.2: ${securityHub}/ecr-controls.html#ecr-2`,
      fix: "Set imageTagMutability: IMMUTABLE, imageScanningConfiguration.scanOnPush and KMS encryption",
    },
    on(t.awsImageRepository, (p) => [
      must(p.get("imageTagMutability").is("IMMUTABLE"), "Tags of images can be moved"),
      must(
        p.get("imageScanningConfiguration").get("scanOnPush").is(true),
        "Images are not scanned when they are pushed",
      ),
      must(
        p
          .get("encryptionConfigurations")
          .some((one) =>
            all(one.get("encryptionType").isOneOf("KMS", "KMS_DSSE"), ownKey(one.get("kmsKey"))),
          ),
        "Images are not encrypted with a key of the environment",
      ),
    ]),
  ),
];
