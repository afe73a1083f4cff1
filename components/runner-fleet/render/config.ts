import { createRequire } from "node:module";
import type { parse as Parse, stringify as Stringify } from "smol-toml" with {
  "resolution-mode": "import",
};
import type { ManagerCloud, ManagerFacts } from "../files";

// The package has a CommonJS build, but types for its other build alone: an import is refused by the compiler.
const { parse, stringify } = createRequire(__filename)("smol-toml") as {
  readonly parse: typeof Parse;
  readonly stringify: typeof Stringify;
};

/** Where a manager's own state lies: the runner's system id and which worker it has taken. */
export const stateFolder = "/var/lib/gitlab-runner";

/** Where cached files lie in the cache bucket. */
export const cachePrefix = "cache";

/**
 * Run on each new worker before it gets a job; a worker on which it fails is thrown away. cloud-init installs Docker,
 * and ends with 2 where it had something to warn of. `sudo -u` reads the groups anew: the session that runs this may
 * be older than the user's membership in the group `docker`.
 */
export function readyCommand(user: string): string {
  return `sudo cloud-init status --wait >/dev/null || test $? -eq 2; sudo -u ${user} docker info >/dev/null`;
}

/** Go's form of a duration, as the runner reads it. */
const duration = /^(\d+h)?(\d+m)?(\d+s)?$/;

/**
 * `config.toml` of a manager: one runner with the docker-autoscaler executor over one group of workers.
 * It holds no token: the runner expands `$RUNNER_TOKEN` from its own environment.
 * Source of the keys: https://docs.gitlab.com/runner/configuration/advanced-configuration/ and
 * https://docs.gitlab.com/runner/executors/docker_autoscaler/
 * @throws if a number would mean "without limit", no period is given, or a duration is none.
 */
export function renderRunnerConfig(facts: ManagerFacts, cloud: ManagerCloud): string {
  const { fleet, release } = facts;
  for (const [name, value] of Object.entries({
    maxWorkers: fleet.maxWorkers,
    jobsPerWorker: fleet.jobsPerWorker,
    maxUses: fleet.maxUses,
  }))
    // The runner takes 0 for "unlimited".
    if (!Number.isInteger(value) || value < 1)
      throw new Error(
        `${name} of fleet ${fleet.name}: found ${value}, want a whole number above 0`,
      );
  if (fleet.periods.length === 0)
    throw new Error(`fleet ${fleet.name} has no scale period: no worker would ever start`);
  for (const { idleTime } of fleet.periods)
    if (idleTime === "" || !duration.test(idleTime))
      throw new Error(`idleTime of fleet ${fleet.name}: found ${idleTime}, want e.g. 20m0s`);
  const jobs = fleet.maxWorkers * fleet.jobsPerWorker;
  return stringify({
    concurrent: jobs,
    check_interval: 3,
    log_level: "info",
    log_format: "json",
    listen_address: "127.0.0.1:9252",
    shutdown_timeout: 60,
    runners: [
      {
        name: fleet.name,
        url: facts.gitlabUrl,
        token: "$RUNNER_TOKEN",
        executor: "docker-autoscaler",
        limit: jobs,
        // One waiting request a job slot would be a flood; one for all would start jobs one after the other.
        request_concurrency: Math.min(jobs, 10),
        cache: { ...cloud.cache, Path: cachePrefix, Shared: false },
        docker: {
          image: fleet.defaultImage,
          privileged: fleet.privileged,
          // Workers are used more than once: what one job pulled is not to be had by the next without its own rights.
          pull_policy: ["always"],
          volumes: ["/cache"],
        },
        autoscaler: {
          plugin: `${cloud.plugin.name}:${release.pluginVersion}`,
          capacity_per_instance: fleet.jobsPerWorker,
          max_use_count: fleet.maxUses,
          max_instances: fleet.maxWorkers,
          instance_ready_command: readyCommand(cloud.workerUser),
          instance_acquire_timeout: "15m0s",
          // A manager that is replaced leaves its workers to finish what its successor then throws away.
          delete_instances_on_shutdown: false,
          scale_throttle: { limit: 10, burst: 10 },
          // Without it, every restart of the manager would delete all workers with their jobs.
          state_storage: { enabled: true, dir: `${stateFolder}/state` },
          plugin_config: { ...cloud.plugin.config },
          connector_config: {
            os: "linux",
            arch: "amd64",
            protocol: "ssh",
            username: cloud.workerUser,
            ...(cloud.workerKey === undefined
              ? {}
              : { key_path: cloud.workerKey, use_static_credentials: true }),
            use_external_addr: false,
            keepalive: "30s",
            timeout: "10m0s",
          },
          policy: fleet.periods.map(({ periods, timezone, idleCount, idleTime }) => ({
            periods: [...periods],
            timezone,
            idle_count: idleCount,
            idle_time: idleTime,
          })),
        },
      },
    ],
  });
}

/** The text as TOML, for whoever must look into it. */
export function parseRunnerConfig(text: string): Record<string, unknown> {
  return parse(text);
}
