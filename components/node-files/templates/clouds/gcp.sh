# shellcheck shell=bash
# ------------------------------------------------------------------ GCP: the machine's service account, Secret Manager, Monitoring

METADATA=http://metadata.google.internal/computeMetadata/v1

# bearer AUDIENCE: one token serves every API. Source: https://cloud.google.com/compute/docs/access/authenticate-workloads
bearer() {
  local file="$NODE_RUN/bearer-${1//[^a-z]/-}" answer
  if ! bearer_fresh "$file"; then
    answer="$(mktemp "$NODE_RUN/token.XXXXXX")"
    if ! http GET "$METADATA/instance/service-accounts/default/token" "$answer" --noproxy '*' \
      -H 'Metadata-Flavor: Google'; then
      rm -f "$answer"
      return 1
    fi
    bearer_keep "$answer" "$file" || return 1
  fi
  printf '%s\n' "$file"
}

# Source: https://cloud.google.com/secret-manager/docs/access-secret-version
secret_get() {
  local header answer code=0
  header="$(bearer google)" || return 1
  answer="$(mktemp "$NODE_RUN/secret.XXXXXX")"
  http GET "https://secretmanager.googleapis.com/v1/projects/$GCP_PROJECT/secrets/$1/versions/latest:access" "$answer" \
    -H "@$header" || code=$?
  if ((code == 0)); then json_string data "$answer" | base64 -d >"$2" || code=1; fi
  rm -f "$answer"
  return "$code"
}

# Source: https://cloud.google.com/secret-manager/docs/add-secret-version; at most 64 KiB:
# https://cloud.google.com/secret-manager/quotas
secret_put() {
  local header body answer code=0
  if (($(wc -c <"$2") > 65536)); then
    log secret "$1: $(wc -c <"$2") bytes are more than Secret Manager takes"
    return 1
  fi
  header="$(bearer google)" || return 1
  body="$(mktemp "$NODE_RUN/body.XXXXXX")"
  answer="$(mktemp "$NODE_RUN/answer.XXXXXX")"
  {
    printf '{"payload":{"data":"'
    base64 -w0 "$2"
    printf '"}}'
  } >"$body"
  http POST "https://secretmanager.googleapis.com/v1/projects/$GCP_PROJECT/secrets/$1:addVersion" "$answer" \
    -H "@$header" -H 'Content-Type: application/json' --data-binary "@$body" || code=1
  rm -f "$body" "$answer"
  return "$code"
}

# gcp_instance_id: the number under which monitoring knows this machine.
gcp_instance_id() {
  if [[ ! -s "$NODE_RUN/instance-id" ]]; then
    http GET "$METADATA/instance/id" "$NODE_RUN/instance-id.new" --noproxy '*' -H 'Metadata-Flavor: Google' || return 1
    mv -f "$NODE_RUN/instance-id.new" "$NODE_RUN/instance-id"
  fi
  cat "$NODE_RUN/instance-id"
}

# put_metric NAME VALUE [DISK]: custom.googleapis.com/gitlab/NAME, labels environment and disk, on the machine.
# Source: https://cloud.google.com/monitoring/custom-metrics/creating-metrics
put_metric() {
  local name="$1" value="$2" disk="${3:-Count}" header id body answer code=0 labels="\"environment\":\"$NODE_ENVIRONMENT\""
  # try_alarm hands on the unit that AWS wants.
  if [[ "$disk" != Count ]]; then labels+=",\"disk\":\"$disk\""; fi
  header="$(bearer google)" || return 1
  id="$(gcp_instance_id)" || return 1
  body="$(mktemp "$NODE_RUN/body.XXXXXX")"
  answer="$(mktemp "$NODE_RUN/answer.XXXXXX")"
  printf '{"timeSeries":[{"metric":{"type":"custom.googleapis.com/gitlab/%s","labels":{%s}},"resource":{"type":"gce_instance","labels":{"project_id":"%s","instance_id":"%s","zone":"%s"}},"metricKind":"GAUGE","valueType":"DOUBLE","points":[{"interval":{"endTime":"%s"},"value":{"doubleValue":%s}}]}]}\n' \
    "$name" "$labels" "$GCP_PROJECT" "$id" "$GCP_ZONE" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$value" >"$body"
  http POST "https://monitoring.googleapis.com/v3/projects/$GCP_PROJECT/timeSeries" "$answer" -H "@$header" \
    -H 'Content-Type: application/json' --data-binary "@$body" || code=1
  rm -f "$body" "$answer"
  return "$code"
}
