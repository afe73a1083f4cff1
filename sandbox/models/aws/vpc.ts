/** Single rules of security groups. */
import type { PropertyModel, ResourceModel } from "../../model";
import { EC2_API } from "./pages";
import { arnOf, cidrV4, cidrV6, id, out, region, registry, securityGroupId, str } from "./common";
import { groupText, ipProtocol, port } from "./ec2-access";

const others = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];

/** Where traffic comes from or goes to: one of four, and another kind of source makes a new rule. */
const peer = (model: PropertyModel): PropertyModel => ({
  ...model,
  exactlyOneOf: others,
  replaceOnPresence: true,
});

const rule = (way: "Ingress" | "Egress"): ResourceModel => ({
  token: `aws:vpc/securityGroup${way}Rule:SecurityGroup${way}Rule`,
  source: registry(`vpc/securitygroup${way}rule`),
  schema: `aws_vpc_security_group_${way.toLowerCase()}_rule`,
  id: "sgr-0{hex:16}",
  tags: true,
  properties: {
    region,
    cidrIpv4: peer(cidrV4()),
    cidrIpv6: peer(cidrV6()),
    description: str({ maxLength: 255, pattern: groupText }),
    fromPort: port(),
    ipProtocol: ipProtocol({ required: true }),
    prefixListId: peer(id("pl")),
    referencedSecurityGroupId: peer(securityGroupId()),
    securityGroupId: securityGroupId({ required: true, replace: true }),
    toPort: port(),
    arn: out(arnOf("ec2", "security-group-rule/{id}")),
    securityGroupRuleId: out("{id}"),
  },
  // InvalidPermission.Duplicate: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  unique: others.map((other) => ({
    properties: [other, "securityGroupId", "ipProtocol", "fromPort", "toPort"],
    scope: "region" as const,
    source: `${EC2_API}errors-overview.html`,
  })),
  rules: [
    {
      name: "a rule for all protocols has no ports",
      when: { property: "ipProtocol", equals: "-1" },
      then: {
        all: [
          { property: "fromPort", present: false },
          { property: "toPort", present: false },
        ],
      },
      message: 'fromPort, toPort: not allowed with ipProtocol "-1", which is all ports',
      source: registry(`vpc/securitygroup${way}rule`),
    },
    {
      name: "a rule for TCP, UDP or ICMP has ports",
      when: { property: "ipProtocol", in: ["tcp", "udp", "icmp", "6", "17", "1"] },
      then: {
        all: [
          { property: "fromPort", present: true },
          { property: "toPort", present: true },
        ],
      },
      message: "InvalidParameterValue: fromPort and toPort are required with this ipProtocol",
      source: `${EC2_API}API_IpPermission.html`,
      at: "apply",
    },
    {
      name: "a port range goes upwards",
      when: {
        all: [
          { property: "ipProtocol", in: ["tcp", "udp", "6", "17"] },
          { property: "fromPort", present: true },
        ],
      },
      then: {
        all: [
          { property: "fromPort", atLeast: 0 },
          { property: "toPort", atLeastProperty: "fromPort" },
        ],
      },
      message:
        "InvalidParameterValue: invalid TCP/UDP port range: 0 <= fromPort <= toPort <= 65535",
      source: `${EC2_API}API_IpPermission.html`,
      at: "apply",
    },
  ],
});

/** One rule each, so that two groups can name one another. */
export const models: readonly ResourceModel[] = [rule("Ingress"), rule("Egress")];
