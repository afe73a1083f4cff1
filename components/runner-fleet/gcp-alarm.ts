import { AlertPolicy } from "@pulumi/gcp/monitoring";
import * as pulumi from "@pulumi/pulumi";
import { policyInputs } from "../alerts/gcp-rules";
import type { GcpRunnerFleetArgs } from "./gcp-args";

/**
 * Fires when a manager has not done its duty for a quarter of an hour: it says so itself each minute, and a machine
 * that is gone says nothing, which counts as bad. In PromQL, since a threshold on a metric does not hear silence
 * (https://cloud.google.com/monitoring/promql/promql-in-alerting).
 */
export function gcpManagerAlarm(
  name: string,
  { fleet, site, project, channels }: GcpRunnerFleetArgs,
  instanceId: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): AlertPolicy {
  const series = pulumi.interpolate`custom_googleapis_com:gitlab_runner_manager_up{monitored_resource="gce_instance",instance_id="${instanceId}"}[15m]`;
  const query = pulumi.interpolate`max_over_time(${series}) < 1 or absent_over_time(${series})`;
  const policy = policyInputs(
    {
      name: `runner-manager-${fleet.name}`,
      severity: "ticket",
      runbook: "runner-manager",
      summary: `The manager of runner fleet ${fleet.name} has not been up for 15 minutes: no job of it starts`,
      // The first manager of a project sends the metric's first point only after this stands.
      condition: { kind: "query", query, forSeconds: 0, newMetric: true },
    },
    site,
  );
  return new AlertPolicy(name, { ...policy, project, notificationChannels: channels }, opts);
}
