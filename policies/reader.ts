/**
 * The one way in which rules read properties: it tells what is known, what is left out, and what cannot be known yet.
 *
 * At preview whatever another resource will only have once it exists is a marker. `@pulumi/policy` skips a rule,
 * mandatory or not, that as much as touches one; so rules do not read its proxies. They ask this reader, whose answers
 * have three values: a rule is decided as soon as what is known decides it, and says what it lacks otherwise.
 */
import type * as pulumi from "@pulumi/pulumi";

/**
 * What the engine hands over for a value that it does not know yet, one for each kind of value.
 *
 * Source: https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/plugin/rpc.go
 */
const markers: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The marker of an unknown string; tests put it where a value is not known. */
export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** An answer that cannot be given yet, and the property that it waits for. */
export class Unknown {
  constructor(readonly path: string) {}
}

/** What a rule asks: yes, no, or not to be known yet. */
export type Truth = boolean | Unknown;

/** True where all hold; false as soon as one does not, whatever the others are. */
export function all(...truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.find((one) => one instanceof Unknown) ?? true;
}

/** True as soon as one holds, whatever the others are. */
export function any(...truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.find((one) => one instanceof Unknown) ?? false;
}

export function not(truth: Truth): Truth {
  return truth instanceof Unknown ? truth : !truth;
}

/** If the first holds, so must the second. */
export function implies(condition: Truth, then: Truth): Truth {
  return any(not(condition), then);
}

/** A property's type as a program writes it, without what makes it an input: outputs, promises, undefined. */
export type Plain<T> = NonNullable<Exclude<T, pulumi.OutputInstance<unknown> | Promise<unknown>>>;

type Item<T> = unknown extends T ? unknown : Plain<T> extends readonly (infer I)[] ? I : never;
type Entry<T> = Plain<T> extends Readonly<Record<string, infer V>> ? V : unknown;

/**
 * A property, known or not, and where it stands. Nothing here throws, whatever was given: a rule that throws ends the
 * whole preview.
 */
export class Value<T = unknown> {
  /** @param path for messages; never with a value in it, since a pack sees secrets in clear */
  constructor(
    private readonly raw: unknown,
    readonly path: string,
  ) {}

  /** The property of this name; left out where this is left out, unknown where this is. */
  get<K extends keyof Plain<T> & string>(key: K): Value<Plain<T>[K]> {
    return this.at(key);
  }

  /** As `get`, for a key that the type does not name: of parsed documents, or of either of two types. */
  at(key: string): Value {
    const path = this.path === "" ? key : `${this.path}.${key}`;
    if (this.unknown !== undefined) return new Value(this.raw, this.path);
    const inner = isObject(this.raw) && Object.hasOwn(this.raw, key) ? this.raw[key] : undefined;
    return new Value(inner, path);
  }

  /** The same, with what something else says of it in place of what is unknown. */
  completedBy(by: Value): Value<T> {
    return new Value<T>(completed(this.raw, by.raw), this.path);
  }

  /** The property's own words for being unknown; undefined where it is known or left out. */
  get unknown(): Unknown | undefined {
    return markers.has(this.raw) ? new Unknown(this.path) : undefined;
  }

  /** Whether it is there and not empty. What is unknown is there. */
  get given(): boolean {
    return !(this.raw === undefined || this.raw === null || this.raw === "");
  }

  /** Whether it is left out. What is unknown may be. */
  get absent(): Truth {
    return this.unknown ?? !this.given;
  }

  /** The value where it is known; undefined where it is left out or unknown. */
  get known(): unknown {
    return this.unknown === undefined && this.raw !== null ? this.raw : undefined;
  }

  /** The text where it is one and known. */
  get text(): string | undefined {
    return typeof this.known === "string" ? this.known : undefined;
  }

  /** This, or what holds where it is left out: the provider's documented default. */
  or(standard: Plain<T>): Value<T> {
    return this.given ? this : new Value<T>(standard, this.path);
  }

  /** Whether it is this value. Left out is not. Providers carry some flags as text: "true" is true. */
  is(expected: Plain<T>): Truth {
    return this.test((value) => value === expected || same(value, expected));
  }

  /** Whether it is one of these values. */
  isOneOf(...expected: readonly Plain<T>[]): Truth {
    return any(...expected.map((one) => this.is(one)));
  }

  /** Whether it is a number, or a number as text, of at least this much. */
  atLeast(least: number): Truth {
    return this.test((value) => number(value) >= least);
  }

  /** Whether it is a number, or a number as text, of at most this much. */
  atMost(most: number): Truth {
    return this.test((value) => number(value) <= most);
  }

  /** Whether it is a text of this form. */
  matches(form: RegExp): Truth {
    return this.test((value) => typeof value === "string" && form.test(value));
  }

  /** Whether what is known passes a test. Left out does not. */
  test(passes: (value: unknown) => boolean): Truth {
    return this.unknown ?? (this.raw !== undefined && this.raw !== null && passes(this.raw));
  }

  /** The items of a list; of a single value, that one; none where it is left out or unknown (ask `unknown`). */
  get items(): readonly Value<Item<T>>[] {
    if (!this.given || this.unknown !== undefined) return [];
    if (!Array.isArray(this.raw)) return [new Value<Item<T>>(this.raw, this.path)];
    return this.raw.map((item, index) => new Value<Item<T>>(item, `${this.path}[${index}]`));
  }

  /** The values of a map, by key; none where it is left out or unknown. */
  get entries(): readonly (readonly [string, Value<Entry<T>>])[] {
    if (!isObject(this.raw)) return [];
    return Object.keys(this.raw).map((key) => [key, this.at(key) as Value<Entry<T>>] as const);
  }

  /** Whether some item passes; false of a list that is left out. */
  some(passes: (item: Value<Item<T>>) => Truth): Truth {
    return this.unknown ?? any(...this.items.map(passes));
  }

  /** Whether every item passes; true of a list that is left out. */
  every(passes: (item: Value<Item<T>>) => Truth): Truth {
    return this.unknown ?? all(...this.items.map(passes));
  }

  /** Whether it is there and has an item. */
  get filled(): Truth {
    return this.unknown ?? this.items.length > 0;
  }

  /** A JSON document in a text, or as it stands; left out where it is no JSON. */
  get json(): Value {
    if (typeof this.raw !== "string" || this.unknown !== undefined)
      return new Value(this.raw, this.path);
    try {
      return new Value(JSON.parse(this.raw), this.path);
    } catch {
      return new Value(undefined, this.path);
    }
  }

  /** Every text in it, however deep, with its path. */
  get texts(): readonly Value<string>[] {
    if (typeof this.raw === "string") return [this as Value<unknown>];
    const inner = Array.isArray(this.raw) ? this.items : this.entries.map(([, value]) => value);
    return inner.flatMap((one) => (one as Value).texts);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function completed(raw: unknown, by: unknown): unknown {
  if (markers.has(raw)) return by ?? raw;
  if (!isObject(raw) || !isObject(by)) return raw;
  const inner = Object.keys(by).filter((key) => Object.hasOwn(raw, key));
  return { ...raw, ...Object.fromEntries(inner.map((key) => [key, completed(raw[key], by[key])])) };
}

function same(value: unknown, expected: unknown): boolean {
  return typeof expected === "boolean" && value === String(expected);
}

function number(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}
