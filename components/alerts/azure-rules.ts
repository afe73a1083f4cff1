import type { MetricAlertArgs } from "@pulumi/azure-native/monitor";
import type { AlarmFacts, Severity } from "./contract";

/** When an alarm over one metric of the machine goes off. */
export interface AzureMetricRule extends AlarmFacts {
  readonly namespace: string;
  readonly metric: string;
  /** Metric that the machine sends by itself, and that is unknown to Azure before it has been sent once. */
  readonly custom: boolean;
  readonly aggregation: "Average" | "Maximum" | "Minimum" | "Total";
  readonly comparison: ">" | "<";
  readonly threshold: number;
  /** Minutes that are looked at: 5, 15, 30 or 60. */
  readonly windowMinutes: number;
  /** Minutes between two looks: 1, 5, 15 or 30, no more than the window. */
  readonly everyMinutes: number;
  /** Dimension whose every value is watched by itself. */
  readonly dimension?: { readonly name: string; readonly values: readonly string[] };
}

/** Azure's: 0 is critical, 4 verbose. */
export const severities: Readonly<Record<Severity, number>> = { page: 1, ticket: 3 };

/** What a metric alert takes (https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-metric-alert-rule). */
const windows = [1, 5, 15, 30, 60, 360, 720, 1440];
const frequencies = [1, 5, 15, 30, 60];

/**
 * @throws if a rule could never go off or would be refused: times that Azure does not take, a look less often than the
 * window is long, names that are there twice
 */
export function checkAzureRules(rules: readonly AzureMetricRule[]): void {
  const names = new Set<string>();
  for (const rule of rules) {
    const refuse = (what: string): never => {
      throw new Error(`alarm ${rule.name}: ${what}`);
    };
    if (names.has(rule.name)) refuse("there are two of this name");
    names.add(rule.name);
    if (!windows.includes(rule.windowMinutes)) {
      refuse(`windowMinutes: found ${rule.windowMinutes}, allowed: ${windows.join(", ")}`);
    }
    if (!frequencies.includes(rule.everyMinutes)) {
      refuse(`everyMinutes: found ${rule.everyMinutes}, allowed: ${frequencies.join(", ")}`);
    }
    if (rule.everyMinutes > rule.windowMinutes) {
      refuse(`everyMinutes: found ${rule.everyMinutes}, allowed: up to ${rule.windowMinutes}`);
    }
  }
}

/** A number of minutes as ISO 8601 has it, in the form that Azure compares with. */
export function isoMinutes(minutes: number): string {
  if (minutes % 1440 === 0) return `P${minutes / 1440}D`;
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

/** What people read; its last line is the runbook's address. */
export function alarmText(
  rule: AlarmFacts,
  site: { readonly prefix: string; readonly runbooks: string },
): string {
  return [
    `${site.prefix} [${rule.severity}] ${rule.summary}`,
    `Runbook: ${site.runbooks}/${rule.runbook}.md`,
  ].join("\n");
}

/** A rule as Azure takes it, without where it is and whom it tells. */
export function metricAlertInputs(
  rule: AzureMetricRule,
  site: { readonly prefix: string; readonly runbooks: string },
): Pick<
  MetricAlertArgs,
  | "description"
  | "severity"
  | "enabled"
  | "autoMitigate"
  | "evaluationFrequency"
  | "windowSize"
  | "criteria"
> {
  return {
    description: alarmText(rule, site),
    severity: severities[rule.severity],
    enabled: true,
    // The end is told too: whoever was woken wants to know.
    autoMitigate: true,
    evaluationFrequency: isoMinutes(rule.everyMinutes),
    windowSize: isoMinutes(rule.windowMinutes),
    criteria: {
      odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
      allOf: [
        {
          criterionType: "StaticThresholdCriterion",
          name: rule.name,
          metricNamespace: rule.namespace,
          metricName: rule.metric,
          timeAggregation: rule.aggregation,
          operator: rule.comparison === ">" ? "GreaterThan" : "LessThan",
          threshold: rule.threshold,
          skipMetricValidation: rule.custom,
          ...(rule.dimension === undefined
            ? {}
            : {
                dimensions: [
                  {
                    name: rule.dimension.name,
                    operator: "Include",
                    values: [...rule.dimension.values],
                  },
                ],
              }),
        },
      ],
    },
  };
}
