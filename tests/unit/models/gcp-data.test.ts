/** What the models of Cloud SQL, Memorystore and private services access let through and what they refuse. */
import type { Known, Wire } from "../sandbox/support/client";
import { Project } from "./gcp-support";

const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const DATABASE = "gcp:sql/database:Database";
const USER = "gcp:sql/user:User";
const REDIS = "gcp:redis/instance:Instance";

let project: Project;
let network: Known;
let connection: Known;
beforeEach(async () => {
  project = await Project.open(["compute", "servicenetworking", "sqladmin", "redis", "iam"]);
  ({ network, connection } = await project.connected());
});
afterEach(() => project.close());

/** Settings of a regional PostgreSQL server with nothing but a private address. */
const settings = (more: Wire = {}, backup: Wire = {}, ip: Wire = {}): Wire => ({
  tier: "db-custom-4-15360",
  edition: "ENTERPRISE",
  availabilityType: "REGIONAL",
  diskSize: 50,
  deletionProtectionEnabled: false,
  ipConfiguration: {
    ipv4Enabled: false,
    privateNetwork: network.id,
    sslMode: "ENCRYPTED_ONLY",
    ...ip,
  },
  backupConfiguration: {
    enabled: true,
    pointInTimeRecoveryEnabled: true,
    transactionLogRetentionDays: 7,
    backupRetentionSettings: { retainedBackups: 14 },
    ...backup,
  },
  ...more,
});
const server = (more: Wire = {}): Wire => ({
  name: "gitlab",
  databaseVersion: "POSTGRES_17",
  deletionProtection: false,
  settings: settings(),
  ...more,
});

describe("Cloud SQL", () => {
  test("an instance has its true id, connection name, addresses and CA", async () => {
    const { id, outputs } = await project.make(INSTANCE, server());
    expect(id).toBe("projects/gitlab-tests/instances/gitlab");
    expect(outputs["connectionName"]).toBe("gitlab-tests:europe-west4:gitlab");
    expect(outputs["privateIpAddress"]).toMatch(/^10\.\d+\.\d+\.\d+$/);
    expect(outputs["publicIpAddress"]).toBe("");
    expect(outputs["firstIpAddress"]).toBe(outputs["privateIpAddress"]);
    expect(JSON.stringify(outputs["serverCaCerts"])).toContain("BEGIN CERTIFICATE");
    expect(JSON.stringify(project.bench.sandbox.objects({}))).not.toContain("BEGIN CERTIFICATE");
  });

  test("a change of its settings leaves its address as it is", async () => {
    const made = await project.make(INSTANCE, server());
    const changed = await project.change(
      made,
      server({ settings: settings({ tier: "db-custom-8-30720" }) }),
    );
    expect(changed.outputs["privateIpAddress"]).toBe(made.outputs["privateIpAddress"]);
  });

  test.each<[string, () => Wire, RegExp]>([
    [
      "a custom machine without an edition, which is ENTERPRISE_PLUS since PostgreSQL 16",
      () => server({ settings: { tier: "db-custom-4-15360" } }),
      /settings\.edition/,
    ],
    [
      "an ENTERPRISE machine in ENTERPRISE_PLUS",
      () => server({ settings: settings({ edition: "ENTERPRISE_PLUS" }) }),
      /db-perf-optimized/,
    ],
    [
      "an ENTERPRISE_PLUS machine in ENTERPRISE",
      () => server({ settings: settings({ tier: "db-perf-optimized-N-4" }) }),
      /ENTERPRISE_PLUS/,
    ],
    [
      "an odd number of CPUs",
      () => server({ settings: settings({ tier: "db-custom-3-15360" }) }),
      /even number/,
    ],
    [
      "more than 6.5 GB a CPU",
      () => server({ settings: settings({ tier: "db-custom-2-16384" }) }),
      /6\.5 GB/,
    ],
    [
      "memory in odd pieces",
      () => server({ settings: settings({ tier: "db-custom-4-15000" }) }),
      /multiples of 256/,
    ],
    [
      "point-in-time recovery without backups",
      () => server({ settings: settings({ availabilityType: "ZONAL" }, { enabled: false }) }),
      /needs automated backups/,
    ],
    [
      "a regional instance without point-in-time recovery",
      () => server({ settings: settings({}, { pointInTimeRecoveryEnabled: false }) }),
      /REGIONAL needs/,
    ],
    [
      "logs kept for longer than ENTERPRISE has them",
      () => server({ settings: settings({}, { transactionLogRetentionDays: 8 }) }),
      /1 to 7/,
    ],
    [
      "logs kept for longer than backups",
      () => server({ settings: settings({}, { backupRetentionSettings: { retainedBackups: 3 } }) }),
      /more than the backups/,
    ],
    [
      "no way in",
      () => server({ settings: { ...settings(), ipConfiguration: { ipv4Enabled: false } } }),
      /at least one of public IP/,
    ],
    [
      "a final backup of 400 days",
      () =>
        server({
          settings: settings({ finalBackupConfig: { enabled: true, retentionDays: 400 } }),
        }),
      /1 to 365/,
    ],
    [
      "a flag twice",
      () =>
        server({
          settings: settings({
            databaseFlags: [
              { name: "max_connections", value: "200" },
              { name: "max_connections", value: "300" },
            ],
          }),
        }),
      /given twice/,
    ],
    ["a name in capitals", () => server({ name: "GitLab" }), /name/],
    ["an unknown version", () => server({ databaseVersion: "POSTGRES_99" }), /databaseVersion/],
    [
      "an SSL mode that is none",
      () => server({ settings: settings({}, {}, { sslMode: "REQUIRED" }) }),
      /sslMode/,
    ],
  ])("%s is refused", async (_, inputs, problem) => {
    await expect(project.make(INSTANCE, inputs())).rejects.toThrow(problem);
  });

  test("a private address needs the network's private services access", async () => {
    const other = await project.make("gcp:compute/network:Network", { name: "other" });
    await expect(
      project.make(INSTANCE, server({ settings: settings({}, {}, { privateNetwork: other.id }) })),
    ).rejects.toThrow(/private services connection/);
  });

  test("private services access stays while an instance uses it, by link or by id", async () => {
    const made = await project.make(
      INSTANCE,
      server({
        settings: settings({}, {}, { privateNetwork: network.outputs["selfLink"] as string }),
      }),
    );
    await expect(project.provider.delete(connection)).rejects.toThrow(
      /still using this connection/,
    );
    await project.provider.delete(made);
    await project.provider.delete(connection);
  });

  test("its name is not free again when it is deleted", async () => {
    const made = await project.make(INSTANCE, server());
    await project.provider.delete(made);
    await expect(project.make(INSTANCE, server())).rejects.toThrow(
      /can't be used again for a week/,
    );
    await project.make(INSTANCE, server({ name: "gitlab-2" }));
  });

  test.each<[string, Wire, RegExp]>([
    ["by the provider", { deletionProtection: true }, /deletionProtection/],
    ["by policy", { deletionPolicy: "PREVENT" }, /PREVENT/],
  ])("deletion is refused where it is protected %s", async (_, more, problem) => {
    const made = await project.make(INSTANCE, server(more));
    await expect(project.provider.delete(made)).rejects.toThrow(problem);
  });

  test("deletion is refused where the API protects it", async () => {
    const made = await project.make(
      INSTANCE,
      server({ settings: settings({ deletionProtectionEnabled: true }) }),
    );
    await expect(project.provider.delete(made)).rejects.toThrow(/deletionProtectionEnabled/);
  });

  test("a disk does not shrink, and a private network stays", async () => {
    const made = await project.make(INSTANCE, server());
    await expect(
      project.change(made, server({ settings: settings({ diskSize: 40 }) })),
    ).rejects.toThrow(/can't be decreased/);
    await project.change(made, server({ settings: settings({ diskSize: 60 }) }));
    await expect(
      project.change(
        made,
        server({ settings: { ...settings(), ipConfiguration: { ipv4Enabled: true } } }),
      ),
    ).rejects.toThrow(/cannot be removed/);
  });

  test("a major version goes up in place, and never down", async () => {
    const made = await project.make(INSTANCE, server());
    expect(await project.replaced(made, server({ databaseVersion: "POSTGRES_18" }))).toEqual([]);
    await project.change(made, server({ databaseVersion: "POSTGRES_18" }));
    await expect(project.change(made, server({ databaseVersion: "POSTGRES_16" }))).rejects.toThrow(
      /older major version/,
    );
  });

  test("a replica has its primary's version and no backups, and keeps the primary", async () => {
    const primary = await project.make(INSTANCE, server());
    const replica = (more: Wire = {}): Wire =>
      server({
        name: "gitlab-replica",
        masterInstanceName: "gitlab",
        settings: {
          tier: "db-custom-4-15360",
          edition: "ENTERPRISE",
          ipConfiguration: { ipv4Enabled: false, privateNetwork: network.id },
        },
        ...more,
      });
    await expect(
      project.make(INSTANCE, replica({ databaseVersion: "POSTGRES_16" })),
    ).rejects.toThrow(/primary's/);
    await expect(project.make(INSTANCE, replica({ settings: settings() }))).rejects.toThrow(
      /read replica/,
    );
    const made = await project.make(INSTANCE, replica());
    expect(made.outputs["instanceType"]).toBe("READ_REPLICA_INSTANCE");
    await expect(project.provider.delete(primary)).rejects.toThrow(/in use/);
  });

  test("a database and its user live in an instance, and go with it", async () => {
    const made = await project.make(INSTANCE, server());
    const database = await project.make(DATABASE, { instance: "gitlab", name: "gitlabhq" });
    expect(database.id).toBe("projects/gitlab-tests/instances/gitlab/databases/gitlabhq");
    expect(database.outputs["charset"]).toBe("UTF8");
    await project.make(USER, { instance: "gitlab", name: "gitlab", password: "planted-password" });
    expect(JSON.stringify(project.bench.sandbox.objects({}))).not.toContain("planted-password");
    await expect(
      project.make(DATABASE, { instance: "elsewhere", name: "gitlabhq" }),
    ).rejects.toThrow(/elsewhere/);
    await expect(project.make(DATABASE, { instance: "gitlab", name: "postgres" })).rejects.toThrow(
      /from the start/,
    );
    await project.provider.delete(made);
  });

  test("a PostgreSQL user needs a password unless IAM vouches for it", async () => {
    await project.account("exporter");
    const databaseFlags = [{ name: "cloudsql.iam_authentication", value: "on" }];
    await project.make(INSTANCE, server({ settings: { ...settings(), databaseFlags } }));
    await expect(project.make(USER, { instance: "gitlab", name: "gitlab" })).rejects.toThrow(
      /password/,
    );
    await project.make(USER, {
      instance: "gitlab",
      name: "exporter@gitlab-tests.iam",
      type: "CLOUD_IAM_SERVICE_ACCOUNT",
    });
  });

  test("nothing is made before its API is enabled", async () => {
    const bare = await Project.open();
    try {
      await expect(
        bare.make(INSTANCE, {
          ...server(),
          settings: { tier: "db-f1-micro", edition: "ENTERPRISE" },
        }),
      ).rejects.toThrow(/sqladmin\.googleapis\.com has not been used/);
    } finally {
      bare.close();
    }
  });
});

describe("Memorystore", () => {
  const redis = (more: Wire = {}): Wire => ({
    name: "gitlab",
    tier: "STANDARD_HA",
    memorySizeGb: 5,
    redisVersion: "REDIS_7_2",
    connectMode: "PRIVATE_SERVICE_ACCESS",
    authorizedNetwork: network.id,
    authEnabled: true,
    transitEncryptionMode: "SERVER_AUTHENTICATION",
    ...more,
  });

  test("with AUTH and TLS it has a secret word, a CA and TLS's port", async () => {
    const { id, outputs } = await project.make(REDIS, redis());
    expect(id).toBe("projects/gitlab-tests/locations/europe-west4/instances/gitlab");
    expect(outputs["port"]).toBe(6378);
    expect(JSON.stringify(outputs["serverCaCerts"])).toContain("BEGIN CERTIFICATE");
    // A secret on the wire is wrapped.
    const { value } = outputs["authString"] as { value: string };
    expect(value).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("without them it has neither", async () => {
    const { outputs } = await project.make(
      REDIS,
      redis({ authEnabled: false, transitEncryptionMode: "DISABLED" }),
    );
    expect(outputs["port"]).toBe(6379);
    expect(outputs["serverCaCerts"]).toEqual([]);
    expect(outputs["authString"]).toMatchObject({ value: "" });
  });

  test.each<[string, Wire, RegExp]>([
    ["an unknown parameter", { redisConfigs: { "maxmemory-polcy": "noeviction" } }, /redisConfigs/],
    ["an unknown policy", { redisConfigs: { "maxmemory-policy": "never" } }, /eviction policy/],
    [
      "a second zone in the BASIC tier",
      { tier: "BASIC", alternativeLocationId: "europe-west4-b" },
      /STANDARD_HA/,
    ],
    [
      "one zone twice",
      { locationId: "europe-west4-b", alternativeLocationId: "europe-west4-b" },
      /must differ/,
    ],
    ["a zone elsewhere", { locationId: "us-east1-b" }, /not in the instance's region/],
    [
      "read replicas of a small instance",
      { memorySizeGb: 4, readReplicasMode: "READ_REPLICAS_ENABLED" },
      /at least 5 GB/,
    ],
    ["two replicas where none are read", { replicaCount: 2 }, /1 to 5 with read replicas/],
    ["a range that is none", { reservedIpRange: "10.1.0.0/29" }, /name of an allocated/],
    ["more memory than there is", { memorySizeGb: 301 }, /memorySizeGb/],
    ["snapshots without a period", { persistenceConfig: { persistenceMode: "RDB" } }, /period/],
  ])("%s is refused", async (_, more, problem) => {
    await expect(project.make(REDIS, redis(more))).rejects.toThrow(problem);
  });

  test("private services access is needed, and stays while it is used", async () => {
    const other = await project.make("gcp:compute/network:Network", { name: "other" });
    await expect(project.make(REDIS, redis({ authorizedNetwork: other.id }))).rejects.toThrow(
      /private service access/i,
    );
    const made = await project.make(REDIS, redis());
    await expect(project.provider.delete(connection)).rejects.toThrow(
      /still using this connection/,
    );
    await project.provider.delete(made);
    await project.provider.delete(connection);
  });

  test("a change of tier or TLS makes a new one, memory and version do not", async () => {
    const made = await project.make(REDIS, redis({ redisVersion: "REDIS_7_0" }));
    expect(await project.replaced(made, redis({ tier: "BASIC" }))).toContain("tier");
    expect(await project.replaced(made, redis({ transitEncryptionMode: "DISABLED" }))).toContain(
      "transitEncryptionMode",
    );
    const bigger = redis({ memorySizeGb: 6, redisVersion: "REDIS_7_2" });
    expect(await project.replaced(made, bigger)).toEqual([]);
    await project.change(made, bigger);
  });

  test("it is not deleted while it is protected", async () => {
    const made = await project.make(REDIS, redis({ deletionProtection: true }));
    await expect(project.provider.delete(made)).rejects.toThrow(/deletionProtection/);
  });
});

describe("private services access", () => {
  test("takes only ranges that are made for it", async () => {
    const range = await project.make("gcp:compute/globalAddress:GlobalAddress", { name: "site" });
    const other = await project.make("gcp:compute/network:Network", { name: "other" });
    await expect(
      project.make("gcp:servicenetworking/connection:Connection", {
        network: other.id,
        service: "servicenetworking.googleapis.com",
        reservedPeeringRanges: [range.outputs["name"] as string],
      }),
    ).rejects.toThrow(/VPC_PEERING/);
  });
});
