/** Route 53: zones, records and health checks. Route 53 has no regions. */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  arnPattern,
  block,
  blocks,
  blockSet,
  bool,
  int,
  LOAD_BALANCER,
  map,
  named,
  newer,
  oneOf,
  out,
  outJson,
  RECORD,
  registry,
  set,
  str,
  VPC,
  VPC_ENDPOINT,
  ZONE,
} from "./common";

const api = "https://docs.aws.amazon.com/Route53/latest/APIReference/";
const guide = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/";
const required = { required: true } as const;
const arn = (resource: string): string => `arn:{partition}:route53:::${resource}`;
/** A zone may exist outside the stack: the registrar's, named in the settings. */
const zoneIdOutside = "Z[A-Z0-9]{6,31}";
const nameText = "[A-Za-z0-9*_.\\-\\\\]+";

const zone: ResourceModel = {
  token: ZONE,
  source: registry("route53/zone"),
  schema: "aws_route53_zone",
  id: "Z{ALNUM:20}",
  tags: true,
  name: { property: "name", auto: true, maxLength: 1024 },
  seconds: { create: 40, delete: 40 },
  properties: {
    comment: str({
      default: "Managed by Pulumi",
      maxLength: 256,
      deviates: "Pulumi's provider puts its own name into the default",
    }),
    delegationSetId: str({ replace: true, pattern: "N[A-Z0-9]{6,31}", conflicts: ["vpcs"] }),
    enableAcceleratedRecovery: bool({ optionalComputed: true, value: { json: false }, ...newer }),
    forceDestroy: bool({ default: false, deviates: "false, which the reference leaves out" }),
    name: str({
      optionalComputed: true,
      replace: true,
      minLength: 1,
      maxLength: 1024,
      pattern: nameText,
      same: "trailing-dot",
      example: "example.com",
    }),
    vpcs: blockSet(
      {
        vpcId: str({ required: true, ref: named(VPC) }),
        vpcRegion: str({ optionalComputed: true, value: "{region}" }),
      },
      { minItems: 1, conflicts: ["delegationSetId"] },
    ),
    arn: out(arn("hostedzone/{id}")),
    nameServers: outJson(
      "list",
      [
        "ns-{int:0-511}.awsdns-{int:10-63}.com",
        "ns-{int:512-1023}.awsdns-{int:10-63}.net",
        "ns-{int:1024-1535}.awsdns-{int:10-63}.org",
        "ns-{int:1536-2047}.awsdns-{int:10-63}.co.uk",
      ],
      { items: str() },
    ),
    primaryNameServer: out("{nameServers~^([^,]+)}"),
    zoneId: out("{id}"),
  },
  // HostedZoneNotEmpty: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html
  contains: [{ type: RECORD, property: "zoneId", unless: "forceDestroy" }],
};

const types = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "DS",
  "HTTPS",
  "MX",
  "NAPTR",
  "NS",
  "PTR",
  "SOA",
  "SPF",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "TXT",
];
const policies = [
  "cidrRoutingPolicy",
  "failoverRoutingPolicies",
  "geolocationRoutingPolicies",
  "latencyRoutingPolicies",
  "multivalueAnswerRoutingPolicy",
  "weightedRoutingPolicies",
];
const moreThanOne = {
  deviates: "geoproximityRoutingPolicy of the newer provider is one more policy that excludes it",
};
const policy = (own: string): Partial<PropertyModel> => ({
  conflicts: [...policies.filter((name) => name !== own), "geoproximityRoutingPolicy"],
  requiredWith: ["setIdentifier"],
  ...moreThanOne,
});

/** Values of a type: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html */
const forms: readonly (readonly [type: string, pattern: string, what: string])[] = [
  ["A", "(\\d{1,3}\\.){3}\\d{1,3}", "IPv4 addresses"],
  ["AAAA", "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", "IPv6 addresses"],
  ["CNAME", nameText, "one domain name"],
  ["MX", "\\d+ \\S+", "a priority and a mail server"],
  ["CAA", '\\d+ (issue|issuewild|iodef) ".*"', "a flag, a tag and a quoted value"],
  ["SRV", "\\d+ \\d+ \\d+ \\S+", "priority, weight, port and a name"],
  ["NS", nameText, "name servers"],
];

const record: ResourceModel = {
  token: RECORD,
  source: registry("route53/record"),
  schema: "aws_route53_record",
  id: "{zoneId}_{name}_{type}",
  seconds: { create: 35, update: 35, delete: 35 },
  properties: {
    aliases: blocks(
      {
        evaluateTargetHealth: bool(required),
        name: str({
          required: true,
          same: "trailing-dot",
          maxLength: 1024,
          ref: [
            named(LOAD_BALANCER, "dnsName", "dualstack\\..+"),
            named(RECORD, "fqdn"),
            named(
              VPC_ENDPOINT,
              "dnsEntries[0].dnsName",
              ".+\\.(cloudfront\\.net|elasticbeanstalk\\.com|awsglobalaccelerator\\.com|vpce\\.amazonaws\\.com)\\.?|s3-website[.-].+|.+\\.execute-api\\..+",
            ),
          ],
        }),
        zoneId: str({
          required: true,
          ref: [
            named(LOAD_BALANCER, "zoneId", zoneIdOutside),
            named(ZONE, "zoneId"),
            named(VPC_ENDPOINT, "dnsEntries[0].hostedZoneId"),
          ],
        }),
      },
      {
        maxItems: 1,
        conflicts: ["ttl"],
        exactlyOneOf: ["aliases", "records"],
      },
    ),
    allowOverwrite: bool({ optionalComputed: true, value: { json: false } }),
    cidrRoutingPolicy: block(
      { collectionId: str(required), locationName: str(required) },
      policy("cidrRoutingPolicy"),
    ),
    failoverRoutingPolicies: blocks(
      { type: oneOf(["PRIMARY", "SECONDARY"], required) },
      { maxItems: 1, ...policy("failoverRoutingPolicies") },
    ),
    geolocationRoutingPolicies: blocks(
      { continent: str(), country: str(), subdivision: str() },
      { maxItems: 1, ...policy("geolocationRoutingPolicies") },
    ),
    geoproximityRoutingPolicy: block(
      {
        awsRegion: str(),
        bias: int({ min: -99, max: 99 }),
        coordinates: blockSet({ latitude: str(required), longitude: str(required) }),
        localZoneGroup: str(),
      },
      { conflicts: policies, requiredWith: ["setIdentifier"], ...newer },
    ),
    healthCheckId: str({ ref: named("aws:route53/healthCheck:HealthCheck") }),
    latencyRoutingPolicies: blocks(
      { region: str(required) },
      { maxItems: 1, ...policy("latencyRoutingPolicies") },
    ),
    multivalueAnswerRoutingPolicy: bool(policy("multivalueAnswerRoutingPolicy")),
    name: str({
      required: true,
      replace: true,
      maxLength: 1024,
      pattern: nameText,
      same: "trailing-dot",
      example: "gitlab.example.com",
    }),
    records: set(str({ maxLength: 4000 }), {
      minItems: 1,
      exactlyOneOf: ["aliases", "records"],
    }),
    setIdentifier: str({ minLength: 1, maxLength: 128 }),
    ttl: int({
      min: 0,
      max: 2147483647,
      conflicts: ["aliases"],
      requiredWith: ["records"],
    }),
    type: oneOf(types, { required: true }),
    weightedRoutingPolicies: blocks(
      { weight: int({ required: true, min: 0, max: 255 }) },
      { maxItems: 1, ...policy("weightedRoutingPolicies") },
    ),
    zoneId: str({ required: true, replace: true, ref: named(ZONE, "zoneId", zoneIdOutside) }),
    // A name with a dot is taken to be whole; a shorter one gets the zone's name.
    fqdn: {
      type: "string",
      computed: true,
      value: {
        cases: [
          {
            when: { property: "name", matches: ".+\\..+" },
            value: "{name~^(.+?)[.]?$}",
          },
          { value: "{name}.{ref:zoneId:name~^(.+?)[.]?$}" },
        ],
      },
    },
  },
  // InvalidChangeBatch: it already exists
  unique: [
    {
      properties: ["name", "zoneId", "type", "setIdentifier"],
      scope: "account",
      source: `${api}API_ChangeResourceRecordSets.html`,
    },
  ],
  rules: [
    {
      name: "records have a time to live",
      when: { property: "records", present: true },
      then: { property: "ttl", present: true },
      message: "InvalidInput: ttl is required with records",
      source: `${api}API_ResourceRecordSet.html`,
      at: "apply",
    },
    ...forms.map(([type, pattern, what]): Rule => ({
      name: `${type} records hold ${what}`,
      when: {
        all: [
          { property: "type", equals: type },
          { property: "records", present: true },
        ],
      },
      then: { property: "records", every: { property: ".", matches: pattern } },
      message: `InvalidChangeBatch: records: a record of type ${type} holds ${what}`,
      source: `${guide}ResourceRecordTypes.html`,
      at: "apply",
    })),
    {
      name: "a CNAME has one value",
      when: {
        all: [
          { property: "type", equals: "CNAME" },
          { property: "records", present: true },
        ],
      },
      then: { property: "records", lengthAtMost: 1 },
      message: "InvalidChangeBatch: records: a CNAME record has one value",
      source: `${guide}ResourceRecordTypes.html#CNAMEFormat`,
      at: "apply",
    },
    {
      name: "no CNAME at the top of a zone",
      when: {
        all: [
          { property: "type", equals: "CNAME" },
          { property: "zoneId->name", present: true },
        ],
      },
      then: { not: { property: "name", allAmong: ["zoneId->name"] } },
      message:
        "InvalidChangeBatch: RRSet of type CNAME with this name is not permitted at apex in the zone; use an alias",
      source: `${guide}ResourceRecordTypes.html#CNAMEFormat`,
      at: "apply",
    },
    {
      name: "an alias is of a type that has addresses",
      when: { property: "aliases", present: true },
      then: { property: "type", notIn: ["NS", "SOA"] },
      message: "InvalidChangeBatch: aliases: type NS and SOA can't be aliases",
      source: `${guide}resource-record-sets-choosing-alias-non-alias.html`,
      at: "apply",
    },
    {
      name: "an alias names its target's own zone",
      when: { property: "aliases[].name->zoneId", present: true },
      then: { property: "aliases[].zoneId", allAmong: ["aliases[].name->zoneId"] },
      message:
        "InvalidChangeBatch: tried to create an alias but the alias target name does not lie within the target zone: aliases[0].zoneId is not the zone of the target",
      source: `${api}API_AliasTarget.html`,
      at: "apply",
    },
    {
      name: "a set identifier belongs to a policy",
      when: { property: "setIdentifier", present: true },
      then: {
        any: [...policies, "geoproximityRoutingPolicy"].map((property) => ({
          property,
          present: true,
        })),
      },
      message: "InvalidInput: setIdentifier: only with a routing policy",
      source: `${api}API_ResourceRecordSet.html`,
      at: "apply",
    },
  ],
};

const endpointChecks = ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"];
const checkers = [
  "us-east-1",
  "us-west-1",
  "us-west-2",
  "eu-west-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "sa-east-1",
];
/** That a property is given with one type of check and with no other. */
const onlyWith = (property: string, of: readonly string[]): Rule => ({
  name: `${property} is for ${of.join(", ")}`,
  when: { property, present: true },
  then: { property: "type", in: of },
  message: `InvalidInput: ${property}: only with type ${of.join(", ")}`,
  source: `${api}API_HealthCheckConfig.html`,
  at: "apply",
});
const neededBy = (property: string, of: readonly string[]): Rule => ({
  name: `${of.join(", ")} need ${property}`,
  when: { property: "type", in: of },
  then: { property, present: true },
  message: `InvalidInput: ${property}: required with type ${of.join(", ")}`,
  source: `${api}API_HealthCheckConfig.html`,
  at: "apply",
});

const healthCheck: ResourceModel = {
  token: "aws:route53/healthCheck:HealthCheck",
  source: registry("route53/healthcheck"),
  schema: "aws_route53_health_check",
  id: "{uuid}",
  tags: true,
  properties: {
    childHealthThreshold: int({ min: 0, max: 256 }),
    childHealthchecks: set(str({ ref: named("aws:route53/healthCheck:HealthCheck") }), {
      maxItems: 256,
    }),
    cloudwatchAlarmName: str({ minLength: 1, maxLength: 256 }),
    cloudwatchAlarmRegion: str(),
    disabled: bool(),
    enableSni: bool({
      optionalComputed: true,
      value: {
        cases: [
          {
            when: { property: "type", in: ["HTTPS", "HTTPS_STR_MATCH"] },
            value: { json: true },
          },
          { value: { json: false } },
        ],
      },
    }),
    failureThreshold: int({ optionalComputed: true, value: { json: 3 }, min: 1, max: 10 }),
    fqdn: str({ maxLength: 255, format: "hostname", example: "gitlab.example.com" }),
    insufficientDataHealthStatus: oneOf(["Healthy", "Unhealthy", "LastKnownStatus"]),
    invertHealthcheck: bool(),
    ipAddress: str({
      pattern: "(\\d{1,3}\\.){3}\\d{1,3}|[0-9a-f:]+",
      example: "203.0.113.10",
    }),
    measureLatency: bool({ replace: true }),
    port: int({ min: 1, max: 65535 }),
    referenceName: str({ replace: true, maxLength: 27 }),
    regions: set(oneOf(checkers), {
      optionalComputed: true,
      value: { json: [] },
      minItems: 3,
      maxItems: 64,
    }),
    requestInterval: int({ replace: true, enum: [10, 30] }),
    resourcePath: str({ maxLength: 255, pattern: "/.*", example: "/-/health" }),
    routingControlArn: str({
      replace: true,
      format: "arn",
      pattern: arnPattern("route53-recovery-control", "controlpanel/.+"),
    }),
    searchString: str({ minLength: 1, maxLength: 255 }),
    triggers: map({ optionalComputed: true, ...newer }),
    type: oneOf([...endpointChecks, "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"], {
      required: true,
      replace: true,
    }),
    arn: out(arn("healthcheck/{id}")),
  },
  rules: [
    onlyWith("childHealthchecks", ["CALCULATED"]),
    onlyWith("childHealthThreshold", ["CALCULATED"]),
    onlyWith("cloudwatchAlarmName", ["CLOUDWATCH_METRIC"]),
    onlyWith("cloudwatchAlarmRegion", ["CLOUDWATCH_METRIC"]),
    onlyWith("insufficientDataHealthStatus", ["CLOUDWATCH_METRIC"]),
    onlyWith("searchString", ["HTTP_STR_MATCH", "HTTPS_STR_MATCH"]),
    onlyWith("routingControlArn", ["RECOVERY_CONTROL"]),
    onlyWith("resourcePath", ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH"]),
    onlyWith("requestInterval", endpointChecks),
    onlyWith("fqdn", endpointChecks),
    onlyWith("ipAddress", endpointChecks),
    onlyWith("port", endpointChecks),
    neededBy("childHealthchecks", ["CALCULATED"]),
    neededBy("cloudwatchAlarmName", ["CLOUDWATCH_METRIC"]),
    neededBy("cloudwatchAlarmRegion", ["CLOUDWATCH_METRIC"]),
    neededBy("searchString", ["HTTP_STR_MATCH", "HTTPS_STR_MATCH"]),
    neededBy("routingControlArn", ["RECOVERY_CONTROL"]),
    neededBy("port", ["TCP"]),
    {
      name: "a check of an endpoint has its address or name",
      when: { property: "type", in: endpointChecks },
      then: {
        any: [
          { property: "fqdn", present: true },
          { property: "ipAddress", present: true },
        ],
      },
      message: "InvalidInput: one of fqdn and ipAddress is required for a check of an endpoint",
      source: `${api}API_HealthCheckConfig.html`,
      at: "apply",
    },
  ],
};

/** Names, where they lead, and whether it answers there. */
export const models: readonly ResourceModel[] = [zone, record, healthCheck];
