/** Places in a text, and the text without what stands there. */
import type { Span } from "../../policies/secrets-scan";

/** A place to be hidden, and what is put there. */
export interface Hidden extends Span {
  readonly mark: string;
}

/** A text with its spans replaced; of spans that overlap, all goes, under the mark of the first. */
export function replaceSpans(text: string, spans: readonly Hidden[]): string {
  if (spans.length === 0) return text;
  const sorted = [...spans]
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, mark } of sorted) {
    if (start >= at) parts.push(text.slice(at, start), mark);
    at = Math.max(at, end);
  }
  return parts.join("") + text.slice(at);
}

/** Whether a place touches one of several, which are in order and do not overlap. Asked for in order. */
export function overlaps(spans: readonly Span[]): (span: Span) => boolean {
  let next = 0;
  return ({ start, end }) => {
    while (next < spans.length && (spans[next]?.end ?? 0) <= start) next += 1;
    const one = spans[next];
    return one !== undefined && one.start < end;
  };
}
