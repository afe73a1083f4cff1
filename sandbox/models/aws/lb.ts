/** Elastic Load Balancing: load balancers and target groups. Listeners are in lb-listener.ts. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  block,
  blocks,
  blockSet,
  bool,
  BUCKET,
  ELASTIC_IP,
  held,
  id,
  int,
  LOAD_BALANCER,
  named,
  newer,
  oneOf,
  out,
  outJson,
  region,
  registry,
  securityGroupIds,
  set,
  str,
  subnetId,
  TARGET_GROUP,
  VPC,
} from "./common";
import { listeners } from "./lb-listener";

const guide = "https://docs.aws.amazon.com/elasticloadbalancing/latest/";
const api = `${guide}APIReference/`;

/** Up to 32 letters, digits and hyphens: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
const nameText = "(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?";
const names = (): Record<"name" | "namePrefix", PropertyModel> => ({
  name: str({
    optionalComputed: true,
    replace: true,
    maxLength: 32,
    pattern: nameText,
    conflicts: ["namePrefix"],
  }),
  namePrefix: str({
    optionalComputed: true,
    value: "",
    replace: true,
    maxLength: 6,
    pattern: "(?!internal-)[a-zA-Z0-9][a-zA-Z0-9-]*",
    conflicts: ["name"],
  }),
});
const onOff = (more: Partial<PropertyModel> = {}): PropertyModel => oneOf(["on", "off"], more);
const logs = (more: Partial<PropertyModel> = {}): PropertyModel =>
  block(
    {
      bucket: str({ required: true, ref: named(BUCKET) }),
      enabled: bool(),
      prefix: str({ pattern: "(?!/)(?!.*AWSLogs)[^\\s]*[^/\\s]", example: "gitlab" }),
    },
    more,
  );
const isType = (type: string): { property: string; equals: string } => ({
  property: "loadBalancerType",
  equals: type,
});
const hash = (kind: string): string => `${kind}/{name}/{hex:16}`;

const loadBalancer: ResourceModel = {
  token: LOAD_BALANCER,
  source: registry("lb/loadbalancer"),
  schema: "aws_lb",
  id: "{arn}",
  tags: true,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 32 },
  seconds: { create: 150, update: 20, delete: 15 },
  properties: {
    region,
    accessLogs: logs(),
    clientKeepAlive: int({ default: 3600, min: 60, max: 604800, ...newer }),
    connectionLogs: logs(),
    customerOwnedIpv4Pool: id("ipv4pool-coip", { replace: true }),
    desyncMitigationMode: oneOf(["monitor", "defensive", "strictest"], { default: "defensive" }),
    dnsRecordClientRoutingPolicy: oneOf(
      ["any_availability_zone", "availability_zone_affinity", "partial_availability_zone_affinity"],
      { default: "any_availability_zone" },
    ),
    dropInvalidHeaderFields: bool(),
    enableCrossZoneLoadBalancing: bool(),
    enableDeletionProtection: bool(),
    enableHttp2: bool({ default: true }),
    enablePrefixForIpv6SourceNat: onOff({ optionalComputed: true, value: "", ...newer }),
    enableTlsVersionAndCipherSuiteHeaders: bool(),
    enableWafFailOpen: bool(),
    enableXffClientPort: bool(),
    enableZonalShift: bool(newer),
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: onOff({
      optionalComputed: true,
      value: "",
    }),
    healthCheckLogs: logs(newer),
    idleTimeout: int({ default: 60, min: 1, max: 4000 }),
    internal: bool({ optionalComputed: true, value: { json: false }, replace: true }),
    ipAddressType: oneOf(["ipv4", "dualstack", "dualstack-without-public-ipv4"], {
      optionalComputed: true,
      value: "ipv4",
    }),
    ipamPools: block({ ipv4IpamPoolId: id("ipam-pool", { required: true }) }, newer),
    loadBalancerType: oneOf(["application", "gateway", "network"], {
      replace: true,
      default: "application",
    }),
    minimumLoadBalancerCapacity: block({ capacityUnits: int({ required: true, min: 0 }) }, newer),
    ...names(),
    preserveHostHeader: bool(),
    secondaryIpsAutoAssignedPerSubnet: int({
      optionalComputed: true,
      value: { json: 0 },
      min: 0,
      max: 7,
      ...newer,
    }),
    securityGroups: securityGroupIds({
      optionalComputed: true,
      value: {
        cases: [
          {
            when: { all: [isType("application"), { property: "subnets", present: true }] },
            value: { json: ["sg-0{hex:16}"] },
          },
          { value: { json: [] } },
        ],
      },
      replaceOnPresence: isType("network"),
    }),
    subnetMappings: blockSet(
      {
        allocationId: str({ ref: held(ELASTIC_IP) }),
        ipv6Address: str({ pattern: "[0-9a-f:]+", example: "2001:db8::1" }),
        outpostId: out(""),
        privateIpv4Address: str({ format: "ipv4" }),
        subnetId: subnetId({ required: true }),
      },
      {
        optionalComputed: true,
        value: { each: ["subnets"], json: { subnetId: "{each}" } },
        changesWith: ["subnets"],
        exactlyOneOf: ["subnetMappings", "subnets"],
      },
    ),
    subnets: set(subnetId(), {
      optionalComputed: true,
      value: { each: ["subnetMappings[].subnetId"], json: "{each}" },
      changesWith: ["subnetMappings"],
      exactlyOneOf: ["subnetMappings", "subnets"],
    }),
    xffHeaderProcessingMode: oneOf(["append", "preserve", "remove"], { default: "append" }),
    arn: out(arnOf("elasticloadbalancing", "loadbalancer/{arnSuffix}")),
    arnSuffix: out("", {
      value: {
        cases: [
          { when: isType("network"), value: hash("net") },
          { when: isType("gateway"), value: hash("gwy") },
          { value: hash("app") },
        ],
      },
    }),
    dnsName: out("", {
      value: {
        cases: [
          {
            when: isType("network"),
            value: "{name}-{arnSuffix~([0-9a-f]+)$}.elb.{region}.amazonaws.com",
          },
          {
            when: { property: "internal", equals: true },
            value: "internal-{name}-{digits:10}.{region}.elb.amazonaws.com",
          },
          { value: "{name}-{digits:10}.{region}.elb.amazonaws.com" },
        ],
      },
    }),
    vpcId: out("{ref:subnets:vpcId}", {
      value: {
        cases: [
          {
            when: { property: "subnetMappings", present: true },
            value: "{ref:subnetMappings[].subnetId:vpcId}",
          },
          { value: "{ref:subnets:vpcId}" },
        ],
      },
    }),
    zoneId: out("Z{ALNUM:13}"),
  },
  unique: [{ properties: ["name"], scope: "region", source: `${api}API_CreateLoadBalancer.html` }],
  rules: [
    {
      name: "an application load balancer has two subnets or more",
      when: isType("application"),
      then: {
        any: [
          { property: "subnets", lengthAtLeast: 2 },
          { property: "subnetMappings", lengthAtLeast: 2 },
        ],
      },
      message:
        "ValidationError: subnets: at least two subnets in two different Availability Zones must be specified for an application load balancer",
      source: `${guide}application/application-load-balancers.html#subnets-load-balancer`,
      at: "apply",
    },
    ...["subnets[]", "subnetMappings[].subnetId"].flatMap((path) => {
      const property = path.replace(/\[.*/, "");
      const when = { property, present: true };
      return [
        {
          name: `${property} lie in different zones`,
          when,
          then: { property: `${path}->availabilityZone`, distinct: true },
          message: `InvalidConfigurationRequest: ${property}: a load balancer cannot be attached to multiple subnets in the same Availability Zone`,
          source: `${api}API_CreateLoadBalancer.html`,
          at: "apply" as const,
        },
        {
          name: `${property} lie in one VPC`,
          when,
          then: { property: `${path}->vpcId`, distinctAtMost: 1 },
          message: `InvalidSubnet: ${property} belong to different VPCs`,
          source: `${api}API_CreateLoadBalancer.html`,
          at: "apply" as const,
        },
      ];
    }),
    {
      name: "a load balancer's groups lie in its VPC",
      when: {
        all: [
          { property: "securityGroups", present: true },
          { property: "subnets", present: true },
        ],
      },
      then: { property: "securityGroups[]->vpcId", allAmong: ["subnets[]->vpcId"] },
      message: "InvalidConfigurationRequest: a group of securityGroups belongs to another VPC",
      source: `${api}API_CreateLoadBalancer.html`,
      at: "apply",
    },
    {
      name: "a gateway load balancer has no security groups",
      when: isType("gateway"),
      then: { property: "securityGroups", present: false },
      message: "InvalidConfigurationRequest: securityGroups are not supported for gateway",
      source: `${api}API_CreateLoadBalancer.html`,
      at: "apply",
    },
    ...["connectionLogs", "healthCheckLogs", "ipamPools"].map((property) => ({
      name: `${property} are for application load balancers`,
      when: { property, present: true },
      then: isType("application"),
      message: `ValidationError: ${property} are supported for load balancers of type application only`,
      source: registry("lb/loadbalancer"),
      at: "apply" as const,
    })),
    {
      name: "fixed addresses are for network load balancers",
      when: { property: "subnetMappings[].allocationId", present: true },
      then: isType("network"),
      message:
        "ValidationError: subnetMappings[].allocationId is supported for load balancers of type network only",
      source: `${api}API_SubnetMapping.html`,
      at: "apply",
    },
    {
      name: "an internal load balancer has no Elastic IP",
      when: { property: "internal", equals: true },
      then: { property: "subnetMappings[].allocationId", present: false },
      message:
        "ValidationError: subnetMappings[].allocationId can't be used with an internal load balancer",
      source: `${api}API_SubnetMapping.html`,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [
    {
      condition: { property: "enableDeletionProtection", equals: true },
      message:
        "OperationNotPermitted: the load balancer cannot be deleted because deletion protection is enabled",
      source: `${guide}application/application-load-balancers.html#deletion-protection`,
    },
  ],
};

const web = ["HTTP", "HTTPS"];
const hasTargets = { property: "targetType", in: ["instance", "ip", "alb"] };
const health = (name: string): string => `healthCheck.${name}`;

const targetGroup: ResourceModel = {
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
  unique: [{ properties: ["name"], scope: "region", source: `${api}API_CreateTargetGroup.html` }],
  rules: [
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
      source: `${api}API_CreateTargetGroup.html`,
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
      source: `${guide}application/load-balancer-target-groups.html`,
      at: "apply",
    },
    {
      name: "mitigation goes with weighted choice",
      when: { property: "loadBalancingAnomalyMitigation", equals: "on" },
      then: { property: "loadBalancingAlgorithmType", equals: "weighted_random" },
      message:
        "ValidationError: loadBalancingAnomalyMitigation needs loadBalancingAlgorithmType weighted_random",
      source: `${guide}application/load-balancer-target-groups.html#automatic-target-weights`,
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
      source: `${guide}network/load-balancer-target-groups.html`,
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
      source: `${guide}network/load-balancer-target-groups.html#client-ip-preservation`,
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
      message:
        "InvalidConfigurationRequest: stickiness.type by cookie needs protocol HTTP or HTTPS",
      source: `${guide}application/sticky-sessions.html`,
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
      source: `${guide}network/load-balancer-target-groups.html#sticky-sessions`,
      at: "apply",
    },
    {
      name: "a cookie of the application has a name",
      when: { property: "stickiness.type", equals: "app_cookie" },
      then: { property: "stickiness.cookieName", present: true },
      message: "ValidationError: stickiness.cookieName is required for app_cookie",
      source: `${guide}application/sticky-sessions.html`,
      at: "apply",
    },
  ],
};

/** Load balancers, the groups of targets behind them, and what they listen to. */
export const models: readonly ResourceModel[] = [loadBalancer, targetGroup, ...listeners];
