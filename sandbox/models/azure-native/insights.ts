/** Log Analytics, Application Insights and its web tests. https://learn.microsoft.com/azure/azure-monitor/ */
import type { ResourceModel } from "../../model";
import {
  arm,
  block,
  blocks,
  bool,
  etag,
  COMPONENT,
  identityIds,
  held,
  int,
  LEARN,
  map,
  location,
  num,
  oneOf,
  out,
  outJson,
  required,
  rule,
  str,
  systemData,
  tags,
  unchangeable,
  WEB_TEST,
  WORKSPACE,
} from "./common";

const LOGS = `${LEARN}azure-monitor/logs/`;
const APP = `${LEARN}azure-monitor/app/`;
const AVAILABILITY = `${APP}availability?tabs=standard`;
const access = oneOf(["Enabled", "Disabled"]);

const workspace = arm({
  token: WORKSPACE,
  kind: "Microsoft.OperationalInsights/workspaces",
  api: "2023-09-01",
  named: {
    property: "workspaceName",
    pattern: "[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]",
    minLength: 4,
    maxLength: 63,
  },
  properties: {
    defaultDataCollectionRuleResourceId: str({
      pattern: "/subscriptions/.+/dataCollectionRules/[^/]+",
    }),
    features: block({
      clusterResourceId: str({ pattern: "/subscriptions/.+/clusters/[^/]+" }),
      disableLocalAuth: bool(),
      enableDataExport: bool(),
      enableLogAccessUsingOnlyResourcePermissions: bool(),
      immediatePurgeDataOn30Days: bool(),
    }),
    forceCmkForQuery: bool(),
    identity: block({
      type: oneOf(["SystemAssigned", "UserAssigned", "None"], required),
      userAssignedIdentities: identityIds,
    }),
    location,
    publicNetworkAccessForIngestion: access,
    publicNetworkAccessForQuery: access,
    retentionInDays: int({ min: 7, max: 730 }),
    sku: block({
      capacityReservationLevel: int({
        enum: [100, 200, 300, 400, 500, 1000, 2000, 5000, 10000, 25000, 50000],
      }),
      name: oneOf(
        [
          "Free",
          "Standard",
          "Premium",
          "PerNode",
          "PerGB2018",
          "Standalone",
          "CapacityReservation",
          "LACluster",
        ],
        required,
      ),
    }),
    tags: tags(),
    workspaceCapping: block({ dailyQuotaGb: num({ min: -1 }) }),
    createdDate: out("{now}"),
    customerId: out("{uuid}"),
    etag,
    modifiedDate: out("{now}", { changesWith: "*" }),
    privateLinkScopedResources: outJson("list", []),
    provisioningState: out("Succeeded"),
    systemData,
  },
  rules: [
    rule(
      "new workspaces have one of today's prices",
      { property: "sku.name", present: true },
      { property: "sku.name", in: ["PerGB2018", "CapacityReservation", "LACluster"] },
      "BadRequest: `sku.name`: the legacy pricing tiers are closed: PerGB2018, CapacityReservation or LACluster",
      `${LOGS}cost-logs#legacy-pricing-tiers`,
    ),
    rule(
      "logs are kept for 30 days to two years",
      { property: "retentionInDays", present: true },
      { property: "retentionInDays", atLeast: 30 },
      "BadRequest: `retentionInDays` of this tier is from 30 to 730",
      `${LOGS}data-retention-configure`,
    ),
    rule(
      "a reservation has a level",
      { property: "sku.name", equals: "CapacityReservation" },
      { property: "sku.capacityReservationLevel", present: true },
      "BadRequest: `sku.capacityReservationLevel` is required for CapacityReservation",
      `${LOGS}cost-logs#commitment-tiers`,
    ),
    rule(
      "a daily limit is none or more than nothing",
      { property: "workspaceCapping.dailyQuotaGb", present: true },
      {
        any: [
          { property: "workspaceCapping.dailyQuotaGb", equals: -1 },
          { property: "workspaceCapping.dailyQuotaGb", atLeast: 0.023 },
        ],
      },
      "BadRequest: `workspaceCapping.dailyQuotaGb` must be -1 (none) or at least 0.023",
      `${LOGS}daily-cap`,
    ),
  ],
  seconds: { create: 10, update: 5, delete: 10 },
});

const component = arm({
  token: COMPONENT,
  kind: "Microsoft.Insights/components",
  api: "2020-02-02",
  named: { property: "resourceName", pattern: "[^%&\\\\?/]{0,259}[^%&\\\\?/ .]", maxLength: 260 },
  properties: {
    applicationType: oneOf(["web", "other"], required),
    disableIpMasking: bool(),
    disableLocalAuth: bool(),
    flowType: oneOf(["Bluefield"]),
    forceCustomerStorageForProfiler: bool(),
    hockeyAppId: str(),
    immediatePurgeDataOn30Days: bool(),
    ingestionMode: oneOf([
      "ApplicationInsights",
      "ApplicationInsightsWithDiagnosticSettings",
      "LogAnalytics",
    ]),
    kind: str({ required: true, pattern: "web|ios|other|store|java|phone", example: "web" }),
    location,
    publicNetworkAccessForIngestion: access,
    publicNetworkAccessForQuery: access,
    requestSource: oneOf(["rest"]),
    retentionInDays: int({ enum: [30, 60, 90, 120, 180, 270, 365, 550, 730] }),
    samplingPercentage: num({ min: 0, max: 100 }),
    tags: tags(),
    workspaceResourceId: str({ ref: held(WORKSPACE) }),
    appId: out("{uuid}"),
    applicationId: out("{resourceName}"),
    connectionString: out(
      "InstrumentationKey={instrumentationKey};IngestionEndpoint=https://{location}-1.in.applicationinsights.azure.com/;LiveEndpoint=https://{location}.livediagnostics.monitor.azure.com/;ApplicationId={appId}",
    ),
    creationDate: out("{now}"),
    etag,
    hockeyAppToken: out(""),
    instrumentationKey: out("{uuid}"),
    laMigrationDate: out("{now}"),
    privateLinkScopedResources: outJson("list", []),
    provisioningState: out("Succeeded"),
    tenantId: out("{tenant}"),
  },
  rules: [
    rule(
      "a component keeps its data in a workspace",
      undefined,
      { property: "workspaceResourceId", present: true },
      "BadRequest: `workspaceResourceId` is required: classic Application Insights was retired on 29 February 2024",
      `${APP}convert-classic-resource`,
    ),
    rule(
      "a component with a workspace writes there",
      { property: "ingestionMode", present: true },
      { property: "ingestionMode", equals: "LogAnalytics" },
      "BadRequest: `ingestionMode` of a component with a workspace must be LogAnalytics",
      `${APP}create-workspace-resource`,
    ),
  ],
  seconds: { create: 10, update: 5, delete: 5 },
});

/** Where web tests run from: https://learn.microsoft.com/azure/azure-monitor/app/availability#location-population-tags */
const POPULATIONS = [
  "emea-au-syd-edge",
  "latam-br-gru-edge",
  "us-fl-mia-edge",
  "apac-hk-hkn-azr",
  "us-va-ash-azr",
  "emea-ch-zrh-edge",
  "emea-fr-pra-edge",
  "apac-jp-kaw-edge",
  "emea-gb-db3-azr",
  "us-il-ch1-azr",
  "us-tx-sn1-azr",
  "apac-sg-sin-azr",
  "emea-se-sto-edge",
  "emea-nl-ams-azr",
  "us-ca-sjc-azr",
  "emea-ru-msa-edge",
];
const kinds = ["ping", "multistep", "standard"];

const webTest = arm({
  token: WEB_TEST,
  kind: "Microsoft.Insights/webtests",
  api: "2022-06-15",
  named: { property: "webTestName", pattern: "[^%&\\\\?/]{0,259}[^%&\\\\?/ .]", maxLength: 260 },
  properties: {
    configuration: block({ webTest: str() }),
    description: str(),
    enabled: bool(),
    frequency: int({ enum: [300, 600, 900] }),
    kind: oneOf(kinds),
    location,
    locations: blocks({ location: oneOf(POPULATIONS) }, { required: true, minItems: 1, set: true }),
    request: block({
      followRedirects: bool(),
      headers: blocks({ headerFieldName: str(), headerFieldValue: str() }),
      httpVerb: oneOf(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
      parseDependentRequests: bool(),
      requestBody: str({ format: "base64" }),
      requestUrl: str({
        format: "url",
        pattern: "https?://.+",
        example: "https://gitlab.example.com/-/readiness",
      }),
    }),
    retryEnabled: bool(),
    syntheticMonitorId: str({ required: true, minLength: 1 }),
    tags: map({
      items: str({ maxLength: 256 }),
      maxItems: 50,
      example: {
        "hidden-link:/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/other/providers/Microsoft.Insights/components/one":
          "Resource",
      },
    }),
    timeout: int({ enum: [30, 60, 90, 120] }),
    validationRules: block({
      contentValidation: block({
        contentMatch: str(),
        ignoreCase: bool(),
        passIfTextFound: bool(),
      }),
      expectedHttpStatusCode: int({ min: 0, max: 599 }),
      ignoreHttpStatusCode: bool(),
      sSLCertRemainingLifetimeCheck: int({ min: 1, max: 365 }),
      sSLCheck: bool(),
    }),
    webTestKind: oneOf(kinds, {
      required: true,
      deviates: "ARM's `properties.Kind`, beside its own `kind`",
    }),
    provisioningState: out("Succeeded"),
  },
  rules: [
    rule(
      "a web test belongs to a component",
      undefined,
      {
        property: "tags{}",
        some: {
          property: ".",
          matches: "hidden-link:/subscriptions/.+/[Mm]icrosoft\\.[Ii]nsights/components/[^/]+",
        },
      },
      "BadRequest: A single 'hidden-link' tag pointing to an existing AI component is required: `tags` needs hidden-link:<component id> with the value Resource",
      "https://learn.microsoft.com/rest/api/application-insights/web-tests/create-or-update",
    ),
    rule(
      "both kinds say the same",
      { property: "kind", present: true },
      { property: "kind", allAmong: ["webTestKind"] },
      "BadRequest: `kind` and `webTestKind` must be the same",
      AVAILABILITY,
    ),
    rule(
      "tests of a standard kind have a request",
      { property: "webTestKind", equals: "standard" },
      {
        all: [
          { property: "request.requestUrl", present: true },
          { property: "configuration", present: false },
        ],
      },
      "BadRequest: `request.requestUrl` is required for webTestKind standard, and `configuration` is not allowed",
      AVAILABILITY,
    ),
    rule(
      "the old kinds are not made any more",
      undefined,
      { property: "webTestKind", equals: "standard" },
      "BadRequest: `webTestKind` must be standard: multistep tests are retired, and URL ping tests end in September 2026",
      `${APP}availability#migrate-classic-url-ping-tests-to-standard-tests`,
    ),
    rule(
      "certificates are looked at over TLS",
      { property: "validationRules.sSLCheck", equals: true },
      { property: "request.requestUrl", matches: "https://.+" },
      "BadRequest: `validationRules.sSLCheck` needs an https address",
      AVAILABILITY,
    ),
    rule(
      "a certificate's lifetime is looked at with the certificate",
      { property: "validationRules.sSLCertRemainingLifetimeCheck", present: true },
      { property: "validationRules.sSLCheck", equals: true },
      "BadRequest: `validationRules.sSLCertRemainingLifetimeCheck` needs sSLCheck",
      AVAILABILITY,
    ),
    rule(
      "a test runs from each place once",
      undefined,
      { property: "locations[].location", distinct: true },
      "BadRequest: `locations` names a place twice",
      AVAILABILITY,
    ),
    rule(
      "only some methods have a body",
      { property: "request.requestBody", present: true },
      { property: "request.httpVerb", in: ["POST", "PUT", "PATCH"] },
      "BadRequest: `request.requestBody` needs another httpVerb than GET",
      AVAILABILITY,
    ),
    ...unchangeable(["webTestKind", "syntheticMonitorId"], AVAILABILITY),
  ],
  seconds: { create: 3, update: 3, delete: 3 },
});

export const models: readonly ResourceModel[] = [workspace, component, webTest];
