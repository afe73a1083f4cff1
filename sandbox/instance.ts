/** What one configured provider instance is: its account, region, zone, default tags and labels. */
import type { PackageModel, PlaceModel, Setting } from "./model";
import { elements, pathValues } from "./paths";
import { UNKNOWN, hasUnknown, isBlock, type Properties, type Value, type Values } from "./values";

/** One configured provider. Known to the engine by its connection. */
export interface Instance {
  readonly package: PackageModel;
  /** Name of the provider resource. */
  readonly name: string;
  readonly config: Properties;
  readonly account: string;
  readonly region: string;
  readonly zone: string;
  readonly tenant: string;
  /** `aws`, `aws-cn` or `aws-us-gov`, from the region. */
  readonly partition: string;
}

/** The account of an instance whose configuration names none. Made up: AWS's own documentation example. */
export const DEFAULT_ACCOUNT = "123456789012";

/** AWS: the account of the last role in the chain, else the allowed one, else the made-up one. */
const AWS: PlaceModel = {
  account: [
    { path: "assumeRoles[].roleArn", part: "^arn:[^:]+:iam::(\\d{12}):", which: "last" },
    { path: "assumeRoleWithWebIdentity.roleArn", part: "^arn:[^:]+:iam::(\\d{12}):" },
    { path: "allowedAccountIds" },
  ],
  otherwise: DEFAULT_ACCOUNT,
  region: [{ path: "region" }],
};

/** An instance from its configuration. Throws where the configuration contradicts itself. */
export function instanceOf(model: PackageModel, name: string, config: Properties): Instance {
  const { value } = config;
  const place = model.place ?? AWS;
  const account = setting(value, place.account) ?? place.otherwise ?? "";
  const allowed = texts(value, "allowedAccountIds");
  if (allowed.length > 0 && !allowed.includes(account)) {
    throw new Error(
      `AWS account ID not allowed: ${account} (allowedAccountIds: ${allowed.join(", ")})`,
    );
  }
  if (texts(value, "forbiddenAccountIds").includes(account)) {
    throw new Error(`AWS account ID not allowed: ${account} is in forbiddenAccountIds`);
  }
  const region = setting(value, place.region) ?? "";
  const zone = setting(value, place.zone) ?? "";
  const tenant = setting(value, place.tenant) ?? "";
  const partition = partitionOf(region);
  return { package: model, name, config, account, region, zone, tenant, partition };
}

/** The value of the first setting that is given. */
function setting(config: Values, places: readonly Setting[] | undefined): string | undefined {
  for (const { path, part, which } of places ?? []) {
    const found = texts(config, path).at(which === "last" ? -1 : 0);
    const value = part === undefined ? found : new RegExp(part).exec(found ?? "")?.[1];
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
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

/** The label that the provider puts on what it makes, unless it is told not to. */
const ATTRIBUTION = "goog-pulumi-provisioned";

/** A GCP object's labels as the provider sees them. */
export interface Labels {
  /** Those of the program, over the provider's default labels: what the provider manages. */
  readonly pulumiLabels: Value;
  /** Those and the labels that others have put on the object. */
  readonly effectiveLabels: Value;
}

/**
 * The two outputs beside an object's `labels`, as the provider plans them. The attribution label comes on at the
 * creation, or with the next change where `pulumiAttributionLabelAdditionStrategy` is `PROACTIVE`.
 * https://www.pulumi.com/registry/packages/gcp/installation-configuration/ (addPulumiAttributionLabel)
 */
export function labelsOf(instance: Instance, labels: Value | undefined, old?: Values): Labels {
  const { defaultLabels, addPulumiAttributionLabel, pulumiAttributionLabelAdditionStrategy } =
    instance.config.value;
  if (hasUnknown(labels) || hasUnknown(defaultLabels)) {
    return { pulumiLabels: UNKNOWN, effectiveLabels: UNKNOWN };
  }
  const before = isBlock(old?.["pulumiLabels"]) ? old["pulumiLabels"] : {};
  const attributed =
    old === undefined ||
    pulumiAttributionLabelAdditionStrategy === "PROACTIVE" ||
    ATTRIBUTION in before;
  const pulumiLabels = {
    ...(addPulumiAttributionLabel !== false && attributed ? { [ATTRIBUTION]: "true" } : {}),
    ...(isBlock(defaultLabels) ? defaultLabels : {}),
    ...(isBlock(labels) ? labels : {}),
  };
  const held = isBlock(old?.["effectiveLabels"]) ? old["effectiveLabels"] : {};
  const others = Object.entries(held).filter(([key]) => !(key in before));
  return { pulumiLabels, effectiveLabels: { ...Object.fromEntries(others), ...pulumiLabels } };
}
