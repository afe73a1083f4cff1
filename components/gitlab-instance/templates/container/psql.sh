#!/bin/bash
# Runs inside GitLab's container: its own psql on the external database, with the password from its file.
set -euo pipefail
PGPASSWORD="$(</etc/gitlab-secrets/database-password)"
export PGPASSWORD
# shellcheck source=/dev/null
. /opt/gitlab-node/database.env
exec /opt/gitlab/embedded/bin/psql -X -v ON_ERROR_STOP=1 "$@"
