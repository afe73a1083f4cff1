import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "./contract";

/** A cloud whose identity, secret store and metrics the shell library knows. */
export type LibraryCloud = "aws" | "azure" | "gcp";

const templates = join(__dirname, "templates");

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
      content: readFileSync(join(templates, "lib.sh"), "utf8"),
    },
    {
      ...shared,
      path: "/opt/gitlab-node/cloud.sh",
      content: readFileSync(join(templates, "clouds", `${cloud}.sh`), "utf8"),
    },
  ];
}
