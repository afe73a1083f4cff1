import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { fc } from "../../support/properties";
import { topicStatements } from "../../../components/backup-schedule/aws-arrivals";
import { replicateThroughS3, uploadThroughS3 } from "../../../components/backup-schedule/aws-key";
import {
  acceptReplicas,
  replicationRights,
} from "../../../components/backup-schedule/aws-replication";
import {
  launchRights,
  machineRights,
  uploadRights,
} from "../../../components/backup-schedule/aws-rights";
import type { AwsBackupScheduleArgs } from "../../../components/backup-schedule/args";
import { withDeadline } from "../../../components/backup-schedule/deadline";
import { backupEnvironment, backupFiles } from "../../../components/backup-schedule/files";
import { backupBucketNames, bucketName } from "../../../components/backup-schedule/names";
import { policyJson, type InputStatement } from "../../../components/shared/policy-json";

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action?: string | string[];
  readonly NotAction?: string[];
  readonly Resource: string | string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

/** The statements as they reach AWS. */
async function written(statements: readonly InputStatement[]): Promise<Statement[]> {
  const text = await new Promise<string>((resolve) => {
    policyJson(statements).apply((json) => {
      resolve(json);
    });
  });
  return (JSON.parse(text) as { Statement: Statement[] }).Statement;
}
const list = (value: string | string[] | undefined): string[] => [value ?? []].flat();
const allowed = (statements: readonly Statement[]): string[] =>
  statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => list(Action));

const role = "arn:aws:iam::111122223333:role/gitlab-aws-backup";
const names = { archives: "archives", secrets: "secrets" };
const args = {
  region: "eu-central-1",
  accountId: "111122223333",
  nodeFiles: { objectArns: ["arn:aws:s3:::files/bundles/backup/*"] },
  nodeFilesKeyArn: "files-key",
  keyArn: "data-key",
  secretArns: ["secret-a", "secret-b"],
  coordinationTableArn: "table",
  imageRepositoryArn: "repository",
  logGroupArn: "log",
  alertTopicArn: "topic",
  alertKeyArn: "alert-key",
} as unknown as AwsBackupScheduleArgs;

test("the machine may put, abort and list in the backup account, and do nothing else there", async () => {
  const statements = await written(machineRights(args, names, "gitlab", ["key-a", "key-b"]));
  const there = statements.filter(({ Resource }) =>
    list(Resource).some((arn) => /:::(archives|secrets)/.test(arn)),
  );
  expect(allowed(there).sort()).toEqual([
    "s3:AbortMultipartUpload",
    "s3:ListBucket",
    "s3:PutObject",
  ]);
  expect(
    allowed(statements)
      .filter((action) => /^s3:|^kms:/.test(action))
      .sort(),
  ).toEqual([
    "kms:Decrypt",
    "kms:Decrypt",
    "kms:Decrypt",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKey",
    "s3:AbortMultipartUpload",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
  ]);
  for (const statement of there.filter(({ Sid }) => Sid === "Upload"))
    for (const arn of list(statement.Resource)) expect(arn).toMatch(/\/gitlab\/\*$/);
});

test("every use of a key by the machine goes through one named service", async () => {
  const statements = await written(machineRights(args, names, "gitlab", ["key-a"]));
  for (const statement of statements.filter(({ Action }) =>
    list(Action).some((action) => action.startsWith("kms:")),
  ))
    expect(statement.Condition?.["StringEquals"]?.["kms:ViaService"]).toMatch(
      /^(s3|secretsmanager|sns)\.eu-central-1\./,
    );
});

test("the machine writes its lock and its own record in the shared table, never the Gitaly lease or the version", async () => {
  const statements = await written(machineRights(args, names, "gitlab", ["key-a"]));
  const writing = statements.filter(({ Action }) => list(Action).includes("dynamodb:PutItem"));
  expect(writing).toHaveLength(1);
  expect(writing[0]?.Condition).toEqual({
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["lock/backup", "backup/*"] },
  });
});

test("the bucket itself denies the machine all but put, abort and list, whatever its own account allows", async () => {
  const statements = await written(uploadRights("archives", "gitlab", role));
  const denied = statements.filter(({ Effect }) => Effect === "Deny");
  expect(denied).toHaveLength(1);
  expect(denied[0]?.NotAction).toEqual([
    "s3:PutObject",
    "s3:AbortMultipartUpload",
    "s3:ListBucket",
  ]);
  expect(list(denied[0]?.Resource)).toEqual(["arn:aws:s3:::archives", "arn:aws:s3:::archives/*"]);
});

test("keys of the backup account let other accounts' roles in through S3 alone, from their own account", async () => {
  const [upload, replicate] = await written([
    uploadThroughS3(role, "eu-central-1", "111122223333"),
    replicateThroughS3(role, "eu-central-1", "111122223333"),
  ]);
  for (const statement of [upload, replicate])
    expect(statement?.Condition).toEqual({
      StringEquals: {
        "kms:ViaService": "s3.eu-central-1.amazonaws.com",
        "kms:CallerAccount": "111122223333",
      },
    });
  expect(list(upload?.Action)).toEqual(["kms:GenerateDataKey", "kms:Decrypt"]);
  expect(list(replicate?.Action)).not.toContain("kms:Decrypt");
});

test("the schedule starts this template in this subnet and passes this role to EC2 alone", async () => {
  const statements = await written(
    launchRights({
      region: "eu-central-1",
      accountId: "111122223333",
      launchTemplateArn: "template",
      subnetId: "subnet-1",
      roleArn: role,
      keyArn: "data-key",
      queueArn: "queue",
    }),
  );
  for (const statement of statements.filter(
    ({ Action, Resource }) => list(Action).includes("ec2:RunInstances") && Resource !== "template",
  ))
    expect(statement.Condition?.["ArnEquals"]?.["ec2:LaunchTemplate"]).toBe("template");
  const what = statements.find(({ Sid }) => Sid === "UseWhatTheTemplateNames");
  expect(what?.Condition?.["Bool"]?.["ec2:IsLaunchTemplateResource"]).toBe("true");
  expect(statements.find(({ Sid }) => Sid === "HandOverRole")).toMatchObject({
    Resource: role,
    Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
  });
  const grant = statements.find(({ Action }) => list(Action).includes("kms:CreateGrant"));
  expect(grant?.Condition?.["Bool"]?.["kms:GrantIsForAWSResource"]).toBe("true");
  expect(statements.filter(({ Resource }) => Resource === "*")).toEqual([]);
});

test("replication can delete no version and read no object outside its sources", async () => {
  const pair = {
    what: "artifacts",
    source: { name: "s", arn: "arn:aws:s3:::s", keyArn: "source-key", ready: [] },
    destination: { name: "d", arn: "arn:aws:s3:::d", keyArn: "destination-key", ready: [] },
  };
  const own = await written(replicationRights([pair], "eu-central-1", "eu-central-1"));
  const accepted = await written(acceptReplicas("d", role));
  for (const action of [...allowed(own), ...allowed(accepted)])
    expect(action).not.toMatch(/^s3:(DeleteObject|GetObject$|Bypass|\*)/);
  const reading = own.filter(({ Action }) =>
    list(Action).includes("s3:GetObjectVersionForReplication"),
  );
  expect(reading.map(({ Resource }) => Resource)).toEqual([["arn:aws:s3:::s/*"]]);
});

test("the topic for alarms takes messages of its own account's alarms alone, and of nobody in clear", async () => {
  const [alarms, plain, ...others] = await written(
    topicStatements("arn:aws:sns:eu-central-1:444455556666:topic", "eu-central-1", "444455556666"),
  );
  expect(others).toEqual([]);
  expect(alarms).toMatchObject({
    Effect: "Allow",
    Action: "sns:Publish",
    Condition: { StringEquals: { "aws:SourceAccount": "444455556666" } },
  });
  expect(plain).toMatchObject({
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: "sns:Publish",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
});

test("bucket names are valid, stay apart and hold the account, at any length of the prefix", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{1,60}[a-z0-9]$/), (prefix) => {
      const made = backupBucketNames({ prefix }, "444455556666");
      const all = [
        made.archives,
        made.secrets,
        bucketName({ prefix }, "444455556666", "ci-secure-files"),
      ];
      expect(new Set(all).size).toBe(3);
      for (const name of all) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    }),
  );
  expect(backupBucketNames({ prefix: "gitlab-aws" }, "444455556666").archives).toBe(
    "gitlab-aws-backup-archives-444455556666",
  );
});

describe("the deadline in the user data", () => {
  const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64");
  const decode = (text: string): string => Buffer.from(text, "base64").toString("utf8");
  test("is the first thing that the machine does, and changes nothing else", () => {
    expect(decode(withDeadline(encode("#!/bin/bash\nset -e\ntrue\n"), 720))).toBe(
      "#!/bin/bash\n/usr/sbin/shutdown -P +720\nset -e\ntrue\n",
    );
  });
  test("is refused in what is no script, out of range, or over EC2's limit", () => {
    expect(() => withDeadline(encode("echo"), 720)).toThrow("shebang");
    for (const minutes of [0, 14, 1441, 60.5])
      expect(() => withDeadline(encode("#!/bin/bash\n"), minutes)).toThrow(
        `found ${minutes} minutes`,
      );
    const full = `#!/bin/bash\n${"x".repeat(16 * 1024 - 12)}`;
    expect(() => withDeadline(encode(full), 720)).toThrow("allowed 16384");
  });
});

describe("the job's files", () => {
  const facts = {
    backupAccountId: "444455556666",
    archiveBucket: "archives",
    secretsBucket: "secrets",
    objectData: "s3",
  } as const;
  test("always skip the package's own upload, which Object Lock would refuse", () => {
    for (const objectData of ["s3", "efs"] as const)
      expect(backupEnvironment({ ...facts, objectData })).toMatch(
        /BACKUP_SKIP='([a-z_]+,)*remote'/,
      );
  });
  test("are refused with a value that is no account or bucket", () => {
    expect(() => backupFiles({ ...facts, archiveBucket: "a'; rm -rf /" })).toThrow(
      "ARCHIVE_BUCKET",
    );
    expect(() => backupFiles({ ...facts, backupAccountId: "42" })).toThrow("BACKUP_ACCOUNT");
  });
  test("let S3's limits hold: a part may be put whole, and 10,000 of them take the largest object", () => {
    const text = backupEnvironment(facts);
    const value = (name: string): number =>
      Number(new RegExp(`^${name}='(\\d+)'$`, "m").exec(text)?.[1]);
    expect(value("SINGLE_PUT_BYTES")).toBeLessThanOrEqual(5 * 1024 ** 3);
    expect(value("PART_BYTES")).toBeLessThanOrEqual(value("SINGLE_PUT_BYTES"));
    expect(value("PART_BYTES")).toBeGreaterThanOrEqual(5 * 1024 ** 2);
  });
  test("end the machine in every case: by the job, by its unit, and by a limit in time", () => {
    const unit =
      backupFiles(facts).find(({ path }) => path.endsWith("gitlab-backup.service"))?.content ?? "";
    for (const line of [
      "SuccessAction=poweroff",
      "FailureAction=poweroff",
      "RuntimeMaxSec=39600",
      "ExecStopPost=/opt/gitlab-node/backup-end",
    ])
      expect(unit).toContain(`\n${line}\n`);
  });
});

test("every runbook that an alarm of these components links to is there", () => {
  const root = join(__dirname, "../../..");
  const linked = ["backup-schedule", "runner-fleet"].flatMap((component) =>
    readdirSync(join(root, "components", component))
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => {
        const text = readFileSync(join(root, "components", component, name), "utf8");
        return [
          ...[...text.matchAll(/runbooks\}\/([a-z-]+)\.md/g)],
          ...[...text.matchAll(/runbook: "([a-z-]+)"/g)],
        ].map((match) => match[1] ?? "");
      }),
  );
  expect(new Set(linked)).toEqual(
    new Set([
      "backup-missing",
      "backup-not-started",
      "backup-replication",
      "package-backup-missing",
      "runner-manager",
      "version-exports",
    ]),
  );
  for (const page of linked)
    expect(existsSync(join(root, "docs/runbooks", `${page}.md`))).toBe(true);
});

test("statements wait for what they name", async () => {
  const [statement] = await written([
    {
      Sid: "A",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: pulumi.output("arn:aws:s3:::late/*"),
    },
  ]);
  expect(statement?.Resource).toBe("arn:aws:s3:::late/*");
});
