import type { PackageMachineFacts } from "../contract";

/** Where a machine's secrets lie, in memory. */
export const secretsFolder = "/run/gitlab-secrets";

/** Port of GitLab's own SSH server; nftables brings port 22 to it. */
export const gitSshPort = 2222;

/**
 * Numbers of the package's accounts, user and group alike, by the name of their settings. In the middle of the system's
 * range, which Ubuntu fills from both ends (https://manpages.ubuntu.com/manpages/noble/man5/adduser.conf.5.html).
 */
export const accountIds = {
  user: 810,
  web_server: 811,
  redis: 812,
  postgresql: 813,
  registry: 814,
  prometheus: 815,
} as const;

/** A secret that the machine fetches at each boot. */
export interface FetchedSecret {
  /** Name of its file in {@link secretsFolder}. */
  readonly file: string;
  /** Name in the machine's secret store. */
  readonly name: string;
  /** Number of the account that reads it while it runs. @default root */
  readonly owner?: number;
}

/** All that `secrets` fetches. What only backups want (`backupCredentials`) they fetch themselves. */
export function fetchedSecrets(facts: PackageMachineFacts): FetchedSecret[] {
  const { secrets, tls, objects } = facts;
  const wanted: readonly (readonly [file: string, name: string | undefined, owner?: number])[] = [
    ["initial-root-password", secrets.initialRootPassword],
    ["smtp-password", facts.smtp === undefined ? undefined : secrets.smtpPassword],
    [
      "database-password",
      facts.postgres.kind === "external" ? secrets.databasePassword : undefined,
    ],
    ["redis-auth", facts.redis.kind === "external" ? secrets.redisAuth : undefined],
    [
      "object-storage-key.json",
      objects.access === "key" ? secrets.objectStorageKey : undefined,
      accountIds.user,
    ],
    [
      "registry-storage-key.json",
      objects.access === "key" ? secrets.objectStorageKey : undefined,
      accountIds.registry,
    ],
    // Read by GitLab itself at the first start.
    ["license", secrets.license, accountIds.user],
    [
      "oauth-applications",
      facts.oauthApplications.length > 0 ? secrets.oauthApplications : undefined,
    ],
    [
      "role-tokens",
      facts.mirrors.length > 0 || facts.slack !== undefined ? secrets.roleTokens : undefined,
    ],
    ["tls-certificate", tls.kind === "given" ? tls.certificate : undefined],
    ["tls-key", tls.kind === "given" ? tls.key : undefined],
  ];
  return wanted.flatMap(([file, name, owner]) =>
    name === undefined ? [] : [{ file, name, ...(owner === undefined ? {} : { owner }) }],
  );
}

/**
 * Proves that a machine is told of every secret that its settings want.
 * @throws naming all that are missing.
 */
export function checkSecrets(facts: PackageMachineFacts): void {
  const { secrets } = facts;
  const needs: readonly (readonly [name: string, needed: boolean, found: string | undefined])[] = [
    ["smtpPassword", facts.smtp !== undefined, secrets.smtpPassword],
    ["databasePassword", facts.postgres.kind === "external", secrets.databasePassword],
    ["redisAuth", facts.redis.kind === "external", secrets.redisAuth],
    ["objectStorageKey", facts.objects.access === "key", secrets.objectStorageKey],
    ["oauthApplications", facts.oauthApplications.length > 0, secrets.oauthApplications],
    ["roleTokens", facts.mirrors.length > 0 || facts.slack !== undefined, secrets.roleTokens],
    ["license", facts.mirrors.some(({ direction }) => direction === "pull"), secrets.license],
  ];
  const missing = needs.filter(([, needed, found]) => needed && found === undefined);
  if (missing.length > 0)
    throw new Error(`the machine's secrets lack ${missing.map(([name]) => name).join(", ")}`);
  if (secrets.license !== undefined && facts.edition === "ce")
    throw new Error("secrets.license: GitLab CE takes no licence");
  const { databasePassword, initialRootPassword, recovery } = secrets;
  for (const { name } of [...fetchedSecrets(facts), { name: recovery }])
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,126}$/.test(name))
      throw new Error(`secret ${JSON.stringify(name)}: want letters, digits, - and _`);
  if (databasePassword !== undefined && databasePassword === initialRootPassword)
    throw new Error("the database's password and root's first one are the same secret");
}
