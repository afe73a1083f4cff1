import { declared, ofType, only, type Declared } from "../../support/aws-mocks";
import {
  AwsBucket,
  AwsObjectStorage,
  bucketName,
  type AwsBucketArgs,
} from "../../../components/object-storage/aws";
import {
  bucketPolicy,
  lifecycleRules,
  loadBalancerLogStatements,
} from "../../../components/object-storage/bucket-rules";
import { objectTypes } from "../../../components/object-storage/contract";

const site = {
  prefix: "gitlab-test",
  environment: "aws",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const keyArn = "arn:aws:kms:eu-central-1:111111111111:key/1";
const args: AwsBucketArgs = {
  site,
  bucket: "gitlab-test-things",
  holdsData: true,
  encryption: { keyArn },
};
const build = async (change: Partial<AwsBucketArgs> = {}): Promise<readonly Declared[]> =>
  (await declared((opts) => new AwsBucket("things", { ...args, ...change }, opts))).resources;

describe("a bucket", () => {
  test("is private, owner-enforced, versioned and encrypted with its key", async () => {
    const resources = await build();
    expect(only(resources, "s3/bucketPublicAccessBlock").inputs).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    // Owner-enforced is what every new bucket is, until an access list or another ownership is asked for.
    expect(ofType(resources, "s3/bucketAcl")).toEqual([]);
    expect(ofType(resources, "s3/bucketOwnershipControls")).toEqual([]);
    expect(only(resources, "s3/bucketVersioning").inputs.versioningConfiguration).toEqual({
      status: "Enabled",
    });
    expect(only(resources, "s3/bucketServerSideEncryptionConfiguration").inputs.rules).toEqual([
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
        bucketKeyEnabled: true,
      },
    ]);
  });

  test.each([
    [true, true, true, false],
    [true, false, false, true],
    [false, true, false, true],
    [false, false, false, true],
  ])(
    "that holds data (%s) with protection (%s) is protected (%s) and emptied by a delete (%s)",
    async (holdsData, protection, protectedOne, forceDestroy) => {
      const resources = await build({ holdsData, site: { protection } });
      const bucket = only(resources, "s3/bucket");
      expect([bucket.protect, bucket.inputs.forceDestroy]).toEqual([protectedOne, forceDestroy]);
      expect(resources.filter(({ protect }) => protect)).toHaveLength(protectedOne ? 1 : 0);
    },
  );

  test("uses none of the arguments that the provider has moved to resources of their own", async () => {
    const { inputs } = only(await build(), "s3/bucket");
    expect(Object.keys(inputs).sort()).toEqual([
      "bucket",
      "forceDestroy",
      "objectLockEnabled",
      "tags",
    ]);
  });

  test("locks new objects where that is asked for, and only with versions", async () => {
    const resources = await build({ objectLock: { mode: "governance", days: 35 } });
    expect(only(resources, "s3/bucket").inputs.objectLockEnabled).toBe(true);
    expect(only(resources, "s3/bucketObjectLockConfiguration").inputs.rule).toEqual({
      defaultRetention: { mode: "GOVERNANCE", days: 35 },
    });
    const unversioned = { versioned: false, objectLock: { mode: "governance", days: 1 } } as const;
    expect(() => new AwsBucket("bad-lock", { ...args, ...unversioned })).toThrow(/versions/);
  });

  test("adds the given statements to its policy and keeps its own", async () => {
    const statement = {
      Sid: "Extra",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::222222222222:root" },
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::gitlab-test-things/*",
    } as const;
    const policy = only(await build({ statements: [statement] }), "s3/bucketPolicy").inputs.policy;
    expect(JSON.parse(String(policy))).toEqual({
      Version: "2012-10-17",
      Statement: bucketPolicy("gitlab-test-things", [statement]),
    });
  });

  test.each(["Upper", "a.b", "ab", "-ab", "a_b", "a".repeat(64)])(
    "is never called %s",
    (bucket) => {
      expect(() => new AwsBucket(`bad-${bucket}`, { ...args, bucket })).toThrow(/bucket/);
    },
  );
});

describe("the policy of a bucket", () => {
  test("refuses everybody everything without TLS 1.2", () => {
    for (const statement of bucketPolicy("b", [])) {
      expect(statement).toMatchObject({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
      });
    }
    expect(bucketPolicy("b", []).map(({ Condition }) => Condition)).toEqual([
      { Bool: { "aws:SecureTransport": "false" } },
      { NumericLessThan: { "s3:TlsVersion": "1.2" } },
    ]);
  });

  test("lets load balancers write below their own prefix of this account only", () => {
    const [balancer] = loadBalancerLogStatements("b", "web", "111111111111");
    expect([balancer?.Action, balancer?.Resource]).toEqual([
      "s3:PutObject",
      "arn:aws:s3:::b/web/AWSLogs/111111111111/*",
    ]);
  });
});

describe("the lifecycle of a bucket", () => {
  test("always ends uploads that were broken off", () => {
    for (const versioned of [true, false]) {
      const [first] = lifecycleRules({ versioned, noncurrentDays: 30 });
      expect(first?.abortIncompleteMultipartUpload).toEqual({ daysAfterInitiation: 7 });
    }
  });

  test("deletes no current object unless it is told after how many days", () => {
    for (const rule of lifecycleRules({ versioned: true, noncurrentDays: 30 })) {
      expect(rule.expiration ?? {}).not.toHaveProperty("days");
    }
    const [last] = lifecycleRules({ versioned: true, noncurrentDays: 1, expireDays: 90 }).slice(-1);
    expect(last?.expiration).toEqual({ days: 90 });
  });

  test("never has days and delete markers at a time, which S3 refuses", () => {
    const rules = lifecycleRules({ versioned: true, noncurrentDays: 30, expireDays: 90 });
    expect(JSON.stringify(rules)).not.toContain("expiredObjectDeleteMarker");
  });

  test.each([0, -1, 1.5])("refuses %d days", (days) => {
    expect(() => lifecycleRules({ versioned: true, noncurrentDays: days })).toThrow(/days/);
    expect(() => lifecycleRules({ versioned: true, noncurrentDays: 1, expireDays: days })).toThrow(
      /days/,
    );
  });
});

describe("GitLab's object storage", () => {
  test("is a protected bucket a type, each with a name of its own and none with a lock", async () => {
    const { resources } = await declared(
      (opts) => new AwsObjectStorage("objects", { site, accountId: "111111111111", keyArn }, opts),
    );
    const buckets = ofType(resources, "s3/bucket");
    expect(new Set(buckets.map(({ inputs }) => inputs.bucket)).size).toBe(objectTypes.length);
    for (const { protect, inputs } of buckets) {
      expect([protect, inputs.objectLockEnabled]).toEqual([true, false]);
      expect(inputs.bucket).toMatch(/^gitlab-test-111111111111-[a-z-]+$/);
    }
    expect(ofType(resources, "s3/bucketObjectLockConfiguration")).toHaveLength(0);
    expect(ofType(resources, "s3/bucketVersioning")).toHaveLength(objectTypes.length);
  });

  test("keeps names apart that are too long for S3", () => {
    const long = { prefix: "x".repeat(60) };
    const names = objectTypes.map((type) => bucketName(long, "111111111111", type));
    expect(new Set(names).size).toBe(objectTypes.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
  });
});
