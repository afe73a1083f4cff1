import { MetricAlarm } from "@pulumi/aws/cloudwatch";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsRunnerFleetArgs } from "./args";
import { managerRole } from "./files";

/**
 * Fires when a manager has not done its duty for a quarter of an hour: it says so itself each minute, and a machine
 * that is gone says nothing, which counts as bad. Long enough for the group to replace it without waking anybody.
 */
export function managerAlarm(
  name: string,
  { fleet, site, alertTopicArn }: AwsRunnerFleetArgs,
  opts: pulumi.CustomResourceOptions,
): MetricAlarm {
  return new MetricAlarm(
    name,
    {
      alarmDescription:
        `The manager of runner fleet ${fleet.name} has not been up for 15 minutes: no job of it starts. ` +
        `Runbook: ${site.runbooks}/runner-manager.md`,
      namespace: "GitLab/Nodes",
      metricName: "RunnerManagerUp",
      dimensions: { Environment: site.environment, Role: managerRole(fleet) },
      statistic: "Maximum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      period: 300,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: "breaching",
      alarmActions: [alertTopicArn],
      okActions: [alertTopicArn],
    },
    opts,
  );
}
