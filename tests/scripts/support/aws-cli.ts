import { createHash, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { type Attribute, type Item, ServiceError } from "./dynamodb";
import { asText, query } from "./jmespath";
import type { Machine } from "./machine";
import type { Answer, Call, World } from "./world";

/** Options of one call: each with its words, without the leading `--`. */
export type Options = Readonly<Record<string, readonly string[]>>;

/** One operation of the AWS CLI: its options, and what it does. An unknown or missing option is refused as the CLI does. */
export interface AwsOperation {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  /** How many words without an option it takes (the file of get-object). @default 0 */
  readonly positional?: number;
  readonly run: (
    one: (option: string) => string,
    world: World,
    machine: Machine,
    context: { readonly options: Options; readonly words: readonly string[]; readonly call: Call },
  ) => unknown;
}

const globalOptions = new Set([
  "query",
  "output",
  "region",
  "cli-connect-timeout",
  "cli-read-timeout",
  "no-cli-pager",
]);

/** Seconds after which the CLI gives up on a network that is gone, when it is not told otherwise. */
const connectSeconds = 60;

/** Runs one call as AWS CLI version 2 would: exit codes 252 (usage), 254 (the service refused), 255 (no answer). */
export async function runAws(world: World, machine: Machine, call: Call): Promise<Answer> {
  const [service = "", operation = "", ...rest] = call.args;
  const options: Record<string, string[]> = {};
  const words: string[] = [];
  const known = world.aws[`${service} ${operation}`];
  if (known === undefined)
    return { code: 252, err: `aws: [ERROR]: no stand-in for ${service} ${operation}\n` };
  let current: string[] | undefined;
  for (const word of rest) {
    if (word.startsWith("--")) {
      const [option = "", inline] = word.slice(2).split(/=(.*)/s);
      current = options[option] = inline === undefined ? [] : [inline];
    } else if (current === undefined) words.push(word);
    else current.push(word);
  }
  // A word after an option's only value is the operation's own (get-object … --key K FILE).
  const spare = (known.positional ?? 0) - words.length;
  if (spare > 0 && current !== undefined)
    words.push(...current.splice(current.length - spare, spare));
  for (const option of Object.keys(options))
    if (
      !globalOptions.has(option) &&
      !known.required.includes(option) &&
      !(known.optional ?? []).includes(option)
    )
      return { code: 252, err: `aws: [ERROR]: Unknown options: --${option}\n` };
  for (const option of known.required)
    if (options[option] === undefined)
      return {
        code: 252,
        err: `aws: [ERROR]: the following arguments are required: --${option}\n`,
      };
  if (words.length !== (known.positional ?? 0))
    return { code: 252, err: `aws: [ERROR]: Unknown options: ${words.join(" ")}\n` };
  if (!machine.network) {
    await world.pause(Number(options["cli-connect-timeout"]?.[0] ?? connectSeconds));
    return {
      code: 255,
      err: `Could not connect to the endpoint URL: "https://${service}.eu-central-1.amazonaws.com/"\n`,
    };
  }
  const one = (option: string): string => {
    const value = (options[option] ?? [])[0] ?? "";
    return value.startsWith("file://") ? readFileSync(value.slice(7), "utf8") : value;
  };
  try {
    const result = await known.run(one, world, machine, { options, words, call });
    if (result === undefined || result === null) return { code: 0 };
    if (typeof result === "string") return { code: 0, out: `${result}\n` };
    const expression = options["query"]?.[0];
    const picked = expression === undefined ? result : query(result, expression);
    return {
      code: 0,
      out:
        options["output"]?.[0] === "text" ? asText(picked) : `${JSON.stringify(picked, null, 4)}\n`,
    };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return {
      code: 254,
      err: `\nAn error occurred (${error.code}) when calling the ${operation} operation: ${error.message}\n`,
    };
  }
}

const json = (text: string): Item => JSON.parse(text) as Record<string, Attribute>;
const maybe = (text: string): string | undefined => (text === "" ? undefined : text);
const expressions = [
  "condition-expression",
  "expression-attribute-names",
  "expression-attribute-values",
];

/** The operations that every node uses. Tests may add others to `world.aws`. */
export const awsOperations: Record<string, AwsOperation> = {
  "dynamodb get-item": {
    required: ["table-name", "key"],
    optional: ["consistent-read", "projection-expression", "expression-attribute-names"],
    run: (one, world) => {
      const item = world.table.get(json(one("key")));
      return item === undefined ? {} : { Item: item };
    },
  },
  "dynamodb put-item": {
    required: ["table-name", "item"],
    optional: expressions,
    run: (one, world) => {
      world.table.put(
        json(one("item")),
        maybe(one("condition-expression")),
        maybe(one("expression-attribute-names")),
        maybe(one("expression-attribute-values")),
      );
    },
  },
  "dynamodb update-item": {
    required: ["table-name", "key", "update-expression"],
    optional: expressions,
    run: (one, world) => {
      world.table.update(
        json(one("key")),
        one("update-expression"),
        maybe(one("condition-expression")),
        maybe(one("expression-attribute-names")),
        maybe(one("expression-attribute-values")),
      );
    },
  },
  "dynamodb delete-item": {
    required: ["table-name", "key"],
    optional: expressions,
    run: (one, world) => {
      world.table.delete(
        json(one("key")),
        maybe(one("condition-expression")),
        maybe(one("expression-attribute-names")),
        maybe(one("expression-attribute-values")),
      );
    },
  },
  "dynamodb scan": {
    required: ["table-name"],
    optional: [
      "consistent-read",
      "filter-expression",
      "expression-attribute-names",
      "expression-attribute-values",
    ],
    run: (one, world) => {
      const filter = /^begins_with\(#\w+, ?(:\w+)\)$/.exec(one("filter-expression"));
      if (one("filter-expression") !== "" && filter === null)
        throw new Error("this stand-in knows begins_with alone");
      const wanted = filter ? json(one("expression-attribute-values"))[filter[1] ?? ""] : undefined;
      const prefix = wanted !== undefined && "S" in wanted ? wanted.S : "";
      return {
        Items: [...world.table.items.values()].filter(
          (item) => "S" in (item["id"] ?? {}) && (item["id"] as { S: string }).S.startsWith(prefix),
        ),
      };
    },
  },
  "secretsmanager get-secret-value": {
    required: ["secret-id"],
    optional: ["version-stage"],
    run: (one, world) => {
      const versions = world.secrets.get(one("secret-id"));
      const value = versions?.at(-1);
      if (value === undefined)
        throw new ServiceError(
          "ResourceNotFoundException",
          "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        );
      return { SecretString: value, VersionId: `v${versions?.length ?? 0}` };
    },
  },
  "secretsmanager put-secret-value": {
    required: ["secret-id", "secret-string"],
    optional: ["client-request-token"],
    run: (one, world, machine) => {
      const versions = world.secrets.get(one("secret-id"));
      if (versions === undefined)
        throw new ServiceError(
          "ResourceNotFoundException",
          "Secrets Manager can't find the specified secret.",
        );
      if (Buffer.byteLength(one("secret-string")) > 65536)
        throw new ServiceError(
          "InvalidRequestException",
          "Failed to create the new secret version because the secret value is too long",
        );
      versions.push(one("secret-string"));
      world.happened(machine.name, "put-secret-value", one("secret-id"));
      return { VersionId: `v${versions.length}` };
    },
  },
  "s3api get-object": {
    required: ["bucket", "key"],
    optional: ["checksum-mode"],
    positional: 1,
    run: (one, world, _machine, { words }) => {
      const body = world.objects.get(`${one("bucket")}/${one("key")}`);
      if (body === undefined)
        throw new ServiceError("NoSuchKey", "The specified key does not exist.");
      writeFileSync(words[0] ?? "", body);
      return { ContentLength: body.length, ETag: createHash("md5").update(body).digest("hex") };
    },
  },
  "cloudwatch put-metric-data": {
    required: ["namespace", "metric-name", "value", "unit"],
    optional: ["dimensions"],
    run: (one, world, machine, { options }) => {
      world.metrics.push({
        at: world.clock.now,
        machine: machine.name,
        name: one("metric-name"),
        value: one("value"),
        dimensions: (options["dimensions"] ?? []).flatMap((text) => text.split(",")),
      });
    },
  },
  "sns publish": {
    required: ["topic-arn", "message"],
    optional: ["subject"],
    run: (one, world, machine) => {
      if (one("subject").length > 100)
        throw new ServiceError("InvalidParameter", "Invalid parameter: Subject");
      world.messages.push({
        at: world.clock.now,
        machine: machine.name,
        subject: one("subject"),
        message: one("message"),
      });
      return { MessageId: randomUUID() };
    },
  },
  "ecr get-login-password": { required: [], run: () => "ecr-login-password" },
  "ecr describe-images": {
    required: ["repository-name", "image-ids"],
    run: (one, world) => {
      const digest = one("image-ids").replace("imageDigest=", "");
      if (!world.registry.has(digest))
        throw new ServiceError(
          "ImageNotFoundException",
          `The image with imageId {imageDigest:'${digest}'} does not exist within the repository`,
        );
      return { imageDetails: [{ imageDigest: digest }] };
    },
  },
  "autoscaling describe-auto-scaling-groups": {
    required: ["auto-scaling-group-names"],
    run: (_one, world, _machine, { options }) => ({
      AutoScalingGroups: (options["auto-scaling-group-names"] ?? [])
        .filter((name) => world.groups.has(name))
        .map((name) => ({ AutoScalingGroupName: name, Instances: world.groups.get(name) })),
    }),
  },
  "autoscaling complete-lifecycle-action": {
    required: [
      "lifecycle-hook-name",
      "auto-scaling-group-name",
      "instance-id",
      "lifecycle-action-result",
    ],
    run: (one, world, machine) => {
      const instance = world.groups
        .get(one("auto-scaling-group-name"))
        ?.find(({ InstanceId }) => InstanceId === one("instance-id"));
      if (instance?.LifecycleState !== "Pending:Wait")
        throw new ServiceError(
          "ValidationError",
          `No active Lifecycle Action found with instance ID ${one("instance-id")}`,
        );
      instance.LifecycleState =
        one("lifecycle-action-result") === "CONTINUE" ? "InService" : "Terminating";
      world.happened(machine.name, "lifecycle", one("lifecycle-action-result"));
    },
  },
  "autoscaling record-lifecycle-action-heartbeat": {
    required: ["lifecycle-hook-name", "auto-scaling-group-name", "instance-id"],
    run: () => undefined,
  },
  "ec2 describe-instances": {
    required: ["instance-ids"],
    run: (one, world) => {
      const id = one("instance-ids");
      const machine = [...world.machines.values()].find(({ instanceId }) => instanceId === id);
      const state =
        machine === undefined
          ? world.instanceStates.get(id)
          : machine.alive
            ? "running"
            : "terminated";
      if (state === undefined)
        throw new ServiceError(
          "InvalidInstanceID.NotFound",
          `The instance ID '${id}' does not exist`,
        );
      return { Reservations: [{ Instances: [{ InstanceId: id, State: { Name: state } }] }] };
    },
  },
};
