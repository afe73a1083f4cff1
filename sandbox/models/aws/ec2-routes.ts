/** EC2: addresses, NAT gateways and routes. */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  arnOf,
  arnPattern,
  blockSet,
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
  zoneName,
} from "./common";
import { VPC_GUIDE, EC2_API } from "./pages";

/** An Elastic IP address. */
export const eip: ResourceModel = {
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

/** What provider and cloud check of a NAT gateway. */
const natGatewayRules: readonly Rule[] = [
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
];

/** A NAT gateway. */
export const natGateway: ResourceModel = {
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
  rules: natGatewayRules,
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

/** A route table. */
export const routeTable: ResourceModel = {
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

/** One route of a table. */
export const route: ResourceModel = {
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
      source: `${EC2_API}API_CreateRoute.html`,
    },
    {
      properties: ["destinationIpv6CidrBlock", "routeTableId"],
      scope: "region",
      source: `${EC2_API}API_CreateRoute.html`,
    },
  ],
};

/** A subnet's or gateway's route table. */
export const routeTableAssociation: ResourceModel = {
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
    { properties: ["subnetId"], scope: "region", source: `${VPC_GUIDE}WorkWithRouteTables.html` },
    { properties: ["gatewayId"], scope: "region", source: `${VPC_GUIDE}WorkWithRouteTables.html` },
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
      source: `${EC2_API}API_AssociateRouteTable.html`,
      at: "apply",
    },
  ],
};
