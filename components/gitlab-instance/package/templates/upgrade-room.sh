#!/bin/bash
# upgrade-room [VERSION]: is there room for the backup (else it fails) and for the upgrade to VERSION (else 3)?
set -Eeuo pipefail
SCRIPT="upgrade-room"
ALARM_EVENT=backup_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"
# shellcheck source=components/gitlab-instance/package/templates/backup-leftovers.sh
. "$NODE_OPT/backup-leftovers.sh"

target="${1:-}"
remove_leftovers

# kib PLACE COLUMN: `avail` or `used`, in KiB.
kib() {
  local answer
  answer="$(df -k --output="$2" "$1" | tr -dc '0-9\n' | tail -n 1)"
  [[ "$answer" =~ ^[0-9]+$ ]] || die "df said nothing of ${1#"$ROOT"}"
  printf '%s\n' "$answer"
}

free="$(kib "$STATE" avail)"
repositories="$(kib "$ROOT$REPOSITORIES_MOUNT" used)"
database="$(retry 3 10 sql "SELECT pg_database_size(current_database()) / 1024")"
[[ "$database" =~ ^[0-9]+$ ]] || die "the database answered: $database"
# The parts and the archive lie beside each other until the archive is whole.
needed=$((2 * (repositories + database) + HEADROOM_KIB))
log room "state: $free KiB free, $needed wanted"
((free >= needed)) ||
  die "a backup needs up to $needed KiB on the state disk, and $free are free: nothing was backed up or upgraded"
[[ -n "$target" ]] || exit 0

about="$(apt-cache show "$PACKAGE=$target")" || about=""
size="$(sed -n 's/^Size: \([0-9]\+\)$/\1/p' <<<"$about" | head -n 1)"
unpacked="$(sed -n 's/^Installed-Size: \([0-9]\+\)$/\1/p' <<<"$about" | head -n 1)"
[[ -n "$size" && -n "$unpacked" ]] || {
  alarm upgrade_failure "apt does not say how large $target is"
  exit 3
}
root="$(kib "$ROOT/" avail)"
# dpkg unpacks the new files beside the old ones before it takes those away.
if ((free < needed + size / 1024 || root < unpacked + 1048576)); then
  alarm upgrade_failure "$target needs $((size / 1024)) KiB on the state disk and $((unpacked + 1048576)) on the root disk; $((free - needed)) and $root are free"
  exit 3
fi
