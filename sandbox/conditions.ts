/**
 * Conditions of the model language, in three values: where an unknown decides, the answer is
 * `undefined`, and a rule is then left to the apply.
 */
import { equal } from "./compare";
import type { Condition, Json, Template } from "./model";
import { contains } from "./networks";
import { elements, keysOf, pathValues, type Follow } from "./paths";
import { relativeLink } from "./places";
import { quantity } from "./quantities";
import { selects } from "./selectors";
import { UNKNOWN, isBlock, type Value, type Values } from "./values";

/** What conditions are asked of. */
export interface Setting {
  /** The provider instance's, for `matches`. */
  readonly account: string;
  readonly region: string;
  readonly zone: string;
  readonly partition: string;
  /** Fills in a template over the object; undefined where it is not known yet. */
  template(text: Template): Value | undefined;
  /** What a reference leads to; left out at preview. */
  readonly follow?: Follow;
  /** The properties before an update, for paths that begin with `^`. */
  readonly before?: Values;
  /** The provider instance's configuration, for paths that begin with `@`. */
  readonly config?: Values;
  /** Whether the object is ready; left out at preview. */
  ready?(): boolean;
  /** Objects of a type; left out at preview. */
  objects?(type: string): Values[];
}

/** True, false, or undefined where an unknown decides. */
export type Answer = boolean | undefined;

/**
 * Whether the condition holds of a value. A comparison with what is absent does not hold; one with
 * several values holds where it does for any of them.
 */
export function holds(condition: Condition, root: Value, setting: Setting): Answer {
  const parts: Answer[] = [];
  if (condition.property !== undefined) parts.push(...propertyParts(condition, root, setting));
  if (condition.all) parts.push(and(condition.all.map((part) => holds(part, root, setting))));
  if (condition.any) parts.push(or(condition.any.map((part) => holds(part, root, setting))));
  if (condition.not) parts.push(not(holds(condition.not, root, setting)));
  if (condition.ready !== undefined) {
    const ready = setting.ready?.();
    parts.push(ready === undefined ? undefined : ready === condition.ready);
  }
  return and(parts);
}

/** Every condition keyword that looks at the values of `property`. */
function propertyParts(condition: Condition, root: Value, setting: Setting): Answer[] {
  const read = (path: string) => {
    if (path.startsWith("^")) return pathValues(setting.before, path.slice(1), setting.follow);
    if (path.startsWith("@")) return pathValues(setting.config, path.slice(1));
    return pathValues(root, path, setting.follow);
  };
  const { part } = condition;
  const number = (value: Value): number =>
    condition.as === "quantity" && typeof value === "string"
      ? (quantity(value) ?? Number.NaN)
      : plainNumber(value);
  const at = (path: string) =>
    part === undefined ? read(path) : elements(read(path)).flatMap((value) => groups(part, value));
  const found = at(condition.property ?? ".");
  const some = (test: (value: Value) => Answer, values: readonly Value[] = found): Answer =>
    or(values.map((value) => (value === UNKNOWN ? undefined : test(value))));
  const parts: Answer[] = [];
  const when = <K extends keyof Condition>(
    key: K,
    test: (wanted: NonNullable<Condition[K]>) => Answer,
  ) => {
    const wanted = condition[key];
    if (wanted !== undefined) parts.push(test(wanted));
  };

  if (condition.equals !== undefined) parts.push(some(among([condition.equals])));
  const { notEquals } = condition;
  if (notEquals !== undefined) parts.push(some((value) => !among([notEquals])(value)));
  when("in", (list) => some(among(list)));
  when("notIn", (list) => some((value) => !among(list)(value)));
  when("matches", (text) => some((value) => matches(text, setting, value)));
  when("notMatches", (text) => some((value) => !matches(text, setting, value)));
  when("present", (wanted) => present(found) === wanted);
  when("lengthAtLeast", (bound) => some((value) => lengthOf(value) >= bound));
  when("lengthAtMost", (bound) => some((value) => lengthOf(value) <= bound));
  when("startsWith", (template) => {
    const start = setting.template(template);
    if (typeof start !== "string") return undefined;
    return some((value) => typeof value === "string" && value.startsWith(start));
  });
  when("inside", (template) => {
    const block = setting.template(template);
    if (typeof block !== "string") return undefined;
    return some((value) => typeof value === "string" && contains(block, value));
  });
  when("atLeast", (bound) => scaled(condition, some, at, number, (value) => value >= bound));
  when("atMost", (bound) => scaled(condition, some, at, number, (value) => value <= bound));
  const plus = condition.plus ?? 0;
  when("atLeastProperty", (other) =>
    some((right) => some((left) => number(left) >= number(right) + plus), at(other)),
  );
  when("atMostProperty", (other) =>
    some((right) => some((left) => number(left) <= number(right) + plus), at(other)),
  );
  const all = elements(found);
  when("allAmong", (paths) => {
    const allowed = elements(paths.flatMap(at));
    return and(all.map((value) => oneOf(value, allowed, (item) => equal(item, value))));
  });
  when("noneAmong", (paths) => {
    const others = elements(paths.flatMap(at));
    return and(all.map((value) => not(oneOf(value, others, (item) => equal(item, value)))));
  });
  when("allInside", (paths) => {
    const blocks = elements(paths.flatMap(at));
    const within = (value: Value) => (block: Value) =>
      typeof value === "string" && typeof block === "string" && contains(block, value);
    return and(all.map((value) => oneOf(value, blocks, within(value))));
  });
  when("selects", (path) => {
    const labels = at(path);
    return or(all.map((selector) => or(labels.map((map) => selects(selector, map)))));
  });
  when("allBeginWith", (paths) => {
    const starts = elements(paths.flatMap(at));
    const begins = (value: Value) => (start: Value) =>
      typeof value === "string" && typeof start === "string" && value.startsWith(start);
    return and(all.map((value) => oneOf(value, starts, begins(value))));
  });
  when("allEndWith", (paths) => {
    const ends = elements(paths.flatMap(at));
    const finishes = (value: Value) => (end: Value) =>
      typeof value === "string" && typeof end === "string" && value.endsWith(end);
    return and(all.map((value) => oneOf(value, ends, finishes(value))));
  });
  when("multipleOf", (unit) => some((value) => number(value) % unit === 0));
  when("distinctAtLeast", (bound) => (all.includes(UNKNOWN) ? undefined : distinct(all) >= bound));
  when("distinctAtMost", (bound) => (all.includes(UNKNOWN) ? undefined : distinct(all) <= bound));
  when("distinct", (wanted) =>
    all.includes(UNKNOWN) ? undefined : (distinct(all) === all.length) === wanted,
  );
  when("every", (inner) => and(all.map((value) => whole(value, inner, setting))));
  when("some", (inner) => or(all.map((value) => whole(value, inner, setting))));
  when("companion", (wanted) => {
    const { beside } = wanted;
    return companion(wanted, all, beside === undefined ? undefined : read(beside), setting);
  });
  when("referred", (inner) => {
    const { follow } = setting;
    if (follow === undefined) return all.length === 0 ? false : undefined;
    const way = keysOf((condition.property ?? ".").split("->").at(-1) ?? ".");
    const targets = all.map((value) => (value === UNKNOWN ? undefined : follow(value, way)));
    return or(
      targets.map((target) => (target === undefined ? false : holds(inner, target, setting))),
    );
  });
  return parts;
}

function whole(value: Value, inner: Condition, setting: Setting): Answer {
  return value === UNKNOWN ? undefined : holds(inner, value, setting);
}

function companion(
  wanted: NonNullable<Condition["companion"]>,
  values: readonly Value[],
  beside: readonly Value[] | undefined,
  setting: Setting,
): Answer {
  const objects = setting.objects?.(wanted.type);
  if (objects === undefined || values.includes(UNKNOWN)) return undefined;
  const meets = (value: Value, own: Value): boolean =>
    wanted.as === "selector"
      ? selects(value, own) === true
      : equal(own, value) || linked(own, value);
  return or(
    objects
      .filter((object) => {
        const theirs = pathValues(object, wanted.property);
        return values.some((value) => theirs.some((own) => meets(value, own)));
      })
      .filter((object) => {
        if (wanted.beside === undefined || beside === undefined) return true;
        const theirs = pathValues(object, wanted.beside);
        return beside.some((value) => theirs.some((own) => equal(own, value)));
      })
      .map((object) => (wanted.where ? holds(wanted.where, object, setting) : true)),
  );
}

/** Two links to the same object, relative or full. */
function linked(left: Value, right: Value): boolean {
  if (typeof left !== "string" || typeof right !== "string") return false;
  const link = relativeLink(left);
  return link !== undefined && link === relativeLink(right);
}

/** The first group of every match in a text. */
function groups(part: string, value: Value): Value[] {
  if (value === UNKNOWN) return [UNKNOWN];
  if (typeof value !== "string") return [];
  return [...value.matchAll(new RegExp(part, "gs"))].map((match) => match[1] ?? "");
}

/** Compares with a bound, multiplied by another property where `times` says so. */
function scaled(
  condition: Condition,
  some: (test: (value: Value) => Answer, values?: readonly Value[]) => Answer,
  at: (path: string) => Value[],
  number: (value: Value) => number,
  test: (value: number) => boolean,
): Answer {
  const { times } = condition;
  if (times === undefined) return some((value) => test(number(value)));
  return some((factor) => some((value) => test(number(value) * number(factor))), at(times));
}

/** Whether one of the candidates passes; an unknown among them may be it. */
function oneOf(value: Value, candidates: readonly Value[], test: (item: Value) => boolean): Answer {
  if (value === UNKNOWN) return undefined;
  return or(candidates.map((item) => (item === UNKNOWN ? undefined : test(item))));
}

function among(list: readonly Json[]): (value: Value) => boolean {
  return (value) => list.some((item) => equal(item, value));
}

function matches(text: string, setting: Setting, value: Value): boolean {
  const { account, region, zone, partition } = setting;
  const filled = text
    .replaceAll("{account}", account)
    .replaceAll("{region}", region)
    .replaceAll("{zone}", zone)
    .replaceAll("{partition}", partition);
  return typeof value === "string" && new RegExp(`^(?:${filled})$`, "s").test(value);
}

/** An unknown counts as given; an empty list or map does not. */
function present(found: readonly Value[]): boolean {
  return found.some((value) => {
    if (Array.isArray(value)) return value.length > 0;
    return value !== null && (!isBlock(value) || Object.keys(value).length > 0);
  });
}

function lengthOf(value: Value): number {
  if (Array.isArray(value) || typeof value === "string") return value.length;
  return isBlock(value) ? Object.keys(value).length : Number.NaN;
}

function plainNumber(value: Value): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

function distinct(values: readonly Value[]): number {
  const different: Value[] = [];
  for (const value of values) {
    if (!different.some((item) => equal(item, value))) different.push(value);
  }
  return different.length;
}

function not(answer: Answer): Answer {
  return answer === undefined ? undefined : !answer;
}

function and(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function or(answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}
