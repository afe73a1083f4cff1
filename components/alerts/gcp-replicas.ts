import * as pulumi from "@pulumi/pulumi";
import { lasting, type GcpAlertRule, type GcpThreshold } from "./gcp-rules";

/**
 * Alarms of Cloud SQL's read replicas, each replica for itself
 * (https://cloud.google.com/sql/docs/postgres/replication/replication-lag#metrics_for_replication_lag).
 * @param ids `<project>:<instance>`
 */
export function gcpReplicaRules(
  ids: readonly pulumi.Input<string>[],
  runbook: string,
): readonly GcpAlertRule[] {
  const which = pulumi.output([...ids]).apply((all) => all.map((id) => `"${id}"`).join(", "));
  const threshold = (metric: string, rest: Omit<GcpThreshold, "kind" | "filter">) => ({
    kind: "threshold" as const,
    filter: pulumi.interpolate`resource.type = "cloudsql_database" AND resource.labels.database_id = one_of(${which}) AND metric.type = "cloudsql.googleapis.com/database/${metric}"`,
    ...rest,
  });
  return [
    {
      name: "replica-down",
      summary: "Cloud SQL says that a read replica is down.",
      severity: "ticket",
      runbook,
      condition: threshold("up", lasting("<", 1, 5, "ALIGN_MAX")),
    },
    {
      name: "replica-lag",
      summary: "A read replica is over five minutes behind in applying what it has received.",
      severity: "ticket",
      runbook,
      condition: threshold("replication/replica_lag", lasting(">", 300, 10)),
    },
    {
      name: "replica-network-lag",
      summary: "A read replica is over five minutes behind in receiving what the primary wrote.",
      severity: "ticket",
      runbook,
      condition: threshold("replication/network_lag", lasting(">", 300, 10)),
    },
  ];
}
