/**
 * Valid inputs for a resource type, made from its model alone.
 *
 * Starts from what is required and repairs it: as long as the type's own checks find fault, the
 * change of one property that leaves the fewest faults is made. A type for which nothing valid is
 * found, or a property that no valid object has, is a fault of the model.
 */
import { stringMatching, sample } from "fast-check";
import { Cloud } from "../../../../sandbox/cloud";
import { checkInputs } from "../../../../sandbox/inputs";
import { instanceOf, type Instance } from "../../../../sandbox/instance";
import type { Json, PropertyModel, Reference, ResourceModel } from "../../../../sandbox/model";
import { Validator } from "../../../../sandbox/validate";
import { decode, type Value } from "../../../../sandbox/values";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { urnOf, type Bench, type Connection, type Known, type Wire } from "./client";
import { recipes } from "./recipes";

type Fields = Readonly<Record<string, PropertyModel>>;
type Path = readonly (string | number)[];

/** One way to change inputs. */
interface Mutation {
  readonly path: Path;
  /** Undefined takes the property away. */
  readonly value: Json | undefined;
}

const TRIES = 4000;
const ASSET = "c44067f5952c0a294b673a41bacd8c17";

/** Makes inputs and objects of one package's types in one sandbox. */
export class Generator {
  private readonly instance: Instance;
  private readonly cloud: Cloud;
  private readonly made = new Map<string, Known[]>();
  /** Types of which an object is being made: they can't refer to themselves meanwhile. */
  private readonly making = new Set<string>();
  private readonly known = new Map<string, Map<PropertyModel, Promise<Json[]>>>();
  private readonly models: ReadonlyMap<string, ResourceModel>;

  constructor(
    bench: Bench,
    private readonly provider: Connection,
    models: readonly ResourceModel[],
    config: Wire,
    packageModel: Instance["package"],
  ) {
    this.models = new Map(models.map((model) => [model.token, model]));
    this.cloud = new Cloud(bench.sandbox.world);
    this.instance = instanceOf(packageModel, "main", decode(Struct.fromJavaScript(config)));
  }

  /** What is wrong with inputs: all that Check says, and where that is nothing, all that the cloud says. */
  faults(model: ResourceModel, inputs: Wire, olds: Wire = {}): string[] {
    const naming = { logicalName: "subject", seed: Buffer.from("seed") };
    const news = decode(Struct.fromJavaScript(inputs));
    const before = decode(Struct.fromJavaScript(olds)).value;
    const checked = checkInputs(model, this.instance, before, news, naming);
    if (checked.failures.length > 0) {
      // What Check finds hides what the cloud would: count it as worse.
      return checked.failures.flatMap(({ property, reason }) => [`${property} ${reason}`, "", ""]);
    }
    const request = {
      model,
      instance: this.instance,
      urn: "",
      inputs: checked.inputs,
      preview: false,
    };
    return this.cloud.problems(request, Object.keys(before).length === 0 ? undefined : before);
  }

  /** The fewest inputs that make a valid object, `pinned` among them. */
  async minimal(model: ResourceModel, pinned: Wire = {}): Promise<Wire> {
    const start: Wire = {};
    for (const [name, property] of Object.entries(model.properties)) {
      if (property.required === true)
        start[name] = await this.one(property, `${model.token} ${name}`);
    }
    const recipe = await recipes[model.token]?.((token, index) => this.object(token, index));
    return this.repair(model, { ...start, ...recipe, ...pinned }, Object.keys(pinned));
  }

  /** As many properties as one valid object can have. */
  async maximal(model: ResourceModel): Promise<Wire> {
    let inputs = await this.minimal(model);
    for (const [name, property] of Object.entries(model.properties)) {
      if (property.computed === true || inputs[name] !== undefined) continue;
      for (const value of await this.candidates(property, `${model.token} ${name}`)) {
        const more = { ...inputs, [name]: value };
        if (this.faults(model, more).length > 0) continue;
        inputs = more;
        break;
      }
    }
    return inputs;
  }

  /** The n-th object of a type, made when it is first asked for. */
  async object(token: string, index = 0): Promise<Known> {
    const model = this.models.get(token);
    if (model === undefined) throw new Error(`${token} is referred to but not modelled`);
    const list = this.made.get(token) ?? [];
    this.made.set(token, list);
    while (list.length <= index) {
      this.making.add(token);
      try {
        const name = `other${list.length}`;
        const pinned = list.length === 0 ? {} : await this.distinct(model, list.length);
        const inputs = await this.minimal(model, pinned);
        list.push(await this.provider.make(urnOf(token, name), inputs));
      } finally {
        this.making.delete(token);
      }
    }
    return list[index] as Known;
  }

  /** Other values for what no two objects may share. */
  private async distinct(model: ResourceModel, index: number): Promise<Wire> {
    const pinned: Wire = {};
    const names = (model.unique ?? []).flatMap(({ properties }) => properties.slice(0, 1));
    const ranges = (model.disjoint ?? []).map(({ property }) => property);
    for (const name of ranges) pinned[name] = `10.0.${index}.0/24`;
    for (const name of names) {
      const property = model.properties[name];
      if (property === undefined || property.computed === true || property.ref) continue;
      if (model.name?.auto === true && model.name.property === name) continue;
      const values = await this.candidates(property, `${model.token} ${name}`);
      const value = values[index % values.length];
      if (value !== undefined) pinned[name] = value;
    }
    return pinned;
  }

  /** Values for a property, the likeliest first. */
  async candidates(model: PropertyModel, where: string): Promise<Json[]> {
    // What is made up while a type is in the making lacks that type's objects.
    const key = [...this.making].join();
    const known = this.known.get(key) ?? new Map<PropertyModel, Promise<Json[]>>();
    this.known.set(key, known);
    const values = known.get(model) ?? this.valid(model, where);
    known.set(model, values);
    return values;
  }

  private async valid(model: PropertyModel, where: string): Promise<Json[]> {
    const found = await this.raw(model, where);
    return found.filter((value) => {
      const validator = new Validator(new Set());
      validator.value(model, value as Value, []);
      return validator.failures.every(({ property }) => property !== "");
    });
  }

  private async one(model: PropertyModel, where: string): Promise<Json> {
    const [value] = await this.candidates(model, where);
    if (value === undefined)
      throw new Error(`${where}: no value can be made up; the model needs an example`);
    return value;
  }

  private async raw(model: PropertyModel, where: string): Promise<Json[]> {
    const examples = model.example === undefined ? [] : [await this.example(model.example)];
    const references = model.ref === undefined ? [] : [model.ref].flat();
    if (references.length > 0 && model.type === "string") {
      return [...examples, ...(await this.referred(references, where))];
    }
    if (model.enum) return [...examples, ...model.enum];
    switch (model.type) {
      case "boolean":
        return model.default === true ? [false, true] : [true, false];
      case "integer":
      case "number":
        return [...examples, ...numbers(model)];
      case "string":
        return [...examples, ...texts(model, where)];
      case "json":
        return [...examples, ...documents(model)];
      case "asset":
        return [asset("first"), asset("second")];
      case "any":
        return [...examples, "anything", "something"];
      case "list": {
        const items = await this.candidates(model.items ?? { type: "any" }, `${where}[]`);
        const least = Math.max(1, model.minItems ?? 1);
        const sizes = [least, least + 1].filter((size) => size <= (model.maxItems ?? size));
        const lists = sizes.map((size) =>
          Array.from({ length: size }, (_, at) => items[at % items.length]),
        );
        return [
          ...examples,
          ...lists.filter((list) => list.every((item) => item !== undefined)),
          items.slice(1, 1 + least),
        ].filter((list) => Array.isArray(list) && list.length >= least) as Json[];
      }
      case "map": {
        const items = await this.candidates(model.items ?? { type: "string" }, `${where}{}`);
        return [...examples, ...items.slice(0, 2).map((item) => ({ key: item }))];
      }
      case "object":
        return [...examples, ...(await this.blocks(model.fields ?? {}, where))];
    }
  }

  /** A block with what is required, then one for each further key. */
  private async blocks(fields: Fields, where: string): Promise<Json[]> {
    const least: Record<string, Json> = {};
    const groups = new Set<string>();
    for (const [name, field] of Object.entries(fields)) {
      const group = [...new Set([name, ...(field.exactlyOneOf ?? field.atLeastOneOf ?? [])])]
        .sort()
        .join();
      const needed = field.exactlyOneOf !== undefined || field.atLeastOneOf !== undefined;
      if (field.required !== true && (!needed || groups.has(group))) continue;
      groups.add(group);
      least[name] = await this.one(field, `${where}.${name}`);
    }
    const more: Json[] = [];
    for (const [name, field] of Object.entries(fields)) {
      if (field.computed === true) continue;
      for (const value of (await this.candidates(field, `${where}.${name}`)).slice(0, 2)) {
        more.push({ ...least, [name]: value });
      }
    }
    return Object.keys(least).length > 0 ? [least, ...more] : [...more, least];
  }

  /** Values that name two objects of the first type that is modelled, or something outside. */
  private async referred(references: readonly Reference[], where: string): Promise<Json[]> {
    const values: Json[] = [];
    for (const { type, by } of references
      .filter(({ type }) => this.models.has(type) && !this.making.has(type))
      .slice(0, 2)) {
      for (const index of [0, 1]) {
        const object = await this.object(type, index);
        const value = by === undefined || by === "id" ? object.id : object.outputs[by];
        if (typeof value === "string") values.push(value);
      }
    }
    for (const { outside } of references) {
      if (outside !== undefined) values.push(...matching(outside, where));
    }
    if (values.length === 0 && !references.some(({ type }) => this.making.has(type))) {
      const types = references.map(({ type }) => type).join(", ");
      throw new Error(`${where}: refers to ${types}, none of which is modelled`);
    }
    return values;
  }

  /** An example with its references filled in. */
  private async example(example: Json): Promise<Json> {
    const text = JSON.stringify(example);
    const types = [...text.matchAll(/\{ref:[^{}]*\}|\{address:[^{}]*\}/g)];
    // What an example takes from another object depends on the inputs: such a type has a recipe.
    return types.length === 0 ? example : "";
  }

  /** Changes one property at a time until nothing is wrong. Pinned properties stay as they are. */
  private async repair(
    model: ResourceModel,
    start: Wire,
    pinned: readonly string[],
  ): Promise<Wire> {
    let inputs = start;
    let faults = this.faults(model, inputs);
    const mutations = faults.length === 0 ? [] : await this.mutations(model);
    let tries = 0;
    while (faults.length > 0) {
      let best: { inputs: Wire; faults: string[] } | undefined;
      for (const mutation of mutations) {
        if (pinned.includes(String(mutation.path[0]))) continue;
        const changed = mutate(inputs, mutation);
        if (changed === undefined || ++tries > TRIES) continue;
        const left = this.faults(model, changed);
        if (left.length < (best?.faults ?? faults).length) best = { inputs: changed, faults: left };
        if (left.length === 0) break;
      }
      if (best === undefined) {
        const said = faults.filter((fault) => fault !== "").join("\n  ");
        throw new Error(
          `${model.token}: no valid inputs found:\n  ${said}\n  ${JSON.stringify(inputs)}`,
        );
      }
      ({ inputs, faults } = best);
    }
    return inputs;
  }

  private async mutations(model: ResourceModel): Promise<Mutation[]> {
    const found: Mutation[] = [];
    for (const [name, property] of Object.entries(model.properties)) {
      if (property.computed === true) continue;
      for (const value of await this.candidates(property, `${model.token} ${name}`)) {
        found.push({ path: [name], value });
      }
      if (property.required !== true) found.push({ path: [name], value: undefined });
    }
    return found;
  }
}

/** The inputs with one property changed, or undefined where that is no change. */
function mutate(inputs: Wire, { path, value }: Mutation): Wire | undefined {
  const [name = ""] = path;
  const { [name]: old, ...rest } = inputs;
  if (value === undefined) return old === undefined ? undefined : rest;
  return JSON.stringify(old) === JSON.stringify(value) ? undefined : { ...inputs, [name]: value };
}

function numbers(model: PropertyModel): number[] {
  const unit = model.multipleOf ?? 1;
  const least = Math.ceil((model.min ?? 1) / unit) * unit;
  const around =
    typeof model.default === "number" ? [model.default + unit, model.default - unit] : [];
  const scale = [1, 2, 5, 20, 60, 100, 400, 1000, 3000].map((step) => least + step * unit);
  return [...around, least, ...scale, ...(model.max === undefined ? [] : [model.max])];
}

const samples: Partial<Record<NonNullable<PropertyModel["format"]>, readonly string[]>> = {
  cidr: ["10.0.0.0/16", "10.1.0.0/16", "2001:db8::/56"],
  ipv4: ["10.0.0.10", "10.0.0.11"],
  arn: ["arn:aws:sns:eu-west-1:123456789012:topic", "arn:aws:sns:eu-west-1:123456789012:other"],
  base64: ["aGVsbG8=", "d29ybGQ="],
  hostname: ["git.example.com", "www.example.com"],
  url: ["https://example.com/a", "https://example.com/b"],
  cron: ["cron(0 2 * * ? *)", "cron(0 3 * * ? *)", "0 2 * * *"],
  "time-window": ["03:00-04:00", "sun:05:00-sun:06:00"],
  rfc3339: ["2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"],
};

function texts(model: PropertyModel, where: string): string[] {
  const known = model.format ? (samples[model.format] ?? documents(model)) : [];
  if (model.pattern !== undefined) return [...known, ...matching(model.pattern, where, model)];
  const length = Math.max(model.minLength ?? 1, Math.min(8, model.maxLength ?? 8));
  return [...known, "a".repeat(length), "b".repeat(length)];
}

/** Texts that match a regular expression as a whole. */
function matching(pattern: string, where: string, model?: PropertyModel): string[] {
  try {
    const found = sample(stringMatching(new RegExp(`^(?:${pattern})$`)), { numRuns: 40, seed: 1 });
    const least = model?.minLength ?? 0;
    const most = model?.maxLength ?? 200;
    return [...new Set(found)]
      .filter(({ length }) => length >= least && length <= most)
      .slice(0, 4);
  } catch (error) {
    // Look-arounds: the model has to give an example.
    if (model?.example !== undefined) return [];
    throw new Error(`${where}: ${pattern}: ${String(error)}`);
  }
}

function documents(model: PropertyModel): string[] {
  if (model.format !== "json-policy") return ['{"a":1}', '{"b":[2]}'];
  return ["s3:GetObject", "s3:ListBucket"].map((action) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: action, Resource: "*" }],
    }),
  );
}

function asset(text: string): Json {
  return { "4dabf18193072939515e22adb298388d": ASSET, text, hash: text };
}
