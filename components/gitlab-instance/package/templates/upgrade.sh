#!/bin/bash
# What cron starts, by gitlab-upgrade.service: the daily backup and the gated upgrade, under the machine's lock. It is
# the one place that raises their alarms, so that none of their programs can end without one.
# With `backup` as its argument it makes the backup alone.
set -Eeuo pipefail
SCRIPT="upgrade"
ALARM_EVENT=upgrade_failure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# shellcheck source=/dev/null
. "$NODE_ETC/upkeep.env"

code=0
# The programs that apply settings take the same lock: a reconfigure in the middle of an upgrade would be its end.
with_local_lock machine "$LOCK_WAIT_SECONDS" "$NODE_OPT/upgrade-run" "${1:-upgrade}" || code=$?
if ((code == 75)); then
  die "another program has held this machine's lock for $LOCK_WAIT_SECONDS s: no backup was made, nothing was upgraded"
fi
if [[ -s "$NODE_RUN/upkeep-failures" ]]; then
  while read -r event reason; do
    alarm "$event" "$reason"
  done <"$NODE_RUN/upkeep-failures"
  rm -f "$NODE_RUN/upkeep-failures"
  exit 1
fi
((code == 0)) || die "the run ended with exit code $code and no word of why"
