/** S3: objects that the program writes. */
import type { PropertyModel, ResourceModel } from "../../model";
import { block, bool, map, nestedTags, oneOf, out, region, registry, str } from "./common";
import { APART, FILLED, NEWER, kmsKey } from "./policies";
import { ownBucket } from "./s3-bucket";

const OBJECT_LOCK = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html";

const lockMode = oneOf(["GOVERNANCE", "COMPLIANCE"]);

const sharedObject: Readonly<Record<string, PropertyModel>> = {
  bucket: ownBucket,
  bucketKeyEnabled: bool({ optionalComputed: true, value: { json: false } }),
  cacheControl: str(),
  content: str({ conflicts: ["source", "contentBase64"] }),
  contentBase64: str({ conflicts: ["source", "content"], format: "base64" }),
  contentDisposition: str(),
  contentEncoding: str(),
  contentLanguage: str(),
  contentType: str({ optionalComputed: true, value: "application/octet-stream" }),
  etag: str({
    optionalComputed: true,
    value: "{hex:32}",
    conflicts: ["kmsKeyId"],
    pattern: "[0-9a-f]{32}(-\\d+)?",
    changesWith: ["content", "contentBase64", "source", "sourceHash"],
  }),
  forceDestroy: bool({ default: false, deviates: FILLED }),
  // Keys are UTF-8 of at most 1,024 bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
  key: str({ replace: true, minLength: 1, maxLength: 1024 }),
  kmsKeyId: kmsKey({ optionalComputed: true, conflicts: ["etag"], deviates: APART }),
  metadata: map(),
  objectLockLegalHoldStatus: oneOf(["ON", "OFF"]),
  objectLockMode: { ...lockMode, requiredWith: ["objectLockRetainUntilDate"], deviates: APART },
  objectLockRetainUntilDate: str({
    format: "rfc3339",
    requiredWith: ["objectLockMode"],
    deviates: APART,
  }),
  region,
  serverSideEncryption: oneOf(["AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"], {
    optionalComputed: true,
    value: "AES256",
  }),
  source: { type: "asset", conflicts: ["content", "contentBase64"] },
  sourceHash: str(),
  storageClass: oneOf(
    [
      "STANDARD",
      "REDUCED_REDUNDANCY",
      "STANDARD_IA",
      "ONEZONE_IA",
      "INTELLIGENT_TIERING",
      "GLACIER",
      "DEEP_ARCHIVE",
      "GLACIER_IR",
      "OUTPOSTS",
      "SNOW",
      "EXPRESS_ONEZONE",
      "FSX_OPENZFS",
    ],
    { optionalComputed: true, value: "STANDARD" },
  ),
  websiteRedirect: str(),
  arn: out("arn:{partition}:s3:::{bucket}/{key}", { deviates: NEWER }),
  versionId: out("{alnum:32}", {
    changesWith: ["content", "contentBase64", "source", "sourceHash", "etag"],
  }),
};

const CANNED_ACLS = [
  "private",
  "public-read",
  "public-read-write",
  "aws-exec-read",
  "authenticated-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
];

const objectRules: ResourceModel["rules"] = [
  {
    name: "retention-needs-lock",
    when: { property: "objectLockMode", present: true },
    then: {
      any: [
        { property: "bucket->objectLockEnabled", equals: true },
        {
          property: "bucket",
          companion: {
            type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
            property: "bucket",
          },
        },
      ],
    },
    message:
      "InvalidRequest: `objectLockMode`: bucket is missing Object Lock configuration; retention needs a bucket with Object Lock",
    source: OBJECT_LOCK,
    at: "apply",
  },
];

const objectName = { property: "key", auto: true, exact: true } as const;

const objectV2: ResourceModel = {
  token: "aws:s3/bucketObjectv2:BucketObjectv2",
  source: registry("s3/bucketobjectv2"),
  schema: "aws_s3_object",
  id: "{bucket}/{key}",
  name: objectName,
  tags: true,
  properties: {
    ...sharedObject,
    acl: oneOf(CANNED_ACLS, { optionalComputed: true }),
    checksumAlgorithm: oneOf(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]),
    overrideProvider: block({ defaultTags: block({ tags: nestedTags() }) }),
    checksumCrc32: out(""),
    checksumCrc32c: out(""),
    checksumCrc64nvme: out("{alnum:11}=", {
      changesWith: ["content", "contentBase64", "source", "sourceHash", "etag"],
      deviates: NEWER,
    }),
    checksumSha1: out(""),
    checksumSha256: out(""),
  },
  rules: objectRules,
};

const object: ResourceModel = {
  token: "aws:s3/bucketObject:BucketObject",
  source: registry("s3/bucketobject"),
  schema: "aws_s3_bucket_object",
  id: "{bucket}/{key}",
  name: objectName,
  tags: true,
  properties: {
    ...sharedObject,
    acl: oneOf(CANNED_ACLS, { default: "private" }),
    serverSideEncryption: oneOf(["AES256", "aws:kms"], {
      optionalComputed: true,
      value: "AES256",
    }),
  },
  rules: objectRules,
};

/** Objects, in the present form of the provider's resource and in its older one. */
export const objectModels: readonly ResourceModel[] = [objectV2, object];
