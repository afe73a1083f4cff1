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
