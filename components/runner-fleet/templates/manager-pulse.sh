#!/bin/bash
# Once a minute: says that this manager does its duty. The alarm listens for silence. A manager that waits for its first
# token counts as well, for as long as `token` itself is patient.
SCRIPT=pulse
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

if systemctl is-active --quiet gitlab-runner.service || [[ -e "$NODE_RUN/token-awaited" ]]; then
  metric "$UP_METRIC" 1 Count
else
  metric "$UP_METRIC" 0 Count
fi
