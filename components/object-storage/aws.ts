import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";
import { objectTypes, type ObjectStorage, type ObjectType } from "./contract";

export { AwsBucket, type AwsBucketArgs } from "./bucket-aws";

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

/** GitLab's object data, a bucket a type. */
export class AwsObjectStorage extends Component implements ObjectStorage {
  readonly buckets: Readonly<Record<ObjectType, pulumi.Output<string>>>;
  readonly bucketArns: Readonly<Record<ObjectType, pulumi.Output<string>>>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsObjectStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("objectStorage", "AwsObjectStorage", name, { buckets: objectTypes.length }, opts);
    const names = objectTypes.map((type) => bucketName(args.site, args.accountId, type));
    this.buckets = Object.fromEntries(
      objectTypes.map((type, index) => [type, pulumi.output(names[index] ?? "")]),
    ) as Record<ObjectType, pulumi.Output<string>>;
    this.bucketArns = this.buckets;
    this.ready = [];
    this.registerOutputs({});
  }
}
