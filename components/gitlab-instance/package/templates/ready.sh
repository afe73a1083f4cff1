#!/bin/bash
# ready: whether GitLab serves, with its database, Redis and Gitaly. Asked through its own NGINX on this machine, which
# alone may see the page; how its certificate fares is measured elsewhere.
# Source: https://docs.gitlab.com/administration/monitoring/health_check/
SCRIPT=ready
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
trap - ERR
exec curl -fsSk -m 30 -o /dev/null --noproxy '*' --resolve "$WEB_HOST:443:127.0.0.1" "https://$WEB_HOST/-/readiness?all=1"
