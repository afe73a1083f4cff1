# shellcheck shell=bash disable=SC2034,SC2153 # most of this is for those that source it
# What the daily backup and upgrade share: places, state, the package's hold. Sourced by each of its programs.
#
# Each step is a program of its own and not a function: bash ignores `set -e` in a function whose exit code is looked
# at, and a gate that an error can walk through is none.
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# shellcheck source=/dev/null
. "$NODE_ETC/upkeep.env"

STATE="$ROOT$STATE_MOUNT"
# The last two packages, and in `installed` the version that this instance is of: what a rebuilt machine installs.
PACKAGES="$STATE/packages"
BACKUPS="$STATE/backups"
# What outlives a crash: attempt (an installation under way), failed/VERSION, status, backup-ok, upgrade-ok.
UPKEEP="$STATE/upkeep"
FAILURES="$NODE_RUN/upkeep-failures"
PROOF="$NODE_RUN/backup-proved"
SKIP_AUTO_BACKUP="$ROOT/etc/gitlab/skip-auto-backup"
# No questions, and no restart of services by needrestart in the middle of an installation.
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
# Either would change settings at an upgrade: they are for a first install.
# Source: https://docs.gitlab.com/omnibus/settings/configuration/
unset EXTERNAL_URL GITLAB_ROOT_PASSWORD

# alarm EVENT MESSAGE: the reason goes to the entry (upgrade), which raises it: it does so even where a step dies.
alarm() {
  log "$1" "$2"
  printf '%s %s\n' "$1" "${2//$'\n'/ }" >>"$FAILURES"
}

# write FILE TEXT: the file is there whole or not at all, after a power failure, too.
write() {
  printf '%s\n' "$2" >"$1.new"
  sync "$1.new"
  mv -f "$1.new" "$1"
  sync "${1%/*}"
}

# package_state: sets STATUS (`installed`, `half-configured`, …) and VERSION as dpkg has them; `none` and nothing where
# the package is not there.
package_state() {
  local answer
  STATUS=none VERSION=""
  answer="$(dpkg-query -W -f '${db:Status-Status}|${Version}' "$PACKAGE" 2>/dev/null)" || return 0
  STATUS="${answer%%|*}" VERSION="${answer#*|}"
}

# hold: nothing but this script lifts it, so no other program on this machine can upgrade GitLab.
# Source: https://manpages.ubuntu.com/manpages/noble/man8/apt-mark.8.html
hold() {
  apt-mark hold "$PACKAGE" >/dev/null && [[ "$(apt-mark showhold "$PACKAGE")" == "$PACKAGE" ]]
}

# kept VERSION: the path of its package on the state disk.
kept() {
  printf '%s/%s_%s.deb\n' "$PACKAGES" "$PACKAGE" "$1"
}

# kept_whole VERSION: whether that file is there, and is what was fetched.
kept_whole() {
  local file sum
  file="$(kept "$1")"
  [[ -s "$file" && -s "$file.sha256" ]] || return 1
  sum="$(sha256sum "$file")" || return 1
  [[ "${sum%% *}" == "$(<"$file.sha256")" ]]
}

# sql STATEMENT: one value of GitLab's database, wherever that is.
sql() {
  timeout 120 "$NODE_OPT/sql" "$1"
}

# schema: what tells whether a migration has run between two looks.
schema() {
  sql "SELECT count(*) || ':' || coalesce(max(version), '') FROM schema_migrations"
}

# await_ready SECONDS: until GitLab says that it is, with its database, Redis and Gitaly.
await_ready() {
  local begun
  begun="$(now)"
  while ! "$NODE_OPT/ready"; do
    (($(now) - begun < $1)) || return 1
    sleep 10
  done
}

# On the root disk all this would be lost with the machine, and an archive would fill it.
need_disks() {
  local place
  for place in "$STATE" "$ROOT$REPOSITORIES_MOUNT"; do
    findmnt -n "$place" >/dev/null || die "nothing is mounted on ${place#"$ROOT"}"
  done
  mkdir -p "$PACKAGES" "$UPKEEP/failed"
}
