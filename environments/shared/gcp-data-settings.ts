/** Settings of Cloud SQL and Memorystore that do not depend on what uses them, and the rules between them. */
import { z } from "zod";
import { wholeNumber } from "./fields";
import { customTierRefusal, databaseTier } from "./gcp-fields";
import type { Refuse } from "./settings";

/** Cloud SQL for PostgreSQL. */
export const databaseFields = {
  /** ENTERPRISE_PLUS is near-zero downtime at maintenance and up to 35 days of logs, for more money. */
  edition: z.enum(["ENTERPRISE", "ENTERPRISE_PLUS"]).default("ENTERPRISE"),
  tier: databaseTier.default("db-custom-4-16384"),
  storageGiB: wholeNumber(20, 65536).default(100),
  /** How far storage grows by itself. */
  maxStorageGiB: wholeNumber(20, 65536).default(1000),
  /** Daily backups that are kept. */
  retainedBackups: wholeNumber(7, 365).default(30),
  /** Days within which any point in time can be restored: to 7 with ENTERPRISE, to 35 with ENTERPRISE_PLUS. */
  logRetentionDays: wholeNumber(1, 35).default(7),
  /** UTC. */
  backupTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):00$/, "a full hour in UTC, as 01:00")
    .default("01:00"),
  /** Sunday, early. */
  maintenance: z
    .strictObject({ day: wholeNumber(1, 7), hour: wholeNumber(0, 23) })
    .default({ day: 7, hour: 6 }),
  /**
   * Another name for a database made anew: Cloud SQL gives a deleted instance's name to nobody for up to a week
   * (https://cloud.google.com/sql/docs/postgres/delete-instance). Changing it makes a new, empty database.
   */
  instanceName: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,82}[a-z0-9]$/, "lower-case letters, digits and -, at most 84")
    .optional(),
} as const;

/** Memorystore for Redis. */
export const cacheFields = {
  /** BASIC has one node, which loses all with its zone. */
  tier: z.literal("STANDARD_HA").default("STANDARD_HA"),
  memoryGiB: wholeNumber(1, 300).default(5),
  maintenance: z
    .strictObject({
      day: z.enum(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]),
      hour: wholeNumber(0, 23),
    })
    .default({ day: "SUNDAY", hour: 7 }),
} as const;

/** Checked settings of the database that its rules look at. */
type DatabaseSettings = z.output<z.ZodObject<typeof databaseFields>>;

/** What edition, tier and sizes ask of each other. */
export function databaseRules(database: DatabaseSettings, refuse: Refuse): void {
  const custom = database.tier.startsWith("db-custom-");
  if (database.edition === "ENTERPRISE" && !custom) {
    refuse(["database", "tier"], "db-custom-<vCPU>-<MiB> with ENTERPRISE");
  }
  if (database.edition === "ENTERPRISE_PLUS" && custom) {
    refuse(["database", "tier"], "db-perf-optimized-N-<vCPU> with ENTERPRISE_PLUS");
  }
  const size = customTierRefusal(database.tier);
  if (size !== undefined) refuse(["database", "tier"], size);
  if (database.edition === "ENTERPRISE" && database.logRetentionDays > 7) {
    refuse(
      ["database", "logRetentionDays"],
      "1 to 7 with ENTERPRISE, 1 to 35 with ENTERPRISE_PLUS",
    );
  }
  // Logs are of use only from a backup on (https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr).
  if (database.retainedBackups < database.logRetentionDays) {
    refuse(
      ["database", "retainedBackups"],
      `at least database.logRetentionDays ${database.logRetentionDays}`,
    );
  }
  if (database.maxStorageGiB < database.storageGiB) {
    refuse(["database", "maxStorageGiB"], `at least database.storageGiB ${database.storageGiB}`);
  }
}
