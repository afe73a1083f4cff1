/** What the sandbox's clouds hold, and every call that was made. */
import type { LedgerCall, LedgerObject } from "./control";
import type { Instance } from "./instance";
import type { ResourceModel } from "./model";
import type { Redactor } from "./redactor";
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
  readonly instance: Instance;
  /** Everything random in the object follows from it. */
  readonly seed: string;
  inputs: Properties;
  outputs: Properties;
  /** How often it was updated. */
  updates: number;
  readonly stray: boolean;
}

const MUTATING = new Set<LedgerCall["rpc"]>(["Create", "Update", "Delete"]);

/** All objects and calls of one sandbox. */
export class Ledger {
  private readonly held: StoredObject[] = [];
  private readonly made: LedgerCall[] = [];
  private readonly created = new Map<string, number>();
  private readonly started = Date.now();

  constructor(private readonly redactor: Redactor) {}

  /** Objects in the order of their creation. */
  all(): readonly StoredObject[] {
    return this.held;
  }

  add(object: StoredObject): void {
    this.held.push(object);
  }

  remove(object: StoredObject): void {
    const at = this.held.indexOf(object);
    if (at >= 0) this.held.splice(at, 1);
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
        object.model.token === model.token && object.id === id && object.account === account,
    );
    return found.find((object) => region === undefined || object.region === region) ?? found[0];
  }

  /** The object that a property value names: one whose property has this value. */
  named(type: string, by: string, value: Value): StoredObject[] {
    return this.held.filter(
      (object) => object.model.token === type && propertyOf(object, by) === value,
    );
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
  return object.outputs.value[name];
}
