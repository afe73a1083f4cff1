/**
 * An object's outputs: its inputs, and what the cloud fills in.
 *
 * A preview knows what is given and nothing that the cloud makes; an update keeps what it made,
 * save what the model says changes with the inputs.
 */
import { withoutDefaults } from "./inputs";
import { holds, type Setting } from "./conditions";
import { INPUTS, MANAGER, isLive, withRecord } from "./live";
import { pathValues, valueAt } from "./paths";
import { zonal, type Place } from "./places";
import { partners } from "./diff";
import { labelsOf, type Instance } from "./instance";
import type { Condition, PropertyModel, ResourceModel } from "./model";
import { EMPTY, computedValue, fill, type Resolved, type Scope } from "./templates";
import {
  UNKNOWN,
  copy,
  isBlock,
  moveSecrets,
  pointer,
  touchesSecret,
  type Properties,
  type SecretPaths,
  type Step,
  type Value,
  type Values,
} from "./values";

/** What outputs are made from. */
export interface Making {
  readonly model: ResourceModel;
  readonly instance: Instance;
  readonly place: Place;
  readonly inputs: Properties;
  readonly preview: boolean;
  /** Everything random that this call makes follows from it. */
  readonly seed: string;
  /** RFC 3339. */
  readonly now: string;
  /** What stays for the object's life in values that are made anew again and again. @default seed */
  readonly origin?: string;
  /** The object before an update, and the inputs that changed. */
  readonly before?: {
    readonly id: string;
    readonly outputs: Properties;
    readonly changed: readonly string[];
  };
  /** What conditions over the object as far as it is made are asked of. */
  setting(values: Values): Setting;
  /** An output of the object that a property's value names. */
  referred(property: string, output: string, values: Values): Resolved;
}

/** An id and outputs. The id is empty at the preview of a create. */
export interface Made {
  readonly id: string;
  readonly outputs: Properties;
}

/** Makes an object's outputs. Throws where a model's templates depend on each other in a circle. */
export function makeOutputs(making: Making): Made {
  return new Maker(making).make();
}

class Maker {
  private readonly values: Values;
  private readonly secrets: SecretPaths = new Set();
  private readonly done = new Set<string>();
  private readonly busy: string[] = [];
  private id: string | undefined;

  constructor(private readonly making: Making) {
    this.values = copy(withoutDefaults(making.inputs.value));
    for (const key of Object.keys(this.values))
      moveSecrets(making.inputs.secrets, [key], [key], this.secrets);
    if (making.model.labels === true) this.label();
  }

  /** The provider itself plans the two outputs beside `labels`. */
  private label(): void {
    const { instance, before } = this.making;
    const { pulumiLabels, effectiveLabels } = labelsOf(
      instance,
      this.values["labels"],
      before?.outputs.value,
    );
    Object.assign(this.values, { pulumiLabels, effectiveLabels });
    for (const name of ["pulumiLabels", "effectiveLabels"]) {
      moveSecrets(this.making.inputs.secrets, ["labels"], [name], this.secrets);
    }
  }

  make(): Made {
    const { model, preview, before, inputs, instance } = this.making;
    const live = (name: string): boolean => model.properties[name]?.live === true;
    const names = Object.keys(model.properties);
    for (const name of names.filter((name) => !live(name))) this.ensure(name);
    const id = before?.id ?? (preview ? "" : this.ensureId());
    for (const name of names.filter(live)) this.ensure(name);
    if (isLive(instance) && !(INPUTS in this.values)) {
      const manager = instance.config.value["enableServerSideApply"] === false ? "" : "-{hex:8}";
      const name = fill(`pulumi-kubernetes${manager}`, this.scope([]), MANAGER).value ?? "";
      const outputs = { value: this.values, secrets: this.secrets };
      withRecord(outputs, inputs, before?.outputs.value, preview ? UNKNOWN : name);
    }
    return { id, outputs: { value: this.values, secrets: this.secrets } };
  }

  /** Fills in one property, and what its template needs before it. */
  private ensure(name: string): void {
    if (this.done.has(name)) return;
    const model = this.making.model.properties[name];
    if (model === undefined) {
      throw new Error(
        `${this.making.model.token}: a template names ${name}, which is no property of it`,
      );
    }
    this.guarded(name, () => {
      const old = this.making.before?.outputs.value;
      this.field(name, model, this.values, old, [name], [name]);
    });
    this.done.add(name);
  }

  private ensureId(): string {
    if (this.id !== undefined) return this.id;
    this.guarded("id", () => {
      const { value } = fill(this.making.model.id, this.scope([]), "id");
      if (typeof value !== "string" || value === "") {
        throw new Error(`${this.making.model.token}: the id's template gives no text`);
      }
      this.id = value;
    });
    return this.id ?? "";
  }

  private guarded(name: string, work: () => void): void {
    if (this.busy.includes(name)) {
      const circle = [...this.busy, name].join(" -> ");
      throw new Error(`${this.making.model.token}: templates depend on each other: ${circle}`);
    }
    this.busy.push(name);
    work();
    this.busy.pop();
  }

  /** One key of a block: goes into what is given, fills in what is not. */
  private field(
    key: string,
    model: PropertyModel,
    values: Values,
    old: Values | undefined,
    path: readonly Step[],
    oldPath: readonly Step[],
  ): void {
    const value = values[key];
    // The provider puts merged tags among the inputs, so they count as given.
    if (value !== undefined) this.inside(model, value, old?.[key], path, oldPath);
    else if (model.computed === true || model.optionalComputed === true) {
      const filled = this.filled(model, old?.[key], path, oldPath);
      if (filled !== undefined) values[key] = filled;
    }
    if (model.secret === true && values[key] !== undefined) this.secrets.add(pointer(path));
  }

  private inside(
    model: PropertyModel,
    value: Value,
    old: Value | undefined,
    path: readonly Step[],
    oldPath: readonly Step[],
  ): void {
    if (model.fields && isBlock(value)) {
      const before = isBlock(old) ? old : undefined;
      for (const [key, field] of Object.entries(model.fields)) {
        this.field(key, field, value, before, [...path, key], [...oldPath, key]);
      }
    }
    const { items } = model;
    if (!items) return;
    if (Array.isArray(value)) {
      const olds = Array.isArray(old) ? old : [];
      const matched = partners(model, olds, value);
      value.forEach((item, at) => {
        const partner = matched[at];
        const place = partner === undefined ? at : olds.indexOf(partner);
        this.inside(items, item, partner, [...path, at], [...oldPath, place]);
      });
    } else if (isBlock(value)) {
      const before = isBlock(old) ? old : {};
      for (const [key, item] of Object.entries(value)) {
        this.inside(items, item, before[key], [...path, key], [...oldPath, key]);
      }
    }
  }

  /** The value that the cloud gives a property. */
  private filled(
    model: PropertyModel,
    old: Value | undefined,
    path: readonly Step[],
    oldPath: readonly Step[],
  ): Value | undefined {
    const { preview, before } = this.making;
    const again = model.live === true && !preview;
    const stays =
      before !== undefined && !again && !this.triggered(model, String(path[0]), oldPath);
    if (stays && old !== undefined) {
      moveSecrets(before.outputs.secrets, oldPath, path, this.secrets);
      return copy(old);
    }
    // Absent before and not made anew: absent still, except in a block that the update adds.
    if (stays && path.length === 1) return undefined;
    if (preview && model.planned !== true) return UNKNOWN;
    if (model.counter === true && typeof old === "number") return old + 1;
    const { seed, origin = seed } = this.making;
    const scope = this.scope(path);
    const { value, secret } = computedValue(
      model,
      model.live === true ? { ...scope, seed: origin } : scope,
      pointer(path),
    );
    if (secret) this.secrets.add(pointer(path));
    return value === undefined ? undefined : copy(value);
  }

  private triggered(model: PropertyModel, name: string, oldPath: readonly Step[]): boolean {
    // A native provider sends what is given and nothing else: the cloud fills in what was taken away.
    const { instance, before } = this.making;
    const native = instance.package.kind === "native";
    const changed = before?.changed ?? [];
    if (native && changed.includes(name)) return true;
    if (isLive(instance)) {
      const given = valueAt(before?.outputs.value[INPUTS], oldPath) !== undefined;
      if (given && model.computed !== true) return true;
      // A repair changes no input, and a status is what it is made for.
      if (model.live === true && changed.length === 0) return true;
    }
    if (model.changesWith === undefined || changed.length === 0) return false;
    return model.changesWith === "*" || model.changesWith.some((name) => changed.includes(name));
  }

  private scope(path: readonly Step[]): Scope {
    const { seed, now, instance, place } = this.making;
    return {
      seed,
      now,
      account: place.account,
      tenant: instance.tenant,
      partition: instance.partition,
      property: (name) => this.property(name, path),
      referred: (property, output) => {
        this.prepare(property);
        return this.making.referred(property, output, this.values);
      },
      holds: (condition) => this.holds(condition, path),
    };
  }

  /** A condition sees the keys beside the property, then the object's own. */
  private holds(condition: Condition, path: readonly Step[]): boolean | undefined {
    for (const name of namesIn(condition)) this.prepare(name);
    const beside = this.at(path.slice(0, -1));
    const seen = { ...this.values, ...(path.length > 1 && isBlock(beside) ? beside : {}) };
    return holds(condition, seen, this.making.setting(this.values));
  }

  /** Makes the property that a path starts with, unless it is being made. */
  private prepare(path: string): void {
    const name = /^\w+/.exec(path)?.[0] ?? "";
    if (name in this.making.model.properties && !this.busy.includes(name)) this.ensure(name);
  }

  private property(name: string, path: readonly Step[]): Resolved {
    if (name === "id" && this.making.model.properties["id"] === undefined) {
      return { value: this.making.before?.id ?? this.ensureId(), secret: false };
    }
    // The keys beside a nested property come first, then the object's own.
    const beside = path.slice(0, -1);
    const sibling = /^[^.[]+/.exec(name)?.[0] ?? name;
    if (beside.length > 0 && this.at([...beside, sibling]) !== undefined) {
      return this.read(beside, name, sibling);
    }
    const { model, place } = this.making;
    if (sibling === "region") return { value: place.region, secret: false };
    if (sibling === "zone" && (zonal(model) || !("zone" in model.properties))) {
      return { value: place.zone, secret: false };
    }
    this.ensure(sibling);
    return this.read([], name, sibling);
  }

  private read(beside: readonly Step[], name: string, sibling: string): Resolved {
    const found = pathValues(this.at(beside), name);
    if (found.length === 0) return EMPTY;
    // More than one: the path went over a list's elements.
    const value = found.length === 1 ? found[0] : found;
    return { value, secret: touchesSecret(this.secrets, [...beside, sibling]) };
  }

  private at(steps: readonly Step[]): Value | undefined {
    return valueAt(this.values, steps);
  }
}

/** The paths that a condition looks at. */
function namesIn(condition: Condition): string[] {
  const nested = [...(condition.all ?? []), ...(condition.any ?? []), condition.not ?? {}];
  const own = [
    condition.property,
    condition.atLeastProperty,
    condition.atMostProperty,
    condition.times,
  ];
  const lists = [condition.allAmong, condition.allBeginWith, condition.allEndWith].flatMap(
    (names) => names ?? [],
  );
  return [
    ...own.filter((name) => name !== undefined),
    ...lists,
    ...nested.flatMap((part) => (Object.keys(part).length === 0 ? [] : namesIn(part))),
  ];
}
