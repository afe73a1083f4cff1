#!/bin/bash
# secrets ensure: brings this machine everything secret that it needs, into memory, and refuses to go on while a key is
# missing. secrets complete: makes, or completes for this version, the one set that all nodes share (under the lock).
SCRIPT=secrets
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

# The database's certificate authorities. Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
CA_URL=https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
# Kept on disk too: it is public, and a reboot need not wait for it.
CA_CACHE="$ROOT/var/lib/gitlab-node/rds-ca.pem"
HOST_KEYS=(rsa ecdsa ed25519)
# What Secrets Manager takes. Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
SECRET_BYTES=65536

# Keys without which data cannot be read, or nodes do not know each other.
# Source: https://gitlab.com/gitlab-org/omnibus-gitlab/-/blob/master/files/gitlab-cookbooks/package/libraries/helpers/secrets_helper.rb
REQUIRED=(
  gitlab_rails.db_key_base gitlab_rails.secret_key_base gitlab_rails.otp_key_base
  gitlab_rails.encrypted_settings_key_base gitlab_rails.openid_connect_signing_key
  'gitlab_rails.active_record_encryption_primary_key[0]' 'gitlab_rails.active_record_encryption_deterministic_key[0]'
  gitlab_rails.active_record_encryption_key_derivation_salt
  gitlab_shell.secret_token gitlab_workhorse.secret_token
  registry.http_secret registry.internal_certificate registry.internal_key gitlab_kas.api_secret_key
)
# From 19.0 on, Gitaly's copy of the shell's secret is no longer derived on nodes that generate nothing.
if ((${GITLAB_VERSION%%.*} >= 19)); then REQUIRED+=(gitaly.gitlab_secret); fi

fetch_ca() {
  curl -fsS -m 30 -o "$CA_CACHE.new" "$CA_URL" || return $?
  # Every certificate in it must parse, and there must be one.
  grep -q 'BEGIN CERTIFICATE' "$CA_CACHE.new" || { log ca "the bundle has no certificate"; return 1; }
  openssl crl2pkcs7 -nocrl -certfile "$CA_CACHE.new" -out "$CA_CACHE.p7" 2>/dev/null ||
    { log ca "the bundle cannot be parsed"; return 1; }
  rm -f "$CA_CACHE.p7"
  mv -f "$CA_CACHE.new" "$CA_CACHE"
}

# flatten FILE: `section.key=value`, one a line, of JSON as GitLab writes it: pretty, one value a line. What is null is
# not there. Anything of another form is an error, never a guess.
flatten() {
  local line path=() index=() depth=0 name value
  local pair='^[[:space:]]*"(([^"\\]|\\.)*)":[[:space:]]*(.*)$'
  while IFS= read -r line || [[ -n "$line" ]]; do
    line="${line%"${line##*[![:space:]]}"}"
    name=""
    if [[ "$line" =~ ^[[:space:]]*$ ]]; then
      continue
    elif [[ "$line" =~ ^[[:space:]]*[]}],?$ ]]; then
      depth=$((depth - 1))
      ((depth >= 0)) || return 1
      continue
    elif [[ "$line" =~ $pair ]]; then
      name=".${BASH_REMATCH[1]}"
      value="${BASH_REMATCH[3]}"
    else
      value="${line#"${line%%[![:space:]]*}"}"
      if ((depth > 0)); then
        name="[${index[depth]}]"
        index[depth]=$((index[depth] + 1))
      fi
    fi
    value="${value%,}"
    case "$value" in
      "{" | "[")
        depth=$((depth + 1))
        path[depth]="${path[depth - 1]:-}$name"
        index[depth]=0
        ;;
      "{}" | "[]" | null) ;;
      \"*\" | true | false | [0-9-]*)
        name="${path[depth]}$name"
        printf '%s=%s\n' "${name#.}" "$value"
        ;;
      *) return 1 ;;
    esac
  done <"$1"
  ((depth == 0))
}

# check_keys FLAT: every required key has a value.
check_keys() {
  local key missing=()
  for key in "${REQUIRED[@]}"; do
    grep -Fq -- "$key=\"" "$1" && ! grep -Fxq -- "$key=\"\"" "$1" || missing+=("$key")
  done
  ((${#missing[@]} == 0)) || { log keys "missing: ${missing[*]}"; return 1; }
}

# fetch_bundle FOLDER: unpacks the shared set there. 4: there is none yet.
fetch_bundle() {
  local folder="$1" code=0 errors
  mkdir -p "$folder"
  errors="$(timeout 60 aws secretsmanager get-secret-value --secret-id "$SECRET_BUNDLE_ARN" \
    --query SecretString --output text 2>&1 >"$folder.b64")" || code=$?
  if ((code != 0)); then
    rm -f "$folder.b64"
    # A secret that Pulumi has made and no node has filled.
    if [[ "$errors" == *ResourceNotFoundException*"staging label"* ]]; then return 4; fi
    log bundle "fetching ended with $code: $errors"
    return 1
  fi
  base64 -d "$folder.b64" | tar -xzf - -C "$folder" --no-same-owner || return 1
  rm -f "$folder.b64"
}

# complete_for FOLDER: whether that set has been completed for this version, with nothing missing.
complete_for() {
  local key
  grep -Fxq -- "$GITLAB_VERSION" "$1/completed-for" 2>/dev/null || return 1
  for key in "${HOST_KEYS[@]}"; do [[ -s "$1/ssh_host_${key}_key" && -s "$1/ssh_host_${key}_key.pub" ]] || return 1; done
  [[ -s "$1/gitaly-token" && -s "$1/gitlab-secrets.json" ]]
}

# Runs under the lock. An existing value is never changed: GitLab only adds, and that is proved before anything is stored.
complete() {
  local work="$SECRETS_DIR/work" code=0 key bytes
  rm -rf "$work"
  mkdir -p "$work/new"
  fetch_bundle "$work/old" || code=$?
  ((code == 0 || code == 4)) || die "the shared secrets cannot be read"
  if ((code == 0)); then
    if complete_for "$work/old"; then return 0; fi
    [[ -s "$work/old/gitlab-secrets.json" ]] || die "the shared secrets have no gitlab-secrets.json"
    cp -p "$work/old/." "$work/new/" -R
    flatten "$work/old/gitlab-secrets.json" >"$work/old.flat" || die "the shared gitlab-secrets.json has an unknown form"
    log complete "completing the shared secrets for $GITLAB_VERSION"
  else
    : >"$work/old.flat"
    log complete "making the shared secrets"
  fi

  docker rm -f gitlab-secrets >/dev/null 2>&1 || true
  # The command reads the file, adds what this version wants and writes it back. Its log names files, not values.
  docker run --rm --name gitlab-secrets -v "$work/new:/work" -v "$NODE_ETC/gitlab-secrets.rb:/etc/gitlab/gitlab.rb:ro" \
    --entrypoint /opt/gitlab/bin/gitlab-ctl "$IMAGE" generate-secrets -f /work/gitlab-secrets.json >/dev/null
  flatten "$work/new/gitlab-secrets.json" >"$work/new.flat" || die "the new gitlab-secrets.json has an unknown form"
  if grep -Fxv -f "$work/new.flat" "$work/old.flat" >"$work/changed"; then
    die "GitLab would have changed existing secrets: $(sed 's/=.*//' "$work/changed" | tr '\n' ' ')"
  fi
  check_keys "$work/new.flat" || die "GitLab did not make every key"

  for key in "${HOST_KEYS[@]}"; do
    [[ -s "$work/new/ssh_host_${key}_key" ]] ||
      ssh-keygen -q -t "$key" -N '' -C "" -f "$work/new/ssh_host_${key}_key"
  done
  [[ -s "$work/new/gitaly-token" ]] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$work/new/gitaly-token"
  printf '%s\n' "$GITLAB_VERSION" >>"$work/new/completed-for"

  tar -czf - -C "$work/new" . | base64 -w0 >"$work/bundle.b64"
  bytes="$(wc -c <"$work/bundle.b64")"
  ((bytes <= SECRET_BYTES)) || die "the shared secrets are $bytes bytes; Secrets Manager takes $SECRET_BYTES"
  timeout 60 aws secretsmanager put-secret-value --secret-id "$SECRET_BUNDLE_ARN" \
    --secret-string "file://$work/bundle.b64" >/dev/null
  rm -rf "$work"
  log complete "stored"
}

ensure() {
  local code=0 key attempt bundle="$SECRETS_DIR/bundle"
  mkdir -p "$SECRETS_DIR/container" "${CA_CACHE%/*}"
  chmod 0700 "$SECRETS_DIR"

  if [[ ! -s "$CA_CACHE" ]]; then
    log ca "fetch"
    retry 6 5 fetch_ca
  fi
  install -m 0644 "$CA_CACHE" "$SECRETS_DIR/container/rds-ca.pem"

  # Gitaly knows neither database nor cache.
  if [[ "$NODE_ROLE" != gitaly ]]; then
    log values "fetch"
    secret_to_file "$SECRET_DATABASE_ARN" "$SECRETS_DIR/container/database-password"
    secret_to_file "$SECRET_REDIS_ARN" "$SECRETS_DIR/container/redis-token"
    if [[ "$NODE_ROLE" != backup ]]; then
      secret_to_file "$SECRET_ROOT_ARN" "$SECRETS_DIR/container/initial-root-password"
    fi
    if [[ -n "$SECRET_SMTP_ARN" ]]; then
      secret_to_file "$SECRET_SMTP_ARN" "$SECRETS_DIR/container/smtp-password"
    fi
  fi

  for ((attempt = 0; attempt < 3; attempt++)); do
    rm -rf "$bundle"
    code=0
    fetch_bundle "$bundle" || code=$?
    if ((code == 0)) && complete_for "$bundle"; then break; fi
    if ((code == 0 || code == 4)); then
      # A backup machine reads; it never makes.
      [[ "$NODE_ROLE" != backup ]] || die "the shared secrets are not complete for $GITLAB_VERSION"
      code=0
      LOCK_LOST_COMMAND="docker rm -f gitlab-secrets" with_lock secrets 600 "$NODE_OPT/secrets" complete || code=$?
      if ((code == 0)); then continue; fi
      log bundle "completing ended with $code"
    fi
    sleep 30
  done
  complete_for "$bundle" || die "the shared secrets are not complete for $GITLAB_VERSION"

  flatten "$bundle/gitlab-secrets.json" >"$bundle/flat" || die "gitlab-secrets.json has an unknown form"
  check_keys "$bundle/flat" || die "a key that must be there is missing from the shared secrets"
  rm -f "$bundle/flat"
  for key in "${HOST_KEYS[@]}"; do
    install -m 0600 "$bundle/ssh_host_${key}_key" "$SECRETS_DIR/ssh_host_${key}_key"
    install -m 0644 "$bundle/ssh_host_${key}_key.pub" "$SECRETS_DIR/ssh_host_${key}_key.pub"
  done
  install -m 0600 "$bundle/gitaly-token" "$SECRETS_DIR/container/gitaly-token"
  install -m 0600 "$bundle/gitlab-secrets.json" "$SECRETS_DIR/gitlab-secrets.json"
  rm -rf "$bundle"
  log "done" "all there for $GITLAB_VERSION"
}

case "${1:-}" in
  ensure) ensure ;;
  complete) complete ;;
  *) die "usage: secrets ensure|complete" ;;
esac
