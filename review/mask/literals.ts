/**
 * Secrets that are known, found wherever they stand and however they are written there: as they are, as text inside
 * JSON, YAML, a shell's quotes or a URL, in hexadecimal, in Base64 at any offset.
 */
import { base64Core } from "../../engine/planted";
import type { Span } from "../../policies/secrets-scan";

/** Shorter than this, a value is no secret that could be told from an ordinary word: striking it out would garble everything. */
export const shortestSecret = 4;

/** How many characters a candidate is looked up by. */
const probe = shortestSecret;

/** Lines of a secret that are looked for by themselves: each is long enough to be part of a key. */
const shortestLine = 16;

/** The known secrets, in every form. Its search looks at each character of a text once, however many secrets there are. */
export class Literals {
  private readonly byBeginning = new Map<string, Needle[]>();
  private readonly beginnings = new Uint8Array(1 << 16);

  /** @param secrets in clear; those of fewer than four characters are left out */
  constructor(secrets: Iterable<string>) {
    const forms = new Map<string, Needle>();
    for (const secret of secrets) {
      for (const part of partsOf(secret)) {
        for (const needle of formsOf(part))
          if (!forms.has(needle.text)) forms.set(needle.text, needle);
      }
    }
    // The longest first, so that no secret's end is left standing because its beginning is a secret too.
    const longestFirst = [...forms.values()].sort((a, b) => b.text.length - a.text.length);
    for (const needle of longestFirst) {
      const beginning = needle.text.slice(0, probe);
      this.beginnings[hash(beginning, 0)] = 1;
      this.byBeginning.set(beginning, [...(this.byBeginning.get(beginning) ?? []), needle]);
    }
  }

  /** There is nothing to look for. */
  get isEmpty(): boolean {
    return this.byBeginning.size === 0;
  }

  /** Where secrets stand in a text, from its beginning to its end, none overlapping. */
  find(text: string): Found[] {
    const found: Found[] = [];
    if (this.byBeginning.size === 0) return found;
    let free = 0;
    for (let at = 0; at + probe <= text.length; at++) {
      if (this.beginnings[hash(text, at)] === 0) continue;
      const needles = this.byBeginning.get(text.slice(at, at + probe));
      const needle = needles?.find((one) => text.startsWith(one.text, at));
      if (needle === undefined) continue;
      const span = needle.packed ? around(text, at, at + needle.text.length, free) : undefined;
      const { start, end } = span ?? { start: at, end: at + needle.text.length };
      found.push({ start, end, packed: needle.packed });
      free = end;
      at = end - 1;
    }
    return found;
  }
}

/** Where a secret stands. */
export interface Found extends Span {
  /** It stands there in Base64, of which the whole run is meant. */
  readonly packed: boolean;
}

interface Needle {
  readonly text: string;
  /** What stands round it is Base64 of the same bytes' ends and neighbours: the whole run goes. */
  readonly packed: boolean;
}

function hash(text: string, at: number): number {
  let sum = 0;
  for (let offset = 0; offset < probe; offset++) {
    sum = (Math.imul(sum, 31) + text.charCodeAt(at + offset)) & 0xffff;
  }
  return sum;
}

/** The run of Base64 that a place is part of. */
function around(text: string, start: number, end: number, free: number): Span {
  const inside = (at: number): boolean => /[A-Za-z0-9+/=_-]/.test(text[at] ?? " ");
  while (start > free && inside(start - 1)) start -= 1;
  while (end < text.length && inside(end)) end += 1;
  return { start, end };
}

/** A secret, without the white space round it, and its lines where it has several: YAML indents each of them. */
function partsOf(secret: string): string[] {
  const trimmed = secret.trim();
  const lines = trimmed.includes("\n") ? trimmed.split("\n").map((line) => line.trim()) : [];
  return [
    secret,
    trimmed,
    ...lines.filter((line) => line.length >= shortestLine && isTelling(line)),
  ].filter((part) => part.trim().length >= shortestSecret);
}

/** Whether a line is not one that many secrets have, as the first and the last of a key. */
function isTelling(line: string): boolean {
  return !line.startsWith("-----");
}

/** Everything that a secret may be written as. */
function formsOf(secret: string): Needle[] {
  const bytes = Buffer.from(secret);
  const json = escapeJson(secret);
  // Go's encoder, which the engine and the providers use, writes these three so.
  const goJson = json.replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
  const url = encodeURIComponent(bytes.toString());
  const strictUrl = url.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  const plain = [
    secret,
    json,
    escapeJson(json),
    escapeJson(escapeJson(json)),
    goJson,
    escapeJson(goJson),
    url,
    ...lowerAndUpper(strictUrl),
    url.replaceAll("%20", "+"),
    secret.replaceAll("'", "'\\''"),
    secret.replaceAll("'", "''"),
    secret.replace(/[&<>"']/g, (one) => entities[one] ?? one),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
  ];
  const encoded = [bytes.toString("base64"), bytes.toString("base64url")];
  // PowerShell's commands are Base64 of UTF-16.
  const wide = Buffer.from(secret, "utf16le");
  const cores = [0, 1, 2].flatMap((offset) => [base64Core(secret, offset), wideCore(wide, offset)]);
  return [
    ...plain.map((text) => ({ text, packed: false })),
    ...cores
      .flatMap((core) => [core, core.replaceAll("+", "-").replaceAll("/", "_")])
      // A core of a few characters is anyone's.
      .filter((core) => core.length >= 6)
      .concat(encoded)
      .map((text) => ({ text, packed: true })),
  ];
}

/** What Base64 of bytes has in common wherever they stand: without the characters that their neighbours share. */
function wideCore(bytes: Buffer, offset: number): string {
  const all = Buffer.concat([Buffer.alloc(offset), bytes]);
  return all.toString("base64").slice([0, 2, 3][offset], Math.floor((all.length * 8) / 6));
}

function lowerAndUpper(url: string): string[] {
  return [
    url.replace(/%[0-9a-f]{2}/gi, (one) => one.toLowerCase()),
    url.replace(/%[0-9a-f]{2}/gi, (one) => one.toUpperCase()),
  ];
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
