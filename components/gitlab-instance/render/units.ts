import type { NodeFacts } from "../contract";

/**
 * Seconds that stopping Gitaly for good may take once its lease is given up: `lease.sh` bounds each of its three steps
 * by five seconds and a one-second grace, and the machine's clocks are read in whole seconds.
 */
export const fenceSeconds = 20;

/**
 * Proves that the lease's times leave room: renewals get several tries before the end, and the end comes so early that
 * Gitaly is stopped before anybody else may take over.
 * @throws naming the time that does not fit.
 */
export function checkLease(lease: NodeFacts["lease"]): void {
  const { durationSeconds, renewSeconds, stopAfterSeconds } = lease;
  for (const [name, value] of Object.entries(lease))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`lease.${name}: found ${value}, want whole seconds, at least 1`);
  if (stopAfterSeconds < 4 * renewSeconds)
    throw new Error(
      `lease.stopAfterSeconds: found ${stopAfterSeconds}, want at least four times renewSeconds (${4 * renewSeconds})`,
    );
  // The watchdog counts from the end of a renewal, which may be one renewal's time after its beginning.
  const least = stopAfterSeconds + renewSeconds + fenceSeconds;
  if (durationSeconds < least)
    throw new Error(
      `lease.durationSeconds: found ${durationSeconds}, want at least stopAfterSeconds, renewSeconds and ${fenceSeconds} s to stop Gitaly (${least})`,
    );
}

const log = `StandardOutput=append:/var/log/gitlab-node/node.log
StandardError=append:/var/log/gitlab-node/node.log`;

const online = `Wants=network-online.target docker.service
After=network-online.target docker.service`;

/** At every boot but the first, which is the loader's. */
export function bootUnit(): string {
  return `[Unit]
Description=Bring this machine to its duty
${online}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/opt/gitlab-node/boot
Restart=on-failure
RestartSec=60
${log}

[Install]
WantedBy=multi-user.target
`;
}

/**
 * GitLab's container. On a machine that writes Git data it is bound to the lease: when the lease's unit ends, however
 * that comes about, systemd stops this one (systemd.unit: BindsTo= with After=).
 */
export function gitlabUnit({ role }: Pick<NodeFacts, "role">): string {
  const writesGit = role !== "application";
  return `[Unit]
Description=GitLab
${online}
${writesGit ? "BindsTo=gitlab-lease.service\nAfter=gitlab-lease.service\n" : ""}StartLimitIntervalSec=0

[Service]
Type=exec
ExecStartPre=/opt/gitlab-node/mounts ensure
ExecStartPre=/opt/gitlab-node/gate
ExecStart=/opt/gitlab-node/gitlab run
ExecStop=/opt/gitlab-node/gitlab stop
TimeoutStartSec=infinity
TimeoutStopSec=180
Restart=always
RestartSec=10
${log}
`;
}

/**
 * The Gitaly lease. A holder that hangs is killed by the watchdog before its lease can lapse: it pings after each
 * renewal, which began at most one renewal's time before; `fence` runs after every end (systemd.service: ExecStopPost=).
 */
export function leaseUnit({ lease }: Pick<NodeFacts, "lease">): string {
  return `[Unit]
Description=The right to write Git data
${online}
Wants=gitlab.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=/opt/gitlab-node/lease hold
ExecStopPost=/opt/gitlab-node/lease fence
KillMode=mixed
WatchdogSec=${lease.stopAfterSeconds}
WatchdogSignal=SIGKILL
TimeoutStartSec=infinity
TimeoutStopSec=60
Restart=always
RestartSec=5
${log}
`;
}

/** A duty that a timer starts. */
export function dutyUnit(description: string, script: string): string {
  return `[Unit]
Description=${description}

[Service]
Type=oneshot
ExecStart=${script}
${log}
`;
}

/** Starts the service of the same name so many seconds after it has ended. */
export function timerUnit(description: string, seconds: number): string {
  return `[Unit]
Description=${description}

[Timer]
OnActiveSec=${seconds}
OnUnitInactiveSec=${seconds}
AccuracySec=5

[Install]
WantedBy=timers.target
`;
}

/**
 * What the log agent ships: the scripts' log and cloud-init's. GitLab's own goes from Docker to CloudWatch.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
 */
export function logAgentConfig({
  logGroup,
  region,
}: Pick<NodeFacts, "logGroup" | "region">): string {
  const file = (path: string, stream: string) => ({
    file_path: path,
    log_group_name: logGroup,
    log_stream_name: `{instance_id}/${stream}`,
    timezone: "UTC",
  });
  const config = {
    agent: { region },
    logs: {
      logs_collected: {
        files: {
          collect_list: [
            file("/var/log/gitlab-node/node.log", "node"),
            file("/var/log/cloud-init-output.log", "first-boot"),
          ],
        },
      },
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
