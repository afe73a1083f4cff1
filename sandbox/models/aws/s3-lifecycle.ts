/** S3: what becomes of objects in time. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  block,
  blockSet,
  blocks,
  bool,
  int,
  nestedTags,
  oneOf,
  region,
  registry,
  str,
} from "./common";
import { APART, NEWER } from "./policies";
import { enabledOrDisabled, ownBucket } from "./s3-bucket";

const LIFECYCLE =
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html";

const storageClass = oneOf(
  ["GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"],
  { required: true },
);
const date = str({
  format: "rfc3339",
  conflicts: ["days"],
  deviates: APART,
  example: "2030-01-01T00:00:00Z",
});
/** Conditions that must all be met. */
export const and = (fields: Readonly<Record<string, PropertyModel>>): PropertyModel =>
  block(
    { ...fields, prefix: str(), tags: nestedTags() },
    { conflicts: ["prefix", "tag"], deviates: APART },
  );
/** One tag of an object. */
export const oneTag = block({ key: str({ required: true }), value: str({ required: true }) });

const lifecycle: ResourceModel = {
  token: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  source: registry("s3/bucketlifecycleconfiguration"),
  schema: "aws_s3_bucket_lifecycle_configuration",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    region,
    rules: blocks(
      {
        abortIncompleteMultipartUpload: block({ daysAfterInitiation: int({ min: 1 }) }),
        expiration: block({
          date,
          days: int({ optionalComputed: true, min: 1, conflicts: ["date"], deviates: APART }),
          expiredObjectDeleteMarker: bool({ optionalComputed: true }),
        }),
        filter: block({
          and: and({
            objectSizeGreaterThan: int({ optionalComputed: true, min: 0 }),
            objectSizeLessThan: int({ optionalComputed: true, min: 1 }),
          }),
          objectSizeGreaterThan: int({
            optionalComputed: true,
            min: 0,
            deviates: "a number since Terraform provider 6",
          }),
          objectSizeLessThan: int({
            optionalComputed: true,
            min: 1,
            deviates: "a number since Terraform provider 6",
          }),
          prefix: str({ optionalComputed: true }),
          tag: oneTag,
        }),
        id: str({ required: true, minLength: 1, maxLength: 255 }),
        noncurrentVersionExpiration: block({
          newerNoncurrentVersions: int({
            min: 1,
            max: 100,
            deviates: "a number since Terraform provider 6",
          }),
          noncurrentDays: int({
            required: true,
            min: 1,
            deviates: "required since Terraform provider 6",
          }),
        }),
        noncurrentVersionTransitions: blockSet({
          newerNoncurrentVersions: int({
            min: 1,
            max: 100,
            deviates: "a number since Terraform provider 6",
          }),
          noncurrentDays: int({
            required: true,
            min: 0,
            deviates: "required since Terraform provider 6",
          }),
          storageClass,
        }),
        status: enabledOrDisabled({ required: true }),
        transitions: blockSet({
          date,
          days: int({ optionalComputed: true, min: 0, conflicts: ["date"], deviates: APART }),
          storageClass,
        }),
      },
      { minItems: 1, maxItems: 1000, deviates: "optional in the SDK of provider version 7" },
    ),
    timeouts: block(
      { create: str({ deviates: NEWER }), update: str({ deviates: NEWER }) },
      { deviates: NEWER },
    ),
    transitionDefaultMinimumObjectSize: oneOf(
      ["all_storage_classes_128K", "varies_by_storage_class"],
      { optionalComputed: true, value: "all_storage_classes_128K", deviates: NEWER },
    ),
  },
  rules: [
    {
      name: "rules-given",
      then: { property: "rules", present: true },
      message: "MalformedXML: `rules`: a lifecycle configuration has 1 to 1,000 rules; none given",
      source: LIFECYCLE,
      at: "apply",
    },
    {
      name: "rule-has-action",
      then: {
        property: "rules[]",
        every: {
          any: [
            { property: "expiration", present: true },
            { property: "transitions[]", present: true },
            { property: "noncurrentVersionExpiration", present: true },
            { property: "noncurrentVersionTransitions[]", present: true },
            { property: "abortIncompleteMultipartUpload", present: true },
          ],
        },
      },
      message: "InvalidRequest: `rules`: at least one action needs to be specified in a rule",
      source: LIFECYCLE,
      at: "apply",
    },
    {
      name: "delete-marker-alone",
      then: {
        property: "rules[].expiration",
        every: {
          not: {
            all: [
              { property: "expiredObjectDeleteMarker", equals: true },
              {
                any: [
                  { property: "days", present: true },
                  { property: "date", present: true },
                ],
              },
            ],
          },
        },
      },
      message:
        "MalformedXML: `rules[].expiration.expiredObjectDeleteMarker`: can't be given together with days or date",
      source: LIFECYCLE,
      at: "apply",
    },
    {
      name: "infrequent-access-after-30-days",
      then: {
        property: "rules[].transitions[]",
        every: {
          any: [
            { property: "storageClass", notIn: ["STANDARD_IA", "ONEZONE_IA"] },
            { property: "days", present: false },
            { property: "days", atLeast: 30 },
          ],
        },
      },
      message:
        "InvalidArgument: `rules[].transitions[].days`: 'Days' in a transition to STANDARD_IA or ONEZONE_IA must be 30 or more",
      source:
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
      at: "apply",
    },
    {
      name: "expiry-after-transition",
      then: {
        property: "rules[]",
        every: {
          not: {
            all: [
              { property: "expiration.days", present: true },
              {
                property: "transitions[]",
                some: { property: "days", present: true },
              },
              {
                not: {
                  property: "expiration.days",
                  atLeastProperty: "transitions[].days",
                  plus: 1,
                },
              },
            ],
          },
        },
      },
      message:
        "InvalidArgument: `rules[].expiration.days`: must be greater than the days of every transition of the same rule",
      source: LIFECYCLE,
      at: "apply",
    },
  ],
};

/** Lifecycle rules. */
export const lifecycleModels: readonly ResourceModel[] = [lifecycle];
