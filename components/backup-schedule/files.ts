import type { NodeFile } from "../node-files/contract";

/** What the backup machine must know beside its NodeFacts, in plain data and with no secret. */
export interface BackupFacts {
  readonly region: string;
  /** Twelve digits: uploads name the account that must own the bucket. */
  readonly backupAccountId: string;
  readonly archiveBucket: string;
  readonly secretsBucket: string;
  /** Key prefix in both buckets, without slashes at its ends. @default "gitlab" */
  readonly prefix?: string;
  /** `s3`: GitLab's objects are not part of the archive, replication copies them. `efs`: they are. */
  readonly objectData: "s3" | "efs";
}

/** The files of the backup job, beside those that every machine gets. */
export function backupFiles(facts: BackupFacts): NodeFile[] {
  void facts;
  return [];
}
