import type * as pulumi from "@pulumi/pulumi";
import type { AlarmFacts } from "./contract";

/** One metric of one thing. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Average" | "Minimum" | "Maximum" | "Sum";
}

/** When an alarm goes off. */
export interface AlarmRule extends AlarmFacts {
  /**
   * One metric; or several with an expression over them, in which the first is `m0`, the second `m1` and so on
   * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html). Ten at most.
   */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Needed with several metrics. */
  readonly expression?: string;
  readonly comparison: ">" | ">=" | "<" | "<=";
  readonly threshold: number;
  /** Seconds over which the statistic is taken: 60 or a multiple. */
  readonly periodSeconds: number;
  /** How many of the last periods are looked at. */
  readonly periods: number;
  /** How many of those must be over the threshold. @default all of them */
  readonly datapoints?: number;
  /**
   * What a period without data means: `breaching` where silence is the fault itself, `notBreaching` where it is the
   * rule, `ignore` where the state before it holds on.
   */
  readonly missing: "breaching" | "notBreaching" | "ignore";
  /** Where the alarm and its topic are. Route 53 reports in us-east-1 alone. @default "home" */
  readonly place?: "home" | "us-east-1";
}

/** A rule in which `m0` is the largest of several things' values, so that one alarm does for all of them. */
export function worstOf(
  metric: Omit<Metric, "dimensions">,
  dimension: string,
  things: readonly pulumi.Input<string>[],
): Pick<AlarmRule, "metrics" | "expression"> {
  const metrics = things.map((thing) => ({ ...metric, dimensions: { [dimension]: thing } }));
  const [first, ...others] = metrics;
  if (first === undefined) throw new Error(`${metric.name}: there is nothing to watch`);
  const names = metrics.map((_, index) => `m${index}`);
  return {
    metrics: [first, ...others],
    expression: others.length === 0 ? undefined : `MAX([${names.join(",")}])`,
  };
}

/**
 * @throws if a rule could never go off or would be refused: periods that CloudWatch does not take, more than a day in
 * all, more datapoints than periods, several metrics and no expression, too many metrics
 */
export function checkRules(rules: readonly AlarmRule[]): void {
  const names = new Set<string>();
  for (const rule of rules) {
    const refuse = (what: string): never => {
      throw new Error(`alarm ${rule.name}: ${what}`);
    };
    if (names.has(rule.name)) refuse("there are two of this name");
    names.add(rule.name);
    if (rule.periodSeconds < 60 || rule.periodSeconds % 60 !== 0) {
      refuse(`periodSeconds: found ${rule.periodSeconds}, allowed: multiples of 60`);
    }
    // docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, EvaluationPeriods: a day, and
    // seven days where the period is an hour or longer.
    const longest = rule.periodSeconds >= 3600 ? 7 * 86400 : 86400;
    if (rule.periods < 1 || rule.periods * rule.periodSeconds > longest) {
      refuse(`periods: found ${rule.periods} of ${rule.periodSeconds} s, allowed: ${longest} s`);
    }
    if (rule.datapoints !== undefined && rule.datapoints > rule.periods) {
      refuse(`datapoints: found ${rule.datapoints}, allowed: up to ${rule.periods}`);
    }
    if (rule.metrics.length > 10) refuse(`found ${rule.metrics.length} metrics, allowed: 10`);
    if (rule.metrics.length > 1 && rule.expression === undefined) refuse("no expression");
    const known = rule.metrics.map((_, index) => `m${index}`);
    for (const [used] of (rule.expression ?? known.join(" ")).matchAll(/\bm\d+\b/g)) {
      if (!known.includes(used))
        refuse(`the expression uses ${used}, which is none of its metrics`);
    }
  }
}
