/** EC2: security groups; with them the endpoints and flow logs of a network. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  blockSet,
  bool,
  cidrV4,
  cidrV6,
  DEFAULT_SECURITY_GROUP,
  id,
  int,
  list,
  named,
  out,
  region,
  registry,
  SECURITY_GROUP,
  securityGroupIds,
  str,
  VPC,
  vpcId,
} from "./common";
import { vpcEndpoint } from "./ec2-endpoints";
import { flowLog } from "./ec2-flow-logs";
import { VPC_GUIDE } from "./pages";

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
      source: `${VPC_GUIDE}security-groups.html`,
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

/** Groups that let traffic through, private ways to AWS services, and the record of the traffic. */
export const models: readonly ResourceModel[] = [
  securityGroup,
  defaultSecurityGroup,
  vpcEndpoint,
  flowLog,
];
