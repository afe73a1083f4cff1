#!/bin/bash
# Run by the loader (components/node-files/templates/loader-metadata.sh) once a boot, and when a file has changed. It
# only starts the boot anew and returns, so that the loader sees further changes while boot waits for a token: a boot
# that is under way ends, and the runner's own restart lets its jobs end.
SCRIPT=apply
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

# systemd appends a unit's output to a file, and makes no folder for it.
mkdir -p "$ROOT/var/log/gitlab-node"
systemctl daemon-reload
systemctl restart --no-block gitlab-node.service
log "done" "boot is started"
