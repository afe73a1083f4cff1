/** What one configured provider instance is: its account, region and default tags. */
import type { PackageModel } from "./model";
import { elements, pathValues } from "./paths";
import { hasUnknown, isBlock, type Properties, type Value, type Values } from "./values";

/** One configured provider. Known to the engine by its connection. */
export interface Instance {
  readonly package: PackageModel;
  /** Name of the provider resource. */
  readonly name: string;
  readonly config: Properties;
  readonly region: string;
  readonly account: string;
  /** `aws`, `aws-cn` or `aws-us-gov`, from the region. */
  readonly partition: string;
}

/** The account of an instance whose configuration names none. Made up: AWS's own documentation example. */
export const DEFAULT_ACCOUNT = "123456789012";

/** An instance from its configuration. Throws where the configuration contradicts itself. */
export function instanceOf(model: PackageModel, name: string, config: Properties): Instance {
  const { value } = config;
  const region = firstText(value, "region") ?? "";
  const account = accountOf(value);
  const allowed = texts(value, "allowedAccountIds");
  if (allowed.length > 0 && !allowed.includes(account)) {
    throw new Error(
      `AWS account ID not allowed: ${account} (allowedAccountIds: ${allowed.join(", ")})`,
    );
  }
  if (texts(value, "forbiddenAccountIds").includes(account)) {
    throw new Error(`AWS account ID not allowed: ${account} is in forbiddenAccountIds`);
  }
  return { package: model, name, config, region, account, partition: partitionOf(region) };
}

/** The account of the last role in the chain, else the allowed one, else the made-up one. */
function accountOf(config: Values): string {
  const roles = texts(config, "assumeRoles[].roleArn");
  const role = roles.at(-1) ?? firstText(config, "assumeRoleWithWebIdentity.roleArn");
  const fromRole = /^arn:[^:]+:iam::(\d{12}):/.exec(role ?? "")?.[1];
  return fromRole ?? texts(config, "allowedAccountIds")[0] ?? DEFAULT_ACCOUNT;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function texts(values: Values, path: string): string[] {
  return elements(pathValues(values, path)).filter(
    (value): value is string => typeof value === "string",
  );
}

function firstText(values: Values, path: string): string | undefined {
  return texts(values, path)[0];
}

/**
 * An object's tags with the instance's default tags under them and the ignored ones taken out,
 * as the AWS provider merges them in Check
 * (https://github.com/pulumi/pulumi-aws/blob/master/provider/tags.go). Unknown where a tag is.
 */
export function mergedTags(instance: Instance, tags: Value | undefined): Value | undefined {
  if (hasUnknown(tags)) return undefined;
  const { defaultTags, ignoreTags } = instance.config.value;
  const defaults = isBlock(defaultTags) ? defaultTags["tags"] : undefined;
  const merged = { ...(isBlock(defaults) ? defaults : {}), ...(isBlock(tags) ? tags : {}) };
  const ignore = isBlock(ignoreTags) ? ignoreTags : {};
  const keys = texts(ignore, "keys");
  const prefixes = texts(ignore, "keyPrefixes");
  return Object.fromEntries(
    Object.entries(merged).filter(
      ([key]) => !keys.includes(key) && !prefixes.some((prefix) => key.startsWith(prefix)),
    ),
  );
}
