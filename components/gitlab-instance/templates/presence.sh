#!/bin/bash
# Says each half minute that this node is here and which version runs on it, and how full the machine is.
SCRIPT=presence
# A single missed heartbeat is no failed boot.
ALARM_EVENT=PresenceFailure
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

percent="$(df --output=pcent "$ROOT/" | tail -n 1 | tr -dc 0-9)"
metric DiskUsedPercent "$percent" Percent
if [[ "$NODE_ROLE" =~ ^(gitaly|single)$ ]] && "$NODE_OPT/mounts" check 2>/dev/null; then
  # EFS has no size; its percentage is of 8 EiB and stays 0.
  percent="$(df --output=pcent "$ROOT/mnt/git-data" | tail -n 1 | tr -dc 0-9)"
  metric GitDataUsedPercent "${percent:-0}" Percent
fi
while read -r name value _; do
  case "$name" in
    MemTotal:) total="$value" ;;
    MemAvailable:) metric MemoryUsedPercent "$((100 - value * 100 / total))" Percent ;;
  esac
done <"$ROOT/proc/meminfo"

# Only what really runs is recorded: a node that waits must not count as one of the new version.
if [[ "$(docker inspect -f '{{.State.Running}}' gitlab 2>/dev/null)" == true ]]; then
  id="$(instance_id)"
  # DynamoDB deletes the item some time after expiresAt. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
  retry 3 2 ddb 15 put-item --item "{\"id\":{\"S\":\"node/$id\"},\"version\":{\"S\":\"$GITLAB_VERSION\"},\"role\":{\"S\":\"$NODE_ROLE\"},\"expiresAt\":{\"N\":\"$(($(date +%s) + 86400))\"}}"
fi
