import * as lb from "@pulumi/aws/lb";
import * as route53 from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** Arguments of InternalBalancer. */
export interface InternalBalancerArgs {
  readonly site: Site;
  /** Whether the application is reached through it too: by Gitaly's hooks, where Gitaly is on a machine of its own. */
  readonly application: boolean;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly domain: string;
  /** Private hosted zone of the domain. */
  readonly zoneId: pulumi.Input<string>;
}

/** How one kind of target is checked and let go. */
interface TargetArgs {
  readonly port: number;
  readonly healthCheck: {
    readonly protocol: "TCP" | "HTTP";
    readonly path?: string;
    readonly matcher?: string;
  };
  readonly deregistrationSeconds: number;
}

/**
 * The way to Gitaly, whichever machine it is on, and for Gitaly's hooks the way to the application. Client addresses are
 * not kept: a machine that reaches itself through a load balancer which keeps them never gets an answer
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
 */
export class InternalBalancer extends Component {
  readonly arnSuffix: pulumi.Output<string>;
  readonly names: {
    readonly gitalyHost: string;
    readonly gitalyPort: 8075;
    readonly apiUrl: string;
  };
  readonly gitalyTargets: lb.TargetGroup;
  readonly apiTargets: lb.TargetGroup | undefined;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: InternalBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("edge", "InternalBalancer", name, { application: args.application }, opts);
    const own = { parent: this };
    const hosts = { gitaly: `gitaly.${args.domain}`, app: `app.${args.domain}` };
    const balancer = new lb.LoadBalancer(
      `${name}-lb`,
      {
        loadBalancerType: "network",
        internal: true,
        ipAddressType: "ipv4",
        subnets: args.subnetIds,
        securityGroups: [args.securityGroupId],
        // There is one Gitaly, in one zone: without it, only that zone could reach it.
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: args.site.protection,
        tags: { Name: `${args.site.prefix}-internal` },
      },
      own,
    );
    const ready: pulumi.Resource[] = [];
    const serve = (
      what: "gitaly" | "app",
      { port, healthCheck, deregistrationSeconds }: TargetArgs,
    ): lb.TargetGroup => {
      const targets = new lb.TargetGroup(
        `${name}-${what}`,
        {
          vpcId: args.vpcId,
          targetType: "instance",
          protocol: "TCP",
          port,
          preserveClientIp: "false",
          deregistrationDelay: deregistrationSeconds,
          // Clients keep connections for hours: they are cut when their machine goes, so that they find the next one.
          connectionTermination: true,
          healthCheck: {
            port: "traffic-port",
            interval: 10,
            timeout: 5,
            healthyThreshold: 2,
            unhealthyThreshold: 3,
            ...healthCheck,
          },
          tags: { Name: `${args.site.prefix}-${what}` },
        },
        own,
      );
      const listener = new lb.Listener(
        `${name}-${what}`,
        {
          loadBalancerArn: balancer.arn,
          port,
          protocol: "TCP",
          defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
        },
        own,
      );
      const record = new route53.Record(
        `${name}-${what}`,
        {
          zoneId: args.zoneId,
          name: hosts[what],
          type: "A",
          aliases: [
            // The one Gitaly being away must not take its name away: a name that is gone stays gone in caches.
            { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false },
          ],
        },
        own,
      );
      ready.push(listener, record);
      return targets;
    };
    this.gitalyTargets = serve("gitaly", {
      port: 8075,
      healthCheck: { protocol: "TCP" },
      // No successor can start before the holder has stopped: each second here is one without repositories.
      deregistrationSeconds: 10,
    });
    this.apiTargets = args.application
      ? serve("app", {
          port: 8080,
          healthCheck: { protocol: "HTTP", path: "/-/readiness", matcher: "200" },
          deregistrationSeconds: 60,
        })
      : undefined;
    this.arnSuffix = balancer.arnSuffix;
    this.names = {
      gitalyHost: hosts.gitaly,
      gitalyPort: 8075,
      apiUrl: `http://${hosts.app}:8080`,
    };
    this.ready = ready;
    this.registerOutputs({ arnSuffix: this.arnSuffix });
  }
}
