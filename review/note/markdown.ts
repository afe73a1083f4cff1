/**
 * Pieces of GitLab Flavored Markdown. What comes from a plan stands in code spans and fences alone: outside of them
 * `@name` notifies people, `#1`, `!1`, `~label` and commit ids become references, and a line that begins with `/` is a
 * quick action (https://docs.gitlab.com/user/markdown/#gitlab-specific-references,
 * https://docs.gitlab.com/user/project/quick_actions/). GitLab parses with comrak (gitlabhq, lib/banzai/filter/
 * markdown_engines/glfm_markdown.rb), CommonMark with GitHub's tables.
 */

/** Reorder text or show nothing: a reviewer would read something else than what stands there. */
const deceptive = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;
const control = /[\u0000-\u001f\u007f-\u009f]/g;
/** Nothing of either, as almost every line is: found in a tenth of the time. */
const ordinary = /^[ -~]*$/;

function spelled(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  // The block "Control Pictures" has a sign for each of ASCII's.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : spelled(character);
}

/**
 * Text on one line in which everything can be seen: control characters as their pictures (`␊`), characters that
 * reorder text or take no room as `\u{202e}`. PostgreSQL would refuse a note with a null in it.
 */
export function visible(text: string): string {
  return ordinary.test(text) ? text : text.replace(deceptive, spelled).replace(control, picture);
}

/** The lines of a text, each made visible; tabs stay. */
export function visibleLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => line.split("\t").map(visible).join("\t"));
}

/** The first characters of a text, cut between two of them, with a sign where something is left out. */
export function clip(text: string, characters: number): string {
  if (text.length <= characters) return text;
  // A character is two units at most: so many hold the first ones whole, and the rest of a long text is not looked at.
  const units = 2 * characters;
  const points = [...text.slice(0, units)];
  const fits = text.length <= units && points.length <= characters;
  return fits ? text : `${points.slice(0, characters - 1).join("")}…`;
}

/** cmark and its likes look no further for the end of a code span that begins with more (`MAXBACKTICKS`). */
const mostBackticks = 80;

/**
 * A code span of one line that shows exactly the text, whatever is in it
 * (https://spec.commonmark.org/0.31.2/#code-spans): delimited by a run of backticks that does not occur in it, with a
 * space at both sides where it begins or ends with a backtick. An empty code span can't be written: it says `(empty)`.
 */
export function code(text: string): string {
  if (text === "") return "`(empty)`";
  // Parsers disagree on what is left of a span of spaces alone.
  let shown = visible(text).replace(/^ +$/, (spaces) => "\u2420".repeat(spaces.length));
  const runs = new Set((shown.match(/`+/g) ?? []).map((run) => run.length));
  let length = 1;
  while (runs.has(length)) length += 1;
  if (length > mostBackticks) {
    shown = shown.replaceAll("`", "\u02cb");
    length = 1;
  }
  const tick = "`".repeat(length);
  // One space is taken off at both ends where both have one.
  const padded = /^`|`$|^ .* $/.test(shown) ? ` ${shown} ` : shown;
  return `${tick}${padded}${tick}`;
}

/**
 * A code span within a table's cell, where a pipe has to be escaped even in code
 * (https://github.github.com/gfm/#example-200). Parsers disagree on a backslash before one: there a look-alike stands.
 */
export function codeCell(text: string): string {
  return code(text.replace(/\\\|/g, "\\\u2502")).replaceAll("|", "\\|");
}

/**
 * A fenced block. Each line needs a mark before it (`+ `, two spaces) that the caller has put there: then no line of
 * the note begins with what stands in a plan, which is what older GitLabs look at with expressions of their own
 * (quick actions, `>>>`, `::include`).
 */
export function fence(lines: readonly string[], language: "diff" | "text" | "sh"): string[] {
  const longest = lines.reduce(
    (length, line) =>
      (line.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), length),
    2,
  );
  const bar = "`".repeat(longest + 1);
  return [`${bar}${language}`, ...lines, bar];
}

/** A word of letters, or a whole number, with a sign of punctuation after it: nothing that Markdown or GitLab acts on. */
const harmless = /^\(?(?:[A-Za-z]+(?:['’-][A-Za-z]+)*|\d{1,6})[,.;:]?\)?[,.;:]?$/;
/** May be a commit's id, which GitLab links. */
const hexadecimal = /^\(?[0-9a-fA-F]{7,40}[,.;:)]*$/;

/**
 * A sentence that a rule or a danger says: its plain words as they are, everything else in code spans.
 * @param characters more are clipped
 */
export function prose(text: string, characters = 600): string {
  const words = clip(visible(text.trim().replace(/\s+/g, " ")), characters).split(" ");
  const pieces = words
    .filter((word) => word !== "")
    .map((word) => {
      if (harmless.test(word) && !hexadecimal.test(word)) return word;
      const { before, body, after } = withoutPunctuation(word);
      return `${before}${code(body)}${after}`;
    });
  return pieces.length === 0 ? code("") : pieces.join(" ");
}

/** What a sentence puts round a word: `(machineType),` is `machineType`, but `max()` is itself. */
function withoutPunctuation(word: string): Record<"before" | "body" | "after", string> {
  const [, before = "", body = word, after = ""] = /^(\(?)(.+?)([,.;:]*)$/s.exec(word) ?? [];
  const opens = body.split("(").length - body.split(")").length;
  return opens < 0 && body.length > 1 && body.endsWith(")")
    ? { before, body: body.slice(0, -1), after: `)${after}` }
    : { before, body, after };
}

/** Text within HTML, as `<summary>` is; in code, where GitLab looks for no references. */
export function htmlCode(text: string): string {
  const escaped = visible(text).replace(
    /[&<>"'`*_[\]\\|@#!~$%^:{}()/.+-]/g,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
  return `<code>${escaped}</code>`;
}

/** Of a pipeline or an artifact; a longer one is a mistake, and would take the room of what matters. */
const longestAddress = 1000;

/**
 * A link, or the text alone where there is no usable http address.
 * @param text ours: no Markdown is escaped in it
 */
export function link(text: string, address: string | undefined): string {
  const href = hrefOf(address);
  return href === undefined ? text : `[${text}](${href})`;
}

/** An http address in a form that nothing of Markdown can be in. */
export function hrefOf(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  const href = url.href
    .replace(
      /[()<>`|\\*_[\]{}'"!~$^]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    )
    .replaceAll("&", "&amp;");
  return href.length > longestAddress ? undefined : href;
}

/**
 * How much of a note a text takes, in bytes of UTF-8. GitLab refuses a note of more than 1,000,000 characters, which
 * it counts as Ruby does, by code points (gitlabhq, app/models/note.rb), but shows only the first 1,048,576 bytes of
 * one (lib/banzai/filter/truncate_source_filter.rb). No text has more characters than bytes, so bytes hold both.
 */
export function size(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** `1 resource`, `2 resources`, `2 policies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(texts: readonly string[]): string {
  return texts.length < 2
    ? (texts[0] ?? "")
    : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1) ?? ""}`;
}
