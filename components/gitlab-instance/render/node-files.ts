import type { NodeFile } from "../../node-files/contract";
import type { NodeFacts } from "../contract";

/**
 * All files of one machine of the AWS environment: the shared library, the boot and duty scripts, the unit files,
 * `gitlab.rb` for its role and `/etc/gitlab-node/node.env`. Pure; holds no secret.
 * @throws if the facts cannot be a working node (lease times that leave no room to stop Gitaly, and the like).
 */
export function renderNodeFiles(facts: NodeFacts): NodeFile[] {
  throw new Error(`not rendered yet: ${facts.role}`);
}
