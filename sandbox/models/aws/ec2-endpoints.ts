/** EC2: private ways to AWS services, and the record of the traffic. */
import type { ResourceModel, Rule } from "../../model";
import {
  arnOf,
  arnPattern,
  block,
  blockSet,
  bool,
  named,
  newer,
  oneOf,
  out,
  outJson,
  policyDocument,
  region,
  registry,
  ROUTE_TABLE,
  securityGroupIds,
  set,
  str,
  subnetId,
  VPC,
  VPC_ENDPOINT,
  vpcId,
} from "./common";
import { EC2_API } from "./pages";

const endpointType = (type: string): { property: string; equals: string } => ({
  property: "vpcEndpointType",
  equals: type,
});

const oneService = ["resourceConfigurationArn", "serviceName", "serviceNetworkArn"];

const interfaceOnly = ["subnetIds", "securityGroupIds", "subnetConfigurations", "dnsOptions"];

/** What EC2 checks of an endpoint. */
const endpointRules: readonly Rule[] = [
  {
    name: "a gateway endpoint has route tables and no network interfaces",
    when: endpointType("Gateway"),
    then: {
      all: [
        ...interfaceOnly.map((property) => ({ property, present: false })),
        { not: { property: "privateDnsEnabled", equals: true } },
      ],
    },
    message:
      "InvalidParameter: subnetIds, securityGroupIds, subnetConfigurations, dnsOptions and privateDnsEnabled are for Interface endpoints; vpcEndpointType is Gateway",
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
    at: "apply",
  },
  {
    name: "a gateway endpoint leads to S3 or DynamoDB",
    when: endpointType("Gateway"),
    then: {
      property: "serviceName",
      matches: "com\\.amazonaws\\.[a-z0-9-]+\\.(s3|dynamodb)|com\\.amazonaws\\.vpce\\..+",
    },
    message: "InvalidServiceName: only s3 and dynamodb are offered through Gateway endpoints",
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
    at: "apply",
  },
  {
    name: "only a gateway endpoint has route tables",
    when: { not: endpointType("Gateway") },
    then: { property: "routeTableIds", present: false },
    message: "InvalidParameter: routeTableIds are for Gateway endpoints",
    source: `${EC2_API}API_CreateVpcEndpoint.html`,
    at: "apply",
  },
  {
    name: "private DNS needs both DNS attributes of the VPC",
    when: { property: "privateDnsEnabled", equals: true },
    then: {
      all: [
        { property: "vpcId->enableDnsHostnames", equals: true },
        { property: "vpcId->enableDnsSupport", equals: true },
      ],
    },
    message:
      "InvalidParameter: privateDnsEnabled needs enableDnsSupport and enableDnsHostnames of the VPC to be true",
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html",
    at: "apply",
  },
  {
    name: "an endpoint has one subnet a zone",
    when: { property: "subnetIds", present: true },
    then: { property: "subnetIds[]->availabilityZone", distinct: true },
    message: "DuplicateSubnetsInSameZone: subnetIds name two subnets of one availability zone",
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    at: "apply",
  },
  {
    name: "the service is one of the endpoint's region",
    when: { property: "serviceName", matches: "com\\.amazonaws\\.(?!vpce\\.).*" },
    then: {
      any: [
        { property: "serviceName", startsWith: "com.amazonaws.{region}." },
        { property: "serviceName", startsWith: "com.amazonaws.{serviceRegion}." },
        { property: "serviceName", startsWith: "com.amazonaws.s3-global." },
      ],
    },
    message: "InvalidServiceName: the service of serviceName does not exist in this region",
    source:
      "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    at: "apply",
  },
];

/** A private way from a VPC to a service. */
export const vpcEndpoint: ResourceModel = {
  token: VPC_ENDPOINT,
  source: registry("ec2/vpcendpoint"),
  schema: "aws_vpc_endpoint",
  id: "vpce-0{hex:16}",
  tags: true,
  seconds: { create: 60, update: 20, delete: 60 },
  properties: {
    region,
    autoAccept: bool(),
    dnsOptions: block(
      {
        dnsRecordIpType: oneOf(["ipv4", "dualstack", "ipv6", "service-defined"]),
        privateDnsOnlyForInboundResolverEndpoint: bool(),
        privateDnsPreference: oneOf(
          [
            "VERIFIED_DOMAINS_ONLY",
            "ALL_DOMAINS",
            "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
            "SPECIFIED_DOMAINS_ONLY",
          ],
          newer,
        ),
        privateDnsSpecifiedDomains: set(str(), newer),
      },
      { optionalComputed: true },
    ),
    ipAddressType: oneOf(["ipv4", "dualstack", "ipv6"], { optionalComputed: true, value: "ipv4" }),
    policy: policyDocument({
      optionalComputed: true,
      value:
        '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
      example:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}',
      maxBytes: 20480,
    }),
    privateDnsEnabled: bool({ optionalComputed: true, value: { json: false } }),
    resourceConfigurationArn: str({
      format: "arn",
      pattern: arnPattern("vpc-lattice", "resourceconfiguration/.+"),
      replace: true,
      exactlyOneOf: oneService,
      ...newer,
    }),
    routeTableIds: set(str({ ref: [named(ROUTE_TABLE), named(VPC, "mainRouteTableId")] }), {
      optionalComputed: true,
      value: { json: [] },
    }),
    securityGroupIds: securityGroupIds({ optionalComputed: true, value: { json: [] } }),
    serviceName: str({
      replace: true,
      pattern: "(com\\.amazonaws|aws\\.[a-z]+)\\.[a-z0-9-]+\\..+|aws\\.api\\..+",
      example: "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0",
      exactlyOneOf: oneService,
      deviates:
        "no longer required: an endpoint may lead to a resource or a service network instead",
    }),
    serviceNetworkArn: str({
      format: "arn",
      pattern: arnPattern("vpc-lattice", "servicenetwork/.+"),
      replace: true,
      exactlyOneOf: oneService,
      ...newer,
    }),
    serviceRegion: str({ optionalComputed: true, value: "{region}", replace: true, ...newer }),
    subnetConfigurations: blockSet(
      { ipv4: str({ format: "ipv4" }), ipv6: str(), subnetId: subnetId() },
      { optionalComputed: true, value: { json: [] }, ...newer },
    ),
    subnetIds: set(subnetId(), { optionalComputed: true, value: { json: [] } }),
    vpcEndpointType: oneOf(
      ["Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"],
      { replace: true, default: "Gateway" },
    ),
    vpcId: vpcId({ required: true, replace: true }),
    arn: out(arnOf("ec2", "vpc-endpoint/{id}")),
    cidrBlocks: {
      type: "list",
      items: str(),
      computed: true,
      value: {
        cases: [
          { when: endpointType("Interface"), value: { json: [] } },
          { value: { json: ["52.{int:0-255}.{int:0-63}.0/18"] } },
        ],
      },
    },
    dnsEntries: {
      type: "list",
      items: { type: "object", fields: { dnsName: str(), hostedZoneId: str() } },
      computed: true,
      value: {
        cases: [
          {
            when: endpointType("Interface"),
            value: {
              json: [
                {
                  dnsName:
                    "{id}-{alnum:8}.{serviceName~^com.amazonaws.[a-z0-9-]+.(.+)$}.{region}.vpce.amazonaws.com",
                  hostedZoneId: "Z{ALNUM:13}",
                },
              ],
            },
          },
          { value: { json: [] } },
        ],
      },
    },
    networkInterfaceIds: {
      type: "list",
      set: true,
      items: str(),
      computed: true,
      value: { each: ["subnetIds"], json: "eni-0{hex:16}" },
      changesWith: ["subnetIds"],
    },
    ownerId: out("{account}"),
    prefixListId: out("", {
      value: {
        cases: [{ when: endpointType("Interface"), value: "" }, { value: "pl-{hex:8}" }],
      },
    }),
    requesterManaged: outJson("boolean", false),
    state: out("available"),
  },
  rules: endpointRules,
};
