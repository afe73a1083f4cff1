import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "../../../node-files/contract";
import { libraryFiles } from "../../../node-files/library";
import type { PackageMachineFacts } from "../contract";
import { upkeepFiles } from "./upkeep";

/** A script of the package's `templates`, under `/opt/gitlab-node` without its ending. */
function script(name: string): NodeFile {
  return {
    path: `/opt/gitlab-node/${name}`,
    mode: "0755",
    content: readFileSync(join(__dirname, "..", "templates", `${name}.sh`), "utf8"),
  };
}

/** All files of a machine with the Linux package. Pure; holds no secret. */
export function machineFiles(facts: PackageMachineFacts): NodeFile[] {
  return [...libraryFiles(facts.cloud.kind), script("apply"), ...upkeepFiles(facts)];
}
