/** Cloud Monitoring: alerting policies. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  ABANDONED,
  CHANNEL,
  block,
  blocks,
  bool,
  deletionPolicy,
  int,
  labelMap,
  list,
  map,
  num,
  oneOf,
  out,
  prevented,
  project,
  registry,
  seconds,
  str,
} from "./common";
import { rules } from "./monitoring-alert-rules";

const ALIGNERS = [
  "ALIGN_NONE",
  "ALIGN_DELTA",
  "ALIGN_RATE",
  "ALIGN_INTERPOLATE",
  "ALIGN_NEXT_OLDER",
  "ALIGN_MIN",
  "ALIGN_MAX",
  "ALIGN_MEAN",
  "ALIGN_COUNT",
  "ALIGN_SUM",
  "ALIGN_STDDEV",
  "ALIGN_COUNT_TRUE",
  "ALIGN_COUNT_FALSE",
  "ALIGN_FRACTION_TRUE",
  "ALIGN_PERCENTILE_99",
  "ALIGN_PERCENTILE_95",
  "ALIGN_PERCENTILE_50",
  "ALIGN_PERCENTILE_05",
  "ALIGN_PERCENT_CHANGE",
];
const REDUCERS = [
  "REDUCE_NONE",
  "REDUCE_MEAN",
  "REDUCE_MIN",
  "REDUCE_MAX",
  "REDUCE_SUM",
  "REDUCE_STDDEV",
  "REDUCE_COUNT",
  "REDUCE_COUNT_TRUE",
  "REDUCE_COUNT_FALSE",
  "REDUCE_FRACTION_TRUE",
  "REDUCE_PERCENTILE_99",
  "REDUCE_PERCENTILE_95",
  "REDUCE_PERCENTILE_50",
  "REDUCE_PERCENTILE_05",
];
const COMPARISONS = [
  "COMPARISON_GT",
  "COMPARISON_GE",
  "COMPARISON_LT",
  "COMPARISON_LE",
  "COMPARISON_EQ",
  "COMPARISON_NE",
];
const MISSING = [
  "EVALUATION_MISSING_DATA_INACTIVE",
  "EVALUATION_MISSING_DATA_ACTIVE",
  "EVALUATION_MISSING_DATA_NO_OP",
];

const aggregations = blocks({
  alignmentPeriod: seconds({ example: "60s" }),
  crossSeriesReducer: oneOf(REDUCERS),
  groupByFields: list(str()),
  perSeriesAligner: oneOf(ALIGNERS),
});
const trigger = block({ count: int({ min: 1 }), percent: num({ min: 0, max: 100 }) });
const filter = (more = {}): PropertyModel =>
  str({
    maxLength: 2048,
    example:
      'resource.type = "gce_instance" AND metric.type = "compute.googleapis.com/instance/cpu/utilization"',
    ...more,
  });
/** Whole minutes: the API takes no others. */
const minutes = (more = {}): PropertyModel => seconds({ example: "300s", ...more });

const conditions = blocks(
  {
    conditionAbsent: block({
      aggregations,
      duration: minutes({ required: true }),
      filter: filter(),
      trigger,
    }),
    conditionMatchedLog: block({
      filter: str({ required: true, maxLength: 20000, example: "severity >= ERROR" }),
      labelExtractors: map({ example: { unit: "EXTRACT(jsonPayload.unit)" } }),
    }),
    conditionMonitoringQueryLanguage: block({
      duration: minutes({ required: true }),
      evaluationMissingData: oneOf(MISSING),
      query: str({ required: true, minLength: 1 }),
      trigger,
    }),
    conditionPrometheusQueryLanguage: block({
      alertRule: str({ pattern: "[A-Za-z_][A-Za-z0-9_]*" }),
      disableMetricValidation: bool(),
      duration: seconds({ example: "300s" }),
      evaluationInterval: seconds({ example: "60s" }),
      labels: map({
        keys: str({ pattern: "(?!__)[A-Za-z_][A-Za-z0-9_]*" }),
        example: { team: "a" },
      }),
      query: str({ required: true, minLength: 1, example: "up == 0" }),
      ruleGroup: str(),
    }),
    conditionSql: block({
      booleanTest: block({ column: str({ required: true }) }),
      daily: block({
        executionTime: block({
          hours: int({ min: 0, max: 23 }),
          minutes: int({ min: 0, max: 59 }),
          nanos: int({ min: 0, max: 999999999 }),
          seconds: int({ min: 0, max: 59 }),
        }),
        periodicity: int({ required: true, min: 1, max: 30 }),
      }),
      hourly: block({
        minuteOffset: int({ min: 0, max: 59 }),
        periodicity: int({ required: true, min: 1, max: 48 }),
      }),
      minutes: block({ periodicity: int({ required: true, min: 5, max: 1440 }) }),
      query: str({ required: true, minLength: 1 }),
      rowCountTest: block({
        comparison: oneOf(COMPARISONS, { required: true }),
        threshold: int({ required: true }),
      }),
    }),
    conditionThreshold: block({
      aggregations,
      comparison: oneOf(COMPARISONS, { required: true }),
      denominatorAggregations: aggregations,
      denominatorFilter: filter(),
      duration: minutes({ required: true }),
      evaluationMissingData: oneOf(MISSING),
      filter: filter(),
      forecastOptions: block({ forecastHorizon: seconds({ required: true, example: "3600s" }) }),
      thresholdValue: num(),
      trigger,
    }),
    displayName: str({ required: true, minLength: 1, maxLength: 512 }),
    name: out("{name}/conditions/{digits:18}"),
  },
  {
    required: true,
    minItems: 1,
    maxItems: 6,
    example: [
      {
        displayName: "busy",
        conditionThreshold: {
          comparison: "COMPARISON_GT",
          duration: "300s",
          filter:
            'resource.type = "gce_instance" AND metric.type = "compute.googleapis.com/instance/cpu/utilization"',
          thresholdValue: 0.9,
        },
      },
    ],
  },
);

/** Notifications that a policy itself forbids to renotify may be left out. */
const strategy = block({
  // https://cloud.google.com/monitoring/alerts/concepts-indepth#close-inactive
  autoClose: seconds({ example: "86400s" }),
  notificationChannelStrategies: blocks({
    notificationChannelNames: list(str({ ref: { type: CHANNEL, by: "name" } })),
    renotifyInterval: seconds({ example: "3600s" }),
  }),
  notificationPrompts: list(oneOf(["NOTIFICATION_PROMPT_UNSPECIFIED", "OPENED", "CLOSED"])),
  notificationRateLimit: block({ period: seconds({ example: "300s" }) }),
});

/** Where the channels of a policy are deleted with force, the policies are changed. */
const channels: PropertyModel = list(str({ ref: { type: CHANNEL, by: "name" } }), { maxItems: 16 });

/** An alerting policy. What must fit together in it: `monitoring-alert-rules.ts`. */
export const alertPolicy: ResourceModel = {
  token: "gcp:monitoring/alertPolicy:AlertPolicy",
  source: registry("monitoring/alertpolicy"),
  schema: "google_monitoring_alert_policy",
  api: "monitoring.googleapis.com",
  id: "{name}",
  properties: {
    alertStrategy: strategy,
    combiner: oneOf(["AND", "OR", "AND_WITH_MATCHING_RESOURCE"], { required: true }),
    conditions,
    deletionPolicy,
    displayName: str({ required: true, minLength: 1, maxLength: 512 }),
    documentation: block({
      content: str({ maxLength: 8192, maxBytes: 10240 }),
      links: blocks(
        {
          displayName: str({ minLength: 1, maxLength: 63 }),
          url: str({ format: "url", maxLength: 2083 }),
        },
        { maxItems: 3 },
      ),
      mimeType: oneOf(["text/markdown"], { default: "text/markdown" }),
      subject: str({ maxBytes: 10240 }),
    }),
    enabled: bool({ default: true }),
    notificationChannels: channels,
    project,
    severity: oneOf(["CRITICAL", "ERROR", "WARNING"]),
    userLabels: labelMap(),
    creationRecords: blocks(
      { mutateTime: out(""), mutatedBy: out("") },
      {
        computed: true,
        value: {
          json: [{ mutateTime: "{now}", mutatedBy: "deployer@{account}.iam.gserviceaccount.com" }],
        },
      },
    ),
    name: out("projects/{account}/alertPolicies/{digits:19}"),
  },
  rules,
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};
