/**
 * What Azure's published types say of a resource, and where a model says something else. They carry ARM's names:
 * what stands there under `properties` is flat in Pulumi, and names begin with a small letter. What makes a new
 * resource is not in them.
 */
import * as fs from "node:fs";
import type { PropertyModel, ResourceModel } from "../../sandbox/model";
import { fieldsOf, type Finding } from "./provider-schemas";

/** One property as ARM declares it. */
interface ArmProperty {
  readonly type?: string;
  readonly required?: boolean;
  /** Read only. */
  readonly computed?: boolean;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly fields?: Fields;
  readonly items?: ArmProperty;
  /** The fields of each kind of an object that says in one of them which kind it is. */
  readonly variants?: Readonly<Record<string, Fields>>;
}

type Fields = Readonly<Record<string, ArmProperty>>;

/** One resource type: its fields, those under `properties`, and the API version that they are of. */
export interface ArmType {
  readonly version: string;
  readonly fields: Fields;
  readonly inner?: Fields;
}

/** Resource types by Pulumi token. */
export function readArm(file: string): ReadonlyMap<string, ArmType> {
  const lines = fs
    .readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const found = JSON.parse(line) as {
        type: string;
        arm: string;
        properties: Fields;
        armProperties?: Fields;
        variants?: ArmProperty["variants"];
      };
      const { armProperties = {}, properties, variants } = found;
      const type: ArmType = {
        version: found.arm.split("@")[1] ?? "",
        fields: flat({ fields: properties }),
        inner: flat({ fields: armProperties, variants }),
      };
      return [found.type, type] as const;
    }),
  );
}

/** Pulumi's names that no rule of spelling leads to. */
const RENAMED: Readonly<Record<string, string>> = {
  exp: "expires",
  nbf: "notBefore",
  minimumTTL: "minimumTtl",
  SSLCheck: "sSLCheck",
  SSLCertRemainingLifetimeCheck: "sSLCertRemainingLifetimeCheck",
};

/** The same for names that mean something else elsewhere, by the block that they stand in. */
const RENAMED_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "locations.": { id: "location" },
  "request.headers.": { key: "headerFieldName", value: "headerFieldValue" },
};

/** ARM's `Application_Type`, `AppId` and `AAAARecords` are `applicationType`, `appId` and `aaaaRecords` in Pulumi. */
function pulumiName(name: string): string {
  const renamed = RENAMED[name];
  if (renamed !== undefined) return renamed;
  const camel = name.replace(/[_.@-]+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel.replace(/^(?:[A-Z]+(?=[A-Z][a-z]|\d|$)|[A-Z])/, (start) => start.toLowerCase());
}

/** The fields of an object under Pulumi's names, with those of all its variants, none of which has to be there. */
function flat(object: ArmProperty): Record<string, ArmProperty> {
  const named = (fields: Fields): [string, ArmProperty][] =>
    Object.entries(fields).map(([name, field]) => [pulumiName(name), field]);
  const found: Record<string, ArmProperty> = {};
  for (const fields of Object.values(object.variants ?? {})) {
    for (const [name, field] of named(fields)) {
      const known = found[name];
      const values = [...(known?.enum ?? []), ...(field.enum ?? [])];
      // The field that says which kind it is has one value in each.
      const both = values.length > 0 ? { enum: [...new Set(values)] } : {};
      found[name] = { type: "String", ...known, ...field, ...both, required: false };
    }
  }
  return { ...found, ...Object.fromEntries(named(object.fields ?? {})) };
}

const TYPES: Readonly<Record<PropertyModel["type"], readonly string[]>> = {
  string: ["String"],
  integer: ["Int"],
  number: ["Int", "Float", "Number"],
  boolean: ["Bool"],
  "int-or-string": ["Int", "String"],
  list: ["List"],
  map: ["Object"],
  object: ["Object"],
  json: ["String", "Object", "Any"],
  asset: ["String"],
  any: ["Any", "Object", "String"],
};

/** Differences of a model from Azure's types, each unless the model gives a reason (`deviates`). */
export function armDifferences(model: ResourceModel, arm: ArmType): Finding[] {
  const found: Finding[] = [];
  const version = model.properties["azureApiVersion"]?.value;
  if (version !== undefined && version !== arm.version) {
    found.push({
      property: "azureApiVersion",
      problem: `model ${JSON.stringify(version)}, reference ${arm.version}`,
    });
  }
  // What names the resource stands in its path and not in its body.
  const inPath = ([name]: [string, PropertyModel]) =>
    model.id.includes(`{${name}}`) || name === model.name?.property;
  const body = Object.entries(model.properties)
    .filter((entry) => !inPath(entry))
    .filter(([name]) => !ADDED.has(name));
  // Key Vault's resources keep `properties` as ARM has it.
  const kept = model.properties["properties"] !== undefined;
  const inner = arm.inner ?? {};
  const fields = kept
    ? { ...arm.fields, properties: { type: "Object", fields: inner } }
    : { ...inner, ...arm.fields };
  compare(Object.fromEntries(body), fields, "", found, Object.keys(model.omitted ?? {}));
  const naming = model.properties[model.name?.property ?? "name"];
  const name = arm.fields["name"];
  if (naming !== undefined && name !== undefined && naming.deviates === undefined) {
    for (const problem of limitDifferences(naming, name)) {
      found.push({ property: model.name?.property ?? "name", problem });
    }
  }
  return found;
}

/** Outputs that the provider adds to what ARM answers. */
const ADDED = new Set(["azureApiVersion", "type", "name", "systemData"]);

function compare(
  models: Readonly<Record<string, PropertyModel>>,
  reference: Fields,
  at: string,
  found: Finding[],
  omitted: readonly string[] | undefined,
): void {
  for (const [name, field] of Object.entries(reference)) {
    const left = omitted === undefined || omitted.includes(name) || name === "properties";
    if (left || name in models || field.computed === true) continue;
    if (at === "" && ADDED.has(name)) continue;
    if (at !== "" && ["etag", "id", "name", "type"].includes(name)) continue;
    found.push({ property: at + name, problem: "is in the reference and not in the model" });
  }
  for (const [name, model] of Object.entries(models)) {
    const field = reference[name] ?? flat(reference["properties"] ?? {})[name];
    if (field === undefined) {
      if (model.deviates === undefined) {
        found.push({ property: at + name, problem: "is not in the reference" });
      }
      continue;
    }
    if (model.deviates === undefined) {
      for (const problem of differences(name, model, field)) {
        found.push({ property: at + name, problem });
      }
    }
    const nested = fieldsOf(model);
    const renamed = RENAMED_IN[`${at}${name}.`] ?? {};
    const fields = Object.fromEntries(
      Object.entries({ ...flat(field.items ?? {}), ...flat(field) }).map(
        ([key, value]) => [renamed[key] ?? key, value] as const,
      ),
    );
    if (nested === undefined || model.computed === true || Object.keys(fields).length === 0)
      continue;
    const omits = model.omits ?? model.items?.omits;
    compare(nested, fields, `${at}${name}.`, found, omits === undefined ? [] : undefined);
  }
}

function differences(name: string, model: PropertyModel, field: ArmProperty): string[] {
  // An output of Pulumi that holds all of ARM's.
  if (name === "properties" && model.computed === true) return [];
  const found: string[] = [];
  const differ = differing(found);
  differ("computed", model.computed === true, field.computed === true);
  if (field.computed === true) return found;
  // The provider fills in the location; the body of a request always has its properties.
  if (name !== "location" && name !== "properties")
    differ("required", model.required === true, field.required === true);
  if (field.type !== undefined && !TYPES[model.type].includes(field.type)) {
    differ("type", model.type, field.type);
  }
  const values = field.enum ?? field.items?.enum;
  const known = model.enum ?? model.items?.enum;
  if (values !== undefined) {
    differ("enum", [...(known ?? [])].map(String).sort(), [...values].map(String).sort());
  }
  return [...found, ...limitDifferences(model, field)];
}

function limitDifferences(model: PropertyModel, field: ArmProperty): string[] {
  const found: string[] = [];
  const differ = differing(found);
  for (const limit of ["pattern", "min", "max", "minLength", "maxLength"] as const) {
    const here = limit === "pattern" ? anchored(model.pattern) : model[limit];
    const there = limit === "pattern" ? anchored(field.pattern) : field[limit];
    if (there !== undefined) differ(limit, here, there);
  }
  return found;
}

/** Models' patterns are for the whole value: anchors say no more. */
function anchored(pattern: string | undefined): string | undefined {
  return pattern?.replace(/^\^|\$$/g, "");
}

function differing(found: string[]): (what: string, here: unknown, there: unknown) => void {
  return (what, here, there) => {
    const [left, right] = [JSON.stringify(here), JSON.stringify(there)];
    if (left !== right)
      found.push(`${what}: model ${left ?? "none"}, reference ${right ?? "none"}`);
  };
}
