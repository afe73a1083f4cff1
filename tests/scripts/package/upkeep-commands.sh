#!/bin/bash
# Stands in for the commands that only a GitLab host has. Each call is written to $WORLD/calls, one line; a line of
# $WORLD/faults (how, times left, code, pattern) makes calls that match fail; the machine's state lies in $WORLD, a file
# a fact. No network, no clock: `sleep` moves the machine's own.
name="${0##*/}"
line="$name $*"
root="$NODE_ROOT"
# A whole file, as cat would print it: starting a program for each takes longer than all the rest.
get() {
  local text=""
  [[ -e "$WORLD/$1" ]] || return 1
  IFS= read -r -d '' text <"$WORLD/$1" || true
  printf '%s' "$text"
}
put() { printf '%s' "$2" >"$WORLD/$1"; }
printf '%s\n' "${line//$'\n'/ }" >>"$WORLD/calls"

fault=""
if [[ -s "$WORLD/faults" ]]; then
  left=""
  while IFS=$'\t' read -r how times code pattern; do
    if [[ -z "$fault" && "$line" =~ $pattern ]] && ((times > 0)); then
      times=$((times - 1))
      fault="$how" fault_code="$code"
      printf 'x' >>"$WORLD/hits"
    fi
    left+="$how"$'\t'"$times"$'\t'"$code"$'\t'"$pattern"$'\n'
  done <"$WORLD/faults"
  if [[ -n "$fault" ]]; then
    printf '%s' "$left" >"$WORLD/faults.new"
    mv "$WORLD/faults.new" "$WORLD/faults"
  fi
fi
case "$fault" in
  fail)
    printf '%s: injected failure\n' "$name" >&2
    exit "$fault_code"
    ;;
  # The whole run, at once, as a power failure ends it. After the call has had its effect where it is one of dpkg's.
  kill) [[ "$line" == *" install "* ]] || kill -KILL -- "-$RUN_GROUP" ;;
esac

# version compare as dpkg's, close enough for versions of GitLab.
newest() { printf '%s\n%s\n' "$1" "$2" | sort -V | tail -n 1; }

install_package() {
  local package version
  IFS='|' read -r package version <"$1"
  [[ "$package" == "$(get package)" ]] || exit 100
  # Held packages are refused, as apt does.
  [[ "$(get hold)" != yes ]] || { printf 'E: Held packages were changed and -y was used without --allow-change-held-packages.\n' >&2; exit 100; }
  if [[ "$(newest "$version" "$(get version)")" != "$version" && " $2 " != *" --allow-downgrades "* ]]; then exit 100; fi
  [[ -e "$root/etc/gitlab/skip-auto-backup" || "$(get status)" == none ]] || printf 'x' >>"$WORLD/auto-backups"
  case "$(get "outcome-$version")" in
    preinst) exit 100 ;;
    half)
      put version "$version"; put status half-configured; put services down
      exit 100
      ;;
    migrated)
      put version "$version"; put status half-configured; put services down; put schema '120:20260202'
      exit 100
      ;;
  esac
  put version "$version"; put status installed; put services up
  if [[ -e "$WORLD/migrates-$version" ]]; then put schema '130:20260303'; fi
  if [[ "$fault" == kill ]]; then put status half-configured; put services down; kill -KILL -- "-$RUN_GROUP"; fi
}

case "$name" in
  sleep)
    read -r now _ <"$root/proc/uptime"
    printf '%s 0\n' "$((${now%%.*} + ${1%%.*} + 1))" >"$root/proc/uptime"
    ;;
  systemctl | cron) ;;
  findmnt) [[ ! -e "$WORLD/unmounted" ]] ;;
  df)
    case "$*" in
      *avail*"$root/") printf 'Avail\n%s\n' "$(get root-free)" ;;
      *avail*) printf 'Avail\n%s\n' "$(get state-free)" ;;
      *used*) printf 'Used\n%s\n' "$(get repositories-used)" ;;
    esac
    ;;
  dpkg-query)
    [[ "$(get status)" != none ]] || exit 1
    printf '%s|%s' "$(get status)" "$(get version)"
    ;;
  dpkg)
    case "$1" in
      --compare-versions) [[ "$2" != "$4" && "$(newest "$2" "$4")" == "$2" ]] ;;
      --remove) put status none; put services down ;;
      --configure) [[ -e "$WORLD/unconfigurable" ]] && exit 1; put status installed; put services up ;;
    esac
    ;;
  dpkg-deb)
    IFS='|' read -r package version <"$2"
    if [[ "$3" == Package ]]; then printf '%s\n' "$package"; else printf '%s\n' "$version"; fi
    ;;
  apt-mark)
    case "$1" in
      hold) put hold yes ;;
      unhold) put hold no ;;
      showhold) [[ "$(get hold)" != yes ]] || get package ;;
    esac
    ;;
  apt-cache)
    case "$1" in
      madison) get madison ;;
      show)
        grep -qF " ${2#*=} |" "$WORLD/madison" || exit 100
        printf 'Package: x\nInstalled-Size: 3000000\nSize: 1000000000\n'
        ;;
    esac
    ;;
  apt-get)
    case " $* " in
      *" update "*) ;;
      *" download "*)
        item="${*: -1}"
        printf '%s|%s\n' "${item%%=*}" "${item#*=}" >"${item%%=*}_${item#*=}_amd64.deb"
        ;;
      *" install "*.deb" "*) install_package "${*: -1}" "$*" ;;
    esac
    ;;
  gitlab-ctl)
    case "$1" in
      start) [[ "$(get status)" == none ]] || put services up ;;
      reconfigure) put services up ;;
    esac
    ;;
  gitlab-rake)
    case "$1" in
      gitlab:doctor:secrets) printf 'INFO -- : Group failures: %s\n' "$(get undecryptable)" ;;
      db:migrate:status) printf ' Status   Migration ID    Migration Name\n   up     20260101000000  First\n%s\n' "$(get pending-migration)" ;;
    esac
    ;;
  gitlab-backup)
    [[ "$(get services)" == up ]] || exit 1
    for word in "$@"; do if [[ "$word" == BACKUP=* ]]; then id="${word#BACKUP=}"; fi; done
    folder="$root/srv/gitlab-state/backups"
    mkdir -p "$folder/db" "$folder/repositories/@hashed"
    printf 'rows' >"$folder/db/database.sql.gz"
    head -c "$(get repository-bytes)" /dev/zero >"$folder/repositories/@hashed/a.bundle"
    printf -- "---\n:gitlab_version: %s\n" "$(get archived-version)" >"$folder/backup_information.yml"
    [[ "$fault" != cut ]] || kill -KILL -- "-$RUN_GROUP"
    (cd "$folder" && tar -cf "${id}_gitlab_backup.tar" backup_information.yml $(get archived-parts))
    rm -rf "$folder/db" "$folder/repositories" "$folder/backup_information.yml"
    ;;
  # The machine's own programs that ask GitLab.
  sql)
    [[ "$(get services)" == up ]] || exit 2
    case "$1" in
      *schema_migrations*) get schema ;;
      *batched_background_migrations*) get pending ;;
      *server_version_num*) get postgres ;;
      *pg_database_size*) printf '1000\n' ;;
      *) exit 3 ;;
    esac
    ;;
  ready) [[ "$(get services)" == up && "$(get status)" == installed && ! -e "$WORLD/broken-$(get version)" ]] ;;
  recovery) ;;
  *) . "$WORLD/../upkeep-cloud.sh" ;;
esac
