/** Virtual networks and their subnets. */
import type { Condition, ResourceModel, Rule } from "../../model";
import {
  arm,
  block,
  bool,
  foreign,
  held,
  int,
  LEARN,
  link,
  list,
  location,
  NAT_GATEWAY,
  NAMES,
  oneOf,
  out,
  outJson,
  partial,
  plainName,
  rule,
  SECURITY_GROUP,
  str,
  SUBNET,
  tags,
  unchangeable,
  VIRTUAL_NETWORK,
} from "./common";

const VNET_FAQ = `${LEARN}virtual-network/virtual-networks-faq`;
const BASTION_NSG = `${LEARN}bastion/bastion-nsg`;
const BASTION_SUBNET = `${LEARN}bastion/configuration-settings#subnet`;
/** Azure takes subnets from /29 (five of the eight addresses are its own) and IPv6 ones of /64. */
const subnetBlock = "[0-9.]+/([0-9]|1[0-9]|2[0-9])|[0-9a-fA-F:]+/64";

const virtualNetwork = arm({
  token: VIRTUAL_NETWORK,
  kind: "Microsoft.Network/virtualNetworks",
  api: "2024-05-01",
  named: {
    property: "virtualNetworkName",
    pattern: plainName(64),
    minLength: 2,
    maxLength: 64,
  },
  properties: {
    addressSpace: block(
      {
        addressPrefixes: list(
          str({ format: "cidr", example: "10.0.0.0/16", pattern: "[0-9a-fA-F.:]+/\\d+" }),
          { minItems: 1 },
        ),
      },
      { omits: "pools of Azure Virtual Network Manager are not modelled" },
    ),
    bgpCommunities: block({ virtualNetworkCommunity: str({ required: true }) }),
    ddosProtectionPlan: foreign("Microsoft.Network/ddosProtectionPlans"),
    dhcpOptions: block({ dnsServers: list(str({ format: "ipv4" })) }),
    enableDdosProtection: bool(),
    enableVmProtection: bool(),
    encryption: block({
      enabled: bool({ required: true }),
      enforcement: oneOf(["DropUnencrypted", "AllowUnencrypted"]),
    }),
    flowTimeoutInMinutes: int({ min: 4, max: 30 }),
    location,
    privateEndpointVNetPolicies: oneOf(["Disabled", "Basic"]),
    tags: tags(),
    etag: out('W/"{uuid}"', { changesWith: "*" }),
    flowLogs: outJson("list", []),
    provisioningState: out("Succeeded"),
    resourceGuid: out("{uuid}"),
  },
  omitted: {
    extendedLocation: "edge zones are not modelled",
    id: "ARM makes the id from the names",
    ipAllocations: "allocations of Azure Virtual Network Manager are not modelled",
    subnets:
      "subnets are network.Subnet resources: a list in the network deletes at its next update those that it lacks",
    virtualNetworkPeerings: "peerings are resources of their own, which are not modelled",
  },
  rules: [
    rule(
      "a network has an address space",
      undefined,
      { property: "addressSpace.addressPrefixes", present: true },
      "MissingRequiredProperty: `addressSpace.addressPrefixes`: a virtual network needs at least one address prefix",
      VNET_FAQ,
    ),
    rule(
      "DDoS protection has a plan",
      { property: "enableDdosProtection", equals: true },
      { property: "ddosProtectionPlan", present: true },
      "DdosProtectionPlanMissing: `ddosProtectionPlan` is required where enableDdosProtection is true",
      `${LEARN}ddos-protection/manage-ddos-protection`,
    ),
  ],
  seconds: { create: 5, delete: 10 },
});

/** The security group of the subnet has a rule of this direction, port and peer. */
const allows = (
  direction: string,
  ports: readonly string[],
  peers: readonly string[],
): Condition[] =>
  ports.map((port) => ({
    property: "networkSecurityGroup.id",
    referred: {
      property: "securityRules[]",
      some: {
        all: [
          { property: "direction", equals: direction },
          { property: "access", equals: "Allow" },
          {
            any: [
              { property: "destinationPortRange", in: [port, "*"] },
              { property: "destinationPortRanges[]", equals: port },
            ],
          },
          {
            property: direction === "Inbound" ? "sourceAddressPrefix" : "destinationAddressPrefix",
            in: [...peers, "*"],
          },
        ],
      },
    },
  }));

/** A subnet for Bastion with a security group needs all that Bastion itself is reached by and reaches. */
const bastionFlows: Rule = rule(
  "Bastion's subnet lets through what Bastion needs",
  {
    all: [
      { property: "subnetName", matches: "[Aa]zure[Bb]astion[Ss]ubnet" },
      { property: "networkSecurityGroup.id", present: true },
    ],
  },
  {
    all: [
      ...allows("Inbound", ["443"], ["Internet"]),
      ...allows("Inbound", ["443"], ["GatewayManager"]),
      ...allows("Inbound", ["443"], ["AzureLoadBalancer"]),
      ...allows("Inbound", ["8080", "5701"], ["VirtualNetwork"]),
      ...allows("Outbound", ["22", "3389", "8080", "5701"], ["VirtualNetwork"]),
      ...allows("Outbound", ["443"], ["AzureCloud"]),
      ...allows("Outbound", ["80"], ["Internet"]),
    ],
  },
  "NetworkSecurityGroupNotCompliantForAzureBastionSubnet: `networkSecurityGroup` does not have the rules that AzureBastionSubnet needs: inbound 443 from Internet, GatewayManager and AzureLoadBalancer, 8080 and 5701 from VirtualNetwork; outbound 22, 3389, 8080 and 5701 to VirtualNetwork, 443 to AzureCloud, 80 to Internet",
  BASTION_NSG,
);

const subnet = arm({
  token: SUBNET,
  kind: "Microsoft.Network/virtualNetworks/subnets",
  api: "2024-05-01",
  parents: ["virtualNetworkName"],
  named: { property: "subnetName", pattern: plainName(80), maxLength: 80, exact: true },
  properties: {
    virtualNetworkName: str({
      required: true,
      replace: true,
      ref: held(VIRTUAL_NETWORK, "name"),
    }),
    addressPrefix: str({
      format: "cidr",
      pattern: subnetBlock,
      example: "10.0.9.0/24",
      exactlyOneOf: ["addressPrefixes"],
    }),
    addressPrefixes: list(str({ format: "cidr", pattern: subnetBlock, example: "10.0.9.0/24" }), {
      minItems: 1,
    }),
    defaultOutboundAccess: bool(),
    delegations: partial(
      {
        name: str({ minLength: 1, maxLength: 80 }),
        serviceName: str({ pattern: "[A-Z]\\w+\\.\\w+/\\S+" }),
      },
      "Azure sets the other keys",
    ),
    natGateway: link(held(NAT_GATEWAY)),
    networkSecurityGroup: link(held(SECURITY_GROUP), {
      omits: "a security group is a resource of its own: a subnet takes its id alone",
    }),
    privateEndpointNetworkPolicies: oneOf(
      ["Enabled", "Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"],
      { optionalComputed: true, value: "Disabled" },
    ),
    privateLinkServiceNetworkPolicies: oneOf(["Enabled", "Disabled"], {
      optionalComputed: true,
      value: "Enabled",
    }),
    serviceEndpoints: partial(
      {
        locations: list(str()),
        service: str({ pattern: "Microsoft\\.\\w+(\\.\\w+)?", example: "Microsoft.KeyVault" }),
      },
      "Azure sets the other keys",
    ),
    // The SDK takes both, though the path has one and ARM sets the other.
    name: str({ optionalComputed: true, value: "{subnetName}", pattern: plainName(80) }),
    sharingScope: oneOf(["Tenant", "DelegatedServices"]),
    type: str({
      optionalComputed: true,
      value: "Microsoft.Network/virtualNetworks/subnets",
      pattern: "Microsoft\\.Network/virtualNetworks/subnets",
    }),
    etag: out('W/"{uuid}"', { changesWith: "*" }),
    ipConfigurationProfiles: outJson("list", []),
    ipConfigurations: outJson("list", []),
    privateEndpoints: outJson("list", []),
    provisioningState: out("Succeeded"),
    purpose: out(""),
    resourceNavigationLinks: outJson("list", []),
    serviceAssociationLinks: outJson("list", []),
  },
  omitted: {
    applicationGatewayIPConfigurations: "application gateways are not modelled",
    id: "ARM makes the id from the names",
    ipAllocations: "allocations of Azure Virtual Network Manager are not modelled",
    ipamPoolPrefixAllocations: "pools of Azure Virtual Network Manager are not modelled",
    routeTable: "route tables are not modelled: routes are Azure's own",
    serviceEndpointPolicies: "service endpoint policies are not modelled",
  },
  disjoint: [{ property: "addressPrefix", within: "virtualNetworkName", source: VNET_FAQ }],
  rules: [
    rule(
      "a subnet lies in its network's group",
      undefined,
      { property: "virtualNetworkName->resourceGroupName", allAmong: ["resourceGroupName"] },
      "ResourceNotFound: `virtualNetworkName`: the virtual network is in another resource group",
      NAMES,
    ),
    rule(
      "a subnet has one name",
      { property: "name", present: true },
      { property: "name", allAmong: ["subnetName"] },
      "InvalidRequestContent: `name` must be `subnetName`",
      NAMES,
    ),
    rule(
      "a subnet lies in its network's address space",
      {
        all: [
          { property: "addressPrefix", present: true },
          { property: "virtualNetworkName->addressSpace.addressPrefixes", lengthAtMost: 1 },
        ],
      },
      {
        property: "addressPrefix",
        inside: "{ref:virtualNetworkName:addressSpace.addressPrefixes[]}",
      },
      "NetcfgSubnetRangeOutsideVnet: `addressPrefix` is not inside the address space of the virtual network",
      VNET_FAQ,
    ),
    rule(
      "Bastion's subnet has 64 addresses",
      {
        all: [
          { property: "subnetName", matches: "[Aa]zure[Bb]astion[Ss]ubnet" },
          { property: "addressPrefix", present: true },
        ],
      },
      { property: "addressPrefix", matches: "[0-9.]+/([0-9]|1[0-9]|2[0-6])" },
      "BastionSubnetTooSmall: `addressPrefix` of AzureBastionSubnet must be /26 or larger",
      BASTION_SUBNET,
    ),
    rule(
      "Bastion's name is spelled as Azure spells it",
      { property: "subnetName", matches: "[Aa]zure[Bb]astion[Ss]ubnet" },
      { property: "subnetName", equals: "AzureBastionSubnet" },
      "InvalidSubnetName: `subnetName` of Bastion's subnet must be AzureBastionSubnet, with these capitals",
      BASTION_SUBNET,
    ),
    rule(
      "Bastion's subnet is delegated to nobody",
      { property: "subnetName", equals: "AzureBastionSubnet" },
      { property: "delegations", present: false },
      "DelegationNotAllowed: `delegations`: AzureBastionSubnet can't be delegated",
      BASTION_SUBNET,
    ),
    bastionFlows,
    rule(
      "a gateway subnet has no NAT gateway",
      { property: "subnetName", equals: "GatewaySubnet" },
      { property: "natGateway", present: false },
      "NatGatewayCannotBeAssociatedWithGatewaySubnet: `natGateway` can't be given to GatewaySubnet",
      `${LEARN}nat-gateway/nat-gateway-resource`,
    ),
    ...unchangeable(
      ["addressPrefix"],
      `${LEARN}virtual-network/virtual-network-manage-subnet`,
      "a subnet with resources in it keeps its range",
    ),
  ],
  seconds: { create: 5, delete: 10 },
});

export const models: readonly ResourceModel[] = [virtualNetwork, subnet];
