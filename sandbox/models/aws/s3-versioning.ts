/** S3: versions of objects and their locks. */
import type { Condition, ResourceModel } from "../../model";
import { block, int, oneOf, region, registry, str } from "./common";
import { enabledOrDisabled, ownBucket } from "./s3-bucket";

/** Token of a bucket's versioning. */
export const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const LOCK = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html";

const versioned: Condition = {
  property: "bucket",
  companion: {
    type: VERSIONING,
    property: "bucket",
    where: { property: "versioningConfiguration.status", equals: "Enabled" },
  },
};
/** That the bucket at `bucket` keeps versions, by a versioning of its own or because it was made with Object Lock. */
export const versionedOrLocked: Condition = {
  // A bucket made with Object Lock has versioning on from the start and can't lose it.
  any: [versioned, { property: "bucket->objectLockEnabled", equals: true }],
};

const versioning: ResourceModel = {
  token: VERSIONING,
  source: registry("s3/bucketversioning"),
  schema: "aws_s3_bucket_versioning",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    mfa: str(),
    region,
    versioningConfiguration: block(
      {
        mfaDelete: enabledOrDisabled({ optionalComputed: true }),
        status: oneOf(["Enabled", "Suspended", "Disabled"], { required: true }),
      },
      { required: true },
    ),
  },
  rules: [
    {
      name: "lock-keeps-versioning",
      when: { property: "bucket->objectLockEnabled", equals: true },
      then: { property: "versioningConfiguration.status", equals: "Enabled" },
      message:
        "InvalidBucketState: `versioningConfiguration.status`: an Object Lock configuration is present on this bucket, so the versioning state can't be changed; only Enabled is allowed",
      source: LOCK,
      at: "apply",
    },
  ],
};

const objectLock: ResourceModel = {
  token: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  source: registry("s3/bucketobjectlockconfiguration"),
  schema: "aws_s3_bucket_object_lock_configuration",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    objectLockEnabled: oneOf(["Enabled"], { replace: true, default: "Enabled" }),
    region,
    rule: block({
      defaultRetention: block(
        {
          // Limits: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html
          days: int({ min: 1, max: 36500, conflicts: ["years"] }),
          mode: oneOf(["COMPLIANCE", "GOVERNANCE"]),
          years: int({ min: 1, max: 100, conflicts: ["days"] }),
        },
        { required: true },
      ),
    }),
    token: str({ secret: true }),
  },
  rules: [
    {
      name: "lock-needs-versioning",
      then: versionedOrLocked,
      message:
        "InvalidBucketState: `bucket`: versioning must be 'Enabled' on the bucket to apply an Object Lock configuration",
      source: LOCK,
      at: "apply",
    },
    {
      name: "retention-complete",
      when: { property: "rule.defaultRetention", present: true },
      then: {
        all: [
          { property: "rule.defaultRetention.mode", present: true },
          {
            any: [
              { property: "rule.defaultRetention.days", present: true },
              { property: "rule.defaultRetention.years", present: true },
            ],
          },
        ],
      },
      message:
        "MalformedXML: `rule.defaultRetention`: a default retention has a mode and either days or years",
      source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html",
      at: "apply",
    },
  ],
};

/** Versions and locks. */
export const versioningModels: readonly ResourceModel[] = [versioning, objectLock];
