/**
 * Network security groups, with their rules inline.
 * https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
 */
import type { PropertyModel, Rule } from "../../model";
import {
  arm,
  bool,
  int,
  LEARN,
  list,
  location,
  oneOf,
  out,
  outJson,
  partial,
  plainName,
  rule,
  SECURITY_GROUP,
  str,
  tags,
} from "./common";

const OVERVIEW = `${LEARN}virtual-network/network-security-groups-overview`;
const ADDRESS = "[0-9a-fA-F.:]+(/\\d{1,3})?";
/** An address, a range, a service tag (`Internet`, `Storage.WestEurope`) or all. */
const anyPeer = `\\*|${ADDRESS}|[A-Z][A-Za-z0-9]*(\\.[A-Za-z0-9]+)?`;
const PORTS = "\\d{1,5}(-\\d{1,5})?";

/** Exactly one of these three says the peers of a side. */
const peers = (side: "source" | "destination"): Record<string, PropertyModel> => {
  const prefix = `${side}AddressPrefix`;
  const [prefixes, groups] = [`${prefix}es`, `${side}ApplicationSecurityGroups`];
  return {
    [prefix]: str({ pattern: anyPeer, example: "10.0.0.0/8", exactlyOneOf: [prefixes] }),
    // The plural form takes addresses and ranges alone; "*" and service tags stand in the singular one.
    [prefixes]: list(str({ pattern: ADDRESS, example: "10.0.0.0/8" }), { minItems: 1 }),
    [groups]: partial({}, "application security groups are not modelled"),
  };
};

/** Exactly one of these two says the ports of a side. */
const ports = (side: "source" | "destination"): Record<string, PropertyModel> => {
  const one = `${side}PortRange`;
  return {
    [one]: str({ pattern: `\\*|${PORTS}`, example: "443", exactlyOneOf: [`${one}s`] }),
    [`${one}s`]: list(str({ pattern: PORTS, example: "443" }), { minItems: 1 }),
  };
};

const securityRules = partial(
  {
    access: oneOf(["Allow", "Deny"], { required: true }),
    description: str({ maxLength: 140 }),
    ...peers("destination"),
    ...ports("destination"),
    direction: oneOf(["Inbound", "Outbound"], { required: true }),
    name: str({ pattern: plainName(80), minLength: 1, maxLength: 80, example: "https" }),
    priority: int({
      min: 100,
      max: 4096,
      deviates: "the SDK lets it be left out, Azure does not: a rule below asks for it",
    }),
    protocol: oneOf(["Tcp", "Udp", "Icmp", "Esp", "*", "Ah"], { required: true }),
    ...peers("source"),
    ...ports("source"),
  },
  "Azure sets the other keys",
);

/** What Azure adds to every group: https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules */
const defaults = [
  ["AllowVnetInBound", 65000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"],
  ["AllowAzureLoadBalancerInBound", 65001, "Inbound", "Allow", "AzureLoadBalancer", "*"],
  ["DenyAllInBound", 65500, "Inbound", "Deny", "*", "*"],
  ["AllowVnetOutBound", 65000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"],
  ["AllowInternetOutBound", 65001, "Outbound", "Allow", "*", "Internet"],
  ["DenyAllOutBound", 65500, "Outbound", "Deny", "*", "*"],
] as const;

const priorities = (direction: "Inbound" | "Outbound"): Rule =>
  rule(
    `${direction} rules have priorities of their own`,
    { property: `securityRules[direction=${direction}]`, present: true },
    { property: `securityRules[direction=${direction}].priority`, distinct: true },
    `SecurityRuleConflict: \`securityRules\`: two ${direction} rules have the same priority`,
    OVERVIEW,
  );

const group = arm({
  token: SECURITY_GROUP,
  kind: "Microsoft.Network/networkSecurityGroups",
  api: "2024-05-01",
  named: { property: "networkSecurityGroupName", pattern: plainName(80), maxLength: 80 },
  properties: {
    flushConnection: bool(),
    location,
    securityRules,
    tags: tags(),
    defaultSecurityRules: outJson(
      "list",
      defaults.map(([name, priority, direction, access, from, to]) => ({
        name,
        priority,
        direction,
        access,
        protocol: "*",
        sourceAddressPrefix: from,
        sourcePortRange: "*",
        destinationAddressPrefix: to,
        destinationPortRange: "*",
      })),
    ),
    etag: out('W/"{uuid}"', { changesWith: "*" }),
    flowLogs: outJson("list", []),
    networkInterfaces: outJson("list", []),
    provisioningState: out("Succeeded"),
    resourceGuid: out("{uuid}"),
    subnets: outJson("list", []),
  },
  omitted: { id: "ARM makes the id from the names" },
  rules: [
    priorities("Inbound"),
    priorities("Outbound"),
    rule(
      "every rule has a name and a priority",
      { property: "securityRules", present: true },
      {
        property: "securityRules[]",
        every: {
          all: [
            { property: "name", present: true },
            { property: "priority", present: true },
          ],
        },
      },
      "SecurityRuleParameterMissing: `securityRules`: every rule needs a name and a priority from 100 to 4096",
      OVERVIEW,
    ),
    rule(
      "rules have names of their own",
      { property: "securityRules", present: true },
      { property: "securityRules[].name", distinct: true },
      "InvalidRequestFormat: `securityRules`: two rules have the same name",
      OVERVIEW,
    ),
    rule(
      "rules without ports are for all ports",
      { property: "securityRules[]", some: { property: "protocol", in: ["Icmp", "Esp", "Ah"] } },
      {
        property: "securityRules[]",
        every: {
          any: [
            { property: "protocol", notIn: ["Icmp", "Esp", "Ah"] },
            { property: "destinationPortRange", equals: "*" },
          ],
        },
      },
      "SecurityRuleInvalidPortRange: `securityRules`: a rule for Icmp, Esp or Ah has `*` as destinationPortRange",
      OVERVIEW,
    ),
  ],
  seconds: { create: 5, delete: 5 },
});

export const models = [group];
