# shellcheck shell=bash
# What is done when a version could not be installed well. Sourced, after upkeep.sh.

# Sources: https://docs.gitlab.com/update/package/downgrade/ (the old package can only come back where no migration has
# changed the database) and https://docs.gitlab.com/omnibus/maintenance/
roll_back() {
  local old="$1"
  kept_whole "$old" || return 1
  log rollback "to $old: no migration has run"
  gitlab-ctl stop puma || log rollback "puma did not stop"
  gitlab-ctl stop sidekiq || log rollback "sidekiq did not stop"
  apt-mark unhold "$PACKAGE" >/dev/null || return 1
  # The package goes, its data and settings stay: its own upgrade step refuses to run backwards.
  timeout 1800 dpkg --remove "$PACKAGE" || log rollback "dpkg did not remove what stands there"
  timeout 3600 apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold \
    --allow-downgrades --no-install-recommends install "$(kept "$old")" || return 1
  hold || log rollback "$PACKAGE could not be held"
  timeout 3600 gitlab-ctl reconfigure || return 1
  package_state
  [[ "$STATUS" == installed && "$VERSION" == "$old" ]]
}

# recover TARGET OLD SCHEMA-BEFORE REASON: GitLab runs again, on the old version where that is possible, and TARGET is
# marked, so that it is never tried again. Ends with an alarm that says what came of it. Fails where GitLab is not ready.
recover() {
  local target="$1" old="$2" schema_before="$3" reason="$4" schema_now="unknown" outcome ready=0
  trap - ERR
  set +eE
  mkdir -p "$UPKEEP/failed"
  write "$UPKEEP/failed/$target" "$(date -u +%Y-%m-%dT%H:%M:%SZ) $reason"
  rm -f "$SKIP_AUTO_BACKUP"
  hold || log recover "$PACKAGE could not be held"
  # A broken reconfigure leaves everything stopped, the database too.
  timeout 900 gitlab-ctl start || log recover "not everything started"
  package_state
  if [[ "$STATUS" != installed || "$VERSION" != "$old" ]]; then
    schema_now="$(retry 6 10 schema)" || schema_now=unknown
    if [[ "$schema_now" == "$schema_before" ]] && roll_back "$old"; then
      log recover "$old is installed again"
    else
      package_state
      if [[ "$STATUS" != installed ]]; then
        log recover "$PACKAGE $VERSION is $STATUS: configuring it once more"
        timeout 3600 dpkg --configure -a || log recover "it could not be configured"
      fi
    fi
    timeout 900 gitlab-ctl start || log recover "not everything started"
    hold || log recover "$PACKAGE could not be held"
  fi
  package_state
  if [[ -n "$VERSION" ]]; then write "$PACKAGES/installed" "$VERSION"; fi
  await_ready "$READY_SECONDS" && ready=1
  if [[ "$STATUS" == installed && "$VERSION" == "$old" ]]; then
    outcome="GitLab stands on $old"
  else
    outcome="$VERSION is $STATUS (a migration has run, or nobody can tell: the way back is a restore)"
  fi
  if ((ready == 1)); then outcome+=" and is ready"; else outcome+=" and is NOT ready"; fi
  alarm upgrade_failure "$target: $reason. $outcome; $target is not tried again"
  rm -f "$UPKEEP/attempt"
  sync "$UPKEEP"
  ((ready == 1))
}
