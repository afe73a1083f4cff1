#!/bin/bash
# GitLab's package: the version that the state disk names, from the file that is kept there. Only a first machine, whose
# state disk names none, chooses. What is installed already is never touched here: upgrades have a program of their own.
SCRIPT=install
ALARM_EVENT=boot_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"
# shellcheck source=components/gitlab-instance/package/templates/upgrade-version.sh
. "$NODE_OPT/upgrade-version.sh"

# GitLab's key for package lists, the only one that its list may be signed with.
# Source: https://docs.gitlab.com/omnibus/update/package_signatures/
KEY_URL=https://packages.gitlab.com/gpg.key
FINGERPRINT=F6403F6544A38863DAA0B6E03F01618A51312F3F
KEY="$ROOT/usr/share/keyrings/gitlab-packages.asc"
SKIP="$ROOT/etc/gitlab/skip-auto-reconfigure"

fetch_key() {
  curl -fsSL --proto '=https' -m 60 -o "$KEY.new" "$KEY_URL"
}

# Fetched at each boot: its expiry date has been moved on twice, under the same fingerprint.
repository() {
  local listing
  mkdir -p "${KEY%/*}"
  if retry 6 5 fetch_key; then
    listing="$(gpg --batch --no-options --homedir "$NODE_RUN/gpg" --show-keys --with-colons "$KEY.new")"
    # Nothing beside it: apt would trust every key of the file.
    [[ "$(awk -F: '$1 == "pub" { keys++ } END { print keys + 0 }' <<<"$listing")" == 1 ]] ||
      die "$KEY_URL holds more than one key, or none"
    [[ "$(awk -F: '$1 == "pub" { next_is = 1 } $1 == "fpr" && next_is { print $10; next_is = 0 }' <<<"$listing")" == "$FINGERPRINT" ]] ||
      die "$KEY_URL is not GitLab's key $FINGERPRINT"
    # apt reads it as a user of its own.
    install -m 0644 "$KEY.new" "$KEY"
    rm -f "$KEY.new"
  else
    [[ -s "$KEY" ]] || die "GitLab's key cannot be had from $KEY_URL"
    log key "cannot be refreshed: the one that is there stays"
  fi
}

# choose: the version of a first install: the one of the settings, or the channel's newest within the major.
choose() {
  local candidate wanted=()
  read_candidates
  for candidate in "${CANDIDATES[@]}"; do
    parse "$candidate"
    if [[ -n "$FIRST_VERSION" && "$candidate" != "$FIRST_VERSION" && "${candidate%%[-+]*}" != "$FIRST_VERSION" ]]; then continue; fi
    if [[ -z "$FIRST_VERSION" && -n "$UPGRADE_MAJOR" && "$MAJOR" != "$UPGRADE_MAJOR" ]]; then continue; fi
    wanted+=("$candidate")
  done
  CANDIDATES=("${wanted[@]}")
  ((${#CANDIDATES[@]} > 0)) || die "the channel $CHANNEL has no $PACKAGE ${FIRST_VERSION:-of GitLab ${UPGRADE_MAJOR:-at all}}"
  pick 0 999 999
  printf '%s\n' "$PICKED"
}

need_disks
mkdir -p "$NODE_RUN/gpg"
package_state
if [[ -s "$UPKEEP/attempt" && "$STATUS" != none ]]; then
  # The machine went down while it upgraded. That program knows how to end it.
  log settle "an upgrade was cut off"
  "$NODE_OPT/upgrade-settle" || log settle "GitLab is not ready yet"
  package_state
fi
if [[ "$STATUS" == installed ]]; then
  # A first install may have been cut off before its version was written down.
  [[ -s "$PACKAGES/installed" ]] || write "$PACKAGES/installed" "$VERSION"
  hold || die "$PACKAGE could not be held: any apt run may upgrade it"
  repository
  log "done" "$PACKAGE $VERSION is installed"
  exit 0
fi

repository
if [[ -s "$PACKAGES/installed" ]]; then
  version="$(<"$PACKAGES/installed")"
  log version "$version, as the state disk says"
else
  # A database that is not empty was made by some version, and only that one may be installed.
  [[ ! -e "$ROOT/var/opt/gitlab/postgresql/data/PG_VERSION" && ! -s "$ROOT/etc/gitlab/gitlab-secrets.json" ]] ||
    die "this state disk has GitLab's data, and nothing says of which version: write it to $STATE_MOUNT/packages/installed"
  retry 5 15 refresh_list
  version="$(choose)"
  log version "$version, the first on this state disk"
fi
if ! kept_whole "$version"; then
  log fetch "$version is not on the state disk"
  retry 5 15 refresh_list
  "$NODE_OPT/upgrade-fetch" "$version"
fi
kept_whole "$version" || die "the package of $version on the state disk is not what was fetched"
write "$PACKAGES/installed" "$version"

# The package configures itself only where it is told a URL or finds another version; neither may happen here: what has
# to stand before, stands only after this.
log install "$version"
mkdir -p "${SKIP%/*}"
: >"$SKIP"
# One that was cut off stands in apt's way.
if [[ "$STATUS" != none ]]; then timeout 3600 dpkg --configure -a >&2 || log install "dpkg could not end what it had begun"; fi
code=0
timeout 10800 apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold --no-install-recommends \
  --allow-change-held-packages install "$(kept "$version")" >&2 || code=$?
rm -f "$SKIP"
((code == 0)) || die "the installation of $version ended with $code"
package_state
[[ "$STATUS" == installed && "$VERSION" == "$version" ]] || die "after the installation $PACKAGE $VERSION is $STATUS, not $version"
hold || die "$PACKAGE could not be held: any apt run may upgrade it"
log "done" "$PACKAGE $VERSION"
