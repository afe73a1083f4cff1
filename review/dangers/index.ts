/** What in a preview can hurt, so that a reviewer cannot miss it: computed from facts, told in masked sentences. */
import type { Facts } from "../../engine/facts";
import { dangerKinds, type Danger } from "../record";
import { databaseTouched } from "./databases";
import { exposureWidened } from "./exposure";
import { gitStorageTouched } from "./git-storage";
import { protectionLifted } from "./protection";
import { losses } from "./stateful";

export { retentionLifted } from "./protection";
export { isStateful } from "./stateful";

/** All that a mask has to do here. */
interface TextMask {
  text(text: string): string;
}

/**
 * Everything that can hurt, the worst kind first, and by name within a kind. Reads unmasked facts; messages are masked.
 * @param facts of a preview, those of unchanged resources too
 */
export function dangersOf(facts: Facts, mask: TextMask): Danger[] {
  const { resources } = facts;
  const found = resources.flatMap((fact) => [
    ...losses(fact),
    ...protectionLifted(fact, resources),
    ...gitStorageTouched(fact, resources),
    ...databaseTouched(fact),
  ]);
  found.push(...exposureWidened(resources));
  return merged(found)
    .map((one) => ({ ...one, message: mask.text(one.message) }))
    .sort(
      (one, other) =>
        dangerKinds.indexOf(one.kind) - dangerKinds.indexOf(other.kind) ||
        compare(one.name, other.name) ||
        compare(one.urn, other.urn),
    );
}

/** By code unit, so that the order does not hang on the machine's language. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** One danger of a kind for each resource. */
function merged(dangers: readonly Danger[]): readonly Danger[] {
  const all = new Map<string, Danger>();
  for (const one of dangers) {
    const key = `${one.kind} ${one.urn}`;
    const before = all.get(key);
    const message = before === undefined ? one.message : `${before.message}; ${one.message}`;
    all.set(key, { ...one, message });
  }
  return [...all.values()];
}
