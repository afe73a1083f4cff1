/** What a person would add next on Azure. */
import { gone } from "./change";
import type { Next } from "./next-types";

const opening = {
  resourceGroupName: "gitlab-dev",
  networkSecurityGroupName: "gitlab",
  access: "Allow",
  direction: "Inbound",
  protocol: "Tcp",
  priority: 200,
  description: "people use GitLab",
  sourceAddressPrefix: "Internet",
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "443",
};
const firewallRule = "azure-native:network:SecurityRule";
const network = "azure-native:network:VirtualNetwork";

export const nextOfAzure: readonly Next[] = [
  {
    rule: "network-open-to-all",
    place: "dev",
    type: firewallRule,
    props: opening,
    changes: [
      ["destinationPortRange", "3389"],
      ["destinationPortRange", "*"],
      ["destinationPortRange", "440-450"],
      ["destinationPortRange", gone],
      ["destinationPortRanges", ["443", "8000-8100"]],
      ["protocol", "*"],
      ["protocol", "Udp"],
    ],
  },
  ...[
    ["*"],
    ["ANY"],
    ["internet"],
    ["0.0.0.0/0"],
    ["203.0.113.7/0"],
    ["0.0.0.0/1"],
    ["::/0"],
    ["2000::/3"],
    ["AzureCloud"],
    ["AzureCloud.eastus2"],
  ].map(([prefix]): Next => ({
    rule: "network-open-to-all",
    place: "dev",
    type: firewallRule,
    title: `${String(prefix)} for the whole internet`,
    props: { ...opening, sourceAddressPrefix: "10.0.0.0/8", destinationPortRange: "9100" },
    changes: [
      ["sourceAddressPrefix", prefix],
      ["sourceAddressPrefixes", ["10.1.0.0/16", prefix]],
    ],
  })),
  {
    rule: "network-open-to-all",
    place: "dev",
    type: firewallRule,
    title: "within the network",
    props: { ...opening, sourceAddressPrefix: "10.0.0.0/8", destinationPortRange: "30000-32767" },
    changes: [
      ["destinationPortRange", "0-65535"],
      ["destinationPortRanges", ["22", "1024-65535"]],
    ],
  },
  {
    rule: "network-open-to-all",
    place: "dev",
    type: firewallRule,
    title: "in words of any case",
    props: { ...opening, access: "allow", direction: "inbound", protocol: "TCP" },
    changes: [["destinationPortRange", "5432"]],
  },
  {
    rule: "network-egress-named",
    place: "dev",
    type: firewallRule,
    props: { ...opening, direction: "Outbound" },
    changes: [
      ["destinationPortRange", "*"],
      ["destinationPortRange", "1-65535"],
      ["destinationPortRanges", ["443", "*"]],
    ],
  },
  {
    rule: "network-groups-say-why",
    place: "dev",
    type: firewallRule,
    props: opening,
    changes: [["description", gone]],
  },
  {
    rule: "network-subnets-guarded",
    place: "dev",
    type: network,
    props: {
      addressSpace: { addressPrefixes: ["10.40.0.0/16"] },
      subnets: [
        {
          name: "machine",
          addressPrefix: "10.40.0.0/24",
          networkSecurityGroup: { id: "/subscriptions/x/resourceGroups/y/providers/z" },
          defaultOutboundAccess: false,
        },
        { name: "GatewaySubnet", addressPrefix: "10.40.1.0/27" },
      ],
    },
    changes: [
      ["subnets[0].networkSecurityGroup", gone],
      ["subnets[0].defaultOutboundAccess", gone],
      ["subnets[0].defaultOutboundAccess", true],
      ["subnets[1].name", "gateway"],
    ],
  },
];
