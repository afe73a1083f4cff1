import type { sql } from "@pulumi/gcp/types/input";
import type { GcpDatabaseProps } from "./gcp-database-args";

/** What primary and replicas have in common: a replica may be promoted, and is then held to the same. */
function sharedSettings(args: GcpDatabaseProps) {
  const { database, login } = args;
  return {
    edition: database.edition,
    deletionProtectionEnabled: args.site.protection,
    diskType: "PD_SSD",
    diskAutoresize: true,
    diskAutoresizeLimit: database.maxStorageGiB,
    databaseFlags: [
      ...args.flags,
      ...(login.kind === "identity" ? [{ name: "cloudsql.iam_authentication", value: "on" }] : []),
    ],
    ipConfiguration: {
      ipv4Enabled: false,
      privateNetwork: args.networkSelfLink,
      allocatedIpRange: args.servicesRange,
      // The Auth Proxy brings a certificate of minutes; without one a token or a password alone opens nothing
      // (https://cloud.google.com/sql/docs/postgres/configure-ssl-instance#enforcing-ssl).
      sslMode: login.kind === "identity" ? "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" : "ENCRYPTED_ONLY",
      serverCaMode: "GOOGLE_MANAGED_INTERNAL_CA",
    },
    insightsConfig: {
      queryInsightsEnabled: true,
      queryStringLength: 1024,
      recordApplicationTags: true,
      // Addresses of people are none of its business; what connects is one machine, or pods of one kind.
      recordClientAddress: false,
    },
  } satisfies Partial<sql.DatabaseInstanceSettings>;
}

/** Settings of the primary. */
export function primarySettings(args: GcpDatabaseProps): sql.DatabaseInstanceSettings {
  const { database, site } = args;
  return {
    ...sharedSettings(args),
    tier: database.tier,
    availabilityType: "REGIONAL",
    locationPreference: {
      zone: args.zone,
      ...(args.standbyZone === undefined ? {} : { secondaryZone: args.standbyZone }),
    },
    retainBackupsOnDelete: site.protection,
    finalBackupConfig: { enabled: true, retentionDays: 30 },
    diskSize: database.storageGiB,
    backupConfiguration: {
      enabled: true,
      startTime: database.backupTime,
      location: args.backupRegion,
      pointInTimeRecoveryEnabled: true,
      transactionLogRetentionDays: database.logRetentionDays,
      backupRetentionSettings: {
        retainedBackups: database.retainedBackups,
        retentionUnit: "COUNT",
      },
    },
    maintenanceWindow: { ...database.maintenance, updateTrack: "stable" },
  };
}

/**
 * Settings of a replica: neither backups nor a window, which a replica has none of, and no size of disk: it begins with its primary's, which
 * may have grown (https://cloud.google.com/sql/docs/postgres/replication).
 */
export function replicaSettings(
  args: GcpDatabaseProps,
  zone: string,
): sql.DatabaseInstanceSettings {
  return {
    ...sharedSettings(args),
    tier: args.database.replicaTier ?? args.database.tier,
    availabilityType: "ZONAL",
    locationPreference: { zone },
  };
}
