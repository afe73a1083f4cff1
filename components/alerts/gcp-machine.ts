import type { GcpAlertRule, GcpThreshold } from "./gcp-rules";

/** One metric that a machine with the Linux package sends. */
export interface MachineMetric {
  /** Last part of its type, `custom.googleapis.com/gitlab/<name>`. */
  readonly name: string;
  readonly summary: string;
  /** In UCUM, as Cloud Monitoring has units. */
  readonly unit: string;
  /** Label that tells several series apart. */
  readonly label?: { readonly key: string; readonly summary: string };
}

/**
 * What the machine sends (its scripts' `metric` and `alarm`). All are gauges of floating point: of what happens once,
 * one point with the value 1. Cloud Monitoring takes no other kind from a machine than gauges and ever-growing counters
 * (https://cloud.google.com/monitoring/custom-metrics/creating-metrics#metric_type).
 */
export const machineMetrics: readonly MachineMetric[] = [
  { name: "boot_failure", summary: "A boot or an apply of new files has failed", unit: "1" },
  { name: "upgrade_failure", summary: "An upgrade has failed", unit: "1" },
  { name: "backup_failure", summary: "A backup has failed", unit: "1" },
  { name: "role_failure", summary: "A step after GitLab's start has failed", unit: "1" },
  { name: "backup_age_hours", summary: "Hours since the last proven backup", unit: "h" },
  { name: "upgrade_age_hours", summary: "Hours since the last finished upgrade run", unit: "h" },
  {
    name: "disk_used_percent",
    summary: "Used space of a disk",
    unit: "%",
    label: { key: "disk", summary: "state, repositories or root" },
  },
  { name: "certificate_days", summary: "Days until the certificate ends", unit: "d" },
  { name: "ready", summary: "1 while GitLab says that it is ready", unit: "1" },
];

/** Type of a machine's metric. */
export function metricType(name: string): string {
  return `custom.googleapis.com/gitlab/${name}`;
}

/** Name of a machine's metric in PromQL: the first `/` of its type is a colon, all that is no letter or digit `_`. */
function promName(name: string): string {
  return `custom_googleapis_com:gitlab_${name}`;
}

const minute = 60;
const hour = 60 * minute;

function sent(name: string): string {
  return `resource.type = "gce_instance" AND metric.type = "${metricType(name)}"`;
}

/** Something that happens once: one point of 1 is enough, and the incident stays to be seen for a day. */
function happened(name: string): Pick<GcpAlertRule, "condition" | "closeSeconds"> {
  const condition: GcpThreshold = {
    kind: "threshold",
    filter: sent(name),
    aligner: "ALIGN_MAX",
    comparison: ">",
    value: 0,
    periodSeconds: 5 * minute,
    forSeconds: 0,
  };
  return { condition, closeSeconds: 24 * hour };
}

/** Alarms on what the machine says of itself, and on its silence. */
export function machineRules(maxBackupAgeHours: number): readonly GcpAlertRule[] {
  const used = (name: string, percent: number, severity: GcpAlertRule["severity"]) => ({
    name,
    summary: `A disk of the machine is over ${percent} % full.`,
    severity,
    runbook: "ops-disk-filling",
    condition: {
      kind: "threshold" as const,
      filter: sent("disk_used_percent"),
      aligner: "ALIGN_MIN" as const,
      // Of machines made anew, the old one's series goes on for a while: a disk is one, whoever tells of it.
      reducer: "REDUCE_MAX" as const,
      groupBy: ["metric.label.disk"],
      comparison: ">" as const,
      value: percent,
      periodSeconds: 10 * minute,
      forSeconds: 10 * minute,
    },
  });
  return [
    {
      name: "machine-silent",
      summary: "The machine has told nothing of itself for half an hour, or was never heard.",
      severity: "page",
      runbook: "ops-machine-silent",
      condition: {
        kind: "query",
        // A machine that was just made has not got GitLab's package yet: that alone takes a quarter of an hour.
        query: `absent_over_time(${promName("ready")}{monitored_resource="gce_instance"}[30m])`,
        forSeconds: 10 * minute,
      },
    },
    {
      name: "not-ready",
      summary: "GitLab has said for half an hour that it is not ready.",
      severity: "page",
      runbook: "ops-site-unreachable",
      condition: {
        kind: "threshold",
        filter: sent("ready"),
        aligner: "ALIGN_MAX",
        reducer: "REDUCE_MAX",
        comparison: "<",
        value: 1,
        periodSeconds: 10 * minute,
        forSeconds: 30 * minute,
      },
    },
    {
      name: "boot-failure",
      summary: "The machine could not be set up, or refused to start GitLab.",
      severity: "page",
      runbook: "ops-boot-failure",
      ...happened("boot_failure"),
    },
    {
      name: "upgrade-failure",
      summary: "The nightly upgrade has failed.",
      severity: "ticket",
      runbook: "ops-upgrade-failure",
      ...happened("upgrade_failure"),
    },
    {
      name: "upgrade-overdue",
      summary: "No upgrade run has ended well for two days.",
      severity: "ticket",
      runbook: "ops-upgrade-failure",
      condition: {
        kind: "query",
        query: `max(${promName("upgrade_age_hours")}{monitored_resource="gce_instance"}) > 50`,
        forSeconds: 30 * minute,
      },
    },
    {
      name: "backup-failure",
      summary: "A backup has failed.",
      severity: "ticket",
      runbook: "ops-backup-missing",
      ...happened("backup_failure"),
    },
    {
      name: "backup-missing",
      summary: `No proven backup for ${maxBackupAgeHours} hours, or nobody who would know of one.`,
      severity: "page",
      runbook: "ops-backup-missing",
      condition: {
        kind: "query",
        // The youngest that any machine knows: one made anew reads it from the bucket. Silence is as bad as age.
        query: [
          `min(${promName("backup_age_hours")}{monitored_resource="gce_instance"}) > ${maxBackupAgeHours}`,
          `absent_over_time(${promName("backup_age_hours")}{monitored_resource="gce_instance"}[2h])`,
        ].join(" or "),
        forSeconds: 10 * minute,
      },
    },
    used("disk-filling", 85, "ticket"),
    used("disk-full", 95, "page"),
    {
      name: "certificate-machine",
      summary: "The certificate on the machine ends within 14 days and was not renewed.",
      severity: "ticket",
      runbook: "ops-certificate-expiry",
      condition: {
        kind: "threshold",
        filter: sent("certificate_days"),
        aligner: "ALIGN_MIN",
        reducer: "REDUCE_MAX",
        comparison: "<",
        value: 14,
        periodSeconds: hour,
        forSeconds: hour,
      },
    },
    {
      name: "role-failure",
      summary: "Mirrors, Slack, administrators or runner tokens could not be set up.",
      severity: "ticket",
      runbook: "ops-role-failure",
      ...happened("role_failure"),
    },
  ];
}
