/**
 * Holds planned Kubernetes objects against the schema that the Kubernetes API publishes.
 *
 * Until a cluster exists, the engine sends its objects to no provider, so that a preview would show a misspelt field as
 * a creation like any other. The API server refuses it: server-side apply validates strictly, unknown and doubled fields
 * included (https://kubernetes.io/docs/reference/using-api/api-concepts/#setting-the-field-validation-level).
 *
 * The schemas come from npm, compiled to functions, one file a kind: kubernetes-models (the API's own kinds) and
 * `@kubernetes-models/gke` (GKE's). They check types, required fields, enumerations and formats and pass over what they do
 * not know; here a field that a schema has not even read is one that it does not know.
 *
 * Not for jest's own processes, which cannot load these modules: a stack's process asks.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { didYouMean } from "../sandbox/nearest";
import { unknownMarkers } from "../sandbox/values";
import { checkout } from "./isolation";

/** An object of a plan. */
export interface PlannedObject {
  readonly urn: string;
  /** `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** With the engine's markers for unknowns and `[secret]` for secrets. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the schema says of a place in an object. */
export interface SchemaViolation {
  readonly urn: string;
  /** `spec.template.spec.containers[0].image`; empty for the object as a whole. */
  readonly path: string;
  readonly message: string;
}

/** An error of a compiled schema (https://ajv.js.org/api.html#error-objects). */
interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A compiled schema: true where the value fits, else its `errors` say why not. */
interface Validate {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** Packages with a module for each kind at `<group>/<version>/<Kind>.js`, or `<version>/<Kind>.js` for the core group. */
const sources = ["kubernetes-models", "@kubernetes-models/gke"].map((name) =>
  join(checkout, "node_modules", name),
);

/** How the engine shows a secret in its events. */
const secret = "[secret]";

/**
 * Every violation of the published schema. A value that a preview does not know, or does not show, is passed over at
 * its place, and at its place only. A kind without a published schema is a violation too.
 * Loads the schemas of the kinds in question, no others.
 */
export async function schemaViolations(
  objects: readonly PlannedObject[],
): Promise<SchemaViolation[]> {
  const found: SchemaViolation[] = [];
  for (const { urn, type, inputs } of objects) {
    const validate = await schemaOf(type);
    if (validate === undefined) {
      const message = `no schema is published for ${kindOf(type)}, so nothing can be said of it`;
      found.push({ urn, path: "", message });
    } else {
      found.push(...violations(validate, type, inputs).map((one) => ({ urn, ...one })));
    }
  }
  return found;
}

/** `apps/v1 Deployment`. */
function kindOf(type: string): string {
  const [, version = "", kind = ""] = type.split(":");
  return `${version.replace(/^core\//, "")} ${kind}`;
}

/** The compiled schema of a type, or undefined where no package has one. */
async function schemaOf(type: string): Promise<Validate | undefined> {
  const [version = "", kind = ""] = kindOf(type).split(" ");
  for (const source of sources) {
    const file = join(source, version, `${kind}.js`);
    if (!existsSync(file)) continue;
    // The module of a kind is a class around the compiled schema, which has a file of its own.
    const schema = /["']([./]*\/_schemas\/\w+)(?:\.js)?["']/.exec(readFileSync(file, "utf8"))?.[1];
    if (schema === undefined) throw new Error(`${file} names no schema`);
    const { validate } = (await import(`${resolve(dirname(file), schema)}.js`)) as {
      validate: Validate;
    };
    return validate;
  }
  return undefined;
}

function violations(
  validate: Validate,
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): Omit<SchemaViolation, "urn">[] {
  const node = observe(inputs);
  const fits = validate(node.value);
  const messages = new Map<string, Set<string>>();
  const add = (pointer: string, message: string) => {
    messages.set(pointer, (messages.get(pointer) ?? new Set()).add(message));
  };
  const unseen = new Set(node.unseen());
  for (const { instancePath, keyword, params } of fits ? [] : (validate.errors ?? [])) {
    // An alternative that fits none has an error of its own beside those of its branches.
    if (keyword === "oneOf" || keyword === "anyOf") continue;
    if (!unseen.has(instancePath)) add(instancePath, describe(keyword, params));
  }
  for (const { pointer, field, known } of node.unknownFields()) {
    add(pointer, `there is no such field in ${kindOf(type)}${didYouMean(field, known)}`);
  }
  return [...messages].map(([pointer, said]) => ({
    path: readable(pointer),
    message: [...said].join(" or "),
  }));
}

/** What an error says, after the path. */
function describe(keyword: string, params: Readonly<Record<string, unknown>>): string {
  const text = (name: string): string => JSON.stringify(params[name]);
  switch (keyword) {
    case "type":
      return `must be ${String(params.type)}`;
    case "required":
      return `${text("missingProperty")} is required`;
    case "enum":
      return `must be one of ${(params.allowedValues as readonly unknown[]).join(", ")}`;
    case "format":
      return `must be in the form ${String(params.format)}`;
    default:
      return `breaks ${keyword} ${JSON.stringify(params)}`;
  }
}

/** A JSON pointer (RFC 6901) as a path. */
function readable(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, step) => {
      if (/^\d+$/.test(step)) return `${path}[${step}]`;
      if (!/^[\w$-]+$/.test(step)) return `${path}[${JSON.stringify(step)}]`;
      return path === "" ? step : `${path}.${step}`;
    }, "");
}

/** A field that no schema has read. */
interface UnknownField {
  readonly pointer: string;
  readonly field: string;
  /** The fields beside it that the schema asked for, whether they are there or not. */
  readonly known: ReadonlySet<string>;
}

/** A value under observation. */
interface Observed {
  readonly value: unknown;
  /** Pointers of the places that a preview does not show. */
  unseen(): string[];
  unknownFields(): UnknownField[];
}

/** Lets a value be read as it is, and notes which fields of each object in it are asked for. */
function observe(value: unknown, pointer = ""): Observed {
  if (typeof value !== "object" || value === null) {
    const hidden = typeof value === "string" && (value === secret || unknownMarkers.has(value));
    return { value, unseen: () => (hidden ? [pointer] : []), unknownFields: () => [] };
  }
  const asked = new Set<string>();
  const children = new Map(
    Object.entries(value).map(([key, inner]) => {
      const step = key.replaceAll("~", "~0").replaceAll("/", "~1");
      return [key, observe(inner, `${pointer}/${step}`)];
    }),
  );
  const watched = new Proxy(value, {
    get: (target, key) => {
      if (typeof key !== "string") return Reflect.get(target, key) as unknown;
      asked.add(key);
      return children.has(key) ? children.get(key)?.value : (Reflect.get(target, key) as unknown);
    },
  });
  return {
    value: watched,
    unseen: () => [...children.values()].flatMap((child) => child.unseen()),
    unknownFields: () => {
      // A schema that asks for no field at all lets the object be anything (`x-kubernetes-preserve-unknown-fields`).
      if (asked.size === 0) return [];
      return [...children].flatMap(([field, child]) =>
        asked.has(field)
          ? child.unknownFields()
          : [{ pointer: `${pointer}/${field}`, field, known: asked }],
      );
    },
  };
}
