import type * as monitoring from "@pulumi/gcp/monitoring";
import type { monitoring as inputs } from "@pulumi/gcp/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmFacts } from "./contract";

/** A condition over one metric, as it is in Cloud Monitoring. */
export interface GcpThreshold {
  readonly kind: "threshold";
  /** Monitoring filter with metric and resource type (https://cloud.google.com/monitoring/api/v3/filters). */
  readonly filter: pulumi.Input<string>;
  /** How the points of one period become one. */
  readonly aligner:
    "ALIGN_MAX" | "ALIGN_MEAN" | "ALIGN_MIN" | "ALIGN_NEXT_OLDER" | "ALIGN_DELTA" | "ALIGN_SUM";
  /** How several series become one. @default each for itself */
  readonly reducer?: "REDUCE_COUNT_FALSE" | "REDUCE_MAX" | "REDUCE_MIN" | "REDUCE_SUM";
  /** What still tells series apart then. */
  readonly groupBy?: readonly string[];
  readonly comparison: ">" | "<";
  readonly value: number;
  /** Length of a period: 60 or a multiple. */
  readonly periodSeconds: number;
  /** How long it must hold: 0, 60 or a multiple. 0 for what happens once, as an event. */
  readonly forSeconds: number;
}

/** A condition in PromQL: for what has more to it than one metric, or where silence is the fault. */
export interface GcpQuery {
  readonly kind: "query";
  /** It holds wherever it has a result (https://cloud.google.com/monitoring/promql/promql-mapping: names of metrics). */
  readonly query: pulumi.Input<string>;
  /** Whether nobody may have sent the metric before the policy stands. @default false: Cloud Monitoring refuses unknown ones */
  readonly newMetric?: boolean;
  /** How long it must hold: 0, 60 or a multiple. */
  readonly forSeconds: number;
}

/**
 * A condition on single entries of Cloud Logging: for what has no metric
 * (https://cloud.google.com/logging/docs/alerting/log-based-alerts). Each entry opens an incident or joins the open one.
 */
export interface GcpLogMatch {
  readonly kind: "log";
  /** In Logging's own language (https://cloud.google.com/logging/docs/view/logging-query-language). */
  readonly filter: pulumi.Input<string>;
  /** At most one notification in so many seconds: 300 on. */
  readonly everySeconds: number;
}

/** One alert policy. */
export interface GcpAlertRule extends AlarmFacts {
  readonly condition: GcpThreshold | GcpQuery | GcpLogMatch;
  /** Seconds after the last point in which an open incident closes by itself: 1800 on. @default 1800 */
  readonly closeSeconds?: number;
}

/** Longest time that a condition may ask for: 23.5 hours (https://cloud.google.com/monitoring/quotas#alerting_limits). */
const longestSeconds = 23.5 * 3600;

/**
 * @throws if a rule could never go off or would be refused: times that are no minutes, too long or too short,
 * notifications that come too often, names that are there twice
 */
export function checkGcpRules(rules: readonly GcpAlertRule[]): void {
  const names = new Set<string>();
  for (const rule of rules) {
    const refuse = (what: string): never => {
      throw new Error(`alarm ${rule.name}: ${what}`);
    };
    if (names.has(rule.name)) refuse("there are two of this name");
    names.add(rule.name);
    const { condition } = rule;
    if (rule.closeSeconds !== undefined && rule.closeSeconds < 1800) {
      refuse(`closeSeconds: found ${rule.closeSeconds}, allowed: 1800 on`);
    }
    if (condition.kind === "log") {
      if (condition.everySeconds < 300) {
        refuse(`everySeconds: found ${condition.everySeconds}, allowed: 300 on`);
      }
      continue;
    }
    if (condition.forSeconds % 60 !== 0 || condition.forSeconds < 0) {
      refuse(`forSeconds: found ${condition.forSeconds}, allowed: 0 or multiples of 60`);
    }
    const period = condition.kind === "threshold" ? condition.periodSeconds : 60;
    if (period < 60 || period % 60 !== 0) {
      refuse(`periodSeconds: found ${period}, allowed: multiples of 60`);
    }
    if (period + condition.forSeconds > longestSeconds) {
      refuse(`found ${period + condition.forSeconds} s in all, allowed: ${longestSeconds} s`);
    }
    if (condition.kind === "threshold") {
      const grouped = (condition.groupBy ?? []).length > 0;
      if (grouped && condition.reducer === undefined) refuse("groupBy without a reducer");
    }
  }
}

/** For so many minutes, over or under a value, by the largest or the mean of each five minutes. */
export function lasting(
  comparison: GcpThreshold["comparison"],
  value: number,
  minutes: number,
  aligner: GcpThreshold["aligner"] = "ALIGN_MEAN",
): Omit<GcpThreshold, "kind" | "filter"> {
  return { comparison, value, aligner, periodSeconds: 300, forSeconds: minutes * 60 };
}

/** A rule's condition as the API takes it. */
export function conditionInputs(rule: GcpAlertRule): inputs.AlertPolicyCondition {
  const { condition } = rule;
  if (condition.kind === "log") {
    return { displayName: rule.name, conditionMatchedLog: { filter: condition.filter } };
  }
  if (condition.kind === "query") {
    return {
      displayName: rule.name,
      conditionPrometheusQueryLanguage: {
        query: condition.query,
        duration: `${condition.forSeconds}s`,
        evaluationInterval: "60s",
        // A name as Prometheus takes it: no hyphens.
        alertRule: rule.name.replace(/-/g, "_"),
        ...(condition.newMetric === true ? { disableMetricValidation: true } : {}),
      },
    };
  }
  return {
    displayName: rule.name,
    conditionThreshold: {
      filter: condition.filter,
      comparison: condition.comparison === ">" ? "COMPARISON_GT" : "COMPARISON_LT",
      thresholdValue: condition.value,
      duration: `${condition.forSeconds}s`,
      trigger: { count: 1 },
      aggregations: [
        {
          alignmentPeriod: `${condition.periodSeconds}s`,
          perSeriesAligner: condition.aligner,
          ...(condition.reducer === undefined
            ? {}
            : {
                crossSeriesReducer: condition.reducer,
                groupByFields: [...(condition.groupBy ?? [])],
              }),
        },
      ],
    },
  };
}

/** A policy as the API takes it, without where it is told. The last line of its text is the runbook's address. */
export function policyInputs(
  rule: GcpAlertRule,
  site: { readonly prefix: string; readonly runbooks: string },
): Omit<monitoring.AlertPolicyArgs, "notificationChannels"> {
  return {
    displayName: `${site.prefix}: ${rule.name}`,
    combiner: "OR",
    severity: rule.severity === "page" ? "CRITICAL" : "WARNING",
    conditions: [conditionInputs(rule)],
    alertStrategy: {
      autoClose: `${rule.closeSeconds ?? 1800}s`,
      ...(rule.condition.kind === "log"
        ? { notificationRateLimit: { period: `${rule.condition.everySeconds}s` } }
        : {}),
    },
    documentation: {
      mimeType: "text/markdown",
      subject: `${site.prefix} [${rule.severity}] ${rule.summary}`,
      content: [
        `${site.prefix} [${rule.severity}] ${rule.summary}`,
        "",
        `Runbook: ${site.runbooks}/${rule.runbook}.md`,
      ].join("\n"),
    },
    userLabels: { severity: rule.severity, runbook: rule.runbook },
  };
}
