import type { PackageMachineFacts } from "../../../components/gitlab-instance/package/contract";
import { objectTypes } from "../../../components/object-storage/contract";

const buckets = (prefix: string): PackageMachineFacts["objects"]["buckets"] =>
  Object.fromEntries(
    objectTypes.map((type) => [type, `${prefix}-${type.replaceAll("_", "-")}`]),
  ) as PackageMachineFacts["objects"]["buckets"];

/** A made-up authority; nothing parses it but the check that it is PEM. */
const authority = `-----BEGIN CERTIFICATE-----
MIIBVjCB/aADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHRlc3QwHhcN
-----END CERTIFICATE-----
`;

/** The machine of dev: Azure, CE nightly, everything of the package's own. */
export function devFacts(overrides: Partial<PackageMachineFacts> = {}): PackageMachineFacts {
  return {
    environment: "dev",
    cloud: {
      kind: "azure",
      subscriptionId: "00000000-1111-2222-3333-444444444444",
      resourceGroup: "gitlab-dev",
      location: "eastus2",
      vaultUrl: "https://gitlab-dev-secrets.vault.azure.net",
      identityClientId: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
      metricsResourceId:
        "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/gitlab-dev/providers/Microsoft.Compute/virtualMachines/gitlab-dev",
    },
    edition: "ce",
    channel: "nightly-builds",
    ubuntu: "noble",
    hosts: {
      web: "dev.gitlab.example.com",
      registry: "registry.dev.gitlab.example.com",
      ssh: "dev.gitlab.example.com",
    },
    tls: { kind: "lets-encrypt", contact: "infrastructure@example.com" },
    repositories: {
      device: "/dev/disk/azure/data/by-lun/1",
      label: "gitlab-repos",
      mountPoint: "/srv/gitlab-repositories",
    },
    state: {
      device: "/dev/disk/azure/data/by-lun/0",
      label: "gitlab-state",
      mountPoint: "/srv/gitlab-state",
    },
    secrets: {
      recovery: "gitlab-recovery",
      initialRootPassword: "initial-root-password",
      smtpPassword: "smtp-password",
      objectStorageKey: "object-storage-key",
      backupCredentials: "backup-credentials",
      oauthApplications: "oauth-applications",
    },
    postgres: { kind: "bundled" },
    redis: { kind: "bundled" },
    objects: { project: "gitlab-dev-objects", buckets: buckets("gitlab-dev"), access: "key" },
    smtp: {
      host: "smtp.example.com",
      port: 587,
      username: "gitlab",
      domain: "example.com",
      from: "gitlab@example.com",
    },
    monitoringCidrs: ["10.20.0.0/24"],
    hostSshPort: 2022,
    upgrade: {
      cron: "20 7 * * *",
      timezone: "UTC",
      major: null,
      firstVersion: null,
      headroomGiB: 10,
      readyTimeoutSeconds: 1800,
    },
    backup: {
      kind: "s3",
      region: "us-east-1",
      archiveBucket: "gitlab-dev-archive",
      secretsBucket: "gitlab-dev-secrets",
      archiveKeyArn: "arn:aws:kms:us-east-1:111122223333:key/archive",
      secretsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/secrets",
      accountId: "111122223333",
    },
    oauthApplications: [
      {
        name: "Sentry",
        redirectUris: ["https://sentry.example.com/auth/sso/"],
        scopes: ["read_user"],
        trusted: true,
      },
    ],
    adminEmails: [],
    mirrors: [],
    runners: [
      {
        name: "builds",
        tags: ["package", "docker"],
        runUntagged: true,
        tokenSecret: "runner-builds",
      },
    ],
    ...overrides,
  };
}

/** The machine of ops: GCP, EE stable, Cloud SQL and Memorystore. */
export function opsFacts(overrides: Partial<PackageMachineFacts> = {}): PackageMachineFacts {
  return {
    environment: "ops",
    cloud: { kind: "gcp", project: "gitlab-ops-1", zone: "us-east1-c" },
    edition: "ee",
    channel: "gitlab-ee",
    ubuntu: "noble",
    hosts: {
      web: "ops.gitlab.example.net",
      registry: "registry.ops.gitlab.example.net",
      ssh: "ops.gitlab.example.net",
    },
    tls: { kind: "given", certificate: "tls-certificate", key: "tls-key" },
    repositories: {
      device: "/dev/disk/by-id/google-repositories",
      label: "gitlab-repos",
      mountPoint: "/srv/gitlab-repositories",
    },
    state: {
      device: "/dev/disk/by-id/google-state",
      label: "gitlab-state",
      mountPoint: "/srv/gitlab-state",
    },
    secrets: {
      recovery: "gitlab-recovery",
      initialRootPassword: "initial-root-password",
      databasePassword: "database-password",
      redisAuth: "redis-auth",
      license: "license",
      roleTokens: "role-tokens",
    },
    postgres: {
      kind: "external",
      host: "10.30.0.5",
      port: 5432,
      database: "gitlabhq_production",
      username: "gitlab",
      major: 17,
      serverCa: authority,
    },
    redis: {
      kind: "external",
      host: "10.30.0.9",
      port: 6378,
      serverCa: authority,
      clientCommand: false,
    },
    objects: { project: "gitlab-ops-1", buckets: buckets("gitlab-ops"), access: "identity" },
    monitoringCidrs: [],
    hostSshPort: 2022,
    upgrade: {
      cron: "20 8 * * *",
      timezone: "UTC",
      major: 19,
      firstVersion: "19.2.2",
      headroomGiB: 10,
      readyTimeoutSeconds: 1800,
    },
    backup: {
      kind: "gcs",
      archiveBucket: "gitlab-ops-archive",
      secretsBucket: "gitlab-ops-archive-secrets",
    },
    oauthApplications: [],
    adminEmails: ["manager@example.com"],
    mirrors: [
      {
        name: "infrastructure",
        direction: "pull",
        project: "gitlab-com/infrastructure",
        url: "https://gitlab.example.com/gitlab-com/infrastructure.git",
        username: "mirror",
      },
      {
        name: "runbooks",
        direction: "push",
        project: "gitlab-com/runbooks",
        url: "https://dev.gitlab.example.com/gitlab-com/runbooks.git",
        username: "mirror",
      },
    ],
    slack: { group: "gitlab-com", channel: "#infrastructure" },
    runners: [
      { name: "chatops", tags: ["chatops"], runUntagged: false, tokenSecret: "runner-chatops" },
      { name: "deploy", tags: ["deploy"], runUntagged: false, tokenSecret: "runner-deploy" },
    ],
    ...overrides,
  };
}
