import { declared, isSecret, ofType, only, valueOf, type Declared } from "../../support/aws-mocks";
import { AwsFiles, AwsGitVolume, AwsManagedData } from "../../../components/managed-data/aws";
import { databaseParameters } from "../../../components/managed-data/database-parameters";
import { filesPolicy } from "../../../components/managed-data/files-policy";

const site = {
  prefix: "gitlab-test",
  environment: "aws",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const keyArn = "arn:aws:kms:eu-central-1:111111111111:key/1";
const args = {
  site,
  accountId: "111111111111",
  zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
  isolatedSubnetIds: ["subnet-1", "subnet-2", "subnet-3"],
  databaseSecurityGroupId: "sg-database",
  cacheSecurityGroupId: "sg-cache",
  keyArn,
  database: {
    engineVersion: "17.6",
    instanceClass: "db.m6i.xlarge",
    storageGiB: 100,
    maxStorageGiB: 1000,
    backupRetentionDays: 14,
    backupWindow: "00:30-01:30",
    maintenanceWindow: "sun:04:00-sun:05:00",
  },
  cache: {
    engine: "redis" as const,
    engineVersion: "7.1",
    nodeType: "cache.m6g.large",
    replicas: 2,
    snapshotRetentionDays: 7,
    snapshotWindow: "02:30-03:30",
    maintenanceWindow: "sun:05:30-sun:06:30",
  },
  databasePassword: "plain-database-password",
  redisToken: "plain-redis-token",
};
const build = (change: Partial<typeof args> = {}) =>
  declared((opts) => new AwsManagedData("data", { ...args, ...change }, opts));
let usual: ReturnType<typeof build> | undefined;
const data = (): ReturnType<typeof build> => (usual ??= build());
const resource = async (type: string): Promise<Declared> => only((await data()).resources, type);

describe("the database's parameters", () => {
  const values = Object.fromEntries(
    databaseParameters(800).map(({ name, value }) => [name, Number(value)]),
  );

  test("are at least what GitLab asks for, in PostgreSQL's own units", () => {
    const megabyteInKilobytes = 1024;
    expect(values.work_mem).toBeGreaterThanOrEqual(8 * megabyteInKilobytes);
    expect(values.maintenance_work_mem).toBeGreaterThanOrEqual(64 * megabyteInKilobytes);
    expect(values.max_connections).toBeGreaterThanOrEqual(400);
    expect(values.statement_timeout).toBeGreaterThanOrEqual(15_000);
    expect(values.statement_timeout).toBeLessThanOrEqual(60_000);
    expect(values["rds.force_ssl"]).toBe(1);
  });

  test("leave work_mem of all connections at once inside the smallest sensible machine's memory twice over", () => {
    const gibibyteInKilobytes = 1024 * 1024;
    expect((values.work_mem ?? Infinity) * 800).toBeLessThan(16 * gibibyteInKilobytes);
  });

  test("change static ones at a restart only, which RDS refuses otherwise", () => {
    const connections = databaseParameters(800).find(({ name }) => name === "max_connections");
    expect(connections?.applyMethod).toBe("pending-reboot");
  });

  test("refuse fewer connections than GitLab's floor", () => {
    expect(() => databaseParameters(399)).toThrow(/maxConnections/);
  });
});

describe("the database", () => {
  test("is what GitLab supports: a Multi-AZ instance of PostgreSQL whose version moves by hand", async () => {
    const { inputs } = await resource("rds/instance");
    expect(inputs).toMatchObject({
      engine: "postgres",
      engineVersion: "17.6",
      multiAz: true,
      autoMinorVersionUpgrade: false,
      allowMajorVersionUpgrade: false,
      applyImmediately: false,
      dbName: "gitlabhq_production",
      publiclyAccessible: false,
    });
    expect((await resource("rds/parameterGroup")).inputs.family).toBe("postgres17");
  });

  test("can't be lost by one command: protected in both places, with a last snapshot under a fixed name", async () => {
    const instance = await resource("rds/instance");
    expect(instance.protect).toBe(true);
    expect(instance.inputs).toMatchObject({
      identifier: "gitlab-test-postgres",
      deletionProtection: true,
      deleteAutomatedBackups: false,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "gitlab-test-postgres-final",
      backupRetentionPeriod: 14,
      copyTagsToSnapshot: true,
    });
  });

  test("is encrypted with the environment's key, and so are its insights and logs", async () => {
    const { resources } = await data();
    const { inputs } = only(resources, "rds/instance");
    expect([inputs.storageEncrypted, inputs.kmsKeyId, inputs.performanceInsightsKmsKeyId]).toEqual([
      true,
      keyArn,
      keyArn,
    ]);
    for (const group of ofType(resources, "cloudwatch/logGroup")) {
      expect([group.inputs.kmsKeyId, group.inputs.retentionInDays]).toEqual([keyArn, 90]);
    }
  });

  test("logs into groups that stand under the names that RDS would make them by", async () => {
    const names = ofType((await data()).resources, "cloudwatch/logGroup").map(
      ({ inputs }) => inputs.name,
    );
    for (const log of (await resource("rds/instance")).inputs.enabledCloudwatchLogsExports as []) {
      expect(names).toContain(`/aws/rds/instance/gitlab-test-postgres/${String(log)}`);
    }
  });

  test("refuses storage that RDS would not let grow", () => {
    const database = { ...args.database, storageGiB: 100, maxStorageGiB: 109 };
    expect(() => new AwsManagedData("tight", { ...args, database })).toThrow(/maxStorageGiB/);
  });
});

describe("the cache", () => {
  test("is what GitLab supports: one shard that fails over between zones, with TLS and a token", async () => {
    const { inputs } = await resource("elasticache/replicationGroup");
    expect(inputs).toMatchObject({
      engine: "redis",
      clusterMode: "disabled",
      numCacheClusters: 3,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      atRestEncryptionEnabled: true,
      kmsKeyId: keyArn,
      autoMinorVersionUpgrade: false,
      finalSnapshotIdentifier: "gitlab-test-redis-final",
    });
    expect(inputs.preferredCacheClusterAzs).toEqual(args.zones);
    expect(inputs.numNodeGroups).toBeUndefined();
  });

  test("evicts nothing", async () => {
    const { inputs } = await resource("elasticache/parameterGroup");
    expect(inputs.family).toBe("redis7");
    expect(inputs.parameters).toEqual([{ name: "maxmemory-policy", value: "noeviction" }]);
  });

  test("takes Valkey's own parameter family", async () => {
    const cache = { ...args.cache, engine: "valkey" as const, engineVersion: "7.2", replicas: 1 };
    const { made, resources } = await build({ cache } as unknown as Partial<typeof args>);
    expect(only(resources, "elasticache/parameterGroup").inputs.family).toBe("valkey7");
    expect(await Promise.all(made.cacheClusterIds.map(valueOf))).toEqual([
      "gitlab-test-redis-001",
      "gitlab-test-redis-002",
    ]);
  });

  test("is never without a copy", () => {
    const cache = { ...args.cache, replicas: 0 };
    expect(() => new AwsManagedData("alone", { ...args, cache })).toThrow(/replicas/);
  });

  test("is reached by the primary's name, which follows a failover", async () => {
    const { made } = await data();
    expect(await valueOf(made.redis.host)).toBe("master.redis.example");
  });
});

describe("what holds data", () => {
  const stateful = [
    "aws:rds/instance:Instance",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:secretsmanager/secret:Secret",
  ];

  test("is protected, and nothing else is", async () => {
    for (const { type, protect } of (await data()).resources) {
      expect([type, protect]).toEqual([type, stateful.includes(type)]);
    }
  });

  test("can be given up by one setting, its cloud's protection with it", async () => {
    const { resources } = await build({ site: { ...site, protection: false } });
    expect(resources.filter(({ protect }) => protect)).toEqual([]);
    expect(only(resources, "rds/instance").inputs.deletionProtection).toBe(false);
    for (const secret of ofType(resources, "secretsmanager/secret")) {
      expect(secret.inputs.recoveryWindowInDays).toBe(0);
    }
  });

  test("has its passwords as secrets wherever they stand, given as plain text or not", async () => {
    const { resources } = await data();
    expect(isSecret(only(resources, "rds/instance").inputs.password)).toBe(true);
    expect(isSecret(only(resources, "elasticache/replicationGroup").inputs.authToken)).toBe(true);
    const versions = ofType(resources, "secretsmanager/secretVersion");
    expect(versions).toHaveLength(2);
    for (const version of versions) expect(isSecret(version.inputs.secretString)).toBe(true);
    const bare = JSON.stringify(
      resources.map(({ inputs }) =>
        Object.fromEntries(Object.entries(inputs).filter(([, value]) => !isSecret(value))),
      ),
    );
    expect(bare).not.toContain("plain-");
  });
});

describe("file systems", () => {
  const gitaly = "arn:aws:iam::111111111111:role/gitaly";
  const backup = "arn:aws:iam::111111111111:role/backup";
  const policy = filesPolicy("arn:fs", [
    { key: "git", arn: "arn:ap-git", roleArns: [gitaly] },
    { key: "shared", arn: "arn:ap-shared", roleArns: [backup, gitaly] },
  ]);

  test("are mounted over TLS, by access point, through a mount target, by the point's roles", () => {
    const mounts = policy.filter(({ Effect }) => Effect === "Allow");
    expect(mounts.map(({ Principal, Condition }) => [Principal, Condition])).toEqual([
      [
        { AWS: [gitaly] },
        {
          StringEquals: { "elasticfilesystem:AccessPointArn": "arn:ap-git" },
          Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
        },
      ],
      [
        { AWS: [backup, gitaly] },
        {
          StringEquals: { "elasticfilesystem:AccessPointArn": "arn:ap-shared" },
          Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
        },
      ],
    ]);
    for (const { Action } of mounts) {
      // Root is squashed without it, and Omnibus' chown then stops the container.
      expect(Action).toContain("elasticfilesystem:ClientRootAccess");
    }
  });

  test("refuse everybody else, whatever their own policies say, and everything without TLS", () => {
    const denied = policy.filter(({ Effect }) => Effect === "Deny");
    expect(denied.map(({ Condition }) => Condition)).toEqual([
      { Bool: { "aws:SecureTransport": "false" } },
      { StringNotEquals: { "aws:PrincipalArn": [gitaly, backup] } },
    ]);
    const [, others] = denied;
    expect(others?.Action).toEqual([
      "elasticfilesystem:ClientMount",
      "elasticfilesystem:ClientWrite",
      "elasticfilesystem:ClientRootAccess",
    ]);
  });

  test("have a mount target in every zone and access points without a POSIX user", async () => {
    const { made, resources } = await declared(
      (opts) =>
        new AwsFiles(
          "files",
          {
            site,
            purpose: "git",
            subnetIds: args.isolatedSubnetIds,
            securityGroupId: "sg-files",
            keyArn,
            accessPoints: { git: { path: "/git-data", roleArns: [gitaly] } },
          },
          opts,
        ),
    );
    const files = only(resources, "efs/fileSystem");
    expect(files.protect).toBe(true);
    expect(files.inputs).toMatchObject({
      encrypted: true,
      kmsKeyId: keyArn,
      throughputMode: "elastic",
      creationToken: "gitlab-test-git",
    });
    expect(ofType(resources, "efs/mountTarget").map(({ inputs }) => inputs.subnetId)).toEqual(
      args.isolatedSubnetIds,
    );
    const point = only(resources, "efs/accessPoint").inputs;
    expect(point.posixUser).toBeUndefined();
    expect(point.rootDirectory).toEqual({
      path: "/git-data",
      creationInfo: { ownerUid: 0, ownerGid: 0, permissions: "0755" },
    });
    const written = JSON.parse(String(only(resources, "efs/fileSystemPolicy").inputs.policy)) as {
      Statement: typeof policy;
    };
    expect(written.Statement).toEqual(
      filesPolicy(await valueOf(made.fileSystemArn), [
        { key: "git", arn: await valueOf(made.accessPointArns.git), roleArns: [gitaly] },
      ]),
    );
  });

  test("have no access point that nobody may use", () => {
    const nobody = { git: { path: "/git-data", roleArns: [] } };
    const files = { site, purpose: "git", subnetIds: [], securityGroupId: "sg", keyArn };
    expect(() => new AwsFiles("nobody", { ...files, accessPoints: nobody })).toThrow(/git/);
  });
});

describe("the Git volume", () => {
  const volume = {
    site,
    accountId: "111111111111",
    zone: "eu-central-1a",
    sizeGiB: 500,
    iops: 6000,
    throughputMiBps: 250,
    keyArn,
  };

  test("is encrypted, protected, leaves a snapshot, and is found by its snapshots' schedule", async () => {
    const { resources } = await declared((opts) => new AwsGitVolume("git", volume, opts));
    const disk = only(resources, "ebs/volume");
    expect(disk.protect).toBe(true);
    expect(disk.inputs).toMatchObject({
      type: "gp3",
      encrypted: true,
      kmsKeyId: keyArn,
      finalSnapshot: true,
      availabilityZone: "eu-central-1a",
    });
    const details = only(resources, "dlm/lifecyclePolicy").inputs.policyDetails as {
      targetTags: Record<string, string>;
    };
    expect(disk.inputs.tags).toMatchObject(details.targetTags);
    expect(Object.keys(details.targetTags)).toHaveLength(1);
  });

  test("refuses a throughput that its IOPS do not carry", () => {
    expect(() => new AwsGitVolume("fast", { ...volume, iops: 3000, throughputMiBps: 751 })).toThrow(
      /throughputMiBps/,
    );
  });
});
