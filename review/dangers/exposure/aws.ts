/** What AWS resources expose. */
import type { ResourceFact } from "../../../engine/facts";
import {
  at,
  inWords,
  isFalse,
  isTrue,
  itemsAt,
  notKnown,
  numberAt,
  textAt,
  textsAt,
  unknownWithin,
} from "../values";
import { policyReader } from "./aws-policies";
import { maybe, type Opening, type Reader, type Source } from "./opening";

/** Ports of a rule: left out and -1 are all (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html). */
function portsOf(rule: unknown): string {
  const [from, to] = [at(rule, "fromPort"), at(rule, "toPort")];
  if (from === notKnown || to === notKnown) return "*";
  if (from === undefined || Number(from) === -1) return "*";
  return to === undefined || Number(to) === Number(from)
    ? inWords(from)
    : `${inWords(from)}-${inWords(to)}`;
}

/** Sources under a key: texts as addresses or as parties, and what is not known. */
function sources(rule: unknown, key: string, party?: string): readonly Source[] {
  const known = textsAt(rule, key).map((text): Source =>
    party === undefined ? { addresses: text } : { party: `${party} ${text}` },
  );
  if (!unknownWithin(rule, key)) return known;
  return [
    ...known,
    party === undefined
      ? { notKnown: key }
      : { party: `a ${party} not known before up`, known: false },
  ];
}

const groupRule: Reader = ({ inputs, fact }) => {
  const target = textAt(inputs, "securityGroupId");
  const protocol = textAt(inputs, "ipProtocol") ?? "all";
  const outward = fact.type.startsWith("aws:vpc/securityGroupEgressRule:");
  const from = [
    ...sources(inputs, "cidrIpv4"),
    ...sources(inputs, "cidrIpv6"),
    ...sources(inputs, "referencedSecurityGroupId", "security group"),
    ...sources(inputs, "prefixListId", "prefix list"),
  ];
  return {
    openings: from.map((source) => ({
      target: target === undefined ? undefined : groupTarget(target, outward),
      source,
      protocol,
      ports: portsOf(inputs),
      ...(outward ? { outward } : {}),
    })),
  };
};

/** What a rule of a group leads to: the group's machines, or the way out of them. */
function groupTarget(id: string, outward: boolean): string {
  return `security group ${id}${outward ? " out" : ""}`;
}

/** A rule as a block within a group, or as the older resource of its own. */
function blockOpenings(rule: unknown, id: string | undefined, outward = false): readonly Opening[] {
  const target = id === undefined ? undefined : groupTarget(id, outward);
  const from = [
    ...sources(rule, "cidrBlocks"),
    ...sources(rule, "ipv6CidrBlocks"),
    ...sources(rule, "securityGroups", "security group"),
    ...sources(rule, "sourceSecurityGroupId", "security group"),
    ...sources(rule, "prefixListIds", "prefix list"),
  ];
  const protocol = textAt(rule, "protocol") ?? "all";
  return from.map((source) => ({
    ...{ target, source, protocol, ports: portsOf(rule) },
    ...(outward ? { outward } : {}),
  }));
}

const group: Reader = ({ inputs, fact, side }) => {
  // The group of an update is the one that stands; a new one has no id yet.
  const id = side === "new" && fact.operation !== "update" ? undefined : fact.old?.id;
  if (at(inputs, "ingress") === notKnown) {
    const target = id === undefined ? undefined : groupTarget(id, false);
    return { openings: [{ target, source: { notKnown: "ingress" }, protocol: "all" }] };
  }
  return {
    openings: [
      ...itemsAt(inputs, "ingress").flatMap((rule) => blockOpenings(rule, id)),
      ...itemsAt(inputs, "egress").flatMap((rule) => blockOpenings(rule, id, true)),
    ],
  };
};

const olderGroupRule: Reader = ({ inputs }) => {
  const outward = textAt(inputs, "type") === "egress";
  return { openings: blockOpenings(inputs, textAt(inputs, "securityGroupId"), outward) };
};

/** A rule of a network ACL: the lowest number that fits decides. https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html */
function aclOpenings(rule: unknown, acl: string | undefined, number: string): readonly Opening[] {
  const action = textAt(rule, "ruleAction") ?? textAt(rule, "action");
  return [
    ...sources(rule, "cidrBlock"),
    ...sources(rule, "ipv6CidrBlock"),
    ...sources(rule, "cidrIpv6"),
  ].map((source) => ({
    ...(acl === undefined ? {} : { target: `network ACL ${acl}` }),
    ...{ source, protocol: textAt(rule, "protocol") ?? "all", ports: portsOf(rule) },
    deny: action?.toLowerCase() === "deny",
    priority: numberAt(rule, number),
  }));
}

const aclRule: Reader = ({ inputs }) =>
  isTrue(inputs, "egress")
    ? {}
    : { openings: aclOpenings(inputs, textAt(inputs, "networkAclId"), "ruleNumber") };

const acl: Reader = ({ inputs, fact }) => ({
  openings: itemsAt(inputs, "ingress").flatMap((rule) =>
    aclOpenings(rule, fact.old?.id === "" ? undefined : fact.old?.id, "ruleNo"),
  ),
});

/** Left out, a load balancer faces the internet. */
const balancer: Reader = ({ inputs, fact }) => {
  if (isTrue(inputs, "internal")) return {};
  return {
    grants: [
      maybe(
        at(inputs, "internal") === notKnown,
        `${fact.urn} internet-facing`,
        "the load balancer faces the internet",
      ),
    ],
  };
};

const isBalancer = /^aws:(lb|alb|elasticloadbalancingv2|elb)\/loadBalancer:/;

/** Whether a listener's balancer is known to be internal. */
function isInternal(listener: ResourceFact, arn: string | undefined, all: readonly ResourceFact[]) {
  const balancers = all.filter(
    ({ type, operation }) => isBalancer.test(type) && operation !== "delete",
  );
  const named = balancers.filter(({ old }) => arn !== undefined && old?.id === arn);
  // The ARN of one that is yet to be made is not known: it stands in the same component.
  const mine =
    named.length > 0 ? named : balancers.filter(({ parent }) => parent === listener.parent);
  return mine.length > 0 && mine.every((one) => isTrue(one.new?.inputs, "internal"));
}

const listener: Reader = ({ inputs, fact, all }) => {
  if (isInternal(fact, textAt(inputs, "loadBalancerArn"), all)) return {};
  const door = `${inWords(at(inputs, "protocol")).toLowerCase()} port ${inWords(at(inputs, "port"))}`;
  return {
    grants: [
      {
        key: `${fact.parent ?? ""} listener ${door}`,
        words: `the load balancer listens on ${door}`,
        toAll: true,
      },
    ],
  };
};

const bucketBlock: Reader = ({ inputs }) => {
  const bucket = textAt(inputs, "bucket") ?? "?";
  const switches = [
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
  ];
  return {
    guards: switches
      .filter((one) => isTrue(inputs, one))
      .map((one) => ({
        key: `public access block of ${bucket}: ${one}`,
        words: `the bucket's public access block is loosened: ${one} is off`,
        of: bucket,
      })),
  };
};

const bucketAcl: Reader = ({ inputs, fact }) => {
  const acl = textAt(inputs, "acl");
  return acl !== undefined && /^(public-read|public-read-write|authenticated-read)$/.test(acl)
    ? { grants: [{ key: `${fact.urn} ${acl}`, words: `the bucket's ACL is ${acl}`, toAll: true }] }
    : {};
};

/** A flag that gives a machine or a database a public address. */
function flag(path: string, words: string): Reader {
  return ({ inputs, fact }) => {
    const unknown = at(inputs, path) === notKnown;
    if (!unknown && !isTrue(inputs, path)) return {};
    return { grants: [maybe(unknown, `${fact.urn} ${path}`, words)] };
  };
}

const template: Reader = ({ inputs, fact }) => {
  const cards = itemsAt(inputs, "networkInterfaces");
  const unknown = cards.some((card) => at(card, "associatePublicIpAddress") === notKnown);
  if (!unknown && !cards.some((card) => isTrue(card, "associatePublicIpAddress"))) return {};
  return { grants: [maybe(unknown, `${fact.urn} public`, "its machines get public addresses")] };
};

const address: Reader = ({ inputs, fact }) => {
  const keys = ["instance", "instanceId", "networkInterface", "networkInterfaceId"];
  if (keys.every((key) => at(inputs, key) === undefined)) return {};
  const key = `${fact.urn} public address`;
  return { grants: [{ key, words: "a public address is put on a machine", toAll: true }] };
};

/** https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html: public, and for all, where left out. */
const eks: Reader = ({ inputs, fact }) => {
  const path = "vpcConfig.publicAccessCidrs";
  if (isFalse(inputs, "vpcConfig.endpointPublicAccess")) return {};
  const named = sources(at(inputs, "vpcConfig"), "publicAccessCidrs");
  const from = at(inputs, path) === undefined ? [{ addresses: "0.0.0.0/0" }] : named;
  return {
    openings: from.map((source) => ({
      target: `endpoint ${fact.urn}`,
      source,
      protocol: "tcp",
      ports: "443",
    })),
  };
};

export const awsReaders: readonly (readonly [RegExp, Reader])[] = [
  [/^aws:vpc\/securityGroup(In|E)gressRule:/, groupRule],
  [/^aws:ec2\/networkAclRule:/, aclRule],
  [/^aws:ec2\/(defaultNetworkAcl|networkAcl):/, acl],
  [/^aws:ec2\/(defaultS|s)ecurityGroup:/, group],
  [/^aws:ec2\/securityGroupRule:/, olderGroupRule],
  [isBalancer, balancer],
  [/^aws:(lb|alb|elasticloadbalancingv2)\/listener:/, listener],
  [/^aws:s3\/bucketPublicAccessBlock:/, bucketBlock],
  [/^aws:s3\/bucketAcl/, bucketAcl],
  [
    /^aws:(rds|docdb|neptune)\/(instance|cluster|clusterInstance):/,
    flag("publiclyAccessible", "the database gets a public address"),
  ],
  [/^aws:ec2\/instance:/, flag("associatePublicIpAddress", "the machine gets a public address")],
  [
    /^aws:ec2\/subnet:/,
    flag("mapPublicIpOnLaunch", "machines that start in the subnet get public addresses"),
  ],
  [/^aws:ec2\/launchTemplate:/, template],
  [/^aws:ec2\/(eip|eipAssociation):/, address],
  [/^aws:eks\/cluster:/, eks],
  ...policyReader,
];
