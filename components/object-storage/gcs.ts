import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";
import { objectTypes, type GcsBuckets, type ObjectType } from "./contract";
import { GcsIdentity, type GcsAccess } from "./gcs-access";
import { GcsBucket } from "./gcs-bucket";

export { GcsIdentity, objectRoles, type GcsAccess } from "./gcs-access";
export { GcsBucket, type GcsBucketArgs } from "./gcs-bucket";

/**
 * Name of a bucket: prefix, project and purpose, so that it is this project's in the names that all of Cloud Storage
 * shares (https://cloud.google.com/storage/docs/buckets#naming).
 */
export function gcsBucketName(
  site: Pick<Site, "prefix">,
  project: string,
  purpose: string,
): string {
  return fixedName({ maxLength: 63 }, site.prefix, project, purpose);
}

/** What all buckets of an environment have in common. */
interface GcsPlace {
  readonly site: Site;
  /** Project that holds buckets and accounts. */
  readonly project: string;
  /** Region, dual-region or multi-region of the buckets: near the machine that uses them. */
  readonly location: string;
  /** Labels beside the provider's. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Arguments of GcsObjects. */
export interface GcsObjectsArgs extends GcsPlace {
  /** Who GitLab is to Cloud Storage. */
  readonly access: GcsAccess;
  /** @default STANDARD */
  readonly storageClass?: "STANDARD" | "NEARLINE";
  /** Days that a replaced or deleted object is kept as an old version. @default 30 */
  readonly noncurrentDays?: number;
  /** Days in which deleted objects, old versions too, can be had back: 7 to 90, or 0. @default 7 */
  readonly softDeleteDays?: number;
}

/**
 * The registry keeps no old versions: what it stores is named by its content and never written over, and its garbage
 * collection, which frees space, would free none. What was deleted by mistake is had back by soft delete.
 */
const unversioned: readonly ObjectType[] = ["registry"];

/**
 * GitLab's object data, a bucket a type, for a GitLab on any cloud: by a service account's key from outside Google's,
 * by the machine's own identity within. No bucket has a retention lock: GitLab deletes and rewrites its objects.
 *
 * A key needs a project in which service account keys may be made
 * (constraint iam.disableServiceAccountKeyCreation, https://cloud.google.com/iam/docs/keys-create-delete).
 */
export class GcsObjects extends Component {
  /** Names by object type. */
  readonly buckets: pulumi.Output<GcsBuckets>;
  /** Email of the service account that GitLab uses. */
  readonly email: pulumi.Output<string>;
  /** JSON key of that account, a Pulumi secret; only where `access.kind` is `key`. */
  readonly key: pulumi.Output<string> | undefined;
  /** Buckets and rights: wait for them before GitLab is started. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcsObjectsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "objectStorage",
      "GcsObjects",
      name,
      { buckets: objectTypes.length, access: args.access.kind },
      opts,
    );
    const identity = new GcsIdentity(
      `${name}-identity`,
      {
        project: args.project,
        access: args.access,
        description: `Object storage of GitLab ${args.site.environment}`,
      },
      { parent: this },
    );
    const made = objectTypes.map((type) => {
      const purpose = type.replace(/_/g, "-");
      const bucket = new GcsBucket(
        `${name}-${purpose}`,
        {
          site: args.site,
          project: args.project,
          bucket: gcsBucketName(args.site, args.project, purpose),
          location: args.location,
          storageClass: args.storageClass,
          holdsData: true,
          versioned: !unversioned.includes(type),
          noncurrentDays: args.noncurrentDays,
          softDeleteDays: args.softDeleteDays,
          labels: { ...args.labels, "object-type": purpose },
        },
        { parent: this },
      );
      return { type, bucket, rights: identity.mayUse(bucket, `${name}-${purpose}`) };
    });
    this.buckets = pulumi.output(
      Object.fromEntries(made.map(({ type, bucket }) => [type, bucket.bucketName])) as Record<
        ObjectType,
        pulumi.Output<string>
      >,
    );
    this.email = identity.email;
    this.key = identity.key;
    this.ready = [
      ...identity.ready,
      ...made.flatMap(({ bucket, rights }) => [...bucket.ready, ...rights]),
    ];
    this.registerOutputs({ buckets: this.buckets });
  }
}

/** Arguments of GcsRunnerCache. */
export interface GcsRunnerCacheArgs extends GcsPlace {
  /** Name of the fleet; last part of the bucket's name. */
  readonly fleet: string;
  /** Who the fleet's manager is to Cloud Storage. Never GitLab's own account: a manager must not reach its objects. */
  readonly access: GcsAccess;
  /** Days after which a cached file is deleted. @default 14 */
  readonly days?: number;
}

/** The cache of one runner fleet. All in it can be made again: no versions, no soft delete, no protection. */
export class GcsRunnerCache extends Component {
  readonly bucket: pulumi.Output<string>;
  /** JSON key, a Pulumi secret; only where `access.kind` is `key`. */
  readonly key: pulumi.Output<string> | undefined;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcsRunnerCacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "objectStorage",
      "GcsRunnerCache",
      name,
      { fleet: args.fleet, access: args.access.kind },
      opts,
    );
    const identity = new GcsIdentity(
      `${name}-identity`,
      {
        project: args.project,
        access: args.access,
        description: `Cache of runner fleet ${args.fleet}`,
      },
      { parent: this },
    );
    const bucket = new GcsBucket(
      `${name}-cache`,
      {
        site: args.site,
        project: args.project,
        bucket: gcsBucketName(args.site, args.project, `runner-cache-${args.fleet}`),
        location: args.location,
        holdsData: false,
        versioned: false,
        expireDays: args.days ?? 14,
        labels: { ...args.labels, "object-type": "runner-cache" },
      },
      { parent: this },
    );
    this.bucket = bucket.bucketName;
    this.key = identity.key;
    this.ready = [...identity.ready, ...bucket.ready, ...identity.mayUse(bucket, name)];
    this.registerOutputs({ bucket: this.bucket });
  }
}
