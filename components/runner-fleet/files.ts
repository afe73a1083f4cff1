import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderEnvironment } from "../gitlab-instance/render/node-env";
import type { NodeFile } from "../node-files/contract";
import { libraryFiles, type LibraryCloud } from "../node-files/library";
import type { RunnerRelease } from "./args";
import type { FleetSettings } from "./contract";
import { renderRunnerConfig } from "./render/config";

/** What a runner manager knows at boot on every cloud, in plain data and with no secret. */
export interface ManagerFacts {
  readonly environment: string;
  readonly gitlabUrl: string;
  readonly fleet: FleetSettings;
  readonly release: RunnerRelease;
}

/** What a cloud puts into a manager's files. */
export interface ManagerCloud {
  readonly library: LibraryCloud;
  /** For `node.env`: what the cloud's part of the library wants to know. */
  readonly environment: Readonly<Record<string, string>>;
  /** The token's place in the secret store, as the library's `secret_get` takes it. */
  readonly tokenSecret: string;
  /** Names of the manager's metrics, in the words that the cloud's alarms have. */
  readonly metrics: { readonly up: string; readonly tokenMissing: string };
  /** Fleeting plugin and what it wants to know of the group of workers. */
  readonly plugin: { readonly name: string; readonly config: Readonly<Record<string, string>> };
  /** User that the manager comes to a worker as: may use sudo, and is in the group `docker`. */
  readonly workerUser: string;
  /** Path of the key that opens workers; left out where the plugin brings a new one to each. */
  readonly workerKey?: string;
  /** `[runners.cache]` of the cloud's object storage, without what all have. */
  readonly cache: Readonly<Record<string, unknown>>;
  readonly files: readonly NodeFile[];
}

/** What a manager calls itself in logs and metrics. */
export function managerRole(fleet: Pick<FleetSettings, "name">): string {
  return `runner-manager-${fleet.name}`;
}

/** Text of one of the fleet's templates. */
export function template(name: string): string {
  return readFileSync(join(__dirname, "templates", name), "utf8");
}

/** A program of a manager, from its template. */
export function script(name: string): NodeFile {
  return {
    path: `/opt/gitlab-node/${name}`,
    mode: "0755",
    content: template(`manager-${name}.sh`),
  };
}

/** A unit of a manager, from its template. */
function unit(name: string): NodeFile {
  return { path: `/etc/systemd/system/${name}`, mode: "0644", content: template(name) };
}

/**
 * Everything on a manager's disk beside what its image has: the shared library, its boot, the runner's settings.
 * @throws if the facts cannot be a working fleet, or the pinned checksum is none.
 */
export function managerFiles(facts: ManagerFacts, cloud: ManagerCloud): NodeFile[] {
  return [
    ...libraryFiles(cloud.library),
    { path: "/etc/gitlab-node/node.env", mode: "0644", content: environment(facts, cloud) },
    {
      path: "/etc/gitlab-node/config.toml",
      mode: "0644",
      content: renderRunnerConfig(facts, cloud),
    },
    script("boot"),
    script("install"),
    script("token"),
    script("pulse"),
    unit("gitlab-node.service"),
    unit("gitlab-runner.service"),
    unit("gitlab-pulse.service"),
    unit("gitlab-pulse.timer"),
    ...cloud.files,
  ];
}

function environment({ environment, fleet, release }: ManagerFacts, cloud: ManagerCloud): string {
  const sha256 = release.sha256 ?? "";
  if (!/^([0-9a-f]{64})?$/.test(sha256))
    throw new Error(`release.sha256: found ${sha256}, want 64 hexadecimal digits`);
  for (const version of [release.version, release.pluginVersion])
    if (!/^\d+\.\d+\.\d+$/.test(version))
      throw new Error(`runner release: found ${version}, want MAJOR.MINOR.PATCH`);
  return renderEnvironment({
    NODE_ENVIRONMENT: environment,
    NODE_ROLE: managerRole(fleet),
    ...cloud.environment,
    RUNNER_VERSION: release.version,
    RUNNER_SHA256: sha256,
    TOKEN_SECRET: cloud.tokenSecret,
    UP_METRIC: cloud.metrics.up,
    TOKEN_EVENT: cloud.metrics.tokenMissing,
  });
}
