/**
 * A text as it reads when what is written in escapes is taken for what it means: `\u005a`, `%5a`, `&#90;`, `\/`. Encoders
 * differ in what they escape, so that a known secret cannot be looked for in every form that it may have.
 */
import type { Span } from "../../policies/secrets-scan";

/** One way of escaping: the escapes, and what one stands for. */
interface Escape {
  readonly form: RegExp;
  readonly means: (escape: string) => string | undefined;
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function character(code: number): string | undefined {
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    ? String.fromCodePoint(code)
    : undefined;
}

const escapes: readonly Escape[] = [
  {
    // JSON, JavaScript, Go, shells: https://www.rfc-editor.org/rfc/rfc8259#section-7. Surrogates are code units.
    form: /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[^\sA-Za-z0-9])/g,
    means: (escape) => {
      const code = /^\\[ux]([0-9a-fA-F]+)$/.exec(escape)?.[1];
      if (code === undefined) return escape.slice(1);
      return String.fromCharCode(parseInt(code, 16));
    },
  },
  {
    // https://www.rfc-editor.org/rfc/rfc3986#section-2.1
    // A character of UTF-8 at a time.
    form: /%[0-7][\da-f]|%[cd][\da-f]%[\da-f]{2}|%e[\da-f](?:%[\da-f]{2}){2}|%f[0-7](?:%[\da-f]{2}){3}/gi,
    means: (escape) => {
      try {
        return decodeURIComponent(escape);
      } catch {
        return undefined;
      }
    },
  },
  {
    // https://html.spec.whatwg.org/multipage/syntax.html#character-references
    form: /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g,
    means: (escape) => {
      const [, decimal, hexadecimal, name] =
        /^&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(\w+));$/.exec(escape) ?? [];
      if (name !== undefined) return entities[name];
      return character(decimal === undefined ? parseInt(hexadecimal ?? "", 16) : Number(decimal));
    },
  },
];

/** Escapes within escapes, as deep as anybody wraps them. */
const deepest = 2;

/** A text, and for each of its code units, and its end, where that begins in the original. */
interface View {
  readonly text: string;
  readonly from: (at: number) => number;
}

/** The text read through one way of escaping; undefined where there is none of it. */
function through({ form, means }: Escape, { text, from }: View): View | undefined {
  if (text.search(form) < 0) return undefined;
  const parts: string[] = [];
  /** Where each part begins in the view, where in the text, and whether it is an escape: that is one whole. */
  const starts: { at: number; origin: number; whole: boolean }[] = [];
  let length = 0;
  const add = (part: string, origin: number, whole: boolean): void => {
    if (part === "") return;
    starts.push({ at: length, origin, whole });
    parts.push(part);
    length += part.length;
  };
  let last = 0;
  for (const match of text.matchAll(form)) {
    const meaning = means(match[0]);
    if (meaning === undefined) continue;
    add(text.slice(last, match.index), last, false);
    add(meaning, match.index, true);
    last = match.index + match[0].length;
  }
  if (last === 0) return undefined;
  add(text.slice(last), last, false);
  starts.push({ at: length, origin: text.length, whole: true });
  return {
    text: parts.join(""),
    from: (at) => {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle]?.at ?? 0) <= at) low = middle;
        else high = middle - 1;
      }
      const start = starts[low] ?? { at: 0, origin: 0, whole: true };
      return from(start.whole ? start.origin : start.origin + at - start.at);
    },
  };
}

/**
 * Where something stands in a text once its escapes are read.
 * @param find where it stands in a text as it is
 */
export function escapedSpans(text: string, find: (text: string) => readonly Span[]): Span[] {
  const found: Span[] = [];
  const look = (view: View, depth: number): void => {
    for (const escape of escapes) {
      const inner = through(escape, view);
      if (inner === undefined) continue;
      for (const { start, end } of find(inner.text)) {
        // The last character's escape goes as a whole.
        found.push({
          start: inner.from(start),
          end: Math.max(inner.from(end), inner.from(end - 1) + 1),
        });
      }
      if (depth < deepest) look(inner, depth + 1);
    }
  };
  look({ text, from: (at) => at }, 1);
  return found;
}

/** Colours of a terminal (ECMA-48, CSI … m), and the engine's own words for them: they would part a secret in two. */
export function withoutColours(text: string): string {
  return text.includes("\u001b") || text.includes("<{%")
    ? text.replace(/\u001b\[[0-9;:]*[A-Za-z]|<\{%[^%]*%\}>/g, "")
    : text;
}
