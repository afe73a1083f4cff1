/** What the models of RDS, ElastiCache and DynamoDB let through and what they refuse. */
import type { Known, Wire } from "../sandbox/support/client";
import { Account } from "./support";

const INSTANCE = "aws:rds/instance:Instance";
const GROUP = "aws:rds/subnetGroup:SubnetGroup";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const REDIS = "aws:elasticache/replicationGroup:ReplicationGroup";
const TABLE = "aws:dynamodb/table:Table";

let account: Account;
beforeEach(async () => {
  account = await Account.open();
});
afterEach(() => account.close());

describe("RDS", () => {
  let network: { vpc: Known; subnets: Known[]; group: Known };
  let group: Known;
  const settings = (more: Wire = {}): Wire => ({
    identifier: "gitlab",
    engine: "postgres",
    engineVersion: "17.6",
    instanceClass: "db.m7g.large",
    allocatedStorage: 100,
    maxAllocatedStorage: 500,
    storageType: "gp3",
    storageEncrypted: true,
    username: "gitlab",
    password: "planted-password",
    dbSubnetGroupName: group.id,
    vpcSecurityGroupIds: [network.group.id],
    multiAz: true,
    backupRetentionPeriod: 14,
    skipFinalSnapshot: true,
    ...more,
  });

  beforeEach(async () => {
    network = await account.network();
    group = await account.make(GROUP, {
      name: "gitlab",
      subnetIds: network.subnets.map(({ id }) => id),
    });
  });

  test("an instance has its true id, ARN and endpoint", async () => {
    const database = await account.make(INSTANCE, settings());
    expect(database.id).toMatch(/^db-[A-Z0-9]{26}$/);
    const { address, endpoint, port, arn } = database.outputs;
    expect(address).toMatch(/^gitlab\.[a-z0-9]{12}\.eu-west-1\.rds\.amazonaws\.com$/);
    expect(port).toBe(5432);
    expect(endpoint).toBe(`${address as string}:5432`);
    expect(arn).toBe("arn:aws:rds:eu-west-1:123456789012:db:gitlab");
    expect(database.outputs["parameterGroupName"]).toBe("default.postgres17");
    expect(JSON.stringify(account.bench.sandbox.objects({}))).not.toContain("planted-password");
  });

  test("the port follows the engine", async () => {
    const database = await account.make(
      INSTANCE,
      settings({ engine: "mysql", engineVersion: "8.0" }),
    );
    expect(database.outputs["port"]).toBe(3306);
  });

  test("a subnet group covers two zones of one VPC, and stays while it is used", async () => {
    await expect(
      account.make(GROUP, { subnetIds: [network.subnets[0]?.id ?? ""] }),
    ).rejects.toThrow(/cover at least 2 Availability Zones/);
    const other = await account.network();
    await expect(
      account.make(GROUP, {
        subnetIds: [network.subnets[0]?.id ?? "", other.subnets[1]?.id ?? ""],
      }),
    ).rejects.toThrow(/one VPC/);
    await account.make(INSTANCE, settings());
    await expect(account.provider.delete(group)).rejects.toThrow();
  });

  test("security groups of another VPC are refused", async () => {
    const other = await account.network();
    await expect(
      account.make(INSTANCE, settings({ vpcSecurityGroupIds: [other.group.id] })),
    ).rejects.toThrow(/different VPCs/);
  });

  test.each<[string, Wire, RegExp]>([
    ["without a password", { password: undefined as never }, /`password`: required/],
    ["with a slash in the password", { password: "pass/word-1" }, /password/],
    ["with the user admin", { username: "admin" }, /reserved word/],
    ["with 36 days of backups", { backupRetentionPeriod: 36 }, /backupRetentionPeriod/],
    ["with IOPS on little gp3 storage", { iops: 12000 }, /less than 400 GiB/],
    ["with few IOPS on much gp3 storage", { allocatedStorage: 400, iops: 3000 }, /12,000/],
    ["with io2 and no IOPS", { storageType: "io2" }, /`iops`/],
    ["with autoscaling below what it has", { maxAllocatedStorage: 50 }, /maxAllocatedStorage/],
    ["in one zone and in many", { availabilityZone: "eu-west-1a" }, /not valid for Multi-AZ/],
    ["with monitoring and no role", { monitoringInterval: 60 }, /monitoringRoleArn/],
    ["with an odd interval", { monitoringInterval: 7 }, /monitoringInterval/],
    [
      "with insights kept but off",
      { performanceInsightsRetentionPeriod: 7 },
      /performanceInsightsEnabled/,
    ],
    [
      "with advanced insights kept a week",
      {
        databaseInsightsMode: "advanced",
        performanceInsightsEnabled: true,
        performanceInsightsRetentionPeriod: 7,
      },
      /465/,
    ],
    [
      "with the default parameters of another version",
      { parameterGroupName: "default.postgres16" },
      /family must be postgres17/,
    ],
    ["with another engine's logs", { enabledCloudwatchLogsExports: ["slowquery"] }, /postgresql/],
    ["with a password that RDS manages too", { manageMasterUserPassword: true }, /password/],
    ["with a wrong window", { backupWindow: "25:00-26:00" }, /backupWindow/],
    ["with a capital identifier", { identifier: "GitLab" }, /identifier/],
  ])("an instance %s is refused", async (_, inputs, message) => {
    const all: Wire = settings(inputs);
    for (const key of Object.keys(all)) if (all[key] === undefined) delete all[key];
    await expect(account.make(INSTANCE, all)).rejects.toThrow(message);
  });

  test("a protected instance and one without a final snapshot's name are not deleted", async () => {
    const database = await account.make(INSTANCE, settings({ deletionProtection: true }));
    await expect(account.provider.delete(database)).rejects.toThrow(/deletion protection/);
    const bare = await account.change(database, settings({ skipFinalSnapshot: false }));
    await expect(account.provider.delete(bare)).rejects.toThrow(/final_snapshot_identifier/);
    const ready = await account.change(
      bare,
      settings({ skipFinalSnapshot: false, finalSnapshotIdentifier: "gitlab-last" }),
    );
    await account.provider.delete(ready);
  });

  test("storage only grows", async () => {
    const database = await account.make(INSTANCE, settings());
    await account.change(database, settings({ allocatedStorage: 200 }));
    await expect(
      account.change(
        { ...database, inputs: { ...database.inputs, allocatedStorage: 200 } },
        settings({ allocatedStorage: 50 }),
      ),
    ).rejects.toThrow(/storage only grows/);
  });

  test("another major version needs leave, and there is no way back", async () => {
    const database = await account.make(INSTANCE, settings({ engineVersion: "16.10" }));
    await expect(account.change(database, settings())).rejects.toThrow(/allowMajorVersionUpgrade/);
    const newer = await account.change(database, settings({ allowMajorVersionUpgrade: true }));
    expect(newer.outputs["engineVersionActual"]).toBe("17.6");
    await expect(
      account.change(newer, settings({ engineVersion: "16.10", allowMajorVersionUpgrade: true })),
    ).rejects.toThrow(/an older one is not allowed/);
  });

  test("static parameters wait for a reboot, and a group stays while it is used", async () => {
    const make = (applyMethod: string) =>
      account.make(PARAMETERS, {
        family: "postgres17",
        parameters: [
          { name: "rds.force_ssl", value: "1" },
          { name: "max_connections", value: "500", applyMethod },
        ],
      });
    await expect(make("immediate")).rejects.toThrow(/static parameter/);
    const parameters = await make("pending-reboot");
    await account.make(INSTANCE, settings({ parameterGroupName: parameters.id }));
    await expect(account.provider.delete(parameters)).rejects.toThrow();
  });

  test("events are of instances that exist, and sources have a type", async () => {
    const topic = await account.make("aws:sns/topic:Topic", {});
    const make = (inputs: Wire) =>
      account.make("aws:rds/eventSubscription:EventSubscription", {
        snsTopic: topic.id,
        ...inputs,
      });
    await expect(make({ sourceIds: ["gitlab"] })).rejects.toThrow(/sourceType/);
    const inputs = { sourceType: "db-instance", sourceIds: ["gitlab"] };
    await expect(make(inputs)).rejects.toThrow(/SourceNotFound/);
    await account.make(INSTANCE, settings());
    await make(inputs);
  });
});

describe("ElastiCache", () => {
  let network: { vpc: Known; subnets: Known[]; group: Known };
  let subnets: Known;
  const settings = (more: Wire = {}): Wire => ({
    replicationGroupId: "gitlab",
    description: "GitLab",
    engine: "redis",
    engineVersion: "7.1",
    nodeType: "cache.m7g.large",
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    atRestEncryptionEnabled: true,
    transitEncryptionEnabled: true,
    authToken: "planted-token-0123456789",
    subnetGroupName: subnets.id,
    securityGroupIds: [network.group.id],
    ...more,
  });

  beforeEach(async () => {
    network = await account.network();
    subnets = await account.make("aws:elasticache/subnetGroup:SubnetGroup", {
      name: "gitlab",
      subnetIds: network.subnets.map(({ id }) => id),
    });
  });

  test("a group has its true endpoints, with one random part", async () => {
    const { outputs } = await account.make(REDIS, settings());
    const part = /^master\.gitlab\.([a-z0-9]{6})\.euw1\.cache\.amazonaws\.com$/.exec(
      outputs["primaryEndpointAddress"] as string,
    )?.[1];
    expect(part).toBeDefined();
    expect(outputs["readerEndpointAddress"]).toBe(
      `replica.gitlab.${String(part)}.euw1.cache.amazonaws.com`,
    );
    expect(outputs["configurationEndpointAddress"]).toBe("");
    expect(outputs["memberClusters"]).toEqual(["gitlab-001", "gitlab-002"]);
    expect(outputs["clusterEnabled"]).toBe(false);
    expect(JSON.stringify(account.bench.sandbox.objects({}))).not.toContain("planted-token");
  });

  test("without TLS the endpoint says the shard", async () => {
    const inputs = settings({ transitEncryptionEnabled: false });
    delete inputs["authToken"];
    const { outputs } = await account.make(REDIS, inputs);
    expect(outputs["primaryEndpointAddress"]).toMatch(
      /^gitlab\.[a-z0-9]{6}\.ng\.0001\.euw1\.cache\.amazonaws\.com$/,
    );
  });

  test.each<[string, Wire, RegExp]>([
    ["with failover and one node", { numCacheClusters: 1 }, /num_cache_clusters/],
    ["over zones without failover", { automaticFailoverEnabled: false }, /automatic_failover/],
    ["with a token and no TLS", { transitEncryptionEnabled: false }, /AUTH token/],
    ["with a short token", { authToken: "short" }, /authToken/],
    ["with a token of forbidden letters", { authToken: "0123456789abcdef@/" }, /authToken/],
    ["of a version that Redis does not have", { engineVersion: "7.2" }, /last one is 7.1/],
    ["with another version's parameters", { parameterGroupName: "default.redis6.x" }, /redis7/],
    ["with nodes and shards", { numNodeGroups: 2 }, /numNodeGroups|numCacheClusters/],
    ["with an id that ends with a hyphen", { replicationGroupId: "gitlab-" }, /replicationGroupId/],
    ["with 36 days of snapshots", { snapshotRetentionLimit: 36 }, /snapshotRetentionLimit/],
  ])("a group %s is refused", async (_, inputs, message) => {
    await expect(account.make(REDIS, settings(inputs))).rejects.toThrow(message);
  });

  test("over zones needs subnets in two of them", async () => {
    const narrow = await account.make("aws:elasticache/subnetGroup:SubnetGroup", {
      subnetIds: [network.subnets[0]?.id ?? ""],
    });
    await expect(account.make(REDIS, settings({ subnetGroupName: narrow.id }))).rejects.toThrow(
      /two Availability Zones/,
    );
  });

  test("TLS on a group that exists begins as preferred", async () => {
    const plain = settings({ transitEncryptionEnabled: false });
    delete plain["authToken"];
    const cache = await account.make(REDIS, plain);
    const encrypted = { ...plain, transitEncryptionEnabled: true };
    await expect(account.change(cache, encrypted)).rejects.toThrow(/preferred first/);
    await account.change(cache, { ...encrypted, transitEncryptionMode: "preferred" });
  });

  test("its groups stay while they are used", async () => {
    const parameters = await account.make("aws:elasticache/parameterGroup:ParameterGroup", {
      family: "redis7",
      parameters: [{ name: "maxmemory-policy", value: "noeviction" }],
    });
    const cache = await account.make(REDIS, settings({ parameterGroupName: parameters.id }));
    await expect(account.provider.delete(parameters)).rejects.toThrow();
    await expect(account.provider.delete(subnets)).rejects.toThrow();
    await account.provider.delete(cache);
    await account.provider.delete(parameters);
    await account.provider.delete(subnets);
  });
});

describe("DynamoDB", () => {
  const settings = (more: Wire = {}): Wire => ({
    name: "lease",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "id",
    attributes: [{ name: "id", type: "S" }],
    ...more,
  });

  test("a table has its true ARN, and a stream where one is on", async () => {
    const { outputs } = await account.make(
      TABLE,
      settings({ streamEnabled: true, streamViewType: "NEW_IMAGE" }),
    );
    expect(outputs["arn"]).toBe("arn:aws:dynamodb:eu-west-1:123456789012:table/lease");
    expect(outputs["streamArn"]).toBe(
      `arn:aws:dynamodb:eu-west-1:123456789012:table/lease/stream/${outputs["streamLabel"] as string}`,
    );
  });

  test.each<[string, Wire, RegExp]>([
    [
      "an attribute that is no key",
      {
        attributes: [
          { name: "id", type: "S" },
          { name: "owner", type: "S" },
        ],
      },
      /all attributes must be indexed/,
    ],
    ["a key that is no attribute", { rangeKey: "version" }, /must match a defined attribute/],
    ["no capacity where it is provisioned", { billingMode: "PROVISIONED" }, /readCapacity/],
    ["a stream without a view", { streamEnabled: true }, /streamViewType/],
    ["expiry without an attribute", { ttl: { enabled: true } }, /ttl.attributeName/],
    ["a name of two letters", { name: "ab" }, /name/],
  ])("a table with %s is refused", async (_, inputs, message) => {
    await expect(account.make(TABLE, settings(inputs))).rejects.toThrow(message);
  });

  test("a protected table is not deleted", async () => {
    const table = await account.make(TABLE, settings({ deletionProtectionEnabled: true }));
    await expect(account.provider.delete(table)).rejects.toThrow(/protected against deletion/);
    await account.provider.delete(
      await account.change(table, settings({ deletionProtectionEnabled: false })),
    );
  });
});
