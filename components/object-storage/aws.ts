import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";
import { AwsBucket } from "./bucket-aws";
import { objectTypes, type ObjectStorage, type ObjectType } from "./contract";

export { AwsBucket, type AwsBucketArgs } from "./bucket-aws";
export { bucketArn, loadBalancerLogStatements } from "./bucket-rules";

/**
 * Name of a bucket: prefix, account and purpose, so that it is this account's in the names that all of AWS shares
 * (3 to 63 characters, https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
 */
export function bucketName(site: Pick<Site, "prefix">, accountId: string, purpose: string): string {
  return fixedName({ maxLength: 63 }, site.prefix, accountId, purpose);
}

/** Arguments of AwsObjectStorage. */
export interface AwsObjectStorageArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  readonly keyArn: pulumi.Input<string>;
  /** Days that a replaced or deleted object is kept. @default 30 */
  readonly noncurrentDays?: number;
}

/**
 * GitLab's object data, a bucket a type, none of them locked: GitLab deletes and rewrites its objects, and does not
 * support Object Lock (docs.gitlab.com/administration/object_storage). Encryption is the bucket's default, which GitLab
 * needs no setting for when it comes by instance profile.
 */
export class AwsObjectStorage extends Component implements ObjectStorage {
  readonly buckets: Readonly<Record<ObjectType, pulumi.Output<string>>>;
  readonly bucketArns: Readonly<Record<ObjectType, pulumi.Output<string>>>;
  readonly ready: pulumi.Resource[];
  /** What must stand before a type's bucket can be replicated. */
  readonly readyByType: Readonly<Record<ObjectType, pulumi.Resource[]>>;

  constructor(name: string, args: AwsObjectStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("objectStorage", "AwsObjectStorage", name, { buckets: objectTypes.length }, opts);
    const buckets = byType(
      (type) =>
        new AwsBucket(
          `${name}-${type.replace(/_/g, "-")}`,
          {
            site: args.site,
            bucket: bucketName(args.site, args.accountId, type),
            holdsData: true,
            encryption: { keyArn: args.keyArn },
            noncurrentDays: args.noncurrentDays,
          },
          { parent: this },
        ),
    );
    this.buckets = byType((type) => buckets[type].bucketName);
    this.bucketArns = byType((type) => buckets[type].arn);
    this.readyByType = byType((type) => buckets[type].ready);
    this.ready = objectTypes.flatMap((type) => buckets[type].ready);
    this.registerOutputs({ buckets: this.buckets });
  }
}

function byType<T>(make: (type: ObjectType) => T): Record<ObjectType, T> {
  return Object.fromEntries(objectTypes.map((type) => [type, make(type)])) as Record<ObjectType, T>;
}
