#!/bin/bash
# The host below GitLab: its own sshd on another port, port 22 for Git, updates of the system and never of GitLab.
SCRIPT=host
# shellcheck source=components/node-files/templates/lib.sh
. "${NODE_ROOT:-}/opt/gitlab-node/lib.sh"
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

missing=()
for name in nftables unattended-upgrades curl gnupg; do
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || missing+=("$name")
done
if ((${#missing[@]} > 0)); then
  log packages "installing ${missing[*]}"
  retry 8 5 timeout 600 apt-get -q update >&2
  retry 5 10 timeout 900 apt-get -q -y -o DPkg::Lock::Timeout=600 --no-install-recommends install "${missing[@]}" >&2
fi

# A broken configuration would lock everybody out at the next start.
mkdir -p "$ROOT/run/sshd"
sshd -t
# From 22.10 on systemd listens for sshd, on the ports that a generator reads from sshd's own configuration.
# Source: https://discourse.ubuntu.com/t/sshd-now-uses-socket-based-activation-ubuntu-22-10-and-later/30189
port="$(sha256sum <"$ROOT/etc/ssh/sshd_config.d/10-gitlab-node.conf")"
if [[ ! -s "$NODE_RUN/sshd-port" || "$(<"$NODE_RUN/sshd-port")" != "$port" ]]; then
  log sshd "to port $HOST_SSH_PORT"
  systemctl daemon-reload
  if systemctl is-enabled --quiet ssh.socket 2>/dev/null; then
    # A daemon that runs holds the old port, and keeps the socket from coming back. Whoever is logged in stays so.
    systemctl stop ssh.service
    systemctl restart ssh.socket
  else
    systemctl restart ssh.service
  fi
  printf '%s\n' "$port" >"$NODE_RUN/sshd-port"
fi

log redirect "port 22 to $GIT_SSH_PORT"
systemctl daemon-reload
systemctl enable gitlab-ssh-redirect.service >&2
# Not start: after a change the rules are loaded anew, at once and as a whole.
systemctl restart gitlab-ssh-redirect.service

systemctl enable --now unattended-upgrades.service >&2
