/** Cloud Storage: buckets, who may use them, objects and keys for S3's protocol. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  ACCOUNT,
  BUCKET,
  CRYPTO_KEY,
  block,
  blocks,
  bool,
  deletionPolicy,
  map,
  oneOf,
  out,
  prevented,
  project,
  registry,
  str,
} from "./common";
import { iamMember } from "./iam-member";
import { bucket } from "./storage-bucket";

const PUBLIC = "https://cloud.google.com/storage/docs/public-access-prevention";

/** The bucket by its name: one of everybody's, so that it may be another project's. */
const ofBucket = str({
  required: true,
  replace: true,
  ref: { type: BUCKET },
  same: "self-link",
});

const bucketMember = iamMember({
  token: "gcp:storage/bucketIAMMember:BucketIAMMember",
  page: "storage/bucketiammember",
  schema: "google_storage_bucket_iam_member",
  api: "storage.googleapis.com",
  on: "b/{bucket~^(?:b/)?(.+)$}",
  own: { bucket: ofBucket },
  rules: [
    {
      name: "conditions-need-uniform-access",
      when: { property: "condition", present: true },
      then: {
        property: "bucket",
        referred: { property: "uniformBucketLevelAccess", equals: true },
      },
      message:
        "Invalid argument: `condition`: a bucket needs uniformBucketLevelAccess before its policy can have conditions",
      source: "https://cloud.google.com/storage/docs/access-control/iam#conditions",
      at: "apply",
    },
    {
      name: "no-public-member-of-a-private-bucket",
      when: { property: "member", in: ["allUsers", "allAuthenticatedUsers"] },
      then: {
        property: "bucket",
        referred: { not: { property: "publicAccessPrevention", equals: "enforced" } },
      },
      message:
        "Error 412: `member`: the member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced",
      source: PUBLIC,
      at: "apply",
    },
    {
      name: "no-condition-on-legacy-roles",
      when: { property: "role", matches: "roles/storage\\.legacy.*" },
      then: { property: "condition", present: false },
      message: "Invalid argument: `condition`: legacy roles take no condition",
      source: "https://cloud.google.com/storage/docs/access-control/iam#conditions",
      at: "apply",
    },
    {
      name: "a-role-for-buckets",
      when: { property: "role", matches: "roles/.*" },
      then: { property: "role", matches: "roles/(storage|owner|editor|viewer|iam|firebase).*" },
      message: "Error 400: Role is not supported for this resource: `role`",
      source: "https://cloud.google.com/storage/docs/access-control/iam-roles",
      at: "apply",
    },
  ],
});

const bucketObject: ResourceModel = {
  token: "gcp:storage/bucketObject:BucketObject",
  source: registry("storage/bucketobject"),
  schema: "google_storage_bucket_object",
  id: "{bucket}-{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["bucket", "name"], scope: "global" }],
  properties: {
    bucket: ofBucket,
    cacheControl: str({ replace: true }),
    content: str({ secret: true, optionalComputed: true, exactlyOneOf: ["source"] }),
    contentDisposition: str({ replace: true }),
    contentEncoding: str({ replace: true }),
    contentLanguage: str({ replace: true }),
    contentType: str({
      replace: true,
      optionalComputed: true,
      value: "text/plain; charset=utf-8",
      conflicts: ["forceEmptyContentType"],
    }),
    contexts: block({
      customs: blocks(
        {
          createTime: out("{now}"),
          key: str({ required: true, pattern: "[A-Za-z0-9].*", example: "kind" }),
          updateTime: out("{now}"),
          value: str({ required: true, pattern: "[A-Za-z0-9].*", example: "backup" }),
        },
        { required: true },
      ),
    }),
    customerEncryption: block(
      {
        encryptionAlgorithm: oneOf(["AES256"], { replace: true, default: "AES256" }),
        encryptionKey: str({ required: true, replace: true, secret: true, format: "base64" }),
      },
      { secret: true, conflicts: ["kmsKeyName"] },
    ),
    deletionPolicy,
    detectMd5hash: str({ default: "different hash" }),
    eventBasedHold: bool({ conflicts: ["retention"] }),
    forceEmptyContentType: bool({ replace: true, conflicts: ["contentType"] }),
    kmsKeyName: str({
      replace: true,
      optionalComputed: true,
      value: "",
      conflicts: ["customerEncryption"],
      ref: { type: CRYPTO_KEY },
    }),
    metadata: map({ replace: true }),
    // https://cloud.google.com/storage/docs/objects#naming
    name: str({ replace: true, minLength: 1, maxBytes: 1024, pattern: "(?!\\.{1,2}$)[^\\r\\n]+" }),
    retention: block(
      {
        mode: oneOf(["Locked", "Unlocked"], { required: true }),
        retainUntilTime: str({
          required: true,
          format: "rfc3339",
          example: "2027-01-01T00:00:00Z",
        }),
      },
      { conflicts: ["eventBasedHold"] },
    ),
    source: { type: "asset", replace: true, exactlyOneOf: ["content"] },
    sourceMd5hash: str(),
    storageClass: oneOf(
      ["STANDARD", "MULTI_REGIONAL", "REGIONAL", "NEARLINE", "COLDLINE", "ARCHIVE"],
      { replace: true, optionalComputed: true, value: "{ref:bucket:storageClass}" },
    ),
    temporaryHold: bool(),
    crc32c: out("{base64Bytes:4}", { changesWith: ["content", "source", "sourceMd5hash"] }),
    generation: {
      type: "integer",
      computed: true,
      value: "17{digits:14}",
      changesWith: ["content", "source", "sourceMd5hash"],
    },
    md5hash: out("{base64Bytes:16:md5}", { changesWith: ["content", "source", "sourceMd5hash"] }),
    md5hexhash: out("{hexBytes:16:md5}", { changesWith: ["content", "source", "sourceMd5hash"] }),
    mediaLink: out(
      "https://storage.googleapis.com/download/storage/v1/b/{bucket}/o/{name}?alt=media",
    ),
    outputName: out("{name}"),
    selfLink: out("https://www.googleapis.com/storage/v1/b/{bucket}/o/{name}"),
  },
  rules: [
    {
      name: "retention-of-objects",
      when: { property: "retention", present: true },
      then: { property: "bucket", referred: { property: "enableObjectRetention", equals: true } },
      message:
        "Invalid argument: `retention`: the bucket does not have object retention (enableObjectRetention)",
      source: "https://cloud.google.com/storage/docs/object-lock",
      at: "apply",
    },
  ],
  deleteRefusedWhile: [
    prevented,
    {
      condition: {
        any: [
          { property: "temporaryHold", equals: true },
          { property: "eventBasedHold", equals: true },
        ],
      },
      message:
        "Error 403: Object is under active Event-Based or Temporary hold (`temporaryHold`, `eventBasedHold`) and cannot be deleted",
      source: "https://cloud.google.com/storage/docs/object-holds",
    },
    {
      condition: {
        any: [
          { property: "retention", present: true },
          { property: "bucket", referred: { property: "retentionPolicy", present: true } },
        ],
      },
      message:
        "Error 403: Object is subject to a retention policy and cannot be deleted, overwritten or archived yet",
      source: "https://cloud.google.com/storage/docs/bucket-lock",
    },
  ],
  leftWhile: ABANDONED,
  seconds: { create: 1, update: 1, delete: 1 },
};

const hmacKey: ResourceModel = {
  token: "gcp:storage/hmacKey:HmacKey",
  source: registry("storage/hmackey"),
  schema: "google_storage_hmac_key",
  id: "projects/{account}/hmacKeys/{accessId}",
  properties: {
    deletionPolicy,
    project,
    serviceAccountEmail: str({
      required: true,
      replace: true,
      ref: { type: ACCOUNT, by: "email", outside: "[^@]+@[a-z0-9-]+\\.gserviceaccount\\.com" },
    }),
    state: oneOf(["ACTIVE", "INACTIVE"], { default: "ACTIVE" }),
    // https://cloud.google.com/storage/docs/authentication/hmackeys
    accessId: out("GOOG1E{ALNUM:55}"),
    secret: out("{alnum:40}", { secret: true }),
    timeCreated: out("{now}"),
    updated: out("{now}"),
  },
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};

export const models: readonly ResourceModel[] = [bucket, bucketMember, bucketObject, hmacKey];
