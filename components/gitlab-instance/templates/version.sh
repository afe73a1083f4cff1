# shellcheck shell=bash
# The version record and GitLab's rules of going from one version to the next. Sourced by gate, migrate and upkeep.
#
# candidate: the version that a first install was begun with, on an empty database.
# deployed:  the version whose regular migrations are done: what the database is.
# gitaly, regular, post: how far this order has come. settled: its background migrations are finished.

RECORD=version

# Sets DEPLOYED, CANDIDATE, GITALY, REGULAR, POST, SETTLED.
# shellcheck disable=SC2034 # they are for the scripts that source this
read_record() {
  local values list
  values="$(item_get "$RECORD" deployed candidate gitaly regular post settled)" || return 1
  # An attribute that is not there is an empty line, and the last ones may be cut off.
  mapfile -t list <<<"$values"
  DEPLOYED="${list[0]:-}"
  CANDIDATE="${list[1]:-}"
  GITALY="${list[2]:-}"
  REGULAR="${list[3]:-}"
  POST="${list[4]:-}"
  SETTLED="${list[5]:-}"
}

# compare A B: prints -1, 0 or 1.
compare() {
  local a b index
  IFS=. read -r -a a <<<"$1"
  IFS=. read -r -a b <<<"$2"
  for index in 0 1 2; do
    if ((a[index] != b[index])); then
      printf '%s\n' "$((a[index] < b[index] ? -1 : 1))"
      return 0
    fi
  done
  printf '0\n'
}

# next_minor VERSION: `MAJOR.MINOR` of the one minor that may follow. Majors end at minor 11, and every x.2, x.5, x.8
# and x.11 is a stop of its own; one minor at a time meets them all.
# Source: https://docs.gitlab.com/update/upgrade_paths/
next_minor() {
  local parts
  IFS=. read -r -a parts <<<"$1"
  if ((parts[1] >= 11)); then printf '%s.0\n' "$((parts[0] + 1))"; else printf '%s.%s\n' "${parts[0]}" "$((parts[1] + 1))"; fi
}

# step_refusal DEPLOYED SETTLED TARGET: why that step may not be made; nothing when it may.
step_refusal() {
  local deployed="$1" settled="$2" target="$3"
  if [[ "$target" == "$deployed" ]]; then return 0; fi
  if [[ "$(compare "$target" "$deployed")" == -1 ]]; then
    printf 'the database is at %s, and GitLab cannot go back to %s: restore a backup of that version instead\n' \
      "$deployed" "$target"
  elif [[ "${target%.*}" != "${deployed%.*}" && "${target%.*}" != "$(next_minor "$deployed")" ]]; then
    printf '%s is more than one minor ahead of %s: go to %s first\n' "$target" "$deployed" "$(next_minor "$deployed")"
  elif [[ "$settled" != "$deployed" ]]; then
    printf 'background migrations of %s are not finished: %s has to wait for them\n' "$deployed" "$target"
  fi
}
