/** Network interfaces and Bastion. */
import type { ResourceModel, Rule } from "../../model";
import {
  arm,
  attached,
  BASTION,
  block,
  blocks,
  bool,
  held,
  int,
  LEARN,
  link,
  list,
  location,
  NETWORK_INTERFACE,
  oneOf,
  out,
  outJson,
  partial,
  plainName,
  PUBLIC_IP,
  rule,
  SECURITY_GROUP,
  str,
  SUBNET,
  tags,
  unchangeable,
  VIRTUAL_NETWORK,
  zone,
} from "./common";

const NIC = `${LEARN}virtual-network/virtual-network-network-interface`;
const PRIVATE_IP = `${LEARN}virtual-network/ip-services/private-ip-addresses`;
const BASTION_SETTINGS = `${LEARN}bastion/configuration-settings`;
const ID_ONLY = "a resource of its own: its id alone is read here";

const networkInterface = arm({
  token: NETWORK_INTERFACE,
  kind: "Microsoft.Network/networkInterfaces",
  api: "2024-05-01",
  named: { property: "networkInterfaceName", pattern: plainName(80), maxLength: 80 },
  properties: {
    auxiliaryMode: oneOf(["None", "MaxConnections", "Floating", "AcceleratedConnections"]),
    auxiliarySku: oneOf(["None", "A1", "A2", "A4", "A8"]),
    disableTcpStateTracking: bool(),
    dnsSettings: block({
      dnsServers: list(str({ pattern: "AzureProvidedDNS|[0-9.]+", example: "10.0.0.4" })),
      internalDnsNameLabel: str({ pattern: "[A-Za-z0-9-]{1,63}" }),
    }),
    enableAcceleratedNetworking: bool(),
    enableIPForwarding: bool(),
    ipConfigurations: partial(
      {
        name: str({ pattern: plainName(80), maxLength: 80, example: "main" }),
        primary: bool(),
        privateIPAddress: str({
          format: "ipv4",
          optionalComputed: true,
          value: "{address:ipConfigurations[].subnet.id:addressPrefix}",
        }),
        privateIPAddressVersion: oneOf(["IPv4", "IPv6"]),
        privateIPAllocationMethod: oneOf(["Static", "Dynamic"]),
        publicIPAddress: link(attached(PUBLIC_IP), { omits: ID_ONLY }),
        subnet: link(held(SUBNET), { omits: ID_ONLY }),
      },
      "load balancers, gateways and taps are not modelled",
    ),
    location,
    migrationPhase: oneOf(["None", "Prepare", "Commit", "Abort", "Committed"]),
    networkSecurityGroup: link(held(SECURITY_GROUP), { omits: ID_ONLY }),
    nicType: oneOf(["Standard", "Elastic"]),
    tags: tags(),
    workloadType: str(),
    defaultOutboundConnectivityEnabled: outJson("boolean", false),
    dscpConfiguration: outJson("object", {}),
    etag: out('W/"{uuid}"', { changesWith: "*" }),
    hostedWorkloads: outJson("list", []),
    macAddress: out("00-0D-3A-{hex:2}-{hex:2}-{hex:2}"),
    primary: outJson("boolean", true),
    privateEndpoint: outJson("object", {}),
    provisioningState: out("Succeeded"),
    resourceGuid: out("{uuid}"),
    tapConfigurations: outJson("list", []),
    virtualMachine: outJson("object", {}),
    vnetEncryptionSupported: outJson("boolean", false),
  },
  omitted: {
    extendedLocation: "edge zones are not modelled",
    id: "ARM makes the id from the names",
    privateLinkService: "private link services are not modelled",
  },
  rules: [
    rule(
      "an interface has an address in a subnet",
      undefined,
      {
        all: [
          { property: "ipConfigurations", present: true },
          {
            property: "ipConfigurations[]",
            every: {
              all: [
                { property: "name", present: true },
                { property: "subnet.id", present: true },
              ],
            },
          },
        ],
      },
      "NetworkInterfaceMustHaveOneIpConfiguration: `ipConfigurations`: an interface needs one, with a name and a subnet",
      NIC,
    ),
    rule(
      "configurations have names of their own",
      { property: "ipConfigurations", present: true },
      { property: "ipConfigurations[].name", distinct: true },
      "DuplicateResourceName: `ipConfigurations`: two have the same name",
      NIC,
    ),
    rule(
      "one of many configurations is primary",
      { property: "ipConfigurations", lengthAtLeast: 2 },
      { property: "ipConfigurations[primary=true]", present: true },
      "NetworkInterfaceMultipleIpConfigurationsMissingPrimary: `ipConfigurations`: exactly one of several must be primary",
      NIC,
    ),
    rule(
      "a static address is given",
      { property: "ipConfigurations[privateIPAllocationMethod=Static]", present: true },
      {
        property: "ipConfigurations[privateIPAllocationMethod=Static]",
        every: { property: "privateIPAddress", present: true },
      },
      "IpAddressNotGiven: `ipConfigurations`: privateIPAllocationMethod Static needs privateIPAddress",
      PRIVATE_IP,
    ),
    rule(
      "a given address is static",
      { property: "ipConfigurations[]", some: { property: "privateIPAddress", present: true } },
      {
        property: "ipConfigurations[]",
        every: {
          any: [
            { property: "privateIPAddress", present: false },
            { property: "privateIPAllocationMethod", equals: "Static" },
          ],
        },
      },
      "PrivateIPAddressNotAllowed: `ipConfigurations`: a privateIPAddress needs privateIPAllocationMethod Static",
      PRIVATE_IP,
    ),
    rule(
      "an address lies in the subnet",
      { property: "ipConfigurations[].privateIPAddress", present: true },
      {
        property: "ipConfigurations[].privateIPAddress",
        inside: "{ref:ipConfigurations[].subnet.id:addressPrefix}",
      },
      "PrivateIPAddressNotInSubnet: `ipConfigurations`: the privateIPAddress is not inside the subnet",
      PRIVATE_IP,
    ),
    rule(
      "public addresses are in the interface's region",
      { property: "ipConfigurations[].publicIPAddress.id", present: true },
      {
        property: "ipConfigurations[].publicIPAddress.id->location",
        allAmong: ["location"],
      },
      "InvalidResourceReference: `ipConfigurations`: the publicIPAddress is in another region",
      NIC,
    ),
    rule(
      "the security group is in the interface's region",
      { property: "networkSecurityGroup.id", present: true },
      { property: "networkSecurityGroup.id->location", allAmong: ["location"] },
      "InvalidResourceReference: `networkSecurityGroup` is in another region",
      NIC,
    ),
    rule(
      "no interface stands in Bastion's subnet",
      { property: "ipConfigurations[].subnet.id", present: true },
      {
        not: {
          property: "ipConfigurations[].subnet.id",
          matches: ".*/subnets/(AzureBastionSubnet|GatewaySubnet)",
        },
      },
      "NetworkInterfaceInReservedSubnet: `ipConfigurations`: AzureBastionSubnet and GatewaySubnet take no network interfaces",
      `${BASTION_SETTINGS}#subnet`,
    ),
  ],
  seconds: { create: 3, delete: 5 },
});

/** Features of Bastion that start with a SKU. */
const needsSku = (property: string, skus: readonly string[]): Rule =>
  rule(
    `${property} needs a SKU that has it`,
    { property, equals: true },
    { property: "sku.name", in: skus },
    `BastionFeatureNotSupported: \`${property}\` needs the SKU ${skus.join(" or ")}`,
    `${LEARN}bastion/bastion-sku-comparison`,
  );
const above = ["Standard", "Premium"];

const bastionHost = arm({
  token: BASTION,
  kind: "Microsoft.Network/bastionHosts",
  api: "2024-05-01",
  named: { property: "bastionHostName", pattern: plainName(80), maxLength: 80 },
  properties: {
    disableCopyPaste: bool(),
    dnsName: str({ optionalComputed: true, value: "bst-{uuid}.bastion.azure.com" }),
    enableFileCopy: bool(),
    enableIpConnect: bool(),
    enableKerberos: bool(),
    enablePrivateOnlyBastion: bool(),
    enableSessionRecording: bool(),
    enableShareableLink: bool(),
    enableTunneling: bool(),
    ipConfigurations: partial(
      {
        name: str({ pattern: plainName(80), maxLength: 80, example: "main" }),
        privateIPAllocationMethod: oneOf(["Static", "Dynamic"]),
        publicIPAddress: link(attached(PUBLIC_IP)),
        subnet: link(held(SUBNET), { required: true }),
      },
      "Azure sets the id",
    ),
    location,
    networkAcls: block({ ipRules: blocks({ addressPrefix: str({ pattern: "[0-9.]+(/\\d+)?" }) }) }),
    scaleUnits: int({ min: 2, max: 50, optionalComputed: true, value: "2" }),
    sku: block({ name: oneOf(["Basic", "Standard", "Developer", "Premium"]) }),
    tags: tags(),
    virtualNetwork: link(held(VIRTUAL_NETWORK)),
    zones: list(zone, { set: true }),
    etag: out('W/"{uuid}"', { changesWith: "*" }),
    provisioningState: out("Succeeded"),
  },
  omitted: { id: "ARM makes the id from the names" },
  unique: [
    { properties: ["ipConfigurations[].subnet.id"], scope: "account", source: BASTION_SETTINGS },
  ],
  rules: [
    rule(
      "the Developer SKU stands in a network, the others in a subnet of their own",
      undefined,
      {
        any: [
          {
            all: [
              { property: "sku.name", equals: "Developer" },
              { property: "virtualNetwork.id", present: true },
              { property: "ipConfigurations", present: false },
            ],
          },
          {
            all: [
              { not: { property: "sku.name", equals: "Developer" } },
              { property: "virtualNetwork", present: false },
              { property: "ipConfigurations", lengthAtLeast: 1, lengthAtMost: 1 },
              { property: "ipConfigurations[].name", present: true },
            ],
          },
        ],
      },
      "BastionHostIpConfigurationInvalid: `ipConfigurations`: one with a name is required, except for the SKU Developer, which takes `virtualNetwork` instead",
      BASTION_SETTINGS,
    ),
    rule(
      "Bastion stands in AzureBastionSubnet",
      { property: "ipConfigurations", present: true },
      { property: "ipConfigurations[].subnet.id", matches: ".*/subnets/AzureBastionSubnet" },
      "BastionHostSubnetInvalid: `ipConfigurations`: the subnet must be named AzureBastionSubnet",
      `${BASTION_SETTINGS}#subnet`,
    ),
    rule(
      "Bastion has a public address, unless it is private",
      {
        all: [
          { property: "ipConfigurations", present: true },
          { not: { property: "enablePrivateOnlyBastion", equals: true } },
        ],
      },
      {
        property: "ipConfigurations[].publicIPAddress.id",
        referred: {
          all: [
            { property: "sku.name", equals: "Standard" },
            { property: "publicIPAllocationMethod", equals: "Static" },
          ],
        },
      },
      "BastionHostPublicIpInvalid: `ipConfigurations`: a static publicIPAddress of the Standard SKU is required",
      `${BASTION_SETTINGS}#public-ip`,
    ),
    rule(
      "Bastion's address is in its region",
      { property: "ipConfigurations[].publicIPAddress.id", present: true },
      { property: "ipConfigurations[].publicIPAddress.id->location", allAmong: ["location"] },
      "InvalidResourceReference: `ipConfigurations`: the publicIPAddress is in another region",
      BASTION_SETTINGS,
    ),
    ...["enableTunneling", "enableFileCopy", "enableIpConnect", "enableShareableLink"].map(
      (property) => needsSku(property, above),
    ),
    ...["enableSessionRecording", "enablePrivateOnlyBastion"].map((property) =>
      needsSku(property, ["Premium"]),
    ),
    rule(
      "more than two instances need a SKU that scales",
      { property: "scaleUnits", atLeast: 3 },
      { property: "sku.name", in: above },
      "BastionFeatureNotSupported: `scaleUnits` above 2 needs the SKU Standard or Premium",
      `${BASTION_SETTINGS}#instance`,
    ),
    rule(
      "a SKU goes up, never down",
      { property: "^sku.name", in: above },
      {
        any: [
          { property: "sku.name", equals: "Premium" },
          {
            all: [
              { property: "^sku.name", equals: "Standard" },
              { property: "sku.name", equals: "Standard" },
            ],
          },
        ],
      },
      "BastionSkuDowngradeNotSupported: `sku.name`: a Bastion host can't be downgraded",
      `${LEARN}bastion/upgrade-sku`,
    ),
    ...unchangeable(["zones", "ipConfigurations"], BASTION_SETTINGS),
  ],
  seconds: { create: 420, update: 300, delete: 300 },
});

export const models: readonly ResourceModel[] = [networkInterface, bastionHost];
