/** The `dev` stack as `version` sees it, without standing it up: a state in the backend that has outputs and nothing else. */
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scratch } from "../../../engine/isolation";
import type { Json } from "../../../sandbox/model";

/** What version reads of dev, with the application that it signs people in with. The last is a secret. */
export function devOutputs(application = "version"): Record<string, Json> {
  return {
    url: "https://dev.gitlab.example.com",
    address: "20.30.40.50",
    oauthClientIds: { [application]: "0123456789abcdef".repeat(4) },
    oauthClientSecrets: { [application]: "fedcba9876543210".repeat(4) },
  };
}

/** Encrypts as the engine does with a passphrase (pulumi/pulumi sdk/go/common/resource/config/crypt.go). */
function encrypter(passphrase: string): {
  readonly salt: string;
  readonly encrypt: (text: string) => string;
} {
  const salt = randomBytes(8);
  const key = pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256");
  const encrypt = (text: string): string => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([
      cipher.update(text, "utf8"),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  };
  return { salt: `v1:${salt.toString("base64")}:${encrypt("pulumi")}`, encrypt };
}

/** Writes the state into a scratch folder's backend, in the engine's own layout (`.pulumi/stacks/<project>/<stack>.json`). */
export function putDev(scratch: Scratch, outputs: Record<string, Json>): void {
  const folder = join(scratch.backend, ".pulumi", "stacks", "gitlab");
  mkdirSync(folder, { recursive: true });
  const { salt, encrypt } = encrypter(scratch.passphrase);
  const { oauthClientSecrets, ...open } = outputs;
  const time = "2026-01-01T00:00:00Z";
  const stack = {
    urn: "urn:pulumi:dev::gitlab::pulumi:pulumi:Stack::gitlab-dev",
    custom: false,
    type: "pulumi:pulumi:Stack",
    outputs: {
      ...open,
      ...(oauthClientSecrets === undefined
        ? {}
        : {
            oauthClientSecrets: {
              "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
              ciphertext: encrypt(JSON.stringify(oauthClientSecrets)),
            },
          }),
    },
    created: time,
    modified: time,
  };
  const latest = {
    manifest: { time, magic: "", version: "" },
    secrets_providers: { type: "passphrase", state: { salt } },
    resources: [stack],
  };
  writeFileSync(
    join(folder, "dev.json"),
    JSON.stringify({ version: 3, checkpoint: { stack: "organization/gitlab/dev", latest } }),
  );
}
