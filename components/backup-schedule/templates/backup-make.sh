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
UPLOAD="" UPLOAD_BUCKET="" UPLOAD_KEY=""

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
  if [[ -n "$UPLOAD" ]]; then
    log upload "aborting the unfinished upload of $UPLOAD_KEY"
    timeout 120 aws s3api abort-multipart-upload --bucket "$UPLOAD_BUCKET" --key "$UPLOAD_KEY" \
      --upload-id "$UPLOAD" --expected-bucket-owner "$BACKUP_ACCOUNT" ||
      log upload "it could not be aborted: the bucket's lifecycle removes it"
  fi
  console_stop "$CONTAINER"
  rm -rf "$SCRATCH/backups" "$SCRATCH/part" "$NODE_RUN/backup-secrets" "$NODE_RUN/backup-secrets.tar"
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

# ------------------------------------------------------------------ upload and proof

# base64 of the binary SHA-256, as S3 writes checksums.
checksum() {
  local sum
  sum="$(sha256sum "$1")"
  # shellcheck disable=SC2059,SC2001 # the format is the digest's own bytes
  printf "$(sed 's/../\\x&/g' <<<"${sum%% *}")" | base64 -w0
}

# Two lines, version and checksum, from an answer of S3 in the CLI's text form.
put_whole() {
  timeout 7200 aws s3api put-object --bucket "$2" --key "$3" --body "$1" --checksum-sha256 "$4" \
    --expected-bucket-owner "$BACKUP_ACCOUNT" --query '[VersionId,ChecksumSHA256]' --output text >"$5"
}

put_part() {
  local answer
  answer="$(timeout 3600 aws s3api upload-part --bucket "$UPLOAD_BUCKET" --key "$UPLOAD_KEY" --upload-id "$UPLOAD" \
    --part-number "$1" --body "$2" --checksum-sha256 "$3" --expected-bucket-owner "$BACKUP_ACCOUNT" \
    --query '[ETag,ChecksumSHA256]' --output text)" || return $?
  if [[ "${answer#*$'\t'}" != "$3" ]]; then
    log upload "part $1 arrived with checksum ${answer#*$'\t'}, not $3"
    return 1
  fi
  printf '%s' "${answer%%$'\t'*}" >"$4"
}

begin_upload() {
  timeout 120 aws s3api create-multipart-upload --bucket "$1" --key "$2" --checksum-algorithm SHA256 \
    --expected-bucket-owner "$BACKUP_ACCOUNT" --query UploadId --output text >"$3"
}

finish_upload() {
  timeout 3600 aws s3api complete-multipart-upload --bucket "$UPLOAD_BUCKET" --key "$UPLOAD_KEY" \
    --upload-id "$UPLOAD" --multipart-upload "file://$1" --checksum-sha256 "$2" \
    --expected-bucket-owner "$BACKUP_ACCOUNT" --query '[VersionId,ChecksumSHA256]' --output text >"$3"
}

# In parts, each with its own checksum and tried again by itself; at most 10,000 of them, up to 5 TiB in all.
# The whole's checksum is made from the parts': SHA-256 over their binary digests, and how many they are.
# Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html and
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
put_in_parts() {
  local file="$1" bucket="$2" key="$3" size="$4" answer="$5" chunk="$PART_BYTES" number=0 offset=0 sum etag list=""
  while ((size > chunk * 9000)); do chunk=$((chunk * 2)); done
  mkdir -p "$SCRATCH/part"
  : >"$SCRATCH/part/digests"
  retry 5 5 begin_upload "$bucket" "$key" "$SCRATCH/part/upload"
  UPLOAD="$(<"$SCRATCH/part/upload")"
  UPLOAD_BUCKET="$bucket" UPLOAD_KEY="$key"
  [[ -n "$UPLOAD" && "$UPLOAD" != None ]] || die "S3 gave no upload id for $key"
  while ((offset < size)); do
    number=$((number + 1))
    dd if="$file" of="$SCRATCH/part/body" bs=1M iflag=skip_bytes,count_bytes,fullblock skip="$offset" count="$chunk" status=none
    sum="$(checksum "$SCRATCH/part/body")"
    retry 8 5 put_part "$number" "$SCRATCH/part/body" "$sum" "$SCRATCH/part/etag"
    etag="$(<"$SCRATCH/part/etag")"
    base64 -d <<<"$sum" >>"$SCRATCH/part/digests"
    # The ETag comes with its quotes.
    list+="${list:+,}{\"PartNumber\":$number,\"ETag\":\"${etag//\"/}\",\"ChecksumSHA256\":\"$sum\"}"
    offset=$((offset + chunk))
  done
  CHECKSUM="$(checksum "$SCRATCH/part/digests")-$number"
  printf '{"Parts":[%s]}\n' "$list" >"$SCRATCH/part/parts.json"
  log upload "$key: $number parts of up to $chunk bytes"
  retry 5 5 finish_upload "$SCRATCH/part/parts.json" "$CHECKSUM" "$answer"
  UPLOAD=""
  rm -rf "$SCRATCH/part"
}

# upload FILE BUCKET KEY: sends the file and proves that it arrived. The proof: S3 answers with a version, so the lock
# holds it; with the checksum that was computed here; and the list shows the same size. Reading it back is not allowed.
# Sets VERSION_ID and CHECKSUM.
upload() {
  local file="$1" bucket="$2" key="$3" size answer received listed
  size="$(stat -c %s "$file")"
  answer="$NODE_RUN/backup-answer"
  log upload "$key to $bucket: $size bytes"
  if ((size <= SINGLE_PUT_BYTES)); then
    CHECKSUM="$(checksum "$file")"
    retry 5 5 put_whole "$file" "$bucket" "$key" "$CHECKSUM" "$answer"
  else
    put_in_parts "$file" "$bucket" "$key" "$size" "$answer"
  fi
  received="$(<"$answer")"
  rm -f "$answer"
  VERSION_ID="${received%%$'\t'*}"
  [[ -n "$VERSION_ID" && "$VERSION_ID" != None && "$VERSION_ID" != null ]] ||
    die "$key has no version in $bucket: nothing locks it"
  [[ "${received#*$'\t'}" == "$CHECKSUM" ]] ||
    die "$key arrived with checksum ${received#*$'\t'}, not $CHECKSUM"
  listed="$(retry 5 5 listed_size "$bucket" "$key")"
  [[ "$listed" == "$size" ]] || die "$key is listed with ${listed:-no} bytes, not $size"
  log proof "$key: version $VERSION_ID, SHA-256 $CHECKSUM, $size bytes"
}

listed_size() {
  timeout 120 aws s3api list-objects-v2 --bucket "$1" --prefix "$2" --expected-bucket-owner "$BACKUP_ACCOUNT" \
    --query "Contents[?Key=='$2'].Size" --output text
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

# Success of the command is not enough: the archive must be one of this version, with a database and repositories.
check_archive() {
  local archive="$1" names
  [[ -s "$archive" ]] || die "gitlab-backup ended well but left no archive"
  names="$(tar -tf "$archive")" || die "the archive cannot be read"
  local wanted
  for wanted in backup_information.yml db/database.sql.gz repositories/; do
    grep -qE "^(\./)?$wanted" <<<"$names" || die "the archive has no $wanted"
  done
  tar -xOf "$archive" "$(grep -m1 -E '^(\./)?backup_information\.yml$' <<<"$names")" >"$NODE_RUN/backup-information"
  grep -qE "^:?gitlab_version: ['\"]?$GITLAB_VERSION(-ee)?['\"]?\$" "$NODE_RUN/backup-information" ||
    die "the archive was not made by GitLab $GITLAB_VERSION"
}

make_archive() {
  local settings=(CRON=1 "BACKUP=$1" "SKIP=$BACKUP_SKIP")
  # A file that changes while it is read fails the default strategy; this one copies first.
  if [[ -n "$BACKUP_STRATEGY" ]]; then settings+=("STRATEGY=$BACKUP_STRATEGY"); fi
  log archive "gitlab-backup create ${settings[*]}"
  docker exec "$CONTAINER" gitlab-backup create "${settings[@]}" >&2
  check_archive "$SCRATCH/backups/$1_gitlab_backup.tar"
}

# ------------------------------------------------------------------ the backup

begun="$(now)"
await_version
mount_scratch
# Of an attempt before this one on the same machine.
rm -rf "$SCRATCH/backups" "$SCRATCH/part"
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
