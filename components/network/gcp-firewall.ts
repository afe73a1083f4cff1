import * as compute from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Flow } from "./contract";
import { flowRules, type FlowRule } from "./flows";

/** Who a party of the firewall is. */
export type GcpParty =
  /** Machines with one of some service accounts, which is how rules know them; `cidr` is where their addresses are. */
  | {
      readonly kind: "machines";
      /** Ten at most (https://cloud.google.com/firewall/docs/quotas#limits). */
      readonly serviceAccountEmails: readonly pulumi.Input<string>[];
      readonly cidr: string;
    }
  /** Machines without a service account, which a network tag has to do for; `cidr` is where their addresses are. */
  | { readonly kind: "tagged"; readonly tag: string; readonly cidr: string }
  /** What is outside of the network's own machines: Google's services, Identity-Aware Proxy. */
  | { readonly kind: "ranges"; readonly cidrs: readonly string[] };

/** Arguments of GcpFirewall. */
export interface GcpFirewallArgs<Party extends string> {
  readonly networkId: pulumi.Input<string>;
  readonly parties: Readonly<Record<Party, GcpParty>>;
  /** The environment's whole firewall. */
  readonly flows: readonly Flow<Party>[];
}

const everywhere = "0.0.0.0/0";

/**
 * The firewall of a VPC network: the rules that a table of flows amounts to, and nothing else.
 *
 * Machines are known by service account and not by tag: whoever may change a machine may change its tags, but needs a
 * right of its own to run it as another account (https://cloud.google.com/firewall/docs/firewalls#service-accounts-vs-tags).
 * Machines with no account at all, where jobs run, have a tag. Towards other machines a rule for connections that leave can name addresses only, so that half of such a flow is the
 * other side's subnet, and the half that lets in is the account. No rule takes accounts on one side and tags on the
 * other, so that into tagged machines the other side is a subnet again, and who of it may leave says the first half. DNS, time and metadata (169.254.169.254) are always
 * open, and connections that nothing lets in are refused by the network itself
 * (https://cloud.google.com/firewall/docs/firewalls#default_firewall_rules).
 */
export class GcpFirewall<Party extends string> extends Component {
  readonly ready: pulumi.Resource[];

  /** @throws if a flow is wrong (see `flowRules`), or both its sides are outside of the network */
  constructor(name: string, args: GcpFirewallArgs<Party>, opts?: pulumi.ComponentResourceOptions) {
    super("network", "GcpFirewall", name, { flows: args.flows.length }, opts);
    const parties = Object.keys(args.parties) as Party[];
    const outside = (party: string) =>
      party === "internet" || args.parties[party as Party].kind === "ranges";
    const rules = flowRules(parties, args.flows);
    for (const { from, to } of args.flows) {
      if (outside(from) && outside(to)) {
        throw new Error(`flow ${from}-${to}: no side of it is a machine of this network`);
      }
    }
    const allows = rules
      // Ranges have no rules of their own: they are not this network's.
      .filter(({ party }) => args.parties[party].kind !== "ranges")
      .map(
        (rule) =>
          new compute.Firewall(
            `${name}-${rule.name}`,
            {
              network: args.networkId,
              description: rule.why,
              priority: 1000,
              ...sides(rule, args.parties),
              allows: [
                rule.ports === undefined
                  ? { protocol: "all" }
                  : { protocol: rule.protocol, ports: [portText(rule.ports)] },
              ],
            },
            { parent: this },
          ),
      );
    const deny = new compute.Firewall(
      `${name}-deny-out`,
      {
        network: args.networkId,
        description:
          "Whatever no flow lets out stays in; the network's own default lets all of it out",
        direction: "EGRESS",
        priority: 65534,
        destinationRanges: [everywhere],
        denies: [{ protocol: "all" }],
        // Logged, since a machine that tries is broken or broken into.
        logConfig: { metadata: "INCLUDE_ALL_METADATA" },
      },
      { parent: this },
    );
    this.ready = [...allows, deny];
    this.registerOutputs({});
  }
}

function sides<Party extends string>(
  rule: FlowRule<Party>,
  parties: Readonly<Record<Party, GcpParty>>,
): Partial<compute.FirewallArgs> {
  const own = parties[rule.party];
  if (own.kind === "ranges") throw new Error(`rule ${rule.name}: ${rule.party} is no machine`);
  const target =
    own.kind === "tagged"
      ? { targetTags: [own.tag] }
      : { targetServiceAccounts: [...own.serviceAccountEmails] };
  const peer = rule.peer === "internet" ? undefined : parties[rule.peer];
  const cidrs =
    peer === undefined ? [everywhere] : peer.kind === "ranges" ? [...peer.cidrs] : [peer.cidr];
  if (rule.direction === "egress") {
    return { ...target, direction: "EGRESS", destinationRanges: cidrs };
  }
  return peer?.kind === "machines" && own.kind === "machines"
    ? { ...target, direction: "INGRESS", sourceServiceAccounts: [...peer.serviceAccountEmails] }
    : { ...target, direction: "INGRESS", sourceRanges: cidrs };
}

function portText([first, last]: readonly [number, number]): string {
  return first === last ? String(first) : `${first}-${last}`;
}
