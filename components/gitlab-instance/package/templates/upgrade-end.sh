#!/bin/bash
# Runs after gitlab-upgrade.service, however that ended. systemd says in SERVICE_RESULT what became of it.
# Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#%24SERVICE_RESULT
SCRIPT="upgrade-end"
ALARM_EVENT=upgrade_failure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# shellcheck source=/dev/null
. "$NODE_ETC/upkeep.env"
set +Eeu
trap - ERR
case "${SERVICE_RESULT:-unknown}" in
  success | exit-code) exit 0 ;;
esac
rm -f "$ROOT/etc/gitlab/skip-auto-backup"
apt-mark hold "$PACKAGE" >/dev/null || log hold "$PACKAGE could not be held"
timeout 900 gitlab-ctl start || log start "not everything started"
alarm "$ALARM_EVENT" "the daily backup and upgrade was ended from outside: ${SERVICE_RESULT:-unknown}"
