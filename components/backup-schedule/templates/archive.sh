# shellcheck shell=bash
# What an archive of GitLab's own backup must hold. Sourced.

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
