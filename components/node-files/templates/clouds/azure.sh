# shellcheck shell=bash
# ------------------------------------------------------------------ Azure: the machine's managed identity, Key Vault, Monitor

# bearer AUDIENCE. Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
bearer() {
  local audience="$1" file answer
  file="$NODE_RUN/bearer-${audience//[^a-z]/-}"
  if ! bearer_fresh "$file"; then
    answer="$(mktemp "$NODE_RUN/token.XXXXXX")"
    # A named identity: a machine may have several. The metadata service is never asked through a proxy.
    if ! http GET "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&client_id=$AZURE_IDENTITY&resource=$audience" \
      "$answer" --noproxy '*' -H 'Metadata: true'; then
      rm -f "$answer"
      return 1
    fi
    bearer_keep "$answer" "$file" || return 1
  fi
  printf '%s\n' "$file"
}

# Source: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
secret_get() {
  local header answer code=0
  header="$(bearer https%3A%2F%2Fvault.azure.net)" || return 1
  answer="$(mktemp "$NODE_RUN/secret.XXXXXX")"
  http GET "$AZURE_VAULT_URL/secrets/$1?api-version=7.4" "$answer" -H "@$header" || code=$?
  if ((code == 0)); then json_string value "$answer" >"$2" || code=1; fi
  rm -f "$answer"
  return "$code"
}

# Source: https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret/set-secret
# A value may have 25 KB: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
secret_put() {
  local header body answer code=0
  if (($(wc -c <"$2") > 25000)); then
    log secret "$1: $(wc -c <"$2") bytes are more than Key Vault takes"
    return 1
  fi
  header="$(bearer https%3A%2F%2Fvault.azure.net)" || return 1
  body="$(mktemp "$NODE_RUN/body.XXXXXX")"
  answer="$(mktemp "$NODE_RUN/answer.XXXXXX")"
  {
    printf '{"value":'
    json_quote "$2"
    printf '}'
  } >"$body" || code=1
  if ((code == 0)); then
    http PUT "$AZURE_VAULT_URL/secrets/$1?api-version=7.4" "$answer" -H "@$header" \
      -H 'Content-Type: application/json' --data-binary "@$body" || code=1
  fi
  rm -f "$body" "$answer"
  return "$code"
}

# put_metric NAME VALUE [DISK]: namespace GitLab, dimensions environment and disk, on the machine's own resource.
# Source: https://learn.microsoft.com/azure/azure-monitor/essentials/metrics-store-custom-rest-api; the audience as in
# https://github.com/influxdata/telegraf/blob/master/plugins/outputs/azure_monitor/azure_monitor.go
put_metric() {
  local name="$1" value="$2" disk="${3:-Count}" header body answer code=0 names='"environment"' values="\"$NODE_ENVIRONMENT\""
  # try_alarm hands on the unit that AWS wants.
  if [[ "$disk" != Count ]]; then
    names+=',"disk"'
    values+=",\"$disk\""
  fi
  header="$(bearer https%3A%2F%2Fmonitoring.azure.com%2F)" || return 1
  body="$(mktemp "$NODE_RUN/body.XXXXXX")"
  answer="$(mktemp "$NODE_RUN/answer.XXXXXX")"
  printf '{"time":"%s","data":{"baseData":{"metric":"%s","namespace":"GitLab","dimNames":[%s],"series":[{"dimValues":[%s],"min":%s,"max":%s,"sum":%s,"count":1}]}}}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$name" "$names" "$values" "$value" "$value" "$value" >"$body"
  http POST "https://$AZURE_LOCATION.monitoring.azure.com$AZURE_METRICS_RESOURCE/metrics" "$answer" -H "@$header" \
    -H 'Content-Type: application/json' --data-binary "@$body" || code=1
  rm -f "$body" "$answer"
  return "$code"
}
