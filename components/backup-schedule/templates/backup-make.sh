#!/bin/bash
# One backup, from the version check to the proof. Runs under the lock; every failure ends it with an alarm.
#
# Order: the secrets land before the archive. An archive without them is worth little, and the alarm for missing
# backups counts archives: where one has landed, its secrets have, too.
set -Eeuo pipefail
SCRIPT=backup-make
ALARM_EVENT=BackupFailure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# shellcheck source=/dev/null
. "$NODE_ETC/backup.env"

CONTAINER=gitlab-backup
SCRATCH="$ROOT/var/lib/gitlab-backup"
UPLOAD_SCRATCH="$SCRATCH/part"
# shellcheck source=components/backup-schedule/templates/upload-s3.sh
. "$NODE_OPT/upload-s3.sh"
# shellcheck source=components/backup-schedule/templates/archive.sh
. "$NODE_OPT/archive.sh"

# The reason goes to backup-run, which raises the one alarm: it does so even where this script dies without a word.
alarm() {
  log "$1" "$2"
  printf '%s' "$2" >"$NODE_RUN/backup-failure"
}

# Whatever happens, nothing of the backup stays on this machine, and no half upload in the bucket.
clean_up() {
  local code=$?
  trap - ERR
  set +e
  abort_upload
  console_stop "$CONTAINER"
  rm -rf "$SCRATCH/backups" "$UPLOAD_SCRATCH" "$NODE_RUN/backup-secrets" "$NODE_RUN/backup-secrets.tar"
  exit "$code"
}
trap clean_up EXIT

# ------------------------------------------------------------------ version

# A restore needs exactly the version that made the archive, so the archive must be made by the version that runs.
# An upgrade may be under way: it is given VERSION_WAIT_SECONDS to end.
await_version() {
  local begun record version
  begun="$(now)"
  while true; do
    record="$(item_get version deployed gitaly)"
    version="${record%%$'\n'*}"
    if [[ "$version" == "$GITLAB_VERSION" && "${record##*$'\n'}" == "$GITLAB_VERSION" ]]; then
      log version "$GITLAB_VERSION, as recorded"
      return 0
    fi
    (($(now) - begun < VERSION_WAIT_SECONDS)) ||
      die "this machine has GitLab $GITLAB_VERSION, the record says ${version:-nothing}: no backup was made"
    log version "this machine has $GITLAB_VERSION, the record says ${version:-nothing}: waiting"
    sleep 60
  done
}

# ------------------------------------------------------------------ scratch volume

# The link is udev's: it names the device as the launch template does.
# Source: https://docs.aws.amazon.com/ebs/latest/userguide/nvme-ebs-volumes.html
mount_scratch() {
  local device="$ROOT$SCRATCH_DEVICE" attempt
  mkdir -p "$SCRATCH"
  if findmnt -n "$SCRATCH" >/dev/null; then return 0; fi
  for ((attempt = 0; attempt < 60; attempt++)); do
    [[ ! -e "$device" ]] || break
    sleep 2
  done
  [[ -e "$device" ]] || die "the scratch volume $SCRATCH_DEVICE is not there"
  # Never over something: blkid answers nothing (2) for an empty device alone.
  local code=0
  blkid -p "$device" >/dev/null || code=$?
  case "$code" in
    0) log scratch "$SCRATCH_DEVICE has a file system already" ;;
    2)
      log scratch "making a file system on $SCRATCH_DEVICE"
      mkfs.ext4 -q -m 0 "$device"
      ;;
    *) die "what is on $SCRATCH_DEVICE could not be read (blkid: $code)" ;;
  esac
  mount -o noatime,nodev,nosuid "$device" "$SCRATCH"
}

# ------------------------------------------------------------------ what is backed up

# What no archive holds and no restore can do without: the keys that the database is encrypted with, Gitaly's token,
# the SSH host keys, the configuration. Only in memory on this machine.
# Source: https://docs.gitlab.com/administration/backup_restore/backup_gitlab/#storing-configuration-files
collect_secrets() {
  local name
  mkdir -p "$NODE_RUN/backup-secrets"
  [[ -s "$SECRETS_DIR/gitlab-secrets.json" ]] || die "gitlab-secrets.json is not on this machine"
  for name in "$SECRETS_DIR/container/gitaly-token" "$SECRETS_DIR"/ssh_host_{rsa,ecdsa,ed25519}_key{,.pub} \
    "$SECRETS_DIR/gitlab-secrets.json" "$NODE_ETC/gitlab-console.rb" "$NODE_ETC/node.env"; do
    cp "$name" "$NODE_RUN/backup-secrets/"
  done
  # With it, the files are the set that the machines share in Secrets Manager: see docs/restore.md.
  printf '%s\n' "$GITLAB_VERSION" >"$NODE_RUN/backup-secrets/completed-for"
  tar -C "$NODE_RUN/backup-secrets" -cf "$NODE_RUN/backup-secrets.tar" .
}

make_archive() {
  local settings=(CRON=1 "BACKUP=$1" "SKIP=$BACKUP_SKIP")
  # A file that changes while it is read fails the default strategy; this one copies first.
  if [[ -n "$BACKUP_STRATEGY" ]]; then settings+=("STRATEGY=$BACKUP_STRATEGY"); fi
  log archive "gitlab-backup create ${settings[*]}"
  docker exec "$CONTAINER" gitlab-backup create "${settings[@]}" >&2
  check_archive "$SCRATCH/backups/$1_gitlab_backup.tar" "$GITLAB_VERSION"
}

# ------------------------------------------------------------------ the backup

begun="$(now)"
await_version
mount_scratch
# Of an attempt before this one on the same machine.
rm -rf "$SCRATCH/backups" "$UPLOAD_SCRATCH"
mkdir -p "$SCRATCH/backups"
id="$(date -u +%s_%Y_%m_%d)_$GITLAB_VERSION"
ensure_image
log console "starting $CONTAINER"
console_start "$CONTAINER" -v "$SCRATCH/backups:/var/opt/gitlab/backups"

collect_secrets
make_archive "$id"
console_stop "$CONTAINER"
archive="$SCRATCH/backups/${id}_gitlab_backup.tar"
bytes="$(stat -c %s "$archive")"
metric BackupScratchUsedPercent "$(df --output=pcent "$SCRATCH" | tr -dc 0-9)" Percent

upload "$NODE_RUN/backup-secrets.tar" "$SECRETS_BUCKET" "$BACKUP_PREFIX/${id}_gitlab_secrets.tar"
upload "$archive" "$ARCHIVE_BUCKET" "$BACKUP_PREFIX/${id}_gitlab_backup.tar"

seconds=$(($(now) - begun))
item_set backup/last id "$id" version "$GITLAB_VERSION" bytes "$bytes" versionId "$VERSION_ID" \
  checksum "$CHECKSUM" finished "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
metric BackupBytes "$bytes" Bytes
metric BackupDuration "$seconds" Seconds
metric BackupSuccess 1 Count
log "done" "$id: $bytes bytes in $seconds s"
