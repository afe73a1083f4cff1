/** Policy documents of AWS in all their forms: what lets somebody in says so in whatever way it is written. */
import { unknownString } from "../../policies/reader";
import { judge, type Verdict } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { viewOf } from "./support/planned";

type Statement = Readonly<Record<string, unknown>>;

const account = "111122223333";
const role = `arn:aws:iam::${account}:role/gitlab-aws-gitaly`;
const bucket = "arn:aws:s3:::gitlab-lfs";

function verdictOf(
  id: string,
  type: string,
  props: Record<string, unknown>,
): Verdict["state"] | undefined {
  const rule = rules.find((one) => one.id === id);
  if (rule?.kind !== "resource") throw new Error(`there is no rule ${id} about single resources`);
  const urn = `urn:pulumi:aws::gitlab::${type}::it`;
  const view = viewOf({ urn, type, name: "it", props, protect: false, dependencies: [] });
  return judge(rule, view)?.state;
}

/** The same statements as a list in a text; of a single one, also alone in a text, and as an object. */
function forms(statements: readonly Statement[]): unknown[] {
  const document = { Version: "2012-10-17", Statement: statements };
  const [one] = statements;
  return [
    JSON.stringify(document),
    document,
    ...(statements.length === 1 ? [JSON.stringify({ ...document, Statement: one })] : []),
  ];
}

type Case = readonly [what: string, ...statements: Statement[]];

const split = ([what, ...statements]: Case) => [what, statements] as const;

function suite(
  id: string,
  type: string,
  key: string,
  passes: readonly Case[],
  fails: readonly Case[],
) {
  describe(`${id} (${type.split(":").pop() ?? ""})`, () => {
    test.each(passes.map(split))("passes: %s", (_, statements) => {
      for (const form of forms(statements))
        expect(verdictOf(id, type, { [key]: form })).toBe("passed");
    });

    test.each(fails.map(split))("fails: %s", (_, statements) => {
      for (const form of forms(statements))
        expect(verdictOf(id, type, { [key]: form })).toBe("failed");
    });

    test("is undecided while the document is unknown, and fails where it is none", () => {
      expect(verdictOf(id, type, { [key]: unknownString })).toBe("undecided");
      expect(verdictOf(id, type, { [key]: "no JSON" })).toBe("failed");
      expect(verdictOf(id, type, { [key]: JSON.stringify({ Statement: [] }) })).toBe("failed");
    });
  });
}

const allow = (statement: Statement): Statement => ({ Effect: "Allow", ...statement });
const may = (Action: unknown, Resource: unknown = "*", more: Statement = {}): Statement =>
  allow({ Action, Resource, ...more });
const where = (operator: string, key: string, value: unknown): Statement => ({
  Condition: { [operator]: { [key]: value } },
});

suite(
  "iam-least-privilege",
  "aws:iam/rolePolicy:RolePolicy",
  "policy",
  [
    ["a named action on a named resource", may("s3:GetObject", `${bucket}/*`)],
    ["looking at everything", may(["ec2:DescribeInstances", "logs:Describe*"])],
    ["signing in to a registry", may("ecr:GetAuthorizationToken")],
    [
      "measuring, in one namespace",
      may("cloudwatch:PutMetricData", "*", where("StringEquals", "cloudwatch:namespace", "GitLab")),
    ],
    [
      "handing over a named role, to a named service",
      may("iam:PassRole", role, where("StringEquals", "iam:PassedToService", "ec2.amazonaws.com")),
    ],
    [
      "denying everything",
      { Effect: "Deny", Action: "*", Resource: "*" },
      may("s3:GetObject", bucket),
    ],
  ],
  [
    ["everything", may("*")],
    ["everything, in two stars", may("*:*", bucket)],
    ["a service, on one resource", may("s3:*", `${bucket}/*`)],
    ["a service, in other letters", may(["logs:PutLogEvents", "S3:**"], bucket)],
    ["all but something", allow({ NotAction: "iam:*", Resource: "*" })],
    ["on all but something", allow({ Action: "s3:GetObject", NotResource: bucket })],
    ["rights over rights by name", may("iam:PutRolePolicy", role)],
    ["rights over rights by a wildcard", may("iam:Put*", role)],
    ["rights over rights by one letter's wildcard", may("iam:AttachRolePolic?", role)],
    ["a way round the lock of backups", may("s3:BypassGovernanceRetention", `${bucket}/*`)],
    ["the end of a key", may("kms:ScheduleKeyDeletion", `arn:aws:kms:us-east-1:${account}:key/k`)],
    [
      "handing over any role",
      may("iam:PassRole", "*", where("StringEquals", "iam:PassedToService", "x")),
    ],
    [
      "handing over any role, by its kind",
      may(
        "iam:Pass*",
        `arn:aws:iam::${account}:role/*`,
        where("StringEquals", "iam:PassedToService", "x"),
      ),
    ],
    ["handing over a role to any service", may("iam:PassRole", role)],
    ["every secret", may("secretsmanager:GetSecretValue")],
    [
      "every secret, by its kind",
      may("secretsmanager:Get*", `arn:aws:secretsmanager:*:${account}:secret:*`),
    ],
    ["every object of every bucket", may("s3:GetObject", "arn:aws:s3:::*")],
    [
      "every object, under a condition that bounds nothing",
      may("s3:GetObject", "*", where("Bool", "aws:SecureTransport", "true")),
    ],
    [
      "every object, where a key is missing",
      may("s3:GetObject", "*", where("StringEqualsIfExists", "aws:PrincipalTag/x", "y")),
    ],
    [
      "every object, for any value",
      may("s3:GetObject", "*", where("StringLike", "aws:PrincipalArn", "*")),
    ],
    ["writing to every table", may("dynamodb:PutItem")],
    ["becoming any role", may("sts:AssumeRole")],
  ],
);

test.each([
  ["aws:iam/userPolicy:UserPolicy", "policy"],
  ["aws:iam/groupPolicy:GroupPolicy", "policy"],
  ["aws:iam/policy:Policy", "policy"],
])("iam-least-privilege looks at a %s too", (type, key) => {
  const [text] = forms([may("*")]);
  expect(verdictOf("iam-least-privilege", type, { [key]: text })).toBe("failed");
  const [narrow] = forms([may("s3:GetObject", `${bucket}/*`)]);
  expect(verdictOf("iam-least-privilege", type, { [key]: narrow })).toBe("passed");
});

test("iam-least-privilege looks at what stands within a role", () => {
  const of = (props: Record<string, unknown>) =>
    verdictOf("iam-least-privilege", "aws:iam/role:Role", props);
  const [text] = forms([may("*")]);
  expect(of({})).toBe("passed");
  expect(of({ inlinePolicies: [{ name: "x", policy: text }] })).toBe("failed");
  expect(of({ managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] })).toBe("failed");
  expect(of({ managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"] })).toBe(
    "passed",
  );
});

test.each([
  ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"],
  ["aws:iam/userPolicyAttachment:UserPolicyAttachment"],
  ["aws:iam/groupPolicyAttachment:GroupPolicyAttachment"],
  ["aws:iam/policyAttachment:PolicyAttachment"],
])("iam-least-privilege tells masters among what a %s attaches", (type) => {
  const of = (name: string) =>
    verdictOf("iam-least-privilege", type, { policyArn: `arn:aws:iam::aws:policy/${name}` });
  for (const name of [
    "AdministratorAccess",
    "PowerUserAccess",
    "IAMFullAccess",
    "AmazonS3FullAccess",
    "ReadOnlyAccess",
    "job-function/DatabaseAdministrator",
    "service-role/AmazonEC2RoleforSSM",
    "SecretsManagerReadWrite",
  ])
    expect([name, of(name)]).toEqual([name, "failed"]);
  for (const name of [
    "AmazonSSMManagedInstanceCore",
    "service-role/AmazonRDSEnhancedMonitoringRole",
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSDataLifecycleManagerServiceRole",
  ])
    expect([name, of(name)]).toEqual([name, "passed"]);
  expect(verdictOf("iam-least-privilege", type, { policyArn: unknownString })).toBe("undecided");
});

const publish = (more: Statement): Statement =>
  allow({ Action: "sns:Publish", Resource: "*", ...more });
const everybody: readonly Case[] = [
  ["everybody", publish({ Principal: "*" })],
  ["everybody, by kind", publish({ Principal: { AWS: "*" } })],
  ["everybody, in a list", publish({ Principal: { AWS: [role, "*"] } })],
  ["every service", publish({ Principal: { Service: "*" } })],
  ["every federated user", publish({ Principal: { Federated: "*" } })],
  ["all but one", publish({ NotPrincipal: { AWS: role } })],
  ["nobody in particular", publish({})],
  [
    "everybody who comes by TLS",
    publish({ Principal: "*", ...where("Bool", "aws:SecureTransport", "true") }),
  ],
  [
    "everybody of any account",
    publish({ Principal: "*", ...where("StringLike", "aws:SourceAccount", "*") }),
  ],
  [
    "every role of that name",
    publish({
      Principal: "*",
      ...where("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin"),
    }),
  ],
  [
    "everybody but one account",
    publish({ Principal: "*", ...where("StringNotEquals", "aws:SourceAccount", account) }),
  ],
  [
    "everybody who has no account",
    publish({ Principal: "*", ...where("StringEqualsIfExists", "aws:SourceAccount", account) }),
  ],
  [
    "everybody, of no values",
    publish({
      Principal: "*",
      ...where("ForAllValues:StringEquals", "aws:SourceAccount", [account]),
    }),
  ],
  [
    "one of two that are open",
    publish({ Principal: "*", ...where("StringLike", "aws:SourceAccount", [account, "*"]) }),
  ],
  ["everybody, after somebody", publish({ Principal: { AWS: role } }), publish({ Principal: "*" })],
];
const somebody: readonly Case[] = [
  ["a role", publish({ Principal: { AWS: role } })],
  ["two accounts", publish({ Principal: { AWS: [account, `arn:aws:iam::${account}:root`] } })],
  [
    "a service for one account",
    publish({
      Principal: { Service: "cloudwatch.amazonaws.com" },
      ...where("StringEquals", "aws:SourceAccount", account),
    }),
  ],
  [
    "everybody of one account",
    publish({ Principal: "*", ...where("StringEquals", "AWS:SourceAccount", [account]) }),
  ],
  [
    "everybody of an organization",
    publish({
      Principal: { AWS: "*" },
      ...where("StringEquals", "aws:PrincipalOrgID", "o-abc123def4"),
    }),
  ],
  [
    "one role of one account",
    publish({
      Principal: "*",
      ...where("ArnLike", "aws:PrincipalArn", `arn:aws:iam::${account}:role/*`),
    }),
  ],
  ["a denial to everybody", { Effect: "Deny", Principal: "*", Action: "*", Resource: "*" }],
];

for (const [type, key] of [
  ["aws:sns/topicPolicy:TopicPolicy", "policy"],
  ["aws:sqs/queuePolicy:QueuePolicy", "policy"],
  ["aws:backup/vaultPolicy:VaultPolicy", "policy"],
  ["aws:kms/key:Key", "policy"],
  ["aws:kms/keyPolicy:KeyPolicy", "policy"],
  ["aws:secretsmanager/secretPolicy:SecretPolicy", "policy"],
  ["aws:ecr/repositoryPolicy:RepositoryPolicy", "policy"],
  ["aws:iam/role:Role", "assumeRolePolicy"],
] as const)
  suite("iam-trust-named", type, key, somebody, everybody);

for (const type of [
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
  "aws:secretsmanager/secret:Secret",
])
  test(`iam-trust-named looks at the policy within a ${type}`, () => {
    const [open] = forms([publish({ Principal: "*" })]);
    expect(verdictOf("iam-trust-named", type, { policy: open })).toBe("failed");
    expect(verdictOf("iam-trust-named", type, {})).toBe("passed");
  });

const assume = (Service: unknown, more: Statement = {}): Statement =>
  allow({ Principal: { Service }, Action: "sts:AssumeRole", ...more });

suite(
  "iam-services-bound",
  "aws:iam/role:Role",
  "assumeRolePolicy",
  [
    [
      "services that say nothing of whom they act for",
      assume(["ec2.amazonaws.com", "s3.amazonaws.com"]),
    ],
    [
      "another, for an account",
      assume("dlm.amazonaws.com", where("StringEquals", "aws:SourceAccount", account)),
    ],
    [
      "another, for a resource",
      assume(
        "scheduler.amazonaws.com",
        where("ArnLike", "aws:SourceArn", `arn:aws:scheduler:*:${account}:*`),
      ),
    ],
    ["another role", allow({ Principal: { AWS: role }, Action: "sts:AssumeRole" })],
  ],
  [
    ["another, for anybody", assume("dlm.amazonaws.com")],
    ["one of two, for anybody", assume(["ec2.amazonaws.com", "scheduler.amazonaws.com"])],
    ["for any account", assume("dlm.amazonaws.com", where("StringLike", "aws:SourceAccount", "*"))],
    [
      "where no account is said",
      assume("dlm.amazonaws.com", where("StringEqualsIfExists", "aws:SourceAccount", account)),
    ],
    [
      "under another condition",
      assume("dlm.amazonaws.com", where("StringEquals", "aws:RequestedRegion", "us-east-1")),
    ],
  ],
);

const plain = (more: Statement = {}): Statement => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [bucket, `${bucket}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
  ...more,
});

suite(
  "s3-tls-only",
  "aws:s3/bucketPolicy:BucketPolicy",
  "policy",
  [
    ["everything, to everybody", plain()],
    ["in a list of kinds", plain({ Principal: { AWS: ["*"] }, Action: "*", Resource: "*" })],
    ["as a flag", plain({ Condition: { Bool: { "aws:SecureTransport": false } } })],
    ["as a list", plain({ Condition: { Bool: { "aws:SecureTransport": ["false"] } } })],
    [
      "in other letters",
      plain({ Condition: { BoolIfExists: { "AWS:securetransport": "False" } } }),
    ],
    ["beside others", may("s3:GetObject", bucket, { Principal: { AWS: role } }), plain()],
  ],
  [
    ["nothing", may("s3:GetObject", bucket, { Principal: { AWS: role } })],
    ["reading alone", plain({ Action: "s3:GetObject" })],
    ["one folder alone", plain({ Resource: [bucket, `${bucket}/folder/*`] })],
    ["the bucket and none of its objects", plain({ Resource: bucket })],
    ["one role alone", plain({ Principal: { AWS: role } })],
    ["all but one role", plain({ Principal: undefined, NotPrincipal: { AWS: role } })],
    [
      "where something else holds too",
      plain({
        Condition: {
          Bool: { "aws:SecureTransport": "false" },
          StringEquals: { "aws:PrincipalArn": role },
        },
      }),
    ],
    ["what comes by TLS", plain({ Condition: { Bool: { "aws:SecureTransport": "true" } } })],
    [
      "old TLS, which nobody in clear has",
      plain({ Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } }),
    ],
    ["nothing: it allows", plain({ Effect: "Allow" })],
  ],
);

suite(
  "s3-policy-not-public",
  "aws:s3/bucketPolicy:BucketPolicy",
  "policy",
  [...somebody.slice(0, -1), ["shutting out what is in clear", plain()]],
  [...everybody, ["shutting everybody out", plain({ Condition: undefined })]],
);

test("s3-policy-not-public finds a list, a website, and a policy within a bucket", () => {
  const of = (type: string, props: Record<string, unknown>) =>
    verdictOf("s3-policy-not-public", type, props);
  const [open] = forms([publish({ Principal: "*" })]);
  expect(of("aws:s3/bucket:Bucket", {})).toBe("passed");
  expect(of("aws:s3/bucket:Bucket", { acl: "public-read" })).toBe("failed");
  expect(of("aws:s3/bucket:Bucket", { policy: open })).toBe("failed");
  expect(of("aws:s3/bucketAcl:BucketAcl", { acl: "authenticated-read" })).toBe("failed");
  expect(of("aws:s3/bucketAcl:BucketAcl", { acl: "private" })).toBe("passed");
  expect(of("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", {})).toBe("failed");
});

suite(
  "messages-encrypted",
  "aws:sns/topicPolicy:TopicPolicy",
  "policy",
  [
    [
      "nothing in clear",
      ...(somebody[0]?.slice(1) as Statement[]),
      plain({ Action: "sns:Publish" }),
    ],
    ["nothing at all in clear", plain({ Action: "sns:*", Principal: { AWS: "*" } })],
  ],
  [
    ["messages in clear", ...(somebody[0]?.slice(1) as Statement[])],
    ["messages of some in clear", plain({ Action: "sns:Publish", Principal: { AWS: role } })],
    ["everything but messages in clear", plain({ Action: "sns:Subscribe" })],
  ],
);

const mount = (more: Statement): Statement => ({
  Effect: "Allow",
  Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
  Resource: "*",
  ...more,
});
const overTls = plain({ Principal: { AWS: "*" }, Action: "*", Resource: "*" });

suite(
  "efs-access-by-tls-and-identity",
  "aws:efs/fileSystemPolicy:FileSystemPolicy",
  "policy",
  [
    ["a role, over TLS", overTls, mount({ Principal: { AWS: role } })],
    [
      "nobody else, over TLS",
      plain({ Action: "elasticfilesystem:Client*", Resource: "*" }),
      mount({ Principal: { AWS: role } }),
    ],
  ],
  [
    ["a role, in clear", mount({ Principal: { AWS: role } })],
    ["everybody, over TLS", overTls, mount({ Principal: { AWS: "*" } })],
    [
      "everybody who comes by a mount target",
      overTls,
      mount({
        Principal: "*",
        ...where("Bool", "elasticfilesystem:AccessedViaMountTarget", "true"),
      }),
    ],
    [
      "writing in clear",
      plain({ Action: "elasticfilesystem:ClientMount", Resource: "*" }),
      mount({ Principal: { AWS: role } }),
    ],
  ],
);
