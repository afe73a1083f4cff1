/** The rules by which a note is kept, as pure functions of what stands in a merge request. */
import { firstLine, runOf } from "../note/marker";
import type { Note } from "./client";

/** What is to stand. */
export interface Wanted {
  /** Who posts. */
  readonly author: number;
  /** The exact first line. */
  readonly marker: string;
  /** The pipeline that it is of; without one, it counts as older than all pipelines. */
  readonly run?: number;
  /** The note's text, given the text that stands. */
  readonly body: (standing?: string) => string;
  /** Post it where none stands. @default true */
  readonly create?: boolean;
  /** A note that this run has written already: GitLab may have kept its text in another form, so it is not compared. */
  readonly written?: number;
}

/** What is to be done next. After it, look again: others write at the same time. */
export type Step =
  | { readonly kind: "create"; readonly body: string }
  | { readonly kind: "update"; readonly note: Note; readonly body: string }
  /** Own notes that another one has taken the place of. */
  | { readonly kind: "remove"; readonly notes: readonly Note[] }
  /** A newer pipeline's note stands. */
  | { readonly kind: "superseded"; readonly note: Note }
  | { readonly kind: "stands"; readonly note: Note }
  /** None stands, and none is to be posted. */
  | { readonly kind: "absent" };

const none = -1;

/**
 * Notes that are ours: by the author and the whole first line, so that neither a quote of it nor `non-prod` is taken
 * for `prod`. The best first: that of the newest pipeline, of two of the same the newer one.
 */
export function ownNotes(notes: readonly Note[], { author, marker }: Wanted): Note[] {
  return notes
    .filter((note) => !note.system && note.author?.id === author && firstLine(note.body) === marker)
    .sort((a, b) => (runOf(b.body) ?? none) - (runOf(a.body) ?? none) || b.id - a.id);
}

/**
 * The next step towards exactly one note, that of the newest pipeline. Whoever follows these steps in whatever order
 * ends there: the best note is never removed, and it is brought up to date before others are removed.
 */
export function nextStep(notes: readonly Note[], wanted: Wanted): Step {
  const [best, ...rest] = ownNotes(notes, wanted);
  if (best === undefined)
    return wanted.create === false ? { kind: "absent" } : { kind: "create", body: wanted.body() };
  const run = wanted.run ?? none;
  const standing = runOf(best.body) ?? none;
  if (standing <= run) {
    const body = wanted.body(best.body);
    const ours = best.id === wanted.written && standing === run;
    if (!ours && !sameText(body, best.body)) return { kind: "update", note: best, body };
  }
  if (rest.length > 0) return { kind: "remove", notes: rest };
  return { kind: standing > run ? "superseded" : "stands", note: best };
}

/** GitLab takes out `\r` and white space at the end (gitlabhq, lib/gitlab/quick_actions/extractor.rb). */
export function sameText(a: string, b: string): boolean {
  return kept(a) === kept(b);
}

function kept(text: string): string {
  return text.replaceAll("\r", "").trimEnd();
}
