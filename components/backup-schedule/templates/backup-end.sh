#!/bin/bash
# Runs after the backup, however that ended, and ends the machine. systemd says in SERVICE_RESULT what became of it.
# Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#%24SERVICE_RESULT
SCRIPT=backup-end
ALARM_EVENT=BackupFailure
# shellcheck source=components/node-files/templates/lib.sh
if . "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"; then
  # From here on nothing may keep the machine from ending.
  set +Eeu
  trap - ERR
  case "${SERVICE_RESULT:-unknown}" in
    success | exit-code) ;;
    *) alarm "$ALARM_EVENT" "the backup was ended from outside: ${SERVICE_RESULT:-unknown}" ;;
  esac
  timeout 60 docker rm -f -v gitlab-backup >/dev/null 2>&1
  log end "switching this machine off"
fi
exec shutdown -P now
