/** Files of EFS and tables of DynamoDB. */
import { any, type Value } from "../../reader";
import { dependsOn } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule } from "../../rule";
import { deniesPlain, namesPrincipals } from "../../statements";
import * as t from "../../types";
import { securityHub } from "../sources";
import { ownKey } from "./own-key";

/** What a client asks for when it mounts. */
const mounting = [
  "elasticfilesystem:ClientMount",
  "elasticfilesystem:ClientWrite",
  "elasticfilesystem:ClientRootAccess",
];

export const efsAndDynamodb: readonly Rule[] = [
  resourceRule(
    {
      id: "efs-encrypted",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Shared files are encrypted at rest with a key of the environment",
      source: `CIS AWS Foundations 3.0.0, 2.4.1; Security Hub EFS.1: ${securityHub}/efs-controls.html#efs-1`,
      fix: "Set encrypted and kmsKeyId",
    },
    on(t.awsEfsFileSystem, (p) => [
      must(p.get("encrypted").is(true), "The file system is not encrypted"),
      must(ownKey(p.get("kmsKeyId")), "The file system has no key of its own"),
    ]),
  ),
  resourceRule(
    {
      id: "efs-access-by-tls-and-identity",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "Only the machines' roles mount the file system, over TLS",
      source: `${securityHub}/efs-controls.html; https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html`,
      fix: "Deny what comes without aws:SecureTransport and allow roles by name; never principal * without a condition",
    },
    on(t.awsEfsPolicy, (p) => [
      must(
        deniesPlain(p.get("policy") as Value, mounting),
        "The file system can be mounted without TLS",
      ),
      must(namesPrincipals(p.get("policy") as Value), "Anybody who reaches it may mount it"),
      must(
        p.get("bypassPolicyLockoutSafetyCheck").or(false).is(false),
        "The policy of the file system may lock everybody out",
      ),
    ]),
  ),
  stackRule(
    {
      id: "efs-has-policy",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "No file system is open to whoever reaches its port: without a policy, everybody may mount it as root",
      source:
        "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html (default policy: full access to any anonymous client)",
      fix: "Give every file system a FileSystemPolicy",
    },
    [t.awsEfsFileSystem],
    (stack) =>
      stack.of(t.awsEfsFileSystem).map((files) =>
        must(
          stack.of(t.awsEfsPolicy).some((policy) => dependsOn(policy, files)),
          "The file system has no policy",
          files.urn,
        ),
      ),
  ),
  resourceRule(
    {
      id: "efs-access-point",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "Each access point shows one directory, and leaves owners as GitLab sets them",
      source: `Security Hub EFS.3: ${securityHub}/efs-controls.html#efs-3; https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html (a POSIX user replaces every uid, and Omnibus' chown then fails)`,
      fix: "Set rootDirectory.path to a directory of its own and leave posixUser out",
    },
    on(t.awsEfsAccessPoint, (p) => [
      must(
        p
          .get("rootDirectory")
          .get("path")
          .test((path) => path !== "/"),
        "The access point shows the whole file system",
      ),
      must(p.get("posixUser").absent, "The access point replaces every uid by one"),
    ]),
  ),
  resourceRule(
    {
      id: "dynamodb-protected",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "The table of leases and versions is encrypted, can be restored to any second, and is not deleted by mistake",
      source: `Security Hub DynamoDB.2 and DynamoDB.6: ${securityHub}/dynamodb-controls.html#dynamodb-2`,
      fix: "Set pointInTimeRecovery, serverSideEncryption with a key, and deletionProtectionEnabled",
    },
    on(t.awsDynamoTable, (p, { protect }) => [
      must(
        p.get("pointInTimeRecovery").get("enabled").is(true),
        "The table has no point-in-time recovery",
      ),
      must(
        p.get("serverSideEncryption").get("enabled").is(true),
        "The table is not encrypted with a key of the environment",
      ),
      must(
        ownKey(p.get("serverSideEncryption").get("kmsKeyArn")),
        "The table has no key of its own",
      ),
      must(
        any(!protect, p.get("deletionProtectionEnabled").is(true)),
        "The table has no deletion protection in its cloud",
      ),
    ]),
  ),
];
