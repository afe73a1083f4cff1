#!/bin/bash
# Brings this machine everything secret that it is told to have, into memory: at each boot before GitLab starts, and with
# each apply. What services read while they run belongs to their user; ids are fixed, so the users need not be there yet.
SCRIPT=secrets
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

mkdir -p "$SECRETS_DIR"
# Others may pass through to what is theirs, and list nothing.
chmod 0711 "$SECRETS_DIR"

while IFS='|' read -r file name owner; do
  [[ -n "$file" ]] || continue
  work="$SECRETS_DIR/.$file"
  code=0
  secret_read "$name" "$work" || code=$?
  if ((code != 0)); then
    rm -f "$work"
    if ((code == 4)); then die "the secret $name is not there, or has no value"; fi
    die "the secret $name cannot be read"
  fi
  chmod 0600 "$work"
  if [[ -n "$owner" ]]; then chown "$owner:$owner" "$work"; fi
  mv -f "$work" "$SECRETS_DIR/$file"
done <"$NODE_ETC/secrets"
: >"$SECRETS_DIR/complete"
log "done" "all there"
