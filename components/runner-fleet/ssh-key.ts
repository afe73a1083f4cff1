import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

/** A key pair for SSH. */
export interface SshKeyPair {
  /** PEM, PKCS #8 (RFC 8410). */
  readonly privateKey: string;
  /** One line, as `authorized_keys` has it. */
  readonly publicKey: string;
}

/** What stands before the 32 bytes of a private Ed25519 key in PKCS #8 (https://www.rfc-editor.org/rfc/rfc8410#section-7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");
/** What stands before the 32 bytes of a public one in SPKI. */
const spkiPrefixBytes = 12;

/**
 * The Ed25519 key pair of a random text, whose SHA-256 is the private key: the same text is the same pair in every run,
 * and the public half can be put into a machine's settings while the private one is only ever a secret.
 * @param seed random text of 256 bits on: 64 letters and digits have 381
 * @throws if it is shorter than 64 characters
 */
export function sshKeyPair(seed: string): SshKeyPair {
  if (seed.length < 64) throw new Error(`seed: found ${seed.length} characters, want 64`);
  const bytes = createHash("sha256").update(seed, "utf8").digest();
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, bytes]),
    format: "der",
    type: "pkcs8",
  });
  const point = createPublicKey(key)
    .export({ format: "der", type: "spki" })
    .subarray(spkiPrefixBytes);
  // Two strings, each after its length (https://www.rfc-editor.org/rfc/rfc8709#section-4).
  const wire = Buffer.concat([Buffer.from("ssh-ed25519"), point].flatMap(withLength));
  return {
    privateKey: key.export({ format: "pem", type: "pkcs8" }).toString(),
    publicKey: `ssh-ed25519 ${wire.toString("base64")}`,
  };
}

function withLength(part: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return [length, part];
}
