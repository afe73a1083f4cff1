/** Cloud SQL. */
import { isDefaultNetwork } from "../../addresses";
import { all, any, not, type Truth } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";

const sql = "https://cloud.google.com/sql/docs/postgres";

export const cloudsql: readonly Rule[] = [
  resourceRule(
    {
      id: "cloudsql-not-public",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "The database has no public address, and no network is let in by its own list",
      source: `CIS Google Cloud Foundation 3.0.0, 6.5 and 6.6: ${sql}/private-ip`,
      fix: "Set ipConfiguration.ipv4Enabled: false with privateNetwork, and no authorizedNetworks",
    },
    on(t.gcpDatabaseInstance, (p) => {
      const ip = p.get("settings").get("ipConfiguration");
      return [
        must(ip.get("ipv4Enabled").or(true).is(false), "The database has a public address"),
        must(
          any(
            ip.get("privateNetwork").given && !isDefaultNetwork(ip.get("privateNetwork")),
            ip.get("pscConfigs").some((one) => one.get("pscEnabled").is(true)),
          ),
          "The database is in no private network",
        ),
        must(not(ip.get("authorizedNetworks").filled), "Networks are let in by a list"),
      ];
    }),
  ),
  resourceRule(
    {
      id: "cloudsql-tls",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Nobody talks to the database in clear",
      source: `CIS Google Cloud Foundation 3.0.0, 6.4: ${sql}/configure-ssl-instance`,
      fix: "Set ipConfiguration.sslMode to ENCRYPTED_ONLY or TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
    },
    on(t.gcpDatabaseInstance, (p) =>
      must(
        p
          .get("settings")
          .get("ipConfiguration")
          .get("sslMode")
          .isOneOf("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
        "The database takes connections without TLS",
      ),
    ),
  ),
  resourceRule(
    {
      id: "cloudsql-backups",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "The database can be restored to any second of the last days, from a place that its region's loss leaves",
      source: `CIS Google Cloud Foundation 3.0.0, 6.7: ${sql}/backup-recovery/backing-up; ${sql}/backup-recovery/pitr`,
      fix: "Enable backupConfiguration with pointInTimeRecoveryEnabled, seven backups or more, and a location",
    },
    on(t.gcpDatabaseInstance, (p) => {
      const backup = p.get("settings").get("backupConfiguration");
      const replica = p.get("masterInstanceName").given;
      return [
        must(any(replica, backup.get("enabled").is(true)), "The database makes no backups"),
        must(
          any(replica, backup.get("pointInTimeRecoveryEnabled").is(true)),
          "The database keeps no transaction logs to recover from",
        ),
        must(
          any(
            replica,
            backup.get("backupRetentionSettings").get("retainedBackups").or(7).atLeast(7),
          ),
          "Fewer than seven backups are kept",
        ),
        must(
          any(replica, backup.get("transactionLogRetentionDays").or(7).atLeast(3)),
          "Transaction logs are kept for less than three days",
        ),
        must(
          any(
            replica,
            backup.get("location").test((location) => location !== p.get("region").known),
          ),
          "Backups lie in the region of the database alone, or nobody has said where",
        ),
      ];
    }),
  ),
  resourceRule(
    {
      id: "cloudsql-failover",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "The loss of a zone does not take the database down",
      source: `${sql}/high-availability`,
      fix: "Set availabilityType: REGIONAL on the primary",
    },
    on(t.gcpDatabaseInstance, (p) =>
      must(
        any(
          p.get("masterInstanceName").given,
          p.get("settings").get("availabilityType").is("REGIONAL"),
        ),
        "The database has no standby in another zone",
      ),
    ),
  ),
  resourceRule(
    {
      id: "cloudsql-deletion",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "A protected database is not deleted by mistake, by Pulumi or by hand, and leaves its backups and a last one",
      source: `${sql}/deletion-protection; ${sql}/backup-recovery/backups#final-backup`,
      fix: "Set deletionProtection, settings.deletionProtectionEnabled, retainBackupsOnDelete and finalBackupConfig",
    },
    on(t.gcpDatabaseInstance, (p, { protect }) => {
      const settings = p.get("settings");
      const replica = p.get("masterInstanceName").given;
      return [
        must(
          any(!protect, p.get("deletionProtection").or(true).is(true)),
          "Pulumi may delete the database",
        ),
        must(
          any(!protect, settings.get("deletionProtectionEnabled").is(true)),
          "The cloud may delete the database",
        ),
        must(
          any(!protect, replica, settings.get("retainBackupsOnDelete").is(true)),
          "Backups go with the database when it is deleted",
        ),
        must(
          any(replica, settings.get("finalBackupConfig").get("enabled").is(true)),
          "The database leaves no final backup",
        ),
      ];
    }),
  ),
  resourceRule(
    {
      id: "cloudsql-edition-set",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "The edition is the one that was priced: without it PostgreSQL 16 and later are ENTERPRISE_PLUS, which refuses custom tiers",
      source: `${sql}/editions-intro; https://github.com/GoogleCloudPlatform/magic-modules/issues/18014`,
      fix: "Set settings.edition, on replicas too",
    },
    on(t.gcpDatabaseInstance, (p) =>
      must(p.get("settings").get("edition").given, "The database says no edition"),
    ),
  ),
  resourceRule(
    {
      id: "cloudsql-storage-grows",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects:
        "The database does not stop for want of storage, and what grows it is not taken back by the next update",
      source: `${sql}/instance-settings#automatic-storage-increase-2ndgen`,
      fix: "Set diskAutoresize, and ignore changes of settings.diskSize",
    },
    on(t.gcpDatabaseInstance, (p) =>
      must(
        p.get("settings").get("diskAutoresize").or(true).is(true),
        "The storage of the database cannot grow",
      ),
    ),
  ),
  resourceRule(
    {
      id: "cloudsql-users-by-password-or-identity",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects: "Nobody signs in to the database without a password or an identity",
      source: `${sql}/users`,
      fix: "Give the user a password from a secret, or a type CLOUD_IAM_…",
    },
    on(t.gcpDatabaseUser, (p) => [
      must(
        any(
          p.get("password").given,
          p.get("passwordWo").given,
          p.get("type").matches(/^CLOUD_IAM_/),
        ),
        "The database user has neither password nor identity",
      ),
      must(
        not(p.get("type").is("CLOUD_IAM_USER")),
        "A single person is a user of the database, past the table of roles",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "cloudsql-flags-safe",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects:
        "The database's log has no values of statements, tokens and personal data among them, and its passwords are not kept as MD5",
      source: `${sql}/flags; https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-STATEMENT; https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-PASSWORD-ENCRYPTION`,
      fix: "Leave log_statement at none or ddl and password_encryption at scram-sha-256; Query Insights shows what is slow without its values",
    },
    on(t.gcpDatabaseInstance, (p) => {
      const flags = p.get("settings").get("databaseFlags");
      const unset = (name: string, bad: RegExp): Truth =>
        flags.every((flag) => not(all(flag.get("name").is(name), flag.get("value").matches(bad))));
      return [
        must(unset("log_statement", /^(mod|all)$/i), "Statements are logged with their values"),
        must(unset("password_encryption", /^md5$/i), "Passwords are kept as MD5"),
      ];
    }),
  ),
];
