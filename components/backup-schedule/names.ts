import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";

/** Names of the buckets in the backup account. */
export interface BackupBucketNames {
  readonly archives: string;
  readonly secrets: string;
}

/**
 * Names of the backup account's buckets, known before the buckets are: the machine that makes backups carries them
 * in its files, and those are rendered before the backup account is touched.
 *
 * @param backupAccountId twelve digits; makes the names unique over all of S3.
 */
export function backupBucketNames(
  site: Pick<Site, "prefix">,
  backupAccountId: string,
): BackupBucketNames {
  return {
    archives: bucketName(site, backupAccountId, "archives"),
    secrets: bucketName(site, backupAccountId, "secrets"),
  };
}

/**
 * Name of one bucket in the backup account, at most 63 characters
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
 */
export function bucketName(
  site: Pick<Site, "prefix">,
  backupAccountId: string,
  ...parts: readonly string[]
): string {
  return fixedName({ maxLength: 63 }, site.prefix, "backup", ...parts, backupAccountId);
}
