/** The one note for all environments: a pure function of their previews' records. */
import { comfortable, hard, least, steps } from "./budget";
import { fullDetail, noteDetail } from "./detail";
import { Draft, quietNote } from "./draft";
import type { NoteInput, RenderedNote } from "./input";
import { size } from "./markdown";

export { tickedIn } from "./checklist";
export type { NoteInput, RenderedNote } from "./input";

/**
 * The note, folded to its limit: marker, the worst news first, what can hurt, what stops it, the table, checklists,
 * each environment's changes, commands, links.
 * @throws RangeError when the limit is too small for what every note says (`least`)
 */
export function renderNote(input: NoteInput): RenderedNote {
  const { limit } = input;
  if (limit !== undefined && !(limit >= least))
    throw new RangeError(`A note needs room for ${least} bytes; the limit is ${limit}`);
  const quiet = quietNote(input);
  if (quiet !== undefined) return { body: quiet, folded: [] };
  const draft = new Draft(input, noteDetail);
  foldDetails(draft, input, Math.min(limit ?? comfortable, comfortable));
  keepNames(draft, limit ?? hard);
  return { body: draft.body(), folded: draft.folded() };
}

/** Step by step, within a step first the environments that nobody depends on, then the larger ones. */
function foldDetails(draft: Draft, { records }: NoteInput, most: number): void {
  const order = [...records.entries()].sort(
    ([, one], [, other]) =>
      Number(one.production) - Number(other.production) ||
      other.changes.length - one.changes.length,
  );
  for (const { words, less, where } of steps) {
    for (const [index] of order.filter(([, record]) => where(record))) {
      if (size(draft.body()) <= most) return;
      draft.reduce(index, less, words);
    }
  }
}

/** What is left is what the note is for: it may be as long as GitLab takes it, and what can hurt goes last. */
function keepNames(draft: Draft, most: number): void {
  const shorter: readonly (() => void)[] = [
    () => {
      draft.drop("environments");
    },
    () => {
      draft.shorten({ form: "names" });
    },
    () => {
      draft.drop("checklists");
    },
    () => {
      draft.drop("table");
    },
    () => {
      draft.drop("stops");
    },
    () => {
      draft.drop("commands");
    },
    () => {
      draft.shorten({ form: "some", room: 0 });
      draft.shorten({ form: "some", room: most - size(draft.body()) });
    },
  ];
  for (const step of shorter) {
    if (size(draft.body()) <= most) return;
    step();
  }
}

/** The same with everything in it, for the artifact. */
export function fullNote(input: NoteInput): string {
  return quietNote(input) ?? new Draft(input, fullDetail).body();
}
