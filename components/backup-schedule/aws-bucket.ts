import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { policyJson, type InputStatement } from "../shared/policy-json";
import { stateful, type Site } from "../shared/site";
import type { BackupPolicy } from "./contract";

export interface AwsLockedBucketArgs {
  readonly site: Site;
  readonly bucket: string;
  readonly keyArn: pulumi.Input<string>;
  readonly lockMode: BackupPolicy["lockMode"];
  /** Days that every version is locked from the moment it lands. */
  readonly retentionDays: number;
  /**
   * `versions`: an object goes once its retention is over. `noncurrent`: an object stays for as long as its source
   * does, and goes `retentionDays` after it was replaced or deleted there.
   */
  readonly expire: "versions" | "noncurrent";
  /** Who may do what, beside the rules that every such bucket has. */
  readonly statements: readonly InputStatement[];
  /** Whether S3 tells EventBridge of what lands here. @default false */
  readonly notify?: boolean;
}

/** Days after which the parts of an upload that was never finished are deleted. */
const abandonedUploadDays = 3;

/**
 * A bucket of the backup account: versioned, encrypted with its own key, closed to the public, TLS only, and locked,
 * so that what has landed cannot be changed or deleted before its retention is over.
 *
 * A lock works on versions; lifecycle rules run beside it and never delete a version that is still locked
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html).
 */
export class AwsLockedBucket extends Component {
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Wait for these before anything is written here. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsLockedBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, retentionDays } = args;
    super(
      "backupSchedule",
      "AwsLockedBucket",
      name,
      { bucket: args.bucket, lockMode: args.lockMode, retentionDays },
      opts,
    );
    const bucket = new s3.Bucket(
      `${name}-bucket`,
      { bucket: args.bucket, objectLockEnabled: true, forceDestroy: !site.protection },
      stateful(site, { parent: this }),
    );
    const within = { parent: this };
    const versioning = new s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      within,
    );
    const lock = new s3.BucketObjectLockConfiguration(
      `${name}-lock`,
      {
        bucket: bucket.bucket,
        objectLockEnabled: "Enabled",
        rule: {
          defaultRetention: { mode: args.lockMode.toUpperCase(), days: retentionDays },
        },
      },
      { parent: this, dependsOn: versioning },
    );
    const encryption = new s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: {
              sseAlgorithm: "aws:kms",
              kmsMasterKeyId: args.keyArn,
            },
            bucketKeyEnabled: true,
          },
        ],
      },
      within,
    );
    const ownership = new s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      within,
    );
    const publicAccess = new s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      within,
    );
    const policy = new s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.bucket,
        policy: policyJson([...rulesOfEveryBucket(bucket.arn, args.keyArn), ...args.statements]),
      },
      // S3 refuses a policy and a change of the public access block at the same moment (OperationAborted).
      { parent: this, dependsOn: publicAccess },
    );
    new s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket: bucket.bucket, rules: lifecycle(args.expire, retentionDays) },
      // Rules over versions are refused before versioning is on.
      { parent: this, dependsOn: versioning },
    );
    if (args.notify ?? false)
      new s3.BucketNotification(
        `${name}-events`,
        { bucket: bucket.bucket, eventbridge: true },
        within,
      );
    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;
    this.ready = [versioning, lock, encryption, ownership, publicAccess, policy];
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

/** TLS only, and no key but the bucket's own: a writer may leave encryption out, but not choose another. */
function rulesOfEveryBucket(
  arn: pulumi.Input<string>,
  keyArn: pulumi.Input<string>,
): InputStatement[] {
  const objects = pulumi.interpolate`${arn}/*`;
  return [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn, objects],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Sid: "NoOtherAlgorithm",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: objects,
      Condition: {
        Null: { "s3:x-amz-server-side-encryption": "false" },
        StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
      },
    },
    {
      Sid: "NoOtherKey",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: objects,
      Condition: {
        Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
        StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn },
      },
    },
  ];
}

/**
 * Deletes what is over. With versioning, an expired object first becomes noncurrent behind a delete marker; the
 * version itself goes a day later, and its marker when nothing is left behind it. A rule cannot have both a number of
 * days and the removal of such markers
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html).
 */
function lifecycle(
  expire: AwsLockedBucketArgs["expire"],
  retentionDays: number,
): NonNullable<s3.BucketLifecycleConfigurationArgs["rules"]> {
  const everything = { status: "Enabled", filter: { prefix: "" } };
  const abortIncompleteMultipartUpload = { daysAfterInitiation: abandonedUploadDays };
  return [
    expire === "versions"
      ? {
          ...everything,
          id: "expire-when-retention-is-over",
          expiration: { days: retentionDays + 1 },
          noncurrentVersionExpiration: { noncurrentDays: 1 },
          abortIncompleteMultipartUpload,
        }
      : {
          ...everything,
          id: "expire-what-its-source-has-deleted",
          noncurrentVersionExpiration: { noncurrentDays: retentionDays },
          abortIncompleteMultipartUpload,
        },
    {
      ...everything,
      id: "remove-markers-with-nothing-behind-them",
      expiration: { expiredObjectDeleteMarker: true },
    },
  ];
}
