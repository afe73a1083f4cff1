/** Elastic Load Balancing: target groups. */
import type { ResourceModel, Rule } from "../../model";
import {
  arnOf,
  block,
  blocks,
  bool,
  int,
  named,
  newer,
  oneOf,
  out,
  outJson,
  region,
  registry,
  str,
  TARGET_GROUP,
  VPC,
} from "./common";
import { onOff, names, hash } from "./lb-names";
import { BALANCING_GUIDE, BALANCING_API } from "./pages";

const web = ["HTTP", "HTTPS"];

const hasTargets = { property: "targetType", in: ["instance", "ip", "alb"] };

const health = (name: string): string => `healthCheck.${name}`;

/** What provider and cloud check of a target group. */
const targetGroupRules: readonly Rule[] = [
  ...["port", "protocol", "vpcId"].map((property) => ({
    name: `targets other than functions need ${property}`,
    when: hasTargets,
    then: { property, present: true },
    message: `${property}: required when targetType is instance, ip or alb`,
    source: registry("lb/targetgroup"),
  })),
  {
    name: "targets of HTTP groups are not checked by TCP",
    when: { property: "protocol", in: web },
    then: { not: { property: health("protocol"), equals: "TCP" } },
    message:
      "healthCheck.protocol: TCP is not supported if the protocol of the target group is HTTP or HTTPS",
    source: registry("lb/targetgroup"),
  },
  ...["path", "matcher"].map((field) => ({
    name: `${field} is for HTTP checks`,
    when: {
      all: [
        { property: health("protocol"), equals: "TCP" },
        { property: health(field), matches: ".+" },
      ],
    },
    then: { property: "targetType", equals: "lambda" },
    message: `healthCheck.${field}: not supported for target groups with health checks by TCP`,
    source: registry("lb/targetgroup"),
  })),
  {
    name: "a health check ends before the next begins",
    when: { property: health("timeout"), present: true },
    then: { property: health("interval"), atLeastProperty: health("timeout"), plus: 1 },
    message: "ValidationError: healthCheck.interval must be greater than healthCheck.timeout",
    source: `${BALANCING_API}API_CreateTargetGroup.html`,
    at: "apply",
  },
  {
    name: "slow start takes half a minute at least",
    when: { property: "slowStart", atLeast: 1 },
    then: { property: "slowStart", atLeast: 30 },
    message: "slowStart: expected 0 (off) or from 30 to 900 seconds",
    source: registry("lb/targetgroup"),
  },
  {
    name: "slow start, algorithms and protocol versions are for HTTP",
    when: {
      any: [
        { property: "slowStart", atLeast: 1 },
        { property: "protocolVersion", present: true },
        { property: "loadBalancingAlgorithmType", present: true },
      ],
    },
    then: { property: "protocol", in: web },
    message:
      "ValidationError: slowStart, protocolVersion and loadBalancingAlgorithmType need protocol HTTP or HTTPS",
    source: `${BALANCING_GUIDE}application/load-balancer-target-groups.html`,
    at: "apply",
  },
  {
    name: "mitigation goes with weighted choice",
    when: { property: "loadBalancingAnomalyMitigation", equals: "on" },
    then: { property: "loadBalancingAlgorithmType", equals: "weighted_random" },
    message:
      "ValidationError: loadBalancingAnomalyMitigation needs loadBalancingAlgorithmType weighted_random",
    source: `${BALANCING_GUIDE}application/load-balancer-target-groups.html#automatic-target-weights`,
    at: "apply",
  },
  {
    name: "connection settings are for network load balancers",
    when: {
      any: [
        { property: "connectionTermination", equals: true },
        { property: "preserveClientIp", present: true },
        { property: "proxyProtocolV2", equals: true },
      ],
    },
    then: { property: "protocol", in: ["TCP", "TCP_UDP", "TLS", "UDP", "QUIC", "TCP_QUIC"] },
    message:
      "InvalidConfigurationRequest: connectionTermination, preserveClientIp and proxyProtocolV2 are supported for target groups of network load balancers only",
    source: `${BALANCING_GUIDE}network/load-balancer-target-groups.html`,
    at: "apply",
  },
  {
    name: "datagrams keep the client's address",
    when: {
      all: [
        { property: "protocol", in: ["UDP", "TCP_UDP", "QUIC", "TCP_QUIC"] },
        { property: "preserveClientIp", present: true },
      ],
    },
    then: { property: "preserveClientIp", equals: "true" },
    message: "InvalidConfigurationRequest: preserveClientIp can't be false for UDP and TCP_UDP",
    source: `${BALANCING_GUIDE}network/load-balancer-target-groups.html#client-ip-preservation`,
    at: "apply",
  },
  {
    name: "cookies are for HTTP",
    when: { property: "stickiness.type", in: ["lb_cookie", "app_cookie"] },
    then: {
      any: [
        { property: "protocol", in: web },
        { property: "stickiness.enabled", equals: false },
      ],
    },
    message: "InvalidConfigurationRequest: stickiness.type by cookie needs protocol HTTP or HTTPS",
    source: `${BALANCING_GUIDE}application/sticky-sessions.html`,
    at: "apply",
  },
  {
    name: "source addresses are for TCP and UDP",
    when: { property: "stickiness.type", equals: "source_ip" },
    then: {
      any: [
        { property: "protocol", in: ["TCP", "UDP", "TCP_UDP"] },
        { property: "stickiness.enabled", equals: false },
      ],
    },
    message: "InvalidConfigurationRequest: stickiness.type source_ip needs TCP, UDP or TCP_UDP",
    source: `${BALANCING_GUIDE}network/load-balancer-target-groups.html#sticky-sessions`,
    at: "apply",
  },
  {
    name: "a cookie of the application has a name",
    when: { property: "stickiness.type", equals: "app_cookie" },
    then: { property: "stickiness.cookieName", present: true },
    message: "ValidationError: stickiness.cookieName is required for app_cookie",
    source: `${BALANCING_GUIDE}application/sticky-sessions.html`,
    at: "apply",
  },
];

/** Targets of one port and protocol, and how their health is known. */
export const targetGroup: ResourceModel = {
  token: TARGET_GROUP,
  source: registry("lb/targetgroup"),
  schema: "aws_lb_target_group",
  id: "{arn}",
  tags: true,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 32 },
  properties: {
    region,
    connectionTermination: bool({ optionalComputed: true, value: { json: false } }),
    deregistrationDelay: int({
      default: 300,
      min: 0,
      max: 3600,
      deviates: "text in the Terraform provider, a number in Pulumi's SDK",
    }),
    healthCheck: block(
      {
        enabled: bool({ default: true }),
        healthyThreshold: int({ default: 3, min: 2, max: 10 }),
        interval: int({ default: 30, min: 5, max: 300 }),
        matcher: str({ optionalComputed: true, pattern: "(\\d{1,3}([,-]\\d{1,3})*)?" }),
        path: str({ optionalComputed: true, maxLength: 1024, pattern: "(/.*)?" }),
        port: str({ default: "traffic-port", pattern: "traffic-port|[1-9]\\d{0,4}" }),
        protocol: oneOf(["HTTP", "HTTPS", "TCP"], { default: "HTTP" }),
        timeout: int({ optionalComputed: true, min: 2, max: 120 }),
        unhealthyThreshold: int({ default: 3, min: 2, max: 10 }),
      },
      { optionalComputed: true },
    ),
    ipAddressType: oneOf(["ipv4", "ipv6"], {
      optionalComputed: true,
      value: "ipv4",
      replace: true,
    }),
    lambdaMultiValueHeadersEnabled: bool(),
    loadBalancingAlgorithmType: oneOf(
      ["round_robin", "least_outstanding_requests", "weighted_random"],
      {
        optionalComputed: true,
        value: {
          cases: [{ when: { property: "protocol", in: web }, value: "round_robin" }, { value: "" }],
        },
      },
    ),
    loadBalancingAnomalyMitigation: onOff({
      optionalComputed: true,
      value: {
        cases: [{ when: { property: "protocol", in: web }, value: "off" }, { value: "" }],
      },
      ...newer,
    }),
    loadBalancingCrossZoneEnabled: oneOf(["true", "false", "use_load_balancer_configuration"], {
      optionalComputed: true,
      value: "use_load_balancer_configuration",
    }),
    ...names(),
    port: int({ replace: true, min: 1, max: 65535 }),
    preserveClientIp: oneOf(["true", "false"], { optionalComputed: true, value: "" }),
    protocol: oneOf(
      ["GENEVE", "HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP", "QUIC", "TCP_QUIC"],
      { replace: true },
    ),
    protocolVersion: oneOf(["GRPC", "HTTP1", "HTTP2"], {
      optionalComputed: true,
      value: {
        cases: [{ when: { property: "protocol", in: web }, value: "HTTP1" }, { value: "" }],
      },
      replace: true,
    }),
    proxyProtocolV2: bool(),
    slowStart: int({ min: 0, max: 900 }),
    stickiness: block(
      {
        cookieDuration: int({ default: 86400, min: 0, max: 604800 }),
        cookieName: str({ pattern: "(?!AWSALB)[^\\s;,]+", example: "_gitlab_session" }),
        enabled: bool({ default: true }),
        type: oneOf(
          ["lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"],
          { required: true },
        ),
      },
      { optionalComputed: true },
    ),
    targetControlPort: int({ min: 1, max: 65535, replace: true, ...newer }),
    targetFailovers: blocks(
      {
        onDeregistration: oneOf(["no_rebalance", "rebalance"], { required: true }),
        onUnhealthy: oneOf(["no_rebalance", "rebalance"], { required: true }),
      },
      { optionalComputed: true, value: { json: [] } },
    ),
    targetGroupHealth: block(
      {
        dnsFailover: block({
          minimumHealthyTargetsCount: str({ pattern: "off|[1-9]\\d*" }),
          minimumHealthyTargetsPercentage: str({ pattern: "off|[1-9]\\d?|100" }),
        }),
        unhealthyStateRouting: block({
          minimumHealthyTargetsCount: int({ min: 1 }),
          minimumHealthyTargetsPercentage: str({ pattern: "off|[1-9]\\d?|100" }),
        }),
      },
      { optionalComputed: true, ...newer },
    ),
    targetHealthStates: blocks(
      {
        enableUnhealthyConnectionTermination: bool({ required: true }),
        unhealthyDrainingInterval: int({ min: 0, max: 360000, ...newer }),
      },
      { optionalComputed: true, value: { json: [] } },
    ),
    targetType: oneOf(["instance", "ip", "lambda", "alb"], { replace: true, default: "instance" }),
    vpcId: str({ replace: true, ref: named(VPC) }),
    arn: out(arnOf("elasticloadbalancing", "{arnSuffix}")),
    arnSuffix: out(hash("targetgroup")),
    loadBalancerArns: outJson("list", [], { items: str(), set: true, ...newer }),
  },
  unique: [
    { properties: ["name"], scope: "region", source: `${BALANCING_API}API_CreateTargetGroup.html` },
  ],
  rules: targetGroupRules,
};
