/**
 * What the bridged providers' own schemas say of a resource type, and where a model says something else.
 * The schemas stand beside the repository (`../shared/reference/schemas`, or the folder that
 * GITLAB_SCHEMAS names). That of AWS is of the Terraform provider 5.32 and carries its names; that of GCP is of
 * the provider 9.35.0 and carries Pulumi's. For Azure's see azure-schemas.ts.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Json, PropertyModel, ResourceModel } from "../../sandbox/model";
import type { SdkProperty, SdkResource } from "./sdk-shapes";

/** One property as the Terraform provider declares it. */
export interface ReferenceProperty {
  readonly type: string;
  readonly required?: boolean;
  /** Output only. */
  readonly computed?: boolean;
  readonly replace?: boolean;
  readonly secret?: boolean;
  readonly default?: Json;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Terraform names; inside blocks whole paths (`launch_template.0.id`). */
  readonly conflicts?: readonly string[];
  readonly exactlyOneOf?: readonly string[];
  readonly atLeastOneOf?: readonly string[];
  readonly requiredWith?: readonly string[];
  readonly fields?: Readonly<Record<string, ReferenceProperty>>;
  readonly deprecated?: string;
}

type Fields = Readonly<Record<string, ReferenceProperty>>;

/** A difference, or a reason that has no difference. */
export interface Finding {
  /** Path of the property. */
  readonly property: string;
  readonly problem: string;
}

/** The folder of the schemas, or undefined where there is none. */
export function referenceFolder(root: string): string | undefined {
  const folder = process.env["GITLAB_SCHEMAS"] ?? path.join(root, "..", "shared/reference/schemas");
  return fs.existsSync(path.join(folder, "aws.jsonl")) ? folder : undefined;
}

/** Resource types by name, one JSON object per line. */
export function readReference(file: string): ReadonlyMap<string, Fields> {
  const lines = fs
    .readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const found = JSON.parse(line) as { type: string; terraform?: string; properties: Fields };
      return [found.terraform ?? found.type, found.properties];
    }),
  );
}

/** Pulumi's names that no rule of spelling leads to, by Terraform type. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_cloudwatch_metric_alarm: { name: "alarm_name" },
  aws_sns_topic_subscription: { topic: "topic_arn" },
};

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The Terraform name of a Pulumi property: lists are plural in Pulumi. */
export function referenceName(schema: string, name: string, fields: Fields): string | undefined {
  const plain = snake(name);
  const candidates = [name, RENAMED[schema]?.[name] ?? plain, ...spellings(plain)];
  return candidates.find((candidate) => candidate in fields);
}

/** What the Terraform name of a property may be whose Pulumi name in small letters is this. */
function spellings(plain: string): string[] {
  return [
    plain,
    plain.replace(/ies$/, "y"),
    plain.replace(/es$/, ""),
    plain.replace(/s$/, ""),
    plain.replace(/ices$/, "ex"),
    plain.replace(/([a-z])(\d)/g, "$1_$2"),
  ];
}

/** What `labels: true` stands for. */
export const LABELS = ["labels", "pulumiLabels", "effectiveLabels"];

/** Differences of a model's properties from the reference, with and without a reason given. */
export class ReferenceComparison {
  /** Differences that the model gives no reason for. */
  readonly unexplained: Finding[] = [];
  /** Reasons (`deviates`) where there is no difference. */
  readonly needless: Finding[] = [];
  /** Terraform names that no property of the model goes by. */
  readonly unmatched: string[] = [];

  constructor(
    private readonly model: ResourceModel,
    reference: Fields,
    sdk: SdkResource,
    /** Properties whose `deviates` is about the SDK. */
    private readonly explained: ReadonlySet<string>,
  ) {
    const { tags, ...others } = reference;
    const merged = new Set(["tags_all", ...(model.labels === true ? LABELS : [])]);
    const untagged = Object.fromEntries(
      Object.entries(others).filter(([name, { deprecated }]) => {
        return !merged.has(name) && (deprecated === undefined || model.token.startsWith("aws:"));
      }),
    );
    const fields = model.tags === true || tags === undefined ? untagged : { ...untagged, tags };
    const own = Object.entries(model.properties).filter(
      ([name]) => model.labels !== true || !LABELS.includes(name),
    );
    const deprecated = new Set(
      Object.keys(others).filter(
        (name) => others[name]?.deprecated !== undefined && !model.token.startsWith("aws:"),
      ),
    );
    const kept = Object.fromEntries(own.filter(([name]) => !deprecated.has(name)));
    this.compare(kept, fields, { ...sdk.outputs, ...sdk.inputs }, "");
  }

  private compare(
    models: Readonly<Record<string, PropertyModel>>,
    reference: Fields,
    sdk: Readonly<Record<string, SdkProperty>>,
    at: string,
  ): void {
    // What the SDK calls deprecated may be left out of a model, and still has its place in the reference.
    const deprecated = Object.keys(sdk).filter((name) => sdk[name]?.deprecated === true);
    const omitted = at === "" ? Object.keys(this.model.omitted ?? {}) : [];
    const names = new Map<string, string>();
    for (const name of [...deprecated, ...omitted, ...Object.keys(models)]) {
      const known = referenceName(this.model.schema, name, reference);
      if (known !== undefined) names.set(known, name);
    }
    for (const known of Object.keys(reference)) {
      const { computed, deprecated } = reference[known] ?? {};
      const google = !this.model.token.startsWith("aws:");
      // Nested values that only the cloud sets may be left out, and what is deprecated.
      if (google && ((at !== "" && computed === true) || deprecated !== undefined)) continue;
      if (!names.has(known)) this.unmatched.push(at === "" ? known : `${at}.${known}`);
    }
    for (const [name, model] of Object.entries(models)) {
      const property = at === "" ? name : `${at}.${name}`;
      const known = referenceName(this.model.schema, name, reference);
      const found = known === undefined ? undefined : reference[known];
      if (found === undefined) {
        this.judge(property, model, ["is not in the reference"]);
        continue;
      }
      const renamed = RENAMED[this.model.schema]?.[name] !== undefined;
      const problems = differences(this.model, model, name, found, names);
      this.judge(property, model, problems, mayExplain(model, found, renamed));
      const nested = model.omits === undefined ? fieldsOf(model) : undefined;
      // What only the cloud sets is compared with the SDK; models may leave its inside out.
      if (nested && found.fields && model.computed !== true) {
        this.compare(nested, found.fields, sdkFields(sdk[name]), property);
      }
    }
  }

  private judge(
    property: string,
    model: PropertyModel,
    problems: readonly string[],
    mayExplain = false,
  ): void {
    if (problems.length > 0 && model.deviates === undefined) {
      this.unexplained.push(...problems.map((problem) => ({ property, problem })));
    }
    if (
      problems.length === 0 &&
      model.deviates !== undefined &&
      !mayExplain &&
      !this.explained.has(property)
    ) {
      this.needless.push({
        property,
        problem: `deviates ("${model.deviates}") but is as the reference says`,
      });
    }
  }
}

function sdkFields(property: SdkProperty | undefined): Readonly<Record<string, SdkProperty>> {
  return (property?.fields ?? property?.items?.fields)?.() ?? {};
}

/** The keys of a block, or of the blocks in a list. */
export function fieldsOf(
  model: PropertyModel,
): Readonly<Record<string, PropertyModel>> | undefined {
  return model.fields ?? model.items?.fields;
}

/** Terraform's types for each of the model language; a block is a list of one there. */
const TYPES: Readonly<Record<PropertyModel["type"], readonly string[]>> = {
  string: ["String"],
  integer: ["Int"],
  number: ["Float"],
  boolean: ["Bool"],
  "int-or-string": ["String"],
  list: ["List", "Set"],
  map: ["Map"],
  object: ["List", "Set"],
  json: ["String"],
  asset: ["String"],
  any: ["String", "Int", "Float", "Bool", "List", "Set", "Map"],
};

/** What a reason may be given for but need not: a limit that only the API's documentation has. */
function mayExplain(model: PropertyModel, reference: ReferenceProperty, renamed: boolean): boolean {
  const limited =
    (model.minItems !== undefined && reference.minItems === undefined) ||
    (model.maxItems !== undefined && reference.maxItems === undefined);
  return renamed || limited;
}

function differences(
  resource: ResourceModel,
  model: PropertyModel,
  name: string,
  reference: ReferenceProperty,
  names: ReadonlyMap<string, string>,
): string[] {
  const found: string[] = [];
  const differ = (what: string, here: unknown, there: unknown): void => {
    const [left, right] = [JSON.stringify(here), JSON.stringify(there)];
    if (left !== right)
      found.push(`${what}: model ${left ?? "none"}, reference ${right ?? "none"}`);
  };
  const flag = (value: boolean | undefined): boolean => value === true;
  // Pulumi makes up the names that Terraform asks for: the SDK's view counts there.
  const named = name === resource.name?.property && resource.name.auto === true;
  if (!named) differ("required", flag(model.required), flag(reference.required));
  differ("computed", flag(model.computed), flag(reference.computed));
  if (!flag(model.computed)) {
    const immutable = flag(resource.immutable) && model.type !== "object";
    differ("replace", flag(model.replace) || immutable, flag(reference.replace) || immutable);
    differ("default", spelled(model.default), spelled(reference.default));
  }
  differ("secret", flag(model.secret), flag(reference.secret));
  // A list of one plain value is the value itself in Pulumi, as a list of one block is the block.
  const flat =
    TYPES.list.includes(reference.type) &&
    reference.maxItems === 1 &&
    reference.fields === undefined;
  if (!flat && !TYPES[model.type].includes(reference.type)) {
    differ("type", model.type, reference.type);
  }
  if (model.type === "list" && !flag(model.computed) && TYPES.list.includes(reference.type)) {
    differ("set", flag(model.set), reference.type === "Set");
    // Limits that only the API's documentation has are no contradiction.
    for (const limit of ["minItems", "maxItems"] as const) {
      if (reference[limit] !== undefined) differ(limit, model[limit], reference[limit]);
    }
  }
  for (const relation of ["conflicts", "exactlyOneOf", "atLeastOneOf", "requiredWith"] as const) {
    const theirs = (reference[relation] ?? []).map((other) => sibling(other, names));
    // Names outside the block can't be said in the language of siblings: models have rules for them.
    const known = theirs.filter((other) => other !== undefined && other !== name);
    const ours = (model[relation] ?? []).filter((other) => other !== name);
    differ(relation, [...ours].sort(), known.sort());
  }
  return found;
}

function spelled(value: Json | undefined): string | undefined {
  return value === undefined
    ? undefined
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
}

function sibling(other: string, names: ReadonlyMap<string, string>): string | undefined {
  const last = other.split(".").at(-1) ?? other;
  return (
    names.get(last) ?? [...names.values()].find((name) => spellings(snake(name)).includes(last))
  );
}
