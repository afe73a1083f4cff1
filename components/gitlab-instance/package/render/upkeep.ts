import { readFileSync } from "node:fs";
import { join } from "node:path";
import { archivePrefix, library, objectDataTypes, s3Sizes } from "../../../backup-schedule/files";
import type { NodeFile } from "../../../node-files/contract";
import { renderEnvironment } from "../../render/node-env";
import type { BackupDestination, PackageMachineFacts } from "../contract";

/**
 * Version of the AWS CLI on a machine that uploads to S3
 * (https://raw.githubusercontent.com/aws/aws-cli/v2/CHANGELOG.rst).
 */
export const awsCliVersion = "2.36.11";

/** The package that a channel's machine has: the nightly channel carries both editions. */
export function packageName(
  facts: Pick<PackageMachineFacts, "edition">,
): "gitlab-ce" | "gitlab-ee" {
  return `gitlab-${facts.edition}`;
}

/** Where the machine's programs and its restore find what outlives it, on the state disk. */
export function upkeepPlaces(facts: Pick<PackageMachineFacts, "state">) {
  const { mountPoint } = facts.state;
  return {
    /** `gitlab_rails['backup_path']`: archives that are being made. */
    backups: `${mountPoint}/backups`,
    /** The last two packages, `<package>_<version>.deb`, each with its `.sha256`. */
    packages: `${mountPoint}/packages`,
    /** One line: the version that a rebuilt machine installs. */
    installed: `${mountPoint}/packages/installed`,
    /** Epoch seconds of the last proved backup. */
    backupOk: `${mountPoint}/upkeep/backup-ok`,
    /** Epoch seconds of the last run that left nothing to be done: upgraded, or nothing newer to be had. */
    upgradeOk: `${mountPoint}/upkeep/upgrade-ok`,
  } as const;
}

/** List of GitLab's packages for apt; the only one that the daily run reads anew. */
export const aptSources = "/etc/apt/sources.list.d/gitlab.sources";

const templates = join(__dirname, "..", "templates");
const read = (name: string): string => readFileSync(join(templates, name), "utf8");

/**
 * Files of the machine's upkeep: the daily backup and gated upgrade, and the cron entry that starts them.
 * `/opt/gitlab-node/upkeep-apply` makes a new hour or time zone hold.
 * @throws if a value has a form that its file or its cloud does not take.
 */
export function upkeepFiles(facts: PackageMachineFacts): NodeFile[] {
  const program = (name: string): NodeFile => ({
    path: `/opt/gitlab-node/${name}`,
    mode: "0755",
    content: read(`${name}.sh`),
  });
  const sourced = (name: string, template = name): NodeFile => ({
    path: `/opt/gitlab-node/${name}.sh`,
    mode: "0644",
    content: read(`${template}.sh`),
  });
  return [
    sourced("upkeep"),
    sourced("upgrade-recover"),
    sourced("upgrade-version"),
    sourced("backup-leftovers"),
    library("archive"),
    ...[
      "upgrade",
      "upgrade-run",
      "upgrade-settle",
      "upgrade-choose",
      "upgrade-room",
      "upgrade-fetch",
      "upgrade-install",
      "upgrade-end",
      "backup",
      "upkeep-apply",
    ].map(program),
    ...(facts.backup.kind === "s3"
      ? [
          library("upload-s3"),
          sourced("upload", "proof-s3"),
          program("aws-cli"),
          { path: "/opt/gitlab-node/aws-cli.asc", mode: "0644", content: read("aws-cli.asc") },
        ]
      : [sourced("upload", "proof-gcs")]),
    { path: "/etc/gitlab-node/upkeep.env", mode: "0644", content: upkeepEnvironment(facts) },
    { path: "/etc/cron.d/gitlab-upgrade", mode: "0644", content: cronEntry(facts.upgrade.cron) },
    {
      path: "/etc/systemd/system/cron.service.d/timezone.conf",
      mode: "0644",
      content: cronZone(facts.upgrade.timezone),
    },
    {
      path: "/etc/systemd/system/gitlab-upgrade.service",
      mode: "0644",
      content: read("gitlab-upgrade.service"),
    },
  ];
}

/**
 * Cron, and not a systemd timer: on the day when clocks go forward a timer leaves out an hour that does not exist, and
 * the day's backup with it; cron runs what it has skipped, and runs nothing twice when they go back
 * (https://manpages.ubuntu.com/manpages/noble/man8/cron.8.html, "Daylight Saving Time and other time changes").
 * It starts a unit, so that the run has a log, limits and somebody to tell of its end.
 */
function cronEntry(cron: string): string {
  const field = "(\\*|\\d+(-\\d+)?)(/\\d+)?(,(\\*|\\d+(-\\d+)?)(/\\d+)?)*";
  if (!new RegExp(`^${field}( ${field}){4}$`).test(cron))
    throw new Error(`upgrade.cron: found ${JSON.stringify(cron)}, want five fields of numbers`);
  return [
    "# Times are in the zone of /etc/systemd/system/cron.service.d/timezone.conf.",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    `${cron} root systemctl start --no-block gitlab-upgrade.service`,
    "",
  ].join("\n");
}

/**
 * The daemon's own zone: Ubuntu's cron knows none by table
 * (https://manpages.ubuntu.com/manpages/noble/man5/crontab.5.html, "Limitations"). The machine's stays as it is.
 */
function cronZone(timezone: string): string {
  if (!/^[A-Za-z]+([/_+-]?[A-Za-z0-9]+)*$/.test(timezone))
    throw new Error(`upgrade.timezone: found ${JSON.stringify(timezone)}, want an IANA name`);
  return `[Service]\nEnvironment=TZ=${timezone}\n`;
}

function upkeepEnvironment(facts: PackageMachineFacts): string {
  const { backup, postgres, secrets, state, upgrade } = facts;
  const values: Record<string, readonly [string, RegExp]> = {
    PACKAGE: [packageName(facts), /^gitlab-(ce|ee)$/],
    CHANNEL: [facts.channel, /^[a-z-]+$/],
    APT_SOURCES: [aptSources, /^\/[\w./-]+$/],
    STATE_MOUNT: [state.mountPoint, /^\/[\w/-]+$/],
    REPOSITORIES_MOUNT: [facts.repositories.mountPoint, /^\/[\w/-]+$/],
    // What no archive holds: settings, keys and certificates, what the machine knows, the host keys of Git over SSH, and
    // which package a restore needs.
    SECRET_PATHS: [
      `etc/gitlab etc/gitlab-node var/opt/gitlab/gitlab-sshd ${upkeepPlaces(facts).installed.slice(1)}`,
      /^[\w/ -]+$/,
    ],
    UPGRADE_MAJOR: [upgrade.major === null ? "" : String(upgrade.major), /^\d*$/],
    POSTGRES_EXTERNAL: [postgres.kind === "external" ? "yes" : "", /^(yes)?$/],
    HEADROOM_KIB: [String(upgrade.headroomGiB * 1024 ** 2), /^\d+$/],
    READY_SECONDS: [String(upgrade.readyTimeoutSeconds), /^\d+$/],
    LOCK_WAIT_SECONDS: ["3600", /^\d+$/],
    BACKUP_PREFIX: [archivePrefix, /^[a-z-]+$/],
    // Objects lie in object storage; `remote`, since the package's own upload has no proof.
    BACKUP_SKIP: [[...objectDataTypes, "remote"].join(","), /^[a-z_,]+$/],
    PART_BYTES: [String(s3Sizes.partBytes), /^\d+$/],
    ...destination(backup, secrets.backupCredentials),
  };
  return renderEnvironment(
    Object.fromEntries(
      Object.entries(values).map(([name, [value, form]]) => {
        if (!form.test(value))
          throw new Error(`${name}: found ${JSON.stringify(value)}, want ${form.source}`);
        return [name, value];
      }),
    ),
  );
}

function destination(
  backup: BackupDestination,
  credentials: string | undefined,
): Record<string, readonly [string, RegExp]> {
  const buckets = {
    ARCHIVE_BUCKET: [backup.archiveBucket, /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/],
    SECRETS_BUCKET: [backup.secretsBucket, /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/],
  } as const;
  if (backup.archiveBucket === backup.secretsBucket)
    throw new Error(`archives and secrets both go to ${backup.archiveBucket}: want two buckets`);
  if (backup.kind === "gcs") return buckets;
  return {
    ...buckets,
    BACKUP_ACCOUNT: [backup.accountId, /^\d{12}$/],
    S3_REGION: [backup.region, /^[a-z]{2}(-[a-z]+)+-\d$/],
    SINGLE_PUT_BYTES: [String(s3Sizes.singlePutBytes), /^\d+$/],
    CREDENTIALS_SECRET: [credentials ?? "", /^[A-Za-z0-9-]+$/],
    AWS_CLI_VERSION: [awsCliVersion, /^2(\.\d+){2}$/],
  };
}
