#!/bin/bash
# Installs the AWS CLI at its pinned version, where it is not there yet, from AWS' own archive, and only if that is
# signed with the pinned key. Ubuntu has no package of version 2.
# Source: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
set -Eeuo pipefail
SCRIPT=aws-cli
ALARM_EVENT=backup_failure
# shellcheck source=components/gitlab-instance/package/templates/upkeep.sh
. "${NODE_ROOT:-}/opt/gitlab-node/upkeep.sh"

installed() {
  [[ "$("$ROOT/usr/local/bin/aws" --version 2>/dev/null)" == "aws-cli/$AWS_CLI_VERSION "* ]]
}

fetch() {
  timeout 900 curl -fsS --proto '=https' --tlsv1.2 --connect-timeout 10 -o "$2" "https://awscli.amazonaws.com/$1"
}

if installed; then exit 0; fi
log install "$AWS_CLI_VERSION"
if ! command -v unzip >/dev/null; then
  retry 5 15 timeout 600 apt-get -q update >&2
  retry 5 15 timeout 600 apt-get -q -y -o DPkg::Lock::Timeout=600 --no-install-recommends install unzip >&2
fi
mkdir -p "$ROOT/var/tmp"
place="$(mktemp -d "$ROOT/var/tmp/aws-cli.XXXXXX")"
trap 'rm -rf "$place"' EXIT
archive="awscli-exe-linux-x86_64-$AWS_CLI_VERSION.zip"
retry 5 10 fetch "$archive" "$place/cli.zip"
retry 5 10 fetch "$archive.sig" "$place/cli.zip.sig"

# The key's armour is base64 around the ring that gpgv wants. The key is known by its fingerprint: AWS renews its term
# now and then, which changes nothing in what it signs, so a term that has run out in this copy of it is no matter.
sed -e '/^-/d' -e '/^$/d' -e '/^=/d' "$NODE_OPT/aws-cli.asc" | base64 -d >"$place/ring.gpg"
gpgv --status-fd 1 --keyring "$place/ring.gpg" "$place/cli.zip.sig" "$place/cli.zip" >"$place/status" ||
  die "AWS' archive is not signed as it should be"
grep -qE "^\[GNUPG:\] VALIDSIG FB5DB77FD5C118B80511ADA8A6310ACC4672475C " "$place/status" ||
  die "AWS' archive is not signed with its own key"
unzip -q "$place/cli.zip" -d "$place"
"$place/aws/install" --update --install-dir "$ROOT/usr/local/aws-cli" --bin-dir "$ROOT/usr/local/bin" >&2
installed || die "the AWS CLI was installed and does not answer as $AWS_CLI_VERSION"
