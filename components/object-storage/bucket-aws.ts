import * as s3 from "@pulumi/aws/s3";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { policyJson, shownPolicyJson, type InputStatement } from "../shared/policy-json";
import { stateful, type Site } from "../shared/site";
import { bucketArn, bucketPolicy, lifecycleRules } from "./bucket-rules";

/** Arguments of AwsBucket. */
export interface AwsBucketArgs {
  readonly site: Pick<Site, "protection">;
  /** Name of the bucket, unique in all of AWS: 3 to 63 characters, lower case, no dots (`bucketName` makes one). */
  readonly bucket: string;
  /** Whether it holds what can't be made again: then it is protected as the site says. */
  readonly holdsData: boolean;
  /** Key that objects are encrypted with; `s3` where AWS can't write to the bucket otherwise (load balancer logs). */
  readonly encryption: { readonly keyArn: pulumi.Input<string> } | "s3";
  /** Keep replaced and deleted objects for a while. @default true */
  readonly versioned?: boolean;
  /** Days that a replaced or deleted object is kept. @default 30 */
  readonly noncurrentDays?: number;
  /** Days after which an object is deleted. @default never */
  readonly expireDays?: number;
  /**
   * Lock of each new object: no version of it can be deleted before the days are over. Can't be taken off a bucket.
   * Not for GitLab's own object storage (docs.gitlab.com/administration/object_storage).
   */
  readonly objectLock?: { readonly mode: "governance" | "compliance"; readonly days: number };
  /** Sends the bucket's events to EventBridge. @default false */
  readonly eventBridge?: boolean;
  /**
   * Statements of the bucket's policy beside those that refuse traffic without TLS. `Resource` can be written with
   * `bucketArn(bucket)`, since the name is fixed.
   */
  readonly statements?: readonly InputStatement[];
}

/**
 * A private bucket: encrypted, versioned, without access lists, reached over TLS only. Its parts are resources of their
 * own, since the provider has deprecated the arguments of the bucket itself. Ownership has none: every bucket made since
 * April 2023 has access lists off by default (docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html).
 */
export class AwsBucket extends Component {
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Replication has to wait for it; absent where `versioned` is false. */
  readonly versioning: pulumi.Resource | undefined;
  /** All that makes the bucket safe to write to: pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];

  /** @throws if a lock is asked for without versions, or the name is none */
  constructor(name: string, args: AwsBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const versioned = args.versioned ?? true;
    super(
      "objectStorage",
      "AwsBucket",
      name,
      { versioned, holdsData: args.holdsData, locked: args.objectLock !== undefined },
      opts,
    );
    if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(args.bucket)) {
      throw new Error(`bucket: found ${args.bucket}, allowed: 3 to 63 of a-z, 0-9 and -`);
    }
    if (args.objectLock !== undefined && !versioned) {
      throw new Error(`${args.bucket}: an object lock needs versions`);
    }
    const own = { parent: this };
    const inputs: s3.BucketArgs = {
      bucket: args.bucket,
      // Only what can be made again, or what was given up by lifting protection, is deleted with its content.
      forceDestroy: !args.holdsData || !args.site.protection,
      objectLockEnabled: args.objectLock !== undefined,
      tags: { Name: args.bucket },
    };
    const bucket = new s3.Bucket(
      `${name}-bucket`,
      inputs,
      args.holdsData ? stateful(args.site, own) : own,
    );
    const block = new s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      own,
    );
    const encryption = new s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.bucket,
        rules: [
          args.encryption === "s3"
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
            : {
                applyServerSideEncryptionByDefault: {
                  sseAlgorithm: "aws:kms",
                  kmsMasterKeyId: args.encryption.keyArn,
                },
                // One request to KMS for many objects (docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html).
                bucketKeyEnabled: true,
              },
        ],
      },
      own,
    );
    const versioning = versioned
      ? new s3.BucketVersioning(
          `${name}-versioning`,
          { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
          own,
        )
      : undefined;
    const afterVersioning = { ...own, dependsOn: versioning === undefined ? [] : [versioning] };
    const lock =
      args.objectLock === undefined
        ? []
        : [
            new s3.BucketObjectLockConfiguration(
              `${name}-lock`,
              {
                bucket: bucket.bucket,
                rule: {
                  defaultRetention: {
                    mode: args.objectLock.mode === "governance" ? "GOVERNANCE" : "COMPLIANCE",
                    days: args.objectLock.days,
                  },
                },
              },
              afterVersioning,
            ),
          ];
    const lifecycle = new s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        rules: lifecycleRules({
          versioned,
          noncurrentDays: args.noncurrentDays ?? 30,
          expireDays: args.expireDays,
        }),
      },
      afterVersioning,
    );
    const policyName = `${name}-policy`;
    const statements = bucketPolicy(args.bucket, args.statements ?? []);
    const policy = new s3.BucketPolicy(
      policyName,
      {
        bucket: bucket.bucket,
        policy:
          args.statements === undefined
            ? policyJson(statements)
            : shownPolicyJson(policyName, statements, own),
      },
      // S3 refuses two changes of a bucket's access at a time (OperationAborted).
      { ...own, dependsOn: [block] },
    );
    if (args.eventBridge === true) {
      new s3.BucketNotification(
        `${name}-events`,
        { bucket: bucket.bucket, eventbridge: true },
        own,
      );
    }
    this.bucketName = bucket.bucket;
    this.arn = bucket.bucket.apply(bucketArn);
    this.versioning = versioning;
    this.ready = [
      bucket,
      block,
      encryption,
      ...(versioning === undefined ? [] : [versioning]),
      ...lock,
      lifecycle,
      policy,
    ];
    this.registerOutputs({ bucketName: this.bucketName });
  }
}
