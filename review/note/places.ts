/** Where an environment's backups are looked at, and the pages that tell how it is restored. Paths are the checkout's. */

/** What a reviewer of a change to one environment has to hand. */
export interface Places {
  /** Shows the age of the newest backup; typed in the checkout, signed in as its runbook says. */
  readonly backups: string;
  /** What is raised when no backup has landed for `backup.maxAgeHours`. */
  readonly alarm: string;
  /** The alarm's page. */
  readonly runbook: string;
  readonly restore: string;
}

const newestInS3 = (stack: string): string =>
  `aws s3api list-objects-v2 --bucket "$(pulumi stack output backupArchiveBucket -s ${stack})" --query 'sort_by(Contents,&LastModified)[-1].[Key,Size,LastModified]'`;

const places: ReadonlyMap<string, Places> = new Map(
  Object.entries({
    aws: {
      backups: newestInS3("aws"),
      alarm: "backup-archives-age",
      runbook: "docs/runbooks/backup-missing.md",
      restore: "docs/restore.md",
    },
    dev: {
      backups: newestInS3("dev"),
      alarm: "backup-missing",
      runbook: "docs/runbooks/dev-backup-missing.md",
      restore: "docs/restore-dev.md",
    },
    ops: {
      backups: `gcloud storage ls -l "gs://$(pulumi stack output backupArchiveBucket -s ops)/**" | tail -n 3`,
      alarm: "backup-missing",
      runbook: "docs/runbooks/ops-backup-missing.md",
      restore: "docs/restore-ops.md",
    },
    version: {
      backups: `gcloud storage ls -l "gs://$(pulumi stack output exportBucket -s version)/**" | tail -n 3`,
      alarm: "backup-export-arrivals",
      runbook: "docs/runbooks/version-exports.md",
      restore: "docs/restore-version.md",
    },
  }),
);

/** A stack's places; a stack without any gets the checklist without commands. */
export function placesOf(stack: string): Places | undefined {
  return places.get(stack);
}
