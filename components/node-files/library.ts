import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "./contract";

/** A cloud whose identity, secret store and metrics the shell library knows. */
export type LibraryCloud = "aws" | "azure" | "gcp";

/** The pieces that make a cloud's part. */
const clouds: Readonly<Record<LibraryCloud, readonly string[]>> = {
  aws: ["aws.sh"],
  azure: ["rest.sh", "azure.sh"],
  gcp: ["rest.sh", "gcp.sh"],
};

function template(name: string): string {
  return readFileSync(join(__dirname, "templates", name), "utf8");
}

/**
 * The shell library that every script of a machine sources as `/opt/gitlab-node/lib.sh`, and the part of its cloud
 * beside it, which the library sources itself. Both read `/etc/gitlab-node/node.env`.
 */
export function libraryFiles(cloud: LibraryCloud): NodeFile[] {
  const shared = { mode: "0644" } as const;
  return [
    {
      ...shared,
      path: "/opt/gitlab-node/lib.sh",
      content: template("lib.sh"),
    },
    {
      ...shared,
      path: "/opt/gitlab-node/cloud.sh",
      content: clouds[cloud].map((name) => template(join("clouds", name))).join("\n"),
    },
  ];
}
