/** Route 53: records. */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  block,
  blocks,
  blockSet,
  bool,
  int,
  LOAD_BALANCER,
  named,
  newer,
  oneOf,
  RECORD,
  registry,
  set,
  str,
  VPC_ENDPOINT,
  ZONE,
  required,
} from "./common";
import { ROUTE53_GUIDE, ROUTE53_API } from "./pages";
import { nameText, zoneIdOutside } from "./route53-forms";

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

/** What Route 53 checks of a record. */
const recordRules: readonly Rule[] = [
  {
    name: "records have a time to live",
    when: { property: "records", present: true },
    then: { property: "ttl", present: true },
    message: "InvalidInput: ttl is required with records",
    source: `${ROUTE53_API}API_ResourceRecordSet.html`,
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
    source: `${ROUTE53_GUIDE}ResourceRecordTypes.html`,
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
    source: `${ROUTE53_GUIDE}ResourceRecordTypes.html#CNAMEFormat`,
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
    source: `${ROUTE53_GUIDE}ResourceRecordTypes.html#CNAMEFormat`,
    at: "apply",
  },
  {
    name: "an alias is of a type that has addresses",
    when: { property: "aliases", present: true },
    then: { property: "type", notIn: ["NS", "SOA"] },
    message: "InvalidChangeBatch: aliases: type NS and SOA can't be aliases",
    source: `${ROUTE53_GUIDE}resource-record-sets-choosing-alias-non-alias.html`,
    at: "apply",
  },
  {
    name: "an alias names its target's own zone",
    when: { property: "aliases[].name->zoneId", present: true },
    then: { property: "aliases[].zoneId", allAmong: ["aliases[].name->zoneId"] },
    message:
      "InvalidChangeBatch: tried to create an alias but the alias target name does not lie within the target zone: aliases[0].zoneId is not the zone of the target",
    source: `${ROUTE53_API}API_AliasTarget.html`,
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
    source: `${ROUTE53_API}API_ResourceRecordSet.html`,
    at: "apply",
  },
];

/** A record set. */
export const record: ResourceModel = {
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
      source: `${ROUTE53_API}API_ChangeResourceRecordSets.html`,
    },
  ],
  rules: recordRules,
};
