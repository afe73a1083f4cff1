import type * as pulumi from "@pulumi/pulumi";

/** What BackupSchedule offers, whichever cloud is behind it. */
export interface BackupSchedule {
  /** Where archives of database and repositories land. */
  readonly archiveBucket: pulumi.Output<string>;
  /** Where GitLab's secrets land, apart from the data and under another key. */
  readonly secretsBucket: pulumi.Output<string>;
  /** The alarm that fires when no backup has landed. */
  readonly ageAlarm: pulumi.Output<string>;
}

/** When and how long, in plain data. */
export interface BackupPolicy {
  /** Six-field EventBridge expression without `cron(…)`, for example `0 2 * * ? *`: daily, overnight. */
  readonly cron: string;
  /** IANA name, for example `Europe/Berlin`. */
  readonly timezone: string;
  /** Days that an archive is kept and locked. */
  readonly retentionDays: number;
  /** `governance` can be lifted by an administrator of the backup account; `compliance` by nobody, ever. @default "governance" */
  readonly lockMode: "governance" | "compliance";
  /** Hours without a finished backup before the alarm. @default 26 */
  readonly maxAgeHours: number;
}
