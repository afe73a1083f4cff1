#!/bin/bash
# migrate regular: the migrations that old nodes can live with, or the first install, in a container of this release
# with no service. migrate post: those that they cannot, in the running one. Both run under the lock `migrations`, and
# may be run again after they were cut off: GitLab records each migration, and takes a database lock of its own.
# Source: https://docs.gitlab.com/update/zero_downtime/
SCRIPT=migrate
ALARM_EVENT=MigrationFailure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# shellcheck source=components/gitlab-instance/templates/version.sh
. "$NODE_OPT/version.sh"

CONSOLE=gitlab-migrate

sql() {
  docker exec "$CONSOLE" /opt/gitlab-node/psql -tAc "$1"
}

# GitLab makes these only in its own PostgreSQL. Sources: https://docs.gitlab.com/install/requirements/ (extensions),
# https://docs.gitlab.com/administration/postgresql/external/
extensions() {
  local name
  for name in pg_trgm btree_gist amcheck; do sql "CREATE EXTENSION IF NOT EXISTS $name" >/dev/null; done
  sql "CREATE EXTENSION IF NOT EXISTS pg_stat_statements" >/dev/null ||
    log extensions "pg_stat_statements is not to be had: it is recommended, not required"
}

# Loads the schema and its first rows. One that was cut off half-way has tables but no user: GitLab would then take it
# for an installed one and never seed it. Since the record says that this install began on an empty database and never
# ended, its tables are dropped first; with a user in it, nothing is dropped, ever.
first_install() {
  local users
  if [[ "$(sql "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")" != 0 ]]; then
    users=0
    if [[ "$(sql "SELECT to_regclass('public.users') IS NOT NULL")" == t ]]; then users="$(sql "SELECT count(*) FROM users")"; fi
    [[ "$users" =~ ^[0-9]+$ ]] || die "the database answered: $users"
    if ((users == 0)); then
      log install "an install was cut off half-way: beginning again"
      docker exec "$CONSOLE" gitlab-rake gitlab:db:drop_tables
    fi
  fi
  log install "gitlab:db:configure"
  docker exec "$CONSOLE" /opt/gitlab-node/install
  item_set "$RECORD" regular "$GITLAB_VERSION" deployed "$GITLAB_VERSION" post "$GITLAB_VERSION"
}

regular() {
  local refusal
  read_record
  # Another node may have done it while this one waited for the lock.
  if [[ "$DEPLOYED" == "$GITLAB_VERSION" && "$REGULAR" == "$GITLAB_VERSION" ]]; then return 0; fi
  local console=()
  if [[ "$NODE_ROLE" == single ]]; then
    # Gitaly must answer while migrations run; on this machine it is ours to run, under the lease that we hold.
    console=(-v "$ROOT/mnt/git-data:/var/opt/gitlab/git-data" --add-host "$GITALY_HOST:127.0.0.1")
  fi
  trap 'console_stop "$CONSOLE"' EXIT
  console_start "$CONSOLE" "${console[@]}"
  log extensions "create"
  extensions
  if [[ -z "$DEPLOYED" ]]; then
    [[ "$CANDIDATE" == "$GITLAB_VERSION" ]] || die "nobody has looked at the database for $GITLAB_VERSION"
    first_install
  else
    refusal="$(step_refusal "$DEPLOYED" "$SETTLED" "$GITLAB_VERSION")"
    [[ -z "$refusal" ]] || die "$refusal"
    log regular "from $DEPLOYED to $GITLAB_VERSION"
    docker exec -e SKIP_POST_DEPLOYMENT_MIGRATIONS=true "$CONSOLE" gitlab-rake db:migrate
    item_set "$RECORD" regular "$GITLAB_VERSION" deployed "$GITLAB_VERSION"
  fi
  log regular "done"
}

post() {
  read_record
  if [[ "$POST" == "$GITLAB_VERSION" ]]; then return 0; fi
  [[ "$DEPLOYED" == "$GITLAB_VERSION" ]] || die "the database is at $DEPLOYED, not at $GITLAB_VERSION"
  log post "for $GITLAB_VERSION"
  docker exec gitlab gitlab-rake db:migrate
  item_set "$RECORD" post "$GITLAB_VERSION"
  log post "done"
}

case "${1:-}" in
  regular) regular ;;
  post) post ;;
  *) die "usage: migrate regular|post" ;;
esac
