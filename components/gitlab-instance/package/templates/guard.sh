#!/bin/bash
# guard: whether GitLab may start on this machine, from what lies on its disks. Runs before every start of its services.
# guard full: the same, and what the external database says; before anything is configured or upgraded.
#
# GitLab makes every secret that it misses, without a word: with a database that has data, that is data which nobody can
# decrypt any more. Source: https://docs.gitlab.com/administration/backup_restore/troubleshooting_backup_gitlab/#when-the-secrets-file-is-lost
SCRIPT=guard
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

for path in "$STATE_MOUNT" "$REPOSITORIES_MOUNT" /etc/gitlab /var/opt/gitlab; do
  findmnt -n --mountpoint "$ROOT$path" >/dev/null 2>&1 || die "nothing is mounted on $path: GitLab would write to the root disk"
done
[[ -e "$SECRETS_DIR/complete" ]] || die "this machine's secrets are not there yet"

keys="$ROOT/etc/gitlab/gitlab-secrets.json"
if [[ -s "$keys" ]]; then
  grep -q '"db_key_base"' "$keys" || die "/etc/gitlab/gitlab-secrets.json has no db_key_base: restore it from the secret $RECOVERY_SECRET"
  exit 0
fi
missing="GitLab is not started: its database has data, and /etc/gitlab/gitlab-secrets.json is missing. New secrets could decrypt nothing of it. Restore the file from the secret $RECOVERY_SECRET or from the secrets' backup, then run: systemctl start gitlab-loader"
if [[ -z "$DATABASE_HOST" ]]; then
  [[ ! -e "$ROOT/var/opt/gitlab/postgresql/data/PG_VERSION" ]] || die "$missing"
elif [[ "${1:-}" == full ]]; then
  tables="$(retry 5 10 "$NODE_OPT/sql" "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'public'")" ||
    die "the database at $DATABASE_HOST does not answer"
  [[ "$tables" =~ ^[0-9]+$ ]] || die "the database answered: $tables"
  ((tables == 0)) || die "$missing"
fi
