import * as lb from "@pulumi/aws/lb";
import * as route53 from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { AwsBucket, bucketName, loadBalancerLogStatements } from "../object-storage/aws";
import type { Site } from "../shared/site";

/** Arguments of WebBalancer. */
export interface WebBalancerArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly webHost: string;
  readonly registryHost: string;
  /** Public hosted zone of both hosts. */
  readonly zoneId: pulumi.Input<string>;
  /** An issued certificate for both hosts. */
  readonly certificateArn: pulumi.Input<string>;
  readonly accessLogDays: number;
}

/**
 * TLS 1.2 with forward secrecy, or 1.3
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html).
 */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/**
 * Seconds that a connection may be silent. Below the 65 s after which nginx in the container closes one (Omnibus:
 * `nginx['keepalive_timeout']`): a load balancer that reuses a connection which its target is just closing answers 502
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html). Git is never
 * silent as long: both sides send a keep-alive every 5 s while they compute (git-config: uploadpack.keepAlive,
 * receive.keepAlive).
 */
const idleSeconds = 60;

/** HTTPS for GitLab's web pages and its container registry. */
export class WebBalancer extends Component {
  readonly arnSuffix: pulumi.Output<string>;
  readonly webTargets: lb.TargetGroup;
  readonly registryTargets: lb.TargetGroup;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: WebBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("edge", "WebBalancer", name, { host: args.webHost }, opts);
    const own = { parent: this };
    const logBucket = bucketName(args.site, args.accountId, "access-logs");
    const logs = new AwsBucket(
      `${name}-logs`,
      {
        site: args.site,
        bucket: logBucket,
        holdsData: false,
        // Load balancers write to buckets with S3's own keys only.
        encryption: "s3",
        expireDays: args.accessLogDays,
        noncurrentDays: 1,
        statements: [...loadBalancerLogStatements(logBucket, "web", args.accountId)],
      },
      own,
    );
    const balancer = new lb.LoadBalancer(
      `${name}-lb`,
      {
        loadBalancerType: "application",
        internal: false,
        ipAddressType: "ipv4",
        subnets: args.subnetIds,
        securityGroups: [args.securityGroupId],
        idleTimeout: idleSeconds,
        enableHttp2: true,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "defensive",
        enableDeletionProtection: args.site.protection,
        accessLogs: { bucket: logs.bucketName, prefix: "web", enabled: true },
        tags: { Name: `${args.site.prefix}-web` },
      },
      // The load balancer writes a test object when logs are turned on: the policy must stand.
      { ...own, dependsOn: logs.ready },
    );
    const targets = (what: string, port: number, check: { path: string; matcher: string }) =>
      new lb.TargetGroup(
        `${name}-${what}`,
        {
          vpcId: args.vpcId,
          targetType: "instance",
          protocol: "HTTP",
          port,
          // Clones and pushes that are under way when a machine goes may end in five minutes.
          deregistrationDelay: 300,
          // No slow start: a node is healthy only once Puma has loaded the application.
          slowStart: 0,
          loadBalancingAlgorithmType: "least_outstanding_requests",
          healthCheck: {
            protocol: "HTTP",
            port: "traffic-port",
            path: check.path,
            matcher: check.matcher,
            interval: 15,
            timeout: 10,
            healthyThreshold: 2,
            unhealthyThreshold: 4,
          },
          tags: { Name: `${args.site.prefix}-${what}` },
        },
        own,
      );
    // Not `?all=1`: that answers for database, Redis and Gitaly too, so a database failover would have every node
    // replaced (docs.gitlab.com/administration/monitoring/health_check).
    const web = targets("app", 80, { path: "/-/readiness", matcher: "200" });
    // The registry's API asks for a token first: 401 is its sign of life (distribution.github.io/distribution/spec/api).
    const registry = targets("registry", 5050, { path: "/v2/", matcher: "200,401" });

    const redirect = new lb.Listener(
      `${name}-http`,
      {
        loadBalancerArn: balancer.arn,
        port: 80,
        protocol: "HTTP",
        defaultActions: [
          {
            type: "redirect",
            redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" },
          },
        ],
      },
      own,
    );
    const https = new lb.Listener(
      `${name}-https`,
      {
        loadBalancerArn: balancer.arn,
        port: 443,
        protocol: "HTTPS",
        sslPolicy: tlsPolicy,
        certificateArn: args.certificateArn,
        // A host that is neither of ours reaches no machine: GitLab builds links from the Host header.
        defaultActions: [
          {
            type: "fixed-response",
            fixedResponse: {
              contentType: "text/plain",
              statusCode: "404",
              messageBody: "Not found",
            },
          },
        ],
      },
      own,
    );
    const rule = (what: string, priority: number, host: string, group: lb.TargetGroup) =>
      new lb.ListenerRule(
        `${name}-${what}`,
        {
          listenerArn: https.arn,
          priority,
          conditions: [{ hostHeader: { values: [host] } }],
          actions: [{ type: "forward", targetGroupArn: group.arn }],
        },
        own,
      );
    const rules = [
      rule("app", 10, args.webHost, web),
      rule("registry", 20, args.registryHost, registry),
    ];
    const names = (
      [
        ["app", args.webHost],
        ["registry", args.registryHost],
      ] as const
    ).map(
      ([what, host]) =>
        new route53.Record(
          `${name}-${what}`,
          {
            zoneId: args.zoneId,
            name: host,
            type: "A",
            aliases: [
              { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true },
            ],
          },
          own,
        ),
    );
    this.arnSuffix = balancer.arnSuffix;
    this.webTargets = web;
    this.registryTargets = registry;
    this.ready = [redirect, https, ...rules, ...names];
    this.registerOutputs({ arnSuffix: this.arnSuffix });
  }
}
