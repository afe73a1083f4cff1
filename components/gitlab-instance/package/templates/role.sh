#!/bin/bash
# What this instance is told to have in its database: OAuth applications, administrators, mirrors, Slack, licence, and a
# token for each runner fleet. After each apply and once a day. Each step is idempotent, stands alone, and says its own
# failure: none stops the others. Secrets go to GitLab by standard input.
SCRIPT=role
ALARM_EVENT=role_failure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

# The daily look gives way to an upgrade and to apply, which does the same at its end.
if [[ "${1:-}" == daily ]] && ! local_lock_free machine; then
  log waiting "another program is at work: tomorrow"
  exit 0
fi
WORK="$NODE_RUN/role"
rm -rf "$WORK"
mkdir -p "$WORK"
trap 'rm -rf "$WORK"' EXIT

# runner NAME INPUT: its Ruby file in GitLab, as GitLab's own user. What it prints goes to OUT.
OUT="$WORK/out"
runner() {
  local message
  log step "$1"
  GITLAB_NODE_OBJECTS=gcs timeout 1200 gitlab-rails runner "$NODE_OPT/ruby/$1.rb" <"$2" >"$OUT" 2>"$WORK/errors" && return 0
  # The message of the last exception, and nothing of what was put in.
  message="$(grep -m 1 -vE '^[[:space:]]*(from )?/' "$WORK/errors" || true)"
  alarm role_failure "$1: ${message:0:300}"
  return 1
}

# A token is stored only where it differs from the one that is there.
store_tokens() {
  local name secret code failed=0
  while IFS='|' read -r name _ _ secret; do
    [[ -n "$name" ]] || continue
    # From file to file: what a shell variable holds can end up on a command line.
    sed -n "s/^runner-token\t$name\t//p" "$OUT" | tr -d '\n' >"$WORK/token"
    if (($(wc -c <"$WORK/token") < 20)); then
      alarm role_failure "runners: GitLab gave no token for fleet $name"
      failed=1
      continue
    fi
    code=0
    secret_read "$secret" "$WORK/known" || code=$?
    if ((code == 0)) && cmp -s "$WORK/token" "$WORK/known"; then
      log runners "$name has its token"
    elif ((code == 0 || code == 4)) && secret_write "$secret" "$WORK/token"; then
      log runners "$name: token stored"
    else
      alarm role_failure "runners: the token of fleet $name was not taken by the secret $secret"
      failed=1
    fi
  done <"$NODE_ETC/runners"
  return "$failed"
}

failures=0
: >"$WORK/nothing"
for step in $ROLE_STEPS; do
  case "$step" in
    license) input="$SECRETS_DIR/license" ;;
    oauth) input="$SECRETS_DIR/oauth-applications" ;;
    mirrors | slack) input="$SECRETS_DIR/role-tokens" ;;
    runners) input="$NODE_ETC/runners" ;;
    *) input="$WORK/nothing" ;;
  esac
  if runner "$step" "$input"; then
    grep -v '^runner-token' "$OUT" >&2 || true
    if [[ "$step" == runners ]] && ! store_tokens; then failures=$((failures + 1)); fi
  else
    failures=$((failures + 1))
  fi
done
log "done" "$failures of the steps failed"
