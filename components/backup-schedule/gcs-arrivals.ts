import type { GcpAlertRule } from "../alerts/gcp-rules";

/** What is to land in a bucket. */
export interface GcsArrivals {
  /** Name of the rule. */
  readonly name: string;
  /** One sentence for whoever is woken. */
  readonly summary: string;
  /** Name of the page in docs/runbooks, without its end. */
  readonly runbook: string;
  readonly bucket: string;
  /** Hours in which something has to land, 1 on. */
  readonly maxAgeHours: number;
  /** Bytes that are less than the smallest of what lands: requests alone count a few. */
  readonly leastBytes: number;
}

/**
 * Cloud Storage's own count of what a bucket has received: whatever is wrong with who writes, this still fires. It
 * counts requests, too, so a few bytes are no backup. In PromQL, since a condition on a metric that is absent ends at
 * 23.5 hours (https://cloud.google.com/monitoring/alerts/policies-in-api#metric-absence); nothing at all counts as 0.
 * Metric: https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-storage
 *
 * @throws if the age is no number of hours
 */
export function arrivalRule(args: GcsArrivals): GcpAlertRule {
  const { bucket, maxAgeHours } = args;
  if (!Number.isInteger(maxAgeHours) || maxAgeHours < 1) {
    throw new Error(`maxAgeHours: found ${maxAgeHours}, allowed: 1 on`);
  }
  const received = `storage_googleapis_com:network_received_bytes_count{monitored_resource="gcs_bucket",bucket_name="${bucket}"}`;
  return {
    name: args.name,
    summary: args.summary,
    severity: "page",
    runbook: args.runbook,
    condition: {
      kind: "query",
      query: `(sum(increase(${received}[${maxAgeHours}h])) or vector(0)) < ${args.leastBytes}`,
      forSeconds: 10 * 60,
    },
  };
}
