/** One note in a merge request, posted once and brought up to date in its place from then on. */
import { setTimeout as sleep } from "node:timers/promises";
import type { GitLab, MergeRequest, MergeRequestId, Note } from "./client";
import { GitLabError, isTooLong } from "./errors";
import { nextStep, type Step, type Wanted } from "./note-rules";
import { Patience } from "./waits";

/** What is posted. */
export interface NoteText {
  /** The exact first line of `body`. */
  readonly marker: string;
  /** CI_PIPELINE_ID: an older pipeline never overwrites the note of a newer one. */
  readonly run?: number;
  /** Post it where none stands; otherwise only one that stands is brought up to date. @default true */
  readonly create?: boolean;
  /**
   * The text, or what makes it: of the text that stands (ticked boxes are to be kept), and of a size in bytes that is
   * not to be exceeded, given where GitLab has refused a longer one.
   */
  readonly body: string | ((standing: string | undefined, limit: number | undefined) => string);
}

/** What became of it. */
export type Posted =
  /** `removed`: own notes that had been left over. */
  | {
      readonly outcome: "created" | "updated" | "unchanged" | "superseded";
      readonly id: number;
      readonly removed: number;
    }
  /** None stood, and none was to be posted. */
  | { readonly outcome: "absent" }
  /** Nothing is posted to a merge request that nobody reviews any more. */
  | { readonly outcome: "not open"; readonly state: MergeRequest["state"] };

/** Sizes in bytes that are tried where GitLab, or a proxy before it, takes no longer text. */
const smallerSizes = [100_000, 20_000] as const;
/** Looks until nothing is left to do. Two runs at once need five or so. */
const mostRounds = 30;

/**
 * Sees to it that exactly one own note stands, that of the newest pipeline. Each round reads all notes, takes one step
 * and looks again, after a failure too: a request that got no answer may have been done.
 *
 * GitLab has no conditional update (no ETag, no version), so two runs that update the same note at the same moment
 * can't be kept apart by it. What is done: the note is read once more just before it is written, and once more a while
 * after, long enough for an older run's update that was under way to have landed; whoever then finds an older run's
 * text writes again. A `resource_group` per merge request in the pipeline keeps the runs apart altogether.
 *
 * @throws GitLabError where it can't be done
 */
export async function postNote(
  client: GitLab,
  mergeRequest: MergeRequestId,
  text: NoteText,
): Promise<Posted> {
  const { state, discussion_locked: locked } = await client.mergeRequest(mergeRequest);
  if (state !== "opened") return { outcome: "not open", state };
  const author = (await client.user()).id;
  const patience = new Patience(client.waits);
  const smaller = [...smallerSizes];
  let limit: number | undefined;
  let written: number | undefined;
  let outcome: "created" | "updated" | "unchanged" = "unchanged";
  let removed = 0;
  /** A write may still be on its way, this run's or an older one's. */
  let settling = false;
  for (let round = 0; round < mostRounds; round++) {
    const wanted: Wanted = {
      author,
      marker: text.marker,
      run: text.run,
      create: text.create,
      written,
      body: (standing) => (typeof text.body === "string" ? text.body : text.body(standing, limit)),
    };
    try {
      const step = nextStep(await client.mergeRequestNotes(mergeRequest), wanted);
      if (step.kind === "create") {
        outcome = "created";
        written = (await client.createMergeRequestNote(mergeRequest, step.body)).id;
      } else if (step.kind === "update") {
        settling = true;
        if (outcome === "unchanged") outcome = "updated";
        if (await update(client, mergeRequest, step)) written = step.note.id;
      } else if (step.kind === "remove") {
        removed += await remove(client, mergeRequest, step);
      } else if (step.kind === "absent") {
        return { outcome: "absent" };
      } else if (settling) {
        settling = false;
        await sleep(Math.max(client.waits.delayMs, 2 * client.slowestMs));
      } else {
        const stands = step.kind === "superseded" ? "superseded" : outcome;
        return { outcome: stands, id: step.note.id, removed };
      }
      patience.restore();
    } catch (error) {
      if (isTooLong(error) && typeof text.body !== "string" && smaller.length > 0) {
        limit = smaller.shift();
        continue;
      }
      if (locked === true && error instanceof GitLabError && error.status === 403) {
        // https://docs.gitlab.com/user/discussions/#prevent-comments-by-locking-the-discussion
        throw new GitLabError(
          `The merge request's discussion is locked, so that only members of the project may comment. ${error.message}`,
          error.failure,
        );
      }
      settling = true;
      await patience.spend(error);
    }
  }
  throw new GitLabError(
    `The notes of the merge request change faster than they can be read (${mostRounds} times).`,
    { retryable: false },
  );
}

/** Writes the note unless it has changed since it was looked at, or is gone: the next look shows what it is then. */
async function update(
  client: GitLab,
  on: MergeRequestId,
  { note, body }: Step & { kind: "update" },
): Promise<boolean> {
  return unlessGone(async () => {
    if (!(await stillStands(client, on, note))) return false;
    await client.editMergeRequestNote(on, note.id, body);
    return true;
  });
}

/** Removes notes, but those that have changed: a newer run may have taken just this one as its own since. */
async function remove(
  client: GitLab,
  on: MergeRequestId,
  { notes }: Step & { kind: "remove" },
): Promise<number> {
  let removed = 0;
  for (const note of notes) {
    const done = await unlessGone(async () => {
      if (!(await stillStands(client, on, note))) return false;
      await client.removeMergeRequestNote(on, note.id);
      return true;
    });
    if (done) removed += 1;
  }
  return removed;
}

async function stillStands(client: GitLab, on: MergeRequestId, note: Note): Promise<boolean> {
  return (await client.mergeRequestNote(on, note.id)).body === note.body;
}

/** What `write` says; false where the note was removed meanwhile, by another run or a person. */
async function unlessGone(write: () => Promise<boolean>): Promise<boolean> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof GitLabError && error.status === 404) return false;
    throw error;
  }
}
