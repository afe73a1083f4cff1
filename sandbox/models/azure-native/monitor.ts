/** Action groups, and alerts on logs. https://learn.microsoft.com/azure/azure-monitor/alerts/ */
import type { Condition, PropertyModel, ResourceModel, Rule } from "../../model";
import { actionGroupId, models as alerts, watched } from "./monitor-alerts";
import {
  ACTION_GROUP,
  arm,
  block,
  blocks,
  bool,
  GUID,
  identityIds,
  int,
  LEARN,
  list,
  location,
  map,
  num,
  oneOf,
  out,
  outJson,
  required,
  rule,
  str,
  systemData,
  tags,
} from "./common";

const ALERTS = `${LEARN}azure-monitor/alerts/`;
const GROUPS = `${ALERTS}action-groups`;
const LOGS = `${ALERTS}alerts-create-log-alert-rule`;
const LOG_API =
  "https://learn.microsoft.com/rest/api/monitor/scheduled-query-rules/create-or-update";
const name = str({ required: true, minLength: 1, maxLength: 160 });
const common = bool();
const phone = {
  countryCode: str({ required: true, pattern: "\\d{1,4}", example: "44" }),
  name,
  phoneNumber: str({ required: true, pattern: "[0-9 -]{4,20}", example: "2012345678" }),
} as const;
const email = str({
  required: true,
  pattern: "[^@\\s]+@[^@\\s]+\\.[^@\\s]+",
  example: "a@example.com",
});
const unmodelled = (more: Partial<PropertyModel> = {}): PropertyModel => ({
  type: "list",
  items: { type: "object", fields: {}, omits: "receivers of this kind are not modelled" },
  maxItems: 0,
  ...more,
});

/** The lists of receivers. */
const RECEIVERS = [
  "armRoleReceivers",
  "azureAppPushReceivers",
  "emailReceivers",
  "smsReceivers",
  "voiceReceivers",
  "webhookReceivers",
];

const actionGroup = arm({
  token: ACTION_GROUP,
  kind: "Microsoft.Insights/actionGroups",
  api: "2024-10-01-preview",
  named: {
    property: "actionGroupName",
    pattern: "[^:<>+/&%\\\\?|]{0,259}[^:<>+/&%\\\\?| .]",
    maxLength: 260,
  },
  properties: {
    armRoleReceivers: blocks({
      name,
      roleId: str({ required: true, pattern: GUID }),
      useCommonAlertSchema: common,
    }),
    automationRunbookReceivers: unmodelled(),
    azureAppPushReceivers: blocks({ emailAddress: email, name }),
    azureFunctionReceivers: unmodelled(),
    emailReceivers: blocks(
      { emailAddress: email, name, useCommonAlertSchema: common },
      { maxItems: 1000 },
    ),
    enabled: bool(required),
    eventHubReceivers: unmodelled(),
    groupShortName: str({ required: true, minLength: 1, maxLength: 12 }),
    identity: block({
      type: oneOf(
        ["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"],
        required,
      ),
      userAssignedIdentities: identityIds,
    }),
    incidentReceivers: unmodelled(),
    itsmReceivers: unmodelled(),
    // Global, or one of the regions in which groups can be processed alone.
    location: { ...location, example: "global" },
    logicAppReceivers: unmodelled(),
    smsReceivers: blocks(phone, { maxItems: 10 }),
    tags: tags(),
    voiceReceivers: blocks(phone, { maxItems: 10 }),
    webhookReceivers: blocks(
      {
        identifierUri: str(),
        managedIdentity: str(),
        name,
        objectId: str({ pattern: GUID }),
        serviceUri: str({ required: true, format: "url" }),
        tenantId: str({ pattern: GUID }),
        useAadAuth: bool(),
        useCommonAlertSchema: common,
      },
      { maxItems: 10 },
    ),
    systemData,
  },
  rules: [
    rule(
      "a group is everywhere, or in a region that processes groups alone",
      undefined,
      {
        property: "location",
        matches:
          "[Gg]lobal|swedencentral|germanywestcentral|northcentralus|southcentralus|eastus2|westeurope|francecentral",
      },
      "InvalidLocation: `location` of an action group must be global or one of the regions that process groups: not given, it is that of the provider or the resource group",
      GROUPS,
    ),
    rule(
      "receivers have names of their own",
      undefined,
      {
        all: RECEIVERS.map((property): Condition => ({
          property: `${property}[].name`,
          distinct: true,
        })),
      },
      "DuplicateReceiverName: receivers of one kind must have different names",
      GROUPS,
    ),
    rule(
      "a webhook signs in with all that it needs",
      { property: "webhookReceivers[useAadAuth=true]", present: true },
      {
        property: "webhookReceivers[useAadAuth=true]",
        every: {
          all: [
            { property: "objectId", present: true },
            { property: "identifierUri", present: true },
          ],
        },
      },
      "BadRequest: `webhookReceivers`: useAadAuth needs objectId and identifierUri",
      GROUPS,
    ),
  ],
  seconds: { create: 3, update: 3, delete: 3 },
});

const spans = [
  "PT1M",
  "PT5M",
  "PT10M",
  "PT15M",
  "PT30M",
  "PT45M",
  "PT1H",
  "PT2H",
  "PT3H",
  "PT4H",
  "PT5H",
  "PT6H",
];
const logAlert: Condition = { not: { property: "kind", equals: "LogToMetric" } };
const each = (title: string, condition: Condition, message: string): Rule =>
  rule(
    title,
    { all: [logAlert, { property: "criteria.allOf", present: true }] },
    { property: "criteria.allOf[]", every: condition },
    message,
    LOG_API,
  );

const scheduledQueryRule = arm({
  token: "azure-native:monitor:ScheduledQueryRule",
  kind: "Microsoft.Insights/scheduledQueryRules",
  api: "2025-01-01-preview",
  named: {
    property: "ruleName",
    pattern: "[^*<>%{}&:\\\\?/#|]{0,259}[^*<>%{}&:\\\\?/#| .]",
    maxLength: 260,
    more: { deviates: "a name does not end with a blank or a full stop" },
  },
  properties: {
    actions: block({
      actionGroups: list(actionGroupId(), { maxItems: 5, set: true }),
      actionProperties: map(),
      customProperties: map(),
    }),
    autoMitigate: bool(),
    checkWorkspaceAlertsStorageConfigured: bool(),
    criteria: block({
      allOf: blocks(
        {
          alertSensitivity: oneOf(["Low", "Medium", "High"]),
          criterionType: oneOf(["StaticThresholdCriterion", "DynamicThresholdCriterion"]),
          dimensions: blocks(
            {
              name: str(required),
              operator: oneOf(["Include", "Exclude"], required),
              values: list(str(), { required: true, minItems: 1 }),
            },
            { maxItems: 6 },
          ),
          failingPeriods: block({
            minFailingPeriodsToAlert: int({ min: 1, max: 6 }),
            numberOfEvaluationPeriods: int({ min: 1, max: 6 }),
          }),
          ignoreDataBefore: str({ format: "rfc3339" }),
          metricMeasureColumn: str(),
          metricName: str(),
          minRecurrenceCount: int({ min: 1 }),
          operator: oneOf([
            "Equals",
            "GreaterThan",
            "GreaterThanOrEqual",
            "LessThan",
            "LessThanOrEqual",
            "GreaterOrLessThan",
          ]),
          query: str({ minLength: 1, example: "Heartbeat | summarize count()" }),
          resourceIdColumn: str(),
          threshold: num(),
          timeAggregation: oneOf(["Count", "Average", "Minimum", "Maximum", "Total"]),
        },
        { minItems: 1, maxItems: 1 },
      ),
    }),
    description: str(),
    displayName: str(),
    enabled: bool(),
    evaluationFrequency: oneOf([...spans, "P1D"]),
    identity: block({
      type: oneOf(["SystemAssigned", "UserAssigned", "None"], required),
      userAssignedIdentities: identityIds,
    }),
    kind: oneOf(["LogAlert", "SimpleLogAlert", "LogToMetric"], { replace: true }),
    location,
    muteActionsDuration: str({ pattern: "P(T\\d+[MH]|\\d+D)", example: "PT1H" }),
    overrideQueryTimeRange: oneOf([...spans, "P1D", "P2D"]),
    resolveConfiguration: block({
      autoResolved: bool(),
      timeToResolve: str({ pattern: "PT\\d+[MH]", example: "PT10M" }),
    }),
    scopes: list(watched, { maxItems: 1 }),
    severity: int({ min: 0, max: 4 }),
    skipQueryValidation: bool(),
    tags: tags(),
    targetResourceTypes: list(str({ pattern: "[A-Za-z]+\\.[A-Za-z]+(/\\w+)+" })),
    windowSize: oneOf([...spans, "P1D", "P2D"]),
    createdWithApiVersion: out("2025-01-01-preview"),
    etag: out("{uuid}", { changesWith: "*" }),
    isLegacyLogAnalyticsRule: outJson("boolean", false),
    isWorkspaceAlertsStorageConfigured: outJson("boolean", false),
    systemData,
  },
  rules: [
    rule(
      "an alert on logs says what, where, how often and how badly",
      logAlert,
      {
        all: ["criteria.allOf", "scopes", "severity", "evaluationFrequency", "windowSize"].map(
          (property) => ({ property, present: true }),
        ),
      },
      "BadRequest: `criteria`, `scopes`, `severity`, `evaluationFrequency` and `windowSize` are required for kind LogAlert",
      LOG_API,
    ),
    each(
      "a condition has a query, an aggregation, an operator",
      {
        all: [
          { property: "query", present: true },
          { property: "timeAggregation", present: true },
          { property: "operator", present: true },
        ],
      },
      "BadRequest: `criteria.allOf`: query, timeAggregation and operator are required",
    ),
    each(
      "a static condition has a threshold",
      {
        any: [
          { property: "criterionType", equals: "DynamicThresholdCriterion" },
          { property: "threshold", present: true },
        ],
      },
      "BadRequest: `criteria.allOf`: threshold is required for a StaticThresholdCriterion",
    ),
    each(
      "what is not counted is a column",
      {
        any: [
          { property: "timeAggregation", equals: "Count" },
          { property: "metricMeasureColumn", present: true },
        ],
      },
      "BadRequest: `criteria.allOf`: metricMeasureColumn is required for another timeAggregation than Count",
    ),
    each(
      "rows are counted, not a column",
      {
        any: [
          { property: "metricMeasureColumn", present: false },
          { property: "timeAggregation", notEquals: "Count" },
        ],
      },
      "BadRequest: `criteria.allOf`: timeAggregation Count takes no metricMeasureColumn",
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
    ),
    rule(
      "an alert that resolves itself is not muted",
      { property: "muteActionsDuration", present: true },
      { property: "autoMitigate", equals: false },
      "BadRequest: `muteActionsDuration` needs autoMitigate false",
      LOGS,
    ),
    rule(
      "a look every minute is at no more than six hours",
      { property: "evaluationFrequency", equals: "PT1M" },
      { property: "windowSize", notIn: ["P1D", "P2D"] },
      "BadRequest: `windowSize` of P1D or more can't be looked at every minute",
      LOGS,
    ),
  ],
  seconds: { create: 3, update: 3, delete: 3 },
});

export const models: readonly ResourceModel[] = [actionGroup, ...alerts, scheduledQueryRule];
