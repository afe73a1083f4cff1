import * as insights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import { Workspace } from "@pulumi/azure-native/operationalinsights/workspace";
import type * as pulumi from "@pulumi/pulumi";
import type { AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";
import { machineAlarms } from "./azure-machine";
import { alarmText, checkAzureRules, metricAlertInputs, severities } from "./azure-rules";
import type { AlarmFacts } from "./contract";

/** Arguments of AzureAlertTargets. */
export interface AzureAlertTargetsArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  /** Who is told. */
  readonly emails: readonly string[];
  /** Days that logs are kept, 30 to 730. @default 90 */
  readonly logDays?: number;
}

/** Whom alarms tell, and where logs go: made before what is watched, since the vault's log goes there too. */
export class AzureAlertTargets extends Component {
  readonly actionGroupId: pulumi.Output<string>;
  readonly workspaceId: pulumi.Output<string>;

  constructor(name: string, args: AzureAlertTargetsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerts", "AzureAlertTargets", name, { emails: args.emails.length }, opts);
    const own = { parent: this };
    const { resourceGroupName, location } = args.place;
    const group = new monitor.ActionGroup(
      `${name}-group`,
      {
        resourceGroupName,
        // Action groups are in no region (https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups).
        location: "Global",
        // Shown in messages; at most 12 characters.
        groupShortName: fixedName({ maxLength: 12 }, args.site.prefix),
        enabled: true,
        emailReceivers: args.emails.map((emailAddress, index) => ({
          name: `email-${index}`,
          emailAddress,
          useCommonAlertSchema: true,
        })),
      },
      own,
    );
    const workspace = new Workspace(
      `${name}-logs`,
      {
        resourceGroupName,
        location,
        sku: { name: "PerGB2018" },
        retentionInDays: args.logDays ?? 90,
        features: { enableLogAccessUsingOnlyResourcePermissions: true, disableLocalAuth: true },
      },
      own,
    );
    this.actionGroupId = group.id;
    this.workspaceId = workspace.id;
    this.registerOutputs({ actionGroupId: this.actionGroupId });
  }
}

/** Arguments of AzureAlerts. */
export interface AzureAlertsArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  readonly targets: AzureAlertTargets;
  readonly webHost: string;
  /** Id of the machine, the same for each that takes its place. */
  readonly machineId: string;
  /** The machine: an alarm on what is not there is refused. */
  readonly machine: readonly pulumi.Resource[];
  readonly maxBackupAgeHours: number;
}

/**
 * Where the site is looked at from: three continents, so that one of them alone is no reason to wake anybody
 * (https://learn.microsoft.com/azure/azure-monitor/app/availability#location-population-tags).
 */
const testLocations = [
  "us-va-ash-azr",
  "us-il-ch1-azr",
  "emea-nl-ams-azr",
  "emea-gb-db3-azr",
  "apac-sg-sin-azr",
];

/** Alarms for what kills the environment, each with its runbook. */
export class AzureAlerts extends Component {
  /** What the alarms say, for the docs and for tests. */
  readonly alarms: readonly AlarmFacts[];

  /** @throws if a rule is wrong (see `checkAzureRules`) */
  constructor(name: string, args: AzureAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, place, targets } = args;
    const rules = machineAlarms(args.maxBackupAgeHours);
    super("alerts", "AzureAlerts", name, { alarms: rules.length + 1 }, opts);
    checkAzureRules(rules);
    const own = { parent: this };
    const { resourceGroupName, location } = place;
    const actions = [{ actionGroupId: targets.actionGroupId }];
    // Metric alerts are in no region.
    const common = { resourceGroupName, location: "global", actions };
    for (const rule of rules) {
      new monitor.MetricAlert(
        `${name}-${rule.name}`,
        {
          ...common,
          ruleName: fixedName({ maxLength: 260 }, site.prefix, rule.name),
          ...metricAlertInputs(rule, site),
          // By its id and not its output: the alarm stays as it is when another machine takes the place.
          scopes: [args.machineId],
        },
        { ...own, dependsOn: [...args.machine] },
      );
    }

    const component = new insights.Component(
      `${name}-tests`,
      {
        resourceGroupName,
        location,
        kind: "web",
        applicationType: "web",
        ingestionMode: "LogAnalytics",
        workspaceResourceId: targets.workspaceId,
        // Nobody sends anything to it; tests have a way of their own.
        disableLocalAuth: true,
      },
      own,
    );
    const testName = fixedName({ maxLength: 64 }, site.prefix, "site");
    const test = new insights.WebTest(
      `${name}-site`,
      {
        resourceGroupName,
        location,
        webTestName: testName,
        // The API wants the name once more.
        syntheticMonitorId: testName,
        description: `https://${args.webHost}, as people reach it`,
        kind: "standard",
        webTestKind: "standard",
        enabled: true,
        frequency: 300,
        timeout: 30,
        retryEnabled: true,
        locations: testLocations.map((id) => ({ location: id })),
        request: {
          // Open to everybody, and made by Rails: /-/health and its like answer the monitoring addresses only
          // (docs.gitlab.com/administration/monitoring/ip_allowlist).
          requestUrl: `https://${args.webHost}/users/sign_in`,
          httpVerb: "GET",
          followRedirects: true,
          parseDependentRequests: false,
        },
        validationRules: {
          expectedHttpStatusCode: 200,
          ignoreHttpStatusCode: false,
          sSLCheck: true,
        },
        // How Azure knows which component the test belongs to.
        tags: component.id.apply((id) => ({ [`hidden-link:${id}`]: "Resource" })),
      },
      own,
    );
    const outside: AlarmFacts = {
      name: "site-unreachable",
      summary: `https://${args.webHost} can't be reached from the internet.`,
      severity: "page",
      runbook: "dev-site-unreachable",
    };
    new monitor.MetricAlert(
      `${name}-${outside.name}`,
      {
        ...common,
        ruleName: fixedName({ maxLength: 260 }, site.prefix, outside.name),
        description: alarmText(outside, site),
        severity: severities[outside.severity],
        enabled: true,
        autoMitigate: true,
        evaluationFrequency: "PT1M",
        windowSize: "PT15M",
        scopes: [test.id, component.id],
        criteria: {
          odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
          componentId: component.id,
          webTestId: test.id,
          failedLocationCount: 3,
        },
      },
      own,
    );
    this.alarms = [...rules, outside].map(({ name: rule, summary, severity, runbook }) => ({
      name: rule,
      summary,
      severity,
      runbook,
    }));
    this.registerOutputs({});
  }
}
