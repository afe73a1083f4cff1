#!/bin/bash
# GitLab Runner's binary of the pinned version, proved, and the fleeting plugin that its configuration names.
#
# The binary, not the package: the repository has had no folder for Amazon Linux 2023
# (https://gitlab.com/gitlab-org/gitlab-runner/-/issues/39284), and the package brings helper images for machines that
# run jobs themselves. Source: https://docs.gitlab.com/runner/install/linux-manually/
SCRIPT=install
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

DOWNLOADS="https://s3.dualstack.us-east-1.amazonaws.com/gitlab-runner-downloads/v$RUNNER_VERSION"
NAME=binaries/gitlab-runner-linux-amd64
BINARY="$ROOT/usr/local/bin/gitlab-runner"
STATE="$ROOT/var/lib/gitlab-runner"
WORK="$(mktemp -d "$NODE_RUN/install.XXXXXX")"
trap 'rm -rf "$WORK"' EXIT

fetch() {
  timeout 900 curl -fsSL --proto '=https' -m 890 -o "$2" "$1"
}

# Against the checksum of the settings where there is one; else against the list that GitLab publishes with the release,
# which proves a whole download, not who made it.
wanted_checksum() {
  if [[ -n "$RUNNER_SHA256" ]]; then
    printf '%s\n' "$RUNNER_SHA256"
    return 0
  fi
  retry 8 5 fetch "$DOWNLOADS/release.sha256" "$WORK/release.sha256"
  awk -v name="$NAME" '$2 == name || $2 == "*" name { print $1 }' "$WORK/release.sha256"
}

# Not in a pipe: grep -q leaves at the first match, and the writer's broken pipe would look like another version.
installed() {
  local version
  [[ -x "$BINARY" ]] || return 1
  version="$("$BINARY" --version 2>/dev/null)" || return 1
  grep -qE "^Version: +${RUNNER_VERSION//./\\.}\$" <<<"$version"
}

if installed; then
  log runner "$RUNNER_VERSION is installed"
else
  log runner "fetching $RUNNER_VERSION"
  retry 8 5 fetch "$DOWNLOADS/$NAME" "$WORK/runner"
  wanted="$(wanted_checksum)"
  [[ "$wanted" =~ ^[0-9a-f]{64}$ ]] || die "no checksum is known for GitLab Runner $RUNNER_VERSION"
  found="$(sha256sum "$WORK/runner")"
  [[ "${found%% *}" == "$wanted" ]] || die "GitLab Runner $RUNNER_VERSION has SHA-256 ${found%% *}, not $wanted"
  mkdir -p "${BINARY%/*}"
  install -m 0755 "$WORK/runner" "$BINARY.new"
  mv -f "$BINARY.new" "$BINARY"
  installed || die "what was installed is not GitLab Runner $RUNNER_VERSION"
fi

# A user of its own: the manager runs no job, and needs nothing of the machine.
id -u gitlab-runner >/dev/null 2>&1 ||
  useradd --system --home-dir /var/lib/gitlab-runner --shell /sbin/nologin gitlab-runner
mkdir -p "$STATE/state" "$STATE/plugins"
# In the state folder, since the runner keeps its system id beside its configuration.
install -m 0644 "$NODE_ETC/config.toml" "$STATE/config.toml"

log plugin "install"
export FLEETING_PLUGIN_PATH="$STATE/plugins"
retry 8 5 timeout 300 "$BINARY" fleeting --config "$STATE/config.toml" install
chmod -R a+rX "$STATE/plugins"
chown -R gitlab-runner:gitlab-runner "$STATE"
