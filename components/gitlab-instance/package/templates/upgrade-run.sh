#!/bin/bash
# One run, under the lock. Each step is gated by the ones before it:
# an interrupted installation is brought to an end → the hold stands → which version → room → the package is fetched →
# backup of database and repositories, and of the secrets apart → upload of both → proof → installation → readiness.
# The backup is made whatever is wrong with the upgrade; nothing is installed without a backup that is proved.
set -Eeuo pipefail
SCRIPT="upgrade-run"
ALARM_EVENT=upgrade_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"

OUTCOME="failed"
# Whatever happens: the hold stands, and the last line of this run can be read on the disk.
finish() {
  local code=$?
  trap - ERR
  set +e
  hold || alarm upgrade_failure "$PACKAGE could not be held: any apt run may upgrade it"
  if [[ -s "$FAILURES" ]]; then
    code=1
    OUTCOME="failed: $(tr '\n' ' ' <"$FAILURES")"
  elif ((code != 0)); then
    code=1
  fi
  [[ ! -d "$UPKEEP" ]] || write "$UPKEEP/status" "$(date -u +%Y-%m-%dT%H:%M:%SZ) $OUTCOME"
  log "done" "$OUTCOME"
  exit "$code"
}
rm -f "$FAILURES" "$PROOF"
trap finish EXIT

# How many alarms have been given so far.
alarms() {
  if [[ -f "$FAILURES" ]]; then wc -l <"$FAILURES"; else printf '0\n'; fi
}

# step PROGRAM ARGUMENTS…: its exit code. A step that was killed has left no word: then this says it.
step() {
  local code=0 event=upgrade_failure said
  said="$(alarms)"
  [[ "$1" != backup ]] || event=backup_failure
  log step "$*"
  "$NODE_OPT/$1" "${@:2}" || code=$?
  if ((code != 0)); then
    log step "$1 ended with $code"
    (($(alarms) > said)) || alarm "$event" "$1 ended with exit code $code and no word of why"
  fi
  return "$code"
}

need_disks
upgrade=no target=""
if [[ "${1:-upgrade}" == upgrade ]]; then
  upgrade=yes
  step upgrade-settle || upgrade=no
  retry 5 10 hold || {
    alarm upgrade_failure "$PACKAGE could not be held"
    upgrade=no
  }
fi
rm -f "$UPKEEP/target"
if [[ "$upgrade" == yes ]]; then step upgrade-choose || upgrade=no; fi
# A choice that says what is wrong may still name a version that may be installed.
if [[ "$upgrade" == yes && -s "$UPKEEP/target" ]]; then target="$(<"$UPKEEP/target")"; fi

room=0
step upgrade-room "$target" || room=$?
case "$room" in
  0) ;;
  3) target="" ;;
  *) exit 1 ;;
esac
if [[ -n "$target" ]]; then step upgrade-fetch "$target" || target=""; fi

step backup || exit 1
[[ -s "$PROOF" ]] || die "the backup ended well and left no proof"
# For people, beside the backup: it raises its own alarm.
"$NODE_OPT/recovery" || log recovery "the copy in the secret store is not of today"

package_state
before="$VERSION"
if [[ -n "$target" ]]; then
  step upgrade-install "$target" || exit 1
  OUTCOME="upgraded $before to $target"
else
  OUTCOME="backed up $before"
fi
# What keeps GitLab from the version that it should have is no good run, however quiet it was.
if [[ "$upgrade" == yes && ! -s "$FAILURES" && ! -s "$UPKEEP/held" ]]; then
  write "$UPKEEP/upgrade-ok" "$(date +%s)"
elif [[ -s "$UPKEEP/held" ]]; then
  OUTCOME+=", $(<"$UPKEEP/held")"
fi
