import { MetricAlert } from "@pulumi/azure-native/monitor/metricAlert";
import type * as pulumi from "@pulumi/pulumi";
import type { AzureRunnerFleetArgs } from "./azure-args";

/**
 * Two alarms, since no alert of Azure on a metric hears silence
 * (https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-troubleshoot-metric): the manager itself says that it
 * does not do its duty, and Azure says that the machine is not there to say anything.
 */
export function azureManagerAlarms(
  name: string,
  { fleet, site, place, actionGroupId, tags }: AzureRunnerFleetArgs,
  machineId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const alarm = (
    what: string,
    metricNamespace: string,
    metricName: string,
    timeAggregation: "Maximum" | "Average",
    custom: boolean,
  ) =>
    new MetricAlert(
      `${name}-${what}`,
      {
        resourceGroupName: place.resourceGroupName,
        location: "global",
        description:
          `The manager of runner fleet ${fleet.name} has not been up for 15 minutes: no job of it starts. ` +
          `Runbook: ${site.runbooks}/runner-manager.md`,
        enabled: true,
        severity: 2,
        scopes: [machineId],
        evaluationFrequency: "PT5M",
        windowSize: "PT15M",
        autoMitigate: true,
        criteria: {
          odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
          allOf: [
            {
              criterionType: "StaticThresholdCriterion",
              name: what,
              metricNamespace,
              metricName,
              operator: "LessThan",
              threshold: 1,
              timeAggregation,
              // A metric of the machine's own is not there before the machine has sent it for the first time.
              skipMetricValidation: custom,
            },
          ],
        },
        actions: [{ actionGroupId }],
        tags: { ...tags },
      },
      opts,
    );
  return [
    alarm("down", "GitLab", "runner_manager_up", "Maximum", true),
    // https://learn.microsoft.com/azure/virtual-machines/monitor-vm-reference: 1 while the machine is there.
    alarm("gone", "Microsoft.Compute/virtualMachines", "VmAvailabilityMetric", "Average", false),
  ];
}
