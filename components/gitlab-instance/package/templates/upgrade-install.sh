#!/bin/bash
# upgrade-install VERSION: installs exactly that version from the file on the state disk, under a proved backup, and
# waits until GitLab is ready. Fails with GitLab on the old version where that is possible: see upgrade-recover.sh.
set -Eeuo pipefail
SCRIPT="upgrade-install"
ALARM_EVENT=upgrade_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"
# shellcheck source=components/gitlab-instance/package/templates/upgrade-recover.sh
. "$NODE_OPT/upgrade-recover.sh"

target="$1"
[[ -s "$PROOF" ]] || die "no proved backup: $target is not installed"
[[ ! -e "$UPKEEP/failed/$target" ]] || die "$target has failed before: it is not installed"
kept_whole "$target" || die "the package of $target on the state disk is not what was fetched"
package_state
old="$VERSION"
[[ "$STATUS" == installed && -n "$old" ]] || die "$PACKAGE is $STATUS: nothing is installed over it"
[[ "$(<"$PROOF")" == "$old" ]] || die "the backup was made of $(<"$PROOF"), and $old is installed"
before="$(retry 3 10 schema)"
[[ "$before" =~ ^[0-9]+:[0-9]*$ ]] || die "the database answered: $before"

reason="it was not installed"
# From the attempt's record on, every way out leads through the recovery; one that kills this program leads the next run there.
finish() {
  local code=$?
  trap - ERR
  set +e
  rm -f "$SKIP_AUTO_BACKUP"
  if [[ -s "$UPKEEP/attempt" ]]; then
    recover "$target" "$old" "$before" "$reason"
    exit 1
  fi
  exit "$code"
}
# The alarm is the recovery's, with what came of it.
failed() {
  log FAILED "$1"
  reason="$1"
  exit 1
}
write "$UPKEEP/attempt" "$target $old $before"
trap finish EXIT
trap 'failed "line $LINENO ended with exit code $?"' ERR
# A machine that is rebuilt from here on meets a database that this version may have migrated.
write "$PACKAGES/installed" "$target"

# The package's own step before an upgrade dumps the database alone, once more; the full backup that was just proved
# replaces it. Only while this installs: for everybody else that step stays.
# Source: https://docs.gitlab.com/update/package/#skip-automatic-database-backups
mkdir -p "${SKIP_AUTO_BACKUP%/*}"
: >"$SKIP_AUTO_BACKUP"
log install "$old → $target"
apt-mark unhold "$PACKAGE" >/dev/null
code=0
timeout 10800 apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold \
  --no-install-recommends install "$(kept "$target")" || code=$?
retry 3 5 hold || alarm upgrade_failure "$PACKAGE could not be held again"
rm -f "$SKIP_AUTO_BACKUP"
((code == 0)) || failed "the package's installation ended with $code"
package_state
[[ "$STATUS" == installed && "$VERSION" == "$target" ]] || failed "after the installation $VERSION is $STATUS"

log ready "waiting"
await_ready "$READY_SECONDS" || failed "GitLab was not ready within $READY_SECONDS s"
# Readiness says nothing of migrations that a reconfigure has left out.
# Source: https://docs.gitlab.com/administration/raketasks/maintenance/#display-status-of-database-migrations
timeout 900 gitlab-rake db:migrate:status >"$NODE_RUN/migrations" || failed "nobody can tell whether migrations are pending"
grep -qE '^ *up +[0-9]{14}' "$NODE_RUN/migrations" || failed "the list of migrations is empty"
if grep -qE '^ *down +[0-9]{14}' "$NODE_RUN/migrations"; then failed "migrations are pending"; fi
rm -f "$NODE_RUN/migrations"
rm -f "$UPKEEP/attempt"
sync "$UPKEEP"
trap - EXIT
trap 'on_error "$?" "${BASH_SOURCE[0]##*/}:$LINENO"' ERR

# The version stays, whatever this says: no other version could decrypt more. People must know, though.
# Source: https://docs.gitlab.com/administration/raketasks/check/#verify-database-values-can-be-decrypted-using-the-current-secrets
code=0
timeout 3600 gitlab-rake gitlab:doctor:secrets >"$NODE_RUN/doctor" 2>&1 || code=$?
if ((code != 0)) || grep -qE 'failures: [1-9]' "$NODE_RUN/doctor"; then
  alarm upgrade_failure "$target is installed and ready, but gitlab:doctor:secrets ended with $code: $(grep -E 'failures: [1-9]' "$NODE_RUN/doctor" | head -c 500 | tr '\n' ' ')"
fi
rm -f "$NODE_RUN/doctor"
log "done" "$target"
