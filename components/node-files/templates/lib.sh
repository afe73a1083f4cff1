# shellcheck shell=bash
# What every script of a node sources, on whichever cloud: settings, log, alarms, retries, locks of the machine itself.
# The machine's cloud stands behind it in cloud.sh (templates/clouds), which must bring
#   put_metric NAME VALUE [THIRD]   one value; fails when it was not taken. THIRD: AWS wants a unit, the others a disk.
#   notify EVENT MESSAGE            tells people; fails where nobody was told.
#   ALARM_EVENT                     the metric that a failure of this script counts in, unless the script has set its own.
#
# Every absolute path starts with "$ROOT", which is empty on a machine and a scratch folder in tests.
# A script that sources this ends loudly at the first command that fails: see on_error.
set -Eeuo pipefail
umask 077

ROOT="${NODE_ROOT:-}"
NODE_ETC="$ROOT/etc/gitlab-node"
NODE_OPT="$ROOT/opt/gitlab-node"
# Memory only: secrets and marks of this boot lie here.
NODE_RUN="$ROOT/run/gitlab-node"
# shellcheck disable=SC2034 # for the scripts that source this
SECRETS_DIR="$ROOT/run/gitlab-secrets"
mkdir -p "$NODE_RUN"

# shellcheck source=/dev/null
. "$NODE_ETC/node.env"

SCRIPT="${SCRIPT:-${0##*/}}"

# ------------------------------------------------------------------ log, failure, alarm

# log STEP MESSAGE: one line, on standard error, so that functions can answer on standard output.
log() {
  printf '%(%Y-%m-%dT%H:%M:%SZ)T %s %s: %s\n' -1 "$SCRIPT" "$1" "$2" >&2
}

# metric NAME VALUE [THIRD]: one value for this machine. Never fails its caller.
metric() {
  put_metric "$@" || log metric "$1 was not taken"
}

# try_alarm EVENT MESSAGE: counts EVENT and tells people; fails when neither was taken.
try_alarm() {
  local taken=1
  log "ALARM $1" "$2"
  put_metric "$1" 1 Count && taken=0
  notify "$1" "$2" && taken=0
  return "$taken"
}

# alarm EVENT MESSAGE: the same, but never fails its caller, and never hides a failure from it.
alarm() {
  try_alarm "$@" || log alarm "$1 was not taken"
}

# die MESSAGE: the end of this script, with an alarm. In a subshell the outermost shell raises the alarm, once.
die() {
  trap - ERR
  if ((BASH_SUBSHELL > 0)); then
    log FAILED "$1"
    printf '%s' "$1" >"$NODE_RUN/failure.$$"
  else
    alarm "$ALARM_EVENT" "$1"
  fi
  exit 1
}

on_error() {
  local code="$1" place="$2" said=""
  trap - ERR
  log FAILED "$place: exit code $code"
  if ((BASH_SUBSHELL == 0)); then
    if [[ -f "$NODE_RUN/failure.$$" ]]; then
      said=": $(cat "$NODE_RUN/failure.$$")"
      rm -f "$NODE_RUN/failure.$$"
    fi
    alarm "$ALARM_EVENT" "$place: exit code $code$said"
  fi
  exit "$code"
}
trap 'on_error "$?" "${BASH_SOURCE[0]##*/}:$LINENO"' ERR

# retry ATTEMPTS DELAY COMMAND…: again after DELAY seconds, doubled each time up to 60. Returns the last exit code.
retry() {
  local attempts="$1" delay="$2" attempt code
  shift 2
  for ((attempt = 1; ; attempt++)); do
    code=0
    "$@" || code=$?
    ((code != 0)) || return 0
    ((attempt < attempts)) || break
    log retry "$1: attempt $attempt of $attempts ended with $code, next in $delay s"
    sleep "$delay"
    delay=$((delay < 30 ? delay * 2 : 60))
  done
  log retry "$1: attempt $attempt of $attempts ended with $code, giving up"
  return "$code"
}

# now: whole seconds of this machine's own monotonic clock; it runs on through suspension and is never set.
now() {
  local up
  read -r up _ <"$ROOT/proc/uptime"
  printf '%s\n' "${up%%.*}"
}

# ------------------------------------------------------------------ locks of this machine

# with_local_lock NAME WAIT COMMAND…: runs a program (not a function) while no other program of this machine holds the
# lock of that name. Its exit code; 75 when the lock could not be had within WAIT seconds (0: tries once).
# The lock is closed for the program itself: a daemon that it starts would else hold it for ever.
# Source: https://man7.org/linux/man-pages/man1/flock.1.html
with_local_lock() {
  local name="$1" wait="$2"
  shift 2
  flock --close --conflict-exit-code 75 --timeout "$wait" "$NODE_RUN/lock-$name" "$@"
}

# local_lock_free NAME: whether nobody holds it right now.
local_lock_free() {
  flock --nonblock --conflict-exit-code 75 "$NODE_RUN/lock-$1" true
}

# shellcheck source=/dev/null
. "$NODE_OPT/cloud.sh"
