#!/bin/bash
# Brings a runner manager from a bare Amazon Linux 2023 to its duty. Runs at first boot by the loader and at every later
# boot by gitlab-node.service; each step may be repeated.
SCRIPT=boot
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

log start "$NODE_ROLE of $NODE_ENVIRONMENT, GitLab Runner $RUNNER_VERSION"
mkdir -p "$ROOT/var/log/gitlab-node"
systemctl daemon-reload
systemctl enable gitlab-node.service >/dev/null
# First of all: a manager that fails below must be seen to be down.
systemctl enable --now gitlab-pulse.timer >/dev/null

# Logs are worth much, but not the service: a manager without its log agent still serves.
if ensure_packages amazon-cloudwatch-agent; then
  systemctl enable --now amazon-cloudwatch-agent.service >/dev/null || alarm "$ALARM_EVENT" "the log agent did not start"
else
  alarm "$ALARM_EVENT" "the log agent could not be installed"
fi

# People reach the host by Session Manager; nobody comes by SSH.
systemctl disable --now sshd.service >/dev/null 2>&1 || true

"$NODE_OPT/install"
"$NODE_OPT/token"

log runner "start"
systemctl enable gitlab-runner.service >/dev/null
# Not start: after a reboot or a new token it must read its environment anew.
systemctl restart gitlab-runner.service
log "done" "in service"
