/**
 * What differs between an object's state and new inputs, property by property.
 *
 * Compared as the bridged providers do: new inputs against the last known state. What the cloud
 * fills in (computed, or optional and not given) is no difference; a set's order has no meaning.
 */
import { equal, isEmpty, equalScalars } from "./compare";
import { labelsOf, type Instance } from "./instance";
import { isLive, pruned, withPlanned } from "./live";
import type { Condition, PropertyModel, ResourceModel } from "./model";
import {
  UNKNOWN,
  isAsset,
  isBlock,
  propertyPath,
  type Step,
  type Value,
  type Values,
} from "./values";

/** One property that differs. */
export interface Change {
  readonly path: readonly Step[];
  readonly kind: "add" | "delete" | "update";
  /** The change can only be made by a new object. */
  readonly replace: boolean;
}

/** Whether a change of what is given or not given asks for a new object. */
type Presence = (model: PropertyModel) => boolean;

/** What to compare. */
export interface Comparison {
  readonly model: ResourceModel;
  readonly instance: Instance;
  readonly oldInputs: Values;
  readonly oldOutputs: Values;
  readonly news: Values;
  /** Property paths whose changes do not count; `*` and `[*]` stand for any one step. */
  readonly ignoreChanges?: readonly string[];
  /** Whether a condition holds of the new inputs. */
  holds?(condition: Condition): boolean | undefined;
}

/** The differences found so far. */
interface Found {
  readonly list: Change[];
  /** What was given and is not any more differs, whatever the cloud has. */
  readonly byInput: boolean;
}

/** Everything that differs, in the order of the model's properties. */
export function differences(comparison: Comparison): Change[] {
  if (!isLive(comparison.instance)) return compared(comparison);
  const { model, oldInputs, oldOutputs, news } = comparison;
  const old = withPlanned(model, (pruned(oldOutputs, oldInputs) ?? {}) as Values);
  // What it was set to is compared, whatever else the live object has by now.
  return compared({
    ...comparison,
    oldInputs: old,
    oldOutputs: old,
    news: withPlanned(model, news),
  });
}

function compared(comparison: Comparison): Change[] {
  const { model, instance, oldInputs, oldOutputs, news } = comparison;
  const byInput = instance.package.kind === "native" || isLive(instance);
  const changes: Found = { list: [], byInput };
  const presence: Presence = ({ replaceOnPresence }) =>
    replaceOnPresence === true ||
    (replaceOnPresence !== undefined && comparison.holds?.(replaceOnPresence) === true);
  for (const [name, property] of Object.entries(model.properties)) {
    // The provider merges default tags into `tagsAll` as if it were given.
    const merged = model.tags === true && name === "tagsAll";
    if (property.computed === true && !merged) continue;
    const old = byInput ? oldInputs[name] : (oldOutputs[name] ?? oldInputs[name]);
    const next = news[name];
    const given = old !== undefined && next === undefined && property.optionalComputed !== true;
    const appears = isEmpty(old) !== isEmpty(next) && (given || !isEmpty(next));
    // What is given now and was so all along asks for no new object.
    const known = byInput && isEmpty(old) && equal(oldOutputs[name], next);
    const replace = !known && (model.immutable === true || (appears && presence(property)));
    const when = property.replaceWhen;
    const fixed =
      (property.replace === true && !known) ||
      (when !== undefined && comparison.holds?.(when) === true);
    const settable = { ...property, computed: false, replace: fixed };
    compare(settable, [name], old, next, replace, changes);
  }
  if (model.labels === true) compareLabels(comparison, changes);
  const ignored = (comparison.ignoreChanges ?? []).map(pattern);
  return changes.list.filter(
    (change) => !ignored.some((rule) => rule.test(propertyPath(change.path))),
  );
}

/** The GCP provider plans the labels that it puts on an object: other default labels are a change. */
function compareLabels({ instance, oldOutputs, news }: Comparison, changes: Found): void {
  const planned = labelsOf(instance, news["labels"], oldOutputs);
  for (const name of ["pulumiLabels", "effectiveLabels"] as const) {
    compare({ type: "map" }, [name], oldOutputs[name], planned[name], false, changes);
  }
}

function compare(
  model: PropertyModel,
  path: readonly Step[],
  old: Value | undefined,
  next: Value | undefined,
  inherited: boolean,
  changes: Found,
): void {
  const replace = inherited || model.replace === true;
  if (isEmpty(old) && isEmpty(next)) return;
  if (isEmpty(next)) {
    // Not given any more: the cloud keeps what it has.
    if (model.computed === true) return;
    if (model.optionalComputed === true && !changes.byInput) return;
    changes.list.push({ path, kind: "delete", replace });
  } else if (isEmpty(old)) {
    changes.list.push({ path, kind: "add", replace });
  } else if (next === UNKNOWN) {
    changes.list.push({ path, kind: "update", replace });
  } else if (Array.isArray(old) && Array.isArray(next)) {
    compareLists(model, path, old, next, replace, changes);
  } else if (isBlock(old) && isBlock(next) && !isAsset(old) && model.type !== "json") {
    compareBlocks(model, path, old, next, replace, changes);
  } else if (!same(model, old as Value, next as Value)) {
    changes.list.push({ path, kind: "update", replace });
  }
}

function compareBlocks(
  model: PropertyModel,
  path: readonly Step[],
  old: Values,
  next: Values,
  replace: boolean,
  changes: Found,
): void {
  for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
    const item = model.fields?.[key] ?? model.items ?? { type: "any" };
    compare(item, [...path, key], old[key], next[key], replace, changes);
  }
}

function compareLists(
  model: PropertyModel,
  path: readonly Step[],
  old: readonly Value[],
  next: readonly Value[],
  replace: boolean,
  changes: Found,
): void {
  const item = model.items ?? { type: "any" };
  // An element more or less may ask for a new object where a changed one does not (a network interface).
  const count = replace || model.replaceOnPresence === true;
  if (model.set !== true) {
    for (let at = 0; at < Math.max(old.length, next.length); at++) {
      const gone = at >= next.length;
      if (gone) changes.list.push({ path: [...path, at], kind: "delete", replace: count });
      else if (at >= old.length)
        changes.list.push({ path: [...path, at], kind: "add", replace: count });
      else compare(item, [...path, at], old[at], next[at], replace, changes);
    }
    return;
  }
  const { added, removed } = unmatched(item, old, next);
  // The same index on both sides reads as one element that changed.
  const both = added.filter((at) => removed.includes(at));
  for (const at of both) compare(item, [...path, at], old[at], next[at], replace, changes);
  for (const at of removed.filter((index) => !both.includes(index))) {
    changes.list.push({ path: [...path, at], kind: "delete", replace });
  }
  for (const at of added.filter((index) => !both.includes(index))) {
    changes.list.push({ path: [...path, at], kind: "add", replace });
  }
}

/** Which elements of two sets have no partner in the other. */
function unmatched(
  item: PropertyModel,
  old: readonly Value[],
  next: readonly Value[],
): { added: number[]; removed: number[] } {
  const free = new Set(old.keys());
  const added: number[] = [];
  next.forEach((value, at) => {
    const partner = [...free].find((index) => same(item, old[index] ?? null, value));
    if (partner === undefined) added.push(at);
    else free.delete(partner);
  });
  return { added, removed: [...free] };
}

/** True where the new value asks for nothing that the old one does not have. */
export function same(model: PropertyModel, old: Value, next: Value): boolean {
  if ((Array.isArray(old) || isBlock(old)) && model.type !== "json" && !isAsset(old)) {
    if (Array.isArray(old) !== Array.isArray(next) || isBlock(old) !== isBlock(next)) return false;
    const changes: Found = { list: [], byInput: false };
    compare({ ...model, optionalComputed: false }, [], old, next, false, changes);
    return changes.list.length === 0;
  }
  return equalScalars(model, old, next);
}

/** For each new element of a list, the old one that it continues, if any. */
export function partners(
  model: PropertyModel,
  old: readonly Value[],
  next: readonly Value[],
): (Value | undefined)[] {
  if (model.set !== true) return next.map((_, at) => old[at]);
  const free = new Set(old.keys());
  const item = model.items ?? { type: "any" };
  return next.map((value) => {
    const partner = [...free].find((index) => same(item, old[index] ?? null, value));
    if (partner === undefined) return undefined;
    free.delete(partner);
    return old[partner];
  });
}

/** A property path of `ignoreChanges` as a regular expression; it covers what lies below it too. */
function pattern(path: string): RegExp {
  const text = path
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\\\[\\\*\\\]/g, "\\[[^\\]]*\\]")
    .replace(/\\\*/g, "[^.[]+");
  return new RegExp(`^${text}(?:$|[.[])`);
}
