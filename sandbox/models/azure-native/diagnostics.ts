/** Diagnostic settings: where a resource's logs and metrics go. https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings */
import type { ResourceModel } from "../../model";
import {
  BACKUP_VAULT,
  BASTION,
  blocks,
  bool,
  foreignId,
  held,
  int,
  LEARN,
  named,
  NETWORK_INTERFACE,
  oneOf,
  out,
  PUBLIC_IP,
  registry,
  required,
  rule,
  SECURITY_GROUP,
  str,
  systemData,
  VAULT,
  VIRTUAL_NETWORK,
  WORKSPACE,
  block,
} from "./common";

const SETTINGS = `${LEARN}azure-monitor/essentials/diagnostic-settings`;
const token = "azure-native:monitor:DiagnosticSetting";

/** Kept for old storage accounts; Azure refuses a new one (`#storage-retention-deprecation`). */
const retentionPolicy = block({ days: int({ required: true, min: 0 }), enabled: bool(required) });

const diagnosticSetting: ResourceModel = {
  token,
  source: registry("monitor/diagnosticsetting"),
  schema: token,
  id: "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
  name: { property: "name", auto: true, digits: 8, separator: "", maxLength: 260 },
  properties: {
    eventHubAuthorizationRuleId: foreignId("Microsoft.EventHub/namespaces/authorizationRules"),
    eventHubName: str(),
    logAnalyticsDestinationType: oneOf(["Dedicated", "AzureDiagnostics"]),
    logs: blocks({
      category: str(),
      categoryGroup: oneOf(["audit", "allLogs"]),
      enabled: bool(required),
      retentionPolicy,
    }),
    marketplacePartnerId: str(),
    metrics: blocks({
      category: str(),
      enabled: bool(required),
      retentionPolicy,
      timeGrain: str(),
    }),
    name: str({ replace: true, minLength: 1, maxLength: 260, pattern: "[^<>*%&:\\\\?+/]+" }),
    resourceUri: str({
      required: true,
      replace: true,
      same: "lowercase",
      ref: [
        VAULT,
        BASTION,
        PUBLIC_IP,
        NETWORK_INTERFACE,
        SECURITY_GROUP,
        VIRTUAL_NETWORK,
        BACKUP_VAULT,
      ].map((type) => named(type)),
    }),
    serviceBusRuleId: str(),
    storageAccountId: foreignId("Microsoft.Storage/storageAccounts"),
    workspaceId: str({ same: "lowercase", ref: held(WORKSPACE) }),
    azureApiVersion: out("2021-05-01-preview"),
    systemData,
    type: out("Microsoft.Insights/diagnosticSettings"),
  },
  rules: [
    rule(
      "logs and metrics go somewhere",
      undefined,
      {
        any: [
          { property: "workspaceId", present: true },
          { property: "storageAccountId", present: true },
          { property: "eventHubAuthorizationRuleId", present: true },
          { property: "marketplacePartnerId", present: true },
        ],
      },
      "BadRequest: at least one destination is required: a workspace, a storage account, an event hub or a partner",
      SETTINGS,
    ),
    rule(
      "something is sent",
      undefined,
      {
        any: [
          { property: "logs[].enabled", equals: true },
          { property: "metrics[].enabled", equals: true },
        ],
      },
      "BadRequest: at least one category of logs or metrics must be enabled",
      SETTINGS,
    ),
  ],
  seconds: { create: 5, update: 5, delete: 3 },
};

export const models: readonly ResourceModel[] = [diagnosticSetting];
