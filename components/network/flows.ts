import type { Flow } from "./contract";

/** One rule of a security group, before it is any cloud's. */
export interface FlowRule<Party extends string> {
  /** Stable and unique: made from who, whom and the port, so that the order of flows has no meaning. */
  readonly name: string;
  readonly direction: "ingress" | "egress";
  /** Whose group it is in. */
  readonly party: Party;
  /** The other side: another party's group, or the whole internet. */
  readonly peer: Party | "internet";
  readonly protocol: "tcp" | "udp" | "all";
  /** Absent where the protocol is `all`. */
  readonly ports?: readonly [number, number];
  readonly why: string;
}

/**
 * The rules that a table of flows amounts to: for each flow one for connections that leave `from` and one for those
 * that reach `to`. Answers need none, since security groups are stateful; neither do DNS, time and instance metadata
 * of the VPC (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html).
 *
 * @throws if a flow names a party that is not there, opens a port from one part of the internet to another, leaves all
 * ports open other than towards the internet, has a port that is none, gives no reason, or says the same as another
 */
export function flowRules<Party extends string>(
  parties: readonly Party[],
  flows: readonly Flow<Party>[],
): readonly FlowRule<Party>[] {
  const known = new Set<string>(parties);
  if (known.has("internet")) throw new Error("a party can't be called internet");
  if (known.size !== parties.length) throw new Error("a party is named twice");
  const rules = flows.flatMap((flow) => {
    const label = `${flow.from}-${flow.to}-${portLabel(flow)}`;
    for (const party of [flow.from, flow.to]) {
      if (party !== "internet" && !known.has(party)) {
        throw new Error(`flow ${label}: ${party} is not one of ${[...known].join(", ")}`);
      }
    }
    if (flow.from === "internet" && flow.to === "internet") {
      throw new Error(`flow ${label}: one side must be a party`);
    }
    if (flow.port === "all" && flow.to !== "internet") {
      throw new Error(`flow ${label}: all ports may be open towards the internet only`);
    }
    if (flow.why.trim() === "") throw new Error(`flow ${label}: a reason is missing`);
    const common = {
      protocol: flow.port === "all" ? ("all" as const) : (flow.protocol ?? ("tcp" as const)),
      ports: ports(flow, label),
      why: flow.why,
    };
    const sides: FlowRule<Party>[] = [];
    if (flow.from !== "internet") {
      sides.push({
        ...common,
        name: `${label}-out`,
        direction: "egress",
        party: flow.from,
        peer: flow.to,
      });
    }
    if (flow.to !== "internet") {
      sides.push({
        ...common,
        name: `${label}-in`,
        direction: "ingress",
        party: flow.to,
        peer: flow.from,
      });
    }
    return sides;
  });
  const seen = new Set<string>();
  for (const { name } of rules) {
    if (seen.has(name)) throw new Error(`flow ${name} is there twice`);
    seen.add(name);
  }
  return rules;
}

function portLabel({ port, protocol }: Flow): string {
  const number =
    typeof port === "string" || typeof port === "number" ? String(port) : port.join("to");
  return protocol === "udp" ? `udp-${number}` : number;
}

function ports({ port }: Flow, label: string): readonly [number, number] | undefined {
  if (port === "all") return undefined;
  const [first, last] = typeof port === "number" ? [port, port] : port;
  const valid = [first, last].every((value) => Number.isInteger(value) && value >= 1);
  if (!valid || last > 65535 || first > last) throw new Error(`flow ${label}: no such port`);
  return [first, last];
}
