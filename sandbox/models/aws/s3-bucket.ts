/** S3: the bucket, who owns, sees and reads what is in it, and the objects that the program writes. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  BUCKET,
  block,
  bool,
  list,
  named,
  nestedTags,
  oneOf,
  out,
  region,
  registry,
  blockSet,
  str,
} from "./common";
import {
  FILLED,
  NEWER,
  OLD_FORM,
  examplePolicy,
  kmsKey,
  principalsExist,
  resourcePolicy,
} from "./policies";

const NAMING = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html";
const POLICY_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html";
const BLOCKING =
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";

/** The bucket that a configuration belongs to, by name; a bucket can be deleted with its configuration. */
export const ownBucket: PropertyModel = str({
  required: true,
  replace: true,
  ref: named(BUCKET, "bucket"),
});

/** Both states of most S3 features. */
export const enabledOrDisabled = (more: Partial<PropertyModel> = {}): PropertyModel =>
  oneOf(["Enabled", "Disabled"], more);

const bucket: ResourceModel = {
  token: BUCKET,
  source: registry("s3/bucket"),
  schema: "aws_s3_bucket",
  id: "{bucket}",
  name: { property: "bucket", auto: true, prefix: "bucketPrefix", maxLength: 63, lowercase: true },
  unique: [{ properties: ["bucket"], scope: "global", source: NAMING }],
  tags: true,
  contains: [
    { type: "aws:s3/bucketObjectv2:BucketObjectv2", property: "bucket", unless: "forceDestroy" },
    { type: "aws:s3/bucketObject:BucketObject", property: "bucket", unless: "forceDestroy" },
  ],
  properties: {
    bucket: str({
      replace: true,
      conflicts: ["bucketPrefix"],
      pattern: "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    }),
    bucketPrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["bucket"],
      pattern: "[a-z0-9][a-z0-9.-]{0,36}",
    }),
    bucketNamespace: oneOf(["account-regional", "global"], {
      optionalComputed: true,
      value: "global",
      replace: true,
      deviates: NEWER,
    }),
    forceDestroy: bool({ default: false, deviates: FILLED }),
    objectLockEnabled: bool({
      optionalComputed: true,
      value: { json: false },
      replace: true,
      deviates: OLD_FORM,
    }),
    region,
    arn: out("arn:{partition}:s3:::{bucket}"),
    bucketDomainName: out("{bucket}.s3.amazonaws.com"),
    bucketRegion: out("{region}", { deviates: NEWER }),
    bucketRegionalDomainName: out("{bucket}.s3.{region}.amazonaws.com"),
    hostedZoneId: out("Z{ALNUM:13}"),
  },
  rules: [
    {
      name: "bucket-name-reserved",
      then: {
        not: {
          property: "bucket",
          matches:
            "(xn--|sthree-|amzn-s3-demo-).*|.*(-s3alias|--ol-s3|\\.mrap|--x-s3|--table-s3)|\\d+\\.\\d+\\.\\d+\\.\\d+|.*\\.\\..*",
        },
      },
      message:
        "InvalidBucketName: `bucket`: must not begin with xn--, sthree- or amzn-s3-demo-, end with -s3alias, --ol-s3, .mrap, --x-s3 or --table-s3, look like an IP address, or have two dots in a row",
      source: NAMING,
    },
  ],
  seconds: { create: 3, delete: 1 },
};

const ownershipControls: ResourceModel = {
  token: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  source: registry("s3/bucketownershipcontrols"),
  schema: "aws_s3_bucket_ownership_controls",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    region,
    rule: block(
      {
        objectOwnership: oneOf(["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"], {
          required: true,
        }),
      },
      { required: true },
    ),
  },
};

const publicAccessBlock: ResourceModel = {
  token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  source: registry("s3/bucketpublicaccessblock"),
  schema: "aws_s3_bucket_public_access_block",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    blockPublicAcls: bool(),
    blockPublicPolicy: bool(),
    ignorePublicAcls: bool(),
    restrictPublicBuckets: bool(),
    region,
    skipDestroy: bool({ deviates: NEWER }),
  },
};

const policy: ResourceModel = {
  token: "aws:s3/bucketPolicy:BucketPolicy",
  source: registry("s3/bucketpolicy"),
  schema: "aws_s3_bucket_policy",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    policy: resourcePolicy(examplePolicy("logging.s3", "s3:PutObject", "{ref:bucket:arn}/*"), {
      required: true,
      maxLength: 20480,
    }),
    region,
  },
  rules: [
    principalsExist("policy", POLICY_API),
    {
      name: "policy-on-this-bucket",
      then: { property: "policy.Statement[].Resource[]", allBeginWith: ["bucket->arn"] },
      message:
        "MalformedPolicy: `policy`: policy has invalid resource; each Resource must be the bucket's ARN or begin with it",
      source: POLICY_API,
      at: "apply",
    },
    {
      name: "policy-not-public",
      when: {
        property: "policy.Statement[]",
        some: {
          all: [
            { property: "Effect", equals: "Allow" },
            {
              any: [
                { property: "Principal", equals: "*" },
                { property: "Principal.AWS[]", equals: "*" },
              ],
            },
            { property: "Condition", present: false },
          ],
        },
      },
      then: {
        not: {
          property: "bucket",
          companion: {
            type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            property: "bucket",
            where: { property: "blockPublicPolicy", equals: true },
          },
        },
      },
      message:
        "AccessDenied: `policy`: public policies are blocked by the bucket's BlockPublicPolicy setting; a statement allows everyone without a condition",
      source: BLOCKING,
      at: "apply",
    },
  ],
};

const metric: ResourceModel = {
  token: "aws:s3/bucketMetric:BucketMetric",
  source: registry("s3/bucketmetric"),
  schema: "aws_s3_bucket_metric",
  id: "{bucket}:{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  properties: {
    bucket: ownBucket,
    name: str({ replace: true, minLength: 1, maxLength: 64 }),
    filter: block({
      accessPoint: str({ format: "arn", deviates: NEWER }),
      prefix: str(),
      tags: nestedTags({ maxItems: 10 }),
    }),
    region,
  },
};

const logging: ResourceModel = {
  token: "aws:s3/bucketLogging:BucketLogging",
  source: registry("s3/bucketlogging"),
  schema: "aws_s3_bucket_logging",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    region,
    targetBucket: str({ required: true, ref: named(BUCKET, "bucket") }),
    targetGrants: blockSet({
      grantee: block(
        {
          emailAddress: str(),
          id: str(),
          type: oneOf(["CanonicalUser", "AmazonCustomerByEmail", "Group"], { required: true }),
          uri: str(),
        },
        { required: true },
      ),
      permission: oneOf(["FULL_CONTROL", "READ", "WRITE"], { required: true }),
    }),
    targetObjectKeyFormat: block({
      partitionedPrefix: block(
        { partitionDateSource: oneOf(["EventTime", "DeliveryTime"], { required: true }) },
        { exactlyOneOf: ["partitionedPrefix", "simplePrefix"] },
      ),
      simplePrefix: block({}, { exactlyOneOf: ["partitionedPrefix", "simplePrefix"] }),
    }),
    targetPrefix: str({ required: true }),
  },
  rules: [
    {
      name: "target-in-region",
      then: { property: "targetBucket->bucketRegion", allAmong: ["bucket->bucketRegion"] },
      message:
        "CrossLocationLoggingProhibitted: `targetBucket`: cross-location logging is not allowed; both buckets lie in one region",
      source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
      at: "apply",
    },
  ],
};

const encryption: ResourceModel = {
  token: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  source: registry("s3/bucketserversideencryptionconfiguration"),
  schema: "aws_s3_bucket_server_side_encryption_configuration",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    region,
    rules: blockSet(
      {
        applyServerSideEncryptionByDefault: block({
          kmsMasterKeyId: kmsKey({ optionalComputed: true, value: "" }),
          sseAlgorithm: oneOf(["AES256", "aws:kms", "aws:kms:dsse"], { required: true }),
        }),
        blockedEncryptionTypes: list(oneOf(["SSE-C", "NONE"]), {
          optionalComputed: true,
          deviates: NEWER,
        }),
        bucketKeyEnabled: bool({ optionalComputed: true, value: { json: false } }),
      },
      { required: true, minItems: 1, maxItems: 1 },
    ),
  },
  rules: [
    {
      name: "key-needs-kms",
      then: {
        not: {
          property: "rules[].applyServerSideEncryptionByDefault",
          some: {
            all: [
              { property: "kmsMasterKeyId", present: true },
              { property: "sseAlgorithm", equals: "AES256" },
            ],
          },
        },
      },
      message:
        "InvalidArgument: `rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId`: a KMS key is applicable only if sseAlgorithm is aws:kms or aws:kms:dsse, not AES256",
      source:
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html",
      at: "apply",
    },
  ],
};

/** The bucket and what is configured on it. */
export const bucketModels: readonly ResourceModel[] = [
  bucket,
  ownershipControls,
  publicAccessBlock,
  policy,
  encryption,
  logging,
  metric,
];
