/**
 * Values as the engine sends them, taken apart and put together again.
 *
 * On the wire an unknown is a string sentinel and a secret is an object with a signature; inside the
 * sandbox an unknown is one symbol, and which values are secret is a set of paths beside the plain
 * value, so that no check, comparison or template has to look through wrappers.
 *
 * Source of the signatures: `sdk/go/common/resource/sig` and `plugin/rpc.go` of
 * https://github.com/pulumi/pulumi/tree/v3.259.0 and
 * https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/property-values/README.html.
 */
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Json, PropertyType } from "./model";

/** A value that is not known yet: it depends on an object that a preview only plans. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A plain value; unknowns may stand anywhere in it. */
export type Value =
  null | boolean | number | string | typeof UNKNOWN | Value[] | { [key: string]: Value };

/** A block of properties. */
export type Values = Record<string, Value>;

/** One step into a value: a key or an index. */
export type Step = string | number;

/** Paths (as `pointer` writes them) at which a secret starts. */
export type SecretPaths = Set<string>;

/** Properties of one object, with the paths of the secret ones. */
export interface Properties {
  readonly value: Values;
  readonly secrets: SecretPaths;
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const ASSETS = new Set(["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"]);

const SENTINELS = {
  boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  asset: "030794c1-ac77-496b-92df-f27374a8bd58",
  archive: "e48ece36-62e2-4504-bad9-02848725956a",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
} as const;
/** What stands for an unknown wherever the engine shows or sends one (pulumi/pulumi pkg/resource/plugin/rpc.go). */
export const unknownMarkers: ReadonlySet<string> = new Set(Object.values(SENTINELS));

/** True for a block or a map, and nothing else. */
export function isBlock(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a Pulumi asset or archive. */
export function isAsset(value: Value | undefined): boolean {
  return isBlock(value) && typeof value[SIGNATURE] === "string" && ASSETS.has(value[SIGNATURE]);
}

/** Writes a path so that it can be a member of a set (RFC 6901). */
export function pointer(path: readonly Step[]): string {
  return path
    .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

/** True where a secret starts at the path. Most properties have none, and need no path to be written. */
function startsSecret(secrets: SecretPaths, path: readonly Step[]): boolean {
  return secrets.size > 0 && secrets.has(pointer(path));
}

/** True where the value at the path is secret, or is part of a secret. */
export function isSecret(secrets: SecretPaths, path: readonly Step[]): boolean {
  if (secrets.size === 0) return false;
  for (let length = 0; length <= path.length; length++) {
    if (secrets.has(pointer(path.slice(0, length)))) return true;
  }
  return false;
}

/** True where the value at the path is secret, is part of a secret, or has a secret in it. */
export function touchesSecret(secrets: SecretPaths, path: readonly Step[]): boolean {
  if (isSecret(secrets, path)) return true;
  const prefix = `${pointer(path)}/`;
  return [...secrets].some((secret) => secret.startsWith(prefix));
}

/** The secret paths at and below one path, moved to another place. */
export function moveSecrets(
  secrets: SecretPaths,
  from: readonly Step[],
  to: readonly Step[],
  into: SecretPaths,
): void {
  if (isSecret(secrets, from)) {
    into.add(pointer(to));
    return;
  }
  const prefix = pointer(from);
  for (const secret of secrets) {
    if (secret.startsWith(`${prefix}/`)) into.add(pointer(to) + secret.slice(prefix.length));
  }
}

/** Writes a path as Pulumi does: `ingress[0].fromPort`, `tags["a.b"]`. */
export function propertyPath(path: readonly Step[]): string {
  return path
    .map((step, at) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return at === 0 ? step : `.${step}`;
    })
    .join("");
}

/** Reads what the engine sent. Keys whose value is null count as not given. */
export function decode(struct: Struct | undefined): Properties {
  const secrets: SecretPaths = new Set();
  const value = struct ? unwrap(struct.toJavaScript(), [], secrets) : {};
  return { value: isBlock(value) ? value : {}, secrets };
}

function unwrap(wire: unknown, path: Step[], secrets: SecretPaths): Value {
  if (typeof wire === "string") return unknownMarkers.has(wire) ? UNKNOWN : wire;
  if (wire === null || typeof wire !== "object") return (wire ?? null) as Value;
  if (Array.isArray(wire)) return wire.map((item, at) => unwrap(item, [...path, at], secrets));
  const record = wire as Record<string, unknown>;
  switch (record[SIGNATURE]) {
    case SECRET:
      secrets.add(pointer(path));
      return unwrap(record["value"], path, secrets);
    case OUTPUT:
      if (record["secret"] === true) secrets.add(pointer(path));
      return "value" in record ? unwrap(record["value"], path, secrets) : UNKNOWN;
    case RESOURCE:
      return unwrap(record["id"] ?? record["urn"], path, secrets);
  }
  const block: Values = {};
  for (const [key, item] of Object.entries(record)) {
    if (item !== null) block[key] = unwrap(item, [...path, key], secrets);
  }
  return block;
}

/** Writes what the engine is to read: unknowns as sentinels, secrets wrapped at every depth. */
export function encode(properties: Properties): Struct {
  const wire: { [key: string]: JavaScriptValue } = {};
  for (const [key, item] of Object.entries(properties.value)) {
    wire[key] = wrap(item, [key], properties.secrets);
  }
  return Struct.fromJavaScript(wire);
}

function wrap(value: Value, path: Step[], secrets: SecretPaths): JavaScriptValue {
  const bare = wrapContent(value, path, secrets);
  return startsSecret(secrets, path) ? { [SIGNATURE]: SECRET, value: bare } : bare;
}

function wrapContent(value: Value, path: Step[], secrets: SecretPaths): JavaScriptValue {
  if (value === UNKNOWN) return SENTINELS.string;
  if (Array.isArray(value)) return value.map((item, at) => wrap(item, [...path, at], secrets));
  if (!isBlock(value)) return value;
  const wire: { [key: string]: JavaScriptValue } = {};
  for (const [key, item] of Object.entries(value)) wire[key] = wrap(item, [...path, key], secrets);
  return wire;
}

/** True where an unknown stands in the value. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isBlock(value) && Object.values(value).some(hasUnknown);
}

/** The value as plain JSON, for the ledger: secrets are `[secret]`, unknowns `[unknown]`. */
export function toJson(value: Value, secrets: SecretPaths, path: readonly Step[] = []): Json {
  if (startsSecret(secrets, path)) return "[secret]";
  if (value === UNKNOWN) return "[unknown]";
  if (Array.isArray(value)) return value.map((item, at) => toJson(item, secrets, [...path, at]));
  if (!isBlock(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, toJson(item, secrets, [...path, key])]),
  );
}

/** A copy that shares nothing with the original. */
export function copy<T extends Value>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (!isBlock(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)])) as T;
}

/** What a value is, in the model language's words, for error messages. */
export function kindOf(value: Value): PropertyType | "null" | "unknown" {
  if (value === null) return "null";
  if (value === UNKNOWN) return "unknown";
  if (Array.isArray(value)) return "list";
  if (isAsset(value)) return "asset";
  if (typeof value === "object") return "object";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "boolean" ? "boolean" : "string";
}
