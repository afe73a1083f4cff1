/** Elastic Load Balancing: load balancers. */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  arnOf,
  block,
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
  region,
  registry,
  securityGroupIds,
  set,
  str,
  subnetId,
} from "./common";
import { onOff, names, hash } from "./lb-names";
import { BALANCING_GUIDE, BALANCING_API } from "./pages";

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

/** What Elastic Load Balancing checks of a load balancer. */
const loadBalancerRules: readonly Rule[] = [
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
    source: `${BALANCING_GUIDE}application/application-load-balancers.html#subnets-load-balancer`,
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
        source: `${BALANCING_API}API_CreateLoadBalancer.html`,
        at: "apply" as const,
      },
      {
        name: `${property} lie in one VPC`,
        when,
        then: { property: `${path}->vpcId`, distinctAtMost: 1 },
        message: `InvalidSubnet: ${property} belong to different VPCs`,
        source: `${BALANCING_API}API_CreateLoadBalancer.html`,
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
    source: `${BALANCING_API}API_CreateLoadBalancer.html`,
    at: "apply",
  },
  {
    name: "a gateway load balancer has no security groups",
    when: isType("gateway"),
    then: { property: "securityGroups", present: false },
    message: "InvalidConfigurationRequest: securityGroups are not supported for gateway",
    source: `${BALANCING_API}API_CreateLoadBalancer.html`,
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
    source: `${BALANCING_API}API_SubnetMapping.html`,
    at: "apply",
  },
  {
    name: "an internal load balancer has no Elastic IP",
    when: { property: "internal", equals: true },
    then: { property: "subnetMappings[].allocationId", present: false },
    message:
      "ValidationError: subnetMappings[].allocationId can't be used with an internal load balancer",
    source: `${BALANCING_API}API_SubnetMapping.html`,
    at: "apply",
  },
];

/** A load balancer for HTTP, for connections, or for appliances. */
export const loadBalancer: ResourceModel = {
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
  unique: [
    {
      properties: ["name"],
      scope: "region",
      source: `${BALANCING_API}API_CreateLoadBalancer.html`,
    },
  ],
  rules: loadBalancerRules,
  deleteRefusedWhile: [
    {
      condition: { property: "enableDeletionProtection", equals: true },
      message:
        "OperationNotPermitted: the load balancer cannot be deleted because deletion protection is enabled",
      source: `${BALANCING_GUIDE}application/application-load-balancers.html#deletion-protection`,
    },
  ],
};
