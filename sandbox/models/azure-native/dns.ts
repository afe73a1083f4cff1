/**
 * Records in Azure DNS. The zone is not the program's own: it stands in the settings.
 * https://learn.microsoft.com/azure/dns/dns-zones-records
 */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  block,
  blocks,
  etag,
  int,
  LEARN,
  list,
  map,
  named,
  oneOf,
  out,
  PUBLIC_IP,
  RECORD_SET,
  registry,
  rule,
  str,
  systemData,
} from "./common";

const RECORDS = `${LEARN}dns/dns-zones-records`;
const ALIAS = `${LEARN}dns/dns-alias`;
const host = str({ format: "hostname" });
const word = int({ min: 0, max: 65535 });
const byte = int({ min: 0, max: 255 });

/** Types of record and the property with their records. A record set holds one type alone. */
const RECORD_PROPERTIES: readonly (readonly [type: string, property: string])[] = [
  ["A", "aRecords"],
  ["AAAA", "aaaaRecords"],
  ["CAA", "caaRecords"],
  ["CNAME", "cnameRecord"],
  ["DS", "dsRecords"],
  ["MX", "mxRecords"],
  ["NAPTR", "naptrRecords"],
  ["NS", "nsRecords"],
  ["PTR", "ptrRecords"],
  ["SOA", "soaRecord"],
  ["SRV", "srvRecords"],
  ["TLSA", "tlsaRecords"],
  ["TXT", "txtRecords"],
];
/** Types that may name a resource instead. */
const ALIAS_TYPES = ["A", "AAAA", "CNAME"];

// At most 20 records a set: https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-dns-limits
const several = (fields: Readonly<Record<string, PropertyModel>>): PropertyModel =>
  blocks(fields, { maxItems: 20 });

const typeRules: readonly Rule[] = RECORD_PROPERTIES.flatMap(([type, property]) => [
  rule(
    `${property} belong to ${type} record sets`,
    { property, present: true },
    { property: "recordType", equals: type },
    `BadRequest: \`${property}\` can't be given for another recordType than ${type}`,
    RECORDS,
  ),
  rule(
    `a ${type} record set has records`,
    { property: "recordType", equals: type },
    {
      any: [
        { property, present: true },
        ...(ALIAS_TYPES.includes(type) ? [{ property: "targetResource.id", present: true }] : []),
      ],
    },
    `BadRequest: \`${property}\` of a record set of type ${type} can't be empty`,
    RECORDS,
  ),
]);

const recordSet: ResourceModel = {
  token: RECORD_SET,
  source: registry("dns/recordset"),
  schema: RECORD_SET,
  id: "/subscriptions/{account}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/dnszones/{zoneName}/{recordType}/{relativeRecordSetName}",
  name: { property: "relativeRecordSetName", auto: true, exact: true, maxLength: 253 },
  properties: {
    aRecords: several({ ipv4Address: str({ format: "ipv4" }) }),
    aaaaRecords: several({
      ipv6Address: str({ pattern: "[0-9a-fA-F:.]+", example: "2001:db8::1" }),
    }),
    caaRecords: several({
      flags: byte,
      tag: oneOf(["issue", "issuewild", "iodef"]),
      value: str({ minLength: 1, maxLength: 1024 }),
    }),
    cnameRecord: block({ cname: host }),
    dsRecords: several({
      algorithm: byte,
      digest: block({ algorithmType: byte, value: str({ pattern: "[0-9A-Fa-f]+" }) }),
      keyTag: word,
    }),
    metadata: map(),
    mxRecords: several({ exchange: host, preference: word }),
    naptrRecords: several({
      flags: str(),
      order: word,
      preference: word,
      regexp: str(),
      replacement: str(),
      services: str(),
    }),
    nsRecords: several({ nsdname: host }),
    ptrRecords: several({ ptrdname: host }),
    recordType: oneOf(
      RECORD_PROPERTIES.map(([type]) => type),
      { required: true, replace: true },
    ),
    relativeRecordSetName: str({
      replace: true,
      same: "lowercase",
      pattern: "@|(\\*|[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)(\\.[A-Za-z0-9_-]{1,63})*",
      maxLength: 253,
      example: "gitlab",
    }),
    resourceGroupName: str({
      required: true,
      replace: true,
      same: "lowercase",
      pattern: "[\\w().-]{0,89}[\\w()-]",
    }),
    soaRecord: block({
      email: str(),
      expireTime: int(),
      host: str(),
      minimumTtl: int(),
      refreshTime: int(),
      retryTime: int(),
      serialNumber: int(),
    }),
    srvRecords: several({ port: word, priority: word, target: host, weight: word }),
    targetResource: block({
      id: str({
        ref: named(
          PUBLIC_IP,
          "id",
          "/subscriptions/.+/(frontDoors|trafficManagerProfiles|profiles)/.+",
        ),
      }),
    }),
    tlsaRecords: several({
      certAssociationData: str(),
      matchingType: byte,
      selector: byte,
      usage: byte,
    }),
    trafficManagementProfile: block({ id: str() }),
    ttl: int({ min: 1, max: 2147483647 }),
    txtRecords: several({ value: list(str({ minLength: 1, maxLength: 1024 }), { minItems: 1 }) }),
    zoneName: str({
      required: true,
      replace: true,
      same: "lowercase",
      format: "hostname",
      pattern: "[^.]+(\\.[^.]+)+",
      example: "example.com",
    }),
    azureApiVersion: out("2023-07-01-preview"),
    etag,
    fqdn: {
      type: "string",
      computed: true,
      value: {
        cases: [
          { when: { property: "relativeRecordSetName", equals: "@" }, value: "{zoneName}." },
          { value: "{relativeRecordSetName}.{zoneName}." },
        ],
      },
    },
    name: out("{relativeRecordSetName}"),
    provisioningState: out("Succeeded"),
    systemData,
    type: out("Microsoft.Network/dnszones/{recordType}"),
  },
  rules: [
    ...typeRules,
    rule(
      "a record set has a time to live",
      undefined,
      { property: "ttl", present: true },
      "BadRequest: `ttl` is required, in seconds",
      RECORDS,
    ),
    rule(
      "records and an alias exclude each other",
      { property: "targetResource.id", present: true },
      {
        all: [
          { property: "recordType", in: ALIAS_TYPES },
          ...RECORD_PROPERTIES.map(([, property]) => ({ property, present: false })),
        ],
      },
      "BadRequest: `targetResource` is for A, AAAA and CNAME record sets, and takes the place of their records",
      ALIAS,
    ),
    rule(
      "the zone's own name has no CNAME",
      { property: "recordType", equals: "CNAME" },
      { property: "relativeRecordSetName", notEquals: "@" },
      "BadRequest: `relativeRecordSetName`: a CNAME can't stand at the zone's own name (@)",
      RECORDS,
    ),
    rule(
      "a name with a CNAME has nothing else",
      { property: "recordType", equals: "CNAME" },
      {
        not: {
          property: "relativeRecordSetName",
          companion: {
            type: RECORD_SET,
            property: "relativeRecordSetName",
            where: { property: "recordType", notEquals: "CNAME" },
          },
        },
      },
      "Conflict: `relativeRecordSetName`: a CNAME can't stand beside other records of the same name",
      RECORDS,
    ),
  ],
  seconds: { create: 2, update: 2, delete: 2 },
};

export const models: readonly ResourceModel[] = [recordSet];
