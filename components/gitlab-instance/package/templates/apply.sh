#!/bin/bash
# Brings this machine to what its files say. The loader runs it at each boot and when the files have changed; every step
# may be repeated. 75: an upgrade is under way, the loader comes again in a few minutes.
SCRIPT=apply
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

code=0
with_local_lock machine 0 "$NODE_OPT/apply-run" || code=$?
if ((code == 75)); then
  log waiting "another program holds this machine's lock"
  exit 75
fi
# What the steps that belong to upgrades too have to say: see alarm in upkeep.sh.
if [[ -s "$NODE_RUN/upkeep-failures" ]]; then
  while read -r event reason; do
    alarm "$event" "$reason"
  done <"$NODE_RUN/upkeep-failures"
  rm -f "$NODE_RUN/upkeep-failures"
fi
((code == 0)) || { log FAILED "a step ended with $code, and has said why"; exit "$code"; }
