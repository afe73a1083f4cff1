# shellcheck shell=bash
# What an archive of GitLab's own backup must hold, and digests in the form that object stores write them. Sourced.

# digest sha256sum|md5sum FILE: base64 of the binary digest.
digest() {
  local sum
  sum="$("$1" "$2")"
  # shellcheck disable=SC2059,SC2001 # the format is the digest's own bytes
  printf "$(sed 's/../\\x&/g' <<<"${sum%% *}")" | base64 -w0
}

# check_archive FILE VERSION: success of the command is not enough. The archive must be one of this version, with a
# database and repositories.
check_archive() {
  local archive="$1" version="${2//./\\.}" names wanted
  [[ -s "$archive" ]] || die "gitlab-backup ended well but left no archive"
  names="$(tar -tf "$archive")" || die "the archive cannot be read"
  for wanted in backup_information.yml db/database.sql.gz repositories/; do
    grep -qE "^(\./)?$wanted" <<<"$names" || die "the archive has no $wanted"
  done
  tar -xOf "$archive" "$(grep -m1 -E '^(\./)?backup_information\.yml$' <<<"$names")" >"$NODE_RUN/backup-information"
  grep -qE "^:?gitlab_version: ['\"]?$version(-ee)?['\"]?\$" "$NODE_RUN/backup-information" ||
    die "the archive was not made by GitLab $2"
}
