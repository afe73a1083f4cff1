#!/bin/bash
# A copy of what nothing can replace, GitLab's own secrets and the SSH host keys, in the secret store: written when they
# have changed, read by people only. The machine need have no right to read it.
SCRIPT=recovery
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

MARK="$ROOT$STATE_MOUNT/upkeep/recovery"
paths=(etc/gitlab/gitlab-secrets.json)
[[ -s "$ROOT/${paths[0]}" ]] || die "there is no /etc/gitlab/gitlab-secrets.json"
for key in "$ROOT"/var/opt/gitlab/gitlab-sshd/ssh_host_*_key; do
  if [[ -f "$key" ]]; then paths+=("${key#"$ROOT"/}"); fi
done
sum="$(cd "$ROOT/" && sha256sum "${paths[@]}" | sha256sum)"
if [[ -s "$MARK" && "$(<"$MARK")" == "$sum" ]]; then exit 0; fi
work="$(mktemp "$NODE_RUN/recovery.XXXXXX")"
trap 'rm -f "$work" "$work.b64"' EXIT
tar -C "$ROOT/" -czf "$work" "${paths[@]}"
base64 -w0 "$work" >"$work.b64"
secret_write "$RECOVERY_SECRET" "$work.b64" || die "the recovery copy was not taken by the secret $RECOVERY_SECRET"
printf '%s\n' "$sum" >"$MARK.new"
mv -f "$MARK.new" "$MARK"
log "done" "copied to $RECOVERY_SECRET"
