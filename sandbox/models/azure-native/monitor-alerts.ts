/** Alerts on metrics and on the activity log, and whom they tell. */
import type { Condition, PropertyModel, ResourceModel, Rule } from "../../model";
import {
  ACTION_GROUP,
  arm,
  block,
  blocks,
  bool,
  COMPONENT,
  int,
  LEARN,
  list,
  location,
  map,
  named,
  num,
  oneOf,
  out,
  outJson,
  required,
  RESOURCE_GROUP,
  rule,
  SCALE_SET,
  set,
  str,
  tags,
  VAULT,
  VIRTUAL_MACHINE,
  WEB_TEST,
  WORKSPACE,
} from "./common";

const ALERTS = `${LEARN}azure-monitor/alerts/`;
const METRICS = `${ALERTS}alerts-types#metric-alerts`;
const FORMS = "https://learn.microsoft.com/rest/api/monitor/metric-alerts/create-or-update";
const TROUBLE = `${ALERTS}alerts-troubleshoot-metric`;
const ACTIVITY = `${ALERTS}alerts-create-activity-log-alert-rule`;
const KIND = "Microsoft.Azure.Monitor.";
const SINGLE = `${KIND}SingleResourceMultipleMetricCriteria`;
const MULTIPLE = `${KIND}MultipleResourceMultipleMetricCriteria`;
const WEB = `${KIND}WebtestLocationAvailabilityCriteria`;
/** Names of alerts have none of these letters, and don't end with a blank or a full stop. */
const alertName = "[^*#&+:<>?@%{}\\\\/]{0,259}[^*#&+:<>?@%{}\\\\/ .]";

/** What an alert watches: resources of the program, or groups and subscriptions around them. */
export const watched: PropertyModel = str({
  ref: [
    named(VIRTUAL_MACHINE),
    named(RESOURCE_GROUP, "id", "/subscriptions/[^/]+"),
    ...[WEB_TEST, COMPONENT, WORKSPACE, VAULT, SCALE_SET].map((type) => named(type)),
    named("azure-native:dataprotection:BackupVault"),
    named("azure-native:compute:Disk"),
    named("azure-native:network:NatGateway"),
    named("azure-native:network:PublicIPAddress"),
    named("azure-native:network:BastionHost"),
  ],
});
/** A group that alerts name can be deleted: they then tell nobody. */
export const actionGroupId = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ ref: named(ACTION_GROUP), ...more });

/**
 * Metrics of virtual machines that the platform sends.
 * https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-compute-virtualmachines-metrics
 */
const MACHINE_METRICS =
  "VmAvailabilityMetric|Percentage CPU|Available Memory (Bytes|Percentage)|CPU Credits (Consumed|Remaining)|(Data|OS|Temp) Disk .+|Disk (Read|Write) .+|Network (In|Out)( Total)?|(Inbound|Outbound) Flows.*|(Premium|VM (Cached|Uncached|Local|Remote)) .+";

const dimensions = blocks({
  name: str(required),
  operator: oneOf(["Include", "Exclude"], required),
  values: list(str(), { required: true, minItems: 1 }),
});

const criterion: Readonly<Record<string, PropertyModel>> = {
  alertSensitivity: oneOf(["Low", "Medium", "High"], {
    deviates: "the published types leave out the dynamic form, which the SDK has",
  }),
  criterionType: oneOf(["StaticThresholdCriterion", "DynamicThresholdCriterion"], required),
  dimensions,
  failingPeriods: block(
    {
      minFailingPeriodsToAlert: int({ required: true, min: 1, max: 6 }),
      numberOfEvaluationPeriods: int({ required: true, min: 1, max: 6 }),
    },
    { deviates: "the published types leave out the dynamic form, which the SDK has" },
  ),
  ignoreDataBefore: str({
    format: "rfc3339",
    deviates: "the published types leave out the dynamic form, which the SDK has",
  }),
  metricName: str({ required: true, example: "Percentage CPU" }),
  metricNamespace: str({ example: "Microsoft.Compute/virtualMachines" }),
  name: str(required),
  operator: oneOf(
    [
      "Equals",
      "GreaterThan",
      "GreaterThanOrEqual",
      "LessThan",
      "LessThanOrEqual",
      "GreaterOrLessThan",
    ],
    {
      required: true,
      deviates: "the published types leave out the dynamic form, which the SDK has",
    },
  ),
  skipMetricValidation: bool(),
  threshold: num({ deviates: "the published types leave out the dynamic form, which the SDK has" }),
  timeAggregation: oneOf(["Average", "Count", "Minimum", "Maximum", "Total"], required),
};

const dynamic: Condition = { property: "criterionType", equals: "DynamicThresholdCriterion" };
const each = (name: string, condition: Condition, message: string, source: string): Rule =>
  rule(
    name,
    { property: "criteria.allOf", present: true },
    { property: "criteria.allOf[]", every: condition },
    message,
    source,
  );

const metricAlert = arm({
  token: "azure-native:monitor:MetricAlert",
  kind: "Microsoft.Insights/metricAlerts",
  api: "2018-03-01",
  named: { property: "ruleName", pattern: alertName, maxLength: 260 },
  properties: {
    actions: blocks({ actionGroupId: actionGroupId(), webHookProperties: map() }),
    autoMitigate: bool(),
    criteria: block(
      {
        allOf: blocks(criterion, { minItems: 1, maxItems: 5 }),
        componentId: str({ ref: named(COMPONENT) }),
        failedLocationCount: num({ min: 1 }),
        odataType: oneOf([SINGLE, MULTIPLE, WEB], {
          required: true,
          deviates: "says which of the three forms it is: the SDK asks for it",
        }),
        webTestId: str({ ref: named(WEB_TEST) }),
      },
      required,
    ),
    description: str(),
    enabled: bool(required),
    evaluationFrequency: oneOf(["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"], required),
    location: { ...location, example: "global" },
    scopes: set(watched, { required: true, minItems: 1 }),
    severity: int({ required: true, min: 0, max: 4 }),
    tags: tags(),
    targetResourceRegion: str(),
    targetResourceType: str({ pattern: "[A-Za-z]+\\.[A-Za-z]+(/\\w+)+" }),
    windowSize: oneOf(
      ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "PT24H", "P1D"],
      required,
    ),
    isMigrated: outJson("boolean", false),
    lastUpdatedTime: out("{now}", { changesWith: "*" }),
  },
  rules: [
    rule(
      "an alert on metrics is everywhere",
      undefined,
      { property: "location", matches: "[Gg]lobal" },
      "InvalidLocation: `location` of a metric alert must be global: not given, it is that of the provider or the group",
      FORMS,
    ),
    rule(
      "criteria of one resource have conditions",
      { property: "criteria.odataType", in: [SINGLE, MULTIPLE] },
      {
        all: [
          { property: "criteria.allOf", present: true },
          ...["componentId", "webTestId", "failedLocationCount"].map((key) => ({
            property: `criteria.${key}`,
            present: false,
          })),
        ],
      },
      "BadRequest: `criteria.allOf` is required for metric criteria, and nothing of a web test",
      FORMS,
    ),
    rule(
      "criteria of a web test name it, its component and a count",
      { property: "criteria.odataType", equals: WEB },
      {
        all: [
          { property: "criteria.allOf", present: false },
          ...["componentId", "webTestId", "failedLocationCount"].map((key) => ({
            property: `criteria.${key}`,
            present: true,
          })),
        ],
      },
      "BadRequest: `criteria` of a web test needs webTestId, componentId and failedLocationCount, and no allOf",
      FORMS,
    ),
    rule(
      "an alert on a web test watches test and component",
      { property: "criteria.odataType", equals: WEB },
      {
        all: [
          { property: "scopes", lengthAtLeast: 2, lengthAtMost: 2 },
          { property: "criteria.webTestId", allAmong: ["scopes"] },
          { property: "criteria.componentId", allAmong: ["scopes"] },
        ],
      },
      "BadRequest: `scopes` of an alert on a web test must be the web test and its component",
      FORMS,
    ),
    rule(
      "a single resource is one",
      { property: "criteria.odataType", equals: SINGLE },
      { property: "scopes", lengthAtMost: 1 },
      "BadRequest: `scopes` takes one resource with SingleResourceMultipleMetricCriteria",
      FORMS,
    ),
    rule(
      "many resources have a type and a region",
      {
        all: [
          { property: "criteria.odataType", equals: MULTIPLE },
          {
            any: [
              { property: "scopes", lengthAtLeast: 2 },
              { property: "scopes[]", matches: "/subscriptions/[^/]+(/resourceGroups/[^/]+)?" },
            ],
          },
        ],
      },
      {
        all: [
          { property: "targetResourceType", present: true },
          { property: "targetResourceRegion", present: true },
        ],
      },
      "BadRequest: `targetResourceType` and `targetResourceRegion` are required where more than one resource is watched",
      FORMS,
    ),
    rule(
      "conditions have names of their own",
      { property: "criteria.allOf", present: true },
      { property: "criteria.allOf[].name", distinct: true },
      "BadRequest: `criteria.allOf`: two conditions have the same name",
      FORMS,
    ),
    each(
      "a static condition has a threshold",
      {
        any: [
          dynamic,
          {
            all: [
              { property: "threshold", present: true },
              { property: "operator", notEquals: "GreaterOrLessThan" },
              ...["alertSensitivity", "failingPeriods", "ignoreDataBefore"].map((key) => ({
                property: key,
                present: false,
              })),
            ],
          },
        ],
      },
      "BadRequest: `criteria.allOf`: a StaticThresholdCriterion has a threshold, another operator than GreaterOrLessThan, and none of alertSensitivity, failingPeriods, ignoreDataBefore",
      FORMS,
    ),
    each(
      "a dynamic condition has a sensitivity and periods",
      {
        any: [
          { not: dynamic },
          {
            all: [
              { property: "threshold", present: false },
              { property: "alertSensitivity", present: true },
              { property: "failingPeriods", present: true },
              { property: "operator", in: ["GreaterThan", "LessThan", "GreaterOrLessThan"] },
            ],
          },
        ],
      },
      "BadRequest: `criteria.allOf`: a DynamicThresholdCriterion has alertSensitivity and failingPeriods, one of GreaterThan, LessThan and GreaterOrLessThan, and no threshold",
      `${ALERTS}alerts-dynamic-thresholds`,
    ),
    rule(
      "dynamic conditions stand in the form for many resources, alone",
      { property: "criteria.allOf[criterionType=DynamicThresholdCriterion]", present: true },
      {
        all: [
          { property: "criteria.odataType", equals: MULTIPLE },
          { property: "criteria.allOf", lengthAtMost: 1 },
        ],
      },
      "BadRequest: `criteria`: a DynamicThresholdCriterion stands alone, in MultipleResourceMultipleMetricCriteria",
      `${ALERTS}alerts-dynamic-thresholds`,
    ),
    each(
      "periods that fail are among those looked at",
      {
        any: [
          { property: "failingPeriods", present: false },
          {
            property: "failingPeriods.minFailingPeriodsToAlert",
            atMostProperty: "failingPeriods.numberOfEvaluationPeriods",
          },
        ],
      },
      "BadRequest: `criteria.allOf`: minFailingPeriodsToAlert is at most numberOfEvaluationPeriods",
      FORMS,
    ),
    each(
      "a metric that nobody has sent yet is not looked up",
      {
        any: [
          { property: "metricNamespace", present: false },
          { property: "metricNamespace", matches: "(?:[Mm]icrosoft\\.).*" },
          { property: "skipMetricValidation", equals: true },
        ],
      },
      "BadRequest: `criteria.allOf`: a custom metric that has not been sent yet is not found: skipMetricValidation must be true",
      `${TROUBLE}#define-an-alert-rule-on-a-custom-metric-that-isnt-emitted-yet`,
    ),
    each(
      "a machine's metric is one that Azure sends",
      {
        any: [
          { property: "metricNamespace", present: false },
          { property: "metricNamespace", notEquals: "Microsoft.Compute/virtualMachines" },
          { property: "metricName", matches: MACHINE_METRICS },
        ],
      },
      "BadRequest: `criteria.allOf`: metricName is no metric of Microsoft.Compute/virtualMachines",
      `${LEARN}azure-monitor/reference/supported-metrics/microsoft-compute-virtualmachines-metrics`,
    ),
    ...(
      [
        ["PT1M", ["PT1M"]],
        ["PT5M", ["PT1M", "PT5M"]],
        ["PT15M", ["PT1M", "PT5M", "PT15M"]],
        ["PT30M", ["PT1M", "PT5M", "PT15M", "PT30M"]],
      ] as const
    ).map(([window, frequencies]) =>
      rule(
        `a window of ${window} is looked at at least as often`,
        { property: "windowSize", equals: window },
        { property: "evaluationFrequency", in: frequencies },
        `BadRequest: \`evaluationFrequency\` can't be longer than \`windowSize\` (${window})`,
        METRICS,
      ),
    ),
  ],
  seconds: { create: 5, update: 3, delete: 3 },
});

const leaf = {
  containsAny: list(str(), { minItems: 1 }),
  equals: str(),
  field: str({ example: "category" }),
} as const;
/** Exactly one way to compare. */
const compares: Condition = {
  any: [
    {
      all: [
        { property: "equals", present: true },
        { property: "containsAny", present: false },
      ],
    },
    {
      all: [
        { property: "equals", present: false },
        { property: "containsAny", present: true },
      ],
    },
  ],
};

const activityLogAlert = arm({
  token: "azure-native:monitor:ActivityLogAlert",
  kind: "Microsoft.Insights/activityLogAlerts",
  api: "2020-10-01",
  named: { property: "activityLogAlertName", pattern: alertName, maxLength: 260 },
  properties: {
    actions: block(
      {
        actionGroups: blocks({
          actionGroupId: actionGroupId(required),
          webhookProperties: map(),
        }),
      },
      required,
    ),
    condition: block(
      { allOf: blocks({ anyOf: blocks(leaf), ...leaf }, { required: true, minItems: 1 }) },
      required,
    ),
    description: str(),
    enabled: bool(),
    location: { ...location, example: "global" },
    scopes: set(
      str({ ref: [named(RESOURCE_GROUP, "id", "/subscriptions/[^/]+(/resourceGroups/.+)?")] }),
      { required: true, minItems: 1 },
    ),
    tags: tags(),
  },
  rules: [
    rule(
      "an alert on the activity log is everywhere, or where Europe's data stay",
      undefined,
      { property: "location", matches: "[Gg]lobal|westeurope|northeurope" },
      "InvalidLocation: `location` of an activity log alert must be global, westeurope or northeurope: not given, it is that of the provider or the group",
      ACTIVITY,
    ),
    rule(
      "an alert on the activity log has a category",
      undefined,
      {
        property: "condition.allOf[]",
        some: {
          all: [
            { property: "field", equals: "category" },
            {
              property: "equals",
              in: [
                "Administrative",
                "ServiceHealth",
                "ResourceHealth",
                "Alert",
                "Autoscale",
                "Security",
                "Policy",
                "Recommendation",
              ],
            },
          ],
        },
      },
      "BadRequest: `condition.allOf` must compare the field category with a category of the activity log",
      ACTIVITY,
    ),
    rule(
      "a condition compares one field in one way, or is one of several",
      undefined,
      {
        property: "condition.allOf[]",
        every: {
          any: [
            {
              all: [
                { property: "anyOf", present: false },
                { property: "field", present: true },
                compares,
              ],
            },
            {
              all: [
                {
                  property: "anyOf[]",
                  every: { all: [{ property: "field", present: true }, compares] },
                },
                { property: "anyOf", present: true },
                { property: "field", present: false },
                { property: "equals", present: false },
                { property: "containsAny", present: false },
              ],
            },
          ],
        },
      },
      "BadRequest: `condition.allOf`: a condition has a field with one of equals and containsAny, or anyOf",
      ACTIVITY,
    ),
  ],
  seconds: { create: 3, update: 3, delete: 3 },
});

export const models: readonly ResourceModel[] = [metricAlert, activityLogAlert];
