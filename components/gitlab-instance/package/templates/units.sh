#!/bin/bash
# Puts this machine's units into effect: the pulse, the daily look at role settings, secrets at each boot.
SCRIPT=units
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

systemctl daemon-reload
systemctl enable gitlab-secrets.service >&2
systemctl enable --now gitlab-pulse.timer gitlab-role.timer >&2
# The pulse counts the age of a first backup from here. On the state disk: a rebuilt machine has its backups.
mkdir -p "$ROOT$STATE_MOUNT/upkeep"
[[ -s "$ROOT$STATE_MOUNT/upkeep/since" ]] || date +%s >"$ROOT$STATE_MOUNT/upkeep/since"
