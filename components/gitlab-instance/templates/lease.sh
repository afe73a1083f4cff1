#!/bin/bash
# lease hold: waits for the Gitaly lease and renews it (gitlab-lease.service). lease fence: makes sure that nothing on
# this machine writes Git data any more; systemd runs it whenever `hold` has ended, however that came about.
#
# The times: others may take over LEASE_SECONDS after the last renewal that they can have seen. We count from before we
# sent it, give up after LEASE_STOP_SECONDS, and have the rest to stop.
SCRIPT=lease
ALARM_EVENT=LeaseLost
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"

LEASE=lease/gitaly
LOST_FILE="$NODE_RUN/lease-lost"
GIT_DIR="$ROOT/mnt/git-data"
# What can write Git data on this machine; the second runs on a single node while it migrates.
WRITERS=(gitlab gitlab-migrate)

# Ends every writer, then the mount: what a dead process has left in the page cache would still be sent when the network
# comes back. Each step has five seconds, all together less than the rest of the lease. A machine that cannot prove it
# restarts, at once and without syncing; no answer of Docker is no proof.
fence() {
  local writer names
  timeout -k 1 5 docker kill "${WRITERS[@]}" >/dev/null 2>&1 || true
  names="$(timeout -k 1 5 docker ps --format '{{.Names}}')" || reboot_now "Docker does not answer"
  for writer in "${WRITERS[@]}"; do
    if grep -Fxq "$writer" <<<"$names"; then reboot_now "$writer could not be ended"; fi
  done
  if findmnt -no FSTYPE --mountpoint "$GIT_DIR" >/dev/null 2>&1; then
    timeout -k 1 5 umount -f "$GIT_DIR" >/dev/null 2>&1 || reboot_now "$GIT_DIR could not be unmounted"
  fi
  log fence "nothing here writes Git data"
}

reboot_now() {
  log fence "$1: restarting the machine"
  systemctl reboot --force --force
  # Not reached on a machine.
  exit 1
}

# First the deed, then the word: a machine that is cut off cannot raise an alarm yet. The next `hold` does it.
give_up() {
  log lease "lost: $1"
  fence
  printf '%s' "$1" >"$LOST_FILE"
  exit 1
}

# Until somebody has heard it. Beside the wait for the lease, since nothing here waits for it.
tell_loss() {
  trap - ERR TERM
  while ! try_alarm LeaseLost "$(cat "$LOST_FILE"); Gitaly was stopped here"; do sleep 30; done
  rm -f "$LOST_FILE"
}

# A clean stop: systemd has stopped GitLab before us, since it is bound to us; the proof is asked for all the same.
stop() {
  trap - TERM ERR
  log lease "stopping"
  fence
  retry 3 1 lease_release "$LEASE" "$holder" || log lease "not given back: it lapses by itself"
  exit 0
}

hold() {
  local sent code last limit
  holder="$(new_holder)"
  # Before waiting: a writer that an earlier holder on this machine left behind is ended here.
  fence
  if [[ -s "$LOST_FILE" ]]; then tell_loss & fi
  log lease "waiting for $LEASE"
  lease_acquire "$LEASE" "$holder" "$LEASE_SECONDS" "$LEASE_RENEW_SECONDS" forever
  last="$LEASE_SENT"
  trap stop TERM
  # The time that taking it took is gone from the first term too.
  if (($(now) - last >= LEASE_STOP_SECONDS)); then give_up "taking the lease took too long"; fi
  log lease "ours"
  systemd-notify --ready
  while true; do
    # In the background, so that a stop does not wait for it.
    sleep "$LEASE_RENEW_SECONDS" &
    wait "$!" || true
    limit=$((LEASE_STOP_SECONDS - ($(now) - last)))
    if ((limit <= 0)); then give_up "the lease could not be renewed for $LEASE_STOP_SECONDS s"; fi
    sent="$(now)"
    code=0
    lease_renew "$LEASE" "$holder" "$((limit < LEASE_RENEW_SECONDS ? limit : LEASE_RENEW_SECONDS))" || code=$?
    if ((code == 0)); then
      last="$sent"
      systemd-notify WATCHDOG=1
    elif ((code == CONDITION_FAILED)); then
      give_up "somebody else holds the lease"
    fi
    if (($(now) - last >= LEASE_STOP_SECONDS)); then
      give_up "the lease could not be renewed for $LEASE_STOP_SECONDS s"
    fi
  done
}

case "${1:-}" in
  hold) hold ;;
  fence)
    fence
    # A holder that was killed has not said why. Source: systemd.exec, $SERVICE_RESULT.
    if [[ "${SERVICE_RESULT:-success}" != success && ! -s "$LOST_FILE" ]]; then
      printf 'the heartbeat ended by %s' "$SERVICE_RESULT" >"$LOST_FILE"
    fi
    ;;
  *) die "usage: lease hold|fence" ;;
esac
