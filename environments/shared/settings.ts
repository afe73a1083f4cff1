/**
 * From a stack's configuration to one checked, typed object: every problem at once, none twice.
 */
import { z } from "zod";
import { SettingsError, type SettingsProblem, type StackConfig } from "../../engine/environment";

/** Namespace of this project's keys in `Pulumi.<stack>.yaml`: its name in Pulumi.yaml. */
export const namespace = "gitlab";

/** A secret that an environment takes: a key of its own in the stack file, never part of an object. */
export interface SecretSetting {
  readonly key: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** What the service that it is for accepts; said in the error. */
  readonly allowed: string;
  readonly pattern: RegExp;
}

/** A value in a few words, for an error message. Long ones are cut. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text =
    typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/**
 * The project's own keys as a tree, texts read back to what they were in YAML.
 * Top-level scalars arrive as text (Pulumi keeps no type for them), objects and lists as JSON text.
 */
export function settingsTree(
  config: StackConfig,
  secrets: readonly string[],
): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [fullKey, text] of Object.entries(config)) {
    if (!fullKey.startsWith(`${namespace}:`)) continue;
    const key = fullKey.slice(namespace.length + 1);
    if (secrets.includes(key)) continue;
    tree[key] = readBack(text);
  }
  return tree;
}

function readBack(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  if (/^[[{]/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text;
}

function at(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      node !== null && typeof node === "object"
        ? (node as Record<PropertyKey, unknown>)[key]
        : undefined,
    tree,
  );
}

function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : String(part)))
    .join(".")
    .replace(/\.\[/g, "[");
}

/** The keys that an object in the schema takes, by its path. */
function knownKeys(fields: z.core.$ZodLooseShape, path: readonly PropertyKey[]): readonly string[] {
  const keys = (schema: unknown, [part, ...rest]: readonly PropertyKey[]): readonly string[] => {
    const inner = unwrapped(schema);
    if (inner instanceof z.ZodArray) return keys(inner.element, rest);
    if (!(inner instanceof z.ZodObject)) return [];
    const shape: Readonly<Record<string, unknown>> = inner.shape;
    return part === undefined ? Object.keys(shape) : keys(shape[String(part)], rest);
  };
  return keys(fields[String(path[0])], path.slice(1));
}

/** A schema without what makes it optional or gives it a default. */
function unwrapped(schema: unknown): unknown {
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable;
  return wraps ? unwrapped(schema.unwrap()) : schema;
}

function problemsOf(
  issue: z.core.$ZodIssue,
  tree: unknown,
  fields: z.core.$ZodLooseShape,
  secrets: readonly string[],
): SettingsProblem[] {
  const key = keyOf(issue.path);
  const value = at(tree, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((name) => ({
        key: keyOf([...issue.path, name]),
        found: "an unknown key",
        allowed: `one of ${(issue.path.length === 0
          ? [...Object.keys(fields), ...secrets]
          : knownKeys(fields, issue.path)
        ).join(", ")}`,
      }));
    case "invalid_type":
      return [{ key, found: shown(value), allowed: `a value of type ${issue.expected}` }];
    case "invalid_value":
      return [{ key, found: shown(value), allowed: issue.values.map(shown).join(" or ") }];
    case "too_small":
      return [
        {
          key,
          found: shown(value),
          allowed: `${issue.origin === "array" || issue.origin === "string" ? "a length of " : ""}at least ${issue.minimum}`,
        },
      ];
    case "too_big":
      return [
        {
          key,
          found: shown(value),
          allowed: `${issue.origin === "array" || issue.origin === "string" ? "a length of " : ""}at most ${issue.maximum}`,
        },
      ];
    case "custom": {
      const found = issue.params?.["found"] as unknown;
      return [
        { key, found: typeof found === "string" ? found : shown(value), allowed: issue.message },
      ];
    }
    default:
      return [{ key, found: shown(value), allowed: issue.message }];
  }
}

/** Says that a setting breaks a rule: its path, what is allowed, and what was found where the value alone does not tell. */
export type Refuse = (path: readonly PropertyKey[], allowed: string, found?: string) => void;

/** How one environment's settings are read. */
export interface SettingsReader<Shape extends z.core.$ZodLooseShape> {
  /** Name of the stack, for the message. */
  readonly stack: string;
  /** Top-level keys and their schemas. */
  readonly fields: Shape;
  /** Rules between settings. Fields that are wrong by themselves are left out of what it is given. */
  readonly rules: (settings: Partial<Fields<Shape>>, refuse: Refuse) => void;
  readonly secrets: readonly SecretSetting[];
  /** Keys of the secrets that these settings need. */
  readonly requiredSecrets: (settings: Partial<Fields<Shape>>) => readonly string[];
}

/** What a set of fields parses to. */
export type Fields<Shape extends z.core.$ZodLooseShape> = z.output<
  z.ZodObject<Shape, z.core.$strict>
>;

/** Parses every field by itself; a wrong value inside one is left out, so that its siblings can still be checked. */
function partially<Shape extends z.core.$ZodLooseShape>(
  fields: Shape,
  tree: Record<string, unknown>,
): Partial<Fields<Shape>> {
  const partial: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(fields)) {
    const field = structuredClone(tree[key]);
    let parsed = z.safeParse(schema, field);
    for (const issue of parsed.error?.issues ?? []) {
      const extra = issue.code === "unrecognized_keys" ? issue.keys : undefined;
      const parent = at(field, extra === undefined ? issue.path.slice(0, -1) : issue.path);
      if (parent === null || typeof parent !== "object" || Array.isArray(parent)) continue;
      for (const name of extra ?? issue.path.slice(-1)) {
        delete (parent as Record<PropertyKey, unknown>)[name];
      }
    }
    if (!parsed.success) parsed = z.safeParse(schema, field);
    if (parsed.success) partial[key] = parsed.data;
  }
  return partial as Partial<Fields<Shape>>;
}

/**
 * Parses an environment's settings and checks its secrets.
 *
 * @throws SettingsError with every problem at once: unknown keys, wrong types and values, broken rules between
 *   settings, and every missing secret with the command that sets it. One problem a key.
 */
export function parseSettings<Shape extends z.core.$ZodLooseShape>(
  reader: SettingsReader<Shape>,
  config: StackConfig,
): Fields<Shape> {
  const names = reader.secrets.map((secret) => secret.key);
  const tree = settingsTree(config, names);
  const parsed = z.strictObject(reader.fields).safeParse(tree);
  const problems: SettingsProblem[] =
    parsed.error?.issues.flatMap((issue) => problemsOf(issue, tree, reader.fields, names)) ?? [];
  const partial = parsed.success ? parsed.data : partially(reader.fields, tree);
  reader.rules(partial, (path, allowed, found) => {
    problems.push({ key: keyOf(path), found: found ?? shown(at(partial, path)), allowed });
  });
  const needed = reader.requiredSecrets(partial);
  for (const secret of reader.secrets) {
    const value = config[`${namespace}:${secret.key}`];
    if (value === undefined || value === "") {
      if (!needed.includes(secret.key)) continue;
      problems.push({
        key: secret.key,
        found: "nothing",
        allowed: `${secret.allowed} (${secret.purpose}); set it with: pulumi config set --secret ${namespace}:${secret.key} -s ${reader.stack}`,
      });
    } else if (!secret.pattern.test(value)) {
      problems.push({ key: secret.key, found: "[secret]", allowed: secret.allowed });
    }
  }
  const first = problems.filter(
    ({ key }, index) => problems.findIndex((other) => other.key === key) === index,
  );
  if (first.length > 0 || !parsed.success) throw new SettingsError(reader.stack, first);
  return parsed.data;
}
