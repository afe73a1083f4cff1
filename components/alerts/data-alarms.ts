import type * as pulumi from "@pulumi/pulumi";
import { worstOf, type AlarmRule } from "./rules";

/** What the data's alarms look at: names as metrics have them. */
export interface DataFacts {
  readonly database: {
    readonly identifier: pulumi.Input<string>;
    /** How far its storage can grow. */
    readonly maxStorageGiB: number;
    /** PostgreSQL's `max_connections`. */
    readonly maxConnections: number;
    readonly memoryGiB: number;
  };
  readonly cache: { readonly clusterIds: readonly pulumi.Input<string>[] };
  /** File systems by what they hold. */
  readonly fileSystems: Readonly<Record<string, pulumi.Input<string>>>;
}

const gib = 2 ** 30;
const minutes = (count: number): number => count * 60;

/** Alarms of database, cache and file systems. */
export function dataAlarms(facts: DataFacts): readonly AlarmRule[] {
  return [
    ...databaseAlarms(facts.database),
    ...cacheAlarms(facts.cache.clusterIds),
    ...Object.entries(facts.fileSystems).flatMap(([what, id]) => fileSystemAlarms(what, id)),
  ];
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html */
function databaseAlarms(database: DataFacts["database"]): readonly AlarmRule[] {
  const of = (
    name: string,
    statistic: "Average" | "Maximum" | "Minimum",
  ): Pick<AlarmRule, "metrics" | "periodSeconds"> => ({
    metrics: [
      {
        namespace: "AWS/RDS",
        name,
        dimensions: { DBInstanceIdentifier: database.identifier },
        statistic,
      },
    ],
    periodSeconds: minutes(5),
  });
  return [
    {
      ...of("FreeStorageSpace", "Minimum"),
      name: "database-storage",
      // RDS grows a volume that has been under 10 % free for five minutes, at least six hours apart: 5 GiB is half of
      // what the smallest volume has left then (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html).
      summary: `The database has under 5 GiB free: storage is not growing, or has reached its limit of ${database.maxStorageGiB} GiB.`,
      severity: "page",
      runbook: "database-storage",
      comparison: "<",
      threshold: 5 * gib,
      periods: 3,
      missing: "ignore",
    },
    {
      ...of("CPUUtilization", "Average"),
      name: "database-cpu",
      summary: "The database has been over 90 % CPU for half an hour, or reports nothing.",
      severity: "page",
      runbook: "database-health",
      comparison: ">",
      threshold: 90,
      periods: 6,
      // A database that runs reports this every minute.
      missing: "breaching",
    },
    {
      ...of("DatabaseConnections", "Maximum"),
      name: "database-connections",
      summary: `Over 85 % of the database's ${database.maxConnections} connections are taken.`,
      severity: "page",
      runbook: "database-health",
      comparison: ">",
      threshold: Math.floor(database.maxConnections * 0.85),
      periods: 3,
      missing: "ignore",
    },
    {
      ...of("FreeableMemory", "Average"),
      name: "database-memory",
      summary: `Under 5 % of the database's ${database.memoryGiB} GiB of memory is left.`,
      severity: "ticket",
      runbook: "database-health",
      comparison: "<",
      threshold: Math.round(database.memoryGiB * gib * 0.05),
      periods: 6,
      missing: "ignore",
    },
    {
      ...of("MaximumUsedTransactionIDs", "Maximum"),
      name: "database-transaction-ids",
      // PostgreSQL stops taking writes at about 2.1 billion
      // (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Autovacuum.html).
      summary:
        "Vacuum lags: over a billion transaction ids are in use, and at two billion writing stops.",
      severity: "ticket",
      runbook: "database-health",
      comparison: ">",
      threshold: 1_000_000_000,
      periods: 3,
      missing: "ignore",
    },
  ];
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html */
function cacheAlarms(clusterIds: readonly pulumi.Input<string>[]): readonly AlarmRule[] {
  const of = (name: string, statistic: "Average" | "Maximum" | "Sum") => ({
    ...worstOf({ namespace: "AWS/ElastiCache", name, statistic }, "CacheClusterId", clusterIds),
    periodSeconds: minutes(5),
  });
  return [
    {
      ...of("DatabaseMemoryUsagePercentage", "Maximum"),
      name: "redis-memory",
      summary:
        "Redis has used over 80 % of its memory: it evicts nothing, so at 100 % every write fails.",
      severity: "page",
      runbook: "redis-health",
      comparison: ">",
      threshold: 80,
      periods: 3,
      missing: "breaching",
    },
    {
      ...of("EngineCPUUtilization", "Average"),
      name: "redis-cpu",
      summary: "Redis has kept its one core over 85 % busy for a quarter of an hour.",
      severity: "page",
      runbook: "redis-health",
      comparison: ">",
      threshold: 85,
      periods: 3,
      missing: "ignore",
    },
    {
      ...of("Evictions", "Sum"),
      name: "redis-evictions",
      summary: "Redis throws keys away: its policy is not noeviction, and jobs may be lost.",
      severity: "page",
      runbook: "redis-health",
      comparison: ">",
      threshold: 0,
      periods: 1,
      missing: "notBreaching",
    },
    {
      ...of("ReplicationLag", "Maximum"),
      name: "redis-replication",
      summary: "A copy of Redis is over 30 s behind: a failover would lose that much.",
      severity: "ticket",
      runbook: "redis-health",
      comparison: ">",
      threshold: 30,
      periods: 3,
      // Copies alone report it.
      missing: "notBreaching",
    },
  ];
}

/** https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html */
function fileSystemAlarms(what: string, id: pulumi.Input<string>): readonly AlarmRule[] {
  const of = (name: string, statistic: "Average" | "Sum") => ({
    metrics: [{ namespace: "AWS/EFS", name, dimensions: { FileSystemId: id }, statistic }] as const,
    periodSeconds: minutes(5),
  });
  return [
    {
      ...of("PercentIOLimit", "Average"),
      name: `files-${what}-io`,
      summary: `File system "${what}" has been at 95 % of its operations for half an hour: everything on it is slow.`,
      severity: "ticket",
      runbook: "file-system",
      comparison: ">",
      threshold: 95,
      periods: 6,
      missing: "notBreaching",
    },
    {
      ...of("ClientConnections", "Sum"),
      name: `files-${what}-unmounted`,
      summary: `Nobody has file system "${what}" mounted.`,
      severity: "page",
      runbook: "file-system",
      comparison: "<",
      threshold: 1,
      periods: 4,
      // With no connection there is nothing to report.
      missing: "breaching",
    },
  ];
}
