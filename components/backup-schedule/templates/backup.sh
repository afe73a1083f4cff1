#!/bin/bash
# The last step of a backup machine's boot: hands the backup to its unit, which ends the machine whatever happens.
set -Eeuo pipefail
SCRIPT=backup
ALARM_EVENT=BackupFailure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

# systemd opens the unit's log, but makes no folder for it.
mkdir -p "$ROOT/var/log/gitlab-node"
systemctl daemon-reload
log start gitlab-backup.service
systemctl start --no-block gitlab-backup.service
