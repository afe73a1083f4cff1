/** Reproducible randomness: every value follows from the sandbox's seed and from what it is for. */
import { createHash } from "node:crypto";

/** Letters and digits that `{hex:n}`, `{alnum:n}`, `{ALNUM:n}` and `{digits:n}` draw from. */
export const alphabets = {
  hex: "0123456789abcdef",
  alnum: "abcdefghijklmnopqrstuvwxyz0123456789",
  ALNUM: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  digits: "0123456789",
} as const;

/** Text of a length over an alphabet; the same seed gives the same text. */
export function randomText(seed: string | Uint8Array, alphabet: string, length: number): string {
  let text = "";
  for (let block = 0; text.length < length; block++) {
    const digest = createHash("sha256").update(seed).update(`\0${block}`).digest();
    for (const byte of digest) {
      // Bytes past the last whole multiple would favour the first letters.
      if (byte >= 256 - (256 % alphabet.length)) continue;
      text += alphabet[byte % alphabet.length];
      if (text.length === length) break;
    }
  }
  return text;
}

/** A version 4 UUID from a seed. */
export function randomUuid(seed: string): string {
  const hex = randomText(seed, alphabets.hex, 32);
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
}

/** A whole number from a range, both ends included. */
export function randomInteger(seed: string, from: number, to: number): number {
  const digest = createHash("sha256").update(seed).digest();
  return from + Number(digest.readBigUInt64BE() % BigInt(to - from + 1));
}

const encodings = {
  hexBytes: (bytes: Buffer) => bytes.toString("hex"),
  base64Bytes: (bytes: Buffer) => bytes.toString("base64"),
  base64urlBytes: (bytes: Buffer) => bytes.toString("base64url"),
  decimalBytes: (bytes: Buffer) => BigInt(`0x0${bytes.toString("hex")}`).toString(),
} as const;

/** Random bytes as text; the same seed gives the same bytes in every encoding. */
export function encoded(seed: string, length: number, as: keyof typeof encodings): string {
  return encodings[as](Buffer.from(randomText(seed, alphabets.hex, 2 * length), "hex"));
}

/** Text over several alphabets with at least so many letters of each, in random order. */
export function drawn(
  seed: string,
  from: readonly { readonly letters: string; readonly least: number }[],
  length: number,
): string {
  const all = from.map(({ letters }) => letters).join("");
  if (all === "") return "";
  const first = from.flatMap(({ letters, least }, at) =>
    letters === "" ? [] : [...randomText(`${seed}\0${at}`, letters, least)],
  );
  const rest = Math.max(0, length - first.length);
  const text = [...first, ...randomText(`${seed}\0rest`, all, rest)];
  for (let at = text.length - 1; at > 0; at--) {
    const other = randomInteger(`${seed}\0order${at}`, 0, at);
    [text[at], text[other]] = [text[other] ?? "", text[at] ?? ""];
  }
  return text.join("");
}
