import type * as pulumi from "@pulumi/pulumi";

/**
 * GitLab's object types that live in a bucket of their own: those of the consolidated form, and `registry`, which
 * has a configuration of its own (docs.gitlab.com/administration/object_storage).
 */
export const objectTypes = [
  "artifacts",
  "external_diffs",
  "lfs",
  "uploads",
  "packages",
  "dependency_proxy",
  "terraform_state",
  "ci_secure_files",
  "pages",
  "registry",
] as const;
export type ObjectType = (typeof objectTypes)[number];

/** Bucket names by object type. */
export interface ObjectStorage {
  readonly buckets: Readonly<Record<ObjectType, pulumi.Output<string>>>;
  readonly bucketArns: Readonly<Record<ObjectType, pulumi.Output<string>>>;
  readonly ready: pulumi.Resource[];
}

/** Names of GCS buckets by object type, and of the runners' cache. */
export type GcsBuckets = Readonly<Record<ObjectType, string>>;
