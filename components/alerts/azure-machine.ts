import type { AzureMetricRule } from "./azure-rules";

/** Namespace of what the machine sends of itself (components/node-files/templates/clouds/azure.sh). */
export const machineNamespace = "GitLab";

/** What Azure itself measures of a machine (https://learn.microsoft.com/azure/virtual-machines/monitor-vm-reference). */
const platformNamespace = "Microsoft.Compute/virtualMachines";

/** Something that happens once, told as a metric with the value 1. */
function happened(
  metric: string,
): Pick<
  AzureMetricRule,
  | "namespace"
  | "metric"
  | "custom"
  | "aggregation"
  | "comparison"
  | "threshold"
  | "windowMinutes"
  | "everyMinutes"
> {
  return {
    namespace: machineNamespace,
    metric,
    custom: true,
    aggregation: "Maximum",
    comparison: ">",
    threshold: 0,
    windowMinutes: 15,
    everyMinutes: 5,
  };
}

/** Something that the machine tells every five minutes. */
function level(
  metric: string,
  aggregation: AzureMetricRule["aggregation"],
  comparison: ">" | "<",
  threshold: number,
  windowMinutes: number,
) {
  return {
    namespace: machineNamespace,
    metric,
    custom: true,
    aggregation,
    comparison,
    threshold,
    windowMinutes,
    everyMinutes: 5,
  } as const;
}

/**
 * Alarms on what the machine says of itself, and on what Azure sees of it.
 *
 * A metric alert with a fixed threshold does not look at silence
 * (https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-troubleshoot-metric): that a machine says nothing any
 * more is seen by others: its availability by Azure, the site's by the web test, the backup's by the backup account.
 */
export function machineAlarms(maxBackupAgeHours: number): readonly AzureMetricRule[] {
  const used = (name: string, percent: number, severity: AzureMetricRule["severity"]) => ({
    ...level("disk_used_percent", "Minimum", ">", percent, 15),
    name,
    summary: `A disk of the machine is over ${percent} % full.`,
    severity,
    runbook: "dev-disk-filling",
    dimension: { name: "disk", values: ["state", "repositories", "root"] },
  });
  return [
    {
      name: "machine-down",
      summary: "The machine does not run.",
      severity: "page",
      runbook: "dev-machine-down",
      namespace: platformNamespace,
      metric: "VmAvailabilityMetric",
      custom: false,
      aggregation: "Average",
      comparison: "<",
      threshold: 1,
      // A restart takes less.
      windowMinutes: 15,
      everyMinutes: 5,
    },
    {
      name: "machine-memory",
      summary: "The machine has had under 5 % of its memory left for half an hour.",
      severity: "ticket",
      runbook: "dev-machine-memory",
      namespace: platformNamespace,
      metric: "Available Memory Percentage",
      custom: false,
      aggregation: "Average",
      comparison: "<",
      threshold: 5,
      windowMinutes: 30,
      everyMinutes: 5,
    },
    {
      ...level("ready", "Maximum", "<", 1, 30),
      name: "not-ready",
      summary: "GitLab has said for half an hour that it is not ready.",
      severity: "page",
      runbook: "dev-site-unreachable",
    },
    {
      ...happened("boot_failure"),
      name: "boot-failure",
      summary: "The machine could not be set up, or refused to start GitLab.",
      severity: "page",
      runbook: "dev-boot-failure",
    },
    {
      ...happened("upgrade_failure"),
      name: "upgrade-failure",
      summary: "The nightly upgrade has failed.",
      severity: "page",
      runbook: "dev-upgrade-failure",
    },
    {
      ...level("upgrade_age_hours", "Minimum", ">", 50, 30),
      name: "upgrade-overdue",
      summary: "No upgrade run has ended well for two days.",
      severity: "ticket",
      runbook: "dev-upgrade-failure",
    },
    {
      ...happened("backup_failure"),
      name: "backup-failure",
      summary: "A backup has failed.",
      severity: "ticket",
      runbook: "dev-backup-missing",
    },
    {
      ...level("backup_age_hours", "Minimum", ">", maxBackupAgeHours, 30),
      name: "backup-missing",
      summary: `No proven backup for ${maxBackupAgeHours} hours.`,
      severity: "page",
      runbook: "dev-backup-missing",
    },
    used("disk-filling", 85, "ticket"),
    used("disk-full", 95, "page"),
    {
      ...level("certificate_days", "Maximum", "<", 14, 60),
      name: "certificate-expiry",
      summary: "The certificate ends within 14 days and was not renewed.",
      severity: "ticket",
      runbook: "dev-certificate-expiry",
    },
    {
      ...happened("role_failure"),
      name: "role-failure",
      summary: "OAuth applications, mirrors or runner tokens could not be set up.",
      severity: "ticket",
      runbook: "dev-role-failure",
    },
  ];
}
