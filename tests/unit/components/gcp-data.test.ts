import { declared, isSecret, ofType, only, valueOf } from "../../support/cloud-mocks";
import { GcpDiskSnapshots } from "../../../components/backup-schedule/gcp-snapshots";
import { databaseFlags } from "../../../components/managed-data/gcp-database-flags";
import { GcpManagedData } from "../../../components/managed-data/gcp";
import { GcpStoredSecret } from "../../../components/shared/gcp-secret";

const site = (protection = true) => ({
  prefix: "gitlab-test",
  environment: "ops",
  protection,
  runbooks: "https://example.com/runbooks",
});

const build = (protection = true) =>
  declared(
    (opts) =>
      new GcpManagedData(
        "data",
        {
          site: site(protection),
          project: "acme-ops-1",
          region: "us-east1",
          zones: ["us-east1-c", "us-east1-d"],
          backupRegion: "us-central1",
          networkId: "projects/p/global/networks/n",
          networkSelfLink: "https://compute/n",
          servicesRange: "services",
          servicesReady: [],
          database: {
            major: 17,
            edition: "ENTERPRISE",
            tier: "db-custom-4-16384",
            storageGiB: 100,
            maxStorageGiB: 1000,
            maxConnections: 500,
            retainedBackups: 30,
            logRetentionDays: 7,
            backupTime: "01:00",
            maintenance: { day: 7, hour: 6 },
          },
          cache: {
            version: "REDIS_7_2",
            memoryGiB: 5,
            snapshotPeriod: "SIX_HOURS",
            maintenance: { day: "SUNDAY", hour: 7 },
          },
          databasePassword: "a-database-password",
          readers: { machine: "serviceAccount:gitlab" },
        },
        opts,
      ),
  );

describe("PostgreSQL", () => {
  test("is regional, private, encrypted and said to be of an edition", async () => {
    const { resources } = await build();
    const { inputs } = only(resources, "gcp:sql/databaseInstance");
    expect(inputs["databaseVersion"]).toBe("POSTGRES_17");
    expect(inputs["settings"]).toMatchObject({
      edition: "ENTERPRISE",
      availabilityType: "REGIONAL",
      ipConfiguration: {
        ipv4Enabled: false,
        privateNetwork: "https://compute/n",
        allocatedIpRange: "services",
        sslMode: "ENCRYPTED_ONLY",
      },
    });
  });

  test("can be had back: daily backups in another region, any point of a week, one more before it goes", async () => {
    const { resources } = await build();
    const settings = only(resources, "gcp:sql/databaseInstance").inputs["settings"];
    expect(settings).toMatchObject({
      backupConfiguration: {
        enabled: true,
        location: "us-central1",
        pointInTimeRecoveryEnabled: true,
        transactionLogRetentionDays: 7,
      },
      finalBackupConfig: { enabled: true },
      retainBackupsOnDelete: true,
    });
  });

  test.each([true, false])("is protected in every way there is, or in none: %s", async (on) => {
    const { resources } = await build(on);
    const instance = only(resources, "gcp:sql/databaseInstance");
    expect([
      instance.protect,
      instance.inputs["deletionProtection"],
      (instance.inputs["settings"] as { deletionProtectionEnabled: boolean })
        .deletionProtectionEnabled,
      only(resources, "gcp:sql/database").protect,
    ]).toEqual([on, on, on, on]);
  });

  test("is held against its own authorities, all of them while they are changed", async () => {
    const { made } = await build();
    expect(made.postgres.sslMode).toBe("verify-ca");
    expect(await valueOf(made.postgres.serverCa)).toBe(
      [
        "-----BEGIN CERTIFICATE-----\nold\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nnew\n-----END CERTIFICATE-----\n",
      ].join(""),
    );
  });

  test("has at least what GitLab asks for, in Cloud SQL's units, and no flag that it does not know", () => {
    const flags = new Map(databaseFlags(500).map(({ name, value }) => [name, value]));
    expect(Number(flags.get("max_connections"))).toBeGreaterThanOrEqual(400);
    expect(Number(flags.get("work_mem"))).toBeGreaterThanOrEqual(8 * 1024);
    expect(Number(flags.get("maintenance_work_mem"))).toBeGreaterThanOrEqual(64 * 1024);
    expect(flags.has("statement_timeout")).toBe(false);
    expect(() => databaseFlags(200)).toThrow(/400 on/);
  });
});

describe("Redis", () => {
  test("has a copy in another zone, TLS, AUTH, and refuses writes where it is full", async () => {
    const { made, resources } = await build();
    expect(only(resources, "gcp:redis/instance").inputs).toMatchObject({
      tier: "STANDARD_HA",
      redisVersion: "REDIS_7_2",
      locationId: "us-east1-c",
      alternativeLocationId: "us-east1-d",
      authEnabled: true,
      transitEncryptionMode: "SERVER_AUTHENTICATION",
      connectMode: "PRIVATE_SERVICE_ACCESS",
      redisConfigs: { "maxmemory-policy": "noeviction" },
    });
    expect([made.redis.port, made.redis.clientCommand]).toEqual([6378, false]);
  });

  test.each([true, false])(
    "says its protection, which is on where nothing is said: %s",
    async (on) => {
      const { resources } = await build(on);
      const cache = only(resources, "gcp:redis/instance");
      expect([cache.protect, cache.inputs["deletionProtection"]]).toEqual([on, on]);
    },
  );
});

describe("secrets", () => {
  test("passwords go into Secret Manager as secrets, and one account reads each", async () => {
    const { made, resources } = await build();
    const values = ofType(resources, "gcp:secretmanager/secretVersion");
    expect(values).toHaveLength(2);
    for (const { inputs } of values) expect(isSecret(inputs["secretData"])).toBe(true);
    const members = ofType(resources, "gcp:secretmanager/secretIamMember");
    expect(members.map(({ inputs }) => [inputs["role"], inputs["member"]])).toEqual([
      ["roles/secretmanager.secretAccessor", "serviceAccount:gitlab"],
      ["roles/secretmanager.secretAccessor", "serviceAccount:gitlab"],
    ]);
    expect(made.secretNames).toEqual({
      databasePassword: "gitlab-test-database-password",
      redisAuth: "gitlab-test-redis-auth",
    });
  });

  test("who writes a secret may not read it", async () => {
    const { resources } = await declared(
      (opts) =>
        new GcpStoredSecret(
          "recovery",
          { site: site(), purpose: "recovery", writers: { machine: "serviceAccount:gitlab" } },
          opts,
        ),
    );
    expect(ofType(resources, "gcp:secretmanager/secretVersion")).toEqual([]);
    const roles = ofType(resources, "gcp:secretmanager/secretIamMember").map(
      ({ inputs }) => inputs["role"],
    );
    expect(roles).toEqual(["roles/secretmanager.secretVersionAdder"]);
  });
});

test("each disk has a snapshot a day in another region, kept when the disk is gone", async () => {
  const { resources } = await declared(
    (opts) =>
      new GcpDiskSnapshots(
        "snapshots",
        {
          site: site(),
          region: "us-east1",
          zone: "us-east1-c",
          disks: { repositories: "repositories", state: "state" },
          storageRegion: "us-central1",
          hour: 2,
          retentionDays: 14,
          labels: {},
        },
        opts,
      ),
  );
  expect(only(resources, "gcp:compute/resourcePolicy").inputs["snapshotSchedulePolicy"]).toEqual({
    schedule: { dailySchedule: { daysInCycle: 1, startTime: "02:00" } },
    retentionPolicy: { maxRetentionDays: 14, onSourceDiskDelete: "KEEP_AUTO_SNAPSHOTS" },
    snapshotProperties: { storageLocations: "us-central1", guestFlush: false, labels: {} },
  });
  expect(
    ofType(resources, "gcp:compute/diskResourcePolicyAttachment").map(
      ({ inputs }) => inputs["disk"],
    ),
  ).toEqual(["repositories", "state"]);
});
