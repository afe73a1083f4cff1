import type { NodeFile } from "../node-files/contract";
import { script } from "./files";

/** Where the runner's unit finds a credential that systemd hands to it alone (https://systemd.io/CREDENTIALS/). */
export function credentialPath(name: string): string {
  return `/run/credentials/gitlab-runner.service/${name}`;
}

/**
 * What a manager has whose files come by its own metadata (components/node-files/metadata): the program that its loader
 * runs once a boot and when a file has changed.
 */
export function metadataManagerFiles(): NodeFile[] {
  return [script("apply")];
}

/**
 * Secrets that the runner reads as files: fetched into memory at boot, and handed to the runner's unit alone.
 * @param secrets name of the credential to name of the secret in the store
 * @param variables environment of the runner's unit: plain
 */
export function credentialFiles(
  secrets: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): NodeFile[] {
  for (const text of Object.entries({ ...secrets, ...variables }).flat())
    if (!/^[A-Za-z0-9._-]+$/.test(text))
      throw new Error(`credential: found ${text}, want plain characters`);
  const lines = [
    "[Service]",
    ...Object.entries(variables).map(([name, value]) => `Environment=${name}=${value}`),
    ...Object.keys(secrets).map(
      (name) => `LoadCredential=${name}:/run/gitlab-node/credentials/${name}`,
    ),
  ];
  return [
    script("credentials"),
    {
      path: "/etc/gitlab-node/credentials",
      mode: "0644",
      content: Object.entries(secrets)
        .map((pair) => `${pair.join(" ")}\n`)
        .join(""),
    },
    {
      path: "/etc/systemd/system/gitlab-runner.service.d/credentials.conf",
      mode: "0644",
      content: `${lines.join("\n")}\n`,
    },
  ];
}
