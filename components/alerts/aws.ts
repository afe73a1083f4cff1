import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type { Provider } from "@pulumi/aws/provider";
import * as rds from "@pulumi/aws/rds";
import * as route53 from "@pulumi/aws/route53";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { AlarmFacts } from "./contract";
import { dataAlarms, type DataFacts } from "./data-alarms";
import { edgeAlarms, siteAlarm, type EdgeFacts } from "./edge-alarms";
import { nodeAlarms } from "./node-alarms";
import { checkRules, type AlarmRule } from "./rules";

export { AwsAlertTopic, type AlertSubscription, type AwsAlertTopicArgs } from "./topic-aws";

/** Arguments of AwsAlerts: what is watched, by the names that its metrics have. */
export interface AwsAlertsArgs extends EdgeFacts {
  readonly site: Site;
  /** Topic in the environment's region (AwsAlertTopic). */
  readonly topicArn: pulumi.Input<string>;
  /**
   * Provider of us-east-1 and a topic there: metrics of Route 53 health checks exist nowhere else
   * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html).
   */
  readonly global: { readonly provider: Provider; readonly topicArn: pulumi.Input<string> };
  readonly topology: "distributed" | "single";
  /** From AwsManagedData. */
  readonly database: DataFacts["database"];
  /** From AwsManagedData. */
  readonly cache: DataFacts["cache"] & { readonly replicationGroupId: pulumi.Input<string> };
  /** File systems by what they hold (`git`, `shared`); plain keys. @default none */
  readonly fileSystems?: DataFacts["fileSystems"];
  /** Roles of machines that report to `GitLab/Nodes`, as they name themselves. Ten at most. */
  readonly nodeRoles: readonly string[];
}

/** As CloudWatch writes comparisons. */
const comparisons = {
  ">": "GreaterThanThreshold",
  ">=": "GreaterThanOrEqualToThreshold",
  "<": "LessThanThreshold",
  "<=": "LessThanOrEqualToThreshold",
} as const;

/** RDS tells these by itself (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html). */
const databaseEvents = [
  "availability",
  "deletion",
  "failover",
  "failure",
  "low storage",
  "maintenance",
  "recovery",
];

/** Alarms for what kills the environment, each with its runbook. */
export class AwsAlerts extends Component {
  /** What the alarms say, for the docs and for tests. */
  readonly alarms: readonly AlarmFacts[];
  readonly alarmArns: pulumi.Output<string[]>;

  /** @throws if a rule is wrong (see `checkRules`) */
  constructor(name: string, args: AwsAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerts", "AwsAlerts", name, { topology: args.topology }, opts);
    const healthCheck = new route53.HealthCheck(
      `${name}-site`,
      {
        type: "HTTPS",
        fqdn: args.webHost,
        port: 443,
        // Open to everybody, and made by Rails: /-/health and its like answer the monitoring addresses only
        // (docs.gitlab.com/administration/monitoring/ip_allowlist).
        resourcePath: "/users/sign_in",
        enableSni: true,
        requestInterval: 30,
        failureThreshold: 3,
        tags: { Name: `${args.site.prefix}-site` },
      },
      { parent: this, provider: args.global.provider },
    );
    const rules = [
      siteAlarm(args.webHost, healthCheck.id),
      ...edgeAlarms(args),
      ...dataAlarms({
        database: args.database,
        cache: args.cache,
        fileSystems: args.fileSystems ?? {},
      }),
      ...nodeAlarms(args.site.environment, args.nodeRoles),
    ];
    checkRules(rules);
    const alarms = rules.map((rule) => {
      const global = rule.place === "us-east-1";
      return new cloudwatch.MetricAlarm(
        `${name}-${rule.name}`,
        alarmInputs(rule, args.site, global ? args.global.topicArn : args.topicArn),
        { parent: this, ...(global ? { provider: args.global.provider } : {}) },
      );
    });
    new rds.EventSubscription(
      `${name}-database-events`,
      {
        snsTopic: args.topicArn,
        sourceType: "db-instance",
        sourceIds: [args.database.identifier],
        eventCategories: databaseEvents,
      },
      { parent: this },
    );
    this.alarms = rules.map(({ name: rule, summary, severity, runbook }) => ({
      name: rule,
      summary,
      severity,
      runbook,
    }));
    this.alarmArns = pulumi.all(alarms.map((alarm) => alarm.arn));
    this.registerOutputs({ alarmArns: this.alarmArns });
  }
}

/** An alarm as CloudWatch takes it. Its end is told too: whoever was woken wants to know. */
export function alarmInputs(
  rule: AlarmRule,
  site: Pick<Site, "prefix" | "runbooks">,
  topicArn: pulumi.Input<string>,
): cloudwatch.MetricAlarmArgs {
  const [first] = rule.metrics;
  const one = rule.metrics.length === 1 && rule.expression === undefined;
  return {
    alarmDescription: [
      `${site.prefix} [${rule.severity}] ${rule.summary}`,
      `Runbook: ${site.runbooks}/${rule.runbook}.md`,
    ].join("\n"),
    comparisonOperator: comparisons[rule.comparison],
    threshold: rule.threshold,
    evaluationPeriods: rule.periods,
    datapointsToAlarm: rule.datapoints ?? rule.periods,
    treatMissingData: rule.missing,
    alarmActions: [topicArn],
    okActions: [topicArn],
    tags: { Severity: rule.severity },
    ...(one
      ? {
          namespace: first.namespace,
          metricName: first.name,
          dimensions: first.dimensions,
          statistic: first.statistic,
          period: rule.periodSeconds,
        }
      : {
          metricQueries: [
            {
              id: "value",
              label: rule.name,
              expression: rule.expression ?? "m0",
              returnData: true,
            },
            ...rule.metrics.map((metric, index) => ({
              id: `m${index}`,
              returnData: false,
              metric: {
                namespace: metric.namespace,
                metricName: metric.name,
                dimensions: metric.dimensions,
                stat: metric.statistic,
                period: rule.periodSeconds,
              },
            })),
          ],
        }),
  };
}
