/**
 * What rules of Azure's security groups open: those within a group, and those that are resources of their own.
 *
 * Source: https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview (prefixes, service
 * tags, ranges), https://learn.microsoft.com/en-us/azure/virtual-network/service-tags-overview
 */
import { all, any, not, type Truth, type Value } from "../../reader";
import { type Finding, must } from "../../rule";
import { says } from "../words";
import { openPorts } from "./open-ports";

/** A rule, wherever it stands: the two forms have the same properties. */
type FirewallRule = Pick<Value, "at">;

/** Ports in a range from which on it is as good as all of them. */
const nearlyAll = 32768;

/** The widest networks that are private: 10.0.0.0/8 and fc00::/7. */
const widestPrivate = { four: 8, six: 7 } as const;

/**
 * Whether a prefix takes in the internet, or so much of it that it hardly keeps anybody out: every word and network for
 * it, halves of it, and all customers of Azure (`AzureCloud`).
 */
export function isAnywhere(prefix: Pick<Value, "test">): Truth {
  return prefix.test((value) => {
    const text = String(value).trim().toLowerCase();
    if (/^(\*|any|internet|azurecloud(\.\w+)?|0\.0\.0\.0|::)$/.test(text)) return true;
    const network = /^([0-9a-f:.]+)\/(\d{1,3})$/.exec(text);
    if (network === null) return /^(0\.0\.0\.0|::)-/.test(text);
    const [, address = "", bits = ""] = network;
    if (!address.includes(":")) return Number(bits) < widestPrivate.four;
    return Number(bits) < (/^f[cd]/.test(address) ? widestPrivate.six : 16);
  });
}

/** One property and its plural: whether some of what they hold passes. */
function some(rule: FirewallRule, one: string, passes: (value: Value) => Truth): Truth {
  return any(passes(rule.at(one)), plural(rule, one).some(passes));
}

/** Whether all that they hold passes, and there is something. */
function every(rule: FirewallRule, one: string, passes: (value: Value) => Truth): Truth {
  const [single, several] = [rule.at(one), plural(rule, one)];
  return all(
    any(!single.given, passes(single)),
    several.every(passes),
    any(single.given, several.filled),
  );
}

function plural(rule: FirewallRule, one: string): Value {
  return rule.at(one.endsWith("x") ? `${one}es` : `${one}s`);
}

function isOpenPort(ports: Value): Truth {
  return ports.test((value) => /^\d+$/.test(String(value)) && openPorts.has(Number(value)));
}

function isOnePort(ports: Value): Truth {
  return ports.test((value) => /^\d+$/.test(String(value)) && Number(value) > 0);
}

function isNearlyAll(ports: Value): Truth {
  return ports.test((value) => {
    const [, from, to] = /^(\d+)-(\d+)$/.exec(String(value)) ?? [];
    return value === "*" || (from !== undefined && Number(to) - Number(from) >= nearlyAll);
  });
}

function isAll(value: Value): Truth {
  return value.is("*");
}

function allows(rule: FirewallRule, direction: "Inbound" | "Outbound"): Truth {
  return all(says(rule.at("direction"), direction), says(rule.at("access"), "Allow"));
}

/** Some rules: those of a group, or a single one. */
type Rules = (holds: (rule: FirewallRule) => Truth) => Truth;

/** What rules let in. */
export function letIn(rules: Rules): readonly Finding[] {
  return [
    must(
      rules((rule) =>
        any(not(allows(rule, "Inbound")), not(some(rule, "destinationPortRange", isNearlyAll))),
      ),
      "All ports are open to somebody",
    ),
    must(
      rules((rule) =>
        any(
          not(allows(rule, "Inbound")),
          not(some(rule, "sourceAddressPrefix", isAnywhere)),
          all(every(rule, "destinationPortRange", isOpenPort), says(rule.at("protocol"), "Tcp")),
        ),
      ),
      "A port that is none of 22, 80 and 443 is open to the internet",
    ),
  ];
}

/** What rules let out. */
export function letOut(rules: Rules): Finding {
  return must(
    rules((rule) =>
      any(not(allows(rule, "Outbound")), every(rule, "destinationPortRange", isOnePort)),
    ),
    "A whole range of ports is let out",
  );
}

/** Whether a rule denies everything of one direction. */
export function deniesAll(rule: FirewallRule, direction: "Inbound" | "Outbound"): Truth {
  return all(
    says(rule.at("direction"), direction),
    says(rule.at("access"), "Deny"),
    isAll(rule.at("protocol")),
    ...["sourceAddressPrefix", "destinationAddressPrefix", "destinationPortRange"].map((key) =>
      isAll(rule.at(key)),
    ),
    rule.at("sourcePortRange").or("*").is("*"),
  );
}

/**
 * Subnets that Azure wants without a group of their own, or without one that closes anything.
 *
 * Source: https://learn.microsoft.com/en-us/azure/virtual-network/virtual-network-for-azure-services
 */
const withoutGroup = /^(GatewaySubnet|AzureFirewall(Management)?Subnet|RouteServerSubnet)$/i;

/** What keeps a subnet, one by itself or one within its network. */
export function guardsSubnet(subnet: FirewallRule, name: Value): readonly Finding[] {
  const ofAzure = any(name.matches(withoutGroup), name.matches(/^AzureBastionSubnet$/i));
  return [
    must(
      any(name.matches(withoutGroup), subnet.at("networkSecurityGroup").at("id").given),
      "The subnet has no security group",
    ),
    must(
      any(ofAzure, subnet.at("defaultOutboundAccess").is(false)),
      "Machines get an address to go out by that nobody has chosen",
    ),
  ];
}

/** Asks something of each item of a list; where nobody knows the list yet, of none. */
export function withinIt(
  list: Pick<Value, "items" | "unknown">,
  check: (item: FirewallRule) => readonly Finding[],
): readonly Finding[] {
  if (list.unknown !== undefined) return [must(list.unknown, "What is in it is not known yet")];
  return list.items.flatMap(check);
}
