import type { BackupPolicy } from "./contract";

/** What holds of backups that a machine with the Linux package makes; when it makes them is the machine's own. */
export type PackageBackupPolicy = Pick<BackupPolicy, "retentionDays" | "lockMode" | "maxAgeHours">;
