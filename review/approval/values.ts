/** What plans and states hold, in forms that are the same for the same thing. */

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** What stands in a secret's place. Its value is not lost to an approval: a changed one moves the settings part. */
export const secretMark = "[secret]";

/**
 * How the engine marks what is no plain value, and how it marks a secret and an output among those
 * (pulumi/pulumi sdk/go/common/resource/properties.go, `SigKey`, `SecretSig`, `OutputValueSig`).
 */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Whether a value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A property of what may be an object; undefined where it is none or has no such property. */
export function at(value: unknown, ...keys: readonly string[]): Json | undefined {
  let found = value;
  for (const key of keys) found = isObject(found) ? found[key] : undefined;
  return found as Json | undefined;
}

/** The items of a list; none of anything else. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** A text; an empty one of anything else. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Whether the engine holds a value for secret, encrypted or not. */
export function isSecret(value: JsonObject): boolean {
  const kind = value[signature];
  return kind === secret || (kind === output && value["secret"] === true);
}

/** The same value with each secret, however deep, replaced by {@link secretMark}, and texts by what `settle` makes of them. */
export function withoutSecrets(
  value: Json,
  settle: (text: string) => string = (text) => text,
): Json {
  if (typeof value === "string") return settle(value);
  if (Array.isArray(value)) return value.map((item: Json) => withoutSecrets(item, settle));
  if (!isObject(value)) return value;
  if (isSecret(value)) return secretMark;
  const found = new Map<string, Json[]>();
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const settled = settle(key);
    found.set(settled, [...(found.get(settled) ?? []), withoutSecrets(item, settle)]);
  }
  // Keys that were different may settle to the same: what stands under each of them still counts.
  return Object.fromEntries(
    [...found].map(([key, items]) => [
      key,
      items.length > 1 ? inTextOrder(items) : (items[0] ?? null),
    ]),
  );
}

function inTextOrder(items: readonly Json[]): Json[] {
  return [...items].sort((one, other) => inOrder(canonicalText(one), canonicalText(other)));
}

/** Orders texts by their code units: the same on every machine, whatever its language. */
export function inOrder(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A list that means a set: sorted, each item once. Anything else stays as it is. */
export function asSet(value: Json): Json {
  if (!Array.isArray(value)) return value;
  const items = new Map(value.map((item: Json) => [canonicalText(item), item]));
  return [...items].sort(([one], [other]) => inOrder(one, other)).map(([, item]) => item);
}

/** One text for one value: JSON with the keys of every object sorted, and no spaces. */
export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value)
    .flatMap(([key, item]) => (item === undefined ? [] : [[key, item] as const]))
    .sort(([one], [other]) => inOrder(one, other));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item)}`).join(",")}}`;
}
