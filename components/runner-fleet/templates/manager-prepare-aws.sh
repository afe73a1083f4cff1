#!/bin/bash
# What a manager on Amazon Linux 2023 has beside.
SCRIPT=prepare
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

# Logs are worth much, but not the service: a manager without its log agent still serves.
if ensure_packages amazon-cloudwatch-agent; then
  systemctl enable --now amazon-cloudwatch-agent.service >/dev/null || alarm "$ALARM_EVENT" "the log agent did not start"
else
  alarm "$ALARM_EVENT" "the log agent could not be installed"
fi

# People reach the host by Session Manager; nobody comes by SSH.
systemctl disable --now sshd.service >/dev/null 2>&1 || true
