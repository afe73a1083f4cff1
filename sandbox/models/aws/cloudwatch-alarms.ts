/** CloudWatch: alarms on metrics and on other alarms. */
import type { Condition, PropertyModel, ResourceModel } from "../../model";
import {
  TOPIC,
  arnOf,
  block,
  blockSet,
  bool,
  int,
  map,
  named,
  num,
  oneOf,
  out,
  region,
  registry,
  set,
  str,
} from "./common";
import { UNITS } from "./cloudwatch-logs";
import { NEWER } from "./policies";

const PUT =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html";
const COMPOSITE =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html";
const DAY = 86400;
const HOUR = 3600;

const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

/** What an alarm does: SNS topics of the program, or actions of EC2, Auto Scaling, Lambda, Systems Manager. */
const actions = set(
  str({
    ref: [
      named(
        TOPIC,
        "arn",
        "arn:aws(-[a-z]+)*:(automate|autoscaling|lambda|ssm|ssm-incidents|swf|aiops):.+",
      ),
    ],
  }),
  { maxItems: 5 },
);

const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });
const onMetric = present("metricName");
const onMath = present("metricQueries");
const onPromql = present("evaluationCriteria");

/** Seconds: 10, 20, 30 or full minutes. */
const period = (property: string): Condition => ({
  any: [
    { property, in: [10, 20, 30] },
    { property, multipleOf: 60 },
  ],
});
const periodNumber = (more: Partial<PropertyModel> = {}): PropertyModel =>
  int({ min: 1, max: DAY, example: 60, ...more });

const STATISTIC =
  "p(\\d{1,2}(\\.\\d{0,10})?|100)|(tm|wm|tc|ts)\\d{1,2}(\\.\\d{0,10})?|IQM|((TM|WM|TC|TS|PR)\\([^)]*:[^)]*\\))";

const metricAlarm: ResourceModel = {
  token: METRIC_ALARM,
  source: registry("cloudwatch/metricalarm"),
  schema: "aws_cloudwatch_metric_alarm",
  // A second alarm of the same name overwrites the first without a word, so the name is not unique here.
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  tags: true,
  properties: {
    actionsEnabled: bool({ default: true }),
    alarmActions: { ...actions, deviates: "AWS takes five at most" },
    alarmDescription: str({ maxLength: 1024 }),
    comparisonOperator: oneOf(
      [
        "GreaterThanOrEqualToThreshold",
        "GreaterThanThreshold",
        "LessThanThreshold",
        "LessThanOrEqualToThreshold",
        "LessThanLowerOrGreaterThanUpperThreshold",
        "LessThanLowerThreshold",
        "GreaterThanUpperThreshold",
      ],
      { deviates: "not needed for PromQL alarms, newer than the reference schema" },
    ),
    datapointsToAlarm: int({ min: 1 }),
    dimensions: map({ conflicts: ["metricQueries"], maxItems: 30 }),
    evaluateLowSampleCountPercentiles: oneOf(["evaluate", "ignore"], { optionalComputed: true }),
    evaluationCriteria: block(
      {
        promqlCriteria: block(
          {
            pendingPeriod: int({ min: 0, max: DAY, deviates: NEWER }),
            query: str({ required: true, minLength: 1, maxLength: 10000, deviates: NEWER }),
            recoveryPeriod: int({ min: 0, max: DAY, deviates: NEWER }),
          },
          { required: true, deviates: NEWER },
        ),
      },
      { deviates: NEWER },
    ),
    evaluationInterval: periodNumber({ max: HOUR, deviates: NEWER }),
    evaluationPeriods: int({
      min: 1,
      deviates: "not needed for PromQL alarms, newer than the reference schema",
    }),
    extendedStatistic: str({
      pattern: STATISTIC,
      conflicts: ["statistic", "metricQueries"],
      example: "p95",
    }),
    insufficientDataActions: actions,
    metricName: str({ conflicts: ["metricQueries"], minLength: 1, maxLength: 255 }),
    metricQueries: blockSet(
      {
        accountId: str({ pattern: "\\d{12}" }),
        expression: str({ minLength: 1, maxLength: 2048 }),
        id: str({ required: true, pattern: "[a-z][A-Za-z0-9_]{0,254}" }),
        label: str(),
        metric: block({
          dimensions: map({ maxItems: 30 }),
          metricName: str({ required: true, minLength: 1, maxLength: 255 }),
          namespace: str({ pattern: "[^:].{0,254}", example: "AWS/EC2" }),
          period: periodNumber({ required: true }),
          stat: str({
            required: true,
            pattern: `(SampleCount|Average|Sum|Minimum|Maximum|${STATISTIC})`,
            example: "Average",
          }),
          unit: oneOf(UNITS),
        }),
        period: periodNumber(),
        returnData: bool({ default: false, deviates: "filled in by the provider" }),
      },
      {
        conflicts: ["metricName"],
        minItems: 1,
        maxItems: 20,
        deviates: "AWS takes twenty at most",
      },
    ),
    name: str({ replace: true, minLength: 1, maxLength: 255 }),
    namespace: str({ conflicts: ["metricQueries"], pattern: "[^:].{0,254}", example: "AWS/EC2" }),
    okActions: actions,
    period: periodNumber({ conflicts: ["metricQueries"] }),
    region,
    statistic: oneOf(["SampleCount", "Average", "Sum", "Minimum", "Maximum"], {
      conflicts: ["extendedStatistic", "metricQueries"],
    }),
    threshold: num({ conflicts: ["thresholdMetricId"] }),
    thresholdMetricId: str({ conflicts: ["threshold"], minLength: 1, maxLength: 255 }),
    treatMissingData: oneOf(["breaching", "notBreaching", "ignore", "missing"], {
      default: "missing",
    }),
    unit: oneOf(UNITS),
    warmUpConfiguration: block(
      {
        onlyStartEvaluatingAfterWarmUpPeriodEnds: bool({ deviates: NEWER }),
        warmUpPeriodDurationInMinutes: int({ required: true, min: 1, max: 2880, deviates: NEWER }),
      },
      { deviates: NEWER },
    ),
    arn: out(arnOf("cloudwatch", "alarm:{name}")),
  },
  rules: [
    {
      name: "one-source",
      then: {
        any: [
          { all: [onMetric, absent("metricQueries"), absent("evaluationCriteria")] },
          { all: [onMath, absent("metricName"), absent("evaluationCriteria")] },
          { all: [onPromql, absent("metricName"), absent("metricQueries")] },
        ],
      },
      message:
        "One of `metricName`, `metricQueries` and `evaluationCriteria` must be set for a CloudWatch metric alarm, and one only",
      source: PUT,
    },
    {
      name: "metric-complete",
      when: onMetric,
      then: {
        all: [
          present("namespace"),
          present("period"),
          { any: [present("statistic"), present("extendedStatistic")] },
        ],
      },
      message:
        "`statistic`: an alarm on a metric needs namespace, period, and one of statistic and extendedStatistic",
      source: PUT,
      at: "apply",
    },
    {
      name: "comparison-complete",
      when: { any: [onMetric, onMath] },
      then: {
        all: [
          present("comparisonOperator"),
          present("evaluationPeriods"),
          { any: [present("threshold"), present("thresholdMetricId")] },
        ],
      },
      message:
        "ValidationError: `threshold`: an alarm needs comparisonOperator, evaluationPeriods, and one of threshold and thresholdMetricId",
      source: PUT,
      at: "apply",
    },
    {
      name: "band-operators",
      when: present("thresholdMetricId"),
      then: {
        property: "comparisonOperator",
        in: [
          "LessThanLowerOrGreaterThanUpperThreshold",
          "LessThanLowerThreshold",
          "GreaterThanUpperThreshold",
        ],
      },
      message:
        "ValidationError: `comparisonOperator`: an alarm on an anomaly band needs one of the operators with Lower or Upper",
      source: PUT,
      at: "apply",
    },
    {
      name: "period-of-minutes",
      when: present("period"),
      then: period("period"),
      message: "ValidationError: `period`: must be 10, 20, 30 or a multiple of 60 seconds",
      source: PUT,
    },
    {
      name: "metric-periods-of-minutes",
      then: {
        property: "metricQueries[].metric.period",
        every: {
          any: [
            { property: ".", in: [1, 5, 10, 20, 30] },
            { property: ".", multipleOf: 60 },
          ],
        },
      },
      message:
        "ValidationError: `metricQueries[].metric.period`: must be 1, 5, 10, 20, 30 or a multiple of 60 seconds",
      source: PUT,
    },
    {
      name: "interval-of-minutes",
      when: present("evaluationInterval"),
      then: period("evaluationInterval"),
      message:
        "ValidationError: `evaluationInterval`: must be 10, 20, 30 or a multiple of 60 seconds",
      source: PUT,
    },
    {
      name: "promql-has-interval",
      when: onPromql,
      then: present("evaluationInterval"),
      message: "`evaluationInterval`: is required with evaluationCriteria",
      source: registry("cloudwatch/metricalarm"),
    },
    {
      name: "evaluated-within-a-day",
      when: { all: [present("evaluationPeriods"), { property: "period", atMost: HOUR - 1 }] },
      then: { property: "period", times: "evaluationPeriods", atMost: DAY },
      message:
        "ValidationError: `evaluationPeriods`: metrics cannot be checked across more than a day (evaluationPeriods × period must be <= 86400) for periods under an hour",
      source: PUT,
      at: "apply",
    },
    {
      name: "evaluated-within-a-week",
      when: { all: [present("evaluationPeriods"), { property: "period", atLeast: HOUR }] },
      then: { property: "period", times: "evaluationPeriods", atMost: 7 * DAY },
      message:
        "ValidationError: `evaluationPeriods`: metrics cannot be checked across more than seven days (evaluationPeriods × period must be <= 604800) for periods of an hour and more",
      source: PUT,
      at: "apply",
    },
    {
      name: "datapoints-within-periods",
      when: present("datapointsToAlarm"),
      then: { property: "datapointsToAlarm", atMostProperty: "evaluationPeriods" },
      message: "ValidationError: `datapointsToAlarm`: must not be greater than evaluationPeriods",
      source: PUT,
      at: "apply",
    },
    {
      name: "queries-complete",
      then: {
        property: "metricQueries[]",
        every: {
          any: [
            { all: [present("metric"), absent("expression")] },
            { all: [absent("metric"), present("expression")] },
          ],
        },
      },
      message: "`metricQueries[]`: either metric or expression must be given, not both",
      source: registry("cloudwatch/metricalarm"),
    },
    {
      name: "queries-return-data",
      when: onMath,
      then: { property: "metricQueries[]", some: { property: "returnData", equals: true } },
      message:
        "ValidationError: `metricQueries[].returnData`: exactly one query must return data; none does",
      source: PUT,
      at: "apply",
    },
    {
      name: "percentiles-of-percentiles",
      when: present("evaluateLowSampleCountPercentiles"),
      then: present("extendedStatistic"),
      message:
        "ValidationError: `evaluateLowSampleCountPercentiles`: is for alarms on percentiles (extendedStatistic)",
      source: PUT,
      at: "apply",
    },
  ],
};

const compositeAlarm: ResourceModel = {
  token: COMPOSITE_ALARM,
  source: registry("cloudwatch/compositealarm"),
  schema: "aws_cloudwatch_composite_alarm",
  id: "{alarmName}",
  tags: true,
  properties: {
    actionsEnabled: bool({ default: true, replace: true }),
    actionsSuppressor: block({
      alarm: str({
        required: true,
        ref: [
          named(METRIC_ALARM, "name"),
          named(METRIC_ALARM, "arn"),
          named(COMPOSITE_ALARM, "alarmName"),
          named(COMPOSITE_ALARM, "arn"),
        ],
      }),
      extensionPeriod: int({ required: true, min: 0 }),
      waitPeriod: int({ required: true, min: 0 }),
    }),
    alarmActions: actions,
    alarmDescription: str({ maxLength: 1024 }),
    alarmName: str({ required: true, replace: true, minLength: 1, maxLength: 255 }),
    alarmRule: str({
      required: true,
      minLength: 1,
      maxLength: 10240,
      // Functions over alarm names, joined by AND, OR and NOT.
      pattern:
        "[\\s\\S]*(\\b(ALARM|OK|INSUFFICIENT_DATA|AT_LEAST)\\s*\\([\\s\\S]+\\)|\\bTRUE\\b|\\bFALSE\\b)[\\s\\S]*",
      example: "FALSE",
    }),
    insufficientDataActions: actions,
    okActions: actions,
    region,
    arn: out(arnOf("cloudwatch", "alarm:{alarmName}")),
  },
  rules: [
    {
      name: "no-instance-actions",
      then: {
        property: "alarmActions[]",
        every: { property: ".", notMatches: "^arn:aws(-[a-z]+)*:(automate|autoscaling):.*$" },
      },
      message: "ValidationError: `alarmActions`: composite alarms can't act on EC2 or Auto Scaling",
      source: COMPOSITE,
      at: "apply",
    },
  ],
};

/** Alarms. */
export const alarmModels: readonly ResourceModel[] = [metricAlarm, compositeAlarm];
