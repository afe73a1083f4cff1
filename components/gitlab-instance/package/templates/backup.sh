#!/bin/bash
# One full backup: database and repositories in one archive, GitLab's secrets apart from it, both uploaded, both proved.
# Ends well only with the proof. Runs under the machine's lock: `upgrade backup` makes one by hand.
#
# Objects (artifacts, LFS, registry and the like) lie in object storage and are no part of it. What is left on disk is
# the database and Git data, which GitLab reads consistently by itself: STRATEGY=copy has nothing to copy.
# Source: https://docs.gitlab.com/administration/backup_restore/backup_gitlab/
set -Eeuo pipefail
SCRIPT=backup
ALARM_EVENT=backup_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"
# shellcheck source=components/backup-schedule/templates/archive.sh
. "$NODE_OPT/archive.sh"
# shellcheck source=components/gitlab-instance/package/templates/backup-leftovers.sh
. "$NODE_OPT/backup-leftovers.sh"
# Read by upload.sh, which is that of the destination.
UPLOAD_SCRATCH="$STATE/upload"
# shellcheck source=components/gitlab-instance/package/templates/proof-s3.sh
. "$NODE_OPT/upload.sh"

clean_up() {
  local code=$?
  trap - ERR
  set +e
  abort_upload
  end_uploads
  remove_leftovers
  exit "$code"
}

# What no archive holds and no restore can do without: the keys that the database is encrypted with, the host keys, the
# certificates, the configuration. Only in memory until it is uploaded.
# Source: https://docs.gitlab.com/administration/backup_restore/backup_gitlab/#storing-configuration-files
collect_secrets() {
  local paths=() path
  [[ -s "$ROOT/etc/gitlab/gitlab-secrets.json" ]] || die "gitlab-secrets.json is not on this machine"
  for path in $SECRET_PATHS; do
    # Before the first start of Git over SSH there are no host keys.
    if [[ -e "$ROOT/$path" ]]; then paths+=("$path"); fi
  done
  tar -C "$ROOT/" --exclude=etc/gitlab/config_backup -cf "$1" "${paths[@]}"
}

rm -f "$PROOF"
trap clean_up EXIT
remove_leftovers
package_state
version="$(<"$ROOT/opt/gitlab/embedded/service/gitlab-rails/VERSION")"
[[ -n "$VERSION" && -n "$version" ]] || die "nobody knows which GitLab this is"
id="$(date -u +%s_%Y_%m_%d)_${version//[^A-Za-z0-9.-]/-}"
begin_uploads
secrets="$NODE_RUN/backup-secrets.tar"
collect_secrets "$secrets"

write "$UPKEEP/backup" "$id"
log archive "gitlab-backup create, without $BACKUP_SKIP"
timeout 36000 gitlab-backup create CRON=1 "BACKUP=$id" "SKIP=$BACKUP_SKIP" >&2
archive="$BACKUPS/${id}_gitlab_backup.tar"
check_archive "$archive" "$version"
bytes="$(stat -c %s "$archive")"

# The secrets land first: where an archive has landed, its secrets have, too.
upload "$secrets" "$SECRETS_BUCKET" "$BACKUP_PREFIX/${id}_gitlab_secrets.tar"
upload "$archive" "$ARCHIVE_BUCKET" "$BACKUP_PREFIX/${id}_gitlab_backup.tar"

write "$UPKEEP/backup-last" "$id $VERSION $bytes $VERSION_ID $CHECKSUM"
write "$UPKEEP/backup-ok" "$(date +%s)"
# What an upgrade in this run is allowed by: the version that the archive can be restored with.
printf '%s\n' "$VERSION" >"$PROOF"
log "done" "$id: $bytes bytes, version $VERSION_ID"
