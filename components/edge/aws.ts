import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** What a target group sends on: the machines of one role attach to those of their role. */
export type EdgeTarget = "web" | "registry" | "ssh" | "gitaly" | "internalApi";

/** Arguments of AwsEdge. */
export interface AwsEdgeArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /**
   * With both, an internal load balancer leads to Gitaly (with `single` for the backup machine alone); only with
   * `distributed` does it also lead Gitaly back to the application.
   */
  readonly topology: "distributed" | "single";
  readonly vpcId: pulumi.Input<string>;
  readonly publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly webHost: string;
  readonly registryHost: string;
  readonly sshHost: string;
  /** Public hosted zone that holds the three hosts' names. */
  readonly publicZoneId: string;
  readonly internalZoneId: pulumi.Input<string>;
  /** For example `gitlab-aws.internal`. */
  readonly internalDomain: string;
  /** Security groups of the load balancers: HTTPS, Git over SSH, internal. */
  readonly securityGroupIds: Readonly<Record<"web" | "ssh" | "internal", pulumi.Input<string>>>;
  /** Days that access logs are kept. @default 90 */
  readonly accessLogDays?: number;
}

/** What the outside sees of GitLab, and the names that its machines call each other by. */
export class AwsEdge extends Component {
  readonly url: string;
  readonly registryUrl: string;
  readonly sshHost: string;
  /** Names within the VPC; `gitaly` and `internalApi` target groups stand behind them. */
  readonly internal: {
    readonly gitalyHost: string;
    readonly gitalyPort: 8075;
    /** `http://app.<internal domain>:8080`. */
    readonly apiUrl: string;
  };
  /** With topology `single`, `internalApi` is absent. */
  readonly targetGroupArns: Readonly<
    Record<"web" | "registry" | "ssh" | "gitaly", pulumi.Output<string>> &
      Partial<Record<"internalApi", pulumi.Output<string>>>
  >;
  /** As metrics have them: `targetgroup/…`. */
  readonly targetGroupSuffixes: Readonly<
    Record<"web" | "registry" | "ssh" | "gitaly", pulumi.Output<string>> &
      Partial<Record<"internalApi", pulumi.Output<string>>>
  >;
  /** As metrics have them: `app/…`, `net/…`. */
  readonly loadBalancerSuffixes: Readonly<
    Record<"web" | "ssh" | "internal", pulumi.Output<string>>
  >;
  readonly certificateArn: pulumi.Output<string>;
  /** Listeners, rules and names: an Auto Scaling group that waits for healthy targets needs them. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsEdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("edge", "AwsEdge", name, { host: args.webHost, topology: args.topology }, opts);
    const nothing = pulumi.output("");
    const distributed = args.topology === "distributed";
    this.url = `https://${args.webHost}`;
    this.registryUrl = `https://${args.registryHost}`;
    this.sshHost = args.sshHost;
    this.internal = {
      gitalyHost: `gitaly.${args.internalDomain}`,
      gitalyPort: 8075,
      apiUrl: `http://app.${args.internalDomain}:8080`,
    };
    this.targetGroupArns = {
      web: nothing,
      registry: nothing,
      ssh: nothing,
      gitaly: nothing,
      ...(distributed ? { internalApi: nothing } : {}),
    };
    this.targetGroupSuffixes = this.targetGroupArns;
    this.loadBalancerSuffixes = {
      web: nothing,
      ssh: nothing,
      internal: nothing,
    };
    this.certificateArn = nothing;
    this.ready = [];
    this.registerOutputs({});
  }
}
