/** EC2: the VPC with its subnets, gateways and routes. Security groups and endpoints are in ec2-access.ts. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  arnPattern,
  blockSet,
  bool,
  cidrV4,
  cidrV6,
  ELASTIC_IP,
  held,
  id,
  INTERNET_GATEWAY,
  int,
  named,
  NAT_GATEWAY,
  newer,
  oneOf,
  out,
  outJson,
  region,
  registry,
  ROUTE_TABLE,
  set,
  str,
  SUBNET,
  VPC,
  VPC_ENDPOINT,
  vpcId,
  zoneInRegion,
  zoneName,
} from "./common";

const userGuide = "https://docs.aws.amazon.com/vpc/latest/userguide/";
const api = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/";

/** AWS takes VPCs and subnets from /16 to /28: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const blockSize = "[0-9.]+/(1[6-9]|2[0-8])";
/** `euw1-az2`, `apse2-az1`: https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html */
const zoneId =
  "{region~^(..)}{region~-([a-z])[a-z]*-[0-9]}{region~-(?:north|south)([ew])}{region~([0-9])$}-az{int:1-3}";

const vpc: ResourceModel = {
  token: VPC,
  source: registry("ec2/vpc"),
  schema: "aws_vpc",
  id: "vpc-0{hex:16}",
  tags: true,
  properties: {
    region,
    assignGeneratedIpv6CidrBlock: bool({ conflicts: ["ipv6IpamPoolId"] }),
    cidrBlock: cidrV4({
      optionalComputed: true,
      value: "10.{int:0-255}.0.0/16",
      replace: true,
      pattern: blockSize,
      conflicts: ["ipv4NetmaskLength"],
    }),
    enableDnsHostnames: bool({ optionalComputed: true, value: { json: false } }),
    enableDnsSupport: bool({ default: true }),
    enableNetworkAddressUsageMetrics: bool({ optionalComputed: true, value: { json: false } }),
    instanceTenancy: oneOf(["default", "dedicated"], { default: "default" }),
    ipv4IpamPoolId: id("ipam-pool", { replace: true }),
    ipv4NetmaskLength: int({
      replace: true,
      min: 16,
      max: 28,
      conflicts: ["cidrBlock"],
      requiredWith: ["ipv4IpamPoolId"],
    }),
    ipv6CidrBlock: cidrV6({
      optionalComputed: true,
      value: {
        cases: [
          {
            when: { property: "assignGeneratedIpv6CidrBlock", equals: true },
            value: "2600:1f18:{hex:4}:{hex:2}00::/56",
          },
          { value: "" },
        ],
      },
      changesWith: ["assignGeneratedIpv6CidrBlock"],
      conflicts: ["ipv6NetmaskLength", "assignGeneratedIpv6CidrBlock"],
      requiredWith: ["ipv6IpamPoolId"],
    }),
    ipv6CidrBlockNetworkBorderGroup: str({
      optionalComputed: true,
      value: "",
      requiredWith: ["assignGeneratedIpv6CidrBlock"],
    }),
    ipv6IpamPoolId: id("ipam-pool", { conflicts: ["assignGeneratedIpv6CidrBlock"] }),
    ipv6NetmaskLength: int({
      enum: [44, 48, 52, 56, 60],
      conflicts: ["ipv6CidrBlock"],
      requiredWith: ["ipv6IpamPoolId"],
    }),
    arn: out(arnOf("ec2", "vpc/{id}")),
    defaultNetworkAclId: out("acl-0{hex:16}"),
    defaultRouteTableId: out("rtb-0{hex:16}"),
    defaultSecurityGroupId: out("sg-0{hex:16}"),
    dhcpOptionsId: out("dopt-0{hex:16}"),
    ipv6AssociationId: out(""),
    mainRouteTableId: out("{defaultRouteTableId}"),
    ownerId: out("{account}"),
  },
  rules: [
    {
      name: "a VPC has an IPv4 block of its own or one from a pool",
      then: {
        any: [
          { property: "cidrBlock", present: true },
          { property: "ipv4IpamPoolId", present: true },
        ],
      },
      message: "MissingParameter: either cidrBlock or ipv4IpamPoolId must be given",
      source: `${api}API_CreateVpc.html`,
      at: "apply",
    },
    {
      name: "DNS host names need DNS support",
      when: { property: "enableDnsHostnames", equals: true },
      then: { not: { property: "enableDnsSupport", equals: false } },
      message:
        "InvalidParameterValue: enableDnsHostnames cannot be true while enableDnsSupport is false",
      source: `${userGuide}vpc-dns-updating.html`,
      at: "apply",
    },
  ],
};

const subnet: ResourceModel = {
  token: SUBNET,
  source: registry("ec2/subnet"),
  schema: "aws_subnet",
  id: "subnet-0{hex:16}",
  tags: true,
  properties: {
    region,
    vpcId: vpcId({ required: true, replace: true }),
    assignIpv6AddressOnCreation: bool(),
    availabilityZone: zoneName({
      optionalComputed: true,
      value: "{region}a",
      replace: true,
      conflicts: ["availabilityZoneId"],
    }),
    availabilityZoneId: str({
      optionalComputed: true,
      value: zoneId,
      replace: true,
      pattern: "[a-z]{3,6}\\d-az\\d",
      conflicts: ["availabilityZone"],
    }),
    cidrBlock: cidrV4({
      optionalComputed: true,
      value: "",
      replace: true,
      pattern: blockSize,
      example: "10.0.0.0/24",
    }),
    customerOwnedIpv4Pool: id("ipv4pool-coip", {
      requiredWith: ["mapCustomerOwnedIpOnLaunch", "outpostArn"],
    }),
    enableDns64: bool(),
    enableLniAtDeviceIndex: int({ min: 1, max: 10 }),
    enableResourceNameDnsARecordOnLaunch: bool(),
    enableResourceNameDnsAaaaRecordOnLaunch: bool(),
    ipv4IpamPoolId: id("ipam-pool", { replace: true, ...newer }),
    ipv4NetmaskLength: int({
      replace: true,
      min: 16,
      max: 28,
      requiredWith: ["ipv4IpamPoolId"],
      ...newer,
    }),
    ipv6CidrBlock: cidrV6({
      optionalComputed: true,
      value: "",
      pattern: "[0-9a-f:]+/64",
      example: "2001:db8:1234:1a00::/64",
    }),
    ipv6IpamPoolId: id("ipam-pool", { replace: true, ...newer }),
    ipv6Native: bool({ replace: true }),
    ipv6NetmaskLength: int({
      replace: true,
      enum: [44, 48, 52, 56, 60, 64],
      requiredWith: ["ipv6IpamPoolId"],
      ...newer,
    }),
    mapCustomerOwnedIpOnLaunch: bool({ requiredWith: ["customerOwnedIpv4Pool", "outpostArn"] }),
    mapPublicIpOnLaunch: bool(),
    outpostArn: str({
      replace: true,
      format: "arn",
      pattern: arnPattern("outposts", "outpost/op-[0-9a-f]+"),
      example: "arn:aws:outposts:eu-west-1:123456789012:outpost/op-0123456789abcdef0",
    }),
    privateDnsHostnameTypeOnLaunch: oneOf(["ip-name", "resource-name"], {
      optionalComputed: true,
      value: "ip-name",
    }),
    arn: out(arnOf("ec2", "subnet/{id}")),
    ipv6CidrBlockAssociationId: out(""),
    ownerId: out("{account}"),
  },
  disjoint: [{ property: "cidrBlock", within: "vpcId", source: `${userGuide}subnet-sizing.html` }],
  rules: [
    zoneInRegion("availabilityZone"),
    {
      name: "a subnet lies inside its VPC's block",
      when: { property: "cidrBlock", present: true },
      then: { property: "cidrBlock", inside: "{ref:vpcId:cidrBlock}" },
      message: "InvalidSubnet.Range: cidrBlock is not inside the VPC's cidrBlock",
      source: `${userGuide}subnet-sizing.html`,
      at: "apply",
    },
    {
      name: "a subnet has an IPv4 block, a pool or IPv6 alone",
      then: {
        any: [
          { property: "cidrBlock", present: true },
          { property: "ipv4IpamPoolId", present: true },
          { property: "ipv6Native", equals: true },
        ],
      },
      message: "MissingParameter: one of cidrBlock, ipv4IpamPoolId or ipv6Native must be given",
      source: `${api}API_CreateSubnet.html`,
      at: "apply",
    },
  ],
};

const internetGateway: ResourceModel = {
  token: INTERNET_GATEWAY,
  source: registry("ec2/internetgateway"),
  schema: "aws_internet_gateway",
  id: "igw-0{hex:16}",
  tags: true,
  properties: {
    region,
    vpcId: vpcId({ optionalComputed: true, value: "" }),
    arn: out(arnOf("ec2", "internet-gateway/{id}")),
    ownerId: out("{account}"),
  },
  // A VPC takes one: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-gateways
  unique: [
    { properties: ["vpcId"], scope: "region", source: `${userGuide}amazon-vpc-limits.html` },
  ],
};

const eip: ResourceModel = {
  token: ELASTIC_IP,
  source: registry("ec2/eip"),
  schema: "aws_eip",
  id: "eipalloc-0{hex:16}",
  tags: true,
  properties: {
    region,
    address: str({ replace: true, format: "ipv4" }),
    associateWithPrivateIp: str({ format: "ipv4" }),
    customerOwnedIpv4Pool: id("ipv4pool-coip"),
    domain: oneOf(["vpc"], {
      optionalComputed: true,
      value: "vpc",
      replace: true,
    }),
    instance: id("i", { optionalComputed: true, value: "" }),
    ipamPoolId: id("ipam-pool", { optionalComputed: true, value: "", replace: true, ...newer }),
    networkBorderGroup: str({ optionalComputed: true, value: "{region}", replace: true }),
    networkInterface: id("eni", { optionalComputed: true, value: "" }),
    publicIpv4Pool: str({ optionalComputed: true, value: "amazon", replace: true }),
    allocationId: out("{id}"),
    arn: out(arnOf("ec2", "elastic-ip/{id}"), newer),
    associationId: out(""),
    carrierIp: out(""),
    customerOwnedIp: out(""),
    privateDns: out(""),
    privateIp: out(""),
    ptrRecord: out("", newer),
    publicDns: out(
      "ec2-{publicIp~^([0-9]+)}-{publicIp~^[0-9]+.([0-9]+)}-{publicIp~([0-9]+).[0-9]+$}-{publicIp~([0-9]+)$}.{region}.compute.amazonaws.com",
    ),
    publicIp: out("52.{int:1-254}.{int:1-254}.{int:1-254}"),
  },
};

const natGateway: ResourceModel = {
  token: NAT_GATEWAY,
  source: registry("ec2/natgateway"),
  schema: "aws_nat_gateway",
  id: "nat-0{hex:16}",
  tags: true,
  seconds: { create: 110, update: 20, delete: 60 },
  properties: {
    region,
    // An address in use is not released: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
    allocationId: str({ replace: true, ref: held(ELASTIC_IP) }),
    availabilityMode: oneOf(["zonal", "regional"], {
      optionalComputed: true,
      value: "zonal",
      replace: true,
      ...newer,
    }),
    availabilityZoneAddresses: blockSet(
      {
        allocationIds: set(str({ ref: held(ELASTIC_IP) })),
        availabilityZone: zoneName(),
        availabilityZoneId: str(),
      },
      newer,
    ),
    connectivityType: oneOf(["private", "public"], { replace: true, default: "public" }),
    privateIp: str({
      format: "ipv4",
      optionalComputed: true,
      value: "{address:subnetId:cidrBlock}",
      replace: true,
    }),
    secondaryAllocationIds: set(str({ ref: held(ELASTIC_IP) }), {
      optionalComputed: true,
      value: { json: [] },
    }),
    secondaryPrivateIpAddressCount: int({
      optionalComputed: true,
      value: { json: 0 },
      replace: true,
      min: 1,
      max: 31,
      conflicts: ["secondaryPrivateIpAddresses"],
    }),
    secondaryPrivateIpAddresses: set(str({ format: "ipv4" }), {
      optionalComputed: true,
      value: { json: [] },
      conflicts: ["secondaryPrivateIpAddressCount"],
    }),
    subnetId: str({
      replace: true,
      ref: held(SUBNET),
      deviates: "no longer required: a regional gateway of the newer provider lies in no subnet",
    }),
    vpcId: vpcId({
      optionalComputed: true,
      value: "{ref:subnetId:vpcId}",
      replace: true,
      ...newer,
    }),
    associationId: out("eipassoc-0{hex:16}"),
    autoProvisionZones: out("", newer),
    autoScalingIps: out("", newer),
    networkInterfaceId: out("eni-0{hex:16}"),
    publicIp: out("{ref:allocationId:publicIp}"),
    regionalNatGatewayAddresses: outJson("list", [], newer),
    regionalNatGatewayAutoMode: out("", newer),
    routeTableId: out("", newer),
  },
  rules: [
    {
      name: "a private gateway has no Elastic IP",
      when: { property: "connectivityType", equals: "private" },
      then: {
        all: [
          { property: "allocationId", present: false },
          { property: "secondaryAllocationIds", present: false },
        ],
      },
      message:
        'allocationId and secondaryAllocationIds are not supported with connectivityType = "private"',
      source: registry("ec2/natgateway"),
    },
    {
      name: "a public zonal gateway has an Elastic IP",
      when: {
        all: [
          { not: { property: "connectivityType", equals: "private" } },
          { not: { property: "availabilityMode", equals: "regional" } },
        ],
      },
      then: { property: "allocationId", present: true },
      message: "MissingParameter: allocationId is required for a public zonal NAT gateway",
      source: registry("ec2/natgateway"),
      at: "apply",
    },
    {
      name: "a zonal gateway lies in a subnet",
      when: { not: { property: "availabilityMode", equals: "regional" } },
      then: { property: "subnetId", present: true },
      message: 'subnetId is required unless availabilityMode is "regional"',
      source: registry("ec2/natgateway"),
    },
    {
      name: "a regional gateway is public and lies in a VPC, not in a subnet",
      when: { property: "availabilityMode", equals: "regional" },
      then: {
        all: [
          { property: "vpcId", present: true },
          { property: "subnetId", present: false },
          { property: "allocationId", present: false },
          { not: { property: "connectivityType", equals: "private" } },
        ],
      },
      message:
        'with availabilityMode = "regional": vpcId is required; subnetId, allocationId and connectivityType = "private" are not allowed',
      source: registry("ec2/natgateway"),
    },
    {
      name: "secondary private addresses by number are for private gateways",
      when: { property: "secondaryPrivateIpAddressCount", present: true },
      then: { property: "connectivityType", equals: "private" },
      message: 'secondaryPrivateIpAddressCount is not supported with connectivityType = "public"',
      source: registry("ec2/natgateway"),
    },
  ],
};

/** What a route can lead to; one of them. */
const targets = {
  carrierGatewayId: id("cagw"),
  coreNetworkArn: str({ format: "arn", pattern: arnPattern("networkmanager", "core-network/.+") }),
  egressOnlyGatewayId: id("eigw"),
  gatewayId: str({
    ref: named(INTERNET_GATEWAY, "id", "vgw-([0-9a-f]{8}|[0-9a-f]{17})|local"),
  }),
  localGatewayId: id("lgw"),
  natGatewayId: str({ ref: named(NAT_GATEWAY) }),
  networkInterfaceId: id("eni"),
  odbNetworkArn: str({ format: "arn", pattern: arnPattern("odb", "odb-network/.+"), ...newer }),
  transitGatewayId: id("tgw"),
  vpcEndpointId: str({ ref: named(VPC_ENDPOINT) }),
  vpcPeeringConnectionId: id("pcx"),
} as const;
const routeTable: ResourceModel = {
  token: ROUTE_TABLE,
  source: registry("ec2/routetable"),
  schema: "aws_route_table",
  id: "rtb-0{hex:16}",
  tags: true,
  properties: {
    region,
    vpcId: vpcId({ required: true, replace: true }),
    propagatingVgws: set(id("vgw"), { optionalComputed: true, value: { json: [] } }),
    routes: blockSet(
      {
        ...targets,
        cidrBlock: cidrV4(),
        destinationPrefixListId: id("pl"),
        ipv6CidrBlock: cidrV6(),
      },
      { optionalComputed: true, value: { json: [] } },
    ),
    arn: out(arnOf("ec2", "route-table/{id}")),
    ownerId: out("{account}"),
  },
};

const oneDestination = [
  "destinationCidrBlock",
  "destinationIpv6CidrBlock",
  "destinationPrefixListId",
];
/** A target of a route resource, which has exactly one. */
const target = (name: keyof typeof targets, more: Partial<PropertyModel> = {}): PropertyModel => ({
  ...targets[name],
  exactlyOneOf: Object.keys(targets),
  deviates: "odbNetworkArn of the newer provider is one more target to choose from",
  ...more,
});

const route: ResourceModel = {
  token: "aws:ec2/route:Route",
  source: registry("ec2/route"),
  schema: "aws_route",
  id: "r-{routeTableId}{digits:10}",
  properties: {
    region,
    carrierGatewayId: target("carrierGatewayId", { conflicts: ["destinationIpv6CidrBlock"] }),
    coreNetworkArn: target("coreNetworkArn"),
    egressOnlyGatewayId: target("egressOnlyGatewayId", { conflicts: ["destinationCidrBlock"] }),
    gatewayId: target("gatewayId"),
    localGatewayId: target("localGatewayId"),
    natGatewayId: target("natGatewayId"),
    networkInterfaceId: target("networkInterfaceId", { optionalComputed: true, value: "" }),
    odbNetworkArn: target("odbNetworkArn"),
    transitGatewayId: target("transitGatewayId"),
    vpcEndpointId: target("vpcEndpointId", { conflicts: ["destinationPrefixListId"] }),
    vpcPeeringConnectionId: target("vpcPeeringConnectionId"),
    destinationCidrBlock: cidrV4({ replace: true, exactlyOneOf: oneDestination }),
    destinationIpv6CidrBlock: cidrV6({ replace: true, exactlyOneOf: oneDestination }),
    destinationPrefixListId: id("pl", { replace: true, exactlyOneOf: oneDestination }),
    routeTableId: str({
      required: true,
      replace: true,
      ref: [named(ROUTE_TABLE), named(VPC, "mainRouteTableId")],
    }),
    instanceId: out(""),
    instanceOwnerId: out(""),
    origin: out("CreateRoute"),
    state: out("active"),
  },
  unique: [
    {
      properties: ["destinationCidrBlock", "routeTableId"],
      scope: "region",
      source: `${api}API_CreateRoute.html`,
    },
    {
      properties: ["destinationIpv6CidrBlock", "routeTableId"],
      scope: "region",
      source: `${api}API_CreateRoute.html`,
    },
  ],
};

const routeTableAssociation: ResourceModel = {
  token: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  source: registry("ec2/routetableassociation"),
  schema: "aws_route_table_association",
  id: "rtbassoc-0{hex:16}",
  properties: {
    region,
    gatewayId: str({
      replace: true,
      ref: named(INTERNET_GATEWAY, "id", "vgw-([0-9a-f]{8}|[0-9a-f]{17})"),
      exactlyOneOf: ["subnetId", "gatewayId"],
    }),
    routeTableId: str({ required: true, ref: held(ROUTE_TABLE) }),
    subnetId: str({
      replace: true,
      ref: named(SUBNET),
      exactlyOneOf: ["subnetId", "gatewayId"],
    }),
  },
  // A subnet has one route table: https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html
  unique: [
    { properties: ["subnetId"], scope: "region", source: `${userGuide}WorkWithRouteTables.html` },
    { properties: ["gatewayId"], scope: "region", source: `${userGuide}WorkWithRouteTables.html` },
  ],
  rules: [
    {
      name: "subnet and route table lie in one VPC",
      when: { property: "subnetId", present: true },
      then: {
        property: "subnetId->vpcId",
        allAmong: ["routeTableId->vpcId"],
      },
      message: "InvalidParameterValue: the subnet and the route table belong to different VPCs",
      source: `${api}API_AssociateRouteTable.html`,
      at: "apply",
    },
  ],
};

/** The VPC and what routes its traffic. */
export const models: readonly ResourceModel[] = [
  vpc,
  subnet,
  internetGateway,
  eip,
  natGateway,
  routeTable,
  route,
  routeTableAssociation,
];
