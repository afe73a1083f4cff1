#!/bin/bash
# sql STATEMENT: its answer, one value a line, from GitLab's database: the package's own, or the external one by TLS.
SCRIPT=sql
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# Whoever asks decides what a failure means.
trap - ERR

if [[ -z "$DATABASE_HOST" ]]; then
  exec gitlab-psql -X -A -t -q -v ON_ERROR_STOP=1 -d gitlabhq_production -c "$1"
fi
PGPASSWORD="$(<"$SECRETS_DIR/database-password")"
# shellcheck disable=SC2153 # from node.env
export PGPASSWORD PGHOST="$DATABASE_HOST" PGPORT="$DATABASE_PORT" PGDATABASE="$DATABASE_NAME" PGUSER="$DATABASE_USER"
export PGSSLMODE=verify-ca PGSSLROOTCERT="$NODE_ETC/database-ca.pem" PGCONNECT_TIMEOUT=10
exec "$ROOT/opt/gitlab/embedded/bin/psql" -X -A -t -q -v ON_ERROR_STOP=1 -c "$1"
