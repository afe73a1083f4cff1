/** What the sandbox's clouds hold, and every call that was made. */
import { equal } from "./compare";
import type { LedgerCall, LedgerObject } from "./control";
import type { Instance } from "./instance";
import type { ResourceModel } from "./model";
import { relativeLink } from "./places";
import type { Redactor } from "./redactor";
import { keysOf, valueAt } from "./paths";
import { toJson, type Properties, type Value } from "./values";
import type { Json } from "./model";

/** One object as the sandbox keeps it. */
export interface StoredObject {
  readonly urn: string;
  readonly model: ResourceModel;
  readonly id: string;
  readonly package: string;
  readonly account: string;
  /** Region that the object lives in; its own where the type takes one. */
  readonly region: string;
  readonly zone: string;
  readonly instance: Instance;
  /** Everything random in the object follows from it. */
  readonly seed: string;
  inputs: Properties;
  outputs: Properties;
  /** How often it was updated. */
  updates: number;
  readonly stray: boolean;
  /** Given up by the program, and still there. */
  left?: boolean;
  /** What it lives in, and goes with. */
  readonly home?: StoredObject;
  /** Why it is not ready though all that it needs is there: an injected failure, until the next update. */
  unready?: string;
}

const MUTATING = new Set<LedgerCall["rpc"]>(["Create", "Update", "Delete"]);

/** All objects and calls of one sandbox. */
export class Ledger {
  private readonly held: StoredObject[] = [];
  private readonly made: LedgerCall[] = [];
  private readonly created = new Map<string, number>();
  /** Deleted objects whose names their cloud keeps. */
  private readonly gone: StoredObject[] = [];
  private readonly started = Date.now();

  constructor(private readonly redactor: Redactor) {}

  /** Objects in the order of their creation. */
  all(): readonly StoredObject[] {
    return this.held;
  }

  /** Objects that are no more, and whose names can't be used again. */
  deleted(): readonly StoredObject[] {
    return this.gone;
  }

  add(object: StoredObject): void {
    this.held.push(object);
  }

  /** Adds an object; one that was left behind under its id is its own again. */
  adopt(object: StoredObject): void {
    const left = this.held.find(
      (other) =>
        other.left === true && other.model.token === object.model.token && other.id === object.id,
    );
    if (left !== undefined) this.remove(left);
    this.add(object);
  }

  remove(object: StoredObject): void {
    const at = this.held.indexOf(object);
    if (at < 0) return;
    this.held.splice(at, 1);
    if (object.model.unique?.some(({ keptAfterDelete }) => keptAfterDelete !== undefined))
      this.gone.push(object);
  }

  /** Takes a program's object out of the world as if it had never been, with whatever its cloud kept of it. */
  forget(urn: string): void {
    for (const list of [this.held, this.gone]) {
      const kept = list.filter((object) => object.urn !== urn);
      list.splice(0, list.length, ...kept);
    }
  }

  /** The object with this id, in one account and region. */
  find(
    model: ResourceModel,
    id: string,
    account: string,
    region?: string,
  ): StoredObject | undefined {
    const found = this.held.filter(
      (object) =>
        object.model.token === model.token &&
        object.left !== true &&
        (object.id === id || (ignoresCase(object) && sameText(object.id, id))) &&
        object.account === account,
    );
    return found.find((object) => region === undefined || object.region === region) ?? found[0];
  }

  /** The object that a property value names: one whose property has this value. */
  named(type: string, by: string, value: Value): StoredObject[] {
    return this.held.filter((object) => object.model.token === type && means(object, by, value));
  }

  /** Counts the creations under one URN, so that a replacement has other ids than the first. */
  nextCreation(urn: string): number {
    const count = (this.created.get(urn) ?? 0) + 1;
    this.created.set(urn, count);
    return count;
  }

  /** Enters a call; the returned function notes how it failed. */
  enter(call: Omit<LedgerCall, "sequence" | "at" | "error">): (error: string) => void {
    const entry = { ...call, sequence: this.made.length + 1, at: Date.now() - this.started };
    const at = this.made.push(entry) - 1;
    return (error) => {
      this.made[at] = { ...entry, error: this.redactor.clean(error) };
    };
  }

  /** Calls after a sequence number. Previews change nothing. */
  calls(since: number, mutating = false): LedgerCall[] {
    return this.made
      .slice(since)
      .filter((call) => !mutating || (MUTATING.has(call.rpc) && !call.preview));
  }

  /** Objects as plain JSON with every secret masked. */
  objects(type?: string): LedgerObject[] {
    return this.held
      .filter((object) => object.left !== true)
      .filter((object) => type === undefined || object.model.token === type)
      .map((object) => this.show(object));
  }

  /** One object as plain JSON with every secret masked. */
  show(object: StoredObject): LedgerObject {
    const mask = (properties: Properties) =>
      this.redactor.cleanJson(toJson(properties.value, properties.secrets)) as Record<string, Json>;
    return {
      urn: object.urn,
      type: object.model.token,
      id: object.id,
      inputs: mask(object.inputs),
      outputs: mask(object.outputs),
      ...(object.stray ? { stray: true } : {}),
    };
  }
}

/** A property of an object by name; `id` is its id. */
export function propertyOf(object: StoredObject, name: string): Value | undefined {
  if (name === "id" && object.outputs.value["id"] === undefined) return object.id;
  const value = object.outputs.value[name];
  return value === undefined && name.includes(".")
    ? valueAt(object.outputs.value, keysOf(name))
    : value;
}

/** True where an object's property has the value, in the spelling that its cloud takes for the same. */
export function means(object: StoredObject, by: string, value: Value): boolean {
  const held = propertyOf(object, by);
  if (held === value) return true;
  if (typeof held !== "string" || typeof value !== "string") return equal(held, value);
  if (ignoresCase(object)) return sameText(held, value);
  const link = relativeLink(value);
  return link !== undefined && link === relativeLink(held);
}

function ignoresCase({ instance }: StoredObject): boolean {
  return instance.package.ignoresCase === true;
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && left.toLowerCase() === right.toLowerCase();
}
