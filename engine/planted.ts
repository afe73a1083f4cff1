/**
 * Made-up secrets that can be recognised wherever they turn up, and the search for them. Each holds
 * a marker; all markers of a rehearsal begin alike, so that one pass over a file looks for all.
 */
import { randomInt } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function random(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

/** A made-up secret that stands in clear where it must not. */
export interface SecretFinding {
  /** The settings key whose secret it is; `?` where only the common beginning is legible. */
  readonly key: string;
  /** File in the scratch folder, or the name of what was searched. */
  readonly where: string;
  /** How it stands there: `clear`, `base64`, `hex`, or what it was packed in. */
  readonly form: string;
}

/** One rehearsal's made-up secrets. */
export class PlantedSecrets {
  private readonly beginning = random(14);
  private readonly markers = new Map<string, string>();
  private readonly values = new Map<string, string>();
  private readonly seen = new Map<string, string>();
  /** Packed text in which nothing was found, by the depth that it was found at: user data stands in every event and every state again. */
  private readonly clean = [new Set<string>(), new Set<string>()];
  private readonly forms: readonly { readonly form: string; readonly bytes: Buffer }[];

  constructor() {
    this.forms = [
      { form: "clear", bytes: Buffer.from(this.beginning) },
      { form: "hex", bytes: Buffer.from(Buffer.from(this.beginning).toString("hex")) },
      ...[0, 1, 2].map((offset) => ({
        form: "base64",
        bytes: Buffer.from(base64Core(this.beginning, offset)),
      })),
    ];
  }

  /**
   * The marker of a key: 32 letters and digits, of all three kinds, as password rules want them.
   * @param key names the secret in findings; the same key has the same marker
   */
  marker(key: string): string {
    const known = this.markers.get(key);
    if (known !== undefined) return known;
    const made = `${this.beginning}${random(15)}aB7`;
    this.markers.set(key, made);
    return made;
  }

  /** Records the whole value that was made from a key's marker, so that it can be struck out of messages. */
  plant(key: string, value: string): void {
    if (!value.includes(this.marker(key))) {
      throw new Error(
        `The made-up value of ${key} does not hold its marker, so it could not be found`,
      );
    }
    this.values.set(key, value);
  }

  /** The value that was planted for a key, if any. */
  value(key: string): string | undefined {
    return this.values.get(key);
  }

  /** Every made-up value and the markers that they hold. */
  secrets(): string[] {
    return [...this.values.values(), ...this.markers.values()];
  }

  /** Keys that have a made-up value. */
  keys(): string[] {
    return [...this.values.keys()];
  }

  /** Strikes every made-up secret out of a text that people read. */
  redact(text: string): string {
    let clean = text;
    for (const secret of this.secrets()) {
      clean = clean.replaceAll(secret, "[secret]");
      const escaped = JSON.stringify(secret).slice(1, -1);
      if (escaped !== secret) clean = clean.replaceAll(escaped, "[secret]");
    }
    return clean;
  }

  /** Looks through a text: in clear, in hexadecimal, in base64 at any offset, and inside packed base64. */
  search(content: Buffer | string, where: string): SecretFinding[] {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const found = new Map<string, SecretFinding>();
    this.look(bytes, where, "", 0, found);
    return [...found.values()];
  }

  private look(
    bytes: Buffer,
    where: string,
    packing: string,
    depth: number,
    found: Map<string, SecretFinding>,
  ): number {
    let hits = 0;
    const add = (key: string, form: string): void => {
      hits += 1;
      found.set(`${key} ${form}`, {
        key,
        where,
        form: packing === "" ? form : `${form} in ${packing}`,
      });
    };
    for (const { form, bytes: needle } of this.forms) {
      for (
        let at = bytes.indexOf(needle);
        at >= 0;
        at = bytes.indexOf(needle, at + needle.length)
      ) {
        add(this.keyAt(bytes, at, form), form);
      }
    }
    const clean = this.clean[depth];
    if (clean === undefined) return hits;
    for (const run of base64Runs(bytes)) {
      if (clean.has(run)) continue;
      let inside = 0;
      const decoded = Buffer.from(run, "base64");
      if (decoded[0] === 0x1f && decoded[1] === 0x8b) {
        const unpacked = tryGunzip(decoded);
        if (unpacked !== undefined) inside = this.look(unpacked, where, "gzip", depth + 1, found);
      } else if (/^[\x20-\x7e\s]{24}/.test(decoded.subarray(0, 24).toString("latin1"))) {
        inside = this.look(decoded, where, "base64", depth + 1, found);
      }
      if (inside === 0) clean.add(run);
      hits += inside;
    }
    return hits;
  }

  private keyAt(bytes: Buffer, at: number, form: string): string {
    const unit = form === "hex" ? 2 : 1;
    const slice = bytes.subarray(at, at + 32 * unit).toString("latin1");
    const text = form === "hex" ? Buffer.from(slice, "hex").toString("latin1") : slice;
    for (const [key, marker] of this.markers) if (text.startsWith(marker)) return key;
    if (form === "base64") {
      for (const [key, marker] of this.markers) {
        if ([0, 1, 2].some((offset) => bytes.includes(base64Core(marker, offset), at))) return key;
      }
    }
    return "?";
  }

  /**
   * Looks through every file of a folder that has changed since it was last looked through. In a
   * state file each secret must stand as ciphertext, whatever its value.
   */
  searchFolder(root: string): SecretFinding[] {
    return files(root).flatMap((file) => {
      const { size, mtimeMs } = lstatSync(file);
      const stamp = `${size} ${mtimeMs}`;
      if (this.seen.get(file) === stamp) return [];
      this.seen.set(file, stamp);
      const content = readFileSync(file);
      const where = relative(root, file);
      const plain = plaintextSecret.test(content.toString("latin1"))
        ? [{ key: "?", where, form: "secret without encryption" }]
        : [];
      return [...this.search(content, where), ...plain];
    });
  }
}

/**
 * How a secret that is not encrypted begins in a state file: the engine's signature of secrets
 * followed by `plaintext` (pulumi/pulumi sdk/go/common/apitype, SecretV1).
 */
const plaintextSecret = /"1b47061264138c4ac30d75fd1eb44270",\s*"plaintext"/;

/** The part of a text's base64 that is the same whatever stands round it, at one of three offsets. */
export function base64Core(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const skip = [0, 2, 3][offset] ?? 0;
  // A last group that is not full depends on what follows.
  const whole = bytes.length - (bytes.length % 3);
  return bytes.toString("base64").slice(skip, (whole / 3) * 4);
}

/** The characters of base64, without those that end it. */
const base64Characters = new Uint8Array(256);
for (const character of Buffer.from(`${alphabet}+/`)) base64Characters[character] = 1;

/** Shorter than this, no base64 holds a marker. */
const shortestRun = 40;

/**
 * Every run of at least 40 characters of base64. Looks at every 40th byte only, until one is of such a run: a
 * rehearsal searches a hundred megabytes.
 */
function* base64Runs(bytes: Buffer): Generator<string> {
  const inside = (at: number): boolean => base64Characters[bytes[at] ?? 0] === 1;
  let begin = 0;
  while (begin + shortestRun <= bytes.length) {
    // Back from where a run that begins here has to reach; what is not of it is the new beginning.
    let at = begin + shortestRun - 1;
    while (at >= begin && inside(at)) at -= 1;
    if (at >= begin) {
      begin = at + 1;
      continue;
    }
    let end = begin + shortestRun;
    while (end < bytes.length && inside(end)) end += 1;
    yield bytes.toString("latin1", begin, end);
    begin = end + 1;
  }
}

function tryGunzip(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: 16 * 1024 * 1024 });
  } catch {
    return undefined;
  }
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return entry.isFile() ? [path] : [];
  });
}
