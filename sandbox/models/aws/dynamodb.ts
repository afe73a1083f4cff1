/** DynamoDB: tables. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  arnPattern,
  block,
  blockSet,
  bool,
  int,
  kmsKeyArn,
  list,
  oneOf,
  out,
  region,
  registry,
  set,
  str,
} from "./common";
import { FILLED, NEWER } from "./policies";

const NAMES =
  "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html";
const CREATE =
  "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html";
const TTL =
  "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TimeToLiveSpecification.html";
const PROTECTION =
  "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection";
const PAGE = registry("dynamodb/table");

const throughput = (more: Partial<PropertyModel> = {}): PropertyModel =>
  block(
    {
      maxReadRequestUnits: int({ optionalComputed: true, min: -1, deviates: NEWER }),
      maxWriteRequestUnits: int({ optionalComputed: true, min: -1, deviates: NEWER }),
    },
    { deviates: NEWER, ...more },
  );
const warm = block(
  {
    readUnitsPerSecond: int({ optionalComputed: true, min: 12000, deviates: NEWER }),
    writeUnitsPerSecond: int({ optionalComputed: true, min: 4000, deviates: NEWER }),
  },
  { optionalComputed: true, deviates: NEWER },
);
const indexName = str({ required: true, pattern: "[a-zA-Z0-9_.-]{3,255}" });
const projection = oneOf(["ALL", "INCLUDE", "KEYS_ONLY"], { required: true });
/** Attribute names: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const attributeName = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ minLength: 1, maxLength: 255, ...more });

const KEYS = [
  "hashKey",
  "rangeKey",
  "globalSecondaryIndexes[].keySchemas[].attributeName",
  "localSecondaryIndexes[].rangeKey",
];

const table: ResourceModel = {
  token: "aws:dynamodb/table:Table",
  source: PAGE,
  schema: "aws_dynamodb_table",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name"], scope: "region", source: CREATE }],
  tags: true,
  properties: {
    attributes: blockSet(
      {
        name: attributeName({ required: true }),
        type: oneOf(["S", "N", "B"], { required: true }),
      },
      { optionalComputed: true },
    ),
    billingMode: oneOf(["PROVISIONED", "PAY_PER_REQUEST"], { default: "PROVISIONED" }),
    deletionProtectionEnabled: bool(),
    globalSecondaryIndexes: blockSet(
      {
        keySchemas: list(
          block({
            attributeName: attributeName({ required: true, deviates: NEWER }),
            keyType: oneOf(["HASH", "RANGE"], { required: true, deviates: NEWER }),
          }),
          { optionalComputed: true, maxItems: 8, deviates: NEWER },
        ),
        name: indexName,
        nonKeyAttributes: set(attributeName(), { maxItems: 100 }),
        onDemandThroughput: throughput(),
        projectionType: projection,
        readCapacity: int({ optionalComputed: true, min: 1 }),
        warmThroughput: warm,
        writeCapacity: int({ optionalComputed: true, min: 1 }),
      },
      { optionalComputed: true, value: { json: [] }, maxItems: 20 },
    ),
    globalTableWitness: block(
      { regionName: str({ optionalComputed: true, deviates: NEWER }) },
      { optionalComputed: true, deviates: NEWER },
    ),
    hashKey: attributeName({ optionalComputed: true, replace: true }),
    importTable: block(
      {
        inputCompressionType: oneOf(["GZIP", "ZSTD", "NONE"]),
        inputFormat: oneOf(["CSV", "DYNAMODB_JSON", "ION"], { required: true }),
        inputFormatOptions: block({
          csv: block({ delimiter: str(), headerLists: set(str()) }),
        }),
        s3BucketSource: block(
          { bucket: str({ required: true }), bucketOwner: str(), keyPrefix: str() },
          { required: true, replace: true },
        ),
      },
      {
        conflicts: ["restoreSourceName", "restoreSourceTableArn"],
        deviates: "conflicts are newer than the reference schema",
      },
    ),
    localSecondaryIndexes: blockSet(
      {
        name: { ...indexName, replace: true },
        nonKeyAttributes: list(attributeName(), { replace: true }),
        projectionType: { ...projection, replace: true },
        rangeKey: attributeName({ required: true, replace: true }),
      },
      { replace: true, maxItems: 5 },
    ),
    name: str({ replace: true, pattern: "[a-zA-Z0-9_.-]{3,255}" }),
    onDemandThroughput: throughput(),
    pointInTimeRecovery: block(
      {
        enabled: bool({ required: true }),
        recoveryPeriodInDays: int({
          optionalComputed: true,
          value: { json: 35 },
          min: 1,
          max: 35,
          deviates: NEWER,
        }),
      },
      { optionalComputed: true, value: { json: { enabled: false, recoveryPeriodInDays: 0 } } },
    ),
    rangeKey: attributeName({ replace: true }),
    readCapacity: int({ optionalComputed: true, min: 0 }),
    region,
    replicas: blockSet({
      arn: out(""),
      consistencyMode: oneOf(["EVENTUAL", "STRONG"], {
        default: "EVENTUAL",
        deviates: NEWER,
      }),
      deletionProtectionEnabled: bool({ optionalComputed: true, deviates: NEWER }),
      kmsKeyArn: str({ optionalComputed: true, pattern: arnPattern("kms", ".+") }),
      pointInTimeRecovery: bool(),
      propagateTags: bool(),
      regionName: str({ required: true, pattern: "[a-z]{2}(-[a-z]+)+-\\d" }),
      streamArn: out(""),
      streamLabel: out(""),
    }),
    restoreBackupArn: str({
      replace: true,
      pattern: arnPattern("dynamodb", "table/.+"),
      deviates: NEWER,
    }),
    restoreDateTime: str({ replace: true, format: "rfc3339" }),
    restoreSourceName: str({
      conflicts: ["importTable", "restoreSourceTableArn"],
      deviates: "restoreSourceTableArn is newer than the reference schema",
    }),
    restoreSourceTableArn: str({
      pattern: arnPattern("dynamodb", "table/.+"),
      conflicts: ["importTable", "restoreSourceName"],
      deviates: NEWER,
    }),
    restoreToLatestTime: bool({ replace: true }),
    serverSideEncryption: block(
      { enabled: bool({ required: true }), kmsKeyArn: kmsKeyArn({ optionalComputed: true }) },
      { optionalComputed: true },
    ),
    streamEnabled: bool(),
    streamViewType: oneOf(["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"], {
      optionalComputed: true,
    }),
    tableClass: oneOf(["STANDARD", "STANDARD_INFREQUENT_ACCESS"], { default: "STANDARD" }),
    ttl: block(
      {
        attributeName: attributeName({
          deviates: "needed with enabled: true only, since Terraform provider 5.62",
        }),
        enabled: bool({ default: false, deviates: FILLED }),
      },
      { optionalComputed: true, value: { json: { attributeName: "", enabled: false } } },
    ),
    warmThroughput: warm,
    writeCapacity: int({ optionalComputed: true, min: 0 }),
    arn: out(arnOf("dynamodb", "table/{name}")),
    streamArn: {
      type: "string",
      computed: true,
      value: {
        cases: [
          { when: { property: "streamEnabled", equals: true }, value: "{arn}/stream/{now}" },
          { value: "" },
        ],
      },
      changesWith: ["streamEnabled", "streamViewType"],
    },
    streamLabel: out("{streamArn~/stream/(.+)$}", {
      changesWith: ["streamEnabled", "streamViewType"],
    }),
  },
  rules: [
    {
      name: "every-attribute-is-a-key",
      then: { property: "attributes[].name", allAmong: KEYS },
      message:
        "all attributes must be indexed: `attributes` has one that is neither hashKey nor rangeKey nor the key of an index",
      source: PAGE,
    },
    ...KEYS.map((key) => ({
      name: `defined: ${key}`,
      then: { property: key, allAmong: ["attributes[].name"] },
      message: `all indexes must match a defined attribute: \`${key}\` names one that \`attributes\` does not have`,
      source: PAGE,
    })),
    {
      name: "hash-key-given",
      when: {
        all: [
          { property: "restoreSourceName", present: false },
          { property: "restoreSourceTableArn", present: false },
          { property: "restoreBackupArn", present: false },
        ],
      },
      then: { property: "hashKey", present: true },
      message: "ValidationException: `hashKey`: no hash key specified in schema",
      source: CREATE,
      at: "apply",
    },
    {
      name: "keys-differ",
      when: { property: "rangeKey", present: true },
      then: { not: { property: "rangeKey", allAmong: ["hashKey"] } },
      message:
        "ValidationException: `rangeKey`: both the hash key and the range key element have the same name",
      source: NAMES,
      at: "apply",
    },
    {
      name: "provisioned-has-capacity",
      when: { property: "billingMode", equals: "PROVISIONED" },
      then: {
        any: [
          {
            all: [
              { property: "readCapacity", atLeast: 1 },
              { property: "writeCapacity", atLeast: 1 },
            ],
          },
          { property: "restoreSourceName", present: true },
          { property: "restoreSourceTableArn", present: true },
          { property: "restoreBackupArn", present: true },
        ],
      },
      message:
        "ValidationException: `readCapacity`: ReadCapacityUnits and WriteCapacityUnits must both be specified (at least 1) when billingMode is PROVISIONED",
      source: CREATE,
      at: "apply",
    },
    {
      name: "on-demand-has-no-capacity",
      when: { property: "onDemandThroughput", present: true },
      then: { property: "billingMode", equals: "PAY_PER_REQUEST" },
      message: "ValidationException: `onDemandThroughput`: needs billingMode PAY_PER_REQUEST",
      source: CREATE,
      at: "apply",
    },
    {
      name: "stream-has-view",
      when: { property: "streamEnabled", equals: true },
      then: { property: "streamViewType", present: true },
      message:
        "stream_view_type is required when stream_enabled = true: `streamViewType` is missing",
      source: PAGE,
    },
    {
      name: "ttl-names-attribute",
      when: { property: "ttl.enabled", equals: true },
      then: { property: "ttl.attributeName", present: true },
      message: "`ttl.attributeName`: must be given and not be empty when ttl.enabled is true",
      source: TTL,
    },
    {
      name: "projection-has-attributes",
      then: {
        property: "globalSecondaryIndexes[]",
        every: {
          any: [
            { not: { property: "projectionType", equals: "INCLUDE" } },
            { property: "nonKeyAttributes", present: true },
          ],
        },
      },
      message:
        "ValidationException: `globalSecondaryIndexes[].nonKeyAttributes`: must be given for projectionType INCLUDE",
      source: CREATE,
      at: "apply",
    },
    {
      name: "global-index-has-key",
      then: {
        property: "globalSecondaryIndexes[]",
        every: { property: "keySchemas[].keyType", equals: "HASH" },
      },
      message: "`globalSecondaryIndexes[].keySchemas`: must have an element of keyType HASH",
      source: PAGE,
    },
    {
      name: "local-index-needs-range-key",
      when: { property: "localSecondaryIndexes", present: true },
      then: { property: "rangeKey", present: true },
      message:
        "ValidationException: `rangeKey`: a table with local secondary indexes must have a range key",
      source: CREATE,
      at: "apply",
    },
    {
      name: "replicas-need-streams",
      when: { property: "replicas", present: true },
      then: {
        any: [
          { property: "billingMode", equals: "PAY_PER_REQUEST" },
          { property: "streamViewType", equals: "NEW_AND_OLD_IMAGES" },
        ],
      },
      message:
        "ValidationException: `replicas`: need streamViewType NEW_AND_OLD_IMAGES, and on-demand or scaled write capacity",
      source:
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html",
      at: "apply",
    },
  ],
  deleteRefusedWhile: [
    {
      condition: { property: "deletionProtectionEnabled", equals: true },
      message:
        "ValidationException: resource cannot be deleted as it is currently protected against deletion; disable deletion protection first (`deletionProtectionEnabled`)",
      source: PROTECTION,
    },
  ],
  seconds: { create: 10, update: 8, delete: 6 },
};

export const models: readonly ResourceModel[] = [table];
