import * as pulumi from "@pulumi/pulumi";
import { gcpReplicaRules } from "./gcp-replicas";
import { lasting, type GcpAlertRule, type GcpThreshold } from "./gcp-rules";

/** What of database and cache is watched. */
export interface GcpDataFacts {
  readonly database: {
    /** `<project>:<instance>`. */
    readonly id: pulumi.Input<string>;
    readonly maxStorageGiB: number;
    readonly maxConnections: number;
    /** The same of its read replicas. @default none */
    readonly replicaIds?: readonly pulumi.Input<string>[];
  };
  readonly cache: {
    /** `projects/…/locations/…/instances/…`. */
    readonly id: pulumi.Input<string>;
    /** Full, it forgets what was not used for long, instead of refusing writes. @default false */
    readonly evicts?: boolean;
  };
}

/** Pages of docs/runbooks, without `.md`. */
export interface GcpDataRunbooks {
  readonly database: string;
  readonly replicas?: string;
  readonly cache: string;
}

const minute = 60;
const gib = 1024 ** 3;

/**
 * Alarms of Cloud SQL and Memorystore
 * (https://cloud.google.com/sql/docs/postgres/admin-api/metrics,
 * https://cloud.google.com/memorystore/docs/redis/supported-monitoring-metrics).
 */
export function gcpDataRules(
  { database, cache }: GcpDataFacts,
  runbooks: GcpDataRunbooks,
): readonly GcpAlertRule[] {
  const ids = database.replicaIds ?? [];
  return [
    ...databaseRules(database, runbooks.database),
    ...(ids.length === 0 ? [] : gcpReplicaRules(ids, runbooks.replicas ?? runbooks.database)),
    ...cacheRules(cache, runbooks.cache),
  ];
}

type Rest = Omit<GcpThreshold, "kind" | "filter">;

function databaseRules(
  database: GcpDataFacts["database"],
  runbook: string,
): readonly GcpAlertRule[] {
  const threshold = (metric: string, rest: Rest): GcpThreshold => ({
    kind: "threshold",
    filter: pulumi.interpolate`resource.type = "cloudsql_database" AND resource.labels.database_id = "${database.id}" AND metric.type = "cloudsql.googleapis.com/database/${metric}"`,
    ...rest,
  });
  const connections = Math.floor(database.maxConnections * 0.85);
  const storage = Math.floor(database.maxStorageGiB * 0.85);
  return [
    {
      name: "database-down",
      summary: "Cloud SQL says that PostgreSQL is down.",
      severity: "page",
      runbook,
      condition: threshold("up", lasting("<", 1, 5, "ALIGN_MAX")),
    },
    {
      name: "database-cpu",
      summary: "The database's CPU has been over 90 % for half an hour.",
      severity: "ticket",
      runbook,
      condition: threshold("cpu/utilization", lasting(">", 0.9, 30)),
    },
    {
      name: "database-memory",
      summary: "The database has used over 95 % of its memory for half an hour.",
      severity: "ticket",
      runbook,
      condition: threshold("memory/utilization", lasting(">", 0.95, 30)),
    },
    {
      name: "database-connections",
      summary: `Over ${connections} of ${database.maxConnections} connections are in use.`,
      severity: "page",
      runbook,
      condition: threshold("postgresql/num_backends", {
        ...lasting(">", connections, 10),
        // One series for each database of the instance; the limit is for all of them.
        reducer: "REDUCE_SUM",
      }),
    },
    {
      name: "database-storage",
      summary: `The database takes over ${storage} GiB; at ${database.maxStorageGiB} it grows no more and stops.`,
      severity: "page",
      runbook,
      condition: threshold("disk/bytes_used", lasting(">", storage * gib, 15)),
    },
    {
      name: "database-transaction-ids",
      summary: "Over half of PostgreSQL's transaction ids are used: vacuum lags.",
      severity: "ticket",
      runbook,
      condition: threshold("postgresql/transaction_id_utilization", lasting(">", 0.5, 30)),
    },
    {
      name: "database-failover",
      summary: "Cloud SQL has failed over to the other zone.",
      severity: "ticket",
      runbook,
      condition: threshold("auto_failover_request_count", {
        ...lasting(">", 0, 0, "ALIGN_DELTA"),
      }),
      closeSeconds: 24 * 60 * minute,
    },
  ];
}

function cacheRules(cache: GcpDataFacts["cache"], runbook: string): readonly GcpAlertRule[] {
  const threshold = (metric: string, rest: Rest): GcpThreshold => ({
    kind: "threshold",
    filter: pulumi.interpolate`resource.type = "redis_instance" AND resource.labels.instance_id = "${cache.id}" AND metric.type = "redis.googleapis.com/${metric}"`,
    ...rest,
  });
  const full: GcpAlertRule =
    cache.evicts === true
      ? {
          name: "cache-evictions",
          summary: "Redis has forgotten over 10,000 keys an hour for three hours: it is too small.",
          severity: "ticket",
          runbook,
          condition: threshold("stats/evicted_keys", {
            comparison: ">",
            value: 10_000,
            aligner: "ALIGN_SUM",
            reducer: "REDUCE_MAX",
            periodSeconds: 60 * minute,
            forSeconds: 2 * 60 * minute,
          }),
        }
      : {
          name: "cache-memory",
          summary: "Redis is over 80 % full; full, it refuses writes and GitLab stops.",
          severity: "page",
          runbook,
          condition: threshold("stats/memory/usage_ratio", {
            ...lasting(">", 0.8, 10, "ALIGN_MAX"),
            // Of both nodes.
            reducer: "REDUCE_MAX",
          }),
        };
  return [
    full,
    {
      name: "cache-system-memory",
      summary: "Redis' machine is over 90 % full: a snapshot or a failover may fail.",
      severity: "ticket",
      runbook,
      condition: threshold("stats/memory/system_memory_usage_ratio", {
        ...lasting(">", 0.9, 15, "ALIGN_MAX"),
        reducer: "REDUCE_MAX",
      }),
    },
    {
      name: "cache-refused",
      summary: "Redis refuses connections: there are more than it takes.",
      severity: "page",
      runbook,
      condition: threshold("stats/reject_connections_count", {
        ...lasting(">", 0, 5, "ALIGN_DELTA"),
        reducer: "REDUCE_SUM",
      }),
    },
    {
      name: "cache-silent",
      summary: "Memorystore has told nothing of Redis for a quarter of an hour.",
      severity: "page",
      runbook,
      condition: {
        kind: "query",
        query: pulumi.interpolate`absent_over_time(redis_googleapis_com:server_uptime{monitored_resource="redis_instance",instance_id="${cache.id}"}[15m])`,
        forSeconds: 5 * minute,
      },
    },
  ];
}
