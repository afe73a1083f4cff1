/** A note in the making: what of it is there, and what has been folded away. */
import type { PreviewRecord } from "../record";
import type { Detail } from "./detail";
import { environmentSection } from "./environment";
import { harmSection, harmsOf, type Harm, type HarmDetail } from "./harm";
import { headline, isAlarming, isQuiet, shortHeadline, stackNames } from "./headline";
import type { NoteInput } from "./input";
import { hrefOf, link } from "./markdown";
import { marker, runLine } from "./marker";
import { checklists, commands, footer, pages, stopLines, table } from "./sections";

/** Sections that a note can be read without, with what is said where one is not there. */
const optional = {
  environments: "all changes",
  table: "the table",
  checklists: "the checklists",
  stops: "errors and broken policies",
  commands: "the commands",
} as const;

/** A section that can be dropped. */
export type Optional = keyof typeof optional;

/** Lines of one environment; each are made once for each detail, since a note is measured often. */
interface Part {
  readonly detail: Detail;
  /** Why it can't be applied. */
  readonly stops: string;
  /** What stands folded under its name. */
  readonly section: string;
}

/** Holds what is shown; `body` puts it together. */
export class Draft {
  private readonly parts: Part[];
  private readonly folds = new Map<string, PreviewRecord[]>();
  private readonly dropped = new Set<Optional>();
  private readonly fixed: Readonly<Record<"table" | "checklists" | "commands", readonly string[]>>;
  private readonly lead: string;
  private readonly harms: readonly Harm[];
  private harm: HarmDetail = { form: "sentences" };
  private harmLines: readonly string[];

  constructor(
    private readonly input: NoteInput,
    detail: Detail,
  ) {
    const { records, ticked = [] } = input;
    this.parts = records.map((record) => partOf(record, detail));
    this.lead = headline(records);
    this.harms = records.flatMap(harmsOf);
    this.harmLines = harmSection(this.harms, this.harm);
    this.fixed = {
      table: table(records),
      checklists: checklists(records, new Set(ticked), pages(input)),
      commands: commands(records),
    };
  }

  /** Shows less of one environment, and notes it where that takes something away. */
  reduce(index: number, less: Partial<Detail>, words: string): void {
    const record = this.input.records[index];
    const before = this.parts[index];
    if (record === undefined || before === undefined) return;
    const after = partOf(record, { ...before.detail, ...less });
    this.parts[index] = after;
    if (after.section.length + after.stops.length < before.section.length + before.stops.length)
      this.folds.set(words, [...(this.folds.get(words) ?? []), record]);
  }

  /** Says what can hurt in fewer words. */
  shorten(harm: HarmDetail): void {
    this.harm = harm;
    this.harmLines = harmSection(this.harms, harm);
  }

  /** Leaves a section out. */
  drop(section: Optional): void {
    this.dropped.add(section);
  }

  /** What is not there, in words. */
  folded(): string[] {
    const all = this.input.records.length;
    if (this.harm.form === "some") return ["everything but the names of what can hurt"];
    return [
      ...[...this.folds].map(([words, records]) =>
        records.length === all ? words : `${words} (${stackNames(records)})`,
      ),
      ...[...this.dropped].map((section) => optional[section]),
      ...(this.harm.form === "names" ? ["what is said of each danger"] : []),
    ];
  }

  body(): string {
    const { records } = this.input;
    const kept = (section: Optional, lines: readonly string[]) =>
      this.dropped.has(section) ? [] : lines;
    const lead = this.harm.form === "some" ? shortHeadline(records) : this.lead;
    const stops = this.parts.map((part) => part.stops).filter((text) => text !== "");
    const sections = this.parts.map((part) => part.section).filter((text) => text !== "");
    return finished([
      ...opening(this.input),
      ...(records.some(isAlarming) ? ["> [!warning]", `> ${lead}`] : [lead]),
      "",
      ...this.harmLines,
      ...kept("stops", stops.length === 0 ? [] : ["### What stops it", "", ...stops]),
      ...kept("table", this.fixed.table),
      ...kept("checklists", this.fixed.checklists),
      ...kept("environments", sections),
      ...kept("commands", this.fixed.commands),
      ...this.notice(),
      ...footer(records, this.input),
    ]);
  }

  private notice(): string[] {
    const folded = this.folded();
    if (folded.length === 0) return [];
    const { fullNote, artifacts } = this.input.links;
    const where =
      hrefOf(fullNote) !== undefined
        ? link("the note in full", fullNote)
        : hrefOf(artifacts) !== undefined
          ? link("the note in full, among the artifacts", artifacts)
          : "the note in full, among the pipeline's artifacts";
    return [`Folded away for want of room: ${folded.join("; ")}. All of it: ${where}.`, ""];
  }
}

function partOf(record: PreviewRecord, detail: Detail): Part {
  return {
    detail,
    stops: stopLines(record, detail.errorLines).join("\n"),
    section: isQuiet(record) ? "" : environmentSection(record, detail).join("\n"),
  };
}

function opening({ project = "gitlab", run }: NoteInput): string[] {
  return [marker(project), ...(run === undefined ? [] : [runLine(run)]), ""];
}

function finished(lines: readonly string[]): string {
  return `${lines.join("\n").trimEnd()}\n`;
}

/** The note where there is nothing to say: a line. Nothing where there is. */
export function quietNote(input: NoteInput): string | undefined {
  const { records, links } = input;
  if (!records.every(isQuiet)) return undefined;
  const lead = records.length === 0 ? "No environment was previewed." : headline(records);
  const seen = hrefOf(links.pipeline) === undefined ? "" : ` (${link("pipeline", links.pipeline)})`;
  return finished([...opening(input), `${lead}${seen}`]);
}
