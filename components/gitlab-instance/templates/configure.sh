#!/bin/bash
# Settings that GitLab keeps in its database, and a token for each runner fleet, into the secret that its managers wait
# for. Idempotent; runs under the lock `runners`, once a boot.
SCRIPT=configure
ALARM_EVENT=RunnerTokenFailure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

WORK="$SECRETS_DIR/runners"
rm -rf "$WORK"
mkdir -p "$WORK"
trap 'rm -rf "$WORK"' EXIT

log settings "apply"
docker exec -i -e "GITLAB_NODE_OBJECTS=$OBJECTS_KIND" gitlab gitlab-rails runner /opt/gitlab-node/configure.rb <"$NODE_ETC/runners" >"$WORK/answer"

while IFS='|' read -r name _ _ arn; do
  [[ -n "$name" ]] || continue
  # The token goes from file to file: what a shell variable holds can end up on a command line.
  sed -n "s/^runner-token\t$name\t//p" "$WORK/answer" | tr -d '\n' >"$WORK/token"
  [[ "$(wc -c <"$WORK/token")" -ge 20 ]] || die "GitLab gave no token for runner fleet $name"
  code=0
  errors="$(timeout 60 aws secretsmanager get-secret-value --secret-id "$arn" --query SecretString --output text \
    2>&1 >"$WORK/known")" || code=$?
  if ((code != 0)) && [[ "$errors" != *ResourceNotFoundException*"staging label"* ]]; then
    die "the secret of runner fleet $name cannot be read: $errors"
  fi
  tr -d '\n' <"$WORK/known" >"$WORK/known.trimmed"
  if cmp -s "$WORK/token" "$WORK/known.trimmed"; then
    log runner "$name has its token"
    continue
  fi
  timeout 60 aws secretsmanager put-secret-value --secret-id "$arn" --secret-string "file://$WORK/token" >/dev/null
  log runner "$name: token stored"
done <"$NODE_ETC/runners"
