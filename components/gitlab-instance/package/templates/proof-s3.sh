# shellcheck shell=bash
# Uploads to S3 from a machine outside of AWS: the AWS CLI and a user that may only write. Sourced as upload.sh.
# Upload and proof themselves are those of every machine that uploads to S3.
# shellcheck source=components/backup-schedule/templates/upload-s3.sh
. "$NODE_OPT/upload-s3.sh"

AWS_SHARED_CREDENTIALS_FILE="$NODE_RUN/aws-credentials"
export AWS_SHARED_CREDENTIALS_FILE AWS_CONFIG_FILE=/dev/null AWS_DEFAULT_REGION="$S3_REGION" AWS_PAGER=""
# There is no metadata service of AWS here: Azure's answers on the same address.
export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=3 AWS_RETRY_MODE=standard

begin_uploads() {
  local secret="$NODE_RUN/backup-credentials" id key
  "$NODE_OPT/aws-cli"
  mkdir -p "$UPLOAD_SCRATCH"
  secret_read "$CREDENTIALS_SECRET" "$secret" || die "the secret $CREDENTIALS_SECRET could not be read"
  id="$(json_string access_key_id "$secret")" || die "the secret $CREDENTIALS_SECRET has no access_key_id"
  key="$(json_string secret_access_key "$secret")" || die "the secret $CREDENTIALS_SECRET has no secret_access_key"
  rm -f "$secret"
  printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$id" "$key" >"$AWS_SHARED_CREDENTIALS_FILE"
}

end_uploads() {
  rm -f "$AWS_SHARED_CREDENTIALS_FILE" "$NODE_RUN/backup-credentials"
}
