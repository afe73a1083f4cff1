/** Cloud DNS: zones and the records in them. */
import type { Condition, ResourceModel } from "../../model";
import {
  ABANDONED,
  CLUSTER,
  DNS_ZONE,
  NETWORK,
  block,
  blockSet,
  blocks,
  bool,
  deletionPolicy,
  int,
  linkTo,
  list,
  oneOf,
  out,
  prevented,
  project,
  registry,
  str,
} from "./common";
import { routingPolicy } from "./dns-routing";

const API = "dns.googleapis.com";
const RECORDS = "https://cloud.google.com/dns/docs/records";
const OVERVIEW = "https://cloud.google.com/dns/docs/records-overview";
const ZONES = "https://cloud.google.com/dns/docs/zones";
const NAME = "(\\*\\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.)+";
const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });

const TYPES = [
  "A",
  "AAAA",
  "ALIAS",
  "CAA",
  "CNAME",
  "DNSKEY",
  "DS",
  "HTTPS",
  "IPSECKEY",
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
/** What the data of a record looks like, by its type. */
const forms: Readonly<Record<string, string>> = {
  A: "((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1?\\d?\\d)",
  AAAA: "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*",
  CNAME: NAME,
  NS: NAME,
  PTR: NAME,
  MX: `\\d+ (${NAME}|\\.)`,
  CAA: '\\d+ [a-z]+ "?[^"]*"?',
  SRV: `\\d+ \\d+ \\d+ (${NAME}|\\.)`,
};

const recordSet: ResourceModel = {
  token: "gcp:dns/recordSet:RecordSet",
  source: registry("dns/recordset"),
  schema: "google_dns_record_set",
  api: API,
  id: "projects/{account}/managedZones/{managedZone~([^/]+)$}/rrsets/{name}/{type}",
  unique: [{ properties: ["name", "type", "managedZone"], scope: "account", source: RECORDS }],
  properties: {
    deletionPolicy,
    // The zone of a site is made by whoever owns the domain: it is often outside the program.
    managedZone: str({
      required: true,
      replace: true,
      same: "self-link",
      ref: [
        { type: DNS_ZONE, by: "name", outside: "[a-z]([a-z0-9-]{0,61}[a-z0-9])?" },
        { type: DNS_ZONE },
      ],
    }),
    name: str({ required: true, replace: true, pattern: NAME, example: "gitlab.example.com." }),
    project,
    routingPolicy,
    rrdatas: list(str({ minLength: 1 }), {
      minItems: 1,
      exactlyOneOf: ["routingPolicy"],
      example: ["203.0.113.10"],
    }),
    ttl: int({ min: 0, max: 2147483647 }),
    type: oneOf(TYPES, { required: true }),
  },
  rules: [
    ...Object.entries(forms).map(([type, form]) => ({
      name: `data-of-${type}`,
      when: { all: [{ property: "type", equals: type }, present("rrdatas")] },
      then: { property: "rrdatas[]", every: { property: ".", matches: form } },
      message: `Error 400: Invalid value for 'entity.change.additions': \`rrdatas\` of type ${type} has another form (names end with a dot)`,
      source: OVERVIEW,
      at: "apply" as const,
    })),
    {
      name: "one-canonical-name",
      when: { all: [{ property: "type", equals: "CNAME" }, present("rrdatas")] },
      then: { property: "rrdatas", lengthAtMost: 1 },
      message: "Error 400: `rrdatas`: a CNAME has one value",
      source: OVERVIEW,
      at: "apply",
    },
    {
      name: "each-value-once",
      then: { property: "rrdatas[]", distinct: true },
      message: "Error 400: `rrdatas`: a value is given twice",
      source: RECORDS,
      at: "apply",
    },
    {
      name: "inside-the-zone",
      when: present("managedZone->dnsName"),
      then: { property: "name", allEndWith: ["managedZone->dnsName"] },
      message: "Error 400: `name` is not inside the zone (`managedZone`) by its dnsName",
      source: RECORDS,
      at: "apply",
    },
    {
      name: "not-beside-a-canonical-name",
      when: { property: "type", equals: "CNAME" },
      then: {
        not: {
          property: "name",
          companion: {
            type: "gcp:dns/recordSet:RecordSet",
            property: "name",
            where: { property: "type", notEquals: "CNAME" },
          },
        },
      },
      message: "Error 400: `type`: a CNAME can't stand beside other records of its `name`",
      source: OVERVIEW,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 3, update: 3, delete: 3 },
};

const networks = { networkUrl: linkTo(NETWORK, { required: true }) };

const zone: ResourceModel = {
  token: DNS_ZONE,
  source: registry("dns/managedzone"),
  schema: "google_dns_managed_zone",
  api: API,
  id: "projects/{account}/managedZones/{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [
    { properties: ["name"], scope: "account", source: ZONES },
    // A network sees one private zone of a name.
    {
      properties: ["privateVisibilityConfig", "dnsName"],
      scope: "account",
      source: "https://cloud.google.com/dns/docs/zones/zones-overview#overlapping_zones",
    },
  ],
  labels: true,
  properties: {
    cloudLoggingConfig: block(
      { enableLogging: bool({ required: true }) },
      { optionalComputed: true, value: { json: { enableLogging: false } } },
    ),
    deletionPolicy,
    description: str({
      default: "Managed by Pulumi",
      maxLength: 1024,
      deviates: "the SDK's own default in place of the schema's",
    }),
    dnsName: str({ required: true, replace: true, pattern: NAME, example: "example.com." }),
    dnssecConfig: block(
      {
        defaultKeySpecs: blocks(
          {
            algorithm: oneOf([
              "ecdsap256sha256",
              "ecdsap384sha384",
              "rsasha1",
              "rsasha256",
              "rsasha512",
            ]),
            keyLength: int({ min: 256, max: 4096 }),
            keyType: oneOf(["keySigning", "zoneSigning"]),
            kind: str({ default: "dns#dnsKeySpec" }),
          },
          { optionalComputed: true, value: { json: [] } },
        ),
        kind: str({ default: "dns#managedZoneDnsSecConfig" }),
        nonExistence: oneOf(["nsec", "nsec3"], { optionalComputed: true, value: "nsec3" }),
        state: oneOf(["off", "on", "transfer"]),
      },
      { optionalComputed: true },
    ),
    forceDestroy: bool(),
    forwardingConfig: block({
      targetNameServers: blockSet(
        {
          domainName: str({ format: "hostname" }),
          forwardingPath: oneOf(["default", "private"]),
          ipv4Address: str({ format: "ipv4" }),
          ipv6Address: str({ pattern: "[0-9a-f:]+" }),
        },
        { required: true },
      ),
    }),
    name: str({ replace: true, pattern: "[a-z]([a-z0-9-]{0,61}[a-z0-9])?", example: "example" }),
    peeringConfig: block({ targetNetwork: block(networks, { required: true }) }),
    privateVisibilityConfig: block({
      gkeClusters: blocks({
        gkeClusterName: str({
          required: true,
          pattern: "projects/[^/]+/locations/[^/]+/clusters/[^/]+",
          ref: { type: CLUSTER },
        }),
      }),
      networks: blockSet(networks),
    }),
    project,
    reverseLookup: bool({ replace: true }),
    serviceDirectoryConfig: block(
      {
        namespace: block(
          {
            namespaceUrl: str({
              required: true,
              example: "projects/gitlab-ops/locations/europe-west4/namespaces/site",
            }),
          },
          { required: true },
        ),
      },
      { replace: true },
    ),
    visibility: oneOf(["private", "public"], {
      default: "public",
      replace: true,
      same: "lowercase",
    }),
    creationTime: out("{now}"),
    managedZoneId: out("{digits:19}", { deviates: "the SDK has the number as text" }),
    nameServers: {
      type: "list",
      items: str(),
      computed: true,
      value: {
        cases: [
          {
            when: { property: "visibility", equals: "private" },
            value: { json: ["ns-gcp-private.googledomains.com."] },
          },
          {
            value: {
              json: ["1", "2", "3", "4"].map((n) => `ns-cloud-c${n}.googledomains.com.`),
            },
          },
        ],
      },
    },
  },
  rules: [
    {
      name: "private-zones-are-seen-from-somewhere",
      when: present("privateVisibilityConfig"),
      then: { property: "visibility", equals: "private" },
      message: "Error 400: `privateVisibilityConfig` only with `visibility` private",
      source: ZONES,
      at: "apply",
    },
    {
      name: "signed-zones-are-public",
      when: { property: "dnssecConfig.state", in: ["on", "transfer"] },
      then: { property: "visibility", equals: "public" },
      message: "Error 400: `dnssecConfig`: DNSSEC is for public zones",
      source: "https://cloud.google.com/dns/docs/dnssec",
      at: "apply",
    },
    {
      name: "forwarding-of-private-zones",
      when: { any: [present("forwardingConfig"), present("peeringConfig")] },
      then: {
        all: [
          { property: "visibility", equals: "private" },
          { any: [absent("forwardingConfig"), absent("peeringConfig")] },
        ],
      },
      message:
        "Error 400: `forwardingConfig` and `peeringConfig` are for private zones, one of them each",
      source: ZONES,
      at: "apply",
    },
  ],
  contains: [
    { type: "gcp:dns/recordSet:RecordSet", property: "managedZone", unless: "forceDestroy" },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 3, update: 3, delete: 3 },
};

export const models: readonly ResourceModel[] = [recordSet, zone];
