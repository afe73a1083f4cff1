#!/bin/bash
# Secrets that the runner reads as files, from the secret store into memory. The runner's unit hands them to the runner.
SCRIPT=credentials
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

mkdir -p "$NODE_RUN/credentials"
while read -r name secret; do
  [[ -n "$name" ]] || continue
  retry 8 5 secret_get "$secret" "$NODE_RUN/credentials/$name.new" || die "the secret $secret cannot be read"
  [[ -s "$NODE_RUN/credentials/$name.new" ]] || die "the secret $secret is empty"
  mv -f "$NODE_RUN/credentials/$name.new" "$NODE_RUN/credentials/$name"
  log credential "$name is there"
done <"$NODE_ETC/credentials"
