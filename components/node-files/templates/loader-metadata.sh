#!/bin/bash
# Brings the files of this machine from its metadata, where an update of the machine puts them without a reboot, proves
# each by SHA-256, installs all or none, and runs /opt/gitlab-node/apply: once a boot, and again when they change or when
# the last run failed. A timer starts it at boot and every few minutes. It holds no setting, so that no change of one
# replaces the machine.
set -Eeuo pipefail
umask 022

ROOT="${NODE_ROOT:-}"
# Survives a reboot: what is installed. In memory: what has been applied since this boot.
KEPT="$ROOT/var/lib/gitlab-loader"
RUN="$ROOT/run/gitlab-loader"

log() {
  local line
  printf -v line '%(%Y-%m-%dT%H:%M:%SZ)T loader %s: %s' -1 "$1" "$2"
  printf '%s\n' "$line"
}

# Reports the failure: on the console, which is what an operator sees of a machine that never got further, and by the
# library of the last good files where there is one. The next start of the timer tries again.
fail() {
  trap - ERR
  log failed "$1"
  if [[ -w "$ROOT/dev/console" ]]; then printf 'gitlab-loader failed: %s\n' "$1" >>"$ROOT/dev/console" || true; fi
  if [[ -s "$ROOT/opt/gitlab-node/lib.sh" ]]; then
    SCRIPT=loader MESSAGE="$1" timeout 300 bash -s <<'END' || log failed "the alarm was not taken"
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
alarm "$ALARM_EVENT" "$MESSAGE"
END
  fi
  exit 1
}
trap 'fail "line $LINENO ended with exit code $?"' ERR

# fetch FILE: what the machine's metadata holds, tried again while the network comes up.
fetch() {
  # shellcheck disable=SC2034 # the cloud's own command uses it
  local file="$1" attempt delay=2
  for ((attempt = 1; attempt <= 8; attempt++)); do
    # @fetch@
    log fetch "attempt $attempt of 8 failed"
    ((attempt < 8)) || break
    sleep "$delay"
    delay=$((delay < 30 ? delay * 2 : 30))
  done
  return 1
}

# @include unpack.sh@

mkdir -p "$KEPT" "$RUN"
STAGE="$(mktemp -d "$KEPT/stage.XXXXXX")"
trap 'rm -rf "$STAGE"' EXIT

fetch "$STAGE/packed" || fail "the machine's files cannot be had from its metadata"
# Nothing in it may stop the loader half way, so that the reason is always said.
base64 -d "$STAGE/packed" >"$STAGE/gz" 2>/dev/null || fail "the metadata holds no base64"
gzip -dc "$STAGE/gz" >"$STAGE/bundle" 2>/dev/null || fail "the metadata holds no gzip"
digest="$(sha256sum "$STAGE/bundle")"
digest="${digest%% *}"

if [[ "$(cat "$KEPT/installed" 2>/dev/null)" != "$digest" ]]; then
  log install "files $digest"
  unpack
  grep -q ' /opt/gitlab-node/apply$' "$STAGE/list" || fail "the files have no /opt/gitlab-node/apply"
  # Half an installation must not pass for a whole one.
  rm -f "$KEPT/installed" "$RUN/applied"
  install_files
  # What the files before had and these have not: a cron entry that stayed would go on running.
  if [[ -s "$KEPT/list" ]]; then
    cut -d' ' -f4 "$STAGE/list" >"$STAGE/paths"
    while read -r _ _ _ path; do
      if [[ "$path" == /* ]] && ! grep -qxF -- "$path" "$STAGE/paths"; then
        log remove "$path"
        rm -f "$ROOT$path"
      fi
    done <"$KEPT/list"
  fi
  cp "$STAGE/list" "$KEPT/list.new"
  mv -f "$KEPT/list.new" "$KEPT/list"
  printf '%s\n' "$digest" >"$KEPT/installed.new"
  mv -f "$KEPT/installed.new" "$KEPT/installed"
fi

if [[ "$(cat "$RUN/applied" 2>/dev/null)" == "$digest" ]]; then exit 0; fi
rm -rf "$STAGE"
code=0
log start "/opt/gitlab-node/apply"
"$ROOT/opt/gitlab-node/apply" || code=$?
# 75: something that may not be disturbed is under way. The next start of the timer tries again.
if ((code == 75)); then
  log waiting "apply found another program at work"
  exit 0
fi
# apply has raised its own alarm.
((code == 0)) || { log failed "apply ended with $code"; exit "$code"; }
printf '%s\n' "$digest" >"$RUN/applied"
log "done" "files $digest are applied"
