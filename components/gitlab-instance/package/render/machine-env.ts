import { cloudEnvironment } from "../../../node-files/cloud-env";
import { renderEnvironment } from "../../render/node-env";
import type { PackageMachineFacts } from "../contract";
import { mountUnitName } from "./machine-units";
import { gitSshPort } from "./places";

/** Programs of `role`, in their order: a licence before what needs one. */
export function roleSteps(facts: PackageMachineFacts): string[] {
  const steps: readonly (readonly [name: string, wanted: boolean])[] = [
    ["license", facts.secrets.license !== undefined],
    ["admins", facts.adminEmails.length > 0],
    ["oauth", facts.oauthApplications.length > 0],
    ["mirrors", facts.mirrors.length > 0],
    ["slack", facts.slack !== undefined],
    ["runners", facts.runners.length > 0],
  ];
  return steps.filter(([, wanted]) => wanted).map(([name]) => name);
}

/**
 * `/etc/gitlab-node/node.env`: what the scripts know of their machine. No secret, only where secrets are.
 * @throws on a value that its place does not take.
 */
export function machineEnvironment(facts: PackageMachineFacts): string {
  const { postgres, redis, repositories, state } = facts;
  const host = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
  const values: Record<string, readonly [value: string, form: RegExp]> = {
    NODE_ENVIRONMENT: [facts.environment, /^[a-z][a-z0-9-]*$/],
    NODE_ROLE: ["gitlab", /^gitlab$/],
    GITLAB_EDITION: [facts.edition, /^[ce]e$/],
    WEB_HOST: [facts.hosts.web, host],
    REGISTRY_HOST: [facts.hosts.registry, host],
    TLS_KIND: [facts.tls.kind, /^[a-z-]+$/],
    HOST_SSH_PORT: [String(facts.hostSshPort), /^\d{1,5}$/],
    GIT_SSH_PORT: [String(gitSshPort), /^\d+$/],
    STATE_DEVICE: [state.device, /^\/dev\/[\w/.-]+$/],
    // What ext4 takes: https://manpages.ubuntu.com/manpages/noble/man8/mke2fs.8.html
    STATE_LABEL: [state.label, /^[a-z0-9-]{1,16}$/],
    STATE_MOUNT: [state.mountPoint, /^\/[\w/-]+$/],
    STATE_UNIT: [mountUnitName(state.mountPoint), /\.mount$/],
    REPOSITORIES_DEVICE: [repositories.device, /^\/dev\/[\w/.-]+$/],
    REPOSITORIES_LABEL: [repositories.label, /^[a-z0-9-]{1,16}$/],
    REPOSITORIES_MOUNT: [repositories.mountPoint, /^\/[\w/-]+$/],
    REPOSITORIES_UNIT: [mountUnitName(repositories.mountPoint), /\.mount$/],
    RECOVERY_SECRET: [facts.secrets.recovery, /^[\w-]+$/],
    // Empty: the package's own.
    DATABASE_HOST: [postgres.kind === "external" ? postgres.host : "", /^[\w.:-]*$/],
    DATABASE_PORT: [postgres.kind === "external" ? String(postgres.port) : "", /^\d*$/],
    DATABASE_NAME: [postgres.kind === "external" ? postgres.database : "", /^\w*$/],
    DATABASE_USER: [postgres.kind === "external" ? postgres.username : "", /^[\w-]*$/],
    REDIS_HOST: [redis.kind === "external" ? redis.host : "", /^[\w.:-]*$/],
    REDIS_PORT: [redis.kind === "external" ? String(redis.port) : "", /^\d*$/],
    FIRST_VERSION: [facts.upgrade.firstVersion ?? "", /^(\d+\.\d+\.\d+[\w.+-]*)?$/],
    READY_TIMEOUT: [String(facts.upgrade.readyTimeoutSeconds), /^\d+$/],
    ROLE_STEPS: [roleSteps(facts).join(" "), /^[a-z ]*$/],
  };
  for (const [name, [value, form]] of Object.entries(values))
    if (!form.test(value))
      throw new Error(`${name}: found ${JSON.stringify(value)}, want ${form.source}`);
  if (facts.hosts.web === facts.hosts.registry)
    throw new Error(
      `hosts.registry: ${facts.hosts.registry} is the site's own name: want another one`,
    );
  if (state.label === repositories.label)
    throw new Error(`both disks are labelled ${state.label}: want two labels`);
  if ([22, 80, 443, gitSshPort].includes(facts.hostSshPort))
    throw new Error(`hostSshPort: ${facts.hostSshPort} is GitLab's`);
  return renderEnvironment({
    ...Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value])),
    ...cloudEnvironment(facts.cloud),
  });
}
