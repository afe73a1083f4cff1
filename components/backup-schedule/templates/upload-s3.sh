# shellcheck shell=bash
# Uploads to a locked bucket of S3, and the proof that they arrived. Sourced; on whichever machine, it needs
#   BACKUP_ACCOUNT                     twelve digits: who must own the bucket
#   SINGLE_PUT_BYTES, PART_BYTES       from which size on a file goes in parts, and how large those are
#   UPLOAD_SCRATCH                     a folder on disk for one part at a time
# digest of archive.sh, and credentials and a region that the AWS CLI finds by itself.
UPLOAD="" UPLOAD_BUCKET="" UPLOAD_KEY=""
# What the last upload was proved by.
VERSION_ID="" CHECKSUM=""

# One line, version and checksum, from an answer of S3 in the CLI's text form.
put_whole() {
  timeout 7200 aws s3api put-object --bucket "$2" --key "$3" --body "$1" --checksum-sha256 "$4" \
    --expected-bucket-owner "$BACKUP_ACCOUNT" --query '[VersionId,ChecksumSHA256]' --output text >"$5"
}

put_part() {
  local answer
  answer="$(timeout 3600 aws s3api upload-part --bucket "$UPLOAD_BUCKET" --key "$UPLOAD_KEY" --upload-id "$UPLOAD" \
    --part-number "$1" --body "$2" --checksum-sha256 "$3" --expected-bucket-owner "$BACKUP_ACCOUNT" \
    --query '[ETag,ChecksumSHA256]' --output text)" || return $?
  if [[ "${answer#*$'\t'}" != "$3" ]]; then
    log upload "part $1 arrived with checksum ${answer#*$'\t'}, not $3"
    return 1
  fi
  printf '%s' "${answer%%$'\t'*}" >"$4"
}

begin_upload() {
  timeout 120 aws s3api create-multipart-upload --bucket "$1" --key "$2" --checksum-algorithm SHA256 \
    --expected-bucket-owner "$BACKUP_ACCOUNT" --query UploadId --output text >"$3"
}

finish_upload() {
  timeout 3600 aws s3api complete-multipart-upload --bucket "$UPLOAD_BUCKET" --key "$UPLOAD_KEY" \
    --upload-id "$UPLOAD" --multipart-upload "file://$1" --checksum-sha256 "$2" \
    --expected-bucket-owner "$BACKUP_ACCOUNT" --query '[VersionId,ChecksumSHA256]' --output text >"$3"
}

# In parts, each with its own checksum and tried again by itself; at most 10,000 of them, up to 5 TiB in all.
# The whole's checksum is made from the parts': SHA-256 over their binary digests, and how many they are.
# Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html and
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
put_in_parts() {
  local file="$1" bucket="$2" key="$3" size="$4" answer="$5" chunk="$PART_BYTES" number=0 offset=0 sum etag list=""
  while ((size > chunk * 9000)); do chunk=$((chunk * 2)); done
  mkdir -p "$UPLOAD_SCRATCH"
  : >"$UPLOAD_SCRATCH/digests"
  retry 5 5 begin_upload "$bucket" "$key" "$UPLOAD_SCRATCH/upload"
  UPLOAD="$(<"$UPLOAD_SCRATCH/upload")"
  UPLOAD_BUCKET="$bucket" UPLOAD_KEY="$key"
  [[ -n "$UPLOAD" && "$UPLOAD" != None ]] || die "S3 gave no upload id for $key"
  while ((offset < size)); do
    number=$((number + 1))
    dd if="$file" of="$UPLOAD_SCRATCH/body" bs=1M iflag=skip_bytes,count_bytes,fullblock skip="$offset" count="$chunk" status=none
    sum="$(digest sha256sum "$UPLOAD_SCRATCH/body")"
    retry 8 5 put_part "$number" "$UPLOAD_SCRATCH/body" "$sum" "$UPLOAD_SCRATCH/etag"
    etag="$(<"$UPLOAD_SCRATCH/etag")"
    base64 -d <<<"$sum" >>"$UPLOAD_SCRATCH/digests"
    # The ETag comes with its quotes.
    list+="${list:+,}{\"PartNumber\":$number,\"ETag\":\"${etag//\"/}\",\"ChecksumSHA256\":\"$sum\"}"
    offset=$((offset + chunk))
  done
  CHECKSUM="$(digest sha256sum "$UPLOAD_SCRATCH/digests")-$number"
  printf '{"Parts":[%s]}\n' "$list" >"$UPLOAD_SCRATCH/parts.json"
  log upload "$key: $number parts of up to $chunk bytes"
  retry 5 5 finish_upload "$UPLOAD_SCRATCH/parts.json" "$CHECKSUM" "$answer"
  UPLOAD=""
  rm -rf "$UPLOAD_SCRATCH"
}

# abort_upload: nothing of an unfinished upload stays in the bucket. Never fails its caller.
abort_upload() {
  if [[ -z "$UPLOAD" ]]; then return 0; fi
  log upload "aborting the unfinished upload of $UPLOAD_KEY"
  timeout 120 aws s3api abort-multipart-upload --bucket "$UPLOAD_BUCKET" --key "$UPLOAD_KEY" \
    --upload-id "$UPLOAD" --expected-bucket-owner "$BACKUP_ACCOUNT" ||
    log upload "it could not be aborted: the bucket's lifecycle removes it"
  UPLOAD=""
}

# upload FILE BUCKET KEY: sends the file and proves that it arrived. The proof: S3 answers with a version, so the lock
# holds it; with the checksum that was computed here; and the list shows the same size. Reading it back is not allowed.
# Sets VERSION_ID and CHECKSUM.
upload() {
  local file="$1" bucket="$2" key="$3" size answer received listed
  size="$(stat -c %s "$file")"
  answer="$NODE_RUN/backup-answer"
  log upload "$key to $bucket: $size bytes"
  if ((size <= SINGLE_PUT_BYTES)); then
    CHECKSUM="$(digest sha256sum "$file")"
    retry 5 5 put_whole "$file" "$bucket" "$key" "$CHECKSUM" "$answer"
  else
    put_in_parts "$file" "$bucket" "$key" "$size" "$answer"
  fi
  received="$(<"$answer")"
  rm -f "$answer"
  VERSION_ID="${received%%$'\t'*}"
  [[ -n "$VERSION_ID" && "$VERSION_ID" != None && "$VERSION_ID" != null ]] ||
    die "$key has no version in $bucket: nothing locks it"
  [[ "${received#*$'\t'}" == "$CHECKSUM" ]] ||
    die "$key arrived with checksum ${received#*$'\t'}, not $CHECKSUM"
  listed="$(retry 5 5 listed_size "$bucket" "$key")"
  [[ "$listed" == "$size" ]] || die "$key is listed with ${listed:-no} bytes, not $size"
  log proof "$key: version $VERSION_ID, SHA-256 $CHECKSUM, $size bytes"
}

listed_size() {
  timeout 120 aws s3api list-objects-v2 --bucket "$1" --prefix "$2" --expected-bucket-owner "$BACKUP_ACCOUNT" \
    --query "Contents[?Key=='$2'].Size" --output text
}
