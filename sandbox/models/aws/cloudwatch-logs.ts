/** CloudWatch Logs: groups, filters and who may write; and dashboards. */
import type { ResourceModel } from "../../model";
import {
  KMS_KEY,
  LOG_GROUP,
  arnOf,
  block,
  bool,
  int,
  map,
  named,
  oneOf,
  out,
  region,
  registry,
  str,
} from "./common";
import { FILLED, NEWER, examplePolicy, principalsGiven, resourcePolicy } from "./policies";

const KMS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html";
const FILTER =
  "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html";
const RESOURCE_POLICY =
  "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html";
const DASHBOARD =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html";

/** Days; 0 keeps events for ever. */
const RETENTION = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  3288, 3653,
];
/** Units of metrics: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export const UNITS = [
  "Seconds",
  "Microseconds",
  "Milliseconds",
  ...["", "Kilo", "Mega", "Giga", "Tera"].map((scale) =>
    scale === "" ? "Bytes" : `${scale}bytes`,
  ),
  ...["", "Kilo", "Mega", "Giga", "Tera"].map((scale) => (scale === "" ? "Bits" : `${scale}bits`)),
  "Percent",
  "Count",
  ...["", "Kilo", "Mega", "Giga", "Tera"].map((scale) =>
    scale === "" ? "Bytes/Second" : `${scale}bytes/Second`,
  ),
  ...["", "Kilo", "Mega", "Giga", "Tera"].map((scale) =>
    scale === "" ? "Bits/Second" : `${scale}bits/Second`,
  ),
  "Count/Second",
  "None",
];

const logGroup: ResourceModel = {
  token: LOG_GROUP,
  source: registry("cloudwatch/loggroup"),
  schema: "aws_cloudwatch_log_group",
  id: "{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  unique: [
    {
      properties: ["name"],
      scope: "region",
      source:
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    },
  ],
  tags: true,
  properties: {
    deletionProtectionEnabled: bool({
      optionalComputed: true,
      value: { json: false },
      deviates: NEWER,
    }),
    kmsKeyId: str({ ref: named(KMS_KEY, "arn") }),
    logGroupClass: oneOf(["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"], {
      optionalComputed: true,
      value: "STANDARD",
      replace: true,
    }),
    name: str({ replace: true, conflicts: ["namePrefix"], pattern: "[.\\-_/#A-Za-z0-9]{1,512}" }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "[.\\-_/#A-Za-z0-9]{1,486}",
    }),
    region,
    retentionInDays: int({ default: 0, enum: RETENTION, deviates: FILLED }),
    skipDestroy: bool({ default: false, deviates: FILLED }),
    arn: out(arnOf("logs", "log-group:{name}")),
  },
  rules: [
    {
      name: "key-lets-logs-in",
      when: { property: "kmsKeyId", present: true },
      then: {
        property: "kmsKeyId->policy.Statement[].Principal.Service[]",
        matches: "^logs\\.({region}\\.)?amazonaws\\.com(\\.cn)?$",
      },
      message:
        "AccessDeniedException: `kmsKeyId`: the specified KMS key does not exist or is not allowed to be used with this log group; its policy must let logs.<region>.amazonaws.com use it",
      source: KMS,
      at: "apply",
    },
    {
      name: "name-not-reserved",
      then: { not: { property: "name", matches: "^aws/.*$" } },
      message:
        "InvalidParameterException: `name`: log groups starting with aws/ are reserved for AWS",
      source:
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
      at: "apply",
    },
  ],
  deleteRefusedWhile: [
    {
      condition: { property: "deletionProtectionEnabled", equals: true },
      message:
        "OperationAbortedException: the log group is protected against deletion (`deletionProtectionEnabled`)",
      source:
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html",
    },
  ],
  seconds: { create: 1, delete: 1 },
};

const metricFilter: ResourceModel = {
  token: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  source: registry("cloudwatch/logmetricfilter"),
  schema: "aws_cloudwatch_log_metric_filter",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  properties: {
    applyOnTransformedLogs: bool({
      optionalComputed: true,
      value: { json: false },
      deviates: NEWER,
    }),
    logGroupName: str({ required: true, replace: true, ref: named(LOG_GROUP, "name") }),
    metricTransformation: block(
      {
        defaultValue: str({
          conflicts: ["dimensions"],
          pattern: "-?\\d+(\\.\\d+)?",
          deviates: "AWS refuses both together",
        }),
        dimensions: map({
          maxItems: 3,
          conflicts: ["defaultValue"],
          deviates: "AWS refuses both together",
        }),
        name: str({ required: true, pattern: "[^:*$]{1,255}", example: "Errors" }),
        namespace: str({ required: true, pattern: "[^:*$]{1,255}", example: "GitLab" }),
        unit: oneOf(UNITS, { default: "None" }),
        value: str({ required: true, maxLength: 100 }),
      },
      { required: true },
    ),
    name: str({ replace: true, pattern: "[^:*]{1,512}", example: "filter" }),
    pattern: str({ required: true, maxLength: 1024 }),
    region,
  },
  rules: [
    {
      name: "custom-namespace",
      then: { not: { property: "metricTransformation.namespace", matches: "^AWS/.*$" } },
      message:
        "InvalidParameterException: `metricTransformation.namespace`: namespaces that begin with AWS/ are reserved for AWS",
      source: FILTER,
      at: "apply",
    },
  ],
};

const logResourcePolicy: ResourceModel = {
  token: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  source: registry("cloudwatch/logresourcepolicy"),
  schema: "aws_cloudwatch_log_resource_policy",
  id: "{policyName}{resourceArn}",
  properties: {
    policyDocument: resourcePolicy(examplePolicy("events", "logs:PutLogEvents"), {
      required: true,
      maxLength: 5120,
    }),
    policyName: str({
      replace: true,
      minLength: 1,
      exactlyOneOf: ["policyName", "resourceArn"],
      deviates: "not needed with resourceArn, newer than the reference schema",
    }),
    region,
    resourceArn: str({
      replace: true,
      exactlyOneOf: ["policyName", "resourceArn"],
      ref: named(LOG_GROUP, "arn"),
      deviates: NEWER,
    }),
    policyScope: {
      type: "string",
      computed: true,
      value: {
        cases: [
          { when: { property: "resourceArn", present: true }, value: "RESOURCE" },
          { value: "ACCOUNT" },
        ],
      },
      deviates: NEWER,
    },
    revisionId: {
      type: "string",
      computed: true,
      value: {
        cases: [
          { when: { property: "resourceArn", present: true }, value: "{digits:16}" },
          { value: "" },
        ],
      },
      changesWith: ["policyDocument"],
      deviates: NEWER,
    },
  },
  rules: [principalsGiven("policyDocument", RESOURCE_POLICY)],
};

const dashboard: ResourceModel = {
  token: "aws:cloudwatch/dashboard:Dashboard",
  source: registry("cloudwatch/dashboard"),
  schema: "aws_cloudwatch_dashboard",
  id: "{dashboardName}",
  properties: {
    dashboardBody: {
      type: "json",
      required: true,
      example: JSON.stringify({
        widgets: [{ type: "text", width: 6, height: 3, properties: { markdown: "# GitLab" } }],
      }),
    },
    dashboardName: str({ required: true, replace: true, pattern: "[A-Za-z0-9_-]{1,255}" }),
    region,
    // Dashboards belong to no region: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    dashboardArn: out("arn:{partition}:cloudwatch::{account}:dashboard/{dashboardName}"),
  },
  rules: [
    {
      name: "body-has-widgets",
      then: { property: "dashboardBody.widgets", present: true },
      message: "InvalidParameterInput: `dashboardBody`: should have required property 'widgets'",
      source: DASHBOARD,
      at: "apply",
    },
    {
      name: "widgets-have-type",
      then: {
        property: "dashboardBody.widgets[]",
        every: {
          all: [
            { property: "type", in: ["metric", "text", "log", "alarm", "explorer", "custom"] },
            { property: "properties", present: true },
          ],
        },
      },
      message:
        "InvalidParameterInput: `dashboardBody.widgets[]`: each widget has properties and a type of metric, text, log, alarm, explorer or custom",
      source: DASHBOARD,
      at: "apply",
    },
  ],
};

/** Logs and dashboards. */
export const logModels: readonly ResourceModel[] = [
  logGroup,
  metricFilter,
  logResourcePolicy,
  dashboard,
];
