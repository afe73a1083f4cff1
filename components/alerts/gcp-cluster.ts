import type { GcpAlertRule, GcpLogMatch, GcpQuery, GcpThreshold } from "./gcp-rules";

/** The app in its cluster, as metrics and logs name it. */
export interface GcpClusterFacts {
  /** Id of the project. */
  readonly project: string;
  /** Name of the cluster. */
  readonly name: string;
  /** Its region. */
  readonly location: string;
  readonly namespace: string;
  /** The Deployment that serves. */
  readonly deployment: string;
  readonly autoscaler: string;
  /** Names of Jobs begin so: of those that export the database, and of those that migrate it. */
  readonly jobs: { readonly exports: string; readonly migrations: string };
  /** Pods that have to be there. */
  readonly leastPods: number;
}

/** Pages of docs/runbooks, without `.md`. */
export interface GcpClusterRunbooks {
  readonly pods: string;
  readonly nodes: string;
  readonly errors: string;
  readonly migration: string;
  readonly exports: string;
}

const minute = 60;
const hour = 60 * minute;

/**
 * Alarms of an app in GKE. What Kubernetes says of its objects comes from the packages DEPLOYMENT and HPA of GKE's
 * metrics, which the cluster has to have on (https://cloud.google.com/kubernetes-engine/docs/how-to/kube-state-metrics),
 * what containers use from its system metrics
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/view-system-metrics).
 */
export function gcpClusterRules(
  facts: GcpClusterFacts,
  runbooks: GcpClusterRunbooks,
): readonly GcpAlertRule[] {
  return [
    ...podRules(facts, runbooks.pods),
    ...containerRules(facts, runbooks.pods),
    ...jobRules(facts, runbooks),
    nodeRule(facts, runbooks.nodes),
    errorRule(facts, runbooks.errors),
  ];
}

/** In PromQL; nobody sends these metrics before there is a cluster. */
function query(text: string, forSeconds: number): GcpQuery {
  return { kind: "query", query: text, forSeconds, newMetric: true };
}

function podRules(facts: GcpClusterFacts, runbook: string): readonly GcpAlertRule[] {
  const place = `cluster="${facts.name}",location="${facts.location}",namespace="${facts.namespace}"`;
  const ofDeployment = (metric: string) =>
    `kube_deployment_${metric}{${place},deployment="${facts.deployment}"}`;
  const ofAutoscaler = (metric: string) =>
    `kube_horizontalpodautoscaler_${metric}{${place},horizontalpodautoscaler="${facts.autoscaler}"}`;
  return [
    {
      name: "pods-missing",
      summary: `Fewer than ${facts.leastPods} pods serve.`,
      severity: "page",
      runbook,
      condition: query(
        `max(${ofDeployment("status_replicas_available")}) < ${facts.leastPods}`,
        5 * minute,
      ),
    },
    {
      name: "pods-unavailable",
      summary: "Not all pods that are wanted have served for half an hour.",
      severity: "ticket",
      runbook,
      condition: query(
        `max(${ofDeployment("spec_replicas")}) - max(${ofDeployment("status_replicas_available")}) > 0`,
        30 * minute,
      ),
    },
    {
      name: "pods-silent",
      summary: "Nothing was heard of the pods for 20 minutes, or they were never rolled out.",
      severity: "ticket",
      runbook,
      condition: query(
        `absent_over_time(${ofDeployment("status_replicas_available")}[15m])`,
        5 * minute,
      ),
    },
    {
      name: "pods-at-maximum",
      summary: "The autoscaler has had as many pods as it may for an hour.",
      severity: "ticket",
      runbook,
      condition: query(
        `max(${ofAutoscaler("status_current_replicas")}) >= max(${ofAutoscaler("spec_max_replicas")})`,
        hour,
      ),
    },
  ];
}

function containerRules(facts: GcpClusterFacts, runbook: string): readonly GcpAlertRule[] {
  const threshold = (
    metric: string,
    rest: Omit<GcpThreshold, "kind" | "filter">,
    more = "",
  ): GcpThreshold => ({
    kind: "threshold",
    filter: `resource.type = "k8s_container" AND resource.labels.cluster_name = "${facts.name}" AND resource.labels.namespace_name = "${facts.namespace}" AND metric.type = "kubernetes.io/container/${metric}"${more}`,
    ...rest,
  });
  return [
    {
      name: "containers-restart",
      summary: "A container has been started anew over five times in half an hour.",
      severity: "ticket",
      runbook,
      condition: threshold("restart_count", {
        aligner: "ALIGN_DELTA",
        // Of all pods that have it: each new pod counts from zero.
        reducer: "REDUCE_SUM",
        groupBy: ["resource.label.container_name"],
        comparison: ">",
        value: 5,
        periodSeconds: 30 * minute,
        forSeconds: 0,
      }),
    },
    {
      name: "containers-memory",
      summary:
        "A container has used over 95 % of its memory for a quarter of an hour; at 100 % it is killed.",
      severity: "ticket",
      runbook,
      condition: threshold(
        "memory/limit_utilization",
        {
          aligner: "ALIGN_MEAN",
          reducer: "REDUCE_MAX",
          groupBy: ["resource.label.container_name"],
          comparison: ">",
          value: 0.95,
          periodSeconds: 5 * minute,
          forSeconds: 15 * minute,
        },
        // What the kernel could not take back.
        ' AND metric.labels.memory_type = "non-evictable"',
      ),
    },
  ];
}

/** Once in an hour at most, and to be seen for a day. */
function log(...terms: readonly string[]): {
  readonly condition: GcpLogMatch;
  readonly closeSeconds: number;
} {
  return {
    condition: { kind: "log", filter: terms.join("\n"), everySeconds: hour },
    closeSeconds: 24 * hour,
  };
}

function inCluster({ name, location }: GcpClusterFacts): readonly string[] {
  return [
    'resource.type="k8s_cluster"',
    `resource.labels.cluster_name="${name}"`,
    `resource.labels.location="${location}"`,
  ];
}

/**
 * Jobs have no metric among GKE's packages: Kubernetes' own event is in the log `events`
 * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy,
 * https://cloud.google.com/kubernetes-engine/docs/concepts/about-logs#what_logs).
 */
function jobRules(facts: GcpClusterFacts, runbooks: GcpClusterRunbooks): readonly GcpAlertRule[] {
  const failed = (prefix: string) =>
    log(
      ...inCluster(facts),
      `logName="projects/${facts.project}/logs/events"`,
      'jsonPayload.involvedObject.kind="Job"',
      `jsonPayload.involvedObject.namespace="${facts.namespace}"`,
      `jsonPayload.involvedObject.name=~"^${prefix}"`,
      'jsonPayload.reason=("BackoffLimitExceeded" OR "DeadlineExceeded")',
    );
  return [
    {
      name: "migration-failed",
      summary: "A migration of the app's database has failed; nothing was rolled out.",
      severity: "page",
      runbook: runbooks.migration,
      ...failed(facts.jobs.migrations),
    },
    {
      name: "export-failed",
      summary: "An export of the database has failed.",
      severity: "ticket",
      runbook: runbooks.exports,
      ...failed(facts.jobs.exports),
    },
  ];
}

/**
 * Pods that wait, and the autoscaler can't have nodes for them: pools at their maximum, a quota, a zone without machines
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-autoscaler-visibility).
 */
function nodeRule(facts: GcpClusterFacts, runbook: string): GcpAlertRule {
  return {
    name: "nodes-at-maximum",
    summary: "Pods wait for nodes that the autoscaler can't have.",
    severity: "ticket",
    runbook,
    ...log(
      ...inCluster(facts),
      `logName="projects/${facts.project}/logs/container.googleapis.com%2Fcluster-autoscaler-visibility"`,
      '(jsonPayload.noDecisionStatus.noScaleUp:* OR jsonPayload.resultInfo.results.errorMsg.messageId=~"^scale.up.error")',
    ),
  };
}

/**
 * The load balancer's own count of answers. GKE names backends `k8s1-<cluster>-<namespace>-<service>-<port>-<hash>`,
 * and cuts the names in the middle where the whole gets too long: what a namespace begins with stays
 * (https://github.com/kubernetes/ingress-gce/blob/master/pkg/utils/namer/namer.go, NEG).
 */
function errorRule(facts: GcpClusterFacts, runbook: string): GcpAlertRule {
  const requests = (more: string) =>
    `sum(rate(loadbalancing_googleapis_com:https_request_count{monitored_resource="https_lb_rule",backend_target_name=~"k8s1-[0-9a-z]+-${facts.namespace.slice(0, 8)}.*"${more}}[5m]))`;
  const failed = requests(',response_code_class="500"');
  return {
    name: "web-errors",
    summary: "Over 5 % of requests have been answered with 5xx for ten minutes.",
    severity: "page",
    runbook,
    // Of one request in a minute a single failure is a lot, and says nothing.
    condition: query(`${failed} / ${requests("")} > 0.05 and ${failed} > 0.05`, 10 * minute),
  };
}

/**
 * Cloud SQL's own nightly backup has failed
 * (https://cloud.google.com/sql/docs/postgres/backup-recovery/view-audit-logs-for-automated-backups).
 */
export function gcpDatabaseBackupRule(
  project: string,
  instance: string,
  runbook: string,
): GcpAlertRule {
  return {
    name: "database-backup-failed",
    summary: "Cloud SQL could not make its nightly backup.",
    severity: "ticket",
    runbook,
    ...log(
      'resource.type="cloudsql_database"',
      `resource.labels.database_id="${project}:${instance}"`,
      `logName="projects/${project}/logs/cloudaudit.googleapis.com%2Fsystem_event"`,
      'protoPayload.methodName="cloudsql.instances.automatedBackup"',
      'protoPayload.metadata.windowStatus:"FAILED"',
    ),
  };
}
