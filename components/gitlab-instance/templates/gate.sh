#!/bin/bash
# Waits until GitLab of this version may start on this machine, and brings about what is this machine's to bring about:
# Gitaly first, then the regular migrations by one node, then the others. Runs before every start of the container.
# A refusal raises the alarm, starts nothing, and is looked at again each minute: when its reason goes, so does it.
# gate check: looks once, changes nothing; 1 when refused (backup machines).
SCRIPT=gate
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
# shellcheck source=components/gitlab-instance/templates/version.sh
. "$NODE_OPT/version.sh"

REFUSED_AT=""
REFUSED_FOR=""

# An alarm at once, and again each hour for as long as it lasts.
refuse() {
  local time
  time="$(now)"
  if [[ "$REFUSED_FOR" != "$1" || -z "$REFUSED_AT" ]] || ((time - REFUSED_AT >= 3600)); then
    alarm UpgradeRefused "GitLab $GITLAB_VERSION does not start: $1"
    REFUSED_AT="$time"
    REFUSED_FOR="$1"
  fi
}

# How many tables the database has: by the client of this release, without Rails.
tables() {
  docker rm -f gitlab-psql >/dev/null 2>&1 || true
  container_files "$NODE_ETC/gitlab-console.rb"
  timeout 120 docker run --rm --name gitlab-psql "${CONTAINER_FILES[@]}" --entrypoint /opt/gitlab-node/psql "$IMAGE" \
    -tAc "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
}

# With no deployed version, only an empty database may be installed into, and only one version may begin it.
first_install_refusal() {
  local found
  if [[ "$CANDIDATE" == "$GITLAB_VERSION" ]]; then return 0; fi
  found="$(tables)" || return 1
  [[ "$found" =~ ^[0-9]+$ ]] || { log gate "the database answered: $found"; return 1; }
  if ((found > 0)); then
    printf 'the database has %s tables but its version is not recorded; if it is a restored one, set attribute deployed of item %s in table %s to its GitLab version (settled too, when its background migrations are finished)\n' \
      "$found" "$RECORD" "$COORDINATION_TABLE"
    return 0
  fi
  log gate "the database is empty: $GITLAB_VERSION is the version to install"
  # Only where nobody has deployed in the meantime.
  ddb 15 update-item --key "{\"id\":{\"S\":\"$RECORD\"}}" --update-expression 'SET #c = :v' \
    --condition-expression 'attribute_not_exists(#d)' --expression-attribute-names '{"#c":"candidate","#d":"deployed"}' \
    --expression-attribute-values "{\":v\":{\"S\":\"$GITLAB_VERSION\"}}" || return 1
}

# One look: 0 go, 1 not yet, 2 refused (REASON).
REASON=""
look() {
  REASON=""
  read_record || return 1
  if [[ -n "$DEPLOYED" ]]; then
    REASON="$(step_refusal "$DEPLOYED" "$SETTLED" "$GITLAB_VERSION")"
    [[ -z "$REASON" ]] || return 2
  elif [[ "$NODE_ROLE" == gitaly ]]; then
    # It cannot see the database: the first application node says what is installed.
    [[ "$CANDIDATE" == "$GITLAB_VERSION" ]] || { log gate "waiting for an application node to look at the database"; return 1; }
  else
    REASON="$(first_install_refusal)" || return 1
    [[ -z "$REASON" ]] || return 2
  fi
  [[ "$NODE_ROLE" != gitaly ]] || return 0
  if [[ "$NODE_ROLE" == application && "$GITALY" != "$GITLAB_VERSION" ]]; then
    log gate "waiting for Gitaly to be at $GITLAB_VERSION (it is at ${GITALY:-none})"
    return 1
  fi
  if [[ "$DEPLOYED" == "$GITLAB_VERSION" && "$REGULAR" == "$GITLAB_VERSION" ]]; then return 0; fi
  return 3
}

if [[ "${1:-}" == check ]]; then
  read_record || die "the version record cannot be read"
  [[ "$DEPLOYED" == "$GITLAB_VERSION" ]] || die "the database is at ${DEPLOYED:-no version}, this machine at $GITLAB_VERSION"
  exit 0
fi

log gate "GitLab $GITLAB_VERSION, $NODE_ROLE"
while true; do
  code=0
  look || code=$?
  case "$code" in
    0) break ;;
    2) refuse "$REASON" ;;
    3)
      # Whoever gets the lock migrates; the others look again until it is done.
      code=0
      LOCK_LOST_COMMAND="docker rm -f gitlab-migrate" with_lock migrations 0 "$NODE_OPT/migrate" regular || code=$?
      ((code != 0)) || continue
      if ((code == 75)); then log gate "another node migrates"; else log gate "migrating ended with $code"; fi
      ;;
  esac
  sleep 20
done
log gate "open"
