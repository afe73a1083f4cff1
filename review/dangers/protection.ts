/**
 * What keeps data from being lost by mistake, taken off or made weaker: Pulumi's `protect`, the clouds' own deletion
 * protection, locks, versioning, retention and backups.
 */
import type { ResourceFact, Values } from "../../engine/facts";
import type { Danger } from "../record";
import { danger } from "./danger";
import { backupsRarer, backupsStopped } from "./backup-rules";
import { isStateful } from "./stateful";
import { deadlines } from "./deadlines";
import {
  expiryTypes,
  goingAlong,
  presences,
  safeguardTypes,
  strengths,
  switchesOff,
  switchesOn,
} from "./protection-rules";
import { at, inWords, isTrue, itemsAt, notKnown } from "./values";

type Sides = Readonly<{ before: Values; after: Values }>;

/** A switch that protects, on before and not after. */
function turnedOff(fact: ResourceFact, { before, after }: Sides): readonly string[] {
  return switchesOff.flatMap(([type, path, words, whenLeftOut]) => {
    const stays = (values: Values) => {
      const value = at(values, path);
      return value === undefined ? whenLeftOut === "on" : isTrue(values, path);
    };
    if (!type.test(fact.type) || !stays(before) || stays(after)) return [];
    return at(after, path) === notKnown
      ? [`whether ${words} stays on is not known before up (${path})`]
      : [`${words} is turned off (${path})`];
  });
}

/** A switch that lets go of data, off before and on after. */
function turnedOn(fact: ResourceFact, { before, after }: Sides): readonly string[] {
  return switchesOn.flatMap(([type, path, words]) => {
    if (!type.test(fact.type) || isTrue(before, path)) return [];
    if (isTrue(after, path)) return [`${words} (${path})`];
    return at(after, path) === notKnown && at(before, path) !== notKnown
      ? [`whether ${words} is not known before up (${path})`]
      : [];
  });
}

/** Times and numbers that data are kept for, which get less. */
function shortened(fact: ResourceFact, { before, after }: Sides): readonly string[] {
  return deadlines.flatMap(({ type, words, read }) => {
    if (!type.test(fact.type)) return [];
    const [old, kept] = [read(before), read(after)];
    return [...old].flatMap(([key, was]) => {
      const now = kept.get(key);
      const of = key === "" ? words : `${words} of ${key}`;
      if (was === notKnown) return [];
      if (now === notKnown) return [`${of}: ${text(was)} before, not known before up`];
      const less = now === undefined ? was !== "nothing" : amount(now) < amount(was);
      return less ? [`${of}: ${text(was)} before, ${text(now ?? "nothing")} after`] : [];
    });
  });
}

/** What has to be there and goes, or must not and comes. */
function presence(fact: ResourceFact, { before, after }: Sides): readonly string[] {
  return presences.flatMap(([type, path, wanted, words]) => {
    if (!type.test(fact.type)) return [];
    const [had, has] = [at(before, path) !== undefined, at(after, path) !== undefined];
    return had !== has && had === (wanted === "kept") ? [`${words} (${path})`] : [];
  });
}

/** Disks that are from now on deleted with their machine. */
function goesAlong(fact: ResourceFact, { before, after }: Sides): readonly string[] {
  return goingAlong.flatMap(([type, list, name, path, form]) => {
    if (!type.test(fact.type)) return [];
    const named = (values: Values) =>
      new Map(
        itemsAt(values, list).map((item) => [
          `${name} ${inWords(at(item, name))}`,
          inWords(at(item, path)),
        ]),
      );
    const was = named(before);
    return [...named(after)].flatMap(([key, now]) => {
      const then = was.get(key);
      return then !== undefined && form.test(now) && !form.test(then)
        ? [`the disk with ${key} is from now on deleted with its machine (${path})`]
        : [];
    });
  });
}

/** Words that get weaker. What is left out counts as the weakest. */
function weakened(fact: ResourceFact, { before, after }: Sides): readonly string[] {
  return strengths.flatMap(([type, path, words, order]) => {
    if (!type.test(fact.type)) return [];
    const [was, now] = [at(before, path), at(after, path)];
    if (was === notKnown) return [];
    const rank = (value: unknown) => Math.max(0, order.indexOf(inWords(value)));
    if (now === notKnown) {
      return rank(was) > 0 ? [`${words}: ${inWords(was)} before, not known before up`] : [];
    }
    return rank(now) < rank(was)
      ? [`${words}: ${inWords(was)} before, ${inWords(now)} after (${path})`]
      : [];
  });
}

/** How long or how many: a number of the rule's unit, for ever, or not at all. */
type Kept = number | "for ever" | "nothing" | typeof notKnown;

function amount(kept: Exclude<Kept, symbol>): number {
  if (kept === "for ever") return Infinity;
  return kept === "nothing" ? 0 : kept;
}

function text(kept: Exclude<Kept, symbol>): string {
  return inWords(kept);
}

/** Protection that a change lifts or weakens. */
export function protectionLifted(
  fact: ResourceFact,
  all: readonly ResourceFact[],
): readonly Danger[] {
  if (fact.leftover === true) return [];
  const found: string[] = [];
  if (fact.protectionLifted)
    found.push("is no longer protected: from this up on it can be deleted or replaced");
  if (retentionLifted(fact))
    found.push(
      "is from this up on deleted in the cloud too when the stack lets go of it (retainOnDelete)",
    );
  if (fact.operation === "delete") found.push(...letGo(fact, all));
  const sides = sidesOf(fact, all);
  if (sides !== undefined && fact.operation !== "same") {
    found.push(...turnedOff(fact, sides), ...turnedOn(fact, sides), ...shortened(fact, sides));
    found.push(...presence(fact, sides), ...goesAlong(fact, sides), ...weakened(fact, sides));
    found.push(...backupsStopped(fact), ...backupsRarer(fact));
  }
  return found.map((message) => danger("protection-lifted", fact, message));
}

/** Whether it was kept in the cloud whatever the stack did, and is not any more. The engine calls it unchanged. */
export function retentionLifted({ old, new: after }: Pick<ResourceFact, "old" | "new">): boolean {
  return old?.retain === true && after !== undefined && after.retain !== true;
}

/** Both sides of a change; of a new rule by which things that stand already are deleted, the side without it. */
function sidesOf(
  { type, operation, parent, old, new: after }: ResourceFact,
  all: readonly ResourceFact[],
): Sides | undefined {
  if (after === undefined) return undefined;
  if (old !== undefined) return { before: old.inputs, after: after.inputs };
  const isNew = all.some(
    (one) =>
      one.operation === "create" &&
      one.parent === parent &&
      one.custom &&
      isStateful(one) &&
      !expiryTypes.test(one.type),
  );
  return operation === "create" && expiryTypes.test(type) && !isNew
    ? { before: {}, after: after.inputs }
    : undefined;
}

/** What goes with a guard that is deleted. Where what it guards goes with it, that is told already. */
function letGo(fact: ResourceFact, all: readonly ResourceFact[]): readonly string[] {
  if (fact.old?.retain === true) {
    return isStateful(fact)
      ? ["the stack lets go of it and it stays in the cloud: nothing here guards it any more"]
      : [];
  }
  const guarded = all.some(
    ({ parent, operation, old, urn }) =>
      operation === "delete" && parent === fact.parent && urn !== fact.urn && old?.protect,
  );
  if (standsDown(all) || guarded) return [];
  const guard = safeguardTypes.find(([type]) => type.test(fact.type));
  return [...(guard === undefined ? [] : [guard[1]]), ...backupsStopped(fact)];
}

/** Whether nothing of the stack stays. */
export function standsDown(all: readonly ResourceFact[]): boolean {
  return all.every(({ custom, operation }) => !custom || operation === "delete");
}
