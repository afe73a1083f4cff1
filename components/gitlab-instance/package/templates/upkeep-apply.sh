#!/bin/bash
# Makes the hour of the daily run hold, after the machine's files have changed: cron is there, and knows its time zone.
set -Eeuo pipefail
SCRIPT=upkeep-apply
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

if ! command -v cron >/dev/null; then
  log cron "installing"
  retry 8 15 timeout 600 apt-get -q -y -o DPkg::Lock::Timeout=600 --no-install-recommends install cron >&2
fi
systemctl daemon-reload
systemctl enable --now cron >&2
# A daemon that runs keeps the zone that it was started with. It reads its tables anew by itself.
zone="$(sha256sum <"$ROOT/etc/systemd/system/cron.service.d/timezone.conf")"
if [[ ! -s "$NODE_RUN/cron-zone" || "$(<"$NODE_RUN/cron-zone")" != "$zone" ]]; then
  systemctl restart cron
  printf '%s\n' "$zone" >"$NODE_RUN/cron-zone"
  log cron "restarted in its time zone"
fi
