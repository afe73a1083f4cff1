/** The one note for all environments: a pure function of their previews' records. */
import type { PreviewRecord } from "../record";
import { comfortable, hard, least, steps } from "./budget";
import { fullDetail, noteDetail, type Detail } from "./detail";
import { environmentSection } from "./environment";
import { harmSection, harmsOf, type Harm, type HarmDetail } from "./harm";
import { headline, isAlarming, isQuiet } from "./headline";
import type { NoteInput, RenderedNote } from "./input";
import { code, hrefOf, link, listed, size } from "./markdown";
import { marker, runLine } from "./marker";
import { checklists, commands, footer, pages, stopLines, table } from "./sections";

export type { NoteInput, RenderedNote } from "./input";
export { tickedIn } from "./checklist";

/** What of a note is there; each environment's lines are made once for each detail. */
class Draft {
  private readonly details: Detail[];
  private readonly stops: string[];
  private readonly sections: string[];
  private readonly folds = new Map<string, PreviewRecord[]>();
  /** Sections that a note can be read without, the first to go first. */
  private readonly dropped = new Set<
    "environments" | "checklists" | "stops" | "table" | "commands"
  >();
  private harm: HarmDetail = { form: "sentences" };
  private readonly lead: string;
  private readonly fixed: Readonly<Record<"checklists" | "table" | "commands", readonly string[]>>;
  private readonly harms: readonly Harm[];
  private harmLines: readonly string[];

  constructor(
    private readonly input: NoteInput,
    detail: Detail,
  ) {
    this.details = input.records.map(() => detail);
    this.stops = input.records.map((_, index) => this.stopsOf(index));
    this.sections = input.records.map((_, index) => this.sectionOf(index));
    this.lead = headline(input.records);
    this.fixed = {
      table: table(input.records),
      checklists: checklists(input.records, new Set(input.ticked), pages(input)),
      commands: commands(input.records),
    };
    this.harms = input.records.flatMap(harmsOf);
    this.harmLines = harmSection(this.harms, this.harm, this.where());
  }

  /** Shows less of one environment, and notes it where that takes something away. */
  reduce(index: number, less: Partial<Detail>, words: string): void {
    const record = this.input.records[index];
    const detail = this.details[index];
    if (record === undefined || detail === undefined) return;
    this.details[index] = { ...detail, ...less };
    const before = (this.stops[index] ?? "") + (this.sections[index] ?? "");
    this.stops[index] = this.stopsOf(index);
    this.sections[index] = this.sectionOf(index);
    if (size(this.stops[index] + this.sections[index]) < size(before))
      this.folds.set(words, [...(this.folds.get(words) ?? []), record]);
  }

  /** Says what can hurt in fewer words. */
  shorten(harm: HarmDetail): void {
    this.harm = harm;
    this.harmLines = harmSection(this.harms, harm, this.where());
  }

  drop(section: "environments" | "checklists" | "stops" | "table" | "commands"): void {
    this.dropped.add(section);
  }

  folded(): string[] {
    const all = this.input.records.length;
    return [
      ...[...this.folds].map(([words, records]) =>
        records.length === all ? words : `${words} (${names(records)})`,
      ),
      ...(this.harm.form === "sentences" ? [] : ["what is said of each danger"]),
      ...(this.harm.form === "some" ? ["names of some dangers"] : []),
      ...(this.dropped.has("environments") ? ["all changes"] : []),
      ...(this.dropped.has("checklists") ? ["checklists"] : []),
      ...(this.dropped.has("stops") ? ["errors and broken policies"] : []),
      ...(this.dropped.has("table") ? ["the table"] : []),
      ...(this.dropped.has("commands") ? ["the commands"] : []),
    ];
  }

  body(): string {
    const { input, dropped } = this;
    const { records, run, project = "gitlab" } = input;
    const kept = <Line>(section: Parameters<Draft["drop"]>[0], lines: readonly Line[]) =>
      dropped.has(section) ? [] : lines;
    const lead = this.lead;
    const stops = this.stops.join("");
    const lines = [
      marker(project),
      ...(run === undefined ? [] : [runLine(run)]),
      "",
      ...(records.some(isAlarming) ? ["> [!warning]", `> ${lead}`] : [lead]),
      "",
      ...this.harmLines,
      ...kept("stops", stops === "" ? [] : ["### What stops it", "", stops]),
      ...kept("table", this.fixed.table),
      ...kept("checklists", this.fixed.checklists),
      ...kept("environments", this.sections),
      ...kept("commands", this.fixed.commands),
      ...this.notice(),
      ...footer(records, input),
    ];
    return `${lines.join("\n").trimEnd()}\n`;
  }

  private notice(): string[] {
    const folded = this.folded();
    if (folded.length === 0) return [];
    return [`Folded away for want of room: ${folded.join("; ")}. All of it: ${this.where()}.`, ""];
  }

  private where(): string {
    const { fullNote, artifacts } = this.input.links;
    if (hrefOf(fullNote) !== undefined) return link("the note in full", fullNote);
    return hrefOf(artifacts) === undefined
      ? "the note in full, among the pipeline's artifacts"
      : link("the note in full, among the artifacts", artifacts);
  }

  private stopsOf(index: number): string {
    const record = this.input.records[index];
    const detail = this.details[index];
    return record === undefined || detail === undefined
      ? ""
      : stopLines(record, detail.errorLines)
          .map((line) => `${line}\n`)
          .join("");
  }

  private sectionOf(index: number): string {
    const record = this.input.records[index];
    const detail = this.details[index];
    if (record === undefined || detail === undefined || isQuiet(record)) return "";
    return environmentSection(record, detail)
      .map((line) => `${line}\n`)
      .join("");
  }
}

function names(records: readonly PreviewRecord[]): string {
  return records.length > 4
    ? `${records.length} environments`
    : listed(records.map(({ stack }) => code(stack)));
}

/** Nothing to say: a line. */
function quiet(input: NoteInput): string | undefined {
  const { records, run, project = "gitlab" } = input;
  if (!records.every(isQuiet)) return undefined;
  const lead = records.length === 0 ? "No environment was previewed." : headline(records);
  const seen = link("pipeline", input.links.pipeline);
  const lines = [
    marker(project),
    ...(run === undefined ? [] : [runLine(run)]),
    "",
    seen === "pipeline" ? lead : `${lead} (${seen})`,
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The note, folded to its limit: marker, worst news first, what can hurt, what stops it, table, checklists, each
 * environment's changes, commands, links.
 * @throws RangeError when the limit is under 2,000
 */
export function renderNote(input: NoteInput): RenderedNote {
  const { records, limit } = input;
  if (limit !== undefined && limit < least)
    throw new RangeError(`A note needs ${least} bytes; the limit is ${limit}`);
  const still = quiet(input);
  if (still !== undefined) return { body: still, folded: [] };
  const wanted = Math.min(limit ?? comfortable, comfortable);
  const bound = limit ?? hard;
  const draft = new Draft(input, noteDetail);
  let body = draft.body();
  const tooLong = (most: number): boolean => size(body) > most;

  const order = [...records.keys()].sort(
    (one, other) => weight(records[one]) - weight(records[other]),
  );
  for (const { words, less, where } of steps) {
    for (const index of order) {
      if (!tooLong(wanted)) return { body, folded: draft.folded() };
      const record = records[index];
      if (record === undefined || !where(record)) continue;
      draft.reduce(index, less, words);
      body = draft.body();
    }
  }
  // What is left is what the note is for; it may take as much as GitLab takes.
  for (const section of ["environments", "table", "checklists", "stops", "commands"] as const) {
    if (!tooLong(bound)) break;
    if (section === "table") {
      draft.shorten({ form: "names" });
      body = draft.body();
      if (!tooLong(bound)) break;
    }
    draft.drop(section);
    body = draft.body();
  }
  if (tooLong(bound)) {
    draft.shorten({ form: "some", room: 0 });
    body = draft.body();
    draft.shorten({ form: "some", room: Math.max(0, bound - size(body)) });
    body = draft.body();
  }
  return { body, folded: draft.folded() };
}

/** Environments that nobody depends on come first, then those with little. */
function weight(record: PreviewRecord | undefined): number {
  return (record?.production === true ? 1e9 : 0) + (record?.changes.length ?? 0);
}

/** The same without a limit and without clipping, for the artifact. */
export function fullNote(input: NoteInput): string {
  return quiet(input) ?? new Draft(input, fullDetail).body();
}
