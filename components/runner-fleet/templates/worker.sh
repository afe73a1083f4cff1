#!/bin/bash
# The whole of a worker's user data: Docker, and the user that the manager comes as in its group. It holds no secret,
# and the machine has no identity. The manager waits for cloud-init to end before it sends a job.
set -Eeuo pipefail

install_docker() {
  local attempt
  for ((attempt = 1; attempt <= 8; attempt++)); do
    if @install@; then return 0; fi
    printf 'installing docker: attempt %s of 8 failed\n' "$attempt" >&2
    sleep $((attempt * 5))
  done
  return 1
}

install_docker
usermod --append --groups docker @user@
systemctl enable --now docker.service
docker info >/dev/null
