import * as lb from "@pulumi/aws/lb";
import * as route53 from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** Arguments of SshBalancer. */
export interface SshBalancerArgs {
  readonly site: Site;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  /** Public host of Git over SSH. */
  readonly host: string;
  /** Public hosted zone of the host. */
  readonly zoneId: pulumi.Input<string>;
}

/**
 * Git over SSH, under a name of its own: an application load balancer takes no SSH. It passes on who the client is, so
 * that GitLab's log and its rate limits see people and not the load balancer.
 */
export class SshBalancer extends Component {
  readonly arnSuffix: pulumi.Output<string>;
  readonly targets: lb.TargetGroup;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: SshBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("edge", "SshBalancer", name, { host: args.host }, opts);
    const own = { parent: this };
    const balancer = new lb.LoadBalancer(
      `${name}-lb`,
      {
        loadBalancerType: "network",
        internal: false,
        ipAddressType: "ipv4",
        subnets: args.subnetIds,
        // Can't be added to a load balancer that was made without one
        // (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
        securityGroups: [args.securityGroupId],
        // Fewer nodes than zones: without it, a zone with no node would take connections and drop them.
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: args.site.protection,
        tags: { Name: `${args.site.prefix}-ssh` },
      },
      own,
    );
    const targets = new lb.TargetGroup(
      `${name}-git`,
      {
        vpcId: args.vpcId,
        targetType: "instance",
        protocol: "TCP",
        port: 22,
        preserveClientIp: "true",
        deregistrationDelay: 300,
        healthCheck: {
          protocol: "TCP",
          port: "traffic-port",
          interval: 15,
          timeout: 10,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
        },
        tags: { Name: `${args.site.prefix}-ssh` },
      },
      own,
    );
    const listener = new lb.Listener(
      `${name}-tcp`,
      {
        loadBalancerArn: balancer.arn,
        port: 22,
        protocol: "TCP",
        // A clone may be silent for long while the server packs: an hour instead of the usual 350 s.
        tcpIdleTimeoutSeconds: 3600,
        defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
      },
      own,
    );
    const record = new route53.Record(
      `${name}-host`,
      {
        zoneId: args.zoneId,
        name: args.host,
        type: "A",
        aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
      },
      own,
    );
    this.arnSuffix = balancer.arnSuffix;
    this.targets = targets;
    this.ready = [listener, record];
    this.registerOutputs({ arnSuffix: this.arnSuffix });
  }
}
