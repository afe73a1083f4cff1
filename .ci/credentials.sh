# shellcheck shell=bash
# Short-lived credentials of the clouds, from the job's ID tokens. Sourced by jobs that reach a cloud; what is not
# configured for the job's environment is left alone, so that a job has no right that its environment does not give it.
#
# https://docs.gitlab.com/ci/cloud_services/ (AWS, Azure, Google Cloud)
#
#   AWS_ROLE_ARN                    role whose trust policy names this project
#   ARM_CLIENT_ID, ARM_TENANT_ID,
#   ARM_SUBSCRIPTION_ID             application with a federated credential for this project
#   GCP_WORKLOAD_IDENTITY_PROVIDER  projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<name>
#   GCP_SERVICE_ACCOUNT             account that the provider's principals may act as; without it they act as themselves

# A job that is traced (CI_DEBUG_TRACE) would print the tokens.
case $- in
*x*) traced=true ;;
*) traced=false ;;
esac
{ set +x; } 2>/dev/null

masked="$(umask)"
umask 077
# Outside the checkout: nothing that collects artifacts or caches passes by there. It goes with the job's shell.
credentials="$(mktemp -d)"
trap 'rm -rf "$credentials"' EXIT

# What each cloud needs; says once what is missing where some of it is there.
configured() {
  local cloud=$1 name
  local -a missing=()
  shift
  [[ -n ${!1:-} ]] || return 1
  for name in "$@"; do
    [[ -n ${!name:-} ]] || missing+=("$name")
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    echo "No credentials for $cloud: $1 is set, and ${missing[*]} not." >&2
    return 1
  fi
  echo "Credentials for $cloud: from the job's ID token, by $1." >&2
}

if configured AWS AWS_ROLE_ARN AWS_ID_TOKEN; then
  printf '%s' "$AWS_ID_TOKEN" >"$credentials/aws"
  export AWS_WEB_IDENTITY_TOKEN_FILE="$credentials/aws"
  # Names the job in CloudTrail; at most 64 characters.
  export AWS_ROLE_SESSION_NAME="gitlab-${CI_PROJECT_ID:-0}-job-${CI_JOB_ID:-0}"
fi

if configured Azure ARM_CLIENT_ID ARM_TENANT_ID ARM_SUBSCRIPTION_ID AZURE_ID_TOKEN; then
  # https://www.pulumi.com/registry/packages/azure-native/installation-configuration/
  export ARM_USE_OIDC=true
  export ARM_OIDC_TOKEN="$AZURE_ID_TOKEN"
fi

if configured "Google Cloud" GCP_WORKLOAD_IDENTITY_PROVIDER GCP_ID_TOKEN; then
  printf '%s' "$GCP_ID_TOKEN" >"$credentials/gcp"
  acting=
  if [[ -n ${GCP_SERVICE_ACCOUNT:-} ]]; then
    acting=",
  \"service_account_impersonation_url\": \"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/$GCP_SERVICE_ACCOUNT:generateAccessToken\""
  fi
  # https://google.aip.dev/auth/4117
  cat >"$credentials/gcp.json" <<JSON
{
  "type": "external_account",
  "audience": "//iam.googleapis.com/$GCP_WORKLOAD_IDENTITY_PROVIDER",
  "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
  "token_url": "https://sts.googleapis.com/v1/token",
  "credential_source": { "file": "$credentials/gcp" }$acting
}
JSON
  export GOOGLE_APPLICATION_CREDENTIALS="$credentials/gcp.json"
  unset acting
fi

umask "$masked"
unset masked
unset -f configured
if [[ $traced == true ]]; then set -x; fi
