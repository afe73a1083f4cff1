/**
 * Looks for secrets in what machines are given to boot with: by the forms that are known, and by texts that no person
 * writes. It says that there is one, never which: a pack sees secrets in clear.
 */

import { gunzipSync } from "node:zlib";

/**
 * Forms of credentials; where there is a group `secret`, that part alone is to be hidden. Each is matched in time that
 * grows with the text and no faster. As their issuers document them:
 * https://docs.gitlab.com/security/tokens/#token-prefixes,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids,
 * https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
 */
export const credentialForms: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgl(?:pat|rt|dt|cbt|ptt|ft|imt|agent|oas|rtr|soat|ffct)-[\w-]{20,}/,
  /\bGR1348941[\w-]{20}/,
  /\bgh[pousr]_[A-Za-z0-9]{36}/,
  // A secret access key of AWS, which has no prefix.
  /\b(?:secret|key|aws)[^\n]{0,24}[=:]\s*["']?(?<secret>[A-Za-z0-9/+]{40})["']?(?:\s|$)/i,
  /\bxox[abpr]-[\w-]{10,}/,
  /\bAIza[\w-]{35}/,
  /"private_key"\s*:\s*"-----BEGIN/,
  // From where the run begins: a start at each word of a long run would be looked through to its end again and again.
  /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
  /:\/\/[^/\s:@'"$]+:(?<secret>[^/\s:@'"${}]{6,})@/,
];

/** Names of things, which are long and none of them secret: ARNs, Google Cloud's paths, UUIDs. */
export const references =
  /\barn:aws[\w-]*:[^\s"'|]*|\bprojects\/[\w./-]+|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** A value that stands where a secret is named. What is read from elsewhere, `$(…)` or `${…}`, is none. */
const named =
  /\b(?:password|passwd|secret|token|api_?key|access_?key|credentials?)\b["']?\s*(?:=>|[:=])\s*["']?([^\s"'$`<>{}()[\];,]{8,})/gi;
/** What is meant for a person or a program to fill in, and names rather than values. */
const harmless = /^(?:[a-z_]+|[A-Z_]+|\/.*|[\w.-]+\.[a-z]{2,}|https?:.*|x+|\*+)$/;

/** A run of letters and digits without a space, long enough to be a key. */
const runs = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
/** Bits for each character from which on a text is not of a person's making: English words have under 4. */
const bits = 4.4;

/** Whether a text, or what it holds in Base64, packed or not, has a secret in it. */
export function holdsSecret(text: string): boolean {
  const plain = plainText(text).replace(references, "");
  return credentialForms.some((form) => form.test(plain)) || assigns(plain) || hasRandomText(plain);
}

function assigns(text: string): boolean {
  return [...text.matchAll(named)].some(
    ([, value = ""]) => !harmless.test(value) && entropy(value) > 3,
  );
}

/** More than any machine's boot data hold; what unpacks to more is let be. */
const mostUnpacked = 16 * 1024 * 1024;

/** What a machine makes of its boot data: the text itself, or what is in it where it is Base64 of text or of gzip. */
export function plainText(text: string): string {
  if (text.length < 16 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+=*$/.test(text)) return text;
  const bytes = Buffer.from(text, "base64");
  try {
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const unpacked = packed ? gunzipSync(bytes, { maxOutputLength: mostUnpacked }) : bytes;
    const plain = unpacked.toString("utf8");
    return plain.includes("\uFFFD") ? text : plain;
  } catch {
    return text;
  }
}

/** Where something stands in a text: its first character, and the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

function hasRandomText(text: string): boolean {
  return randomRuns(text).next().done !== true;
}

/**
 * Mixed letters and digits of high entropy. Digests, which are lower-case hexadecimal, are under the bound; of a path no
 * part is mixed like that.
 */
export function* randomRuns(text: string): Generator<Span> {
  const blocks = new PublicBlocks(text);
  for (const { 0: run, index } of text.matchAll(runs)) {
    const mixed = run.split("/").some((part) => part.length >= 12 && isMixed(part));
    if (!mixed || entropy(run) <= bits) continue;
    if (isLabelled(text, index) || blocks.hold(index)) continue;
    yield { start: index, end: index + run.length };
  }
}

/** Whether it is made of lower-case and upper-case letters and digits. */
export function isMixed(part: string): boolean {
  return /[a-z]/.test(part) && /[A-Z]/.test(part) && /\d/.test(part);
}

/** A public key or a digest says so where it stands. */
function isLabelled(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 60), at);
  return /ssh-(?:ed25519|rsa)\s+$|ecdsa-sha2-\S+\s+$|sha(?:256|384|512)[-:=]$/i.test(before);
}

/** Certificates and public keys in a text, asked for from its beginning to its end. */
class PublicBlocks {
  private readonly marks: Iterator<RegExpExecArray>;
  private next: RegExpExecArray | undefined;
  private inside = false;

  constructor(text: string) {
    this.marks = text.matchAll(
      /-----(?:BEGIN (?<open>CERTIFICATE|PUBLIC KEY|PGP PUBLIC KEY BLOCK)?|END )/g,
    );
    this.advance();
  }

  /** @param at never before where it was asked last */
  hold(at: number): boolean {
    while (this.next !== undefined && this.next.index < at) {
      this.inside = this.next.groups?.["open"] !== undefined;
      this.advance();
    }
    return this.inside;
  }

  private advance(): void {
    const found = this.marks.next();
    this.next = found.done === true ? undefined : found.value;
  }
}

/** Shannon's entropy, bits for each character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}
