import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import { Certificate } from "./certificate-aws";
import { InternalBalancer } from "./internal-balancer-aws";
import { SshBalancer } from "./ssh-balancer-aws";
import { WebBalancer } from "./web-balancer-aws";

/** What a target group sends on: machines attach to those of their role. */
export type EdgeTarget = "web" | "registry" | "ssh" | "gitaly" | "internalApi";

/** Arguments of AwsEdge. */
export interface AwsEdgeArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** `distributed`: Gitaly calls the application through the internal load balancer; `single`: it is on the same machine. */
  readonly topology: "distributed" | "single";
  readonly vpcId: pulumi.Input<string>;
  readonly publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly webHost: string;
  readonly registryHost: string;
  readonly sshHost: string;
  /** Public hosted zone that holds the three hosts' names. */
  readonly publicZoneId: pulumi.Input<string>;
  readonly internalZoneId: pulumi.Input<string>;
  /** For example `gitlab-aws.internal`. */
  readonly internalDomain: string;
  /** Security groups of the load balancers: HTTPS, Git over SSH, internal. */
  readonly securityGroupIds: Readonly<Record<"web" | "ssh" | "internal", pulumi.Input<string>>>;
  /** Days that access logs are kept. @default 90 */
  readonly accessLogDays?: number;
}

/** One output for each purpose; `internalApi` is absent where the topology is `single`. */
type ByTarget = Readonly<
  Record<Exclude<EdgeTarget, "internalApi">, pulumi.Output<string>> &
    Partial<Record<"internalApi", pulumi.Output<string>>>
>;

/**
 * What the outside sees of GitLab, and the names that its machines call each other by: an application load balancer
 * with TLS for the web pages and the registry, a network load balancer for Git over SSH under a name of its own, and an
 * internal one in front of Gitaly and, for Gitaly's hooks, of the application.
 */
export class AwsEdge extends Component {
  readonly url: string;
  readonly registryUrl: string;
  readonly sshHost: string;
  /** Names within the VPC; the target groups `gitaly` and `internalApi` stand behind them. */
  readonly internal: {
    readonly gitalyHost: string;
    readonly gitalyPort: 8075;
    /** `http://app.<internal domain>:8080`; leads nowhere where the topology is `single`. */
    readonly apiUrl: string;
  };
  readonly targetGroupArns: ByTarget;
  /** As metrics have them: `targetgroup/…`. */
  readonly targetGroupSuffixes: ByTarget;
  /** As metrics have them: `app/…`, `net/…`. */
  readonly loadBalancerSuffixes: Readonly<
    Record<"web" | "ssh" | "internal", pulumi.Output<string>>
  >;
  readonly certificateArn: pulumi.Output<string>;
  /** Listeners, rules and names: an Auto Scaling group that waits for healthy targets needs them. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsEdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("edge", "AwsEdge", name, { host: args.webHost, topology: args.topology }, opts);
    const own = { parent: this };
    const certificate = new Certificate(
      `${name}-certificate`,
      { site: args.site, hosts: [args.webHost, args.registryHost], zoneId: args.publicZoneId },
      own,
    );
    const web = new WebBalancer(
      `${name}-web`,
      {
        site: args.site,
        accountId: args.accountId,
        vpcId: args.vpcId,
        subnetIds: args.publicSubnetIds,
        securityGroupId: args.securityGroupIds.web,
        webHost: args.webHost,
        registryHost: args.registryHost,
        zoneId: args.publicZoneId,
        certificateArn: certificate.validatedArn,
        accessLogDays: args.accessLogDays ?? 90,
      },
      own,
    );
    const ssh = new SshBalancer(
      `${name}-ssh`,
      {
        site: args.site,
        vpcId: args.vpcId,
        subnetIds: args.publicSubnetIds,
        securityGroupId: args.securityGroupIds.ssh,
        host: args.sshHost,
        zoneId: args.publicZoneId,
      },
      own,
    );
    const internal = new InternalBalancer(
      `${name}-int`,
      {
        site: args.site,
        application: args.topology === "distributed",
        vpcId: args.vpcId,
        subnetIds: args.privateSubnetIds,
        securityGroupId: args.securityGroupIds.internal,
        domain: args.internalDomain,
        zoneId: args.internalZoneId,
      },
      own,
    );

    this.url = `https://${args.webHost}`;
    this.registryUrl = `https://${args.registryHost}`;
    this.sshHost = args.sshHost;
    this.internal = internal.names;
    const groups = {
      web: web.webTargets,
      registry: web.registryTargets,
      ssh: ssh.targets,
      gitaly: internal.gitalyTargets,
      ...(internal.apiTargets === undefined ? {} : { internalApi: internal.apiTargets }),
    };
    const { internalApi, ...always } = groups;
    this.targetGroupArns = {
      web: always.web.arn,
      registry: always.registry.arn,
      ssh: always.ssh.arn,
      gitaly: always.gitaly.arn,
      ...(internalApi === undefined ? {} : { internalApi: internalApi.arn }),
    };
    this.targetGroupSuffixes = {
      web: always.web.arnSuffix,
      registry: always.registry.arnSuffix,
      ssh: always.ssh.arnSuffix,
      gitaly: always.gitaly.arnSuffix,
      ...(internalApi === undefined ? {} : { internalApi: internalApi.arnSuffix }),
    };
    this.loadBalancerSuffixes = {
      web: web.arnSuffix,
      ssh: ssh.arnSuffix,
      internal: internal.arnSuffix,
    };
    this.certificateArn = certificate.arn;
    this.ready = [...web.ready, ...ssh.ready, ...internal.ready];
    this.registerOutputs({ url: this.url, certificateArn: this.certificateArn });
  }
}
