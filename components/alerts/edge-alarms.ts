import type * as pulumi from "@pulumi/pulumi";
import type { AlarmRule, Metric } from "./rules";

/** What the edge's alarms look at: names as metrics have them. */
export interface EdgeFacts {
  readonly webHost: string;
  readonly loadBalancerSuffixes: Readonly<
    Record<"web" | "ssh", pulumi.Input<string>> & { readonly internal?: pulumi.Input<string> }
  >;
  readonly targetGroupSuffixes: Readonly<
    Record<"web" | "registry" | "ssh", pulumi.Input<string>> &
      Partial<Record<"gitaly" | "internalApi", pulumi.Input<string>>>
  >;
  readonly certificateArn: pulumi.Input<string>;
}

const minute = 60;

/** Alarm names of target groups, and what they serve. */
const served = {
  web: { balancer: "web", name: "web", what: "the web pages and the API", page: "nodes-unhealthy" },
  registry: {
    balancer: "web",
    name: "registry",
    what: "the container registry",
    page: "nodes-unhealthy",
  },
  ssh: { balancer: "ssh", name: "ssh", what: "Git over SSH", page: "nodes-unhealthy" },
  gitaly: {
    balancer: "internal",
    name: "gitaly",
    what: "repositories (Gitaly)",
    page: "gitaly-down",
  },
  internalApi: {
    balancer: "internal",
    name: "internal-api",
    what: "Gitaly's hooks (pushes)",
    page: "nodes-unhealthy",
  },
} as const;

/**
 * Alarms of the load balancers and the certificate
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html,
 * https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html).
 */
export function edgeAlarms(facts: EdgeFacts): readonly AlarmRule[] {
  return [...hostAlarms(facts), ...errorAlarms(facts), certificateAlarm(facts)];
}

/** Whether somebody outside can use the site; the health check is made beside the rule. */
export function siteAlarm(webHost: string, healthCheckId: pulumi.Input<string>): AlarmRule {
  return {
    name: "site-unreachable",
    summary: `https://${webHost} can't be reached from the internet.`,
    severity: "page",
    runbook: "site-unreachable",
    place: "us-east-1",
    metrics: [
      {
        namespace: "AWS/Route53",
        name: "HealthCheckStatus",
        dimensions: { HealthCheckId: healthCheckId },
        statistic: "Minimum",
      },
    ],
    comparison: "<",
    threshold: 1,
    periodSeconds: minute,
    periods: 3,
    missing: "breaching",
  };
}

function hostAlarms(facts: EdgeFacts): readonly AlarmRule[] {
  return Object.entries(served).flatMap(([key, { balancer, name, what, page }]) => {
    const group = facts.targetGroupSuffixes[key as keyof typeof served];
    const loadBalancer = facts.loadBalancerSuffixes[balancer];
    if (group === undefined || loadBalancer === undefined) return [];
    const metric = (metricName: string): Metric => ({
      namespace: balancer === "web" ? "AWS/ApplicationELB" : "AWS/NetworkELB",
      name: metricName,
      dimensions: { LoadBalancer: loadBalancer, TargetGroup: group },
      statistic: "Maximum",
    });
    const none: AlarmRule = {
      name: `${name}-no-host`,
      summary: `No machine serves ${what}.`,
      severity: "page",
      runbook: page,
      metrics: [metric("HealthyHostCount")],
      comparison: "<",
      threshold: 1,
      periodSeconds: minute,
      // Gitaly alone on its machine: a planned replacement takes minutes and is no reason to wake anybody.
      periods: key === "gitaly" ? 15 : 5,
      // A group that has no target at all reports nothing.
      missing: "breaching",
    };
    if (key === "gitaly") return [none];
    const some: AlarmRule = {
      name: `${name}-unhealthy-host`,
      summary: `A machine has failed its check for ${what} for half an hour and was not replaced.`,
      severity: "ticket",
      runbook: page,
      metrics: [metric("UnHealthyHostCount")],
      comparison: ">=",
      threshold: 1,
      periodSeconds: 5 * minute,
      periods: 6,
      missing: "notBreaching",
    };
    return [none, some];
  });
}

function errorAlarms({ loadBalancerSuffixes }: EdgeFacts): readonly AlarmRule[] {
  const metric = (name: string): Metric => ({
    namespace: "AWS/ApplicationELB",
    name,
    dimensions: { LoadBalancer: loadBalancerSuffixes.web },
    statistic: "Sum",
  });
  return [
    {
      name: "load-balancer-errors",
      summary:
        "The load balancer itself answers with errors: machines hang up, time out or are missing.",
      severity: "page",
      runbook: "web-errors",
      metrics: [metric("HTTPCode_ELB_5XX_Count"), metric("RequestCount")],
      // Of few requests even one error would be many per cent.
      expression: "IF(m0 > 20, 100 * m0 / (m0 + FILL(m1, 0)), 0)",
      comparison: ">",
      threshold: 5,
      periodSeconds: 5 * minute,
      periods: 3,
      datapoints: 2,
      missing: "notBreaching",
    },
    {
      name: "application-errors",
      summary: "More than 5 % of requests end in an error of GitLab.",
      severity: "page",
      runbook: "web-errors",
      metrics: [metric("HTTPCode_Target_5XX_Count"), metric("RequestCount")],
      expression: "IF(m0 > 20, 100 * m0 / m1, 0)",
      comparison: ">",
      threshold: 5,
      periodSeconds: 5 * minute,
      periods: 3,
      datapoints: 2,
      missing: "notBreaching",
    },
  ];
}

function certificateAlarm({ certificateArn }: EdgeFacts): AlarmRule {
  return {
    name: "certificate-expiry",
    // ACM renews 60 days before the end and tries again every day.
    summary: "The certificate ends within 30 days and was not renewed.",
    severity: "ticket",
    runbook: "certificate-expiry",
    metrics: [
      {
        namespace: "AWS/CertificateManager",
        name: "DaysToExpiry",
        dimensions: { CertificateArn: certificateArn },
        statistic: "Minimum",
      },
    ],
    comparison: "<",
    threshold: 30,
    periodSeconds: 86400,
    periods: 1,
    // Reported twice a day, not before the first half day and not after the end: an alarm must then stay one.
    missing: "ignore",
  };
}
