import * as monitoring from "@pulumi/gcp/monitoring";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { AlarmFacts } from "./contract";
import { gcpDataRules, type GcpDataFacts } from "./gcp-data";
import { machineMetrics, machineRules, metricType } from "./gcp-machine";
import { alertPolicies } from "./gcp-policies";
import type { GcpAlertRule } from "./gcp-rules";
import { siteRules, uptimeCheck } from "./gcp-site";

export type { GcpDataFacts } from "./gcp-data";
export type { GcpAlertRule, GcpLogMatch, GcpQuery, GcpThreshold } from "./gcp-rules";

/** Arguments of GcpAlertChannels. */
export interface GcpAlertChannelsArgs {
  readonly site: Site;
  /** Who is told. */
  readonly emails: readonly string[];
}

/** Where alarms of an environment in GCP are told. */
export class GcpAlertChannels extends Component {
  /** Names, as policies have them. */
  readonly names: readonly pulumi.Output<string>[];

  constructor(name: string, args: GcpAlertChannelsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerts", "GcpAlertChannels", name, { emails: args.emails.length }, opts);
    this.names = args.emails.map(
      (email) =>
        new monitoring.NotificationChannel(
          `${name}-${email.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}`,
          {
            displayName: `${args.site.prefix}: ${email}`,
            type: "email",
            labels: { email_address: email },
          },
          { parent: this },
        ).name,
    );
    this.registerOutputs({});
  }
}

/** Arguments of GcpAlerts. */
export interface GcpAlertsArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  /** From GcpAlertChannels. */
  readonly channels: readonly pulumi.Input<string>[];
  readonly webHost: string;
  /** From GcpManagedData. */
  readonly data: GcpDataFacts;
  /** Hours without a proven backup before the alarm. */
  readonly maxBackupAgeHours: number;
  /** Alarms that other components ask for. @default none */
  readonly more?: readonly GcpAlertRule[];
}

/** Alarms for what kills the environment, each with its runbook. */
export class GcpAlerts extends Component {
  /** What the alarms say, for the docs and for tests. */
  readonly alarms: readonly AlarmFacts[];

  /** @throws if a rule is wrong (see `checkGcpRules`) */
  constructor(name: string, args: GcpAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerts", "GcpAlerts", name, { channels: args.channels.length }, opts);
    const own = { parent: this };
    const uptime = uptimeCheck(
      `${name}-site`,
      {
        site: args.site,
        project: args.project,
        host: args.webHost,
        // Made by Rails: /-/health and its like answer the monitoring addresses only
        // (docs.gitlab.com/administration/monitoring/ip_allowlist).
        path: "/users/sign_in",
      },
      own,
    );
    // A policy on a metric that was never sent is refused: the machine's are said before there is a machine.
    const metrics = machineMetrics.map(
      (metric) =>
        new monitoring.MetricDescriptor(
          `${name}-${metric.name.replace(/_/g, "-")}`,
          {
            type: metricType(metric.name),
            displayName: `GitLab: ${metric.name}`,
            description: metric.summary,
            metricKind: "GAUGE",
            valueType: "DOUBLE",
            unit: metric.unit,
            labels: [
              { key: "environment", valueType: "STRING", description: "dev, ops" },
              ...(metric.label === undefined
                ? []
                : [
                    {
                      key: metric.label.key,
                      valueType: "STRING",
                      description: metric.label.summary,
                    },
                  ]),
            ],
          },
          own,
        ),
    );
    const rules = [
      ...siteRules(args.webHost, uptime.uptimeCheckId, {
        unreachable: "ops-site-unreachable",
        certificate: "ops-certificate-expiry",
      }),
      ...machineRules(args.maxBackupAgeHours),
      ...gcpDataRules(args.data, { database: "ops-database", cache: "ops-redis" }),
      ...(args.more ?? []),
    ];
    this.alarms = alertPolicies(name, rules, args, { ...own, dependsOn: metrics });
    this.registerOutputs({});
  }
}
