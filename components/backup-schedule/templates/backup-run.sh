#!/bin/bash
# Makes one backup under the lock of that name: two at once would read every repository twice, and end in one archive
# too many at best.
set -Eeuo pipefail
SCRIPT=backup-run
ALARM_EVENT=BackupFailure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

# A container outlives the client that started it.
export LOCK_LOST_COMMAND="docker rm -f gitlab-backup"
rm -f "$NODE_RUN/backup-failure"
code=0
with_lock backup 60 "$NODE_OPT/backup-make" || code=$?
reason=""
if [[ -f "$NODE_RUN/backup-failure" ]]; then reason="$(<"$NODE_RUN/backup-failure")"; fi
case "$code" in
  0) log "done" "the backup is proved" ;;
  75) die "${reason:-another backup holds the lock: it has not ended since its own start}" ;;
  76) die "the lock was lost while the backup ran, and the backup was ended" ;;
  *) die "${reason:-the backup ended with exit code $code and no word of why}" ;;
esac
