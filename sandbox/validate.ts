/** Holds inputs against a model: every failure at once, each with its property path. */
import { didYouMean } from "./nearest";
import { formatProblem } from "./formats";
import type { PropertyModel } from "./model";
import {
  UNKNOWN,
  isAsset,
  isBlock,
  kindOf,
  propertyPath,
  touchesSecret,
  type SecretPaths,
  type Step,
  type Value,
  type Values,
} from "./values";

/** One thing that is wrong with inputs. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

type Fields = Readonly<Record<string, PropertyModel>>;

/** Checks a block against its fields. Values under a secret path are never shown. */
export class Validator {
  readonly failures: Failure[] = [];

  /** `omitted`: properties that the SDK has and the model leaves out, each with the reason. */
  constructor(
    private readonly secrets: SecretPaths,
    private readonly omitted: Readonly<Record<string, string>> = {},
  ) {}

  /** Checks the keys of a block: unknown, missing and excluding ones, then each value. */
  block(fields: Fields, values: Values, path: readonly Step[], of: string, omits?: string): void {
    for (const key of Object.keys(values)) {
      if (!Object.hasOwn(fields, key)) {
        const settable = Object.keys(fields).filter((name) => fields[name]?.computed !== true);
        const own = path.length === 0 ? this.omitted[key] : undefined;
        const near = own === undefined ? didYouMean(key, settable) : `: ${own}`;
        const hint = omits === undefined ? near : `${near} (left out: ${omits})`;
        this.fail([...path, key], `${of} has no property ${JSON.stringify(key)}${hint}`);
      }
    }
    const reported = new Set<string>();
    for (const [key, model] of Object.entries(fields)) {
      const value = values[key];
      const at = [...path, key];
      if (value === undefined || value === null) {
        if (model.required === true)
          this.fail(at, `is required (${describe(model)}), but not given`);
      } else if (model.computed === true) {
        this.fail(at, "is set by the cloud alone and can't be given");
      } else {
        this.value(model, value, at);
      }
      this.siblings(key, model, values, path, reported);
    }
  }

  /** Checks one value. */
  value(model: PropertyModel, value: Value, path: readonly Step[]): void {
    if (value === UNKNOWN || model.type === "any") return;
    if (!this.hasType(model, value)) {
      this.fail(path, `must be ${describe(model)}, found ${this.show(value, path)}`);
      return;
    }
    if (Array.isArray(value)) this.list(model, value, path);
    else if (model.type === "map" && isBlock(value)) {
      this.bounds(model, Object.keys(value).length, path, "entries");
      for (const [key, item] of Object.entries(value)) {
        if (model.keys !== undefined) this.text(model.keys, key, [...path, key]);
        this.value(itemOf(model, key), item, [...path, key]);
      }
    } else if (model.type === "object" && isBlock(value)) {
      this.block(model.fields ?? {}, value, path, propertyPath(path), model.omits);
    } else if (typeof value === "string") this.text(model, value, path);
    else if (typeof value === "number") this.number(model, value, path);
  }

  private hasType(model: PropertyModel, value: Value): boolean {
    const kind = kindOf(value);
    switch (model.type) {
      case "number":
        return kind === "number" || kind === "integer";
      case "map":
        return kind === "object";
      case "int-or-string":
        return kind === "string" || kind === "integer";
      case "json":
        return kind === "string" || kind === "object" || kind === "list";
      default:
        return kind === model.type;
    }
  }

  private list(model: PropertyModel, value: readonly Value[], path: readonly Step[]): void {
    if (model.type !== "list") return;
    this.bounds(model, value.length, path, "elements");
    const items = model.items ?? { type: "any" };
    value.forEach((item, at) => this.value(items, item, [...path, at]));
  }

  private bounds(model: PropertyModel, count: number, path: readonly Step[], unit: string): void {
    if (model.minItems !== undefined && count < model.minItems) {
      this.fail(path, `needs at least ${model.minItems} ${unit}, found ${count}`);
    }
    if (model.maxItems !== undefined && count > model.maxItems) {
      this.fail(path, `takes at most ${model.maxItems} ${unit}, found ${count}`);
    }
  }

  private text(model: PropertyModel, value: string, path: readonly Step[]): void {
    const found = this.show(value, path);
    this.allowed(model, value, path);
    if (model.minLength !== undefined && value.length < model.minLength) {
      this.fail(path, `needs at least ${model.minLength} characters, found ${value.length}`);
    }
    if (model.maxLength !== undefined && value.length > model.maxLength) {
      this.fail(path, `takes at most ${model.maxLength} characters, found ${value.length}`);
    }
    // Classes of letters (`\\p{Ll}`) are known in this mode alone.
    const flags = model.pattern?.includes("\\p{") === true ? "su" : "s";
    if (model.pattern !== undefined && !new RegExp(`^(?:${model.pattern})$`, flags).test(value)) {
      this.fail(path, `must match ${model.pattern}, found ${found}`);
    }
    if (model.maxBytes !== undefined) {
      const bytes = bytesOf(model, value);
      if (bytes > model.maxBytes)
        this.fail(path, `takes at most ${model.maxBytes} bytes, found ${bytes}`);
    }
    if (model.format !== undefined) {
      const wanted = formatProblem(model.format, value);
      if (wanted !== undefined) this.fail(path, `must be ${wanted}, found ${found}`);
    }
    if (model.type === "json") {
      try {
        JSON.parse(value);
      } catch {
        this.fail(path, `must be a JSON document, found ${found}`);
      }
    }
  }

  private number(model: PropertyModel, value: number, path: readonly Step[]): void {
    this.allowed(model, value, path);
    const found = this.show(value, path);
    if (model.min !== undefined && value < model.min) {
      this.fail(path, `must be at least ${model.min}, found ${found}`);
    }
    if (model.max !== undefined && value > model.max) {
      this.fail(path, `must be at most ${model.max}, found ${found}`);
    }
  }

  private allowed(model: PropertyModel, value: string | number, path: readonly Step[]): void {
    if (model.enum === undefined || model.enum.includes(value)) return;
    const near = typeof value === "string" ? didYouMean(value, model.enum.map(String)) : "";
    const list = model.enum.map((item) => JSON.stringify(item)).join(", ");
    this.fail(
      path,
      `must be one of ${list}, found ${this.show(value, path)}${this.hidden(path) ? "" : near}`,
    );
  }

  /** What a property says of those beside it. Each group is reported once. */
  private siblings(
    key: string,
    model: PropertyModel,
    values: Values,
    path: readonly Step[],
    reported: Set<string>,
  ): void {
    const given = (name: string) => values[name] !== undefined && values[name] !== null;
    const once = (kind: string, names: readonly string[], at: string, reason: string) => {
      const group = `${kind}:${[...names].sort().join()}`;
      if (!reported.has(group)) this.fail([...path, at], reason);
      reported.add(group);
    };
    if (given(key)) {
      for (const other of (model.conflicts ?? []).filter(given)) {
        once(
          "conflicts",
          [key, other],
          key,
          `conflicts with ${other}: only one of them can be given`,
        );
      }
      for (const other of (model.requiredWith ?? []).filter((name) => !given(name))) {
        this.fail([...path, key], `needs ${other} to be given too`);
      }
    }
    for (const kind of ["exactlyOneOf", "atLeastOneOf"] as const) {
      const group = model[kind];
      if (group === undefined) continue;
      const names = [...new Set([key, ...group])];
      const found = names.filter(given);
      const wrong = kind === "exactlyOneOf" ? found.length !== 1 : found.length === 0;
      const wanted = kind === "exactlyOneOf" ? "exactly one" : "at least one";
      const is = found.length === 0 ? "none is given" : `given: ${found.join(", ")}`;
      if (wrong)
        once(kind, names, found[1] ?? key, `${wanted} of ${names.join(", ")} must be given, ${is}`);
    }
  }

  private hidden(path: readonly Step[]): boolean {
    return touchesSecret(this.secrets, path);
  }

  private show(value: Value, path: readonly Step[]): string {
    if (this.hidden(path)) return "[secret]";
    if (isAsset(value)) return "an asset";
    if (Array.isArray(value)) return "a list";
    if (isBlock(value)) return "a block";
    const text = JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 77)}…` : text;
  }

  private fail(path: readonly Step[], reason: string): void {
    this.failures.push({ property: propertyPath(path), reason });
  }
}

/** The model of one value of a map. */
function itemOf(model: PropertyModel, key: string): PropertyModel {
  return model.fields?.[key] ?? model.items ?? { type: "string" };
}

function bytesOf(model: PropertyModel, value: string): number {
  if (model.format === "base64") return Buffer.from(value, "base64").length;
  if (model.type === "json" || model.format === "json-policy") {
    return Buffer.byteLength(value.replace(/\s/g, ""));
  }
  return Buffer.byteLength(value);
}

const nouns = {
  string: "a string",
  integer: "a whole number",
  number: "a number",
  "int-or-string": "a whole number or a string",
  boolean: "true or false",
  list: "a list",
  map: "a map",
  object: "a block",
  json: "a JSON document",
  asset: "an asset or archive",
  any: "a value",
} as const;

/** A property's type in words. */
function describe(model: PropertyModel): string {
  return nouns[model.type];
}
