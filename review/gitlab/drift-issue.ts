/** One issue per environment that says what has drifted: opened, kept up to date, closed and opened again. */
import type { GitLab, Issue, Note, ProjectId } from "./client";
import {
  type Drift,
  driftDescription,
  driftLabel,
  driftMarker,
  driftPrint,
  driftTitle,
  goneMarker,
  goneNote,
  printIn,
} from "./drift-text";
import { GitLabError } from "./errors";
import { firstLine } from "../note/marker";
import { Patience } from "./waits";

/** What became of the issue. */
export type DriftIssue =
  | {
      readonly outcome: "opened" | "reopened" | "updated" | "unchanged" | "closed";
      readonly iid: number;
      readonly url: string;
    }
  /** Nothing drifts, and no issue says otherwise. */
  | { readonly outcome: "nothing" }
  /** Nobody knows whether anything drifts: the issue stays as it is. */
  | { readonly outcome: "not looked" };

/** What is to be done next; look again after it. */
export type IssueStep =
  | { readonly kind: "open" }
  | { readonly kind: "reopen"; readonly issue: Issue }
  | { readonly kind: "update"; readonly issue: Issue }
  | { readonly kind: "close"; readonly issue: Issue; readonly why: "gone" | "double" }
  | { readonly kind: "done"; readonly issue?: Issue };

/** Steps until nothing is left to do; more means that others alter the issue all the time. */
const mostRounds = 20;

/**
 * The next step, given all issues that the token's user wrote, whatever people have made of their labels. Of several,
 * the oldest open one is kept and the others are closed; with none open, the newest is opened again, unless it was
 * moved elsewhere.
 * @param shut numbers of closed issues that GitLab does not open again. @default none
 */
export function nextIssueStep(
  issues: readonly Issue[],
  { stack, drift }: Drift,
  shut: ReadonlySet<number> = new Set(),
): IssueStep {
  const own = issues
    .filter(({ description }) => firstLine(description ?? "") === driftMarker(stack))
    .sort((a, b) => a.iid - b.iid);
  const [kept, ...doubles] = own.filter(({ state }) => state === "opened");
  const double = doubles.at(-1);
  if (double !== undefined) return { kind: "close", issue: double, why: "double" };
  if (drift.changes.length === 0) {
    return kept === undefined ? { kind: "done" } : { kind: "close", issue: kept, why: "gone" };
  }
  if (kept === undefined) {
    const closed = own.findLast((one) => (one.moved_to_id ?? null) === null && !shut.has(one.iid));
    return closed === undefined ? { kind: "open" } : { kind: "reopen", issue: closed };
  }
  const told = printIn(kept.description ?? "") === driftPrint(drift);
  return told ? { kind: "done", issue: kept } : { kind: "update", issue: kept };
}

/**
 * Brings an environment's issue in line with what was found. A look that failed alters nothing.
 * @param project where issues are kept; the user of the token needs a role of Reporter or higher there
 * @throws GitLabError where it can't be done
 */
export async function syncDriftIssue(
  client: GitLab,
  project: ProjectId,
  drift: Drift & { readonly run?: number },
): Promise<DriftIssue> {
  if (drift.drift.status === "failed") return { outcome: "not looked" };
  const author = await client.user();
  const patience = new Patience(client.waits);
  const text = {
    title: driftTitle(drift.stack),
    description: driftDescription(drift),
    labels: [driftLabel],
  };
  let outcome: "opened" | "reopened" | "updated" | "unchanged" | "closed" = "unchanged";
  let closed: Issue | undefined;
  const shut = new Set<number>();
  /** Closed, and its note not yet known to stand. */
  let closing: { readonly issue: Issue; readonly mark: string; tried: boolean } | undefined;
  for (let round = 0; round < mostRounds; round++) {
    try {
      if (closing !== undefined) {
        // Asked for only after a note that got no answer: it may stand.
        const notes = closing.tried ? await client.issueNotesOf(project, closing.issue.iid) : [];
        if (!tells(notes, author.id, closing.mark)) {
          closing.tried = true;
          await client.createIssueNote(project, closing.issue.iid, goneNote(closing.mark, drift));
        }
        const { iid, web_url: url } = closing.issue;
        return { outcome: "closed", iid, url };
      }
      const step = nextIssueStep(await client.issuesOf(project, author), drift, shut);
      if (step.kind === "done") {
        if (step.issue === undefined) {
          if (closed === undefined) return { outcome: "nothing" };
          closing = { issue: closed, mark: goneMarker(driftOf(closed), drift.run), tried: false };
          continue;
        }
        return { outcome, iid: step.issue.iid, url: step.issue.web_url };
      }
      if (step.kind === "open") {
        outcome = "opened";
        await client.createIssue(project, text);
      } else if (step.kind === "reopen") {
        outcome = "reopened";
        const { iid } = step.issue;
        const { state } = await client.editIssue(project, iid, { ...text, stateEvent: "reopen" });
        // An issue that somebody has locked stays closed, and GitLab says no word about it
        // (gitlabhq, app/policies/issue_policy.rb and app/services/issues/reopen_service.rb).
        if (state === "closed") shut.add(iid);
      } else if (step.kind === "update") {
        if (outcome === "unchanged") outcome = "updated";
        await client.editIssue(project, step.issue.iid, text);
      } else {
        // Told once it is seen to be closed, so that an answer that is lost makes no difference.
        if (step.why === "gone") closed = step.issue;
        await client.editIssue(project, step.issue.iid, { stateEvent: "close" });
      }
      patience.restore();
    } catch (error) {
      await patience.spend(error);
    }
  }
  throw new GitLabError(
    `The issue about drift in ${drift.stack} changes faster than it can be read (${mostRounds} times).`,
    { retryable: false },
  );
}

function driftOf({ description }: Issue): string {
  return printIn(description ?? "") ?? "";
}

function tells(notes: readonly Note[], author: number, mark: string): boolean {
  return notes.some(
    (note) => !note.system && note.author?.id === author && firstLine(note.body) === mark,
  );
}
