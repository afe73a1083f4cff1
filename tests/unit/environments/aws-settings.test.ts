import { SettingsError, type SettingsValue } from "../../../engine/environment";
import { parseAwsSettings } from "../../../environments/aws/settings";
import { awsConfig } from "../../support/aws-settings";

type Changes = Readonly<Record<string, SettingsValue | undefined>>;

function refusal(changes: Changes): SettingsError {
  try {
    parseAwsSettings(awsConfig(changes));
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(changes)}`);
}

const fleet = (name: string): SettingsValue => ({ name, tags: ["docker"] });

/** What is wrong, the change that makes it so, the key that must be named, and what must be said of what is allowed. */
const wrong: readonly (readonly [string, Changes, string, RegExp])[] = [
  ["an unknown key", { regoin: "us-east-1" }, "regoin", /one of region, accountId/],
  [
    "an unknown key inside an object",
    { "network.cdir": "10.0.0.0/16" },
    "network.cdir",
    /one of cidr, zones/,
  ],
  ["a wrong type", { protection: "sometimes" }, "protection", /boolean/],
  [
    "a wrong type inside an object",
    { "application.count": "three" },
    "application.count",
    /number/,
  ],
  ["a missing setting", { domain: undefined }, "domain", /string/],
  [
    "a missing secret",
    { databasePassword: undefined },
    "databasePassword",
    /pulumi config set --secret gitlab:databasePassword -s aws/,
  ],
  [
    "a mail server without its password",
    { smtp: { host: "smtp.example.com", username: "u", from: "gitlab@example.com" } },
    "smtpPassword",
    /config set --secret/,
  ],
  [
    "a secret that RDS refuses",
    { databasePassword: "with/slash-and-long-enough" },
    "databasePassword",
    /without \//,
  ],
  ["a bad CIDR", { "network.cidr": "10.20.0.0/33" }, "network.cidr", /IPv4 network/],
  ["a CIDR with host bits", { "network.cidr": "10.20.0.1/16" }, "network.cidr", /host bits/],
  ["a public CIDR", { "network.cidr": "52.0.0.0/16" }, "network.cidr", /private/],
  ["a network too small", { "network.cidr": "10.20.0.0/24" }, "network.cidr", /\/16 to \/20/],
  ["a network on Docker's bridge", { "network.cidr": "172.17.0.0/16" }, "network.cidr", /Docker/],
  [
    "a CIDR overlap",
    { "network.peers": ["10.20.128.0/20"] },
    "network.peers[0]",
    /does not overlap network.cidr 10.20.0.0\/16/,
  ],
  ["two zones", { "network.zones": ["us-east-1a", "us-east-1b"] }, "network.zones", /3/],
  [
    "the same zone twice",
    { "network.zones": ["us-east-1a", "us-east-1a", "us-east-1b"] },
    "network.zones[1]",
    /different/,
  ],
  [
    "a zone of another region",
    { "network.zones": ["us-east-1a", "us-east-1b", "eu-west-1c"] },
    "network.zones[2]",
    /us-east-1/,
  ],
  ["one application node", { "application.count": 1 }, "application.count", /at least 2/],
  ["a burstable Gitaly", { "gitaly.type": "t3.xlarge" }, "gitaly.type", /not burstable/],
  [
    "a burstable application node",
    { "application.type": "t3a.2xlarge" },
    "application.type",
    /not burstable/,
  ],
  [
    "an arm machine for x86 images",
    { "application.type": "m7g.2xlarge" },
    "application.type",
    /x86_64/,
  ],
  [
    "a PostgreSQL major that GitLab 19 has dropped",
    { "database.engineVersion": "16.9" },
    "database.engineVersion",
    /PostgreSQL 17 for GitLab 19/,
  ],
  [
    "Aurora",
    { "database.engineVersion": "aurora-postgresql" },
    "database.engineVersion",
    /PostgreSQL version/,
  ],
  [
    "a burstable database",
    { "database.instanceClass": "db.t3.large" },
    "database.instanceClass",
    /not burstable/,
  ],
  ["no room to grow", { "database.maxStorageGiB": 105 }, "database.maxStorageGiB", /10 % above/],
  ["Redis cluster mode", { "cache.clusterMode": "enabled" }, "cache.clusterMode", /disabled/],
  [
    "a Redis that GitLab does not take",
    { "cache.engineVersion": "6.2" },
    "cache.engineVersion",
    /7.1/,
  ],
  [
    "a Valkey that does not exist",
    { "cache.engine": "valkey" },
    "cache.engineVersion",
    /7.2 for valkey/,
  ],
  ["no replica", { "cache.replicas": 0 }, "cache.replicas", /at least 1/],
  [
    "a skipped upgrade stop",
    { "release.version": "19.6.0", "release.upgradeFrom": "19.2.2" },
    "release.version",
    /one minor at a time.*19.5 is a required stop/,
  ],
  [
    "two minors ahead",
    { "release.version": "19.4.1", "release.upgradeFrom": "19.2.2" },
    "release.version",
    /19.3.x/,
  ],
  [
    "a downgrade",
    { "release.version": "19.2.2", "release.upgradeFrom": "19.3.1" },
    "release.version",
    /not older/,
  ],
  [
    "a major before the last minor",
    { "release.version": "19.0.1", "release.upgradeFrom": "18.8.0" },
    "release.version",
    /18.9.x/,
  ],
  ["an image without digest", { "release.digest": "latest" }, "release.digest", /sha256/],
  [
    "a GitLab without the right pg_dump",
    { "release.version": "18.8.2" },
    "release.version",
    /pg_dump/,
  ],
  [
    "backups in the same account",
    {
      "backupAccount.accountId": "111122223333",
      "backupAccount.roleArn": "arn:aws:iam::111122223333:role/x",
    },
    "backupAccount.accountId",
    /other than accountId/,
  ],
  [
    "a backup role of a third account",
    { "backupAccount.roleArn": "arn:aws:iam::999999999999:role/x" },
    "backupAccount.roleArn",
    /444455556666/,
  ],
  [
    "a copy in the same region",
    { "backup.copyRegion": "us-east-1" },
    "backup.copyRegion",
    /other than us-east-1/,
  ],
  [
    "an alarm before the next backup can be there",
    { "backup.maxAgeHours": 20 },
    "backup.maxAgeHours",
    /25/,
  ],
  [
    "an account id that YAML made a number",
    { accountId: 111122223333, region: 1 },
    "region",
    /region/,
  ],
  [
    "a time zone that does not exist",
    { "backup.timezone": "Mars/Olympus" },
    "backup.timezone",
    /IANA/,
  ],
  [
    "two fleets of one name",
    { runners: [fleet("docker"), fleet("docker")] },
    "runners[1].name",
    /differ/,
  ],
  [
    "one Spot type",
    { runners: [{ name: "a", workerTypes: ["m6i.large"] }] },
    "runners[0].workerTypes",
    /at least 2/,
  ],
  [
    "mail on port 25",
    {
      smtp: { host: "smtp.example.com", port: 25, username: "u", from: "gitlab@example.com" },
      smtpPassword: "x",
    },
    "smtp.port",
    /587/,
  ],
  [
    "one name for two services",
    { registryDomain: "gitlab.example.com" },
    "domain",
    /names of their own/,
  ],
  [
    "an EBS throughput that IOPS don't carry",
    { "gitaly.data": "ebs", "gitaly.volume.iops": 3000, "gitaly.volume.throughputMiBps": 1000 },
    "gitaly.volume.throughputMiBps",
    /quarter/,
  ],
];

describe("settings of the aws environment", () => {
  test("the committed stack file is accepted", () => {
    expect(parseAwsSettings(awsConfig()).release.version).toBe("19.2.2");
  });

  test.each(wrong)("%s is refused with key, found and allowed", (_, changes, key, allowed) => {
    const problem = refusal(changes).problems.find((one) => one.key === key);
    expect(problem).toBeDefined();
    expect(problem?.found).not.toBe("");
    expect(problem?.allowed).toMatch(allowed);
  });

  test("problems of all kinds come together in one message, each key once", () => {
    const error = refusal({
      nonsense: 1,
      "network.cidr": "10.20.0.1/16",
      "gitaly.type": "t3.large",
      "cache.clusterMode": "enabled",
      "backupAccount.roleArn": "arn:aws:iam::999999999999:role/x",
      redisToken: undefined,
      "database.engineVersion": "16.9",
    });
    const keys = error.problems.map(({ key }) => key);
    expect(keys).toEqual(
      expect.arrayContaining([
        "nonsense",
        "network.cidr",
        "gitaly.type",
        "cache.clusterMode",
        "backupAccount.roleArn",
        "redisToken",
        "database.engineVersion",
      ]),
    );
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(error.message.split(`  ${key}:`).length).toBe(2);
  });

  test("a wrong secret is never quoted", () => {
    expect(refusal({ databasePassword: "a/b secret" }).message).not.toContain("a/b secret");
  });
});
