import type { NodeFacts } from "../contract";

/** One line a variable, single-quoted for the shell. @throws on control characters, which no value has. */
export function renderEnvironment(values: Readonly<Record<string, string>>, prefix = ""): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (/[\u0000-\u001f]/.test(value)) throw new Error(`${name} has control characters`);
      return `${prefix}${name}='${value.replaceAll("'", "'\\''")}'\n`;
    })
    .join("");
}

/** `/etc/gitlab-node/node.env`: what the scripts know of their machine. No secret, only where secrets are. */
export function nodeEnvironment(facts: NodeFacts): string {
  const { gitStorage, objects, release, image, lease, secrets } = facts;
  return renderEnvironment({
    NODE_ENVIRONMENT: facts.environment,
    NODE_ROLE: facts.role,
    AWS_REGION: facts.region,
    LOG_GROUP: facts.logGroup,
    ALERT_TOPIC_ARN: facts.alertTopicArn,
    COORDINATION_TABLE: facts.coordinationTable,
    GITLAB_EDITION: release.edition,
    GITLAB_VERSION: release.version,
    IMAGE_REPOSITORY: image.repository,
    IMAGE_UPSTREAM: image.upstream,
    IMAGE_DIGEST: release.digest,
    IMAGE: `${image.repository}@${release.digest}`,
    GITALY_HOST: facts.internal.gitalyHost,
    SECRET_BUNDLE_ARN: secrets.gitlab,
    SECRET_DATABASE_ARN: secrets.databasePassword,
    SECRET_REDIS_ARN: secrets.redisToken,
    SECRET_ROOT_ARN: secrets.initialRootPassword,
    // Empty: no mail.
    SECRET_SMTP_ARN: facts.smtp === undefined ? "" : (secrets.smtpPassword ?? ""),
    GIT_STORAGE_KIND: gitStorage.kind,
    GIT_EFS_ID: gitStorage.kind === "efs" ? gitStorage.fileSystemId : "",
    GIT_EFS_ACCESS_POINT: gitStorage.kind === "efs" ? gitStorage.accessPointId : "",
    GIT_VOLUME_ID: gitStorage.kind === "ebs" ? gitStorage.volumeId : "",
    OBJECTS_KIND: objects.kind,
    OBJECTS_EFS_ID: objects.kind === "efs" ? objects.fileSystemId : "",
    OBJECTS_EFS_ACCESS_POINT: objects.kind === "efs" ? objects.accessPointId : "",
    APPLICATION_GROUP: facts.applicationGroup,
    // Only the group of application nodes has one: see components/gitlab-instance/aws-group.ts.
    LAUNCH_HOOK: facts.role === "application" ? "ready" : "",
    LEASE_SECONDS: String(lease.durationSeconds),
    LEASE_RENEW_SECONDS: String(lease.renewSeconds),
    LEASE_STOP_SECONDS: String(lease.stopAfterSeconds),
  });
}

/** What GitLab's own psql in the container is told of the database; the password it reads from its file. */
export function databaseEnvironment({ postgres }: Pick<NodeFacts, "postgres">): string {
  return renderEnvironment(
    {
      PGHOST: postgres.host,
      PGPORT: String(postgres.port),
      PGDATABASE: postgres.database,
      PGUSER: postgres.username,
      PGSSLMODE: postgres.sslMode,
      PGSSLROOTCERT: "/etc/gitlab-secrets/rds-ca.pem",
      PGCONNECT_TIMEOUT: "10",
    },
    "export ",
  );
}

/**
 * The runner fleets, one a line: `name|tag,tag|true or false|secret`.
 * @throws on a name or tag that the line's form cannot hold.
 */
export function runnerList(runners: NodeFacts["runners"]): string {
  return runners
    .map(({ name, tags, runUntagged, tokenSecretArn }) => {
      if (!/^[a-z0-9][a-z0-9-]*$/.test(name))
        throw new Error(
          `runner fleet ${JSON.stringify(name)}: want lower-case letters, digits and -`,
        );
      for (const tag of tags)
        if (!/^[^|,\s]+$/.test(tag))
          throw new Error(
            `runner fleet ${name}: tag ${JSON.stringify(tag)} has a blank, a comma or |`,
          );
      return `${name}|${tags.join(",")}|${runUntagged}|${tokenSecretArn}\n`;
    })
    .join("");
}
