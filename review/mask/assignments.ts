/**
 * Secrets in texts that say what they are: `password = "…"`, `"token": "…"`, `PGPASSWORD=…`, `db-password: |`,
 * `- name: TOKEN` with its `value: …`, `Authorization: Bearer …`, `--password …`, `?sig=…`.
 */
import { isMixed, type Span } from "../../policies/secrets-scan";
import { isMark } from "./marks";
import { isNameName, isNameOfSecret, isSecretName, isValueName } from "./names";

/** A name and what sets its value. A name is read from its beginning only, or a long run would be read again and again. */
const assignment =
  /(?<![\w.-])(?<name>[\w.-]+)[\\"'\])]{0,8}(?<separator>[ \t]{0,32}(?:=>|:=|==?|:(?!\/\/))\s{0,64}|(?<=\w)>)/g;
/** `--password hunter2`, `--token=…` is an assignment. */
const option = /(?<![\w-])--(?<name>[A-Za-z][\w-]*)[ \t]+(?=[^\s-])/g;
/**
 * `pulumi config set --secret key value`: a setting's name follows, then perhaps its value
 * (https://www.pulumi.com/docs/iac/cli/commands/pulumi_config_set/).
 */
const setting = /\bconfig[ \t]+set(?:[ \t]+--?[\w-]+)*[ \t]+$/;
const key = /(?:[\w.-]+:)?[\w.[\]-]+(?![\w=])[`"']?[ \t]*/y;
/** https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html */
const netrc =
  /\bmachine\s{1,32}\S{1,255}\s{1,32}login\s{1,32}\S{1,255}\s{1,32}password\s{1,32}(?<value>\S+)/g;
/** https://www.rfc-editor.org/rfc/rfc9110#name-authorization */
const authorization =
  /\b(?:authorization\b["'\\]{0,4}\s{0,8}[:=]\s{0,8}["'\\]{0,4}(?:[A-Za-z][\w-]{0,32} )?|(?:bearer|basic) |(?:private|job|deploy)-token: ?)(?<value>[\w.~+/=:-]{8,})/gi;
/** `curl -u user:password`. */
const userOption =
  /\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ =]\s{0,8}["']?[^\s:"']{1,255}:(?<value>[^\s"']+)/g;
/** Flags that are a password in these programs alone. */
const programs = [
  /\bsshpass\s{1,8}-p\s{0,8}["']?(?<value>[^\s"';]+)/g,
  /\bredis-cli\b[^\n]{0,300}?\s-a\s{1,8}["']?(?<value>[^\s"';]+)/g,
  /\bmysql(?:dump|admin)?\b[^\n]{0,300}?\s-p(?<value>[^\s"';]+)/g,
];
/** A password in an address: https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1; it may hold an @ that nobody encoded. */
const address = /:\/\/[^\s/:@'"<>]{0,255}:(?<value>[^\s/'"<>\\]{1,255})(?=@)/g;
/** https://github.com/go-sql-driver/mysql#dsn-data-source-name */
const dsn = /(?<![\w.-])[\w.-]{1,64}:(?<value>[^\s@/'"]{1,255})(?=@(?:tcp|unix)\()/g;
/** Signatures that let whoever has the address in, of Azure, AWS and Google Cloud. */
const signed =
  /[?&;](?:amp;)?(?:sig|X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|X-Goog-Signature|Signature|access_token|private_token|token|code)=(?<value>[^&\s"'<>\\]{6,})/gi;

/** Where a text's own words say that a secret stands. Spans may overlap. */
export function* assignedSecrets(text: string): Generator<Span> {
  for (const match of text.matchAll(assignment)) yield* assigned(text, match);
  for (const match of text.matchAll(option)) {
    const start = match.index + match[0].length;
    const name = match.groups?.["name"] ?? "";
    if (!isSecretName(name)) continue;
    const key =
      name === "secret" && setting.test(text.slice(Math.max(0, match.index - 256), match.index));
    yield* sound(text, word(text, key ? afterKey(text, start) : start));
  }
  for (const form of [netrc, authorization, userOption, ...programs, address, dsn, signed]) {
    for (const match of text.matchAll(form)) {
      const value = match.groups?.["value"] ?? "";
      const end = match.index + match[0].length;
      // A word of a sentence, or the scheme alone.
      const plain = form === authorization && /^[A-Za-z]{1,15}:?$/.test(value);
      if (!plain && !isReadElsewhere(value)) yield { start: end - value.length, end };
    }
  }
}

/** Where the value begins that follows a setting's name; the name's own place where it is none. */
function afterKey(text: string, start: number): number {
  key.lastIndex = start;
  const end = start + (key.exec(text)?.[0].length ?? 0);
  // Another flag, or the end of the command: the value is asked for.
  return /^(?:-|$|\n)/.test(text.slice(end, end + 1)) ? text.length : end;
}

function* assigned(text: string, match: RegExpExecArray): Generator<Span> {
  const name = match.groups?.["name"] ?? "";
  const start = match.index + match[0].length;
  // What follows that is the scheme, and the form of its own finds what follows the scheme.
  if (/^authorization$/i.test(name)) return;
  // Part of an id whose parts colons join: `arn:aws:…:secret:name`, `gcp:secretmanager/secret:Secret::name`.
  if (/[:/]/.test(text[match.index - 1] ?? "") && match.groups?.["separator"] === ":") return;
  if (isSecretName(name)) {
    const line = beginning(text, match.index);
    const prose = line === undefined && (match.groups?.["separator"] ?? "").includes(":");
    const span = valueAt(text, start, line);
    if (isNameOfSecret(name, text.slice(span.start, span.end))) return;
    yield* sound(text, span, prose ? name : undefined);
    return;
  }
  if (!isNameName(name)) return;
  const named = valueAt(text, start, undefined);
  if (!isSecretName(text.slice(named.start, named.end))) return;
  // The value stands beside its name; what is between them is no more than quotes, commas and a line's end.
  neighbour.lastIndex = named.end;
  const next = neighbour.exec(text);
  if (next === null || !isValueName(next.groups?.["name"] ?? "")) return;
  const between = next.groups?.["between"] ?? "";
  const line = between.includes("\n") ? between.slice(between.lastIndexOf("\n") + 1) : undefined;
  yield* sound(text, valueAt(text, neighbour.lastIndex, line));
}

const neighbour =
  /[\\"']{0,4},?(?<between>\s{0,128})[\\"']{0,4}(?<name>[A-Za-z_]{1,32})[\\"']{0,4}\s{0,8}[:=]\s{0,64}/y;

/** A line's white space and list marks before a place; undefined where something else stands before it. */
function beginning(text: string, at: number): string | undefined {
  let first = at;
  while (first > 0 && at - first < 256 && text[first - 1] !== "\n") first -= 1;
  const before = text.slice(first, at);
  return /^[ \t]*(?:[-?] +)*(?:export +)?["']?$/.test(before) ? before : undefined;
}

/**
 * The value that begins at a place.
 * @param line what stands before its name where that is a YAML line's beginning: a plain value then goes on to its end, and
 *   a block to the last line that is indented deeper
 */
function valueAt(text: string, start: number, line: string | undefined): Span {
  const quote = /[\\]{0,4}["'`]/y;
  quote.lastIndex = start;
  const opening = quote.exec(text)?.[0];
  if (opening !== undefined) {
    const from = start + opening.length;
    return { start: from, end: closing(text, from, opening) };
  }
  if (line === undefined) return word(text, start);
  const newline = text.indexOf("\n", start);
  const end = newline < 0 ? text.length : newline;
  const first = text.slice(start, Math.min(end, start + 64));
  if (/^[|>][-+0-9]{0,2}\s*(?:#.*)?$/.test(first)) return block(text, end + 1, line.length);
  // In one line of JSON or of a flow mapping, the value is over before the line is.
  if (/^[[{]/.test(first)) return { start, end: start };
  return { start, end: trimmed(text, start, end) };
}

/** Longer than any secret. What is not closed before is taken to be hidden up to there. */
const longest = 65_536;

/** The end of a quoted value; a quote inside it is escaped one level deeper than those round it. */
function closing(text: string, from: number, opening: string): number {
  const mark = opening.slice(-1);
  const unit = 2 * opening.length;
  for (let at = text.indexOf(opening, from); at >= 0; at = text.indexOf(opening, at + 1)) {
    if (at - from > longest) return from + longest;
    let slashes = 0;
    while (at - slashes > from && text[at - slashes - 1] === "\\") slashes += 1;
    if (slashes % unit !== 0) continue;
    // A quote in YAML's and in a shell's quotes: `''`, `'\''`, `'"'"'`.
    const inner = ["''", "'\\''", `'"'"'`].find((one) => mark === "'" && text.startsWith(one, at));
    if (inner === undefined || at === from) return at;
    at += inner.length - 1;
  }
  // Not closed: cut off, or no quote at all.
  const newline = text.indexOf("\n", from);
  return newline < 0 ? text.length : newline;
}

/** The lines from a place on that are indented deeper than this. */
function block(text: string, start: number, indentation: number): Span {
  let end = start;
  while (end < text.length) {
    const newline = text.indexOf("\n", end);
    const next = newline < 0 ? text.length : newline;
    const line = text.slice(end, next);
    if (line.trim() !== "" && line.length - line.trimStart().length <= indentation) break;
    end = Math.min(next + 1, text.length);
  }
  const first = /[ \t]*/y;
  first.lastIndex = start;
  first.exec(text);
  return { start: Math.min(first.lastIndex, end), end: trimmed(text, start, end) };
}

function trimmed(text: string, start: number, end: number): number {
  while (end > start && /\s/.test(text[end - 1] ?? "")) end -= 1;
  return end;
}

/** What stands at a place up to the next white space or mark that ends a value. */
function word(text: string, start: number): Span {
  const form = /[\\]{0,4}["'`]?(?<value>[^\s"'`,;&<>(){}[\]\\]+)/y;
  form.lastIndex = start;
  const value = form.exec(text)?.groups?.["value"];
  if (value === undefined) return { start, end: start };
  return { start: form.lastIndex - value.length, end: form.lastIndex };
}

/** Nothing, a switch, a small number. */
const nothing =
  /^(?:true|false|null|nil|none|undefined|yes|no|on|off|required|optional|~|\d{1,4}|\*+|x{3,})?$/i;
/** Read from elsewhere when a program runs, or filled in by a person. */
const elsewhere =
  /^(?:\$\{[^}]*\}|\$\([^)]*\)|\$[A-Z_][A-Z0-9_]*|<[\w -]+>|ENV\[.*\]|%[a-z]|file:\/\/.*)$/;
/** The name of a thing that holds the secret. */
const reference =
  /^(?:arn:aws[\w-]*:|projects\/[\w-]+\/|\/subscriptions\/|urn:pulumi:|op:\/\/)\S*$/;
/** An address or a file without a part that looks like a key. */
const place = /^(?:https?:\/\/[^\s?@]*|(?:\/[\w.@-]+){2,}\/?)$/;

/** What settings say of one that is missing or malformed, without its value (engine/environment.ts, SettingsError). */
const fault = /^found (?:nothing|\[secret\]); allowed: /;

/** Whether a value that a secret's name stands before is none: read from elsewhere, or the name of what holds it. */
export function isReadElsewhere(value: string): boolean {
  if (nothing.test(value) || elsewhere.test(value) || reference.test(value)) return true;
  if (isMark(value)) return true;
  return place.test(value) && !value.split("/").some((part) => part.length >= 12 && isMixed(part));
}

/** @param prose the name, where it may be a word of a sentence: `invalid password: must be longer` */
function* sound(text: string, span: Span, prose?: string): Generator<Span> {
  const value = text.slice(span.start, span.end);
  if (isReadElsewhere(value) || fault.test(value)) return;
  // What a script puts in there when it runs.
  if (/^\$[({]/.test(text.slice(span.start, span.start + 2))) return;
  if (/^\$\w+$/.test(value) && isSecretName(value)) return;
  if (prose !== undefined) {
    if (/^[A-Z]?[a-z]+$/.test(value) && /^ [a-z]/.test(text.slice(span.end, span.end + 2))) return;
    if (/(?:secret|token)s?$/i.test(prose) && /^[a-z]+(?:-[a-z]+)+$/.test(value)) return;
  }
  yield span;
}
