/** EC2: the VPC with its subnets and internet gateway; its routes are in ec2-routes.ts. */
import type { ResourceModel } from "../../model";
import {
  arnOf,
  arnPattern,
  bool,
  cidrV4,
  cidrV6,
  id,
  INTERNET_GATEWAY,
  int,
  newer,
  oneOf,
  out,
  region,
  registry,
  str,
  SUBNET,
  VPC,
  vpcId,
  zoneInRegion,
  zoneName,
} from "./common";
import { eip, natGateway, routeTable, route, routeTableAssociation } from "./ec2-routes";
import { VPC_GUIDE, EC2_API } from "./pages";

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
      source: `${EC2_API}API_CreateVpc.html`,
      at: "apply",
    },
    {
      name: "DNS host names need DNS support",
      when: { property: "enableDnsHostnames", equals: true },
      then: { not: { property: "enableDnsSupport", equals: false } },
      message:
        "InvalidParameterValue: enableDnsHostnames cannot be true while enableDnsSupport is false",
      source: `${VPC_GUIDE}vpc-dns-updating.html`,
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
  disjoint: [{ property: "cidrBlock", within: "vpcId", source: `${VPC_GUIDE}subnet-sizing.html` }],
  rules: [
    zoneInRegion("availabilityZone"),
    {
      name: "a subnet lies inside its VPC's block",
      when: { property: "cidrBlock", present: true },
      then: { property: "cidrBlock", inside: "{ref:vpcId:cidrBlock}" },
      message: "InvalidSubnet.Range: cidrBlock is not inside the VPC's cidrBlock",
      source: `${VPC_GUIDE}subnet-sizing.html`,
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
      source: `${EC2_API}API_CreateSubnet.html`,
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
    { properties: ["vpcId"], scope: "region", source: `${VPC_GUIDE}amazon-vpc-limits.html` },
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
