/** Data on Google Cloud: Cloud SQL, Memorystore, buckets, disks and secrets. */
import { all, any, not } from "../reader";
import { dependsOn, isIn } from "../relations";
import { must, on, resourceRule, type Rule, stackRule } from "../rule";
import * as t from "../types";

const sql = "https://cloud.google.com/sql/docs/postgres";
const redis = "https://cloud.google.com/memorystore/docs/redis";
const storage = "https://cloud.google.com/storage/docs";

export const dataGcp: readonly Rule[] = [
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
        must(ip.get("privateNetwork").given, "The database is in no private network"),
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
      id: "memorystore-private-tls-auth",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Redis is reached from its network alone, over TLS, with its string",
      source: `${redis}/about-in-transit-encryption; ${redis}/about-redis-auth (Checkov CKV_GCP_95)`,
      fix: "Set authEnabled, transitEncryptionMode: SERVER_AUTHENTICATION and authorizedNetwork",
    },
    on(t.gcpRedis, (p) => [
      must(p.get("authEnabled").is(true), "Redis asks for no string"),
      must(p.get("transitEncryptionMode").is("SERVER_AUTHENTICATION"), "Redis speaks without TLS"),
      must(p.get("authorizedNetwork").given, "Redis is in the default network"),
    ]),
  ),
  resourceRule(
    {
      id: "memorystore-failover",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "The loss of a zone does not take Redis down, and its queues are kept on disk",
      source: `${redis}/high-availability-for-memorystore-for-redis; ${redis}/about-rdb-snapshots`,
      fix: "Set tier: STANDARD_HA and persistenceConfig.persistenceMode: RDB",
    },
    on(t.gcpRedis, (p, { protect }) => [
      must(p.get("tier").is("STANDARD_HA"), "Redis has no replica in another zone"),
      must(
        any(!protect, p.get("deletionProtection").is(true)),
        "Redis has no deletion protection in its cloud",
      ),
    ]),
  ),
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
  stackRule(
    {
      id: "gcp-disk-snapshots",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "Every disk that holds data has daily snapshots away from its region, and leaves one when it is deleted",
      source: "https://cloud.google.com/compute/docs/disks/scheduled-snapshots",
      fix: "Attach a snapshot schedule to the disk and set createSnapshotBeforeDestroy",
    },
    [t.gcpDisk],
    (stack) => [
      ...stack.of(t.gcpDisk).flatMap((disk) => [
        must(
          stack.of(t.gcpDiskResourcePolicyAttachment).some((one) => dependsOn(one, disk)),
          "The disk has no snapshot schedule",
          disk.urn,
        ),
        must(
          any(!disk.protect, disk.props.get("createSnapshotBeforeDestroy").is(true)),
          "The disk leaves no snapshot when it is deleted",
          disk.urn,
        ),
      ]),
      ...stack.of(t.gcpResourcePolicy).flatMap(({ props, urn }) => {
        const policy = props.get("snapshotSchedulePolicy");
        const days = policy.get("retentionPolicy");
        return [
          must(
            any(
              policy.get("schedule").get("dailySchedule").get("daysInCycle").is(1),
              policy.get("schedule").get("hourlySchedule").get("hoursInCycle").atMost(24),
            ),
            "Snapshots are not made daily",
            urn,
          ),
          must(
            days.get("maxRetentionDays").atLeast(7),
            "Snapshots are kept for less than 7 days",
            urn,
          ),
          must(
            days.get("onSourceDiskDelete").or("KEEP_AUTO_SNAPSHOTS").is("KEEP_AUTO_SNAPSHOTS"),
            "Snapshots go with the disk when it is deleted",
            urn,
          ),
          must(
            policy
              .get("snapshotProperties")
              .get("storageLocations")
              .test((place) => {
                const region = props.get("region").known;
                return typeof region !== "string" || ![place].flat().includes(region);
              }),
            "Snapshots lie in the region of the disk, or nobody has said where",
            urn,
          ),
        ];
      }),
    ],
  ),
  resourceRule(
    {
      id: "gcp-secrets-recoverable",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "A secret is not deleted by mistake, and a destroyed version can be taken back for a day",
      source: "https://cloud.google.com/secret-manager/docs/delayed-destroy",
      fix: "Set deletionProtection and versionDestroyTtl",
    },
    on(t.gcpSecret, (p, { protect }) => [
      must(
        any(!protect, p.get("deletionProtection").is(true)),
        "The secret has no deletion protection in its cloud",
      ),
      must(
        any(protect, not(p.get("deletionProtection").is(true))),
        "The secret is kept from deletion in its cloud, and not protected in the stack",
      ),
      must(
        p.get("versionDestroyTtl").test((ttl) => Number.parseInt(String(ttl), 10) >= 86400),
        "A destroyed version is gone at once",
      ),
    ]),
    on(t.gcpSecretVersion, (p) =>
      must(
        all(p.get("enabled").or(true).is(true)),
        "The version is disabled: machines that read it do not start",
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
    on(t.gcpDatabaseUser, (p) =>
      must(
        any(
          p.get("password").given,
          p.get("passwordWo").given,
          p.get("type").matches(/^CLOUD_IAM_/),
        ),
        "The database user has neither password nor identity",
      ),
    ),
  ),
];
