import * as pulumi from "@pulumi/pulumi";
import type { GcpAlertRule } from "./gcp-rules";

const minute = 60;

/**
 * Alarms on the uptime check: what people outside see
 * (https://cloud.google.com/monitoring/uptime-checks/uptime-alerting-policies).
 */
export function siteRules(
  webHost: string,
  uptimeCheckId: pulumi.Input<string>,
): readonly GcpAlertRule[] {
  const metric = (name: string) =>
    pulumi.interpolate`resource.type = "uptime_url" AND metric.type = "monitoring.googleapis.com/uptime_check/${name}" AND metric.labels.check_id = "${uptimeCheckId}"`;
  return [
    {
      name: "site-unreachable",
      summary: `https://${webHost} can't be reached from the internet.`,
      severity: "page",
      runbook: "ops-site-unreachable",
      condition: {
        kind: "threshold",
        filter: metric("check_passed"),
        aligner: "ALIGN_NEXT_OLDER",
        reducer: "REDUCE_COUNT_FALSE",
        groupBy: ["resource.label.host"],
        comparison: ">",
        // More than one place in the world: one alone has troubles of its own.
        value: 1,
        periodSeconds: 5 * minute,
        forSeconds: 5 * minute,
      },
    },
    {
      name: "certificate-expiry",
      summary: `The certificate of ${webHost} ends within 14 days and was not renewed.`,
      severity: "ticket",
      runbook: "ops-certificate-expiry",
      condition: {
        kind: "threshold",
        // In days.
        filter: metric("time_until_ssl_cert_expires"),
        aligner: "ALIGN_NEXT_OLDER",
        reducer: "REDUCE_MIN",
        groupBy: ["resource.label.host"],
        comparison: "<",
        value: 14,
        periodSeconds: 20 * minute,
        forSeconds: 20 * minute,
      },
    },
  ];
}
