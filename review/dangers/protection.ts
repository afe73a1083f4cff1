/**
 * What keeps data from being lost by mistake, taken off or made weaker: Pulumi's `protect`, the clouds' own deletion
 * protection, locks, versioning, retention and backups.
 */
import type { ResourceFact, Values } from "../../engine/facts";
import type { Danger } from "../record";
import { danger } from "./danger";
import { deadlines, safeguardTypes, switchesOff, switchesOn } from "./protection-rules";
import { at, inWords, isTrue, notKnown } from "./values";

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
  const say = (message: string) => danger("protection-lifted", fact, message);
  const found: string[] = [];
  if (fact.protectionLifted)
    found.push("is no longer protected: from this up on it can be deleted or replaced");
  if (fact.operation === "delete" && safeguardTypes.some(([type]) => type.test(fact.type))) {
    // Where what it guards goes with it, that is told already.
    const goesAlong =
      standsDown(all) ||
      all.some(
        ({ parent, operation, old, urn }) =>
          operation === "delete" && parent === fact.parent && urn !== fact.urn && old?.protect,
      );
    const words = safeguardTypes.find(([type]) => type.test(fact.type))?.[1] ?? "";
    if (!goesAlong) found.push(words);
  }
  if (fact.old !== undefined && fact.new !== undefined && fact.operation !== "same") {
    const sides = { before: fact.old.inputs, after: fact.new.inputs };
    found.push(...turnedOff(fact, sides), ...turnedOn(fact, sides), ...shortened(fact, sides));
  }
  return found.map(say);
}

/** Whether nothing of the stack stays. */
export function standsDown(all: readonly ResourceFact[]): boolean {
  return all.every(({ custom, operation }) => !custom || operation === "delete");
}
