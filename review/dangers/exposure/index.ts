/**
 * Exposure that a change widens: what can be reached after it and could not before. Sets of openings are compared over
 * the whole stack, so that rules which are split, renamed or narrowed are no widening.
 */
import type { ResourceFact } from "../../../engine/facts";
import type { Danger } from "../../record";
import { danger } from "../danger";
import { standsDown } from "../protection";
import { textAt } from "../values";
import { awsReaders } from "./aws";
import { azureReaders } from "./azure";
import { Side, type Owned } from "./compare";
import { gcpReaders } from "./gcp";
import { kubernetesReaders } from "./kubernetes";
import { opensToAll, type Exposure, type Grant, type Guard, type Reader } from "./opening";
import { switchReaders } from "./switches";
import { openedWords } from "./words";

const readers: readonly (readonly [RegExp, Reader])[] = [
  ...awsReaders,
  ...azureReaders,
  ...gcpReaders,
  ...kubernetesReaders,
  ...switchReaders,
];

/** Whether something here reads what a type exposes. */
export function readsExposureOf(type: string): boolean {
  return readers.some(([form]) => form.test(type));
}

const nothing: Exposure = { openings: [], grants: [], guards: [] };

/** What one side of a resource exposes. */
function exposed(fact: ResourceFact, side: "old" | "new", all: readonly ResourceFact[]): Exposure {
  const state = fact[side];
  if (state === undefined) return nothing;
  const found = readers
    .filter(([form]) => form.test(fact.type))
    .map(([, read]) => read({ fact, side, inputs: state.inputs, all }));
  return {
    openings: found.flatMap(({ openings }) => openings ?? []),
    grants: found.flatMap(({ grants }) => grants ?? []),
    guards: found.flatMap(({ guards }) => guards ?? []),
  };
}

/** Both sides of a resource. */
interface Pair {
  readonly fact: ResourceFact;
  readonly before: Exposure;
  readonly after: Exposure;
}

/** What is new about a resource. */
interface Widening {
  readonly fact: ResourceFact;
  readonly before: readonly Owned[];
  readonly opened: readonly Owned[];
  readonly grants: readonly Grant[];
  readonly guards: readonly Guard[];
}

/** Dangers of a preview; of a stack's first stand-up, one that lists what is open to the whole internet. */
export function exposureWidened(all: readonly ResourceFact[]): readonly Danger[] {
  const custom = all.filter((fact) => fact.custom && fact.operation !== "read");
  if (custom.length === 0 || standsDown(all)) return [];
  const pairs = custom.map((fact): Pair => {
    const after = fact.operation === "delete" ? nothing : exposed(fact, "new", all);
    if (fact.operation === "create") return { fact, before: nothing, after };
    // What is imported, or only looked at, is as open as it was.
    const before = fact.old === undefined ? after : exposed(fact, "old", all);
    return { fact, before, after };
  });
  const found = widenings(pairs, all);
  if (custom.every(({ operation }) => operation === "create")) return firstStandUp(found, all);
  return found.flatMap(({ fact, before, opened, grants, guards }) => {
    const words = [
      ...openedWords(opened, before),
      ...[...grants, ...guards].map((one) => one.words),
    ];
    return words.length === 0 ? [] : [danger("exposure-widened", fact, words.join("; "))];
  });
}

function owned(pairs: readonly Pair[], side: "before" | "after"): readonly Owned[] {
  return pairs.flatMap((pair) =>
    pair[side].openings.map((opening) => ({ fact: pair.fact, opening })),
  );
}

function widenings(pairs: readonly Pair[], all: readonly ResourceFact[]): readonly Widening[] {
  const [before, after] = [new Side(owned(pairs, "before")), new Side(owned(pairs, "after"))];
  const opened = after.allowed.filter((one) => {
    const boxes = after.effective(one);
    return boxes.length > 0 && before.lacks(one, boxes);
  });
  const had = keysOf(pairs, ({ before: side }) => side.grants);
  const keeps = keysOf(pairs, ({ after: side }) => side.guards);
  const gone = goneOf(all);
  return pairs.map((pair) => ({
    fact: pair.fact,
    before: owned([pair], "before").filter(
      (one) => one.opening.deny !== true && before.effective(one).length > 0,
    ),
    // A rule that is the same as it was opens because a denial before it went: that is the denial's doing.
    opened: [
      ...opened.filter(({ fact }) => fact.urn === pair.fact.urn && fact.operation !== "same"),
      ...opened.filter((one) => one.fact.operation === "same" && shutBefore(pair, one)),
    ],
    grants: pair.after.grants.filter(({ key }) => !had.has(key)),
    guards: pair.before.guards.filter(
      ({ key, own, of }) =>
        !keeps.has(key) &&
        !(own === true && pair.fact.operation === "delete") &&
        !(of !== undefined && gone.has(of)),
    ),
  }));
}

/** Whether a denial of a changed resource was what shut an unchanged opening. */
function shutBefore({ fact, before }: Pair, { opening }: Owned): boolean {
  if (fact.operation === "same") return false;
  return before.openings.some(
    (denial) =>
      denial.deny === true &&
      denial.target !== undefined &&
      [opening.target, opening.wider].includes(denial.target),
  );
}

function keysOf(
  pairs: readonly Pair[],
  pick: (pair: Pair) => readonly { readonly key: string }[],
): ReadonlySet<string> {
  return new Set(pairs.flatMap(pick).map(({ key }) => key));
}

/** Ids and names of everything that is deleted. */
function goneOf(all: readonly ResourceFact[]): ReadonlySet<string> {
  const deleted = all.filter(({ custom, operation }) => custom && operation === "delete");
  return new Set(
    deleted
      // A part of a bucket carries the bucket's name for an id, and is not the bucket.
      .filter(({ type }) => !/^aws:s3\/bucket[A-Z]|NetworkPolicy$/.test(type))
      .flatMap(({ old }) => [
        old?.id,
        textAt(old?.inputs, "bucket"),
        textAt(old?.inputs, "name"),
        textAt(old?.inputs, "metadata.name"),
      ])
      .filter((name) => name !== undefined && name !== ""),
  ) as ReadonlySet<string>;
}

/** A stack where nothing stood: all openings are new, and what counts are those to the whole internet. */
function firstStandUp(found: readonly Widening[], all: readonly ResourceFact[]): readonly Danger[] {
  const lines = found.flatMap(({ fact, opened, grants }) => {
    const words = [
      ...openedWords(opened.filter(({ opening }) => opensToAll(opening))),
      ...grants.filter(({ toAll }) => toAll).map((grant) => grant.words),
    ];
    return words.length === 0 ? [] : [`${fact.name}: ${words.join("; ")}`];
  });
  const stack = all.find(({ type }) => type === "pulumi:pulumi:Stack") ?? found[0]?.fact;
  if (lines.length === 0 || stack === undefined) return [];
  const message = `open to the whole internet from the first stand-up on: ${lines.join(" | ")}`;
  return [danger("exposure-widened", stack, message)];
}
