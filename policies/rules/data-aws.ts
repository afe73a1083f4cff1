/** Data on AWS: databases, cache, files, tables and queues. Buckets and backups have files of their own. */
import { all, any, not } from "../reader";
import { must, on, resourceRule, type Rule } from "../rule";
import * as t from "../types";

const securityHub = "https://docs.aws.amazon.com/securityhub/latest/userguide";

export const dataAws: readonly Rule[] = [
  resourceRule(
    {
      id: "rds-encrypted",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "The database is encrypted at rest, with a key that the environment holds",
      source: `CIS AWS Foundations 3.0.0, 2.3.1; Security Hub RDS.3: ${securityHub}/rds-controls.html#rds-3`,
      fix: "Set storageEncrypted and kmsKeyId; an unencrypted instance has to be restored from an encrypted copy of its snapshot",
    },
    on(t.awsDatabase, (p) => [
      must(p.get("storageEncrypted").is(true), "The storage of the database is not encrypted"),
      must(p.get("kmsKeyId").given, "The database has no key of its own for its storage"),
      must(
        any(
          not(p.get("performanceInsightsEnabled").or(false).is(true)),
          p.get("performanceInsightsKmsKeyId").given,
        ),
        "Performance Insights holds statements without a key of its own",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "rds-not-public",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "The database has no address that the internet can reach",
      source: `CIS AWS Foundations 3.0.0, 2.3.3; Security Hub RDS.2: ${securityHub}/rds-controls.html#rds-2`,
      fix: "Set publiclyAccessible to false and use isolated subnets",
    },
    on(t.awsDatabase, (p) => [
      must(p.get("publiclyAccessible").or(false).is(false), "The database is publicly accessible"),
      must(p.get("dbSubnetGroupName").given, "The database is in the default subnets"),
    ]),
  ),
  resourceRule(
    {
      id: "rds-failover",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "The loss of a zone does not take the database down",
      source: `Security Hub RDS.5: ${securityHub}/rds-controls.html#rds-5; GitLab on AWS: https://docs.gitlab.com/install/aws/`,
      fix: "Set multiAz",
    },
    on(t.awsDatabase, (p) =>
      must(p.get("multiAz").is(true), "The database has no standby in another zone"),
    ),
  ),
  resourceRule(
    {
      id: "rds-backups",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "The database can be restored to any second of the last week and more",
      source: `Security Hub RDS.11: ${securityHub}/rds-controls.html#rds-11`,
      fix: "Set backupRetentionPeriod to 7 days or more, and deleteAutomatedBackups to false",
    },
    on(t.awsDatabase, (p, { protect }) => [
      must(
        p.get("backupRetentionPeriod").atLeast(7),
        "Automated backups of the database are kept for less than 7 days, or not made",
      ),
      must(
        any(!protect, p.get("deleteAutomatedBackups").is(false)),
        "Automated backups go with the database when it is deleted",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "rds-deletion",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "A protected database is not deleted by mistake, and leaves a snapshot when it is deleted on purpose",
      source: `Security Hub RDS.8: ${securityHub}/rds-controls.html#rds-8; https://github.com/theopensystemslab/planx-new/pull/4404`,
      fix: "Set deletionProtection, skipFinalSnapshot: false and finalSnapshotIdentifier",
    },
    on(t.awsDatabase, (p, { protect }) => [
      must(
        any(!protect, p.get("deletionProtection").is(true)),
        "The database has no deletion protection in its cloud",
      ),
      must(p.get("skipFinalSnapshot").or(false).is(false), "The database leaves no final snapshot"),
      must(
        p.get("finalSnapshotIdentifier").given,
        "The final snapshot of the database has no name",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "rds-tls",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "Nobody talks to the database in clear",
      source:
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
      fix: "Set the parameter rds.force_ssl to 1",
    },
    on(t.awsDatabaseParameters, (p) =>
      must(
        any(
          not(p.get("family").matches(/^postgres/)),
          p
            .get("parameters")
            .some((one) => all(one.get("name").is("rds.force_ssl"), one.get("value").is("1"))),
        ),
        "The database takes connections without TLS",
      ),
    ),
  ),
  resourceRule(
    {
      id: "rds-upgrades-by-hand",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "The database changes its version when somebody means it, after a backup, and never its major by itself",
      source: "https://docs.gitlab.com/install/aws/ (auto minor version upgrade off)",
      fix: "Set autoMinorVersionUpgrade and allowMajorVersionUpgrade to false; lift the second only in the change that names the new major",
    },
    on(t.awsDatabase, (p) => [
      must(
        p.get("autoMinorVersionUpgrade").or(true).is(false),
        "The database takes minor versions by itself, with an outage of GitLab",
      ),
      must(
        p.get("allowMajorVersionUpgrade").or(false).is(false),
        "The database may move to another major version",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "rds-steady-password",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "The database password does not rotate under running machines, which read it at boot",
      source:
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html (rotates every seven days)",
      fix: "Leave manageMasterUserPassword out and give the password as a secret",
    },
    on(t.awsDatabase, (p) =>
      must(
        p.get("manageMasterUserPassword").or(false).is(false),
        "RDS manages and rotates the password of the database",
      ),
    ),
  ),
  resourceRule(
    {
      id: "rds-storage-grows",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects: "The database does not stop for want of storage",
      source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",
      fix: "Set maxAllocatedStorage above allocatedStorage",
    },
    on(t.awsDatabase, (p) =>
      must(
        p.get("maxAllocatedStorage").test((most) => {
          const now = p.get("allocatedStorage").known;
          return typeof most === "number" && (typeof now !== "number" || most > now);
        }),
        "The storage of the database cannot grow",
      ),
    ),
  ),
  resourceRule(
    {
      id: "rds-logs",
      severity: "medium",
      level: "advisory",
      theme: "data",
      protects: "What the database says is kept where its failure cannot take it away",
      source: `Security Hub RDS.36: ${securityHub}/rds-controls.html#rds-36`,
      fix: "Add postgresql to enabledCloudwatchLogsExports",
    },
    on(t.awsDatabase, (p) =>
      must(
        p.get("enabledCloudwatchLogsExports").some((one) => one.is("postgresql")),
        "The log of the database is not exported",
      ),
    ),
  ),
  resourceRule(
    {
      id: "elasticache-encrypted",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Sessions and queues in Redis are encrypted at rest and on the wire",
      source: `Security Hub ElastiCache.4 and ElastiCache.5: ${securityHub}/elasticache-controls.html#elasticache-4`,
      fix: "Set atRestEncryptionEnabled, kmsKeyId, transitEncryptionEnabled and transitEncryptionMode: required",
    },
    on(t.awsCache, (p) => [
      must(p.get("atRestEncryptionEnabled").is(true), "The cache is not encrypted at rest"),
      must(p.get("kmsKeyId").given, "The cache has no key of its own"),
      must(p.get("transitEncryptionEnabled").is(true), "The cache speaks without TLS"),
      must(
        p.get("transitEncryptionMode").or("required").is("required"),
        "The cache also takes connections without TLS",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "elasticache-auth",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Who reaches Redis by the network still needs its token",
      source: `Security Hub ElastiCache.6: ${securityHub}/elasticache-controls.html#elasticache-6`,
      fix: "Set authToken from a secret",
    },
    on(t.awsCache, (p) => must(p.get("authToken").given, "The cache asks for no token")),
  ),
  resourceRule(
    {
      id: "elasticache-failover",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "The loss of a zone does not take Redis down",
      source: `Security Hub ElastiCache.3: ${securityHub}/elasticache-controls.html#elasticache-3; https://docs.gitlab.com/install/aws/`,
      fix: "Set automaticFailoverEnabled and multiAzEnabled, with two nodes or more",
    },
    on(t.awsCache, (p) => [
      must(p.get("automaticFailoverEnabled").is(true), "The cache does not fail over by itself"),
      must(p.get("multiAzEnabled").is(true), "The cache is not spread over zones"),
      must(p.get("numCacheClusters").atLeast(2), "The cache has no replica"),
    ]),
  ),
  resourceRule(
    {
      id: "elasticache-snapshots",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "Queues of jobs can be restored after a loss of Redis, and a deleted group leaves a snapshot",
      source: `Security Hub ElastiCache.1: ${securityHub}/elasticache-controls.html#elasticache-1`,
      fix: "Set snapshotRetentionLimit to 1 day or more, and finalSnapshotIdentifier",
    },
    on(t.awsCache, (p) => [
      must(p.get("snapshotRetentionLimit").atLeast(1), "No snapshots of the cache are kept"),
      must(p.get("finalSnapshotIdentifier").given, "The cache leaves no final snapshot"),
    ]),
  ),
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
      must(p.get("kmsKeyId").given, "The file system has no key of its own"),
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
        p
          .get("policy")
          .json.at("Statement")
          .some((one) =>
            all(
              one.at("Effect").is("Deny"),
              one
                .at("Condition")
                .at("Bool")
                .at("aws:SecureTransport")
                .matches(/^false$/i),
            ),
          ),
        "The file system can be mounted without TLS",
      ),
      must(
        p.get("bypassPolicyLockoutSafetyCheck").or(false).is(false),
        "The policy of the file system may lock everybody out",
      ),
    ]),
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
      must(p.get("serverSideEncryption").get("kmsKeyArn").given, "The table has no key of its own"),
      must(
        any(!protect, p.get("deletionProtectionEnabled").is(true)),
        "The table has no deletion protection in its cloud",
      ),
    ]),
  ),
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
      must(p.get("kmsKeyId").given, "The secret has no key of its own"),
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
      protects: "Alarms and failed starts, which name machines and errors, are encrypted at rest",
      source: `Security Hub SNS.1 and SQS.1: ${securityHub}/sns-controls.html#sns-1`,
      fix: "Set kmsMasterKeyId",
    },
    on(t.awsTopic, (p) => must(p.get("kmsMasterKeyId").given, "The topic is not encrypted")),
    on(t.awsQueue, (p) =>
      must(
        any(p.get("kmsMasterKeyId").given, p.get("sqsManagedSseEnabled").is(true)),
        "The queue is not encrypted",
      ),
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
      must(p.get("kmsKeyId").given, "The log group has no key of its own"),
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
        p.get("encryptionConfigurations").some((one) => one.get("encryptionType").is("KMS")),
        "Images are not encrypted with a key of the environment",
      ),
    ]),
  ),
];
