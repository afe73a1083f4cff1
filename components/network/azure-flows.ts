import type { Flow } from "./contract";
import { flowRules, type FlowRule } from "./flows";

/** Who a party of Azure's firewall is. */
export type AzureParty =
  /** Machines in a subnet, which has a security group. */
  | { readonly kind: "subnet"; readonly cidr: string }
  /** What is not this network's: a service tag (https://learn.microsoft.com/azure/virtual-network/service-tags-overview). */
  | { readonly kind: "service"; readonly tag: string };

/** A rule of a network security group, in plain data. */
export interface AzureRule {
  readonly name: string;
  readonly description: string;
  readonly priority: number;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly protocol: "Tcp" | "Udp" | "*";
  readonly sourceAddressPrefix: string;
  readonly sourcePortRange: "*";
  readonly destinationAddressPrefix: string;
  readonly destinationPortRange: string;
}

/** Largest number that a rule of one's own can have; Azure's defaults, which let a network talk within itself, come after. */
const lastPriority = 4096;

/**
 * The rules of one subnet's security group: those of the table of flows, and after them a refusal in either direction.
 * Without it Azure's default rules let every subnet reach every other and everybody reach the internet.
 *
 * The platform's own services (DHCP, DNS and health at 168.63.129.16, metadata at 169.254.169.254) are not subject to
 * security groups (https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#azure-platform-considerations).
 *
 * @throws if a flow is wrong (see `flowRules`), or both its sides are outside of the network
 */
export function azureRules<Party extends string>(
  parties: Readonly<Record<Party, AzureParty>>,
  flows: readonly Flow<Party>[],
): ReadonlyMap<Party, readonly AzureRule[]> {
  const names = Object.keys(parties) as Party[];
  const outside = (party: Party | "internet") =>
    party === "internet" || parties[party].kind === "service";
  for (const { from, to } of flows) {
    if (outside(from) && outside(to)) {
      throw new Error(`flow ${from}-${to}: no side of it is a machine of this network`);
    }
  }
  const rules = flowRules(names, flows);
  return new Map(
    names
      .filter((party) => parties[party].kind === "subnet")
      .map((party) => [
        party,
        (["Inbound", "Outbound"] as const).flatMap((direction) => [
          ...rules
            .filter((rule) => rule.party === party && directions[rule.direction] === direction)
            .map((rule, index) => allow(rule, 100 + index * 10, prefixOf(parties, rule.peer))),
          refuse(direction),
        ]),
      ]),
  );
}

const directions = { ingress: "Inbound", egress: "Outbound" } as const;
const protocols = { tcp: "Tcp", udp: "Udp", all: "*" } as const;

function prefixOf<Party extends string>(
  parties: Readonly<Record<Party, AzureParty>>,
  peer: Party | "internet",
): string {
  // The tag takes in Azure's own public addresses: runners reach GitLab by its public name, from the NAT gateway's.
  if (peer === "internet") return "Internet";
  const party = parties[peer];
  return party.kind === "subnet" ? party.cidr : party.tag;
}

function allow<Party extends string>(
  rule: FlowRule<Party>,
  priority: number,
  peer: string,
): AzureRule {
  // The group is the subnet's, so its own side needs no naming; Bastion wants both sides named alike
  // (https://learn.microsoft.com/azure/bastion/bastion-nsg).
  const own = peer === "VirtualNetwork" ? peer : "*";
  const inbound = rule.direction === "ingress";
  return {
    name: rule.name,
    // At most 140 characters (API reference of Microsoft.Network/networkSecurityGroups/securityRules).
    description: rule.why.slice(0, 140),
    priority,
    direction: directions[rule.direction],
    access: "Allow",
    protocol: protocols[rule.protocol],
    sourceAddressPrefix: inbound ? peer : own,
    sourcePortRange: "*",
    destinationAddressPrefix: inbound ? own : peer,
    destinationPortRange: portRange(rule.ports),
  };
}

function portRange(ports: readonly [number, number] | undefined): string {
  if (ports === undefined) return "*";
  const [first, last] = ports;
  return first === last ? String(first) : `${first}-${last}`;
}

function refuse(direction: "Inbound" | "Outbound"): AzureRule {
  return {
    name: `deny-${direction.toLowerCase()}`,
    description: "Nothing else is open",
    priority: lastPriority,
    direction,
    access: "Deny",
    protocol: "*",
    sourceAddressPrefix: "*",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "*",
  };
}
