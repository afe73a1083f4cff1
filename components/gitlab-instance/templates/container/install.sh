#!/bin/bash
# Runs inside GitLab's container: schema, first rows and the administrator, whose password comes from its file.
set -euo pipefail
GITLAB_ROOT_PASSWORD="$(</etc/gitlab-secrets/initial-root-password)"
export GITLAB_ROOT_PASSWORD
exec gitlab-rake gitlab:db:configure
