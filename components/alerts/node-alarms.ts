import { type AlarmRule, type Metric } from "./rules";

/** Where machines put what they measure and count (components/node-files/templates/lib.sh). */
export const nodeNamespace = "GitLab/Nodes";

/** Something that a machine counts when it goes wrong, by its metric. */
interface NodeEvent {
  readonly metric: string;
  readonly summary: string;
  readonly severity: "page" | "ticket";
  readonly runbook: string;
  /** Roles that can count it. */
  readonly roles: (role: string) => boolean;
}

const anybody = (): boolean => true;
const runsRails = (role: string): boolean => role === "application" || role === "single";
const writesGit = (role: string): boolean => role === "gitaly" || role === "single";
/** Machines that are always there; backup machines come and go. */
const stays = (role: string): boolean => role !== "backup";

/** Every event that a machine's scripts count. */
export const nodeEvents: readonly NodeEvent[] = [
  {
    metric: "BootFailure",
    summary: "A machine failed to boot into its role.",
    severity: "page",
    runbook: "boot-failure",
    roles: anybody,
  },
  {
    metric: "UpgradeRefused",
    summary: "A machine does not start GitLab, since this version may not follow the deployed one.",
    severity: "page",
    runbook: "upgrade-refused",
    roles: anybody,
  },
  {
    metric: "MigrationFailure",
    summary: "The database migrations of the new version failed.",
    severity: "page",
    runbook: "migration-failure",
    roles: runsRails,
  },
  {
    metric: "BackgroundMigrationFailure",
    summary: "Background migrations failed: the next version will be refused until they are done.",
    severity: "ticket",
    runbook: "migration-failure",
    roles: runsRails,
  },
  {
    metric: "LeaseLost",
    summary: "A machine lost the Gitaly lease and stopped writing Git data.",
    severity: "page",
    runbook: "lease-lost",
    roles: writesGit,
  },
  {
    metric: "BackupFailure",
    summary: "A step of the nightly backup failed.",
    severity: "page",
    runbook: "nightly-backup-failed",
    roles: (role) => role === "backup",
  },
  {
    metric: "RunnerTokenFailure",
    summary: "A runner's token could not be issued: its manager waits.",
    severity: "ticket",
    runbook: "token-not-issued",
    roles: runsRails,
  },
  {
    metric: "UpkeepFailure",
    summary: "What is left to do after an upgrade (versions recorded, late migrations) failed.",
    severity: "ticket",
    runbook: "upkeep-failure",
    roles: stays,
  },
  {
    metric: "PresenceFailure",
    summary: "A machine can't say that it is there: upgrades wait for it.",
    severity: "ticket",
    runbook: "upkeep-failure",
    roles: stays,
  },
];

/**
 * Alarms on what machines report of themselves.
 * @param environment the dimension that all of their metrics have
 * @param roles roles of machines, as they name themselves
 */
export function nodeAlarms(environment: string, roles: readonly string[]): readonly AlarmRule[] {
  const metric = (name: string, role: string, statistic: "Maximum" | "Sum"): Metric => ({
    namespace: nodeNamespace,
    name,
    dimensions: { Environment: environment, Role: role },
    statistic,
  });
  const levels = roles.flatMap((role): AlarmRule[] => [
    {
      name: `${role}-disk`,
      summary: stays(role)
        ? `The root disk of a machine (${role}) is over 85 % full, or none reports.`
        : `The root disk of a machine (${role}) is over 85 % full.`,
      severity: "page",
      runbook: "disk-filling",
      metrics: [metric("DiskUsedPercent", role, "Maximum")],
      comparison: ">",
      threshold: 85,
      periodSeconds: 300,
      periods: 3,
      missing: stays(role) ? "breaching" : "notBreaching",
    },
    {
      name: `${role}-memory`,
      summary: `A machine (${role}) has had under 5 % of its memory left for half an hour.`,
      severity: "ticket",
      runbook: "node-memory",
      metrics: [metric("MemoryUsedPercent", role, "Maximum")],
      comparison: ">",
      threshold: 95,
      periodSeconds: 300,
      periods: 6,
      missing: "notBreaching",
    },
    ...(writesGit(role)
      ? [
          {
            name: `${role}-git-data`,
            summary: "The volume with Git data is over 80 % full.",
            severity: "page",
            runbook: "disk-filling",
            // EFS has no end and reports 0.
            metrics: [metric("GitDataUsedPercent", role, "Maximum")],
            comparison: ">",
            threshold: 80,
            periodSeconds: 300,
            periods: 3,
            missing: "notBreaching",
          } satisfies AlarmRule,
        ]
      : []),
  ]);
  const events = nodeEvents.flatMap((event): AlarmRule[] => {
    const metrics = roles
      .filter((role) => event.roles(role))
      .map((role) => metric(event.metric, role, "Sum"));
    const [first, ...others] = metrics;
    if (first === undefined) return [];
    return [
      {
        name: kebab(event.metric),
        summary: event.summary,
        severity: event.severity,
        runbook: event.runbook,
        metrics: [first, ...others],
        // Each role counts by itself, and hardly ever at all.
        expression:
          others.length === 0
            ? undefined
            : metrics.map((_, index) => `FILL(m${index}, 0)`).join(" + "),
        comparison: ">=",
        threshold: 1,
        periodSeconds: 300,
        periods: 1,
        missing: "notBreaching",
      },
    ];
  });
  return [...levels, ...events];
}

/** `BootFailure` to `boot-failure`. */
function kebab(name: string): string {
  return name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
