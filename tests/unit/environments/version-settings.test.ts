import { SettingsError, type SettingsValue } from "../../../engine/environment";
import { rehearsal, secrets } from "../../../environments/version/index";
import { parseVersionSettings } from "../../../environments/version/settings";
import { versionConfig } from "../../support/version-settings";

type Changes = Readonly<Record<string, SettingsValue | undefined>>;

function refusal(changes: Changes): SettingsError {
  try {
    parseVersionSettings(versionConfig(changes));
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(changes)}`);
}

const digest = `sha256:${"0a".repeat(32)}`;
const window = (days: readonly string[], hours: number): SettingsValue => ({
  days: [...days],
  hour: 4,
  hours,
});

/** What is wrong, the change that makes it so, the key that must be named, and what must be said of what is allowed. */
const wrong: readonly (readonly [string, Changes, string, RegExp])[] = [
  ["an unknown key", { regoin: "us-east1" }, "regoin", /one of .*region/],
  ["an unknown key inside an object", { "app.imgae": "x" }, "app.imgae", /image/],
  ["a wrong type", { protection: "sometimes" }, "protection", /boolean/],
  ["a missing setting", { project: undefined }, "project", /string/],
  ["an app without an image", { "app.image": undefined }, "app.image", /string/],
  // What the control plane and the pods' network must be.
  [
    "a public endpoint of the control plane",
    { "cluster.ipEndpoint": true },
    "cluster.ipEndpoint",
    /^false$/,
  ],
  ["no network policy", { "cluster.networkPolicy": false }, "cluster.networkPolicy", /^true$/],
  [
    "a channel without a service level",
    { "cluster.channel": "RAPID" },
    "cluster.channel",
    /REGULAR/,
  ],
  // Images.
  [
    "an image without digest or tag",
    { "app.image": "registry.gitlab.com/group/version" },
    "app.image",
    /by digest/,
  ],
  [
    "an image by tag alone",
    { "app.image": "registry.gitlab.com/group/version:1.2.3" },
    "app.image",
    /by digest/,
  ],
  [
    "the newest image",
    { "app.image": "registry.gitlab.com/group/version:latest" },
    "app.image",
    /by digest/,
  ],
  [
    "a digest that is cut",
    { "app.image": "registry.gitlab.com/group/version@sha256:0a0a" },
    "app.image",
    /64 hexadecimal/,
  ],
  ["an image of no registry", { "app.image": `version@${digest}` }, "app.image", /registry/],
  [
    "an image of another registry than the token's",
    { "app.image": `ghcr.io/group/version@${digest}` },
    "app.registry.host",
    /ghcr\.io/,
  ],
  // Pods.
  ["one pod", { "app.pods": { min: 1, max: 3 } }, "app.pods.min", /at least 3/],
  ["two pods", { "app.pods": { min: 2, max: 3 } }, "app.pods.min", /at least 3/],
  [
    "fewer at most than at least",
    { "app.pods": { min: 5, max: 4 } },
    "app.pods.max",
    /at least app.pods.min 5/,
  ],
  ["root", { "app.userId": 0 }, "app.userId", /at least 1/],
  [
    "a limit below what is asked for",
    { "app.size": { cpuMillis: 500, cpuLimitMillis: 100 } },
    "app.size.cpuLimitMillis",
    /at least app.size.cpuMillis 500/,
  ],
  [
    "a variable that is set anyway",
    { "app.environment": { DATABASE_URL: "x" } },
    "app.environment.DATABASE_URL",
    /nothing here sets/,
  ],
  [
    "a proxy by tag alone",
    { images: { proxy: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.2" } },
    "images.proxy",
    /by digest/,
  ],
  ["a probe without a path", { "app.paths.ready": "readiness" }, "app.paths.ready", /a path/],
  [
    "a variable that no shell takes",
    { "app.environmentNames.redisUrl": "redis-url" },
    "app.environmentNames.redisUrl",
    /variable/,
  ],
  [
    "one variable for two things",
    { "app.environmentNames.redisUrl": "DATABASE_URL" },
    "app.environmentNames.redisUrl",
    /differ/,
  ],
  [
    "reads at the primary",
    { "app.readConnections": ["primary"] },
    "app.readConnections[0]",
    /only reads/,
  ],
  [
    "one connection twice",
    { "app.readConnections": ["reports", "reports"] },
    "app.readConnections[1]",
    /differ/,
  ],
  [
    "more connections than replicas",
    { "app.readConnections": ["a", "b", "c"] },
    "app.readConnections",
    /at most 2/,
  ],
  ["a rollout by nobody", { "app.deployment": "helm" }, "app.deployment", /auto-devops/],
  // Zones.
  ["a zone for a region", { region: "us-east1-c" }, "region", /as us-east1/],
  [
    "a zone of another region",
    { zones: ["us-east1-b", "us-east1-c", "us-west1-a"] },
    "zones[2]",
    /region us-east1/,
  ],
  ["two zones", { zones: ["us-east1-b", "us-east1-c"] }, "zones", /3/],
  ["one zone twice", { zones: ["us-east1-b", "us-east1-c", "us-east1-c"] }, "zones[2]", /differ/],
  [
    "a replica in the primary's zone",
    { "database.replicaZones": ["us-east1-b", "us-east1-d"] },
    "database.replicaZones[0]",
    /other than the primary's, us-east1-b/,
  ],
  [
    "both replicas in one zone",
    { "database.replicaZones": ["us-east1-c", "us-east1-c"] },
    "database.replicaZones[1]",
    /a zone for each/,
  ],
  ["one replica", { "database.replicaZones": ["us-east1-c"] }, "database.replicaZones", /2/],
  [
    "a standby beside the primary",
    { "database.standbyZone": "us-east1-b" },
    "database.standbyZone",
    /other than/,
  ],
  [
    "a primary elsewhere",
    { "database.zone": "europe-west1-b" },
    "database.zone",
    /region us-east1/,
  ],
  ["backups in the same region", { "backup.region": "us-east1" }, "backup.region", /other than/],
  [
    "replicas smaller than the primary",
    { "database.tier": "db-custom-4-15360", "database.replicaTier": "db-custom-2-7680" },
    "database.replicaTier",
    /no smaller than the primary's/,
  ],
  [
    "replicas with less memory than the primary",
    { "database.tier": "db-custom-4-16384", "database.replicaTier": "db-custom-4-15360" },
    "database.replicaTier",
    /no smaller than the primary's/,
  ],
  [
    "replicas of the other edition",
    { "database.replicaTier": "db-perf-optimized-N-4" },
    "database.replicaTier",
    /of the same edition/,
  ],
  [
    "a name for a replica that is not there",
    { "database.replicaNames": { "us-east1-b": "another" } },
    "database.replicaNames.us-east1-b",
    /a zone of database.replicaZones/,
  ],
  // Network.
  ["a bad CIDR", { "network.nodesCidr": "10.50.0.0/33" }, "network.nodesCidr", /IPv4/],
  ["public addresses", { "network.podsCidr": "52.0.0.0/18" }, "network.podsCidr", /private/],
  [
    "pods in the nodes' subnet",
    { "network.podsCidr": "10.50.0.0/18" },
    "network.podsCidr",
    /does not overlap network.nodesCidr/,
  ],
  [
    "Services that overlap",
    { "network.clusterServicesCidr": "10.51.0.0/20" },
    "network.servicesCidr",
    /does not overlap/,
  ],
  [
    "too few addresses for pods",
    { "network.podsCidr": "10.52.0.0/22" },
    "network.podsCidr",
    /\/21/,
  ],
  [
    "fewer /24s than nodes",
    { "network.podsCidr": "10.52.0.0/21" },
    "cluster.pool.maxPerZone",
    /at most 1/,
  ],
  [
    "services on Docker's bridge",
    { "network.servicesCidr": "172.17.0.0/20" },
    "network.servicesCidr",
    /172\.17/,
  ],
  ["a peer that overlaps", { "network.peers": ["10.52.0.0/16"] }, "network.peers[0]", /overlap/],
  // Cluster.
  ["a shared core", { "cluster.pool.type": "e2-medium" }, "cluster.pool.type", /cores of its own/],
  [
    "a zone without a node",
    { "cluster.pool.minPerZone": 0 },
    "cluster.pool.minPerZone",
    /at least 1/,
  ],
  [
    "a pool that must not grow",
    { "cluster.pool": { minPerZone: 4 } },
    "cluster.pool.maxPerZone",
    /at least cluster.pool.minPerZone 4/,
  ],
  [
    "less time than Google upgrades in",
    { "cluster.maintenance": window(["SU"], 4) },
    "cluster.maintenance.hours",
    /48 hours/,
  ],
  [
    "one day twice",
    { "cluster.maintenance": window(["SU", "SU", "SA"], 6) },
    "cluster.maintenance.days[1]",
    /differ/,
  ],
  // Data.
  ["a database on a shared core", { "database.tier": "db-f1-micro" }, "database.tier", /SLA/],
  [
    "a tier of the other edition",
    { "database.tier": "db-perf-optimized-N-4" },
    "database.tier",
    /db-custom/,
  ],
  ["odd CPUs", { "database.tier": "db-custom-3-11520" }, "database.tier", /even number/],
  [
    "more days of logs than the edition keeps",
    { "database.logRetentionDays": 14 },
    "database.logRetentionDays",
    /1 to 7/,
  ],
  ["an old PostgreSQL", { "database.major": 14 }, "database.major", /15, 16 or 17/],
  ["a cache without a copy", { "cache.tier": "BASIC" }, "cache.tier", /STANDARD_HA/],
  [
    "an alarm before the next export can be there",
    { "backup.maxAgeHours": 20 },
    "backup.maxAgeHours",
    /25/,
  ],
  // Edge, people, secrets.
  [
    "everybody turned away",
    { "armor.denyCidrs": ["0.0.0.0/0"] },
    "armor.denyCidrs[0]",
    /whole internet/,
  ],
  ["nobody's rate", { "armor.requestsPerMinute": 1 }, "armor.requestsPerMinute", /60/],
  [
    "a person for a group",
    { "access.production": "somebody@gmail.com" },
    "access.production",
    /Google group/,
  ],
  [
    "a registry without its token",
    { registryToken: undefined },
    "registryToken",
    /config set --secret gitlab:registryToken -s version/,
  ],
  [
    "no key for sessions",
    { secretKeyBase: undefined },
    "secretKeyBase",
    /config set --secret gitlab:secretKeyBase/,
  ],
  ["a key that is too short", { secretKeyBase: "short" }, "secretKeyBase", /openssl rand/],
];

describe("settings of the version environment", () => {
  test("the committed stack file is accepted, with the defaults that SYSTEM asks for", () => {
    const settings = parseVersionSettings(versionConfig());
    expect(settings.cluster).toMatchObject({
      channel: "REGULAR",
      ipEndpoint: false,
      networkPolicy: true,
    });
    expect(settings.app).toMatchObject({
      pods: { min: 3 },
      deployment: "pulumi",
      readConnections: [],
    });
    expect(settings.database).toMatchObject({ edition: "ENTERPRISE", major: 17 });
    expect(settings.backup.exportBeforeChange).toBe(true);
  });

  test("who rolls out, left unsaid, is Auto DevOps", () => {
    expect(
      parseVersionSettings(versionConfig({ "app.deployment": undefined })).app.deployment,
    ).toBe("auto-devops");
  });

  test.each(wrong)("%s is refused with key, found and allowed", (_, changes, key, allowed) => {
    const problem = refusal(changes).problems.find((one) => one.key === key);
    expect(problem).toBeDefined();
    expect(problem?.found).not.toBe("");
    expect(problem?.allowed).toMatch(allowed);
  });

  test("problems of all kinds come together in one message, each key once", () => {
    const wanted = [
      "nonsense",
      "zones[2]",
      "database.replicaZones[0]",
      "app.image",
      "cluster.ipEndpoint",
      "backup.region",
      "secretKeyBase",
    ];
    const error = refusal({
      nonsense: 1,
      zones: ["us-east1-b", "us-east1-c", "us-west1-a"],
      "database.replicaZones": ["us-east1-b", "us-east1-d"],
      "app.image": "version",
      "cluster.ipEndpoint": true,
      "backup.region": "us-east1",
      secretKeyBase: undefined,
    });
    const keys = error.problems.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining(wanted));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("a wrong secret is never quoted", () => {
    expect(refusal({ registryToken: "a b secret" }).message).not.toContain("a b secret");
  });

  test("every everyday change of the rehearsal is accepted, on top of those before it", () => {
    const changes = {};
    for (const { set } of rehearsal.day2) {
      Object.assign(changes, set);
      expect(() => parseVersionSettings(versionConfig(changes))).not.toThrow();
    }
  });

  test("secrets that the rehearsal makes up have the form that their keys ask for", () => {
    const made = Object.fromEntries(
      secrets.map((key) => [key, rehearsal.madeUp?.(key, "a".repeat(32)) ?? "a".repeat(32)]),
    );
    expect(() => parseVersionSettings(versionConfig(made))).not.toThrow();
  });
});
