# shellcheck shell=bash
# Uploads to Cloud Storage by the machine's own identity, which may only create objects, and the proof that they
# arrived. Sourced as upload.sh. A session can be taken up again where it broke off; it is not bound to the token.
# Source: https://cloud.google.com/storage/docs/performing-resumable-uploads
# Sourced, it needs PART_BYTES (a multiple of 256 KiB), UPLOAD_SCRATCH (a folder on disk for one part at a time), and
# digest of archive.sh.
SESSION="" HTTP=""
# What the last upload was proved by: the object's generation and its MD5, which is what Cloud Storage computes of an
# object that was uploaded whole. Source: https://cloud.google.com/storage/docs/data-validation
VERSION_ID="" CHECKSUM=""

begin_uploads() {
  mkdir -p "$UPLOAD_SCRATCH"
}

end_uploads() {
  rm -f "$NODE_RUN"/upload-*
}

# to_session FILE|"" RANGE: one request to the session; sets HTTP. The session's address is a right to upload in
# itself, so it goes by file and not by command line.
to_session() {
  local body=(-X PUT -H 'Content-Length: 0')
  if [[ -n "$1" ]]; then body=(-T "$1" -H 'Content-Type:' -H 'Expect:'); fi
  printf 'url = "%s"\n' "$SESSION" >"$NODE_RUN/upload-session"
  : >"$NODE_RUN/upload-headers"
  HTTP="$(timeout 3600 curl -sS --connect-timeout 10 --speed-limit 1024 --speed-time 120 -K "$NODE_RUN/upload-session" \
    "${body[@]}" -H "Content-Range: bytes $2" -D "$NODE_RUN/upload-headers" -o "$NODE_RUN/upload-answer" \
    -w '%{http_code}')" || HTTP="curl $?"
}

header_value() {
  sed -n "s/^$1: *//Ip" "$NODE_RUN/upload-headers" | tr -d '\r' | tail -n 1
}

# begin_session BUCKET NAME TYPE FILE: sets SESSION. The object must not be there yet: nothing is ever written over.
begin_session() {
  local header
  header="$(bearer google)" || return 1
  SESSION=""
  : >"$NODE_RUN/upload-headers"
  http POST "https://storage.googleapis.com/upload/storage/v1/b/$1/o?uploadType=resumable&name=${2//\//%2F}&ifGenerationMatch=0" \
    "$NODE_RUN/upload-answer" -H "@$header" -H 'Content-Type: application/json; charset=UTF-8' \
    -H "X-Upload-Content-Type: application/x-tar" -H "X-Upload-Content-Length: $3" \
    --data-binary "@$4" -D "$NODE_RUN/upload-headers" || return 1
  SESSION="$(header_value location)"
  [[ "$SESSION" == https://storage.googleapis.com/* ]]
}

abort_upload() {
  if [[ -z "$SESSION" ]]; then return 0; fi
  log upload "aborting the unfinished upload"
  printf 'url = "%s"\n' "$SESSION" >"$NODE_RUN/upload-session"
  timeout 60 curl -sS -o /dev/null -X DELETE -H 'Content-Length: 0' -K "$NODE_RUN/upload-session" ||
    log upload "it could not be aborted: a session ends by itself after a week"
  SESSION=""
}

# send FILE SIZE: the file's bytes, a part at a time. After anything but an answer the server is asked where it stands.
# Ends with the object in the answer. Eight failures without a byte between them end it.
send() {
  local file="$1" size="$2" offset=0 length next failures=0 delay=5 ask=no
  while true; do
    if [[ "$ask" == no ]] && ((offset < size)); then
      length=$((size - offset < PART_BYTES ? size - offset : PART_BYTES))
      dd if="$file" of="$UPLOAD_SCRATCH/body" bs=1M iflag=skip_bytes,count_bytes,fullblock skip="$offset" count="$length" status=none
      to_session "$UPLOAD_SCRATCH/body" "$offset-$((offset + length - 1))/$size"
    else
      to_session "" "*/$size"
    fi
    next="$offset" ask=yes
    case "$HTTP" in
      200 | 201) return 0 ;;
      308)
        # The last byte that has arrived; no range at all before the first.
        next="$(header_value range)"
        if [[ "$next" =~ ^bytes=0-([0-9]+)$ ]]; then next=$((BASH_REMATCH[1] + 1)); else next=0; fi
        ask=no
        ;;
    esac
    if ((next > offset)); then
      failures=0 delay=5
    else
      failures=$((failures + 1))
      log upload "$HTTP after $offset of $size bytes, failure $failures of 8"
      ((failures < 8)) || return 1
      sleep "$delay"
      delay=$((delay < 30 ? delay * 2 : 60))
    fi
    offset="$next"
  done
}

# upload FILE BUCKET KEY: sends the file and proves that it arrived. The proof: Cloud Storage's answer to the last byte
# names the object, its generation, and the size and MD5 that were computed here. Reading it back is not allowed.
# Sets VERSION_ID and CHECKSUM.
upload() {
  local file="$1" bucket="$2" key="$3" size answer="$NODE_RUN/upload-answer" about="$NODE_RUN/upload-about" found
  size="$(stat -c %s "$file")"
  CHECKSUM="$(digest md5sum "$file")"
  log upload "$key to $bucket: $size bytes"
  # With the MD5 named beforehand, Cloud Storage itself refuses an object that is not it.
  printf '{"md5Hash":"%s"}\n' "$CHECKSUM" >"$about"
  retry 5 5 begin_session "$bucket" "$key" "$size" "$about"
  send "$file" "$size" || die "$key could not be uploaded: $HTTP"
  SESSION=""
  rm -f "$UPLOAD_SCRATCH/body"
  found="$(json_string bucket "$answer")/$(json_string name "$answer")"
  [[ "$found" == "$bucket/$key" ]] || die "Cloud Storage answered with $found, not with $bucket/$key"
  VERSION_ID="$(json_string generation "$answer")" || die "$key has no generation in $bucket"
  [[ "$VERSION_ID" =~ ^[1-9][0-9]*$ ]] || die "$key has no generation in $bucket: $VERSION_ID"
  found="$(json_string size "$answer")" || die "the answer for $key has no size"
  [[ "$found" == "$size" ]] || die "$key arrived with $found bytes, not $size"
  found="$(json_string md5Hash "$answer")" || die "the answer for $key has no MD5"
  [[ "$found" == "$CHECKSUM" ]] || die "$key arrived with MD5 $found, not $CHECKSUM"
  log proof "$key: generation $VERSION_ID, MD5 $CHECKSUM, $size bytes"
}
