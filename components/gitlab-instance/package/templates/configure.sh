#!/bin/bash
# GitLab's settings: gitlab.rb, certificates, what an external database needs. Reconfigures only when something that
# GitLab reads has changed since the last time that this went well on this root disk, and waits until it serves.
SCRIPT=configure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

ETC="$ROOT/etc/gitlab"
MARK="$ROOT/var/lib/gitlab-node/configured"

# put SOURCE TARGET MODE: whole or not at all, and only where it differs.
put() {
  if cmp -s "$1" "$2"; then return 0; fi
  install -m "$3" "$1" "$2.new"
  mv -f "$2.new" "$2"
  log put "${2#"$ROOT"}"
}

# Redis behind TLS with its own CA: a broken chain or a wrong password must have a name, not be a timeout of Rails.
# The password goes by standard input.
# shellcheck disable=SC2153 # from node.env
probe_redis() {
  {
    printf 'AUTH '
    tr -d '\n' <"$SECRETS_DIR/redis-auth"
    printf '\r\nPING\r\nQUIT\r\n'
  } | timeout 30 openssl s_client -quiet -verify_quiet -verify_return_error -connect "$REDIS_HOST:$REDIS_PORT" -CAfile "$NODE_ETC/redis-ca.pem" \
    >"$NODE_RUN/redis-answer" 2>"$NODE_RUN/redis-error" || true
  grep -q PONG "$NODE_RUN/redis-answer"
}

# What GitLab needs and cannot make by itself in a database that is not the package's. Each may be repeated. Cloud SQL
# takes statement_timeout per database, not as a flag.
# Sources: https://docs.gitlab.com/install/requirements/#postgresql, https://docs.gitlab.com/administration/postgresql/tune/
prepare_database() {
  local extension
  for extension in pg_trgm btree_gist amcheck pg_stat_statements; do
    "$NODE_OPT/sql" "CREATE EXTENSION IF NOT EXISTS $extension" >&2 || die "the extension $extension could not be made in $DATABASE_NAME"
  done
  "$NODE_OPT/sql" "ALTER DATABASE \"$DATABASE_NAME\" SET statement_timeout = '60s'" >&2 ||
    die "statement_timeout could not be set in $DATABASE_NAME"
}

mkdir -p "$ETC" "${MARK%/*}"
put "$NODE_ETC/gitlab.rb" "$ETC/gitlab.rb" 0600
# A new major of the package's own PostgreSQL takes long, and is somebody's decision.
# Source: https://docs.gitlab.com/omnibus/settings/database/#opt-out-of-automatic-postgresql-upgrades
[[ -e "$ETC/disable-postgresql-upgrade" ]] || : >"$ETC/disable-postgresql-upgrade"
if [[ "$TLS_KIND" == given ]]; then
  mkdir -p "$ETC/ssl"
  chmod 0755 "$ETC/ssl"
  openssl x509 -noout -in "$SECRETS_DIR/tls-certificate" || die "the given certificate is no certificate"
  for host in "$WEB_HOST" "$REGISTRY_HOST"; do
    put "$SECRETS_DIR/tls-certificate" "$ETC/ssl/$host.crt" 0644
    put "$SECRETS_DIR/tls-key" "$ETC/ssl/$host.key" 0600
  done
fi

version="$(dpkg-query -W -f '${Version}' "gitlab-$GITLAB_EDITION")"
# All that GitLab reads, as one sum; no value can be had back from it.
read_by_gitlab() {
  cat "$NODE_ETC/gitlab.rb" "$NODE_ETC"/*.pem 2>/dev/null || true
  cat "$SECRETS_DIR"/* 2>/dev/null || true
  printf '%s\n' "$version"
}
wanted="$(read_by_gitlab | sha256sum)"

# After a boot on which its secrets came late, systemd has given it up.
if [[ -e "$ROOT/opt/gitlab/service/puma" ]]; then
  systemctl reset-failed gitlab-runsvdir.service || true
  systemctl start gitlab-runsvdir.service
fi

if [[ -n "$DATABASE_HOST" ]]; then
  retry 10 10 "$NODE_OPT/sql" "SELECT 1" >/dev/null || die "the database at $DATABASE_HOST does not answer"
  prepare_database
fi
if [[ -n "$REDIS_HOST" ]]; then
  retry 10 10 probe_redis || die "Redis at $REDIS_HOST does not answer: $(head -c 300 "$NODE_RUN/redis-error" | tr '\n' ' ')"
  rm -f "$NODE_RUN/redis-answer" "$NODE_RUN/redis-error"
fi

# await_ready SECONDS
await_ready() {
  local begun
  begun="$(now)"
  until "$NODE_OPT/ready"; do
    (($(now) - begun < $1)) || return 1
    sleep 10
  done
}

if [[ -s "$MARK" && "$(<"$MARK")" == "$wanted" ]]; then
  # After a boot its services are still on their way up.
  if await_ready 600; then
    log "done" "nothing that GitLab reads has changed"
    exit 0
  fi
  log reconfigure "nothing has changed, and GitLab does not serve: once more"
fi
rm -f "$MARK"
log reconfigure "start"
# Its output has passwords in the differences of files, so it goes where root alone reads.
code=0
mkdir -p "$ROOT/var/log/gitlab-node"
timeout 7200 gitlab-ctl reconfigure >"$ROOT/var/log/gitlab-node/reconfigure.log" 2>&1 || code=$?
((code == 0)) || die "gitlab-ctl reconfigure ended with $code: see /var/log/gitlab-node/reconfigure.log"
await_ready "$READY_TIMEOUT" || die "GitLab is not ready after $READY_TIMEOUT s"
printf '%s\n' "$wanted" >"$MARK.new"
mv -f "$MARK.new" "$MARK"
log "done" "GitLab serves"
