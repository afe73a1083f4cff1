/** Computed values: the templates of the model language, filled in. */
import type { Computed, Condition, Json, PropertyModel, Template } from "./model";
import { ipv4Text, network } from "./networks";
import { elements } from "./paths";
import { accountNumber } from "./places";
import { alphabets, drawn, encoded, randomInteger, randomText, randomUuid } from "./random";
import { UNKNOWN, isBlock, type Value } from "./values";

/** A value and whether a secret went into it. */
export interface Resolved {
  /** Undefined where there is nothing. */
  readonly value: Value | undefined;
  readonly secret: boolean;
}

/** Where placeholders find their values. */
export interface Scope {
  /** Everything random in a value follows from this and from the placeholder's place. */
  readonly seed: string;
  readonly now: string;
  readonly account: string;
  readonly tenant: string;
  readonly partition: string;
  /** An input or output by path; `id` and `region` among them. Throws where there is no such property. */
  property(path: string): Resolved;
  /** An output of the object that a property refers to. */
  referred(property: string, output: string): Resolved;
  /** Whether a condition holds of the object as far as it is made. */
  holds(condition: Condition): boolean | undefined;
}

// `${…}` is text of somebody else's templates and stays.
const PLACEHOLDER = /(?<!\$)\{([A-Za-z][\w.[\]]*(?::[\w.[\]-]+){0,2})(?:~([^{}~]*))?\}/g;

/** Nothing there. */
export const EMPTY: Resolved = { value: undefined, secret: false };

/** Fills in the value that a model gives a property. */
export function computedValue(model: PropertyModel, scope: Scope, place: string): Resolved {
  if (model.value === undefined) {
    return { value: model.counter === true ? 1 : (model.default ?? undefined), secret: false };
  }
  const { value, secret } = computed(model.value, scope, place);
  return { value: convert(model, value, place), secret };
}

function computed(value: Computed, scope: Scope, place: string): Resolved {
  if (typeof value === "string") return fill(value, scope, place);
  if ("cases" in value) {
    for (const [at, branch] of value.cases.entries()) {
      const answer = branch.when === undefined ? true : scope.holds(branch.when);
      if (answer === undefined) return { value: UNKNOWN, secret: false };
      if (answer) return computed(branch.value, scope, `${place}?${at}`);
    }
    return EMPTY;
  }
  if ("each" in value) return each(value.each, value.json, scope, place);
  if ("draw" in value) return draw(value.draw, scope, place);
  if ("base64" in value) {
    const filled = fillJson(value.base64, scope, place);
    return { ...filled, value: filled.value === undefined ? undefined : inBase64(filled.value) };
  }
  return fillJson(value.json, scope, place);
}

/** A value with every text in it put into base64. */
export function inBase64(value: Value): Value {
  if (typeof value === "string") return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(inBase64);
  if (!isBlock(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inBase64(item)]));
}

/** One value for each different element of some properties. */
function each(paths: readonly string[], json: Json, scope: Scope, place: string): Resolved {
  const sources = paths.map((path) => scope.property(path));
  const found = elements(sources.flatMap(({ value }) => (value === undefined ? [] : [value])));
  if (found.includes(UNKNOWN)) return { value: UNKNOWN, secret: false };
  const different = [...new Set(found)].filter((item) => item !== "" && item !== null);
  const parts = different.map((item) => {
    const own: Scope = {
      ...scope,
      property: (path) => (path === "each" ? { value: item, secret: false } : scope.property(path)),
      referred: (property, output) => scope.referred(property, output),
      holds: (condition) => scope.holds(condition),
    };
    return fillJson(json, own, `${place}=${asText(item)}`);
  });
  return {
    value: parts.flatMap(({ value }) => (value === undefined ? [] : [value])),
    secret: [...sources, ...parts].some(({ secret }) => secret),
  };
}

/** Random text of several alphabets. */
function draw(
  { length, from }: Extract<Computed, { draw: unknown }>["draw"],
  scope: Scope,
  place: string,
): Resolved {
  const amount = (name: string | undefined): number => {
    const value = name === undefined ? undefined : scope.property(name).value;
    return typeof value === "number" ? value : 0;
  };
  const alphabets = from
    .filter(({ when }) => when === undefined || scope.holds(when) === true)
    .map(({ letters, least }) => ({
      letters: asText(fill(letters, scope, place).value),
      least: amount(least),
    }));
  return { value: drawn(`${scope.seed}\0${place}`, alphabets, amount(length)), secret: false };
}

/** Fills in a template. A single placeholder keeps the type of what it stands for. */
export function fill(template: Template, scope: Scope, place: string): Resolved {
  const found = [...template.matchAll(PLACEHOLDER)];
  const only = found[0];
  if (found.length === 1 && only?.[0] === template) {
    return placeholder(only[1] ?? "", only[2], scope, `${place}#0`);
  }
  let secret = false;
  let unknown = false;
  let at = 0;
  const text = template.replace(PLACEHOLDER, (_, name: string, regex: string | undefined) => {
    const part = placeholder(name, regex, scope, `${place}#${at++}`);
    secret ||= part.secret;
    unknown ||= part.value === UNKNOWN;
    return asText(part.value);
  });
  return { value: unknown ? UNKNOWN : text, secret };
}

function fillJson(json: Json, scope: Scope, place: string): Resolved {
  if (typeof json === "string") return fill(json, scope, place);
  if (json === null || typeof json !== "object") return { value: json, secret: false };
  const parts = Object.entries(json).map(
    ([key, item]) => [key, fillJson(item, scope, `${place}/${key}`)] as const,
  );
  const there = parts.filter(([, part]) => part.value !== undefined);
  const value: Value = Array.isArray(json)
    ? there.map(([, part]) => part.value as Value)
    : Object.fromEntries(there.map(([key, part]) => [key, part.value as Value]));
  return { value, secret: parts.some(([, part]) => part.secret) };
}

function placeholder(
  name: string,
  regex: string | undefined,
  scope: Scope,
  place: string,
): Resolved {
  const found = named(name, scope, place);
  if (regex === undefined || found.value === UNKNOWN) return found;
  const group = new RegExp(regex).exec(asText(found.value))?.[1];
  return { value: group ?? "", secret: found.secret };
}

function named(name: string, scope: Scope, place: string): Resolved {
  const [kind = "", first = "", second = ""] = name.split(":");
  const seed = `${scope.seed}\0${place}`;
  const plain = (value: Value): Resolved => ({ value, secret: false });
  if (!name.includes(":")) {
    if (name === "uuid") return plain(randomUuid(seed));
    if (name === "now") return plain(scope.now);
    if (name === "account") return plain(scope.account);
    if (name === "partition") return plain(scope.partition);
    if (name === "tenant") return plain(scope.tenant);
    if (name === "accountNumber") return plain(accountNumber(scope.account));
    return scope.property(name);
  }
  switch (kind) {
    case "hex":
    case "alnum":
    case "ALNUM":
    case "digits": {
      const length = Number(first);
      if (!Number.isInteger(length) || length < 1) break;
      const text = randomText(seed, alphabets[kind], length);
      // A number of n digits does not start with 0.
      return plain(kind === "digits" && text.startsWith("0") ? `1${text.slice(1)}` : text);
    }
    case "hexBytes":
    case "base64Bytes":
    case "base64urlBytes":
    case "decimalBytes": {
      const length = /^\d+$/.test(first) ? Number(first) : scope.property(first).value;
      if (typeof length !== "number") break;
      return plain(encoded(second === "" ? seed : `${scope.seed}\0${second}`, length, kind));
    }
    case "int": {
      const range = /^(\d+)-(\d+)$/.exec(first);
      if (range) return plain(randomInteger(seed, Number(range[1]), Number(range[2])));
      break;
    }
    case "address":
      return address(second === "" ? scope.property(first) : scope.referred(first, second), seed);
    case "ref":
      if (second !== "") return scope.referred(first, second);
  }
  throw new Error(`the template of ${place} has an unknown part {${name}}`);
}

/** A host address in a range: not its first four or its last, which AWS keeps for itself. */
function address({ value, secret }: Resolved, seed: string): Resolved {
  if (value === UNKNOWN) return { value, secret };
  const block = network(asText(value));
  if (block?.bits !== 32) return { value: "", secret };
  const size = Number(block.last - block.first) + 1;
  const host = size > 8 ? randomInteger(seed, 4, size - 2) : 0;
  return { value: ipv4Text(block.first + BigInt(host)), secret };
}

function asText(value: Value | undefined): string {
  if (value === undefined || value === null || value === UNKNOWN) return "";
  if (Array.isArray(value)) return value.map(asText).join(",");
  return isBlock(value) ? JSON.stringify(value) : String(value);
}

/** Text becomes what the property's type says; nothing becomes the empty text of a string. */
function convert(model: PropertyModel, value: Value | undefined, place: string): Value | undefined {
  if (model.type === "string") {
    if (value === undefined) return "";
    return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  }
  if (typeof value !== "string") return value;
  switch (model.type) {
    case "integer":
    case "number": {
      if (value === "") return undefined;
      if (!Number.isNaN(Number(value))) return Number(value);
      throw new Error(`the template of ${place} gives ${JSON.stringify(value)}, not a number`);
    }
    case "boolean":
      if (value === "") return undefined;
      if (value === "true" || value === "false") return value === "true";
      throw new Error(`the template of ${place} gives ${JSON.stringify(value)}, not true or false`);
    case "list":
    case "map":
    case "object":
      if (value === "") return undefined;
      throw new Error(`the template of ${place} gives text, not a ${model.type}: use { json }`);
    default:
      return value;
  }
}
