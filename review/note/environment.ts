/** What stands folded under an environment's name: its changes, findings and drift. */
import type { Change, PreviewRecord } from "../record";
import { changeCounts, changeLines, detailOf, groups, outputLines } from "./changes";
import type { ChangeDetail, Detail } from "./detail";
import { findingSections } from "./findings";
import { clip, code, counted, fence, htmlCode, visibleLines } from "./markdown";

/** A component with more lines is folded by itself, so that a first stand-up can be looked over. */
const foldedFrom = 40;

/** One environment's `<details>`. Blank lines around its tags: what is between them is Markdown then. */
export function environmentSection(record: PreviewRecord, detail: Detail): string[] {
  const { stack, production, changes, status, outputs = [] } = record;
  const said = [
    ...(status === "failed" ? ["what was seen before it failed"] : []),
    changeWords(record),
  ].join(": ");
  const body = [
    ...changeSections(changes, detail),
    ...outputSection(outputs, detail),
    ...findingSections(record, detail.findings),
    ...driftSection(record, detail),
  ];
  if (body.length === 0) return [];
  return [
    "<details>",
    `<summary>${htmlCode(stack)}${production ? " (production)" : ""}: ${said}</summary>`,
    "",
    ...body,
    "</details>",
    "",
  ];
}

function changeSections(changes: readonly Change[], detail: Detail): string[] {
  return groups(changes).flatMap(({ path, changes: those }) => {
    const lines = those.flatMap((change) => {
      const shown = detailOf(change, detail);
      return shown === "counts" || shown === "none"
        ? []
        : changeLines(change, shown, detail.values);
    });
    const untold = those.every((change) => detailOf(change, detail) === "none");
    return untold ? [] : groupLines(path, changeCounts(those), lines);
  });
}

function groupLines(path: readonly string[], counts: string, lines: readonly string[]): string[] {
  const name = path.join(" › ");
  if (lines.length <= foldedFrom) {
    const title = `**${path.length === 0 ? "The stack's own" : code(name)}**: ${counts}`;
    return [title, "", ...(lines.length > 0 ? [...fence(lines, "diff"), ""] : [])];
  }
  return [
    "<details>",
    `<summary>${path.length === 0 ? "The stack's own" : htmlCode(name)}: ${counts}</summary>`,
    "",
    ...fence(lines, "diff"),
    "",
    "</details>",
    "",
  ];
}

/** `1 to delete, 2 to update`; where no resource changes, what does. */
export function changeWords({ changes, outputs = [] }: PreviewRecord): string {
  const counts = changeCounts(changes);
  if (counts !== "") return counts;
  return outputs.length === 0
    ? "no changes"
    : `no resource changes, ${counted(outputs.length, "output")} ${outputs.length === 1 ? "does" : "do"}`;
}

function outputSection(outputs: NonNullable<PreviewRecord["outputs"]>, detail: Detail): string[] {
  if (outputs.length === 0 || detail.altered === "none") return [];
  const lines = outputLines(outputs, detail.altered, detail.values);
  const title = `**Outputs of the stack**: ${counted(outputs.length, "change")}`;
  return [title, "", ...(lines.length > 0 ? [...fence(lines, "diff"), ""] : [])];
}

/** What has happened in the cloud, behind the state's back. */
const driftVerbs = {
  delete: "is gone:",
  replace: "is another:",
  same: "unchanged:",
  update: "differs:",
  import: "appeared:",
  create: "appeared:",
} as const;

function driftSection({ drift }: PreviewRecord, detail: Detail): string[] {
  if (drift === undefined) return [];
  if (drift.status === "failed") {
    return [
      "**Drift** could not be looked for:",
      "",
      ...fence(errorLines(drift.errors, detail.errorLines), "text"),
      "",
    ];
  }
  if (drift.changes.length === 0) return [];
  const title = `**Drift**: ${counted(drift.changes.length, "resource")} in the cloud ${drift.changes.length === 1 ? "differs" : "differ"} from the state`;
  const lines = drift.changes.flatMap((change) => driftLines(change, detail.drift, detail));
  return [title, "", ...(lines.length > 0 ? [...fence(lines, "diff"), ""] : [])];
}

function driftLines(change: Change, shown: ChangeDetail, { values }: Detail): string[] {
  return shown === "counts" || shown === "none"
    ? []
    : changeLines(change, shown, values, driftVerbs);
}

/** Longer lines of an error are clipped where lines are. */
const errorWidth = 1000;

/** Errors for a fence: each line set in, so that none begins with what a plan says. */
export function errorLines(errors: readonly string[], most: number): string[] {
  const lines = errors.flatMap(visibleLines);
  const shown = lines
    .slice(0, most)
    .map((line) => `  ${most === Infinity ? line : clip(line, errorWidth)}`);
  return lines.length <= most
    ? shown
    : [...shown, `  … ${counted(lines.length - most, "more line")}`];
}
