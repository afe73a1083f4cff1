/** S3: replicas in other buckets. */
import type { ResourceModel } from "../../model";
import {
  BUCKET,
  arnPattern,
  block,
  blocks,
  int,
  named,
  oneOf,
  region,
  registry,
  roleArn,
  str,
} from "./common";
import { kmsKeyForms } from "./policies";
import { enabledOrDisabled, ownBucket } from "./s3-bucket";
import { and, oneTag } from "./s3-lifecycle";
import { VERSIONING, versionedOrLocked } from "./s3-versioning";

const REPLICATION = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html";

const minutes15 = int({ required: true, enum: [15] });
const requiredStatus = enabledOrDisabled({ required: true });

const replication: ResourceModel = {
  token: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  source: registry("s3/bucketreplicationconfig"),
  schema: "aws_s3_bucket_replication_configuration",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    region,
    role: roleArn({ required: true }),
    rules: blocks(
      {
        deleteMarkerReplication: block({ status: requiredStatus }),
        destination: block(
          {
            accessControlTranslation: block({
              owner: oneOf(["Destination"], { required: true }),
            }),
            account: str({ pattern: "\\d{12}" }),
            bucket: str({ required: true, ref: named(BUCKET, "arn", "arn:aws(-[a-z]+)*:s3:::.+") }),
            encryptionConfiguration: block({
              replicaKmsKeyId: str({
                required: true,
                ref: [...kmsKeyForms, named("aws:kms/key:Key", "arn", arnPattern("kms", ".+"))],
              }),
            }),
            metrics: block({
              eventThreshold: block({ minutes: minutes15 }),
              status: requiredStatus,
            }),
            replicationTime: block({
              status: requiredStatus,
              time: block({ minutes: minutes15 }, { required: true }),
            }),
            storageClass: oneOf([
              "STANDARD",
              "REDUCED_REDUNDANCY",
              "STANDARD_IA",
              "ONEZONE_IA",
              "INTELLIGENT_TIERING",
              "GLACIER",
              "DEEP_ARCHIVE",
              "OUTPOSTS",
              "GLACIER_IR",
              "SNOW",
            ]),
          },
          { required: true },
        ),
        existingObjectReplication: block({ status: requiredStatus }),
        filter: block({
          and: and({}),
          prefix: str({ maxLength: 1024 }),
          tag: oneTag,
        }),
        id: str({ optionalComputed: true, value: "{alnum:20}", maxLength: 255 }),
        priority: int({ min: 0 }),
        sourceSelectionCriteria: block({
          replicaModifications: block({ status: requiredStatus }),
          sseKmsEncryptedObjects: block({ status: requiredStatus }),
        }),
        status: requiredStatus,
      },
      { required: true, minItems: 1, maxItems: 1000 },
    ),
    token: str({ secret: true }),
  },
  rules: [
    {
      name: "source-versioned",
      then: versionedOrLocked,
      message:
        "InvalidRequest: `bucket`: versioning must be 'Enabled' on the bucket to apply a replication configuration",
      source: REPLICATION,
      at: "apply",
    },
    {
      name: "destination-versioned",
      then: {
        // The name of the destination is known for the buckets of this sandbox only: others can't be looked into.
        property: "rules[].destination.bucket->bucket",
        every: {
          any: [
            {
              property: ".",
              companion: {
                type: VERSIONING,
                property: "bucket",
                where: { property: "versioningConfiguration.status", equals: "Enabled" },
              },
            },
            {
              property: ".",
              companion: {
                type: BUCKET,
                property: "bucket",
                where: { property: "objectLockEnabled", equals: true },
              },
            },
          ],
        },
      },
      message:
        "InvalidRequest: `rules[].destination.bucket`: destination bucket must have versioning enabled",
      source: REPLICATION,
      at: "apply",
    },
    {
      name: "kms-objects-need-key",
      then: {
        property: "rules[]",
        every: {
          any: [
            {
              not: {
                property: "sourceSelectionCriteria.sseKmsEncryptedObjects.status",
                equals: "Enabled",
              },
            },
            { property: "destination.encryptionConfiguration.replicaKmsKeyId", present: true },
          ],
        },
      },
      message:
        "InvalidRequest: `rules[].destination.encryptionConfiguration.replicaKmsKeyId`: must be specified if sseKmsEncryptedObjects is Enabled",
      source:
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
      at: "apply",
    },
    {
      name: "delete-markers-with-filter",
      then: {
        property: "rules[]",
        every: {
          any: [
            { property: "filter", present: false },
            { property: "deleteMarkerReplication.status", present: true },
          ],
        },
      },
      message:
        "InvalidRequest: `rules[].deleteMarkerReplication`: must be specified for this version of the cross-region replication configuration schema (rules with a filter)",
      source:
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html",
      at: "apply",
    },
    {
      name: "owner-needs-account",
      then: {
        property: "rules[].destination",
        every: {
          any: [
            { property: "accessControlTranslation", present: false },
            { property: "account", present: true },
          ],
        },
      },
      message:
        "MalformedXML: `rules[].destination.account`: must be given together with accessControlTranslation",
      source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_Destination.html",
      at: "apply",
    },
    {
      name: "time-control-needs-metrics",
      then: {
        property: "rules[].destination",
        every: {
          any: [
            { not: { property: "replicationTime.status", equals: "Enabled" } },
            { property: "metrics.status", equals: "Enabled" },
          ],
        },
      },
      message:
        "InvalidRequest: `rules[].destination.metrics`: must be Enabled if replicationTime is Enabled",
      source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
      at: "apply",
    },
  ],
};

/** Replication. */
export const replicationModels: readonly ResourceModel[] = [replication];
