/** Openings in words. */
import type { Owned } from "./compare";
import { doorWords, sourceWords, type Opening, type Source } from "./opening";

/** Sentences about what is opened, those through the same door together. @param before what the resource let in */
export function openedWords(
  opened: readonly Owned[],
  before?: readonly Owned[],
): readonly string[] {
  const doors = byDoor(opened.map(({ opening }) => opening));
  const sentences = [...doors].flatMap(([door, sources]) => {
    const known = [...new Set(sources.filter(isKnown).map(sourceWords))];
    const unknown = sources.filter((source) => !isKnown(source));
    return [
      ...(known.length > 0 ? [`${door} is opened to ${list(known)}`] : []),
      ...(unknown.length > 0
        ? [
            `${door} is opened to a source that is not known before up (${sourceWords(unknown[0] as Source)})`,
          ]
        : []),
    ];
  });
  if (sentences.length === 0 || before === undefined) return sentences;
  const was = [...byDoor(before.map(({ opening }) => opening))].map(
    ([door, sources]) => `${door} to ${list([...new Set(sources.map(sourceWords))])}`,
  );
  return [...sentences, `before: ${was.length === 0 ? "closed" : was.join(", ")}`];
}

function byDoor(openings: readonly Opening[]): ReadonlyMap<string, readonly Source[]> {
  const doors = new Map<string, Source[]>();
  for (const opening of openings) {
    const door = doorWords(opening);
    doors.set(door, [...(doors.get(door) ?? []), opening.source]);
  }
  return doors;
}

function isKnown(source: Source): boolean {
  return !("notKnown" in source);
}

/** `a, b and c`; a long list is counted from its tenth item on. */
function list(words: readonly string[]): string {
  const shown =
    words.length > 10 ? [...words.slice(0, 9), `${words.length - 9} others`] : [...words];
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}
