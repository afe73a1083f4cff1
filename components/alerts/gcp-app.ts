import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { AlarmFacts } from "./contract";
import { gcpClusterRules, gcpDatabaseBackupRule, type GcpClusterFacts } from "./gcp-cluster";
import { gcpDataRules, type GcpDataFacts } from "./gcp-data";
import { alertPolicies } from "./gcp-policies";
import type { GcpAlertRule } from "./gcp-rules";
import { siteRules, uptimeCheck } from "./gcp-site";

export type { GcpClusterFacts } from "./gcp-cluster";

/** Arguments of GcpAppAlerts. */
export interface GcpAppAlertsArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  /** From GcpAlertChannels. */
  readonly channels: readonly pulumi.Input<string>[];
  readonly webHost: string;
  /** A path that is open to everybody and answers 200. */
  readonly webPath: string;
  /** From GcpAppData. */
  readonly data: GcpDataFacts;
  /** Name of the Cloud SQL instance that is backed up: the primary. */
  readonly databaseInstance: string;
  readonly cluster: Omit<GcpClusterFacts, "project">;
  /** Alarms that other components ask for: the age of exports. */
  readonly more: readonly GcpAlertRule[];
}

/** Alarms for what kills an app in GKE, each with its runbook. */
export class GcpAppAlerts extends Component {
  /** What the alarms say, for the docs and for tests. */
  readonly alarms: readonly AlarmFacts[];

  /** @throws if a rule is wrong (see `checkGcpRules`) */
  constructor(name: string, args: GcpAppAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerts", "GcpAppAlerts", name, { channels: args.channels.length }, opts);
    const { project, site } = args;
    const own = { parent: this };
    const uptime = uptimeCheck(
      `${name}-site`,
      { site, project, host: args.webHost, path: args.webPath },
      own,
    );
    const page = (what: string) => `${site.environment}-${what}`;
    const rules = [
      ...siteRules(args.webHost, uptime.uptimeCheckId, {
        unreachable: page("site-unreachable"),
        certificate: page("certificate"),
      }),
      ...gcpDataRules(args.data, {
        database: page("database"),
        replicas: page("replicas"),
        cache: page("cache"),
      }),
      gcpDatabaseBackupRule(project, args.databaseInstance, page("exports")),
      ...gcpClusterRules(
        { ...args.cluster, project },
        {
          pods: page("pods"),
          nodes: page("nodes"),
          errors: page("web-errors"),
          migration: page("deployment"),
          exports: page("exports"),
        },
      ),
      ...args.more,
    ];
    this.alarms = alertPolicies(name, rules, args, own);
    this.registerOutputs({});
  }
}
