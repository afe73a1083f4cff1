/** What an issue says of an environment's drift. */
import { createHash } from "node:crypto";
import { changeLines, groups } from "../note/changes";
import { code, counted, fence, hrefOf, link, listed, visible } from "../note/markdown";
import type { Change, DriftRecord } from "../record";
import type { CiLinks } from "./ci";

/** What is drift of. */
export interface Drift {
  /** The environment. */
  readonly stack: string;
  readonly drift: DriftRecord;
  readonly links: Pick<CiLinks, "pipeline" | "artifacts">;
}

/** The label that people filter by; issues are found without it. */
export const driftLabel = "drift";

/** The exact first line of an environment's issue. */
export function driftMarker(stack: string): string {
  return `<!-- pulumi-drift stack=${encodeURIComponent(stack).replaceAll("--", "%2D%2D")} -->`;
}

/**
 * What drifted, as sixteen hexadecimal digits: the same while the same properties differ in the same way, in whatever
 * order they are found.
 */
export function driftPrint({ changes }: DriftRecord): string {
  const told = changes
    .map(({ urn, operation, properties }) =>
      JSON.stringify([
        urn,
        operation,
        properties.map((property) => JSON.stringify(property)).sort(),
      ]),
    )
    .sort();
  return createHash("sha256").update(told.join("\n")).digest("hex").slice(0, 16);
}

const print = /^<!-- drifted=([0-9a-f]{16}) -->$/;

/** The print in an issue's second line; nothing where somebody has edited it away. */
export function printIn(description: string): string | undefined {
  return print.exec(description.split(/\r?\n/, 2)[1] ?? "")?.[1];
}

export function driftTitle(stack: string): string {
  return `Drift in ${visible(stack)}`;
}

/** Most resources that an issue lists, and how much of each; the artifacts have all. */
const mostResources = 100;
const values = { width: 300, maxLines: 20 };
const mostLines = 40;

const verbs: Parameters<typeof changeLines>[3] = {
  create: "appeared:",
  import: "appeared:",
  update: "differs:",
  replace: "is another:",
  delete: "is gone:",
  same: "unchanged:",
};

/**
 * The issue's text. What comes from the cloud stands in code alone, so that it notifies nobody and links nothing;
 * no line begins with `/`, which would be a quick action.
 */
export function driftDescription({ stack, drift, links }: Drift): string {
  const changes = groups(drift.changes).flatMap((group) => group.changes);
  const shown = changes.slice(0, mostResources);
  const rest = changes.length - shown.length;
  const seen = [
    link("pipeline", links.pipeline),
    ...(hrefOf(links.artifacts) === undefined ? [] : [link("artifacts", links.artifacts)]),
  ];
  const one = changes.length === 1;
  return `${[
    driftMarker(stack),
    `<!-- drifted=${driftPrint(drift)} -->`,
    "",
    `${counted(changes.length, "resource")} of ${code(stack)} ${one ? "is" : "are"} not what the state says: somebody, or the cloud itself, has changed ${one ? "it" : "them"} outside of the code. Seen by: ${listed(seen)}.`,
    "",
    `Take the state to what stands: ${code(`npx pulumi refresh -s ${stack}`)}. Then ${code(`npm run preview -- ${stack}`)} shows what an up would set back or make anew: have that approved and applied, or put the change into the code first.`,
    "",
    ...fence(shown.flatMap(linesOf), "diff"),
    "",
    ...(rest === 0 ? [] : [`And ${counted(rest, "more resource")}, which the artifacts list.`, ""]),
    "The drift pipeline brings this issue up to date when something else drifts, closes it when nothing does any more, and opens it again when it was closed before that.",
  ].join("\n")}\n`;
}

function linesOf(change: Change): string[] {
  const lines = changeLines(change, "values", values, verbs);
  const rest = lines.length - mostLines;
  return rest <= 0 ? lines : [...lines.slice(0, mostLines), `  and ${counted(rest, "more line")}`];
}

/** The exact first line of the note by which one closing is told, so that it is told once. */
export function goneMarker(print: string, run: number | undefined): string {
  return `<!-- drift-gone=${print} run=${run ?? 0} -->`;
}

export function goneNote(mark: string, { stack, links }: Drift): string {
  return `${mark}\n\nNothing of ${code(stack)} has drifted any more: closed by this ${link("pipeline", links.pipeline)}.\n`;
}
