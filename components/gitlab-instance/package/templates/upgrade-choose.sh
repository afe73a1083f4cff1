#!/bin/bash
# Writes the version that may be installed next to $UPKEEP/target; none, where there is nothing to do. Where the version
# that should be next has to wait, $UPKEEP/held says for what.
#
# The nightly channel: its newest build. The others: the newest within `upgrade.major` and no further than the next
# required stop, with all background migrations of what runs now finished, and a PostgreSQL that the version takes. A
# version that has failed is never taken again, and neither is an older one than that in its place: night after night
# of failures on the way down would be a loop, too. Whoever knows better removes its file in $UPKEEP/failed.
set -Eeuo pipefail
SCRIPT="upgrade-choose"
ALARM_EVENT=upgrade_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"
# shellcheck source=components/gitlab-instance/package/templates/upgrade-version.sh
. "$NODE_OPT/upgrade-version.sh"

rm -f "$UPKEEP/target" "$UPKEEP/held"
package_state
installed="$VERSION"
parse "$installed" || die "what is installed is no version that this script knows: $installed"
installed_major="$MAJOR" installed_minor="$MINOR"
if [[ -n "$UPGRADE_MAJOR" ]] && ((installed_major > UPGRADE_MAJOR)); then
  die "$installed is installed, and the setting upgrade.major says $UPGRADE_MAJOR: GitLab cannot go back"
fi

retry 5 15 refresh_list
read_candidates
((${#CANDIDATES[@]} > 0)) || die "the channel $CHANNEL offers no version of $PACKAGE"

floor="$installed" failed=""
for file in "$UPKEEP/failed"/*; do
  [[ -f "$file" ]] || continue
  if newer "${file##*/}" "$floor"; then
    floor="${file##*/}" failed="${file##*/}"
  fi
done
stop_after "$installed_major" "$installed_minor"
if [[ -n "$UPGRADE_MAJOR" ]] && ((LIMIT_MAJOR > UPGRADE_MAJOR)); then
  # The last minor of a major is its last stop.
  LIMIT_MAJOR="$UPGRADE_MAJOR" LIMIT_MINOR=11
fi
pick "$floor" "$LIMIT_MAJOR" "$LIMIT_MINOR"
if [[ -z "$PICKED" ]]; then
  if [[ -n "$failed" ]]; then
    write "$UPKEEP/held" "held on $installed: $failed has failed, and nothing newer is to be had"
  elif [[ "$CHANNEL" == nightly-builds && -n "$BEYOND" ]]; then
    # Older builds are gone from the channel: only a person can go by way of the stop.
    die "$installed cannot go to $BEYOND: $LIMIT_MAJOR.$LIMIT_MINOR must be installed on the way"
  fi
  log choose "nothing newer than $installed within $LIMIT_MAJOR.$LIMIT_MINOR"
  exit 0
fi

# only_patches REASON: what stays is the newest patch of the minor that runs: it brings no migrations of its own.
only_patches() {
  write "$UPKEEP/held" "held on $installed_major.$installed_minor: $1"
  log choose "$PICKED has to wait: $1"
  pick "$floor" "$installed_major" "$installed_minor"
}
parse "$PICKED"
if [[ "$KIND" != rnightly ]] && ((MAJOR != installed_major || MINOR != installed_minor)); then
  # Nightly builds add background migrations all the time; one that still runs is no reason to stay on an old build.
  # Statuses 3 and 6 are `finished` and `finalized`.
  # Source: https://docs.gitlab.com/update/background_migrations/#check-the-status-of-batched-background-migrations
  pending="$(retry 3 10 sql "SELECT count(*) FROM batched_background_migrations WHERE status NOT IN (3, 6)")"
  [[ "$pending" =~ ^[0-9]+$ ]] || die "the database answered: $pending"
  if ((pending > 0)); then only_patches "$pending background migrations have not finished"; fi
fi
# The package checks its own PostgreSQL, and never an external one.
if [[ -n "$PICKED" && -n "$POSTGRES_EXTERNAL" ]]; then
  parse "$PICKED"
  if ! range="$(postgres_range "$MAJOR")"; then
    alarm upgrade_failure "nobody has written down which PostgreSQL GitLab $MAJOR takes: $PICKED is not installed"
    only_patches "PostgreSQL for GitLab $MAJOR is not known"
  else
    server="$(retry 3 10 sql "SHOW server_version_num")"
    [[ "$server" =~ ^[0-9]{5,6}$ ]] || die "the database answered: $server"
    server=$((server / 10000))
    if ((server < ${range% *} || server > ${range#* })); then
      alarm upgrade_failure "$PICKED takes PostgreSQL ${range/ / to }, and the server is $server: upgrade it first"
      only_patches "PostgreSQL is $server"
    fi
  fi
fi
if [[ -n "$PICKED" ]]; then
  log choose "$installed → $PICKED"
  write "$UPKEEP/target" "$PICKED"
fi
