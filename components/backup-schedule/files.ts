import type { NodeFile } from "../node-files/contract";

/** Key prefix of everything in the buckets for archives and secrets. */
export const archivePrefix = "gitlab";

/** Block device of the scratch volume, as the launch template names it. */
export const scratchDevice = "/dev/sdf";

/** What the backup machine must know beside its NodeFacts, in plain data and with no secret. */
export interface BackupFacts {
  /** Twelve digits: uploads name the account that must own the bucket. */
  readonly backupAccountId: string;
  readonly archiveBucket: string;
  readonly secretsBucket: string;
  /** `s3`: GitLab's objects are not part of the archive, replication copies them. `efs`: they are. */
  readonly objectData: "s3" | "efs";
}

/** The files of the backup job, beside those that every machine gets. */
export function backupFiles(facts: BackupFacts): NodeFile[] {
  void facts;
  return [];
}
