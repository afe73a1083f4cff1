import type { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { AlarmFacts } from "./contract";

export { AwsAlertTopic, type AlertSubscription, type AwsAlertTopicArgs } from "./topic-aws";

/** Arguments of AwsAlerts: what is watched, by the names that its metrics have. */
export interface AwsAlertsArgs {
  readonly site: Site;
  /** Topic in the environment's region (AwsAlertTopic). */
  readonly topicArn: pulumi.Input<string>;
  /**
   * Provider of us-east-1 and a topic there: metrics of Route 53 health checks exist nowhere else
   * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html).
   */
  readonly global: { readonly provider: Provider; readonly topicArn: pulumi.Input<string> };
  /** Public host of GitLab's web pages. */
  readonly webHost: string;
  readonly topology: "distributed" | "single";
  /** From AwsEdge. */
  readonly loadBalancerSuffixes: Readonly<
    Record<"web" | "ssh", pulumi.Input<string>> & { readonly internal?: pulumi.Input<string> }
  >;
  /** From AwsEdge. */
  readonly targetGroupSuffixes: Readonly<
    Record<"web" | "registry" | "ssh", pulumi.Input<string>> &
      Partial<Record<"gitaly" | "internalApi", pulumi.Input<string>>>
  >;
  readonly certificateArn: pulumi.Input<string>;
  /** From AwsManagedData. */
  readonly database: {
    readonly identifier: pulumi.Input<string>;
    /** Full size, to say when it fills. */
    readonly maxStorageGiB: number;
    /** PostgreSQL's `max_connections`. */
    readonly maxConnections: number;
    readonly memoryGiB: number;
  };
  readonly cache: {
    readonly replicationGroupId: pulumi.Input<string>;
    readonly clusterIds: readonly pulumi.Input<string>[];
  };
  /** File systems by what they hold (`git`, `shared`); plain keys. @default none */
  readonly fileSystems?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Roles of machines that report to `GitLab/Nodes`, as they name themselves. */
  readonly nodeRoles: readonly string[];
}

/** Alarms for what kills the environment, each with its runbook. */
export class AwsAlerts extends Component {
  /** What the alarms say, for the docs and for tests. */
  readonly alarms: readonly AlarmFacts[];
  readonly alarmArns: pulumi.Output<string[]>;

  constructor(name: string, args: AwsAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerts", "AwsAlerts", name, { topology: args.topology }, opts);
    this.alarms = [];
    this.alarmArns = pulumi.output([]);
    this.registerOutputs({});
  }
}
