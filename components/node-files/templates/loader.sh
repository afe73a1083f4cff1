#!/bin/bash
# The whole of this machine's user data: fetches the bundle of its files, proves it and each file by SHA-256,
# installs them and starts /opt/gitlab-node/boot. It holds no secret and installs no package.
set -Eeuo pipefail
umask 022

BUCKET="@bucket@"
BUNDLE="@bundle@"
LOG_GROUP="@logGroup@"
NODE_ENVIRONMENT="@environment@"
NODE_ROLE="@role@"
ALERT_TOPIC_ARN="@alertTopicArn@"
export AWS_DEFAULT_REGION="@region@"
# Fewer retries inside the CLI: the loop below waits longer, and says so.
export AWS_MAX_ATTEMPTS=2 AWS_RETRY_MODE=standard
ROOT="${NODE_ROOT:-}"
ATTEMPTS=12

log() {
  local line
  printf -v line '%(%Y-%m-%dT%H:%M:%SZ)T loader %s: %s' -1 "$1" "$2"
  printf '%s\n' "$line"
  # The console is what an operator sees of a machine that never got as far as its log agent.
  if [[ -w "$ROOT/dev/console" ]]; then printf '%s\n' "$line" >>"$ROOT/dev/console" || true; fi
}

# Reports the failure on every way out that a half-started machine may have. None of them may hide the exit code.
fail() {
  trap - ERR
  local message="$NODE_ROLE node of $NODE_ENVIRONMENT did not load its files: $1 (log group $LOG_GROUP)"
  log failed "$message"
  timeout 60 aws cloudwatch put-metric-data --namespace GitLab/Nodes --metric-name BootFailure \
    --dimensions "Environment=$NODE_ENVIRONMENT,Role=$NODE_ROLE" --value 1 --unit Count ||
    log failed "the failure metric was not taken"
  timeout 60 aws sns publish --topic-arn "$ALERT_TOPIC_ARN" --subject "GitLab node failed to boot" \
    --message "$message" >/dev/null || log failed "the alert was not taken"
  exit 1
}
trap 'fail "line $LINENO ended with exit code $?"' ERR

# fetch KEY SHA256 FILE: one object, proved; tried again while the network or the role's rights are still coming up.
fetch() {
  local key="$1" sum="$2" file="$3" attempt delay=2 found
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    if timeout 120 aws s3api get-object --bucket "$BUCKET" --key "$key" "$file" >/dev/null; then
      found="$(sha256sum "$file")"
      [[ "${found%% *}" != "$sum" ]] || return 0
      log fetch "$key has SHA-256 ${found%% *}, not its own"
    fi
    log fetch "$key: attempt $attempt of $ATTEMPTS failed"
    [[ "$attempt" -lt "$ATTEMPTS" ]] || break
    sleep "$delay"
    delay=$((delay < 30 ? delay * 2 : 30))
  done
  return 1
}

# @include unpack.sh@

mkdir -p "$ROOT/var/lib"
STAGE="$(mktemp -d "$ROOT/var/lib/gitlab-node-load.XXXXXX")"
trap 'rm -rf "$STAGE"' EXIT

log fetch "bundle $BUNDLE"
fetch "bundles/$NODE_ROLE/$BUNDLE" "$BUNDLE" "$STAGE/bundle" || fail "the bundle could not be fetched whole"

unpack
install_files

[[ -x "$ROOT/opt/gitlab-node/boot" ]] || fail "the bundle brought no /opt/gitlab-node/boot"
rm -rf "$STAGE"
trap - EXIT ERR
log start "/opt/gitlab-node/boot"
exec "$ROOT/opt/gitlab-node/boot"
