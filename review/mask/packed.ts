/** Text that stands in Base64, packed by gzip or not: machines' boot data, Kubernetes' and cloud-init's files. */
import { plainText, type Span } from "../../policies/secrets-scan";

/** Runs of Base64, over several lines where they are as long as encoders break them. */
const runs =
  /(?<![A-Za-z0-9+/_=-])(?:[A-Za-z0-9+/]{60,76}\r?\n[ \t]{0,64})*[A-Za-z0-9+/_-]{16,}={0,2}/g;

/** Where Base64 of text stands, and the text. */
export interface Packed extends Span {
  readonly text: string;
}

/** What is packed in a text, from its beginning to its end. */
export function* packedRuns(text: string): Generator<Packed> {
  for (const match of text.matchAll(runs)) {
    const inside = unpack(match[0]);
    if (inside !== undefined) {
      yield { start: match.index, end: match.index + match[0].length, text: inside };
    }
  }
}

/** The text that is in Base64; undefined where there is none, or none that a person could read. */
export function unpack(run: string): string | undefined {
  const standard = run
    .replace(/\s+/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/=+$/, "");
  const padded = standard.padEnd(Math.ceil(standard.length / 4) * 4, "=");
  const text = plainText(padded);
  return text === padded || !isLegible(text) ? undefined : text;
}

/** Whether it is text: no control characters but those that part lines. */
function isLegible(text: string): boolean {
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
}
