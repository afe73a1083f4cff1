/**
 * What firewalls of Google Cloud let through: rules of a network, and rules of a policy, which have the same parts by
 * other names.
 *
 * Sources: https://cloud.google.com/firewall/docs/firewalls, https://cloud.google.com/firewall/docs/network-firewall-policies
 */
import { everybody } from "../../addresses";
import { all, any, not, type Truth, type Value } from "../../reader";
import { type Finding, must } from "../../rule";
import { openPorts } from "./open-ports";

/** A rule that lets something through. */
interface Opening {
  /** Whether it holds: what is denied, or switched off, opens nothing. */
  readonly allows: Truth;
  readonly inbound: Truth;
  /** Whether it is for everybody, on the side that is not the network's own. */
  readonly anybody: Truth;
  /** Whether it names the accounts, or the tags that IAM guards, of the machines that it opens. */
  readonly bound: Truth;
  /** Whether each protocol passes, with its ports. */
  readonly every: (holds: (protocol: Value, ports: Value) => Truth) => Truth;
}

type Props = Pick<Value, "at">;

/** Whether a side of a rule is everybody: a range that is, or nothing said at all. */
function isAnybody(ranges: Value, others: readonly Value[]): Truth {
  return any(
    ranges.some((range) => range.matches(everybody)),
    not(any(ranges.filled, ...others.map((one) => one.filled))),
  );
}

/** A rule of a network (`gcp.compute.Firewall`). */
export function ofFirewall(p: Props): Opening {
  const inbound = p.at("direction").or("INGRESS").is("INGRESS");
  return {
    allows: not(p.at("disabled").or(false).is(true)),
    inbound,
    anybody: any(
      all(
        inbound,
        isAnybody(p.at("sourceRanges"), [p.at("sourceTags"), p.at("sourceServiceAccounts")]),
      ),
      all(not(inbound), isAnybody(p.at("destinationRanges"), [])),
    ),
    bound: p.at("targetServiceAccounts").filled,
    every: (holds) => p.at("allows").every((one) => holds(one.at("protocol"), one.at("ports"))),
  };
}

/** A rule of a policy (`gcp.compute.NetworkFirewallPolicyRule`). */
export function ofPolicyRule(p: Props): Opening {
  const match = p.at("match");
  const inbound = p.at("direction").is("INGRESS");
  const side = (way: "src" | "dest"): Truth =>
    isAnybody(
      match.at(`${way}IpRanges`),
      [
        "AddressGroups",
        "Fqdns",
        "RegionCodes",
        "SecureTags",
        "ThreatIntelligences",
        "Networks",
      ].map((kind) => match.at(`${way}${kind}`)),
    );
  return {
    allows: all(
      not(p.at("disabled").or(false).is(true)),
      p.at("action").matches(/^(allow|apply_)/),
    ),
    inbound,
    anybody: any(all(inbound, side("src")), all(not(inbound), side("dest"))),
    bound: any(p.at("targetServiceAccounts").filled, p.at("targetSecureTags").filled),
    every: (holds) =>
      match.at("layer4Configs").every((one) => holds(one.at("ipProtocol"), one.at("ports"))),
  };
}

/** Protocols that have no ports, by name and number. */
const portless = /^(icmp|ipv6-icmp|igmp|esp|ah|ipip|gre|1|2|4|47|50|51|58)$/i;

/** Ports in a range from which on it is as good as all of them. */
const nearlyAll = 32768;

/** Whether ports are named, and in no range that is nearly all of them. */
function namesPorts(protocol: Value, ports: Value): Truth {
  return all(
    not(protocol.matches(/^all$/i)),
    any(
      protocol.matches(portless),
      all(
        ports.filled,
        ports.every((one) =>
          one.test((value) => {
            const [from = NaN, to = from] = String(value).split("-").map(Number);
            return to - from < nearlyAll;
          }),
        ),
      ),
    ),
  );
}

function isOpenPort(port: Value): Truth {
  return port.test((value) => {
    const [, from = ""] = /^(\d+)(-\1)?$/.exec(String(value)) ?? [];
    return openPorts.has(Number(from));
  });
}

/** What a rule that lets in must keep to. */
export function letsIn({ allows, inbound, anybody, bound, every }: Opening): Finding[] {
  const idle = any(not(allows), not(inbound));
  return [
    must(any(idle, every(namesPorts)), "All ports are open to somebody"),
    must(
      any(idle, not(anybody), bound),
      "Whatever carries a tag, or stands in the network, is open to the internet",
    ),
    must(
      any(
        idle,
        not(anybody),
        every((protocol, ports) =>
          all(protocol.matches(/^(tcp|6)$/i), ports.filled, ports.every(isOpenPort)),
        ),
      ),
      "A port that is none of 22, 80 and 443 is open to the internet",
    ),
  ];
}

/** What a rule that lets out must keep to. */
export function letsOut({ allows, inbound, anybody, every }: Opening): Finding[] {
  const idle = any(not(allows), inbound);
  return [
    must(any(idle, every(namesPorts)), "Everything is let out"),
    must(
      any(
        idle,
        not(anybody),
        every((protocol, ports) =>
          any(
            protocol.matches(portless),
            ports.every((one) => one.matches(/^(\d+)(-\1)?$/)),
          ),
        ),
      ),
      "A whole range of ports is let out",
    ),
  ];
}
