#!/bin/bash
# The steps of apply, in order, under the machine's lock. Each is a program of its own and raises its own alarm.
# Nothing that writes GitLab's data starts before both disks are proved and mounted.
SCRIPT=apply
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

step() {
  local code=0
  log step "$1"
  "$NODE_OPT/$1" "${@:2}" || code=$?
  if ((code != 0)); then
    log FAILED "$1 ended with $code"
    # A step that was killed, or could not be started, has left no word.
    ((code < 126)) || alarm boot_failure "$1 ended with exit code $code and no word of why"
    exit 1
  fi
}

log start "$NODE_ENVIRONMENT"
step host
step disks
# The pulse first: from here on there is something to measure, and a machine that fails below must be seen.
step units
step secrets
step install
step guard full
step configure
step upkeep-apply
# What GitLab keeps in its database. Its failures are alarms of their own and keep nobody from working.
"$NODE_OPT/role" || log role "ended early: the daily look tries again"
step recovery
log "done" "in service"
