import type { NodeFile } from "../../../node-files/contract";
import type { PackageMachineFacts } from "../contract";

/** Files of the machine's upkeep: the gated upgrade, backups, their cron entries. */
export const upkeepFiles: (facts: PackageMachineFacts) => NodeFile[] = () => [];
