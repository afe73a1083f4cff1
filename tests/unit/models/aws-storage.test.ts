/** What the models of S3, KMS, EFS and Secrets Manager let through and what they refuse. */
import type { Known, Wire } from "../sandbox/support/client";
import { Account, policy } from "./support";

const BUCKET = "aws:s3/bucket:Bucket";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const FILE_SYSTEM = "aws:efs/fileSystem:FileSystem";
const MOUNT = "aws:efs/mountTarget:MountTarget";
const SECRET = "aws:secretsmanager/secret:Secret";
const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";

let account: Account;
beforeEach(async () => {
  account = await Account.open();
});
afterEach(() => account.close());

const versioned = (bucket: Known) =>
  account.make(VERSIONING, {
    bucket: bucket.id,
    versioningConfiguration: { status: "Enabled" },
  });

describe("S3", () => {
  let bucket: Known;
  beforeEach(async () => {
    bucket = await account.make(BUCKET, { bucket: "artifacts" });
  });

  test("a bucket has its true ARN and host names", () => {
    expect(bucket.outputs).toMatchObject({
      arn: "arn:aws:s3:::artifacts",
      bucketDomainName: "artifacts.s3.amazonaws.com",
      bucketRegionalDomainName: "artifacts.s3.eu-west-1.amazonaws.com",
      bucketRegion: "eu-west-1",
    });
  });

  test("bucket names are unique in the world", async () => {
    await expect(account.make(BUCKET, { bucket: "artifacts" })).rejects.toThrow(/artifacts/);
  });

  test.each(["xn--archive", "logs-s3alias", "10.0.0.1", "a..b"])(
    "the reserved or malformed bucket name %s is refused",
    async (name) => {
      await expect(account.make(BUCKET, { bucket: name })).rejects.toThrow(/InvalidBucketName/);
    },
  );

  test("a deprecated inline setting is not known", async () => {
    await expect(account.make(BUCKET, { acl: "private" })).rejects.toThrow(/acl/);
  });

  test("a bucket with objects is not deleted, unless it is emptied by force", async () => {
    await account.make(OBJECT, { bucket: bucket.id, key: "a", content: "b" });
    await expect(account.provider.delete(bucket)).rejects.toThrow(/artifacts/);
    const forced = await account.change(bucket, { bucket: "artifacts", forceDestroy: true });
    await expect(account.provider.delete(forced)).resolves.toBeUndefined();
  });

  test("an object's key is the resource's name where none is given", async () => {
    const object = await account.make(OBJECT, { bucket: bucket.id, content: "b" }, "greeting");
    expect(object.id).toBe("artifacts/greeting");
  });

  test("a lock needs versions, and a retention is whole", async () => {
    const rule = { defaultRetention: { mode: "GOVERNANCE", days: 30 } };
    await expect(account.make(LOCK, { bucket: bucket.id, rule })).rejects.toThrow(
      /versioning must be 'Enabled'/,
    );
    await versioned(bucket);
    await account.make(LOCK, { bucket: bucket.id, rule });
    await expect(
      account.make(LOCK, { bucket: bucket.id, rule: { defaultRetention: { days: 30 } } }),
    ).rejects.toThrow(/a default retention has a mode/);
  });

  test("a bucket made with Object Lock has versions that can't be stopped", async () => {
    const locked = await account.make(BUCKET, { objectLockEnabled: true });
    await account.make(LOCK, { bucket: locked.id });
    await expect(
      account.make(VERSIONING, {
        bucket: locked.id,
        versioningConfiguration: { status: "Suspended" },
      }),
    ).rejects.toThrow(/InvalidBucketState/);
  });

  test("replication needs versions on both sides", async () => {
    const replica = await account.make(BUCKET, { bucket: "replica" });
    const role = await account.role("s3");
    const make = () =>
      account.make(REPLICATION, {
        bucket: bucket.id,
        role: role.outputs["arn"] as string,
        rules: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::replica" } }],
      });
    await expect(make()).rejects.toThrow(/`bucket`: versioning must be/);
    await versioned(bucket);
    await expect(make()).rejects.toThrow(/destination bucket must have versioning/);
    await versioned(replica);
    await make();
  });

  test("replicas of KMS-encrypted objects need a key", async () => {
    await versioned(bucket);
    const role = await account.role("s3");
    await expect(
      account.make(REPLICATION, {
        bucket: bucket.id,
        role: role.outputs["arn"] as string,
        rules: [
          {
            status: "Enabled",
            destination: { bucket: "arn:aws:s3:::elsewhere" },
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          },
        ],
      }),
    ).rejects.toThrow(/replicaKmsKeyId/);
  });

  test("a bucket policy is about its own bucket and names roles that exist", async () => {
    const make = (statement: Wire) =>
      account.make(POLICY, {
        bucket: bucket.id,
        policy: policy({ Effect: "Allow", Action: "s3:GetObject", ...statement }),
      });
    await expect(
      make({ Principal: { Service: "x.amazonaws.com" }, Resource: "arn:aws:s3:::other/*" }),
    ).rejects.toThrow(/policy has invalid resource/);
    await expect(
      make({
        Principal: { AWS: "arn:aws:iam::123456789012:role/nobody" },
        Resource: "arn:aws:s3:::artifacts/*",
      }),
    ).rejects.toThrow(/invalid principal/);
    const role = await account.role("ec2");
    await make({
      Principal: { AWS: [role.outputs["arn"] as string] },
      Resource: ["arn:aws:s3:::artifacts", "arn:aws:s3:::artifacts/*"],
    });
  });

  test("a public policy is refused where the bucket blocks public policies", async () => {
    const open = {
      bucket: bucket.id,
      policy: policy({
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::artifacts/*",
      }),
    };
    await account.make(POLICY, open);
    await account.make(BLOCK, { bucket: bucket.id, blockPublicPolicy: true });
    await expect(account.make(POLICY, open)).rejects.toThrow(/AccessDenied/);
  });

  test.each<[string, Wire, RegExp]>([
    ["without an action", {}, /at least one action/],
    [
      "to infrequent access too early",
      { transitions: [{ days: 10, storageClass: "STANDARD_IA" }] },
      /must be 30 or more/,
    ],
    [
      "that expires before it moves",
      { expiration: { days: 60 }, transitions: [{ days: 90, storageClass: "GLACIER" }] },
      /greater than the days of every transition/,
    ],
    [
      "that mixes delete markers with days",
      { expiration: { days: 1, expiredObjectDeleteMarker: true } },
      /delete/i,
    ],
  ])("a lifecycle rule %s is refused", async (_, rule, message) => {
    await expect(
      account.make(LIFECYCLE, {
        bucket: bucket.id,
        rules: [{ id: "rule", status: "Enabled", ...rule }],
      }),
    ).rejects.toThrow(message);
  });

  test("a whole lifecycle is taken", async () => {
    await account.make(LIFECYCLE, {
      bucket: bucket.id,
      rules: [
        {
          id: "backups",
          status: "Enabled",
          filter: { prefix: "" },
          transitions: [{ days: 30, storageClass: "STANDARD_IA" }],
          expiration: { days: 90 },
          noncurrentVersionExpiration: { noncurrentDays: 7 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    });
  });

  test("events go only to a topic whose policy lets S3 publish", async () => {
    const topic = await account.make("aws:sns/topic:Topic", {});
    const make = () =>
      account.make("aws:s3/bucketNotification:BucketNotification", {
        bucket: bucket.id,
        topics: [{ topicArn: topic.id, events: ["s3:ObjectCreated:*"] }],
      });
    await expect(make()).rejects.toThrow(/unable to validate the following destination/);
    await account.make("aws:sns/topicPolicy:TopicPolicy", {
      arn: topic.id,
      policy: policy({
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic.id,
      }),
    });
    await make();
  });
});

describe("KMS", () => {
  const make = (statement: Wire) =>
    account.make("aws:kms/key:Key", {
      policy: policy({ Effect: "Allow", Action: "kms:*", Resource: "*", ...statement }),
    });

  test("a key has its true ARN, and an alias points to it", async () => {
    const key = await account.key();
    expect(key.outputs["arn"]).toMatch(/^arn:aws:kms:eu-west-1:123456789012:key\/[0-9a-f-]{36}$/);
    const alias = await account.make("aws:kms/alias:Alias", { targetKeyId: key.id }, "main");
    expect(alias.id).toMatch(/^alias\/main-[0-9a-f]{7}$/);
    expect(alias.outputs["targetKeyArn"]).toBe(key.outputs["arn"]);
  });

  test.each<[string, Wire]>([
    ["a service only", { Principal: { Service: "logs.amazonaws.com" } }],
    ["another account", { Principal: { AWS: "arn:aws:iam::999999999999:root" } }],
    ["use without administration", { Principal: { AWS: "*" }, Action: "kms:Decrypt" }],
  ])("a policy that grants %s would lock everyone out", async (_, statement) => {
    await expect(make(statement)).rejects.toThrow(/will not allow you to update the key policy/);
  });

  test("a statement without a principal is refused", async () => {
    await expect(make({})).rejects.toThrow(/missing required field Principal/);
  });

  test("asymmetric keys don't rotate, and a period needs rotation", async () => {
    await expect(
      account.make("aws:kms/key:Key", {
        customerMasterKeySpec: "RSA_2048",
        enableKeyRotation: true,
      }),
    ).rejects.toThrow(/only symmetric/);
    await expect(account.make("aws:kms/key:Key", { rotationPeriodInDays: 100 })).rejects.toThrow(
      /enableKeyRotation/,
    );
  });
});

describe("EFS", () => {
  test("a file system with mount targets has its true names and is not deleted", async () => {
    const { subnets, group } = await account.network();
    const files = await account.make(FILE_SYSTEM, { encrypted: true, throughputMode: "elastic" });
    expect(files.id).toMatch(/^fs-[0-9a-f]{17}$/);
    expect(files.outputs["dnsName"]).toBe(`${files.id}.efs.eu-west-1.amazonaws.com`);
    const target = await account.make(MOUNT, {
      fileSystemId: files.id,
      subnetId: subnets[0]?.id ?? "",
      securityGroups: [group.id],
    });
    expect(target.outputs["availabilityZoneName"]).toBe("eu-west-1a");
    expect(target.outputs["mountTargetDnsName"]).toBe(
      `eu-west-1a.${files.id}.efs.eu-west-1.amazonaws.com`,
    );
    expect(target.outputs["ipAddress"]).toMatch(/^10\.0\.0\.\d+$/);
    await expect(account.provider.delete(files)).rejects.toThrow();
    await account.provider.delete(target);
    await account.provider.delete(files);
  });

  test("a zone takes one mount target of a file system", async () => {
    const { subnets } = await account.network();
    const files = await account.make(FILE_SYSTEM, {});
    const inputs = { fileSystemId: files.id, subnetId: subnets[0]?.id ?? "" };
    await account.make(MOUNT, inputs);
    await expect(account.make(MOUNT, inputs)).rejects.toThrow();
  });

  test("security groups of another VPC are refused", async () => {
    const { subnets } = await account.network();
    const other = await account.network();
    const files = await account.make(FILE_SYSTEM, {});
    await expect(
      account.make(MOUNT, {
        fileSystemId: files.id,
        subnetId: subnets[0]?.id ?? "",
        securityGroups: [other.group.id],
      }),
    ).rejects.toThrow(/SecurityGroupNotFound/);
  });

  test.each<[string, Wire, RegExp]>([
    ["a key without encryption", { kmsKeyId: "key" }, /`encrypted`: must be set to true/],
    ["provisioned without throughput", { throughputMode: "provisioned" }, /provisionedThroughput/],
    ["throughput that is not provisioned", { provisionedThroughputInMibps: 10 }, /provisioned/],
    [
      "elastic Max I/O",
      { throughputMode: "elastic", performanceMode: "maxIO" },
      /Max I\/O is not supported/,
    ],
    [
      "two transitions in one policy",
      {
        lifecyclePolicies: [
          { transitionToIa: "AFTER_7_DAYS", transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
        ],
      },
      /exactly one of/,
    ],
  ])("%s is refused", async (_, inputs, message) => {
    await expect(account.make(FILE_SYSTEM, inputs)).rejects.toThrow(message);
  });
});

describe("Secrets Manager", () => {
  test("a value is never seen again in clear, and a version names its secret", async () => {
    const holder = await account.make(SECRET, { name: "gitlab/secrets" });
    expect(holder.id).toMatch(
      /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:gitlab\/secrets-[a-z0-9]{6}$/,
    );
    const version = await account.make(VERSION, {
      secretId: holder.id,
      secretString: "planted-secret",
    });
    expect(version.id.startsWith(`${holder.id}|`)).toBe(true);
    expect(version.outputs["secretString"]).toMatchObject({ value: "planted-secret" });
    expect(JSON.stringify(account.bench.sandbox.objects({}))).not.toContain("planted-secret");
  });

  test("a version has a value, and a window is 0 or 7 to 30 days", async () => {
    const holder = await account.make(SECRET, {});
    await expect(account.make(VERSION, { secretId: holder.id })).rejects.toThrow(/secretString/);
    await expect(account.make(SECRET, { recoveryWindowInDays: 3 })).rejects.toThrow(/7 to 30/);
    await account.make(SECRET, { recoveryWindowInDays: 0 });
  });

  test("a policy that is open to all is refused where public policies are blocked", async () => {
    const holder = await account.make(SECRET, {});
    await expect(
      account.make("aws:secretsmanager/secretPolicy:SecretPolicy", {
        secretArn: holder.id,
        blockPublicPolicy: true,
        policy: policy({
          Effect: "Allow",
          Principal: "*",
          Action: "secretsmanager:GetSecretValue",
          Resource: "*",
        }),
      }),
    ).rejects.toThrow(/PublicPolicyException/);
  });
});
