# shellcheck shell=bash disable=SC2034 # the answers are for those that source this
# Which version may follow which. Sourced, after upkeep.sh.

# parse VERSION: sets MAJOR, MINOR and KIND (`ce`, `ee`, `rnightly`); fails for anything else, release candidates too.
# Source: https://docs.gitlab.com/omnibus/development/package_version_format/ and doc/development/package_version_format.md
parse() {
  if [[ "$1" =~ ^([0-9]+)\.([0-9]+)\.[0-9]+-(ce|ee)\.[0-9]+$ ]]; then
    KIND="${BASH_REMATCH[3]}"
  elif [[ "$1" =~ ^([0-9]+)\.([0-9]+)\.[0-9]+\+rnightly\.[0-9]+\.[0-9a-f]+-[0-9]+$ ]]; then
    KIND=rnightly
  else
    return 1
  fi
  MAJOR="${BASH_REMATCH[1]}" MINOR="${BASH_REMATCH[2]}"
}

# stop_after MAJOR MINOR: sets LIMIT_MAJOR and LIMIT_MINOR, the first required stop after that version: x.2, x.5, x.8
# and x.11. No upgrade goes beyond it, in one step. Source: https://docs.gitlab.com/update/upgrade_paths/
stop_after() {
  local stop
  for stop in 2 5 8 11; do
    if ((stop > $2)); then
      LIMIT_MAJOR="$1" LIMIT_MINOR="$stop"
      return 0
    fi
  done
  LIMIT_MAJOR=$(($1 + 1)) LIMIT_MINOR=2
}

# newer A B: whether A is newer than B, by dpkg's own order. 1 is its no; anything else is no answer.
newer() {
  local code=0
  dpkg --compare-versions "$1" gt "$2" || code=$?
  ((code <= 1)) || die "dpkg could not compare $1 with $2: $code"
  return "$code"
}

# refresh_list: only GitLab's own list, and every error counts: by default apt takes an old list for a good one.
# Source: https://manpages.ubuntu.com/manpages/noble/man8/apt-get.8.html (APT::Update::Error-Mode)
refresh_list() {
  timeout 600 apt-get -q update -o "Dir::Etc::SourceList=$ROOT$APT_SOURCES" -o Dir::Etc::SourceParts=/dev/null \
    -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any >&2
}

# read_candidates: sets CANDIDATES, what the channel has of the package.
read_candidates() {
  local list candidate source
  CANDIDATES=()
  list="$(apt-cache madison "$PACKAGE")"
  while IFS='|' read -r _ candidate source; do
    candidate="${candidate// /}"
    if [[ "$source" != *packages.gitlab.com* ]] || ! parse "$candidate"; then continue; fi
    case "$CHANNEL" in
      nightly-builds) [[ "$KIND" == rnightly ]] || continue ;;
      *) [[ "$KIND" == "${CHANNEL#gitlab-}" ]] || continue ;;
    esac
    CANDIDATES+=("$candidate")
  done <<<"$list"
}

# pick FLOOR MAJOR MINOR: sets PICKED, the newest of CANDIDATES that is newer than FLOOR and no further than
# MAJOR.MINOR, and BEYOND, the newest one that is further. Empty where there is none.
pick() {
  local candidate
  PICKED="" BEYOND=""
  for candidate in "${CANDIDATES[@]}"; do
    parse "$candidate" || continue
    newer "$candidate" "$1" || continue
    if ((MAJOR > $2 || (MAJOR == $2 && MINOR > $3))); then
      if [[ -z "$BEYOND" ]] || newer "$candidate" "$BEYOND"; then BEYOND="$candidate"; fi
    elif [[ -z "$PICKED" ]] || newer "$candidate" "$PICKED"; then
      PICKED="$candidate"
    fi
  done
}

# postgres_range GITLAB-MAJOR: the oldest and the newest major of PostgreSQL that it takes; fails where nobody has said.
# Source: https://docs.gitlab.com/install/requirements/#postgresql
postgres_range() {
  case "$1" in
    18) printf '16 17\n' ;;
    19) printf '17 17\n' ;;
    *) return 1 ;;
  esac
}
