#!/bin/bash
# Waits for the runner's token, for as long as it takes: a running GitLab issues it, so at first stand-up it comes after
# the manager. The token goes into memory, as the environment of the runner's unit.
SCRIPT=token
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# shellcheck disable=SC2034 # the library reads it
ALARM_EVENT="$TOKEN_EVENT"

TARGET="$NODE_RUN/runner.env"
# Longer than a first boot of GitLab takes.
ALARM_SECONDS=3600

# One try: 0 the token is there; 1 not yet, and why is in the file.
fetch_token() {
  local value
  if ! secret_get "$TOKEN_SECRET" "$NODE_RUN/token.new" 2>"$NODE_RUN/token.reason"; then return 1; fi
  value="$(<"$NODE_RUN/token.new")"
  rm -f "$NODE_RUN/token.new"
  # What GitLab issues for a runner; systemd would read a line break or a quote as its own.
  if [[ ! "$value" =~ ^glrt-[A-Za-z0-9_.-]{20,}$ ]]; then
    printf 'the secret holds no runner token' >"$NODE_RUN/token.reason"
    return 1
  fi
  printf 'RUNNER_TOKEN=%s\n' "$value" >"$TARGET.new"
  mv -f "$TARGET.new" "$TARGET"
}

begun="$(now)"
alarmed="$begun"
delay=5
printf '%s\n' "$begun" >"$NODE_RUN/token-awaited"
until fetch_token; do
  if (($(now) - alarmed >= ALARM_SECONDS)); then
    alarmed="$(now)"
    rm -f "$NODE_RUN/token-awaited"
    alarm "$ALARM_EVENT" "no token for $(((alarmed - begun) / 60)) minutes: $(tr '\n' ' ' <"$NODE_RUN/token.reason")"
  fi
  log wait "no token yet, next try in $delay s"
  sleep "$delay"
  delay=$((delay < 30 ? delay * 2 : 60))
done
rm -f "$NODE_RUN/token-awaited" "$NODE_RUN/token.reason"
log token "there"
