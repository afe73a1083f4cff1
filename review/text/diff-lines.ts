/** One property's change as lines that people read, as in a diff of a file. */
import { diffArrays, structuredPatch } from "diff";
import { isMark, marks } from "../mask/marks";
import { unpack } from "../mask/packed";
import type { Masked, PropertyDiff } from "../record";

/** How much may be shown. */
export interface DiffLineOptions {
  /** Characters of a line, its sign included; longer lines end in `…`. */
  readonly width: number;
  /** Lines in all, the one included that says how many more there are. */
  readonly maxLines: number;
}

/** Unchanged lines shown round what changes in a long text. */
const context = 2;

/** Beyond this many changed lines a diff is found slowly and read by nobody. */
const mostEdits = 2_000;

/**
 * A property's change in lines: `- ` before, `+ ` after, two spaces before what stays and before remarks. No Markdown,
 * no colours, no line breaks or control characters in a line. Documents in JSON are laid out first, boot data in Base64
 * are shown as the text in them, of lists and maps what is added and removed.
 */
export function diffLines(
  { kind, before, after }: PropertyDiff,
  { width, maxLines }: DiffLineOptions,
): string[] {
  const was = kind === "add" || before === undefined ? undefined : linesOf(before);
  const is = kind === "delete" || after === undefined ? undefined : linesOf(after);
  return fit(changed(was, is, before, after, width), width, Math.max(1, maxLines));
}

function changed(
  was: readonly string[] | undefined,
  is: readonly string[] | undefined,
  before: Masked | undefined,
  after: Masked | undefined,
  width: number,
): string[] {
  if (was === undefined && is === undefined) return ["  (not shown by the provider)"];
  if (was === undefined) return signed("+", is ?? []);
  if (is === undefined) return signed("-", was);
  if (was.join("\n") === is.join("\n")) return alike(was);
  if (Array.isArray(before) && Array.isArray(after)) {
    return items(before as readonly Masked[], after as readonly Masked[]);
  }
  if (was.length === 1 && is.length === 1) return pair(was[0] ?? "", is[0] ?? "", width);
  return patch(was, is);
}

/** Two long lines from shortly before where they differ: cut at their ends they would look the same. */
function pair(was: string, is: string, width: number): string[] {
  let same = 0;
  while (same < was.length && was[same] === is[same]) same += 1;
  const long = Math.max(was.length, is.length) + 2 > width;
  const from = long ? same - Math.floor(width / 4) : 0;
  const cut = (line: string): string => (from > 1 ? `…${line.slice(from)}` : line);
  return [`- ${cut(was)}`, `+ ${cut(is)}`];
}

/** Both sides look the same: what differs is hidden, or how it is written. */
function alike(lines: readonly string[]): string[] {
  if (lines.length === 1) return [...signed("-", lines), ...signed("+", lines)];
  const hidden = lines.some((line) => Object.values(marks).some((mark) => line.includes(mark)));
  return [hidden ? "  (differs only in what is hidden)" : "  (differs only in how it is written)"];
}

function signed(sign: "+" | "-" | " ", lines: readonly string[]): string[] {
  return lines.map((line) => `${sign} ${line}`);
}

/** A list's items, each as a whole: those that come and go, and how many stay. Items that are objects are compared in turn. */
function items(before: readonly Masked[], after: readonly Masked[]): string[] {
  const text = (item: Masked): string => linesOf(item).join("\n");
  const parts = diffArrays(before.map(text), after.map(text), { maxEditLength: mostEdits });
  if (parts === undefined) return patch(linesOf(before), linesOf(after));
  const lines: string[] = [];
  for (const [at, { added, removed, value }] of parts.entries()) {
    if (!added && !removed) {
      lines.push(`  (${value.length} ${value.length === 1 ? "item" : "items"} unchanged)`);
      continue;
    }
    const next = parts[at + 1];
    const previous = parts[at - 1];
    // As many come as go, side by side: the same items, altered.
    if (removed && next?.added === true && next.value.length === value.length) {
      value.forEach((item, index) => {
        lines.push(...altered(item, next.value[index] ?? ""));
      });
    } else if (!(added && previous?.removed === true && previous.value.length === value.length)) {
      lines.push(...value.flatMap((item) => signed(added ? "+" : "-", item.split("\n"))));
    }
  }
  return lines;
}

function altered(was: string, is: string): string[] {
  const [before, after] = [was.split("\n"), is.split("\n")];
  if (before.length === 1 || after.length === 1) {
    return [...signed("-", before), ...signed("+", after)];
  }
  return patch(before, after);
}

/** The lines that differ with a few round them. */
function patch(was: readonly string[], is: readonly string[]): string[] {
  const found = structuredPatch("", "", `${was.join("\n")}\n`, `${is.join("\n")}\n`, "", "", {
    context,
    maxEditLength: mostEdits,
  });
  if (found === undefined) {
    return [`  (${was.length} lines give way to ${is.length} others)`, ...signed("+", is)];
  }
  return found.hunks.flatMap(({ lines, oldStart }, at) => {
    const shown = lines
      .filter((line) => !line.startsWith("\\"))
      .map((line) => `${line.slice(0, 1)} ${line.slice(1)}`);
    if (at === 0 && oldStart <= 1) return shown;
    return [`  … line ${oldStart}:`, ...shown];
  });
}

/** A value as the lines of a document. */
function linesOf(value: Masked): readonly string[] {
  if (typeof value !== "string") return split(laidOut(value));
  if (isMark(value)) return [value];
  const text = unpack(value) ?? value;
  const document = documentIn(text);
  if (document !== undefined) return split(laidOut(document));
  // What ends in a line break has no empty line at its end.
  return split(text.includes("\n") ? text.replace(/\r?\n$/, "") : quoted(text));
}

/** A text of one line stands in quotes where it would not be seen to be one otherwise. */
function quoted(text: string): string {
  return text === "" || text.trim() !== text ? JSON.stringify(text) : text;
}

function split(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/);
}

/** An object or a list that a text holds as JSON. */
function documentIn(text: string): Masked | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Masked;
  } catch {
    return undefined;
  }
}

/** As JSON with its keys in order, so that their order alone is no difference; what is short stands in one line. */
function laidOut(value: Masked): string {
  return JSON.stringify(ordered(value), null, 2);
}

function ordered(value: Masked): Masked {
  if (typeof value === "string") {
    const document = documentIn(value);
    return document === undefined ? value : ordered(document);
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Masked[]).map(ordered);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, ordered(item)]),
  );
}

/** Within width and number of lines; the last line says what is left out. */
function fit(lines: readonly string[], width: number, maxLines: number): string[] {
  const shown = lines.length <= maxLines ? lines : lines.slice(0, maxLines - 1);
  const fitted = shown.map((line) => shortened(visible(line), Math.max(width, 4)));
  const left = lines.length - shown.length;
  if (left === 0) return fitted;
  return [
    ...fitted,
    shortened(`  … ${left} more ${left === 1 ? "line" : "lines"}`, Math.max(width, 4)),
  ];
}

/** Control characters as they are written in a program: a terminal or a page must not act on them. */
function visible(line: string): string {
  return line
    .replaceAll("\t", "    ")
    .replace(
      /[\p{Cc}\p{Cf}]/gu,
      (one) => `\\u${one.codePointAt(0)?.toString(16).padStart(4, "0") ?? ""}`,
    );
}

function shortened(line: string, width: number): string {
  if (line.length <= width) return line;
  const cut = line.slice(0, width - 1);
  // Not through the middle of a character outside the basic plane.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
