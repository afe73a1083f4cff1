/** Cloud Storage: the bucket. */
import type { Condition, ResourceModel, Rule } from "../../model";
import {
  ABANDONED,
  BUCKET,
  CRYPTO_KEY,
  NETWORK,
  block,
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
  set,
  str,
} from "./common";

const PAGE = registry("storage/bucket");
const NAMES = "https://cloud.google.com/storage/docs/buckets#naming";
const LIFECYCLE = "https://cloud.google.com/storage/docs/lifecycle";
const LOCK = "https://cloud.google.com/storage/docs/bucket-lock";
const LOCATIONS = "https://cloud.google.com/storage/docs/locations";
const SOFT_DELETE = "https://cloud.google.com/storage/docs/soft-delete";

const CLASSES = [
  "STANDARD",
  "MULTI_REGIONAL",
  "REGIONAL",
  "NEARLINE",
  "COLDLINE",
  "ARCHIVE",
] as const;
const DATE = "\\d{4}-\\d{2}-\\d{2}";
const day = { pattern: DATE, example: "2026-01-31" } as const;
/** A year of 365.25 days, a hundred times: the longest that a bucket can hold objects. */
const CENTURY = 3155760000;

const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });

const restriction = block({
  effectiveTime: out("{now}"),
  restrictionMode: oneOf(["NotRestricted", "FullyRestricted"], { required: true }),
});

const lifecycleRules = blocks(
  {
    action: block(
      {
        storageClass: oneOf(CLASSES),
        type: oneOf(["Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"], {
          required: true,
        }),
      },
      { required: true },
    ),
    condition: block(
      {
        age: int({ min: 0 }),
        createdBefore: str(day),
        customTimeBefore: str(day),
        daysSinceCustomTime: int({ min: 0 }),
        daysSinceNoncurrentTime: int({ min: 0 }),
        matchesPrefixes: list(str({ minLength: 1 })),
        matchesStorageClasses: list(oneOf([...CLASSES, "DURABLE_REDUCED_AVAILABILITY"])),
        matchesSuffixes: list(str({ minLength: 1 })),
        noncurrentTimeBefore: str(day),
        numNewerVersions: int({ min: 0 }),
        sendAgeIfZero: bool(),
        sendDaysSinceCustomTimeIfZero: bool(),
        sendDaysSinceNoncurrentTimeIfZero: bool(),
        sendNumNewerVersionsIfZero: bool(),
        sizeAboveBytes: int({ min: 0 }),
        sizeBelowBytes: int({ min: 0 }),
        withState: oneOf(["LIVE", "ARCHIVED", "ANY"], { optionalComputed: true, value: "ANY" }),
      },
      { required: true },
    ),
  },
  { maxItems: 100 },
);

const RULE = "lifecycleRules[]";
/** A rule of the lifecycle that says when. */
const conditions = [
  "age",
  "createdBefore",
  "customTimeBefore",
  "daysSinceCustomTime",
  "daysSinceNoncurrentTime",
  "matchesPrefixes",
  "matchesStorageClasses",
  "matchesSuffixes",
  "noncurrentTimeBefore",
  "numNewerVersions",
  "sizeAboveBytes",
  "sizeBelowBytes",
  "withState",
];
/** What is sent to the API only where it is not 0, unless the flag beside it says so. */
const zeros = {
  age: "sendAgeIfZero",
  daysSinceCustomTime: "sendDaysSinceCustomTimeIfZero",
  daysSinceNoncurrentTime: "sendDaysSinceNoncurrentTimeIfZero",
  numNewerVersions: "sendNumNewerVersionsIfZero",
} as const;

const lifecycle: readonly Rule[] = [
  {
    name: "lifecycle-class",
    then: {
      property: RULE,
      every: {
        any: [
          {
            all: [
              { property: "action.type", equals: "SetStorageClass" },
              present("action.storageClass"),
            ],
          },
          {
            all: [
              { property: "action.type", notEquals: "SetStorageClass" },
              absent("action.storageClass"),
            ],
          },
        ],
      },
    },
    message:
      "Invalid argument: `lifecycleRules`: SetStorageClass needs action.storageClass, and no other action takes it",
    source: LIFECYCLE,
    at: "apply",
  },
  {
    name: "lifecycle-condition",
    then: {
      property: RULE,
      every: { any: conditions.map((name) => present(`condition.${name}`)) },
    },
    message: "Invalid argument: `lifecycleRules`: a rule must specify at least one condition",
    source: LIFECYCLE,
    at: "apply",
  },
  {
    name: "lifecycle-zeros",
    then: {
      property: RULE,
      every: {
        all: Object.entries(zeros).map(([name, flag]) => ({
          any: [
            absent(`condition.${name}`),
            { property: `condition.${name}`, atLeast: 1 },
            { property: `condition.${flag}`, equals: true },
          ],
        })),
      },
    },
    message:
      "`lifecycleRules`: a condition of 0 days or versions is left out of the request, and the rule then holds for everything: set the send…IfZero beside it",
    source: PAGE,
    at: "apply",
  },
  {
    name: "lifecycle-of-uploads",
    then: {
      property: RULE,
      every: {
        any: [
          { property: "action.type", notEquals: "AbortIncompleteMultipartUpload" },
          {
            all: conditions
              .filter((name) => !["age", "matchesPrefixes", "matchesSuffixes"].includes(name))
              .map((name) => absent(`condition.${name}`)),
          },
        ],
      },
    },
    message:
      "Invalid argument: `lifecycleRules`: AbortIncompleteMultipartUpload takes only the conditions age, matchesPrefixes and matchesSuffixes",
    source: `${LIFECYCLE}#abort-mpu`,
    at: "apply",
  },
];

const rules: readonly Rule[] = [
  {
    name: "name-without-google",
    when: present("name"),
    then: {
      not: { property: "name", matches: "goog.*|.*g[o0][o0]gle.*|\\d+\\.\\d+\\.\\d+\\.\\d+" },
    },
    message:
      "Invalid bucket name: `name` can't begin with goog, contain google or look like an IP address",
    source: NAMES,
    at: "apply",
  },
  {
    name: "soft-delete-days",
    when: present("softDeletePolicy.retentionDurationSeconds"),
    then: {
      any: [
        { property: "softDeletePolicy.retentionDurationSeconds", equals: 0 },
        {
          all: [
            { property: "softDeletePolicy.retentionDurationSeconds", atLeast: 604800 },
            { property: "softDeletePolicy.retentionDurationSeconds", atMost: 7776000 },
          ],
        },
      ],
    },
    message:
      "Invalid argument: `softDeletePolicy.retentionDurationSeconds` must be 0, or 604800 (7 days) to 7776000 (90 days)",
    source: SOFT_DELETE,
    at: "apply",
  },
  {
    name: "versions-or-retention",
    when: { property: "versioning.enabled", equals: true },
    then: absent("retentionPolicy"),
    message:
      "Invalid argument: `versioning`: object versioning can't be enabled on a bucket with a `retentionPolicy`",
    source: LOCK,
    at: "apply",
  },
  {
    name: "retention-period",
    when: present("retentionPolicy"),
    then: {
      all: [
        { property: "retentionPolicy.retentionPeriod", atLeast: 1 },
        { property: "retentionPolicy.retentionPeriod", atMost: CENTURY - 1 },
      ],
    },
    message: `Invalid argument: \`retentionPolicy.retentionPeriod\` must be 1 to ${CENTURY - 1} seconds`,
    source: LOCK,
    at: "apply",
  },
  {
    name: "locked-retention-stays",
    when: { property: "^retentionPolicy.isLocked", equals: true },
    then: {
      all: [
        { property: "retentionPolicy.isLocked", equals: true },
        {
          property: "retentionPolicy.retentionPeriod",
          atLeastProperty: "^retentionPolicy.retentionPeriod",
        },
      ],
    },
    message:
      "Cannot reduce or remove the retention of a locked `retentionPolicy`: it can only be made longer",
    source: LOCK,
    at: "apply",
  },
  {
    name: "namespace-needs-uniform-access",
    when: { property: "hierarchicalNamespace.enabled", equals: true },
    then: {
      all: [
        { property: "uniformBucketLevelAccess", equals: true },
        { not: { property: "versioning.enabled", equals: true } },
      ],
    },
    message:
      "Invalid argument: `hierarchicalNamespace` needs `uniformBucketLevelAccess`, and has no object versions",
    source: "https://cloud.google.com/storage/docs/hns-overview",
    at: "apply",
  },
  {
    name: "turbo-replication",
    when: { property: "rpo", equals: "ASYNC_TURBO" },
    then: {
      any: [
        present("customPlacementConfig"),
        { property: "location", matches: "[Aa][Ss][Ii][Aa]1|[Ee][Uu][Rr][4578]|[Nn][Aa][Mm]4" },
      ],
    },
    message: "Invalid argument: `rpo` ASYNC_TURBO is for dual-region buckets alone",
    source: "https://cloud.google.com/storage/docs/availability-durability#turbo-replication",
    at: "apply",
  },
  {
    name: "no-replication-of-a-region",
    when: present("rpo"),
    then: { property: "location", notMatches: "[A-Za-z]+-[A-Za-z]+\\d+" },
    message: "Invalid argument: `rpo` can't be set on a bucket in one region",
    source: PAGE,
    at: "apply",
  },
  {
    name: "two-places",
    when: present("customPlacementConfig"),
    then: {
      all: [
        { property: "customPlacementConfig.dataLocations", lengthAtLeast: 2 },
        { property: "customPlacementConfig.dataLocations", lengthAtMost: 2 },
        { property: "location", matches: "ASIA|CA|DE|EU|IN|IT|US|asia|ca|de|eu|in|it|us" },
      ],
    },
    message:
      "Invalid argument: `customPlacementConfig.dataLocations` are two regions of the continent that `location` names",
    source: LOCATIONS,
    at: "apply",
  },
  {
    name: "autoclass-class",
    when: { property: "autoclass.enabled", equals: true },
    then: { property: "storageClass", in: ["STANDARD"] },
    message: "Invalid argument: `storageClass` of a bucket with autoclass must be STANDARD",
    source: "https://cloud.google.com/storage/docs/autoclass",
    at: "apply",
  },
  ...lifecycle,
];

/** A bucket of Cloud Storage. Its names are shared by everybody. */
export const bucket: ResourceModel = {
  token: BUCKET,
  source: PAGE,
  schema: "google_storage_bucket",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 222 },
  unique: [{ properties: ["name"], scope: "global", source: NAMES }],
  labels: true,
  properties: {
    autoclass: block({
      enabled: bool({ required: true }),
      terminalStorageClass: oneOf(["NEARLINE", "ARCHIVE"], {
        optionalComputed: true,
        value: "NEARLINE",
      }),
    }),
    cors: blocks({
      maxAgeSeconds: int({ min: 0 }),
      methods: list(oneOf(["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "*"])),
      origins: list(str({ minLength: 1, example: "https://gitlab.example.com" })),
      responseHeaders: list(str({ minLength: 1 })),
    }),
    customPlacementConfig: block({
      dataLocations: set(str({ pattern: "[A-Za-z]+-[A-Za-z]+\\d+", example: "EUROPE-WEST4" }), {
        required: true,
        replace: true,
        minItems: 1,
      }),
    }),
    defaultEventBasedHold: bool(),
    deletionPolicy,
    enableObjectRetention: bool({ replace: true }),
    encryption: block({
      customerManagedEncryptionEnforcementConfig: restriction,
      customerSuppliedEncryptionEnforcementConfig: restriction,
      defaultKmsKeyName: str({ ref: { type: CRYPTO_KEY } }),
      googleManagedEncryptionEnforcementConfig: restriction,
    }),
    forceDestroy: bool(),
    hierarchicalNamespace: block(
      { enabled: bool({ required: true, replace: true }) },
      { replace: true },
    ),
    ipFilter: block({
      allowAllServiceAgentAccess: bool(),
      allowCrossOrgVpcs: bool(),
      mode: oneOf(["Enabled", "Disabled"], { required: true }),
      publicNetworkSource: block({
        allowedIpCidrRanges: list(str({ format: "cidr", example: "203.0.113.0/24" }), {
          required: true,
        }),
      }),
      vpcNetworkSources: blocks({
        allowedIpCidrRanges: list(str({ format: "cidr", example: "10.0.0.0/16" }), {
          required: true,
        }),
        network: linkTo(NETWORK, { required: true }),
      }),
    }),
    lifecycleRules,
    // A region, a dual-region or a continent; the API answers in capitals.
    location: str({
      required: true,
      replace: true,
      same: "lowercase",
      pattern:
        "[A-Za-z]+-[A-Za-z]+\\d+|ASIA1?|asia1?|CA|ca|DE|de|EU|eu|EUR[4578]|eur[4578]|IN|in|IT|it|NAM4|nam4|US|us",
      example: "EUROPE-WEST4",
    }),
    logging: block({
      logBucket: str({ required: true, ref: { type: BUCKET } }),
      logObjectPrefix: str({ optionalComputed: true, value: "{name}" }),
    }),
    name: str({
      replace: true,
      pattern:
        "[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]|(?=.{3,222}$)[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})+",
      example: "gitlab-ops-artifacts",
    }),
    project,
    publicAccessPrevention: oneOf(["inherited", "enforced"], {
      optionalComputed: true,
      value: "inherited",
    }),
    requesterPays: bool(),
    retentionPolicy: block({
      isLocked: bool(),
      retentionPeriod: str({ required: true, pattern: "\\d+", example: "86400" }),
    }),
    rpo: oneOf(["DEFAULT", "ASYNC_TURBO"], {
      optionalComputed: true,
      value: {
        cases: [
          { when: { property: "location", matches: "[A-Za-z]+-[A-Za-z]+\\d+" }, value: "" },
          { value: "DEFAULT" },
        ],
      },
    }),
    softDeletePolicy: block(
      {
        effectiveTime: out("{now}"),
        retentionDurationSeconds: int({ default: 604800, min: 0 }),
      },
      {
        optionalComputed: true,
        value: { json: { effectiveTime: "{now}", retentionDurationSeconds: 604800 } },
      },
    ),
    storageClass: oneOf(CLASSES, { default: "STANDARD" }),
    uniformBucketLevelAccess: bool({ optionalComputed: true, value: { json: false } }),
    versioning: block(
      { enabled: bool({ required: true }) },
      { optionalComputed: true, value: { json: { enabled: false } } },
    ),
    website: block({ mainPageSuffix: str(), notFoundPage: str() }, { optionalComputed: true }),
    projectNumber: { type: "integer", computed: true, value: "{accountNumber}" },
    selfLink: out("https://www.googleapis.com/storage/v1/b/{name}"),
    timeCreated: out("{now}"),
    updated: out("{now}"),
    url: out("gs://{name}"),
  },
  rules,
  contains: [
    {
      type: "gcp:storage/bucketObject:BucketObject",
      property: "bucket",
      unless: "forceDestroy",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};
