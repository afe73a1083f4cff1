/** Cloud Logging: metrics made of logs, sinks and log buckets. */
import type { Condition, ResourceModel } from "../../model";
import {
  ABANDONED,
  BUCKET,
  CRYPTO_KEY,
  LOG_BUCKET,
  LOG_METRIC,
  block,
  blockSet,
  blocks,
  bool,
  deletionPolicy,
  int,
  list,
  map,
  num,
  oneOf,
  out,
  prevented,
  project,
  projectName,
  registry,
  str,
} from "./common";

const API = "https://cloud.google.com/logging/docs/reference/v2/rest/v2";
const BUCKETS = "https://cloud.google.com/logging/docs/buckets";
const SINKS = "https://cloud.google.com/logging/docs/export/configure_export_v2";
const METRICS = "https://cloud.google.com/logging/docs/logs-based-metrics";
/** Characters of a filter: https://cloud.google.com/logging/quotas */
const FILTER = { minLength: 1, maxLength: 20000, example: 'severity >= "ERROR"' } as const;
const EXTRACT = "(EXTRACT|REGEXP_EXTRACT)\\(.+\\)";
const present = (property: string): Condition => ({ property, present: true });
const distribution: Condition = {
  property: "metricDescriptor.valueType",
  equals: "DISTRIBUTION",
};

const metric: ResourceModel = {
  token: LOG_METRIC,
  source: registry("logging/metric"),
  schema: "google_logging_metric",
  api: "logging.googleapis.com",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name"], scope: "account", source: METRICS }],
  properties: {
    bucketName: str({
      pattern: "projects/[^/]+/locations/[^/]+/buckets/[^/]+",
      ref: {
        type: LOG_BUCKET,
        outside: "projects/[^/]+/locations/[^/]+/buckets/_(Default|Required)",
      },
    }),
    bucketOptions: block({
      explicitBuckets: block({ bounds: list(num(), { required: true, minItems: 1 }) }),
      exponentialBuckets: block({
        growthFactor: num({ required: true, min: 1.000001 }),
        numFiniteBuckets: int({ required: true, min: 1, max: 200 }),
        scale: num({ required: true, min: 0.000001 }),
      }),
      linearBuckets: block({
        numFiniteBuckets: int({ required: true, min: 1, max: 200 }),
        offset: num({ required: true }),
        width: num({ required: true, min: 0.000001 }),
      }),
    }),
    deletionPolicy,
    description: str({ maxLength: 8000 }),
    disabled: bool(),
    filter: str({ required: true, ...FILTER }),
    labelExtractors: map({
      items: str({ pattern: EXTRACT }),
      keys: str({ pattern: "[A-Za-z][A-Za-z0-9_]{0,99}" }),
      maxItems: 10,
      example: { unit: "EXTRACT(jsonPayload.unit)" },
    }),
    metricDescriptor: block(
      {
        displayName: str(),
        labels: blockSet({
          description: str(),
          key: str({
            required: true,
            replace: true,
            pattern: "[A-Za-z][A-Za-z0-9_]{0,99}",
            example: "unit",
          }),
          valueType: oneOf(["BOOL", "INT64", "STRING"], { default: "STRING", replace: true }),
        }),
        metricKind: oneOf(["DELTA", "GAUGE", "CUMULATIVE"], { required: true }),
        unit: str({ default: "1" }),
        valueType: oneOf(["BOOL", "INT64", "DOUBLE", "STRING", "DISTRIBUTION", "MONEY"], {
          required: true,
          example: "INT64",
        }),
      },
      {
        optionalComputed: true,
        value: { json: { metricKind: "DELTA", unit: "1", valueType: "INT64" } },
      },
    ),
    name: str({
      pattern: "(?!/)[A-Za-z0-9_.,+!*',()%/-]{1,100}",
      example: "gitlab/boot_failure",
    }),
    project,
    valueExtractor: str({ pattern: EXTRACT, example: "EXTRACT(jsonPayload.seconds)" }),
  },
  rules: [
    {
      name: "some-buckets",
      when: present("bucketOptions"),
      then: {
        any: ["explicitBuckets", "exponentialBuckets", "linearBuckets"].map((name) =>
          present(`bucketOptions.${name}`),
        ),
      },
      message:
        "`bucketOptions`: one of explicitBuckets, exponentialBuckets and linearBuckets must be specified",
      source: registry("logging/metric"),
    },
    {
      name: "counters-and-distributions",
      when: present("metricDescriptor"),
      then: {
        all: [
          { property: "metricDescriptor.metricKind", equals: "DELTA" },
          { property: "metricDescriptor.valueType", in: ["INT64", "DOUBLE", "DISTRIBUTION"] },
        ],
      },
      message:
        "Error 400: `metricDescriptor`: a metric made of logs is DELTA, and INT64 (a counter), DOUBLE or DISTRIBUTION",
      source: `${API}/projects.metrics`,
      at: "apply",
    },
    {
      name: "distribution-of-a-value",
      when: distribution,
      then: present("valueExtractor"),
      message: "Error 400: `valueExtractor` is required for a DISTRIBUTION",
      source: registry("logging/metric"),
      at: "apply",
    },
    {
      name: "counters-count",
      when: present("valueExtractor"),
      then: { property: "metricDescriptor.valueType", in: ["DISTRIBUTION", "DOUBLE"] },
      message: "Error 400: `valueExtractor` only with a DISTRIBUTION",
      source: `${API}/projects.metrics`,
      at: "apply",
    },
    {
      name: "buckets-of-distributions",
      when: present("bucketOptions"),
      then: distribution,
      message: "Error 400: `bucketOptions` only with a DISTRIBUTION",
      source: registry("logging/metric"),
      at: "apply",
    },
    {
      name: "labels-have-extractors",
      when: present("labelExtractors"),
      then: present("metricDescriptor.labels"),
      message:
        "Error 400: `labelExtractors`: every label needs its descriptor in `metricDescriptor.labels`",
      source: registry("logging/metric"),
      at: "apply",
    },
    {
      name: "extractors-for-labels",
      when: present("metricDescriptor.labels"),
      then: present("labelExtractors"),
      message: "Error 400: `metricDescriptor.labels`: every label needs a `labelExtractors` entry",
      source: registry("logging/metric"),
      at: "apply",
    },
    {
      name: "not-projects-locations",
      when: present("metricDescriptor.labels"),
      then: { property: "metricDescriptor.labels[].key", distinct: true },
      message: "Error 400: `metricDescriptor.labels`: a key is given twice",
      source: `${API}/projects.metrics`,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};

const sink: ResourceModel = {
  token: "gcp:logging/projectSink:ProjectSink",
  source: registry("logging/projectsink"),
  schema: "google_logging_project_sink",
  api: "logging.googleapis.com",
  id: "projects/{account}/sinks/{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name"], scope: "account", source: SINKS }],
  properties: {
    bigqueryOptions: block(
      { usePartitionedTables: bool({ required: true }) },
      { optionalComputed: true },
    ),
    customWriterIdentity: str({ pattern: "serviceAccount:[^@]+@.+" }),
    deletionPolicy,
    description: str({ maxLength: 8000 }),
    destination: str({
      required: true,
      pattern:
        "storage\\.googleapis\\.com/[a-z0-9._-]+|bigquery\\.googleapis\\.com/projects/[^/]+/datasets/\\w+|pubsub\\.googleapis\\.com/projects/[^/]+/topics/[^/]+|logging\\.googleapis\\.com/projects/[^/]+(/locations/[^/]+/buckets/[^/]+)?",
      example: "logging.googleapis.com/projects/gitlab-ops",
    }),
    disabled: bool(),
    exclusions: blocks(
      {
        description: str({ maxLength: 8000 }),
        disabled: bool(),
        filter: str({ required: true, ...FILTER }),
        name: str({
          required: true,
          pattern: "[A-Za-z0-9][A-Za-z0-9_.-]{0,99}",
          example: "health-checks",
        }),
      },
      { maxItems: 50 },
    ),
    filter: str({ maxLength: 20000, example: FILTER.example }),
    name: str({ replace: true, pattern: "[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}" }),
    project,
    uniqueWriterIdentity: bool({ default: true }),
    writerIdentity: {
      type: "string",
      computed: true,
      changesWith: ["uniqueWriterIdentity", "customWriterIdentity"],
      value: {
        cases: [
          { when: present("customWriterIdentity"), value: "{customWriterIdentity}" },
          {
            when: { property: "uniqueWriterIdentity", equals: true },
            value: "serviceAccount:service-{accountNumber}@gcp-sa-logging.iam.gserviceaccount.com",
          },
          { value: "serviceAccount:cloud-logs@system.gserviceaccount.com" },
        ],
      },
    },
  },
  rules: [
    {
      name: "tables-need-a-writer",
      when: present("bigqueryOptions"),
      then: { property: "uniqueWriterIdentity", equals: true },
      message: "`uniqueWriterIdentity` must be true when bigqueryOptions is supplied",
      source: registry("logging/projectsink"),
    },
    {
      name: "bucket-is-there",
      when: { property: "destination", matches: "storage\\..*" },
      then: {
        property: "destination",
        part: "^storage\\.googleapis\\.com/(.+)$",
        companion: { type: BUCKET, property: "name" },
      },
      message: "Error 404: `destination`: there is no such bucket",
      source: SINKS,
      at: "apply",
    },
    {
      name: "each-exclusion-once",
      then: { property: "exclusions[].name", distinct: true },
      message: "Error 400: `exclusions`: a name is given twice",
      source: SINKS,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};

const bucketConfig: ResourceModel = {
  token: LOG_BUCKET,
  source: registry("logging/projectbucketconfig"),
  schema: "google_logging_project_bucket_config",
  api: "logging.googleapis.com",
  id: "projects/{project~^(?:projects/)?(.+)$}/locations/{location}/buckets/{bucketId}",
  unique: [
    {
      properties: ["bucketId", "location"],
      scope: "account",
      source: BUCKETS,
      keptAfterDelete: "for seven days",
    },
  ],
  properties: {
    bucketId: str({ required: true, replace: true, pattern: "[A-Za-z0-9_.-]{1,100}" }),
    cmekSettings: block({
      kmsKeyName: str({ required: true, ref: { type: CRYPTO_KEY } }),
      kmsKeyVersionName: out("{kmsKeyName}/cryptoKeyVersions/1"),
      name: out("{name}/cmekSettings"),
      serviceAccountId: out("service-{accountNumber}@gcp-sa-logging.iam.gserviceaccount.com"),
    }),
    deletionPolicy,
    description: str({ optionalComputed: true, value: "", maxLength: 8000 }),
    enableAnalytics: bool(),
    indexConfigs: blockSet(
      {
        fieldPath: str({ required: true, example: "jsonPayload.unit" }),
        type: oneOf(["INDEX_TYPE_STRING", "INDEX_TYPE_INTEGER"], { required: true }),
      },
      { maxItems: 20 },
    ),
    location: str({
      required: true,
      replace: true,
      pattern: "global|eu|us|[a-z]+(-[a-z]+)+\\d+",
      example: "europe-west4",
    }),
    locked: bool(),
    project: projectName({ required: true, replace: true }),
    // 1 to 3650 days: https://cloud.google.com/logging/docs/buckets#custom-retention
    retentionDays: int({ default: 30, min: 1, max: 3650 }),
    lifecycleState: out("ACTIVE"),
    name: out("projects/{project}/locations/{location}/buckets/{bucketId}"),
  },
  rules: [
    {
      name: "locked-for-good",
      when: { property: "^locked", equals: true },
      then: {
        all: [
          { property: "locked", equals: true },
          { property: "retentionDays", atLeastProperty: "^retentionDays" },
        ],
      },
      message:
        "Error 400: a locked log bucket can't be unlocked (`locked`) or keep less (`retentionDays`)",
      source: `${BUCKETS}#locking-logs-buckets`,
      at: "apply",
    },
    {
      name: "analytics-stay",
      when: { property: "^enableAnalytics", equals: true },
      then: { not: { property: "enableAnalytics", equals: false } },
      message: "Error 400: `enableAnalytics`: Log Analytics can't be turned off again",
      source: BUCKETS,
      at: "apply",
    },
    {
      name: "required-is-googles",
      then: { property: "bucketId", notEquals: "_Required" },
      message: "Error 400: `bucketId`: the bucket _Required can't be changed",
      source: BUCKETS,
      at: "apply",
    },
    {
      name: "keys-stay",
      when: present("^cmekSettings"),
      then: present("cmekSettings"),
      message: "Error 400: `cmekSettings` can't be taken away again",
      source: registry("logging/projectbucketconfig"),
      at: "apply",
    },
    {
      name: "keys-of-places",
      when: present("cmekSettings"),
      then: { property: "location", notEquals: "global" },
      message: "Error 400: `cmekSettings`: the keys of a log bucket need a `location` in a region",
      source: "https://cloud.google.com/logging/docs/routing/managed-encryption-storage",
      at: "apply",
    },
  ],
  deleteRefusedWhile: [
    prevented,
    {
      condition: { property: "locked", equals: true },
      message: "Error 400: a locked log bucket can't be deleted while it holds entries (`locked`)",
      source: `${BUCKETS}#locking-logs-buckets`,
    },
  ],
  leftWhile: ABANDONED,
  seconds: { create: 5, update: 3, delete: 3 },
};

export const models: readonly ResourceModel[] = [metric, sink, bucketConfig];
