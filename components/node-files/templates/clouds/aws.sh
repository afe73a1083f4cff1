# shellcheck shell=bash
# What is AWS' own in the library of a node, and what only the container form of GitLab has. lib.sh sources it.

# The metric that a failure of this script counts in; a script sets its own (BackupFailure and the like).
ALARM_EVENT="${ALARM_EVENT:-BootFailure}"
export AWS_DEFAULT_REGION="$AWS_REGION" AWS_PAGER=""
export AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-3}" AWS_RETRY_MODE=standard

put_metric() {
  timeout 60 aws cloudwatch put-metric-data --namespace GitLab/Nodes --metric-name "$1" \
    --dimensions "Environment=$NODE_ENVIRONMENT,Role=$NODE_ROLE" --value "$2" --unit "$3"
}

notify() {
  timeout 60 aws sns publish --topic-arn "$ALERT_TOPIC_ARN" \
    --subject "GitLab $NODE_ENVIRONMENT $NODE_ROLE: $1" \
    --message "$SCRIPT: $2 (log group $LOG_GROUP)" >/dev/null
}

# ------------------------------------------------------------------ machine

# instance_id: by IMDSv2, once a boot. The session token goes by standard input, not by command line.
# Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
instance_id() {
  local token
  if [[ ! -s "$NODE_RUN/instance-id" ]]; then
    token="$(retry 6 2 curl -fsS -m 5 -X PUT "http://169.254.169.254/latest/api/token" \
      -H "X-aws-ec2-metadata-token-ttl-seconds: 300")"
    printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$token" |
      curl -fsS -m 5 -K - "http://169.254.169.254/latest/meta-data/instance-id" >"$NODE_RUN/instance-id.new"
    [[ -s "$NODE_RUN/instance-id.new" ]] || die "the instance has no id"
    mv -f "$NODE_RUN/instance-id.new" "$NODE_RUN/instance-id"
  fi
  cat "$NODE_RUN/instance-id"
}

# ensure_packages NAME…: installs what is missing.
ensure_packages() {
  local missing=() name
  for name in "$@"; do rpm -q "$name" >/dev/null 2>&1 || missing+=("$name"); done
  ((${#missing[@]} > 0)) || return 0
  log packages "installing ${missing[*]}"
  retry 8 5 dnf -y -q --setopt=install_weak_deps=False install "${missing[@]}"
}

# ------------------------------------------------------------------ secrets

fetch_secret() {
  timeout 60 aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text >"$2"
}

# secret_get ARN FILE: the same under the name that it has on every cloud, for scripts that serve them all.
secret_get() { fetch_secret "$@"; }

# secret_to_file ARN FILE: the value, readable by root alone, in memory. Never on a command line, never in output.
secret_to_file() {
  local arn="$1" file="$2" value
  retry 6 2 fetch_secret "$arn" "$file.new"
  value="$(<"$file.new")"
  # The CLI prints None for a secret that has no string.
  [[ -n "$value" && "$value" != None ]] || die "secret ${arn##*:} is empty"
  printf '%s' "$value" >"$file"
  rm -f "$file.new"
}

# ------------------------------------------------------------------ image

# ecr_login: the password goes by standard input. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
ecr_login() {
  timeout 60 aws ecr get-login-password |
    timeout 60 docker login --username AWS --password-stdin "${IMAGE_REPOSITORY%%/*}" >/dev/null
}

image_in_registry() {
  local out code=0
  out="$(timeout 60 aws ecr describe-images --repository-name "${IMAGE_REPOSITORY#*/}" \
    --image-ids "imageDigest=$IMAGE_DIGEST" --query 'imageDetails[0].imageDigest' --output text 2>&1)" || code=$?
  if ((code == 0)) && [[ "$out" == "$IMAGE_DIGEST" ]]; then return 0; fi
  [[ "$out" != *ImageNotFoundException* ]] || return 4
  log image "asking the registry ended with $code: $out"
  return 1
}

# Copies the release into the private registry. The copy is by content, so its digest is the one that was asked for.
# Losing the race to another node is no failure: the tag is immutable, and the image is then there.
# Source: https://docs.docker.com/reference/cli/docker/buildx/imagetools/create/
seed_image() {
  local code=0
  image_in_registry || code=$?
  case "$code" in
    0) return 0 ;;
    4) ;;
    *) return "$code" ;;
  esac
  log image "seeding the private registry with $GITLAB_VERSION from $IMAGE_UPSTREAM"
  timeout 1800 docker buildx imagetools create --tag "$IMAGE_REPOSITORY:$GITLAB_VERSION" \
    "$IMAGE_UPSTREAM@$IMAGE_DIGEST" >/dev/null || log image "seeding failed"
  image_in_registry
}

pull_image() {
  ecr_login && seed_image && timeout 1800 docker pull -q "$IMAGE" >/dev/null
}

# ensure_image: this node's release, by digest, from the private registry alone (seeded first if nobody has yet).
ensure_image() {
  if ! docker image inspect "$IMAGE" >/dev/null 2>&1; then
    log image "pulling $IMAGE"
    retry 8 5 pull_image
  fi
  docker image inspect "$IMAGE" >/dev/null
}

# ------------------------------------------------------------------ coordination table

CONDITION_FAILED=9

# ddb SECONDS ACTION ARGUMENTS…: one call, one attempt. 0; 9 when its condition did not hold; 1 on any other failure.
ddb() {
  local seconds="$1" action="$2" errors code=0
  shift 2
  errors="$(mktemp "$NODE_RUN/ddb.XXXXXX")"
  AWS_MAX_ATTEMPTS=1 timeout -k 1 "$seconds" aws dynamodb "$action" --table-name "$COORDINATION_TABLE" \
    --cli-connect-timeout 5 --cli-read-timeout 10 "$@" 2>"$errors" || code=$?
  if ((code != 0)); then
    if grep -q ConditionalCheckFailedException "$errors"; then
      code=$CONDITION_FAILED
    else
      log table "$action ended with $code: $(tr '\n' ' ' <"$errors")"
      code=1
    fi
  fi
  rm -f "$errors"
  return "$code"
}

# item_get ID ATTRIBUTE…: string values, one a line, in order; an empty line for one that is not there.
# Attribute names go by placeholder, since many plain words are reserved.
item_get() {
  local id="$1" names="" projection="" query="" name answer index=0
  shift
  for name in "$@"; do
    names+="${names:+,}\"#a$index\":\"$name\""
    projection+="${projection:+,}#a$index"
    query+="${query:+,}$name.S"
    index=$((index + 1))
  done
  answer="$(ddb 15 get-item --key "{\"id\":{\"S\":\"$id\"}}" --consistent-read \
    --projection-expression "$projection" --expression-attribute-names "{$names}" \
    --query "Item.[$query]" --output text)" || return $?
  if [[ "$answer" == None || -z "$answer" ]]; then answer=""; fi
  local values=()
  IFS=$'\t' read -r -a values <<<"$answer"
  for ((index = 0; index < $#; index++)); do
    name="${values[index]:-}"
    if [[ "$name" == None ]]; then name=""; fi
    printf '%s\n' "$name"
  done
}

# item_set ID ATTRIBUTE VALUE…: sets string attributes of one item, and leaves its others alone.
item_set() {
  local id="$1" names="" given="" sets="" index=0
  shift
  while (($# >= 2)); do
    names+="${names:+,}\"#a$index\":\"$1\""
    given+="${given:+,}\":v$index\":{\"S\":\"$2\"}"
    sets+="${sets:+, }#a$index = :v$index"
    index=$((index + 1))
    shift 2
  done
  ddb 15 update-item --key "{\"id\":{\"S\":\"$id\"}}" --update-expression "SET $sets" \
    --expression-attribute-names "{$names}" --expression-attribute-values "{$given}"
}

# ------------------------------------------------------------------ leases
# A lease is an item with its holder and a count of renewals. Nobody compares clocks of two machines: a successor
# watches the count stand still for the whole duration on its own clock, and then takes over on the condition that it
# still stands there. A holder that cannot renew stops before that can happen.

# A name of this holder that no other process ever had.
new_holder() {
  local id
  id="$(instance_id)"
  printf '%s/%s\n' "$id" "$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
}

LEASE_NAMES='{"#h":"holder","#n":"renewals"}'

# lease_take ID HOLDER: takes a free lease. Taking it twice (the first answer was lost) is taking it once. 0, 9 or 1.
lease_take() {
  ddb 15 put-item --item "{\"id\":{\"S\":\"$1\"},\"holder\":{\"S\":\"$2\"},\"renewals\":{\"N\":\"1\"}}" \
    --condition-expression 'attribute_not_exists(#i) OR #h = :me' \
    --expression-attribute-names '{"#i":"id","#h":"holder"}' \
    --expression-attribute-values "{\":me\":{\"S\":\"$2\"}}"
}

# lease_take_over ID HOLDER OLD-HOLDER RENEWALS: takes a lease that has stood still. 0, 9 or 1.
lease_take_over() {
  ddb 15 put-item --item "{\"id\":{\"S\":\"$1\"},\"holder\":{\"S\":\"$2\"},\"renewals\":{\"N\":\"$(($4 + 1))\"}}" \
    --condition-expression '(#h = :old AND #n = :n) OR #h = :me' \
    --expression-attribute-names "$LEASE_NAMES" \
    --expression-attribute-values "{\":me\":{\"S\":\"$2\"},\":old\":{\"S\":\"$3\"},\":n\":{\"N\":\"$4\"}}"
}

# lease_renew ID HOLDER SECONDS: 0 renewed, 9 somebody else has it, 1 not known.
lease_renew() {
  ddb "$3" update-item --key "{\"id\":{\"S\":\"$1\"}}" --update-expression 'SET #n = #n + :one' \
    --condition-expression '#h = :me' --expression-attribute-names "$LEASE_NAMES" \
    --expression-attribute-values "{\":me\":{\"S\":\"$2\"},\":one\":{\"N\":\"1\"}}"
}

# lease_release ID HOLDER: gives it back; only ever after the work under it has ended.
lease_release() {
  ddb 15 delete-item --key "{\"id\":{\"S\":\"$1\"}}" --condition-expression '#h = :me' \
    --expression-attribute-names '{"#h":"holder"}' --expression-attribute-values "{\":me\":{\"S\":\"$2\"}}"
}

# lease_acquire ID HOLDER DURATION POLL WAIT: waits until the lease is this holder's; 75 when WAIT seconds are over
# (0: tries once, "forever": does not give up). DURATION is counted on this machine's clock from when it saw the count.
# Sets LEASE_SENT: the clock before the request that took it, from where the holder counts.
# What it saw is kept for this boot: tries that do not wait would else never see a dead holder's lease lapse. A holder
# and its count never come again, so the same ones mean that nothing was renewed in between.
lease_acquire() {
  local id="$1" holder="$2" duration="$3" poll="$4" wait="$5" begun seen="" since=0 state code time memory
  begun="$(now)"
  memory="$NODE_RUN/seen-${id//\//-}"
  if [[ -s "$memory" ]]; then { IFS= read -r since && IFS= read -r seen; } <"$memory" || true; fi
  while true; do
    LEASE_SENT="$(now)"
    code=0
    lease_take "$id" "$holder" || code=$?
    ((code != 0)) || return 0
    if ((code == CONDITION_FAILED)); then
      state="$(ddb 15 get-item --key "{\"id\":{\"S\":\"$id\"}}" --consistent-read \
        --query 'Item.[holder.S,renewals.N]' --output text)" || state=""
      if [[ -n "$state" && "$state" != None ]]; then
        time="$(now)"
        if [[ "$state" != "$seen" ]]; then
          if [[ "${state%%$'\t'*}" != "${seen%%$'\t'*}" ]]; then log lease "$id is held by ${state%%$'\t'*}"; fi
          seen="$state"
          since="$time"
          printf '%s\n%s\n' "$since" "$seen" >"$memory.$BASHPID"
          mv -f "$memory.$BASHPID" "$memory"
        # One second for the fraction that now cuts off at either end.
        elif ((time - since > duration + 1)); then
          log lease "$id has not been renewed for $((time - since)) s: taking it over from ${state%%$'\t'*}"
          LEASE_SENT="$(now)"
          code=0
          lease_take_over "$id" "$holder" "${state%%$'\t'*}" "${state##*$'\t'}" || code=$?
          ((code != 0)) || return 0
          seen=""
        fi
      fi
    fi
    if [[ "$wait" != forever ]] && (($(now) - begun >= wait)); then return 75; fi
    sleep "$poll"
  done
}

# ------------------------------------------------------------------ locks

LOCK_SECONDS=90
LOCK_RENEW_SECONDS=15
LOCK_STOP_SECONDS=45

# Renews a lock while its command runs. Ends the command when the lock may no longer be ours, or when our own shell is
# gone. LOCK_LOST_COMMAND ends what the command has started elsewhere: a container outlives the client that started it.
lock_heartbeat() {
  local id="$1" holder="$2" command="$3" shell="$4" last="$5" sent code
  trap - ERR
  while sleep "$LOCK_RENEW_SECONDS"; do
    kill -0 "$shell" 2>/dev/null || break
    sent="$(now)"
    code=0
    lease_renew "$id" "$holder" 12 || code=$?
    if ((code == 0)); then
      last="$sent"
    elif ((code == CONDITION_FAILED)) || (($(now) - last >= LOCK_STOP_SECONDS)); then
      break
    fi
  done
  log lock "$id is no longer ours: ending its command"
  : >"$NODE_RUN/lock-lost.$command"
  kill -KILL -- "-$command" 2>/dev/null || true
  if [[ -n "${LOCK_LOST_COMMAND:-}" ]]; then timeout 20 bash -c "$LOCK_LOST_COMMAND" || true; fi
}

# with_lock NAME WAIT COMMAND…: runs a program (not a function, which would lose `set -e`) under the lock of that name.
# Its exit code; 75 when the lock could not be had within WAIT seconds; 76 when it was lost and the program ended for it.
with_lock() {
  local id="lock/$1" wait="$2" holder command heartbeat code=0
  shift 2
  holder="$(new_holder)"
  lease_acquire "$id" "$holder" "$LOCK_SECONDS" 15 "$wait" || return $?
  log lock "$id is ours"
  # A process group of its own, so that the whole of it can be ended.
  setsid "$@" &
  command=$!
  lock_heartbeat "$id" "$holder" "$command" "$$" "$LEASE_SENT" &
  heartbeat=$!
  wait "$command" || code=$?
  if [[ -e "$NODE_RUN/lock-lost.$command" ]]; then
    rm -f "$NODE_RUN/lock-lost.$command"
    wait "$heartbeat" || true
    return 76
  fi
  kill "$heartbeat" 2>/dev/null || true
  wait "$heartbeat" 2>/dev/null || true
  retry 3 2 lease_release "$id" "$holder" || log lock "$id was not given back: it lapses by itself"
  return "$code"
}

# ------------------------------------------------------------------ one-shot container

# Files that every container of this release needs: its settings, the secrets, the database's CA, our own helpers.
# Secrets and SSH host keys are mounted one by one, since the image keeps other things in /etc/gitlab.
# container_files GITLAB_RB: sets CONTAINER_FILES.
container_files() {
  local key
  CONTAINER_FILES=(
    -v "$1:/etc/gitlab/gitlab.rb:ro"
    -v "$SECRETS_DIR/gitlab-secrets.json:/etc/gitlab/gitlab-secrets.json:ro"
    -v "$SECRETS_DIR/container:/etc/gitlab-secrets:ro"
    -v "$NODE_OPT/container:/opt/gitlab-node:ro"
  )
  for key in rsa ecdsa ed25519; do
    CONTAINER_FILES+=(-v "$SECRETS_DIR/ssh_host_${key}_key:/etc/gitlab/ssh_host_${key}_key:ro"
      -v "$SECRETS_DIR/ssh_host_${key}_key.pub:/etc/gitlab/ssh_host_${key}_key.pub:ro")
  done
  if [[ "$OBJECTS_KIND" == efs && "$NODE_ROLE" != gitaly ]]; then
    CONTAINER_FILES+=(-v "$ROOT/mnt/gitlab-shared:/var/opt/gitlab/gitlab-rails/shared")
  fi
}

# console_start NAME [DOCKER ARGUMENTS…]: a container of this release in which Rails is configured and none of its
# services runs, for rake tasks and backups. Ready when it returns. Fails when its configuration fails.
console_start() {
  local name="$1" attempt
  shift
  console_stop "$name"
  container_files "$NODE_ETC/gitlab-console.rb"
  # The image evaluates this after reconfigure has ended well.
  # Source: https://gitlab.com/gitlab-org/omnibus-gitlab/-/blob/master/docker/assets/init-container
  docker run -d --name "$name" --label gitlab-node=console --shm-size 256m --log-driver journald \
    -e GITLAB_DISABLE_OPENSSH=true -e GITLAB_SKIP_TAIL_LOGS=true -e GITLAB_SKIP_PG_UPGRADE=true \
    -e 'GITLAB_POST_RECONFIGURE_SCRIPT=touch /run/gitlab-configured' \
    "${CONTAINER_FILES[@]}" "$@" "$IMAGE" >/dev/null || return $?
  for ((attempt = 0; attempt < 180; attempt++)); do
    if docker exec "$name" test -e /run/gitlab-configured >/dev/null 2>&1; then return 0; fi
    if [[ "$(docker inspect -f '{{.State.Running}}' "$name" 2>/dev/null)" != true ]]; then
      log console "$name ended while it was being configured"
      return 1
    fi
    sleep 5
  done
  log console "$name was not configured within 15 minutes"
  return 1
}

# console_stop NAME: removes it, and what it left.
console_stop() {
  docker rm -f -v "$1" >/dev/null 2>&1 || true
}
