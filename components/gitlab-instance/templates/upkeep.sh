#!/bin/bash
# What is left to do once GitLab runs, looked at each minute and done when its time has come: Gitaly's version recorded;
# settings and runner tokens; post-deployment migrations when no old node is left; the version settled when its
# background migrations are finished.
SCRIPT=upkeep
ALARM_EVENT=UpkeepFailure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# shellcheck source=components/gitlab-instance/templates/version.sh
. "$NODE_OPT/version.sh"

# Whether every instance of the group that is still there runs this version. One that is going counts until it is gone:
# its old code may still run.
no_old_node() {
  local ids id version
  ids="$(timeout 60 aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names "$APPLICATION_GROUP" \
    --query 'AutoScalingGroups[0].Instances[].InstanceId' --output text)" || return 1
  [[ -n "$ids" && "$ids" != None ]] || { log post "group $APPLICATION_GROUP has no instance"; return 1; }
  for id in $ids; do
    version="$(item_get "node/$id" version)" || return 1
    if [[ "$version" != "$GITLAB_VERSION" ]]; then
      log post "$id is at ${version:-no version yet}"
      return 1
    fi
  done
}

# 3 and 6 are the finished ones, 4 failed. Source: https://docs.gitlab.com/update/background_migrations/
settle() {
  local open failed
  open="$(docker exec gitlab /opt/gitlab-node/psql -tAc \
    "SELECT count(*), count(*) FILTER (WHERE status = 4) FROM batched_background_migrations WHERE status NOT IN (3, 6)")"
  [[ "$open" =~ ^[0-9]+\|[0-9]+$ ]] || die "the database answered: $open"
  failed="${open#*|}"
  open="${open%|*}"
  if ((open == 0)); then
    item_set "$RECORD" settled "$GITLAB_VERSION"
    log settled "$GITLAB_VERSION"
    return 0
  fi
  log settled "$open background migrations of $GITLAB_VERSION to go, $failed failed"
  # They do not repair themselves; once a boot is enough to say so.
  if ((failed > 0)) && [[ ! -e "$NODE_RUN/background-failure-told" ]]; then
    alarm BackgroundMigrationFailure "$failed background migrations of $GITLAB_VERSION failed: the next version is refused until they are finished"
    : >"$NODE_RUN/background-failure-told"
  fi
}

"$NODE_OPT/gitlab" ready || exit 0
read_record

if [[ "$NODE_ROLE" =~ ^(gitaly|single)$ && "$GITALY" != "$GITLAB_VERSION" ]]; then
  item_set "$RECORD" gitaly "$GITLAB_VERSION"
  log gitaly "$GITLAB_VERSION answers"
fi
[[ "$NODE_ROLE" =~ ^(application|single)$ ]] || exit 0

failed=0
if [[ ! -e "$NODE_RUN/configured" ]]; then
  code=0
  with_lock runners 0 "$NODE_OPT/configure" || code=$?
  if ((code == 0)); then : >"$NODE_RUN/configured"; elif ((code != 75)); then failed=1; fi
fi

if [[ "$DEPLOYED" == "$GITLAB_VERSION" && "$POST" != "$GITLAB_VERSION" ]] && no_old_node; then
  code=0
  LOCK_LOST_COMMAND="docker exec gitlab pkill -f db:migrate" with_lock migrations 0 "$NODE_OPT/migrate" post || code=$?
  if ((code != 0 && code != 75)); then failed=1; fi
  read_record
fi
if [[ "$DEPLOYED" == "$GITLAB_VERSION" && "$POST" == "$GITLAB_VERSION" && "$SETTLED" != "$GITLAB_VERSION" ]]; then settle; fi
# Each part has raised its own alarm.
trap - ERR
exit "$failed"
