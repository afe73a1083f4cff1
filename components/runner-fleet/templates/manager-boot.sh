#!/bin/bash
# Brings a runner manager from a bare image to its duty. Runs at first boot by the loader and at every later boot by
# gitlab-node.service; each step may be repeated.
SCRIPT=boot
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

log start "$NODE_ROLE of $NODE_ENVIRONMENT, GitLab Runner $RUNNER_VERSION"
mkdir -p "$ROOT/var/log/gitlab-node"
systemctl daemon-reload
systemctl enable gitlab-node.service >/dev/null
# First of all: a manager that fails below must be seen to be down.
systemctl enable --now gitlab-pulse.timer >/dev/null

# What this machine's cloud wants of it first, and secrets that the runner reads as files: not on every cloud.
for step in prepare-aws credentials; do
  if [[ -x "$NODE_OPT/$step" ]]; then "$NODE_OPT/$step"; fi
done

"$NODE_OPT/install"
"$NODE_OPT/token"

log runner "start"
systemctl enable gitlab-runner.service >/dev/null
# Not start: after a reboot or a new token it must read its environment anew.
systemctl restart gitlab-runner.service
log "done" "in service"
