# shellcheck shell=bash
# Sourced, after upkeep.sh.

# remove_leftovers: what a backup that was cut off has left: its archive, if it came so far, and the parts that
# gitlab-backup puts beside it. Nothing else: somebody may have put an archive there to restore it.
remove_leftovers() {
  local id
  if [[ -s "$UPKEEP/backup" ]]; then
    id="$(<"$UPKEEP/backup")"
    log backup "removing what $id has left"
    rm -rf "$BACKUPS/${id}_gitlab_backup.tar" "$BACKUPS/tmp" "$BACKUPS/db" "$BACKUPS/repositories" \
      "$BACKUPS/backup_information.yml"
    rm -f "$UPKEEP/backup"
  fi
  rm -rf "$STATE/upload" "$NODE_RUN/backup-secrets.tar"
}
