/** Reads IAM policies, and which actions the boot scripts' AWS calls need. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../engine/isolation";

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

/** Scripts that only machines with Git data run; the others are everybody's or the application's. */
const scriptsOf: Readonly<Record<string, RegExp>> = {
  application: /^(?!lease|mounts)/,
  gitaly: /^(?!configure|migrate|upkeep)/,
};

/** Actions that not every role's machines come to: the launch hook is the application nodes'; no volume by default. */
const onlyFor: Readonly<Record<string, readonly string[]>> = {
  "autoscaling:CompleteLifecycleAction": ["application"],
  "autoscaling:RecordLifecycleActionHeartbeat": ["application"],
  "ec2:AttachVolume": [],
  "ec2:DetachVolume": [],
  "ec2:DescribeInstances": [],
  "ec2:DescribeVolumes": [],
};

/** IAM actions of every `aws <service> <command>` in the scripts of a role; those in `ddb` helpers too. */
export function actionsCalled(role: string): string[] {
  const folders = [
    "components/gitlab-instance/templates",
    "components/node-files/templates",
    "components/node-files/templates/clouds",
  ];
  const texts = folders.flatMap((folder) =>
    readdirSync(join(checkout, folder))
      .filter((file) => file.endsWith(".sh") && (scriptsOf[role] ?? /^/).test(file))
      .map((file) => readFileSync(join(checkout, folder, file), "utf8")),
  );
  const found = new Set<string>();
  for (const text of texts) {
    for (const [, service = "", command = ""] of text.matchAll(
      /\baws ([a-z0-9]+) ([a-z][a-z0-9-]+)/g,
    )) {
      for (const action of actionOf(service, command)) found.add(action);
    }
    for (const [, command = ""] of text.matchAll(/\bddb [^ ]+ ([a-z]+-[a-z]+)/g)) {
      for (const action of actionOf("dynamodb", command)) found.add(action);
    }
  }
  return [...found]
    .filter(
      (action) => !(onlyFor[action] ?? ["application", "gitaly"]).every((one) => one !== role),
    )
    .sort();
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
