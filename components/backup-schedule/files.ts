import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "../node-files/contract";

/** Key prefix of everything in the buckets for archives and secrets. */
export const archivePrefix = "gitlab";

/** Block device of the scratch volume, as the launch template names it. */
export const scratchDevice = "/dev/sdf";

/**
 * Types of data that a backup can leave out and that lie in object storage, with the names that SKIP takes
 * (https://docs.gitlab.com/administration/backup_restore/backup_gitlab/#excluding-specific-data-from-the-backup).
 */
export const objectDataTypes = [
  "uploads",
  "builds",
  "artifacts",
  "pages",
  "lfs",
  "terraform_state",
  "registry",
  "packages",
  "ci_secure_files",
  "external_diffs",
] as const;

/**
 * What S3 takes in one request, and a part that 9,000 of which are 4.4 TiB
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
 */
export const s3Sizes = { singlePutBytes: 5 * 1024 ** 3, partBytes: 512 * 1024 ** 2 } as const;

/** What the backup machine must know beside its NodeFacts, in plain data and with no secret. */
export interface BackupFacts {
  /** Twelve digits: uploads name the account that must own the bucket. */
  readonly backupAccountId: string;
  readonly archiveBucket: string;
  readonly secretsBucket: string;
  /** `s3`: GitLab's objects are not part of the archive, replication copies them. `efs`: they are. */
  readonly objectData: "s3" | "efs";
}

/**
 * The job's parameters, in the form of a shell file.
 * @throws if a value has a form that it cannot have in AWS.
 */
export function backupEnvironment(facts: BackupFacts): string {
  const bucket = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
  const forms: Record<string, readonly [string, RegExp]> = {
    BACKUP_ACCOUNT: [facts.backupAccountId, /^\d{12}$/],
    ARCHIVE_BUCKET: [facts.archiveBucket, bucket],
    SECRETS_BUCKET: [facts.secretsBucket, bucket],
    BACKUP_PREFIX: [archivePrefix, /^[a-z-]+$/],
    // The package's own upload sends no checksum for small archives, and Object Lock refuses those
    // (https://github.com/fog/fog-aws/issues/750): this job uploads by itself.
    BACKUP_SKIP: [
      [...(facts.objectData === "s3" ? objectDataTypes : []), "remote"].join(","),
      /^[a-z_,]+$/,
    ],
    BACKUP_STRATEGY: [facts.objectData === "efs" ? "copy" : "", /^(copy)?$/],
    SCRATCH_DEVICE: [scratchDevice, /^\/dev\/\w+$/],
    SINGLE_PUT_BYTES: [String(s3Sizes.singlePutBytes), /^\d+$/],
    PART_BYTES: [String(s3Sizes.partBytes), /^\d+$/],
    VERSION_WAIT_SECONDS: ["7200", /^\d+$/],
  };
  return Object.entries(forms)
    .map(([name, [value, form]]) => {
      if (!form.test(value))
        throw new Error(`${name}: found ${JSON.stringify(value)}, want ${form.source}`);
      return `${name}='${value}'\n`;
    })
    .join("");
}

/**
 * The files of the backup job, beside those that every machine gets: the last step of the boot is
 * `/opt/gitlab-node/backup`.
 * @throws if a fact has a form that it cannot have in AWS.
 */
export function backupFiles(facts: BackupFacts): NodeFile[] {
  const script = (name: string): NodeFile => ({
    path: `/opt/gitlab-node/${name}`,
    mode: "0755",
    content: template(`${name}.sh`),
  });
  return [
    library("archive"),
    library("upload-s3"),
    script("backup"),
    script("backup-run"),
    script("backup-make"),
    script("backup-end"),
    {
      path: "/etc/systemd/system/gitlab-backup.service",
      mode: "0644",
      content: template("gitlab-backup.service"),
    },
    { path: "/etc/gitlab-node/backup.env", mode: "0644", content: backupEnvironment(facts) },
  ];
}

/** A part of this folder's scripts that others source: `archive` (what an archive must hold), `upload-s3` (upload and proof). */
export function library(name: "archive" | "upload-s3"): NodeFile {
  return { path: `/opt/gitlab-node/${name}.sh`, mode: "0644", content: template(`${name}.sh`) };
}

function template(name: string): string {
  return readFileSync(join(__dirname, "templates", name), "utf8");
}
