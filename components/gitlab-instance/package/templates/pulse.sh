#!/bin/bash
# Every five minutes: how this machine fares, in numbers that alarms listen to. A number that cannot be had is not sent,
# and its silence is an alarm of its own.
SCRIPT=pulse
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
trap - ERR
set +e

UPKEEP="$ROOT$STATE_MOUNT/upkeep"

if "$NODE_OPT/ready" 2>/dev/null; then metric ready 1; else metric ready 0; fi

# disk NAME PATH
disk() {
  local used
  used="$(df --output=pcent "$2" | tr -dc '0-9')"
  if [[ "$used" =~ ^[0-9]+$ ]]; then metric disk_used_percent "$used" "$1"; else log disk "df said nothing of $2"; fi
}
disk root "$ROOT/"
# On the root disk they would look fine.
for pair in "state:$STATE_MOUNT" "repositories:$REPOSITORIES_MOUNT"; do
  if findmnt -n --mountpoint "$ROOT${pair#*:}" >/dev/null 2>&1; then
    disk "${pair%%:*}" "$ROOT${pair#*:}"
  else
    log disk "nothing is mounted on ${pair#*:}"
  fi
done

# age NAME FILE: hours since the time in that file; since this state disk began, where it has not happened yet.
age() {
  local since
  since="$(cat "$2" 2>/dev/null || cat "$UPKEEP/since" 2>/dev/null)"
  if [[ "$since" =~ ^[0-9]+$ ]]; then metric "$1" "$((($(date +%s) - since) / 3600))"; fi
}
age backup_age_hours "$UPKEEP/backup-ok"
age upgrade_age_hours "$UPKEEP/upgrade-ok"

# Whole days that the certificate still holds; less than none when it has lapsed.
end="$(openssl x509 -noout -enddate -in "$ROOT/etc/gitlab/ssl/$WEB_HOST.crt" 2>/dev/null)"
if [[ "$end" == notAfter=* ]] && end="$(date -d "${end#notAfter=}" +%s)"; then
  metric certificate_days "$(((end - $(date +%s)) / 86400))"
fi
exit 0
