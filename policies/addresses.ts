/** Blocks of addresses and networks, as rules judge them. */
import type { Value } from "./reader";

/**
 * Everybody, or so much of everybody that it comes to the same: two blocks `/1` are the internet as well as one `/0`, and
 * nobody's own network is larger than a `/8` (fc00::/7 of IPv6 apart, of which each takes a `/48`).
 */
export const everybody = /^(?!f[cd]).*\/0*[0-7]$/i;

/**
 * Whether it is the network that every project of Google Cloud is born with, which lets in SSH, RDP and whatever comes
 * from within from the start (https://cloud.google.com/vpc/docs/vpc#default-network; CIS Google Cloud Foundation 3.0.0, 3.1).
 * It stands already, so that one whose name is not known yet is another.
 */
export function isDefaultNetwork(network: Pick<Value, "text" | "unknown">): boolean {
  return (
    network.unknown === undefined &&
    /(^|\/networks\/|\/subnetworks\/)default$/.test(network.text ?? "")
  );
}
