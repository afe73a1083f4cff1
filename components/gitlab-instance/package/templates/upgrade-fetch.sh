#!/bin/bash
# upgrade-fetch VERSION: the package of that version on the state disk, and beside it no other but the installed one's.
# apt holds what it fetches against the list, and the list against the pinned key.
set -Eeuo pipefail
SCRIPT="upgrade-fetch"
ALARM_EVENT=upgrade_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"

# Runs in a folder of its own, since apt names the file as it likes. apt's own user may not write on the state disk.
fetch() {
  rm -rf "$PACKAGES/partial"
  mkdir -p "$PACKAGES/partial"
  (cd "$PACKAGES/partial" && timeout 3600 apt-get -q -o APT::Sandbox::User=root download "$PACKAGE=$1" >&2)
}

keep() {
  local version="$1" files file sum
  if kept_whole "$version"; then return 0; fi
  log fetch "$version"
  retry 3 30 fetch "$version"
  files=("$PACKAGES"/partial/*.deb)
  [[ ${#files[@]} == 1 && -s "${files[0]}" ]] || die "apt fetched no package of $version"
  file="$(kept "$version")"
  [[ "$(dpkg-deb -f "${files[0]}" Package)|$(dpkg-deb -f "${files[0]}" Version)" == "$PACKAGE|$version" ]] ||
    die "apt fetched something else than $version"
  sum="$(sha256sum "${files[0]}")"
  sync "${files[0]}"
  mv -f "${files[0]}" "$file"
  write "$file.sha256" "${sum%% *}"
  rm -rf "$PACKAGES/partial"
}

target="$1"
package_state
keep "$target"
# The way back, should the machine have lost the file. The nightly channel soon has it no more: then there is none.
if [[ -n "$VERSION" ]] && ! kept_whole "$VERSION"; then
  if apt-cache show "$PACKAGE=$VERSION" >/dev/null 2>&1; then
    keep "$VERSION"
  else
    log fetch "$VERSION is no longer to be had: there is no way back to it"
  fi
fi
for file in "$PACKAGES"/*.deb "$PACKAGES"/*.deb.sha256; do
  case "$file" in
    "$(kept "$target")" | "$(kept "$target").sha256" | "$(kept "$VERSION")" | "$(kept "$VERSION").sha256") ;;
    *) rm -f "$file" ;;
  esac
done
