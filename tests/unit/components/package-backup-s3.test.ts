import { declared, ofType, only, valueOf } from "../../support/aws-mocks";
import {
  PackageBackupS3,
  type PackageBackupS3Args,
} from "../../../components/backup-schedule/package-s3";

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action?: string | string[];
  readonly NotAction?: string[];
  readonly Resource: string | string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}
const statements = (policy: unknown): readonly Statement[] =>
  (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;

const args: PackageBackupS3Args = {
  site: { prefix: "gitlab-dev", environment: "dev", protection: true, runbooks: "https://books" },
  policy: { retentionDays: 30, lockMode: "governance", maxAgeHours: 26 },
  region: "eu-central-1",
  backupAccountId: "444455556666",
  sourceCidrs: ["203.0.113.7/32"],
  subscriptions: [{ protocol: "email", endpoint: "ops@example.com" }],
};
const make = (more: Partial<PackageBackupS3Args> = {}) =>
  declared((opts) => new PackageBackupS3("backup", { ...args, ...more }, opts));
const writer = "arn:aws:iam::444455556666:user/backup/backup-writer";

test("the writer may upload and list below its prefix, use both keys through S3, and nothing else at all", async () => {
  const { resources } = await make();
  const given = statements(only(resources, "iam/userPolicy").inputs.policy);
  expect(given.flatMap(({ Action }) => [Action ?? []].flat()).sort()).toEqual([
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "s3:AbortMultipartUpload",
    "s3:ListBucket",
    "s3:PutObject",
  ]);
  expect(given.every(({ Effect }) => Effect === "Allow")).toBe(true);
  expect(given.flatMap(({ Resource }) => [Resource].flat())).not.toContain("*");
  expect(given.find(({ Sid }) => Sid === "EncryptUploads")?.Condition).toEqual({
    StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
  });
  // What IAM takes of all inline policies of a user: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  expect(String(only(resources, "iam/userPolicy").inputs.policy).length).toBeLessThan(2048);
});

test("each bucket denies the writer what is not uploading, from anywhere but the machine's address, and without TLS", async () => {
  const { resources } = await make();
  const policies = ofType(resources, "s3/bucketPolicy");
  expect(policies).toHaveLength(2);
  for (const { inputs } of policies) {
    const all = statements(inputs.policy);
    const of = (sid: string) => all.find(({ Sid }) => Sid === sid);
    expect(of("NothingElse")).toMatchObject({
      Effect: "Deny",
      Principal: { AWS: writer },
      NotAction: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListBucket"],
    });
    expect(of("FromNowhereElse")).toMatchObject({
      Effect: "Deny",
      Principal: { AWS: writer },
      Condition: { NotIpAddress: { "aws:SourceIp": ["203.0.113.7/32"] } },
    });
    expect(of("TlsOnly")?.Effect).toBe("Deny");
    const allowed = all.filter(({ Effect }) => Effect === "Allow");
    expect(allowed.every(({ Principal }) => JSON.stringify(Principal).includes(writer))).toBe(true);
  }
});

test("without addresses no statement is left that nobody could meet", async () => {
  const { resources } = await make({ sourceCidrs: [] });
  for (const { inputs } of ofType(resources, "s3/bucketPolicy"))
    expect(String(inputs.policy)).not.toContain("SourceIp");
});

test("two buckets, locked and versioned, each under a key of its own; all of it protected", async () => {
  const { resources } = await make();
  expect(ofType(resources, "s3/bucket").map(({ inputs }) => inputs.bucket)).toEqual([
    "gitlab-dev-backup-archives-444455556666",
    "gitlab-dev-backup-secrets-444455556666",
  ]);
  for (const { inputs } of ofType(resources, "s3/bucketObjectLockConfiguration"))
    expect(inputs.rule).toEqual({ defaultRetention: { mode: "GOVERNANCE", days: 30 } });
  const keys = ofType(resources, "s3/bucketServerSideEncryptionConfiguration").map(({ inputs }) =>
    JSON.stringify(inputs.rules),
  );
  expect(new Set(keys).size).toBe(2);
  const stateful = resources.filter(({ type }) => /kms\/key:|s3\/bucket:/.test(type));
  expect(stateful.filter(({ type }) => type.includes("s3/bucket:"))).toHaveLength(2);
  expect(stateful.every(({ protect }) => protect)).toBe(true);
  expect(resources.filter((item) => item.protect && !stateful.includes(item))).toEqual([]);
});

test("the alarm looks at what has landed, over as many hours as a backup may be old, and fires without data", async () => {
  const { made, resources } = await make();
  const alarms = ofType(resources, "cloudwatch/metricAlarm");
  expect(alarms).toHaveLength(2);
  for (const { inputs } of alarms) {
    expect(inputs).toMatchObject({
      period: 3600,
      evaluationPeriods: 26,
      treatMissingData: "breaching",
    });
    expect(inputs.alarmDescription).toContain("https://books/package-backup-missing.md");
  }
  expect(await valueOf(made.ageAlarm)).toBe("gitlab-dev-backup-archives-age");
});

test("the machine is told of the buckets plainly, and of the key as a secret alone", async () => {
  const { made } = await make();
  expect(await valueOf(made.destination)).toMatchObject({
    kind: "s3",
    archiveBucket: "gitlab-dev-backup-archives-444455556666",
    secretsBucket: "gitlab-dev-backup-secrets-444455556666",
    accountId: "444455556666",
  });
  expect(JSON.parse(await valueOf(made.credentials))).toEqual({
    access_key_id: expect.any(String) as unknown,
    secret_access_key: "planted-secret",
  });
  expect(await (made.credentials as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(true);
});
