import { SettingsError, type SettingsValue } from "../../../engine/environment";
import { rehearsal, secrets } from "../../../environments/ops/index";
import { parseOpsSettings } from "../../../environments/ops/settings";
import { opsConfig } from "../../support/ops-settings";

type Changes = Readonly<Record<string, SettingsValue | undefined>>;

function refusal(changes: Changes): SettingsError {
  try {
    parseOpsSettings(opsConfig(changes));
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(changes)}`);
}

const image = (name: string) => `projects/ubuntu-os-cloud/global/images/${name}`;
const mirror = (direction: string, url: string): SettingsValue => ({
  name: "runbooks",
  direction,
  project: "infrastructure/runbooks",
  url,
});

/** What is wrong, the change that makes it so, the key that must be named, and what must be said of what is allowed. */
const wrong: readonly (readonly [string, Changes, string, RegExp])[] = [
  ["an unknown key", { regoin: "us-east1" }, "regoin", /one of .*region/],
  ["an unknown key inside an object", { "cache.teir": "BASIC" }, "cache.teir", /tier/],
  ["dev's part", { oauthApplications: [] }, "oauthApplications", /one of/],
  ["a wrong type", { protection: "sometimes" }, "protection", /boolean/],
  ["a missing setting", { project: undefined }, "project", /string/],
  ["a GitLab major that nobody chose", { upgrade: {} }, "upgrade.major", /number/],
  ["a project's number for its id", { project: "Ops_Project" }, "project", /6 to 30/],
  ["a zone for a region", { region: "us-east1-c" }, "region", /as us-east1/],
  ["a zone of another region", { zone: "us-west1-a" }, "zone", /zone of region us-east1/],
  ["a standby elsewhere", { standbyZone: "us-east4-a" }, "standbyZone", /region us-east1/],
  ["one zone for both", { standbyZone: "us-east1-c" }, "standbyZone", /other than us-east1-c/],
  ["backups in the same region", { "backup.region": "us-east1" }, "backup.region", /other than/],
  ["a domain with a scheme", { domain: "https://ops.example.com" }, "domain", /host name/],
  ["a zone's domain for its name", { "dnsZone.name": "example.com." }, "dnsZone.name", /not its/],
  ["a bad CIDR", { "network.machineCidr": "10.40.0.0/33" }, "network.machineCidr", /IPv4/],
  ["host bits", { "network.machineCidr": "10.40.0.1/24" }, "network.machineCidr", /host bits/],
  ["public addresses", { "network.runnersCidr": "52.0.0.0/20" }, "network.runnersCidr", /private/],
  [
    "subnets that overlap",
    { "network.runnersCidr": "10.40.0.0/20" },
    "network.runnersCidr",
    /does not overlap network.machineCidr/,
  ],
  [
    "services in a subnet",
    { "network.servicesCidr": "10.40.16.0/24" },
    "network.servicesCidr",
    /does not overlap network.runnersCidr/,
  ],
  ["too few addresses", { "network.servicesCidr": "10.41.0.0/28" }, "network.servicesCidr", /\/24/],
  [
    "services on Docker's bridge",
    { "network.servicesCidr": "172.17.0.0/20" },
    "network.servicesCidr",
    /172\.17/,
  ],
  ["a peer that overlaps", { "network.peers": ["10.40.0.0/16"] }, "network.peers[0]", /overlap/],
  ["a shared core", { "machine.type": "e2-medium" }, "machine.type", /cores of its own/],
  ["an older shared core", { "machine.type": "g1-small" }, "machine.type", /cores of its own/],
  ["an Arm type", { "machine.type": "t2a-standard-8" }, "machine.type", /x86_64/],
  [
    "disks that the machine does not take",
    { "machine.type": "c4-standard-8" },
    "disks.type",
    /hyperdisk-balanced/,
  ],
  ["Hyperdisk on an old series", { "disks.type": "hyperdisk-balanced" }, "disks.type", /pd-ssd/],
  [
    "an image by family",
    { "machine.image": "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64" },
    "machine.image",
    /exact name/,
  ],
  [
    "an image of another release",
    { "machine.image": image("ubuntu-2204-jammy-v20260906") },
    "machine.ubuntu",
    /jammy/,
  ],
  [
    "an image for Arm",
    { "machine.image": image("ubuntu-2404-noble-arm64-v20260906") },
    "machine.image",
    /x86_64/,
  ],
  ["a database on a shared core", { "database.tier": "db-f1-micro" }, "database.tier", /SLA/],
  ["another one", { "database.tier": "db-g1-small" }, "database.tier", /SLA/],
  [
    "a tier of the other edition",
    { "database.tier": "db-perf-optimized-N-4" },
    "database.tier",
    /db-custom/,
  ],
  [
    "an edition with the other's tier",
    { "database.edition": "ENTERPRISE_PLUS" },
    "database.tier",
    /db-perf-optimized/,
  ],
  ["odd CPUs", { "database.tier": "db-custom-3-11520" }, "database.tier", /even number/],
  ["too much memory", { "database.tier": "db-custom-4-65536" }, "database.tier", /26624 MiB/],
  [
    "a PostgreSQL that GitLab does not take",
    { "database.major": 16 },
    "database.major",
    /PostgreSQL 17/,
  ],
  ["a PostgreSQL that is none", { "database.major": 15 }, "database.major", /16 or 17/],
  [
    "more days of logs than the edition keeps",
    { "database.logRetentionDays": 14 },
    "database.logRetentionDays",
    /1 to 7/,
  ],
  [
    "fewer backups than days of logs",
    {
      "database.edition": "ENTERPRISE_PLUS",
      "database.tier": "db-perf-optimized-N-4",
      "database.logRetentionDays": 35,
    },
    "database.retainedBackups",
    /at least/,
  ],
  ["storage that must not grow", { "database.maxStorageGiB": 50 }, "database.maxStorageGiB", /100/],
  [
    "fewer connections than GitLab's floor",
    { "database.maxConnections": 200 },
    "database.maxConnections",
    /400/,
  ],
  ["Redis without a copy", { "cache.tier": "BASIC" }, "cache.tier", /STANDARD_HA/],
  ["an old Redis", { "cache.version": "REDIS_6_X" }, "cache.version", /REDIS_7_2/],
  [
    "a first version of another major",
    { "upgrade.firstVersion": "18.11.3-ee.0" },
    "upgrade.firstVersion",
    /never leave upgrade.major/,
  ],
  [
    "a first version of CE",
    { "upgrade.firstVersion": "19.3.0-ce.0" },
    "upgrade.firstVersion",
    /EE/,
  ],
  ["an upgrade every minute", { "upgrade.cron": "* * * * *" }, "upgrade.cron", /once a day/],
  ["a person for the group", { adminGroup: "somebody@gmail.com" }, "adminGroup", /Google group/],
  ["no address at all", { adminGroup: "ops-admins" }, "adminGroup", /Google group/],
  [
    "the group as an administrator",
    { adminEmails: ["ops-admins@example.com"] },
    "adminEmails[0]",
    /person/,
  ],
  [
    "pull mirrors without a licence",
    { license: undefined },
    "license",
    /no pull mirrors.*gitlab:license -s ops/,
  ],
  [
    "a push mirror without its token",
    { pushMirrorToken: undefined },
    "pushMirrorToken",
    /config set --secret gitlab:pushMirrorToken -s ops/,
  ],
  ["Slack without its webhook", { slackWebhook: undefined }, "slackWebhook", /config set --secret/],
  [
    "a mirror of itself",
    { mirrors: [mirror("push", "https://ops.example.com/a/b.git")] },
    "mirrors[0].url",
    /another GitLab/,
  ],
  [
    "a mirror with credentials in its address",
    { mirrors: [mirror("push", "https://me:secret@dev.example.com/a/b.git")] },
    "mirrors[0].url",
    /without credentials/,
  ],
  [
    "an alarm before the next backup can be there",
    { "backup.maxAgeHours": 20 },
    "backup.maxAgeHours",
    /25/,
  ],
  [
    "two fleets of one name",
    { runners: [{ name: "chatops" }, { name: "chatops" }] },
    "runners[1].name",
    /differ/,
  ],
  [
    "a password that has no place in a connection string",
    { databasePassword: 'with "quotes" in it, long enough' },
    "databasePassword",
    /without quotes/,
  ],
];

describe("settings of the ops environment", () => {
  test("the committed stack file is accepted, with the defaults that SYSTEM asks for", () => {
    const settings = parseOpsSettings(opsConfig());
    expect(settings.runners.map(({ name, tags }) => [name, tags])).toEqual([
      ["chatops", ["chatops"]],
      ["deploy", ["deploy"]],
    ]);
    expect(settings.database).toMatchObject({ major: 17, edition: "ENTERPRISE" });
    expect(settings.cache.version).toBe("REDIS_7_2");
  });

  test.each(wrong)("%s is refused with key, found and allowed", (_, changes, key, allowed) => {
    const problem = refusal(changes).problems.find((one) => one.key === key);
    expect(problem).toBeDefined();
    expect(problem?.found).not.toBe("");
    expect(problem?.allowed).toMatch(allowed);
  });

  test("a top-level number, which arrives as text, is read as a number", () => {
    expect(parseOpsSettings(opsConfig({ hostSshPort: "2200" })).hostSshPort).toBe(2200);
  });

  test("problems of all kinds come together in one message, each key once", () => {
    const wanted = [
      "nonsense",
      "zone",
      "network.runnersCidr",
      "machine.type",
      "database.tier",
      "backup.region",
      "initialRootPassword",
    ];
    const error = refusal({
      nonsense: 1,
      zone: "us-west1-a",
      "network.runnersCidr": "10.40.0.0/20",
      "machine.type": "f1-micro",
      "database.tier": "db-custom-3-11520",
      "backup.region": "us-east1",
      initialRootPassword: undefined,
    });
    const keys = error.problems.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining(wanted));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("a wrong secret is never quoted", () => {
    expect(refusal({ databasePassword: "a b secret" }).message).not.toContain("a b secret");
  });

  test("every everyday change of the rehearsal is accepted, on top of those before it", () => {
    const changes = {};
    for (const { set } of rehearsal.day2) {
      Object.assign(changes, set);
      expect(() => parseOpsSettings(opsConfig(changes))).not.toThrow();
    }
  });

  test("secrets that the rehearsal makes up have the form that their keys ask for", () => {
    const made = Object.fromEntries(
      secrets.map((key) => [key, rehearsal.madeUp?.(key, "a".repeat(32)) ?? "a".repeat(32)]),
    );
    const given = { ...made, tls: { certificate: "given" } };
    expect(() => parseOpsSettings(opsConfig(given))).not.toThrow();
  });
});
