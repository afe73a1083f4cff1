#!/bin/bash
# gitlab run: the container, in the foreground (gitlab.service). gitlab stop. gitlab ready: whether it does its duty.
SCRIPT=gitlab
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

run() {
  local arguments=()
  "$NODE_OPT/mounts" check
  container_files "$NODE_ETC/gitlab.rb"
  case "$NODE_ROLE" in
    application) arguments=(-p 80:80 -p 22:22 -p 5050:5050 -p 8080:8181) ;;
    gitaly) arguments=(-p 8075:8075 -p 9236:9236) ;;
    single) arguments=(-p 80:80 -p 22:22 -p 5050:5050 -p 8080:8181 -p 8075:8075 -p 9236:9236) ;;
    *) die "no container for a $NODE_ROLE node" ;;
  esac
  if [[ "$NODE_ROLE" != application ]]; then
    # Its own name points to itself: the load balancer does not send a machine's connection back to it.
    arguments+=(-v "$ROOT/mnt/git-data:/var/opt/gitlab/git-data" --add-host "$GITALY_HOST:127.0.0.1")
  fi
  if [[ "$NODE_ROLE" == gitaly ]]; then arguments+=(-e GITLAB_DISABLE_OPENSSH=true); fi
  docker rm -f -v gitlab >/dev/null 2>&1 || true
  log run "$IMAGE"
  # Logs leave the machine without holding GitLab up when they cannot.
  # Source: https://docs.docker.com/engine/logging/drivers/awslogs/
  exec docker run --rm --name gitlab --hostname "$(instance_id)" --label gitlab-node=service --shm-size 256m \
    --stop-timeout 120 -e GITLAB_SKIP_PG_UPGRADE=true \
    --log-driver awslogs --log-opt "awslogs-region=$AWS_REGION" --log-opt "awslogs-group=$LOG_GROUP" \
    --log-opt "awslogs-stream=$(instance_id)/gitlab" --log-opt mode=non-blocking --log-opt max-buffer-size=16m \
    "${CONTAINER_FILES[@]}" "${arguments[@]}" "$IMAGE"
}

# Asked from inside: only there the health pages are open to everybody, and the port is the service's own.
ready() {
  [[ "$(docker inspect -f '{{.State.Running}}' gitlab 2>/dev/null)" == true ]] || return 1
  if [[ "$NODE_ROLE" != application ]]; then
    timeout 15 docker exec gitlab gitlab-ctl status gitaly >/dev/null 2>&1 || return 1
    timeout 15 docker exec gitlab bash -c 'exec 3<>/dev/tcp/127.0.0.1/8075' >/dev/null 2>&1 || return 1
  fi
  if [[ "$NODE_ROLE" != gitaly ]]; then
    timeout 30 docker exec gitlab /opt/gitlab/embedded/bin/curl -fsS -m 20 -o /dev/null \
      http://127.0.0.1/-/readiness >/dev/null 2>&1 || return 1
  fi
}

case "${1:-}" in
  run) run ;;
  stop) timeout 150 docker stop gitlab >/dev/null 2>&1 || true ;;
  ready) ready || exit 1 ;;
  *) die "usage: gitlab run|stop|ready" ;;
esac
