import { Bucket, type BucketArgs } from "@pulumi/gcp/storage/bucket";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { stateful, type Site } from "../shared/site";

/** Cloud Storage takes a soft-delete time of none, or of 7 to 90 days. */
const softDeleteRange = { from: 7, to: 90 } as const;
const secondsOfDay = 24 * 60 * 60;

/** Arguments of GcsBucket. */
export interface GcsBucketArgs {
  readonly site: Pick<Site, "protection">;
  /** Project that holds the bucket. */
  readonly project: string;
  /** Name, unique in all of Cloud Storage: 3 to 63 of a-z, 0-9, `-` and `_`, without "google" or a leading "goog". */
  readonly bucket: string;
  /** Region, dual-region or multi-region: `EUROPE-WEST4`, `EU`. Can't be changed later. */
  readonly location: string;
  /** @default STANDARD */
  readonly storageClass?: "STANDARD" | "NEARLINE" | "COLDLINE" | "ARCHIVE";
  /** Whether it holds what can't be made again: then it is protected as the site says. */
  readonly holdsData: boolean;
  /** Keep replaced and deleted objects for a while. @default true */
  readonly versioned?: boolean;
  /** Days that a replaced or deleted object is kept, where versioned. @default 30 */
  readonly noncurrentDays?: number;
  /**
   * Days, 7 to 90, in which even a version that was deleted can be had back, or 0 for none. Nobody who can delete
   * objects can shorten it. @default 7 where it holds data, else 0
   */
  readonly softDeleteDays?: number;
  /** Days after which an object is deleted. @default never */
  readonly expireDays?: number;
  /**
   * Lock of each object: nobody can delete it or write over it before the days are over. `locked` is for good: the
   * policy can then be lengthened, and never shortened or taken away, and the bucket cannot go before its objects
   * (https://cloud.google.com/storage/docs/bucket-lock). @default no lock
   */
  readonly retention?: { readonly days: number; readonly locked: boolean };
  /** Full name of a Cloud KMS key in the same location. @default Google's own keys */
  readonly kmsKeyName?: pulumi.Input<string>;
  /** Labels beside the provider's. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A private bucket: reached by IAM alone, never public, and without access lists. Objects are encrypted at rest and
 * only reached over TLS by themselves; Cloud Storage has no setting for either.
 *
 * Sources: https://cloud.google.com/storage/docs/uniform-bucket-level-access,
 * https://cloud.google.com/storage/docs/public-access-prevention, https://cloud.google.com/storage/docs/soft-delete
 */
export class GcsBucket extends Component {
  readonly bucketName: pulumi.Output<string>;
  /** `gs://<bucket>`. */
  readonly url: pulumi.Output<string>;
  readonly bucket: Bucket;
  /** Pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];

  /** @throws if the name is none, or a number of days is one that Cloud Storage refuses */
  constructor(name: string, args: GcsBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const versioned = args.versioned ?? true;
    super(
      "objectStorage",
      "GcsBucket",
      name,
      { versioned, holdsData: args.holdsData, location: args.location },
      opts,
    );
    checkName(args.bucket);
    const { retention } = args;
    if (retention !== undefined && (!Number.isInteger(retention.days) || retention.days < 1)) {
      throw new Error(`retention.days: found ${retention.days}, allowed: 1 on`);
    }
    const own = { parent: this };
    const inputs: BucketArgs = {
      project: args.project,
      name: args.bucket,
      // As the API answers it: another case would be a change with every preview.
      location: args.location.toUpperCase(),
      storageClass: args.storageClass ?? "STANDARD",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      versioning: { enabled: versioned },
      softDeletePolicy: {
        retentionDurationSeconds: softDeleteSeconds(
          args.softDeleteDays ?? (args.holdsData ? softDeleteRange.from : 0),
        ),
      },
      lifecycleRules: gcsLifecycle({
        versioned,
        noncurrentDays: args.noncurrentDays ?? 30,
        expireDays: args.expireDays,
      }),
      ...(retention === undefined
        ? {}
        : {
            retentionPolicy: {
              retentionPeriod: String(retention.days * secondsOfDay),
              isLocked: retention.locked,
            },
          }),
      ...(args.kmsKeyName === undefined
        ? {}
        : { encryption: { defaultKmsKeyName: args.kmsKeyName } }),
      // Only what can be made again, or what was given up by lifting protection, is deleted with its content.
      forceDestroy: !args.holdsData || !args.site.protection,
      labels: { ...args.labels },
    };
    this.bucket = new Bucket(
      `${name}-bucket`,
      inputs,
      args.holdsData ? stateful(args.site, own) : own,
    );
    this.bucketName = this.bucket.name;
    this.url = this.bucket.url;
    this.ready = [this.bucket];
    this.registerOutputs({ bucketName: this.bucketName });
  }

  /**
   * Gives somebody a role on this bucket and on nothing else.
   * @param name name of the grant in the program
   * @param role a predefined role, `roles/storage.…`, or a custom one by its full name
   * @param member `serviceAccount:<email>`, `group:<email>` and the like
   */
  grant(name: string, role: string, member: pulumi.Input<string>): pulumi.Resource {
    return new BucketIAMMember(name, { bucket: this.bucketName, role, member }, { parent: this });
  }
}

/** One rule of a bucket's lifecycle, over all of its objects. */
export interface GcsLifecycleRule {
  readonly action: { readonly type: "Delete" | "AbortIncompleteMultipartUpload" };
  readonly condition: { readonly age: number } | { readonly daysSinceNoncurrentTime: number };
}

/**
 * What is deleted by itself: uploads in parts that were broken off a week ago, versions that were replaced or deleted
 * long enough ago, and everything past its days (https://cloud.google.com/storage/docs/lifecycle).
 *
 * @throws if a number of days is not a whole number above 0: 0 would delete everything
 */
export function gcsLifecycle(args: {
  readonly versioned: boolean;
  readonly noncurrentDays: number;
  readonly expireDays?: number;
}): GcsLifecycleRule[] {
  for (const days of [args.noncurrentDays, args.expireDays ?? 1]) {
    if (!Number.isInteger(days) || days < 1) throw new Error(`days: found ${days}, allowed: 1 on`);
  }
  return [
    { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
    ...(args.versioned
      ? [
          {
            action: { type: "Delete" as const },
            condition: { daysSinceNoncurrentTime: args.noncurrentDays },
          },
        ]
      : []),
    ...(args.expireDays === undefined
      ? []
      : [{ action: { type: "Delete" as const }, condition: { age: args.expireDays } }]),
  ];
}

function softDeleteSeconds(days: number): number {
  const { from, to } = softDeleteRange;
  if (days !== 0 && !(Number.isInteger(days) && days >= from && days <= to)) {
    throw new Error(`softDeleteDays: found ${days}, allowed: 0, or ${from} to ${to}`);
  }
  return days * secondsOfDay;
}

/** Source: https://cloud.google.com/storage/docs/buckets#naming */
function checkName(bucket: string): void {
  if (
    !/^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/.test(bucket) ||
    bucket.startsWith("goog") ||
    /g[o0][o0]gle/.test(bucket)
  ) {
    throw new Error(
      `bucket: found ${bucket}, allowed: 3 to 63 of a-z, 0-9, - and _, without "google"`,
    );
  }
}
