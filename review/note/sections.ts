/** Sections of a note about all environments: what stops the change, the table, checklists, commands, links. */
import { formatDigest } from "../approval/digest";
import type { PreviewRecord } from "../record";
import { checklistOf, taskLines } from "./checklist";
import type { Detail } from "./detail";
import { errorLines } from "./environment";
import { findingLine, findingsCell, findingsOf } from "./findings";
import { clip, code, codeCell, counted, fence, hrefOf, link, visible } from "./markdown";
import type { NoteInput } from "./input";

/** Failed previews with their errors, and broken mandatory policies, of one environment. */
export function stopLines(record: PreviewRecord, most: Detail["errorLines"]): string[] {
  const { stack, status, errors } = record;
  const { broken } = findingsOf(record);
  const failed = status === "failed" || errors.length > 0;
  const shown = broken.slice(0, most);
  return [
    ...(failed
      ? [
          `${code(stack)} ${status === "failed" ? "could not be previewed" : "was previewed with errors"}:`,
          "",
          ...fence(
            errors.length === 0 ? ["  No reason was given."] : errorLines(errors, most),
            "text",
          ),
          "",
        ]
      : []),
    ...(broken.length > 0
      ? [
          `${code(stack)} would break ${counted(broken.length, "mandatory policy", "mandatory policies")}:`,
          "",
          ...shown.map(findingLine),
          ...(shown.length < broken.length ? [`- ${broken.length - shown.length} more`] : []),
          "",
        ]
      : []),
  ];
}

/** The table of all environments. */
export function table(records: readonly PreviewRecord[]): string[] {
  return [
    "| Environment | Create | Update | Replace | Delete | Policies | Drift |",
    "| :-- | --: | --: | --: | --: | :-- | :-- |",
    ...records.map((record) => {
      const { stack, status, counts } = record;
      const cells = [
        `${codeCell(stack)}${status === "failed" ? " (failed)" : ""}`,
        number(counts.create),
        number(counts.update),
        strong(counts.replace),
        strong(counts.delete),
        findingsCell(record),
        driftCell(record),
      ];
      return `| ${cells.join(" | ")} |`;
    }),
    "",
  ];
}

function number(count: number): string {
  return count === 0 ? "–" : count.toLocaleString("en-US");
}

function strong(count: number): string {
  return count === 0 ? "–" : `**${number(count)}**`;
}

function driftCell({ drift }: PreviewRecord): string {
  if (drift === undefined) return "not looked for";
  if (drift.status === "failed") return "**unknown**";
  return drift.changes.length === 0 ? "none" : `**${counted(drift.changes.length, "resource")}**`;
}

/** Checklists of the production environments whose change needs one. */
export function checklists(
  records: readonly PreviewRecord[],
  ticked: ReadonlySet<string>,
  page: (text: string, path: string) => string,
): string[] {
  const lists = records.flatMap((record) => checklistOf(record, page) ?? []);
  return lists.flatMap(({ stack, tasks }) => [
    `### Before ${code(stack)} is changed`,
    "",
    ...tasks.flatMap((task) => taskLines(task, ticked)),
    "",
  ]);
}

/** What is run after the merge, for each environment that has something to approve. */
export function commands(records: readonly PreviewRecord[]): string[] {
  const lines = records.flatMap((record) => {
    const { stack, digest, changes, outputs = [] } = record;
    return digest === undefined ||
      changes.length + outputs.length === 0 ||
      findingsOf(record).broken.length > 0
      ? []
      : [`npm run up -- ${shellWord(stack)} --approved ${shellWord(formatDigest(stack, digest))}`];
  });
  return lines.length === 0
    ? []
    : [
        "### After the merge",
        "",
        "Each command applies what stands here and nothing else; it refuses where plan, state, settings, policies or code differ.",
        "",
        ...fence(lines, "sh"),
        "",
      ];
}

function shellWord(text: string): string {
  const shown = visible(text);
  return /^[\w.:/@-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}

/** Links, and what was looked at. */
export function footer(records: readonly PreviewRecord[], input: NoteInput): string[] {
  const { links } = input;
  const commit = commitOf(input);
  const rehearsed = records.filter(({ mode }) => mode === "sandbox");
  const bases = [...new Set(rehearsed.map(({ base }) => base ?? "nothing"))].slice(0, 3);
  return [
    [
      ...linked("Pipeline", links.pipeline),
      ...linked("Artifacts", links.artifacts),
      ...linked("The note in full", links.fullNote),
      ...(commit === undefined ? [] : [`commit ${code(commit.slice(0, 8))}`]),
      ...(rehearsed.length === 0
        ? []
        : [
            `rehearsed in the sandbox on top of ${bases.map((base) => code(clip(base, 80))).join(", ")}: nothing to approve`,
          ]),
    ].join(" · "),
  ].filter((line) => line !== "");
}

function linked(text: string, address: string | undefined): string[] {
  return hrefOf(address) === undefined ? [] : [link(text, address)];
}

/** The commit that was previewed. */
export function commitOf({ commit, records }: NoteInput): string | undefined {
  return commit ?? records.find((record) => record.commit !== undefined)?.commit;
}

/** Links to pages of the checkout as they stand in the commit; relative where the project's address is not known. */
export function pages(input: NoteInput): (text: string, path: string) => string {
  const project = /^(https?:\/\/.+)\/-\/pipelines\/\d+$/.exec(input.links.pipeline ?? "")?.[1];
  const commit = commitOf(input);
  return (text, path) =>
    project !== undefined && commit !== undefined
      ? link(text, `${project}/-/blob/${encodeURIComponent(commit)}/${path}`)
      : `[${text}](${path})`;
}
