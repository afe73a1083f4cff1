import type * as pulumi from "@pulumi/pulumi";
import { AwsBucket } from "../object-storage/aws";
import type { InputStatement } from "../shared/policy-json";
import type { Site } from "../shared/site";
import type { BackupPolicy } from "./contract";

/** Arguments of lockedBucket. */
export interface LockedBucketArgs {
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

/**
 * A bucket of the backup account: encrypted with its own key and locked, so that what has landed cannot be changed or
 * deleted before its retention is over; for the rest an AwsBucket.
 *
 * A lock works on versions; lifecycle rules run beside it and never delete a version that is still locked
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html). With `expire: "versions"` an
 * expired object first becomes noncurrent behind a delete marker, and the version itself goes a day later.
 */
export function lockedBucket(
  name: string,
  args: LockedBucketArgs,
  opts: pulumi.ComponentResourceOptions,
): AwsBucket {
  const { retentionDays } = args;
  return new AwsBucket(
    name,
    {
      site: args.site,
      bucket: args.bucket,
      holdsData: true,
      encryption: { keyArn: args.keyArn },
      objectLock: { mode: args.lockMode, days: retentionDays },
      ...(args.expire === "versions"
        ? { expireDays: retentionDays + 1, noncurrentDays: 1 }
        : { noncurrentDays: retentionDays }),
      eventBridge: args.notify ?? false,
      statements: [...keyRules(args.bucket, args.keyArn), ...args.statements],
    },
    opts,
  );
}

/** No key but the bucket's own: a writer may leave encryption out, but not choose another. */
function keyRules(bucket: string, keyArn: pulumi.Input<string>): InputStatement[] {
  const objects = `arn:aws:s3:::${bucket}/*`;
  return [
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
