import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderEnvironment } from "../gitlab-instance/render/node-env";
import { logAgentConfig } from "../gitlab-instance/render/units";
import type { NodeFile } from "../node-files/contract";
import { libraryFiles } from "../node-files/library";
import type { RunnerRelease } from "./args";
import type { FleetSettings } from "./contract";
import { renderRunnerConfig } from "./render/config";

/** All that a runner manager knows at boot, in plain data and with no secret. */
export interface ManagerFacts {
  readonly environment: string;
  readonly region: string;
  readonly gitlabUrl: string;
  readonly fleet: FleetSettings;
  readonly release: RunnerRelease;
  /** Auto Scaling group of the workers. */
  readonly workerGroup: string;
  readonly cacheBucket: string;
  readonly tokenSecretArn: string;
  readonly logGroup: string;
  readonly alertTopicArn: string;
}

/** What a manager calls itself in logs and metrics. */
export function managerRole(fleet: Pick<FleetSettings, "name">): string {
  return `runner-manager-${fleet.name}`;
}

/**
 * Everything on a manager's disk beside what its image has: the shared library, its boot, the runner's settings.
 * @throws if the facts cannot be a working fleet, or the pinned checksum is none.
 */
export function runnerFiles(facts: ManagerFacts): NodeFile[] {
  const script = (name: string): NodeFile => ({
    path: `/opt/gitlab-node/${name}`,
    mode: "0755",
    content: template(`manager-${name}.sh`),
  });
  const unit = (name: string): NodeFile => ({
    path: `/etc/systemd/system/${name}`,
    mode: "0644",
    content: template(name),
  });
  return [
    ...libraryFiles("aws"),
    { path: "/etc/gitlab-node/node.env", mode: "0644", content: environment(facts) },
    { path: "/etc/gitlab-node/config.toml", mode: "0644", content: renderRunnerConfig(facts) },
    script("boot"),
    script("install"),
    script("token"),
    script("pulse"),
    unit("gitlab-node.service"),
    unit("gitlab-runner.service"),
    unit("gitlab-pulse.service"),
    unit("gitlab-pulse.timer"),
    {
      path: "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json",
      mode: "0644",
      content: logAgentConfig(facts),
    },
  ];
}

function environment(facts: ManagerFacts): string {
  const { release } = facts;
  const sha256 = release.sha256 ?? "";
  if (!/^([0-9a-f]{64})?$/.test(sha256))
    throw new Error(`release.sha256: found ${sha256}, want 64 hexadecimal digits`);
  for (const version of [release.version, release.pluginVersion])
    if (!/^\d+\.\d+\.\d+$/.test(version))
      throw new Error(`runner release: found ${version}, want MAJOR.MINOR.PATCH`);
  return renderEnvironment({
    NODE_ENVIRONMENT: facts.environment,
    NODE_ROLE: managerRole(facts.fleet),
    AWS_REGION: facts.region,
    LOG_GROUP: facts.logGroup,
    ALERT_TOPIC_ARN: facts.alertTopicArn,
    RUNNER_VERSION: release.version,
    RUNNER_SHA256: sha256,
    TOKEN_SECRET_ARN: facts.tokenSecretArn,
  });
}

function template(name: string): string {
  return readFileSync(join(__dirname, "templates", name), "utf8");
}
