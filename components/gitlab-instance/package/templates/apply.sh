#!/bin/bash
# Brings this machine to what its files say. The loader runs it: at each boot, and when the files have changed.
SCRIPT=apply
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

log start "$NODE_ENVIRONMENT"
