/** EC2: security groups, VPC endpoints and flow logs. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  arnPattern,
  block,
  blockSet,
  bool,
  BUCKET,
  cidrV4,
  cidrV6,
  DEFAULT_SECURITY_GROUP,
  id,
  int,
  list,
  LOG_GROUP,
  named,
  NAT_GATEWAY,
  newer,
  oneOf,
  out,
  outJson,
  policyDocument,
  region,
  registry,
  roleArn,
  ROUTE_TABLE,
  SECURITY_GROUP,
  securityGroupIds,
  set,
  str,
  SUBNET,
  subnetId,
  VPC,
  VPC_ENDPOINT,
  vpcId,
} from "./common";

const userGuide = "https://docs.aws.amazon.com/vpc/latest/userguide/";
const api = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/";

/** What EC2 takes in names and descriptions of groups and rules: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export const groupText = "[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]*";
/** A protocol by name or number; the provider writes 6, 17, 1 and 58 as names. */
export const ipProtocol = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ pattern: "-1|tcp|udp|icmp|icmpv6|\\d{1,3}", example: "tcp", ...more });
/** A port; -1 stands for any ICMP type or code. */
export const port = (more: Partial<PropertyModel> = {}): PropertyModel =>
  int({ min: -1, max: 65535, ...more });

/** Inline rules of a group: read back from the cloud, so that rules made elsewhere show as drift. */
const inlineRules = blockSet(
  {
    cidrBlocks: list(cidrV4()),
    description: str({ maxLength: 255, pattern: groupText }),
    fromPort: port({ required: true }),
    ipv6CidrBlocks: list(cidrV6()),
    prefixListIds: list(id("pl")),
    protocol: ipProtocol({ required: true }),
    securityGroups: securityGroupIds(),
    self: bool(),
    toPort: port({ required: true }),
  },
  { optionalComputed: true, value: { json: [] } },
);

const portsOfAll = (list_: string): NonNullable<ResourceModel["rules"]>[number] => ({
  name: `${list_}: a rule for every protocol has no ports`,
  when: { property: list_, present: true },
  then: {
    property: list_,
    every: {
      any: [
        { property: "protocol", notEquals: "-1" },
        {
          all: [
            { property: "fromPort", equals: 0 },
            { property: "toPort", equals: 0 },
          ],
        },
      ],
    },
  },
  message: `${list_}: fromPort and toPort must both be 0 to use the "-1" (ALL) protocol`,
  source: registry("ec2/securitygroup"),
});

const securityGroup: ResourceModel = {
  token: SECURITY_GROUP,
  source: registry("ec2/securitygroup"),
  schema: "aws_security_group",
  id: "sg-0{hex:16}",
  tags: true,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  properties: {
    region,
    description: str({
      default: "Managed by Pulumi",
      replace: true,
      minLength: 1,
      maxLength: 255,
      pattern: groupText,
      deviates: "Pulumi's provider puts its own name into the default",
    }),
    egress: inlineRules,
    ingress: inlineRules,
    name: str({
      optionalComputed: true,
      replace: true,
      maxLength: 255,
      pattern: `(?!sg-)${groupText}`,
      conflicts: ["namePrefix"],
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      maxLength: 229,
      pattern: `(?!sg-)${groupText}`,
      conflicts: ["name"],
    }),
    revokeRulesOnDelete: bool(),
    vpcId: vpcId({ optionalComputed: true, value: "vpc-0{hex:16}", replace: true }),
    arn: out(arnOf("ec2", "security-group/{id}")),
    ownerId: out("{account}"),
  },
  unique: [
    {
      properties: ["name", "vpcId"],
      scope: "region",
      source: `${userGuide}security-groups.html`,
    },
  ],
  rules: [portsOfAll("ingress"), portsOfAll("egress")],
};

const defaultSecurityGroup: ResourceModel = {
  token: DEFAULT_SECURITY_GROUP,
  source: registry("ec2/defaultsecuritygroup"),
  schema: "aws_default_security_group",
  // Adopts the group that came with the VPC: https://www.pulumi.com/registry/packages/aws/api-docs/ec2/defaultsecuritygroup/
  id: "{ref:vpcId:defaultSecurityGroupId}",
  tags: true,
  properties: {
    region,
    egress: inlineRules,
    ingress: inlineRules,
    revokeRulesOnDelete: bool(),
    vpcId: str({ optionalComputed: true, value: "vpc-0{hex:16}", replace: true, ref: named(VPC) }),
    arn: out(arnOf("ec2", "security-group/{id}")),
    description: out("default VPC security group"),
    name: out("default"),
    namePrefix: out(""),
    ownerId: out("{account}"),
  },
  rules: [portsOfAll("ingress"), portsOfAll("egress")],
};

const endpointType = (type: string): { property: string; equals: string } => ({
  property: "vpcEndpointType",
  equals: type,
});
const oneService = ["resourceConfigurationArn", "serviceName", "serviceNetworkArn"];
const interfaceOnly = ["subnetIds", "securityGroupIds", "subnetConfigurations", "dnsOptions"];

const vpcEndpoint: ResourceModel = {
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
  rules: [
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
      source: `${api}API_CreateVpcEndpoint.html`,
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
  ],
};

const sources = ["eniId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"];
const sourceOf = (model: PropertyModel): PropertyModel => ({
  ...model,
  replace: true,
  exactlyOneOf: [...sources, "regionalNatGatewayId"],
  deviates: "regionalNatGatewayId of the newer provider is one more source to choose from",
});

const flowLog: ResourceModel = {
  token: "aws:ec2/flowLog:FlowLog",
  source: registry("ec2/flowlog"),
  schema: "aws_flow_log",
  id: "fl-0{hex:16}",
  tags: true,
  properties: {
    region,
    deliverCrossAccountRole: roleArn({ replace: true }),
    destinationOptions: block(
      {
        fileFormat: oneOf(["plain-text", "parquet"], { replace: true, default: "plain-text" }),
        hiveCompatiblePartitions: bool({ replace: true }),
        perHourPartition: bool({ replace: true }),
      },
      { replace: true },
    ),
    eniId: sourceOf(id("eni")),
    iamRoleArn: roleArn({ replace: true }),
    logDestination: str({
      optionalComputed: true,
      value: "",
      replace: true,
      ref: [
        named(LOG_GROUP, "arn"),
        // A prefix may follow the bucket: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
        named(BUCKET, "arn", "arn:aws(-[a-z]+)*:s3:::[a-z0-9.-]+/.+"),
        named("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "arn"),
      ],
    }),
    logDestinationType: oneOf(["cloud-watch-logs", "s3", "kinesis-data-firehose"], {
      replace: true,
      default: "cloud-watch-logs",
    }),
    logFormat: str({
      optionalComputed: true,
      value:
        "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
      replace: true,
      pattern: "\\$\\{[a-z-]+\\}( \\$\\{[a-z-]+\\})*",
      example: "${interface-id} ${srcaddr} ${dstaddr} ${action}",
    }),
    maxAggregationInterval: int({ replace: true, default: 600, enum: [60, 600] }),
    regionalNatGatewayId: sourceOf(str({ ref: named(NAT_GATEWAY) })),
    subnetId: sourceOf(str({ ref: named(SUBNET) })),
    tagFieldSpecifications: blockSet(
      {
        resourceType: str({ required: true }),
        tagKeys: set(str(), { required: true }),
      },
      { replace: true, ...newer },
    ),
    trafficType: oneOf(["ACCEPT", "REJECT", "ALL"], { replace: true }),
    transitGatewayAttachmentId: sourceOf(id("tgw-attach")),
    transitGatewayId: sourceOf(id("tgw")),
    vpcId: sourceOf(str({ ref: named(VPC) })),
    arn: out(arnOf("ec2", "vpc-flow-log/{id}")),
  },
  rules: [
    {
      name: "flow logs in CloudWatch need a role",
      when: { not: { property: "logDestinationType", in: ["s3", "kinesis-data-firehose"] } },
      then: { property: "iamRoleArn", present: true },
      message:
        "InvalidParameter: iamRoleArn (DeliverLogsPermissionArn) can't be empty if logDestinationType is cloud-watch-logs",
      source: `${api}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "flow logs in S3 take no role",
      when: { property: "logDestinationType", equals: "s3" },
      then: { property: "iamRoleArn", present: false },
      message:
        "InvalidParameter: iamRoleArn (DeliverLogsPermissionArn) is not applicable for S3 delivery",
      source: `${api}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "a flow log has a destination",
      then: { property: "logDestination", present: true },
      message: "MissingParameter: logDestination must be given",
      source: `${api}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "a flow log of a VPC, subnet or interface names the traffic",
      when: {
        not: {
          any: [
            { property: "transitGatewayId", present: true },
            { property: "transitGatewayAttachmentId", present: true },
          ],
        },
      },
      then: { property: "trafficType", present: true },
      message: "MissingParameter: trafficType is required (ACCEPT, REJECT or ALL)",
      source: `${api}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "a transit gateway's flow log is taken every minute and for all traffic",
      when: {
        any: [
          { property: "transitGatewayId", present: true },
          { property: "transitGatewayAttachmentId", present: true },
        ],
      },
      then: { property: "maxAggregationInterval", equals: 60 },
      message: "InvalidParameter: maxAggregationInterval must be 60 for a transit gateway",
      source: `${api}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "file options are for S3",
      when: { property: "destinationOptions", present: true },
      then: { property: "logDestinationType", equals: "s3" },
      message: "InvalidParameter: destinationOptions are for logDestinationType s3",
      source: `${userGuide}flow-logs-s3.html`,
      at: "apply",
    },
  ],
};

/** Groups that let traffic through, private ways to AWS services, and the record of the traffic. */
export const models: readonly ResourceModel[] = [
  securityGroup,
  defaultSecurityGroup,
  vpcEndpoint,
  flowLog,
];
