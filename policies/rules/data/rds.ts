/** RDS. */
import { all, any, not } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";
import { ownKey } from "./own-key";

export const rds: readonly Rule[] = [
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
      must(ownKey(p.get("kmsKeyId")), "The database has no key of its own for its storage"),
      must(
        any(
          not(p.get("performanceInsightsEnabled").or(false).is(true)),
          ownKey(p.get("performanceInsightsKmsKeyId")),
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
      must(p.get("vpcSecurityGroupIds").filled, "The database is in the default security group"),
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
      fix: "Set the parameter rds.force_ssl to 1 in a group of the environment, and name the group",
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
    on(t.awsDatabase, (p) => [
      must(
        all(
          p.get("parameterGroupName").given,
          not(p.get("parameterGroupName").matches(/^default\./)),
        ),
        "The database is under the parameters that AWS gives, and not under those of the environment",
      ),
      must(
        not(p.get("caCertIdentifier").matches(/^rds-ca-201\d/)),
        "The certificate of the database is by an authority that has ended",
      ),
    ]),
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
];
