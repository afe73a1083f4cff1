/**
 * What the provider's Check makes of a program's inputs: defaults, the name, merged tags and the
 * region put in, everything held against the model.
 */
import { holds, type Setting } from "./conditions";
import { mergedTags, type Instance } from "./instance";
import { isEmpty } from "./compare";
import {
  AUTONAMED,
  defaultNamespace,
  encodeTexts,
  isAutonamed,
  isLive,
  labelManager,
} from "./live";
import { keysOf, putAt, valueAt } from "./paths";
import { missingPlace, placeOf, regional } from "./places";
import { referredOutput, settingOf } from "./references";
import type { PropertyModel, ResourceModel, Rule } from "./model";
import type { Ledger } from "./ledger";
import { alphabets, randomText, randomUuid } from "./random";
import { Validator, type Failure } from "./validate";
import {
  UNKNOWN,
  copy,
  isBlock,
  moveSecrets,
  pointer,
  type Properties,
  type SecretPaths,
  type Step,
  type Value,
  type Values,
} from "./values";

/** The input in which bridged providers record what they, and not the program, put in. */
export const DEFAULTS = "__defaults";

/** The input in which azure-native records that it made up the name, so that a successor can have another. */
export const CREATE_FIRST = "__createBeforeDelete";

/** Inputs without the provider's own records. */
export function withoutDefaults(inputs: Values): Values {
  return Object.fromEntries(
    Object.entries(inputs).filter(([key]) => key !== DEFAULTS && key !== CREATE_FIRST),
  );
}

/** How the engine wants an object without a name to be named. */
export interface Naming {
  /** Name of the resource in the program. */
  readonly logicalName: string;
  readonly seed: Uint8Array;
  /** `pulumi:autonaming`, where the project sets it. */
  readonly proposed?: { readonly name: string; readonly mode: "propose" | "enforce" | "disable" };
}

/** What Check answers. */
export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly Failure[];
}

/** Checks a program's inputs. `olds` are the inputs of the last Check; empty for a new object. */
export function checkInputs(
  model: ResourceModel,
  instance: Instance,
  olds: Values,
  news: Properties,
  naming: Naming,
  ledger?: Ledger,
): Checked {
  const native = instance.package.kind === "native";
  const given = copy(withoutDefaults(news.value));
  // Inputs that come back from Read (an import) hold what an earlier Check put in.
  if (DEFAULTS in news.value && model.tags === true) delete given["tagsAll"];
  const secrets: SecretPaths = new Set(news.secrets);
  markSecrets(model.properties, given, [], secrets);

  const validator = new Validator(secrets, model.omitted);
  validator.block(model.properties, given, [], model.token);
  const failures = validator.failures;

  const values = normalise(model.properties, given);
  const defaulted: string[] = [];
  applyDefaults(model.properties, values, defaulted);
  const setting = settingOf(
    placeOf(model, instance, values),
    instance,
    values,
    undefined,
    Object.keys(olds).length === 0 ? undefined : olds,
  );
  const name = autoName(model, instance, olds, values, naming, setting, failures);
  if (name !== undefined) defaulted.push(name);
  // A rule over values of the wrong type would only repeat what is said already.
  if (failures.length === 0) failures.push(...ruleFailures(model, "plan", values, setting));

  for (const name of missingPlace(model, instance, values)) {
    failures.push({
      property: name,
      reason: `is required, since neither the resource nor its provider says it`,
    });
  }
  // The AWS provider shows the region among the inputs; Google's keeps what it fills in to the outputs.
  const shown = regional(model) && model.properties["region"]?.planned !== true;
  if (shown && values["region"] === undefined && instance.region !== "") {
    values["region"] = instance.region;
  }
  if (native) locate(model, instance, values, ledger);
  if (isLive(instance)) {
    labelManager(instance, olds, values);
    defaultNamespace(model, instance, values);
    encodeTexts(model, values, secrets);
    return { inputs: { value: values, secrets }, failures };
  }
  if (model.tags === true && "tagsAll" in model.properties) {
    values["tagsAll"] = mergedTags(instance, values["tags"]) ?? UNKNOWN;
    moveSecrets(secrets, ["tags"], ["tagsAll"], secrets);
    moveSecrets(instance.config.secrets, ["defaultTags", "tags"], ["tagsAll"], secrets);
  }
  if (!native) values[DEFAULTS] = defaulted.sort();
  else if (name !== undefined && model.name?.exact !== true) values[CREATE_FIRST] = true;
  return { inputs: { value: values, secrets }, failures };
}

/**
 * An Azure resource without a location gets the provider's, else that of its resource group.
 * https://www.pulumi.com/registry/packages/azure-native/installation-configuration/ (location)
 */
function locate(
  model: ResourceModel,
  instance: Instance,
  values: Values,
  ledger: Ledger | undefined,
): void {
  const { location } = model.properties;
  if (values["location"] !== undefined || location?.value !== "{region}") return;
  const group = values["resourceGroupName"];
  if (instance.region !== "") values["location"] = instance.region;
  else if (group === UNKNOWN || ledger === undefined) values["location"] = UNKNOWN;
  else if (group !== undefined) {
    const place = placeOf(model, instance, values);
    const found = referredOutput(ledger, place, values, "resourceGroupName", "location").value;
    if (found !== undefined) values["location"] = found;
  }
}

/** Rules of the model that the values break. Where an unknown decides, the rule is left for later. */
export function ruleFailures(
  model: ResourceModel,
  at: "plan" | "apply",
  values: Values,
  setting: Setting,
): Failure[] {
  const rules = (model.rules ?? []).filter((rule) => (rule.at ?? "plan") === at);
  return brokenRules(rules, values, setting);
}

/** Which of the rules the values break. */
export function brokenRules(
  rules: readonly Omit<Rule, "at">[],
  values: Values,
  setting: Setting,
): Failure[] {
  return rules
    .filter((rule) => rule.when === undefined || holds(rule.when, values, setting) === true)
    .filter((rule) => holds(rule.then, values, setting) === false)
    .map((rule) => ({
      property: rule.then.property ?? rule.when?.property ?? "",
      reason: `${rule.message} (${rule.source})`,
    }));
}

/** Adds the paths of what the model calls secret. */
export function markSecrets(
  fields: Readonly<Record<string, PropertyModel>>,
  values: Values,
  path: readonly Step[],
  secrets: SecretPaths,
): void {
  for (const [key, model] of Object.entries(fields)) {
    const value = values[key];
    if (value !== undefined) markSecret(model, value, [...path, key], secrets);
  }
}

function markSecret(
  model: PropertyModel,
  value: Value,
  path: readonly Step[],
  secrets: SecretPaths,
): void {
  if (model.secret === true) secrets.add(pointer(path));
  if (model.fields && isBlock(value)) markSecrets(model.fields, value, path, secrets);
  const { items } = model;
  if (!items) return;
  if (Array.isArray(value))
    value.forEach((item, at) => markSecret(items, item, [...path, at], secrets));
  else if (isBlock(value)) {
    for (const [key, item] of Object.entries(value))
      markSecret(items, item, [...path, key], secrets);
  }
}

/** JSON documents given as objects become text, as the provider's transform does. */
function normalise(fields: Readonly<Record<string, PropertyModel>>, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, normaliseValue(fields[key], value)]),
  );
}

function normaliseValue(model: PropertyModel | undefined, value: Value): Value {
  if (!model || value === UNKNOWN) return value;
  if (model.type === "json" && typeof value === "object") return jsonText(value);
  if (model.fields && isBlock(value)) return normalise(model.fields, value);
  const { items } = model;
  if (items && Array.isArray(value)) return value.map((item) => normaliseValue(items, item));
  if (items && isBlock(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, normaliseValue(items, item)]),
    );
  }
  return value;
}

function jsonText(value: Value): Value {
  let unknown = false;
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (item === UNKNOWN) unknown = true;
    return item;
  });
  return unknown ? UNKNOWN : text;
}

/** Puts in defaults at every depth, but none that would contradict what is given. */
function applyDefaults(
  fields: Readonly<Record<string, PropertyModel>>,
  values: Values,
  defaulted: string[],
): void {
  const given = new Set(Object.keys(values).filter((key) => !isEmpty(values[key])));
  for (const [key, model] of Object.entries(fields)) {
    const value = values[key];
    if (value === undefined || value === null) {
      const rivals = [...(model.conflicts ?? []), ...(model.exactlyOneOf ?? [])];
      if (model.default === undefined || rivals.some((rival) => given.has(rival))) continue;
      values[key] = copy(model.default);
      defaulted.push(key);
    } else {
      nestedDefaults(model, value);
    }
  }
}

function nestedDefaults(model: PropertyModel, value: Value): void {
  if (model.fields && isBlock(value)) applyDefaults(model.fields, value, []);
  const { items } = model;
  if (!items) return;
  if (Array.isArray(value)) value.forEach((item) => nestedDefaults(items, item));
  else if (isBlock(value)) Object.values(value).forEach((item) => nestedDefaults(items, item));
}

/**
 * Names an object that has no name, and says which property was set. An auto-name is kept for the
 * object's life; the engine's seed makes preview and up agree.
 * https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
 */
function autoName(
  model: ResourceModel,
  instance: Instance,
  olds: Values,
  values: Values,
  naming: Naming,
  setting: Setting,
  failures: Failure[],
): string | undefined {
  const name = model.name;
  if (name?.auto !== true) return undefined;
  const keys = keysOf(name.property);
  if (valueAt(values, keys) !== undefined) return undefined;
  if (name.prefix !== undefined && values[name.prefix] !== undefined) return undefined;
  const native = instance.package.kind === "native";
  const before = valueAt(olds, keys);
  const auto = olds[DEFAULTS];
  if (isLive(instance)) {
    if (before !== undefined && isAutonamed(olds)) return named(values, keys, before);
  } else if (before !== undefined && Array.isArray(auto) && auto.includes(name.property)) {
    values[name.property] = before;
    return name.property;
  }
  // A native provider goes on with the name that the object has, whoever gave it.
  if (before !== undefined && !Array.isArray(auto) && native) {
    values[name.property] = before;
    return olds[CREATE_FIRST] === true ? name.property : undefined;
  }
  const { proposed } = naming;
  if (proposed?.mode === "disable") {
    failures.push({
      property: name.property,
      reason: "is required: auto-naming is disabled for this resource",
    });
    return undefined;
  }
  const base = name.lowercase === true ? naming.logicalName.toLowerCase() : naming.logicalName;
  const digits = randomText(naming.seed, alphabets.hex, name.digits ?? 7);
  const suffix = `${name.separator ?? "-"}${digits}`;
  const ends = name.ends && holds(name.ends.when, values, setting) === true ? name.ends.text : "";
  const begins = name.begins ?? "";
  const uuid = name.uuid === true && proposed?.mode !== "enforce";
  const made = uuid
    ? randomUuid(Buffer.from(naming.seed).toString("hex"))
    : (proposed?.name ?? `${begins}${base}${name.exact === true ? "" : suffix}${ends}`);
  if (name.maxLength !== undefined && made.length > name.maxLength) {
    failures.push({
      property: name.property,
      reason: `the auto-name ${JSON.stringify(made)} has ${made.length} characters, at most ${name.maxLength} are allowed: give a shorter name`,
    });
  }
  if (isLive(instance)) return named(values, keys, made);
  values[name.property] = made;
  return name.property;
}

/** Names an object of Kubernetes, and notes on it that the name was made up. */
function named(values: Values, keys: readonly string[], name: Value): string {
  putAt(values, keys, name);
  putAt(values, AUTONAMED, "true");
  return keys.join(".");
}

/** Where a failure is, for messages that have no field for it. */
export function failureText(failure: Failure): string {
  return failure.property === "" ? failure.reason : `${failure.property}: ${failure.reason}`;
}
