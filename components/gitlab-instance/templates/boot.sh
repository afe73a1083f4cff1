#!/bin/bash
# Brings this machine from a bare Amazon Linux 2023 to its duty. Runs at first boot by the loader and at every later
# boot by gitlab-node.service; each step may be repeated.
SCRIPT=boot
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

# A launch hook that is not completed keeps a failed node for two hours; one that is abandoned brings the next at once.
hook() {
  [[ -n "$LAUNCH_HOOK" ]] || return 0
  local out code=0
  out="$(timeout 60 aws autoscaling complete-lifecycle-action --lifecycle-hook-name "$LAUNCH_HOOK" \
    --auto-scaling-group-name "$APPLICATION_GROUP" --instance-id "$(instance_id)" \
    --lifecycle-action-result "$1" 2>&1)" || code=$?
  # A node that has been in service before has no open hook.
  if ((code != 0)) && [[ "$out" != *"No active Lifecycle Action found"* ]]; then
    log hook "$1 was not taken: $out"
    return 1
  fi
}

still_starting() {
  [[ -n "$LAUNCH_HOOK" ]] || return 0
  timeout 60 aws autoscaling record-lifecycle-action-heartbeat --lifecycle-hook-name "$LAUNCH_HOOK" \
    --auto-scaling-group-name "$APPLICATION_GROUP" --instance-id "$(instance_id)" >/dev/null 2>&1 || true
}

on_exit() {
  local code=$?
  ((code == 0)) || hook ABANDON || true
}
trap on_exit EXIT

log start "$NODE_ROLE node of $NODE_ENVIRONMENT, GitLab $GITLAB_VERSION"

log units "this boot runs again after a reboot"
mkdir -p "$ROOT/var/log/gitlab-node"
systemctl daemon-reload
systemctl enable gitlab-node.service >/dev/null

packages=(docker)
if [[ "$GIT_STORAGE_KIND" == efs && "$NODE_ROLE" =~ ^(gitaly|single)$ ]] ||
  [[ "$OBJECTS_KIND" == efs && "$NODE_ROLE" != gitaly ]]; then packages+=(amazon-efs-utils); fi
log packages "${packages[*]} amazon-cloudwatch-agent"
ensure_packages "${packages[@]}"
# Logs are worth much, but not the service: a node without its log agent still serves.
if ensure_packages amazon-cloudwatch-agent; then
  systemctl enable --now amazon-cloudwatch-agent.service >/dev/null || alarm "$ALARM_EVENT" "the log agent did not start"
else
  alarm "$ALARM_EVENT" "the log agent could not be installed"
fi

if [[ "$NODE_ROLE" =~ ^(application|single)$ ]]; then
  # Port 22 is GitLab's; people reach the host by Session Manager.
  log sshd "off"
  systemctl disable --now sshd.service >/dev/null 2>&1 || true
fi

log docker "start"
systemctl enable --now docker.service >/dev/null
retry 10 2 docker info >/dev/null

# By assignment: a substitution that fails within an argument ends nothing.
identity="$(instance_id)"
log identity "$identity"

log image "$IMAGE"
ensure_image

log secrets "fetch"
"$NODE_OPT/secrets" ensure

if [[ "$NODE_ROLE" == backup ]]; then
  "$NODE_OPT/mounts" ensure
  log backup "start"
  trap - EXIT
  exec "$NODE_OPT/backup"
fi

log duty "start"
# Timers first: a node that waits for its turn must be seen, and Gitaly's readiness is recorded by one of them.
systemctl enable --now gitlab-presence.timer gitlab-upkeep.timer >/dev/null
case "$NODE_ROLE" in
  gitaly | single) systemctl start --no-block gitlab-lease.service ;;
  application) systemctl start --no-block gitlab.service ;;
  *) die "no such role: $NODE_ROLE" ;;
esac

# Waits as long as the version gate or the lease says so: they raise the alarm themselves, and once they let GitLab
# start it goes on by itself.
heartbeat="$(now)"
while ! "$NODE_OPT/gitlab" ready; do
  if (($(now) - heartbeat >= 600)); then
    heartbeat="$(now)"
    log waiting "GitLab does not answer yet"
    still_starting
  fi
  sleep 10
done
log ready "GitLab answers"
"$NODE_OPT/upkeep" || log upkeep "not all done yet: the timer goes on with it"
"$NODE_OPT/presence" || log presence "not recorded yet: the timer goes on with it"
retry 5 5 hook CONTINUE
log "done" "in service"
