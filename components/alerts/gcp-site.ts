import { UptimeCheckConfig } from "@pulumi/gcp/monitoring";
import * as pulumi from "@pulumi/pulumi";
import type { Site } from "../shared/site";
import type { GcpAlertRule } from "./gcp-rules";

const minute = 60;

/** A page that is asked for over HTTPS from several places of the world, each minute. */
export function uptimeCheck(
  name: string,
  page: {
    readonly site: Pick<Site, "prefix">;
    /** Id of the project. */
    readonly project: string;
    readonly host: string;
    /** Open to everybody, and answered with 200. */
    readonly path: string;
  },
  opts: pulumi.CustomResourceOptions,
): UptimeCheckConfig {
  return new UptimeCheckConfig(
    name,
    {
      displayName: `${page.site.prefix}: ${page.host}`,
      monitoredResource: {
        type: "uptime_url",
        labels: { project_id: page.project, host: page.host },
      },
      httpCheck: {
        path: page.path,
        port: 443,
        useSsl: true,
        validateSsl: true,
        requestMethod: "GET",
      },
      period: "60s",
      timeout: "10s",
    },
    opts,
  );
}

/** Pages of docs/runbooks, without `.md`. */
export interface GcpSiteRunbooks {
  readonly unreachable: string;
  readonly certificate: string;
}

/**
 * Alarms on the uptime check: what people outside see
 * (https://cloud.google.com/monitoring/uptime-checks/uptime-alerting-policies).
 */
export function siteRules(
  webHost: string,
  uptimeCheckId: pulumi.Input<string>,
  runbooks: GcpSiteRunbooks,
): readonly GcpAlertRule[] {
  const metric = (name: string) =>
    pulumi.interpolate`resource.type = "uptime_url" AND metric.type = "monitoring.googleapis.com/uptime_check/${name}" AND metric.labels.check_id = "${uptimeCheckId}"`;
  return [
    {
      name: "site-unreachable",
      summary: `https://${webHost} can't be reached from the internet.`,
      severity: "page",
      runbook: runbooks.unreachable,
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
      runbook: runbooks.certificate,
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
