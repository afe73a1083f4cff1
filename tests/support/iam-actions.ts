/** Reads IAM policies, and which actions the AWS calls in a machine's files need. */

/** One statement, lists made of single values. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

type Some = string | readonly string[] | undefined;
const list = (value: Some): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

/** The statements of a policy document. */
export function actionsOf(text: string): Statement[] {
  if (text === "") return [];
  const document = JSON.parse(text) as {
    Statement: { Effect: string; Action?: Some; Resource?: Some }[];
  };
  return document.Statement.map(({ Effect, Action, Resource }) => ({
    effect: Effect,
    actions: list(Action),
    resources: list(Resource),
  }));
}

/** Whether an action is allowed by some statement. */
export function allowed(statements: readonly Statement[], action: string): boolean {
  return statements.some(
    ({ effect, actions }) => effect === "Allow" && actions.some((one) => matches(one, action)),
  );
}

function matches(pattern: string, action: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`, "i").test(action);
}

/** Commands whose IAM action has another name than the command (Service Authorization Reference). */
const renamed: Readonly<Record<string, readonly string[]>> = {
  "ecr get-login-password": ["ecr:GetAuthorizationToken"],
  "s3api list-objects-v2": ["s3:ListBucket"],
  "s3api create-multipart-upload": ["s3:PutObject"],
  "s3api upload-part": ["s3:PutObject"],
  "s3api complete-multipart-upload": ["s3:PutObject"],
};
const services: Readonly<Record<string, string>> = { s3api: "s3" };

/** Calls in files that all machines share, or that wait for a setting, which a role's machines never come to. */
const volume = ["AttachVolume", "DescribeInstances", "DescribeVolumes", "DetachVolume"].map(
  (action) => `ec2:${action}`,
);
const launchHook = [
  "autoscaling:CompleteLifecycleAction",
  "autoscaling:RecordLifecycleActionHeartbeat",
];
const image = ["ecr:DescribeImages", "ecr:GetAuthorizationToken"];
const table = ["DeleteItem", "GetItem", "PutItem", "UpdateItem"].map(
  (action) => `dynamodb:${action}`,
);

/** By role: what its machines do not come to. Git data is on EFS by default, and the launch hook the application's. */
export const never: Readonly<Record<string, readonly string[]>> = {
  application: volume,
  // upkeep.sh ends there before it looks at the application's group.
  gitaly: [...volume, ...launchHook, "autoscaling:DescribeAutoScalingGroups"],
  // secrets.sh only reads where they are complete, as they are once GitLab has run.
  backup: [...volume, ...launchHook, "secretsmanager:PutSecretValue"],
  runners: [...image, ...table],
};

/** What is called by something else than `aws`: Docker, the log agent, GitLab, the EFS mount, keys by their services. */
const otherwise: Readonly<Record<string, RegExp>> = {
  application:
    /^(ecr:(Batch|Complete|GetDownload|Initiate|PutImage|Upload)|kms:(Decrypt|GenerateDataKey)$|logs:|s3:(Abort|Delete|Get|List|Put))/,
  gitaly:
    /^(ecr:(Batch|Complete|GetDownload|Initiate|PutImage|Upload)|elasticfilesystem:Client|kms:(Decrypt|GenerateDataKey)$|logs:)/,
  backup: /^(ecr:(Batch|GetDownload)|kms:(Decrypt|GenerateDataKey)$|logs:)/,
  // The plugin of the autoscaler: https://gitlab.com/gitlab-org/fleeting/plugins/aws#recommended-iam-policy
  runners:
    /^(autoscaling:(Describe|SetDesired|Terminate)|ec2:DescribeInstances|ec2-instance-connect:|kms:(Decrypt|GenerateDataKey)$|logs:|s3:(Get|Put)Object$)/,
};

/** Allowed actions that nothing on the machines of a role calls. */
export function superfluous(
  role: string,
  files: string,
  statements: readonly Statement[],
): string[] {
  const called = new Set(actionsCalled(files));
  // Fetching the files themselves: the loader's call, in the machine's boot data.
  called.add("s3:GetObject");
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ actions }) => actions)
    .filter((action) => !called.has(action) && otherwise[role]?.test(action) !== true)
    .sort();
}

/** IAM actions of every `aws <service> <command>` in some files; those in `ddb` helpers too. */
export function actionsCalled(files: string): string[] {
  const found = new Set<string>();
  for (const [, service = "", command = ""] of files.matchAll(
    /\baws ([a-z0-9]+) ([a-z][a-z0-9-]+)/g,
  )) {
    for (const action of actionOf(service, command)) found.add(action);
  }
  for (const [, command = ""] of files.matchAll(/\bddb [^ ]+ ([a-z]+-[a-z]+)/g)) {
    for (const action of actionOf("dynamodb", command)) found.add(action);
  }
  return [...found].sort();
}

function actionOf(service: string, command: string): readonly string[] {
  const known = renamed[`${service} ${command}`];
  if (known !== undefined) return known;
  const name = command
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
  return [`${services[service] ?? service}:${name}`];
}
