import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import type { NodeFile } from "./contract";
import { loaderTemplate, renderBundle } from "./render";

/** A cloud whose machines read their files from their own metadata. */
export type MetadataCloud = "azure" | "gcp";

/**
 * What the metadata takes, in characters of base64.
 * Sources: https://learn.microsoft.com/azure/virtual-machines/user-data ("up to 64 KB"),
 * https://cloud.google.com/compute/docs/metadata/overview#limitations ("256 KB" a value).
 */
export const metadataLimits: Readonly<Record<MetadataCloud, number>> = {
  azure: 64 * 1024,
  gcp: 256 * 1024,
};

/** Key of the bundle in a GCP instance's metadata. On Azure it is the virtual machine's `userData`. */
export const metadataKey = "gitlab-node-files";

/** How often the loader looks for changed files, in minutes. */
const loaderMinutes = 5;

/**
 * How a machine reads its files, as one attempt of the loader.
 * Sources: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#get-user-data,
 * https://cloud.google.com/compute/docs/metadata/querying-metadata
 */
const fetches: Readonly<Record<MetadataCloud, string>> = {
  azure: `curl -fsS -m 30 --noproxy '*' -H 'Metadata: true' -o "$file" \\
      'http://169.254.169.254/metadata/instance/compute/userData?api-version=2021-01-01&format=text' && [[ -s "$file" ]] && return 0`,
  gcp: `curl -fsS -m 30 --noproxy '*' -H 'Metadata-Flavor: Google' -o "$file" \\
      'http://metadata.google.internal/computeMetadata/v1/instance/attributes/${metadataKey}' && [[ -s "$file" ]] && return 0`,
};

/** The loader of a cloud's machines. */
export function renderMetadataLoader(cloud: MetadataCloud): string {
  const template = loaderTemplate("loader-metadata.sh");
  if (!template.includes("# @fetch@\n")) throw new Error("the loader's template has no # @fetch@");
  return template.replace("# @fetch@\n", () => `${fetches[cloud]}\n`);
}

/**
 * The loader's unit. Nothing may wait for it at boot: it starts GitLab's own unit, which systemd starts after
 * multi-user.target, so a loader that belonged to that target would wait for itself
 * (https://docs.gitlab.com/omnibus/troubleshooting/#gitlab-ctl-reconfigure-hangs-while-using-aws-cloudformation).
 */
const loaderService = `[Unit]
Description=Bring this machine's files up to date and apply them
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/opt/gitlab-loader/load
TimeoutStartSec=infinity
`;

const loaderTimer = `[Unit]
Description=Look for changed files of this machine

[Timer]
OnActiveSec=5
OnBootSec=5
OnUnitInactiveSec=${loaderMinutes}min
AccuracySec=5

[Install]
WantedBy=timers.target
`;

/**
 * cloud-init's whole part in a machine: a loader, its timer, and its first start. The same for every setting and every
 * role, since on Azure any change of it replaces the machine; what changes travels in {@link packFiles}.
 *
 * Plain text; Azure's `customData` wants it in base64.
 */
export function renderCloudInit(cloud: MetadataCloud): string {
  const config = {
    // Nothing is installed here: what a machine needs, its own files say, and they may change without a replacement.
    package_update: false,
    package_upgrade: false,
    write_files: [
      {
        path: "/opt/gitlab-loader/load",
        permissions: "0755",
        content: renderMetadataLoader(cloud),
      },
      {
        path: "/etc/systemd/system/gitlab-loader.service",
        permissions: "0644",
        content: loaderService,
      },
      {
        path: "/etc/systemd/system/gitlab-loader.timer",
        permissions: "0644",
        content: loaderTimer,
      },
    ],
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "gitlab-loader.timer"],
    ],
  };
  return `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;
}

/**
 * A machine's files as its metadata carries them: the bundle, compressed, in base64. The loader compares the bundle
 * itself, so another version of the compressor changes nothing on a machine.
 * @throws if it is over what the cloud takes; the message names both sizes.
 */
export function packFiles(cloud: MetadataCloud, files: readonly NodeFile[]): string {
  const text = packText(renderBundle(files).text);
  if (text.length > metadataLimits[cloud])
    throw new Error(
      `the machine's files are ${text.length} characters when packed; ${cloud} takes ${metadataLimits[cloud]}`,
    );
  return text;
}

/** A text compressed, in base64: the same on every machine with the same compressor. */
export function packText(text: string): string {
  const packed = gzipSync(Buffer.from(text, "utf8"), { level: 9 });
  // The tenth byte names the system that compressed (RFC 1952), and would differ between two people's machines.
  packed[9] = 255;
  return packed.toString("base64");
}
