#!/bin/bash
# Brings an installation to an end that a run before this one did not live to end: power failure, a kill, a crash.
# The version counts as failed, since nobody knows what it did: it is never tried again by itself.
set -Eeuo pipefail
SCRIPT="upgrade-settle"
ALARM_EVENT=upgrade_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"
# shellcheck source=components/gitlab-instance/package/templates/upgrade-recover.sh
. "$NODE_OPT/upgrade-recover.sh"

rm -f "$SKIP_AUTO_BACKUP"
if [[ ! -s "$UPKEEP/attempt" ]]; then
  package_state
  [[ "$STATUS" == installed ]] || die "$PACKAGE is $STATUS, and this script did not do that: somebody must look"
  # Somebody may have installed another one by hand. What runs is what a rebuilt machine must install.
  if [[ ! -s "$PACKAGES/installed" || "$(<"$PACKAGES/installed")" != "$VERSION" ]]; then
    log record "$VERSION runs, the record said $(cat "$PACKAGES/installed" 2>/dev/null || printf nothing)"
    write "$PACKAGES/installed" "$VERSION"
  fi
  exit 0
fi
read -r target old schema_before <"$UPKEEP/attempt"
recover "$target" "$old" "$schema_before" "the run that installed it was cut off"
