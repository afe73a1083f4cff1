import { timerUnit } from "../../render/units";
import type { NodeFile } from "../../../node-files/contract";
import type { DiskFacts, PackageMachineFacts } from "../contract";
import { gitSshPort } from "./places";

function unit(name: string, content: string): NodeFile {
  return { path: `/etc/systemd/system/${name}`, mode: "0644", content };
}

/**
 * Name of the unit that mounts a path: `/srv/gitlab-state` → `srv-gitlab\x2dstate.mount`
 * (https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#String%20Escaping%20for%20Inclusion%20in%20Unit%20Names).
 * @throws on a path that is not absolute and plain.
 */
export function mountUnitName(path: string): string {
  if (!/^(\/[a-z0-9][a-z0-9_.-]*)+$/.test(path))
    throw new Error(
      `mount point ${JSON.stringify(path)}: want an absolute path of plain characters`,
    );
  return `${path.slice(1).replaceAll("-", "\\x2d").replaceAll("/", "-")}.mount`;
}

/** By label, so that it holds for every name that a cloud gives to a device; `disks` proves which device it is. */
function diskUnit(disk: DiskFacts): NodeFile {
  return unit(
    mountUnitName(disk.mountPoint),
    `[Unit]
Description=Data disk ${disk.label}

[Mount]
What=/dev/disk/by-label/${disk.label}
Where=${disk.mountPoint}
Type=ext4
Options=noatime,nodev,nosuid

[Install]
WantedBy=multi-user.target
`,
  );
}

function bindUnit(what: string, where: string, state: string): NodeFile {
  return unit(
    mountUnitName(where),
    `[Unit]
Description=${where} on the state disk
RequiresMountsFor=${state}

[Mount]
What=${what}
Where=${where}
Type=none
Options=bind

[Install]
WantedBy=multi-user.target
`,
  );
}

function service(description: string, program: string, more = ""): string {
  return `[Unit]
Description=${description}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=${program}
${more}`;
}

/** All units of a machine with the Linux package, but those of its upkeep. */
export function machineUnits(facts: PackageMachineFacts): NodeFile[] {
  const { repositories, state } = facts;
  const mounts = [repositories.mountPoint, state.mountPoint, "/etc/gitlab", "/var/opt/gitlab"];
  return [
    diskUnit(repositories),
    diskUnit(state),
    bindUnit(`${state.mountPoint}/etc-gitlab`, "/etc/gitlab", state.mountPoint),
    bindUnit(`${state.mountPoint}/var-opt-gitlab`, "/var/opt/gitlab", state.mountPoint),
    // The package's own unit, which starts all of GitLab's services at boot: not without disks and secrets.
    unit(
      "gitlab-runsvdir.service.d/10-gitlab-node.conf",
      `[Unit]
RequiresMountsFor=${mounts.join(" ")}
Wants=gitlab-secrets.service
After=gitlab-secrets.service

[Service]
ExecStartPre=/opt/gitlab-node/guard
RestartSec=30
`,
    ),
    unit(
      "gitlab-secrets.service",
      `${service("This machine's secrets", "/opt/gitlab-node/secrets", "RemainAfterExit=yes\n")}
[Install]
WantedBy=multi-user.target
`,
    ),
    unit(
      "gitlab-ssh-redirect.service",
      `[Unit]
Description=Port 22 to GitLab's SSH server
# That one empties the tables when it starts.
After=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/gitlab-node/ssh-redirect.nft

[Install]
WantedBy=multi-user.target
`,
    ),
    unit("gitlab-pulse.service", service("How this machine fares", "/opt/gitlab-node/pulse")),
    unit("gitlab-pulse.timer", timerUnit("How this machine fares", 300)),
    unit(
      "gitlab-role.service",
      service("Role settings of this GitLab", "/opt/gitlab-node/role daily"),
    ),
    unit("gitlab-role.timer", timerUnit("Role settings of this GitLab", 86400)),
  ];
}

/**
 * Port 22 of this machine, from outside and from itself, over IPv4 and IPv6, to GitLab's SSH server. Loaded as one
 * transaction: the table is made so that it can be deleted, and made anew.
 * Source: https://wiki.nftables.org/wiki-nftables/index.php/Performing_Network_Address_Translation_(NAT)#Redirect
 */
export function sshRedirect(): string {
  const rule = `fib daddr type local tcp dport 22 redirect to :${gitSshPort}`;
  return `table inet gitlab_ssh
delete table inet gitlab_ssh
table inet gitlab_ssh {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    ${rule}
  }
  chain output {
    type nat hook output priority -100; policy accept;
    ${rule}
  }
}
`;
}
