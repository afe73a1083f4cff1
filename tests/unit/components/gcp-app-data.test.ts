import { declared, ofType, only, valueOf } from "../../support/cloud-mocks";
import { DiskResourcePolicyAttachment } from "@pulumi/gcp/compute";
import { isSecret as isSecretOutput } from "@pulumi/pulumi";
import {
  appInstanceName,
  GcpAppData,
  type GcpAppDatabaseArgs,
} from "../../../components/managed-data/gcp-app";
import { appDatabaseFlags } from "../../../components/managed-data/gcp-database-flags";

const site = (protection = true) => ({
  prefix: "gitlab-version",
  environment: "version",
  protection,
  runbooks: "https://example.com/runbooks",
});

const database: GcpAppDatabaseArgs = {
  name: "version_production",
  major: 17,
  edition: "ENTERPRISE",
  tier: "db-custom-2-7680",
  storageGiB: 50,
  maxStorageGiB: 500,
  maxConnections: 200,
  retainedBackups: 30,
  logRetentionDays: 7,
  backupTime: "01:00",
  maintenance: { day: 7, hour: 6 },
  replicas: [{ zone: "us-east1-c" }, { zone: "us-east1-d" }],
};

const build = (more: Partial<GcpAppDatabaseArgs> = {}, protection = true) =>
  declared((opts) => {
    const gate = new DiskResourcePolicyAttachment("the-export", { disk: "d" }, opts);
    return new GcpAppData(
      "data",
      {
        site: site(protection),
        project: "acme-version-1",
        region: "us-east1",
        zones: ["us-east1-b", "us-east1-c"],
        cacheZones: ["us-east1-c", "us-east1-d"],
        backupRegion: "us-central1",
        networkId: "projects/p/global/networks/n",
        networkSelfLink: "https://compute/n",
        servicesRange: "services",
        servicesReady: [],
        before: [gate],
        email: "gitlab-version-app@acme-version-1.iam.gserviceaccount.com",
        database: { ...database, ...more },
        cache: {
          version: "REDIS_7_2",
          memoryGiB: 2,
          evictionPolicy: "allkeys-lru",
          maintenance: { day: "SUNDAY", hour: 7 },
        },
      },
      opts,
    );
  });

interface Settings {
  readonly tier: string;
  readonly edition: string;
  readonly availabilityType: string;
  readonly diskSize?: number;
  readonly deletionProtectionEnabled: boolean;
  readonly locationPreference: { readonly zone: string; readonly secondaryZone?: string };
  readonly databaseFlags: readonly { readonly name: string; readonly value: string }[];
  readonly ipConfiguration: { readonly sslMode: string };
  readonly insightsConfig: { readonly queryInsightsEnabled: boolean };
}

const instances = async (...args: Parameters<typeof build>) => {
  const { made, resources } = await build(...args);
  const all = ofType(resources, "gcp:sql/databaseInstance").map((one) => ({
    ...one,
    settings: one.inputs["settings"] as Settings,
  }));
  const [primary, ...replicas] = all;
  if (primary === undefined) throw new Error("there is no primary");
  return { made, resources, all, primary, replicas };
};

describe("a lost zone", () => {
  test("leaves a database: the primary has another half elsewhere, and no replica stands with the primary or with another", async () => {
    const { primary, replicas } = await instances();
    expect(primary.settings.availabilityType).toBe("REGIONAL");
    expect(primary.settings.locationPreference).toEqual({
      zone: "us-east1-b",
      secondaryZone: "us-east1-c",
    });
    expect(replicas.map(({ settings }) => settings.locationPreference)).toEqual([
      { zone: "us-east1-c" },
      { zone: "us-east1-d" },
    ]);
  });

  test("is survived by a replica that can take over: same version, edition, flags, encryption and protection", async () => {
    const { primary, replicas } = await instances();
    expect(replicas).toHaveLength(2);
    for (const { inputs, settings, protect } of replicas) {
      expect(inputs["masterInstanceName"]).toBe("gitlab-version-postgres");
      expect(inputs["databaseVersion"]).toBe(primary.inputs["databaseVersion"]);
      expect(settings).toMatchObject({
        tier: primary.settings.tier,
        edition: primary.settings.edition,
        databaseFlags: primary.settings.databaseFlags,
        ipConfiguration: primary.settings.ipConfiguration,
        insightsConfig: primary.settings.insightsConfig,
        deletionProtectionEnabled: true,
      });
      expect([protect, inputs["deletionProtection"]]).toEqual([true, true]);
    }
  });

  test.each([
    ["with the primary", { replicas: [{ zone: "us-east1-b" }] }, "the primary's"],
    [
      "with another one",
      { replicas: [{ zone: "us-east1-d" }, { zone: "us-east1-d" }] },
      "another replica's",
    ],
    ["out of the region", { replicas: [{ zone: "us-central1-a" }] }, "one of region us-east1"],
    ["smaller than the primary", { replicaTier: "db-custom-2-4096" }, "at least the primary's"],
    ["of no tier", { replicaTier: "db-g1-small" }, "db-custom-<vCPU>-<MiB>"],
  ])("a replica %s is refused", async (_what, more, message) => {
    await expect(build(more)).rejects.toThrow(message);
  });
});

describe("what Cloud SQL does with replicas", () => {
  test("they have no backups, no window and no size of their own, which it would refuse or set itself", async () => {
    const { replicas } = await instances();
    for (const { settings, ignoreChanges } of replicas) {
      for (const key of ["backupConfiguration", "maintenanceWindow", "diskSize"]) {
        expect(settings).not.toHaveProperty(key);
      }
      expect(ignoreChanges).toEqual(["settings.maintenanceWindow"]);
    }
  });

  test("one operation at a time: user, database and replicas come one after another", async () => {
    const { resources, replicas } = await instances();
    expect(only(resources, "gcp:sql/database").dependsOn).toEqual([
      only(resources, "gcp:sql/user").name,
    ]);
    expect(replicas.map(({ dependsOn }) => dependsOn)).toEqual([
      [only(resources, "gcp:sql/database").name],
      [replicas[0]?.name],
    ]);
  });

  test("another major takes them along, which Cloud SQL would else refuse; a primary without any asks for nothing", async () => {
    const key = "includeReplicasForMajorVersionUpgrade";
    expect((await instances()).primary.inputs[key]).toBe(true);
    expect((await instances({ replicas: [] })).primary.inputs).not.toHaveProperty(key);
  });

  test("they can be grown before the primary is", async () => {
    const { all } = await instances({ replicaTier: "db-custom-4-15360" });
    expect(all.map(({ settings }) => settings.tier)).toEqual([
      "db-custom-2-7680",
      "db-custom-4-15360",
      "db-custom-4-15360",
    ]);
  });

  test("without replicas there is the primary alone", async () => {
    const { made, replicas } = await instances({ replicas: undefined });
    expect(replicas).toEqual([]);
    expect(made.connectionNames.replicas).toEqual([]);
  });
});

describe("the login", () => {
  test("is the service account's: no password anywhere, and no way in without a client certificate", async () => {
    const { made, resources, all } = await instances();
    const user = only(resources, "gcp:sql/user");
    expect(user.inputs).toEqual({
      instance: "gitlab-version-postgres",
      name: "gitlab-version-app@acme-version-1.iam",
      type: "CLOUD_IAM_SERVICE_ACCOUNT",
      databaseRoles: ["cloudsqlsuperuser"],
    });
    expect(await valueOf(made.username)).toBe("gitlab-version-app@acme-version-1.iam");
    for (const { settings } of all) {
      expect(settings.databaseFlags).toContainEqual({
        name: "cloudsql.iam_authentication",
        value: "on",
      });
      expect(settings.ipConfiguration.sslMode).toBe("TRUSTED_CLIENT_CERTIFICATE_REQUIRED");
    }
    expect(ofType(resources, "gcp:secretmanager/secret")).toEqual([]);
  });

  test("counts on these instances alone, replicas among them", async () => {
    const { resources } = await build();
    const rights = ofType(resources, "gcp:projects/iAMMember").map(({ inputs }) => inputs);
    expect(rights.map(({ role }) => role)).toEqual([
      "roles/cloudsql.client",
      "roles/cloudsql.instanceUser",
    ]);
    for (const { condition, member } of rights) {
      expect(member).toBe(
        "serviceAccount:gitlab-version-app@acme-version-1.iam.gserviceaccount.com",
      );
      expect((condition as { expression: string }).expression).toBe(
        'resource.type == "sqladmin.googleapis.com/Instance" && (resource.name == "projects/acme-version-1/instances/gitlab-version-postgres" || resource.name == "projects/acme-version-1/instances/gitlab-version-postgres-replica-c" || resource.name == "projects/acme-version-1/instances/gitlab-version-postgres-replica-d")',
      );
    }
  });
});

test("other instances are another grant by title as well: the new one is there before the old one goes", async () => {
  const title = async (more: Partial<GcpAppDatabaseArgs>) => {
    const [right] = ofType((await build(more)).resources, "gcp:projects/iAMMember");
    return (right?.inputs["condition"] as { title: string }).title;
  };
  const titles = [
    await title({}),
    await title({ instanceName: "gitlab-version-postgres-replica-d" }),
    await title({ replicas: [{ zone: "us-east1-c" }] }),
    await title({
      replicas: [{ zone: "us-east1-c", instanceName: "another" }, { zone: "us-east1-d" }],
    }),
  ];
  expect(new Set(titles).size).toBe(titles.length);
  for (const one of titles) expect(one.length).toBeLessThanOrEqual(100);
});

describe("facts", () => {
  test("instances are known by name before they are, in the order of the settings", async () => {
    const { made, all } = await instances();
    expect(made.connectionNames).toEqual({
      primary: "acme-version-1:us-east1:gitlab-version-postgres",
      replicas: [
        "acme-version-1:us-east1:gitlab-version-postgres-replica-c",
        "acme-version-1:us-east1:gitlab-version-postgres-replica-d",
      ],
    });
    expect(all.map(({ inputs }) => inputs["name"])).toEqual([
      appInstanceName(site(), database),
      ...made.instances.replicas,
    ]);
  });

  test("a database that was promoted or restored keeps its name, and its replicas get names that nobody had", async () => {
    const { made } = await instances({
      instanceName: "gitlab-version-postgres-replica-d",
      replicas: [{ zone: "us-east1-c" }, { zone: "us-east1-d" }],
    });
    expect(made.instances).toEqual({
      primary: "gitlab-version-postgres-replica-d",
      replicas: [
        "gitlab-version-postgres-replica-d-replica-c",
        "gitlab-version-postgres-replica-d-replica-d",
      ],
    });
  });

  test("a replica that is made anew can have another name than the one that is gone, in the same place", async () => {
    const { made, replicas } = await instances({
      replicas: [{ zone: "us-east1-c", instanceName: "replica-c2" }, { zone: "us-east1-d" }],
    });
    expect(made.instances.replicas).toEqual(["replica-c2", "gitlab-version-postgres-replica-d"]);
    expect(replicas[0]?.name).toBe("data-database-postgres-replica-c");
  });

  test("names stay within Cloud SQL's length", async () => {
    const { made } = await instances({ instanceName: "p".repeat(84) });
    for (const name of made.instances.replicas) expect(name.length).toBeLessThanOrEqual(84);
    expect(new Set(made.instances.replicas).size).toBe(2);
  });
});

test("the database waits for its export, and the cache for none", async () => {
  const { resources, primary } = await instances();
  expect(primary.dependsOn).toEqual(["the-export"]);
  expect(only(resources, "gcp:redis/instance").dependsOn).toEqual([]);
});

test.each([true, false])("everything that holds data is protected, or nothing: %s", async (on) => {
  const { resources, all } = await instances({}, on);
  const cache = only(resources, "gcp:redis/instance");
  expect(
    [...all, cache, only(resources, "gcp:sql/database")].map(({ protect }) => protect),
  ).toEqual([on, on, on, on, on]);
});

test("the cache drops what was not used for longest, writes nothing down, and keeps TLS and AUTH", async () => {
  const { made, resources } = await build();
  expect(only(resources, "gcp:redis/instance").inputs).toMatchObject({
    displayName: "gitlab-version: cache",
    locationId: "us-east1-c",
    alternativeLocationId: "us-east1-d",
    authEnabled: true,
    transitEncryptionMode: "SERVER_AUTHENTICATION",
    redisConfigs: { "maxmemory-policy": "allkeys-lru" },
    persistenceConfig: { persistenceMode: "DISABLED" },
  });
  expect(await isSecretOutput(made.redis.authString)).toBe(true);
  expect(made.redis.port).toBe(6378);
});

test("connections are said outright, whole and no fewer than Cloud SQL takes", () => {
  expect(appDatabaseFlags(14)).toContainEqual({ name: "max_connections", value: "14" });
  for (const wrong of [13, 14.5]) expect(() => appDatabaseFlags(wrong)).toThrow("14 on");
});
