/**
 * What many AWS models share: short constructors for properties, the true forms of ids and ARNs,
 * and the references between types.
 */
import type { PropertyModel, Reference, Rule, Template } from "../../model";
import { str, set, map } from "../constructors";

export {
  required,
  str,
  int,
  num,
  bool,
  oneOf,
  list,
  set,
  map,
  block,
  blocks,
  blockSet,
  out,
  outJson,
} from "../constructors";

type More = Partial<Omit<PropertyModel, "type">>;

/** Page of a resource type in the Pulumi registry, for example `ec2/vpc`. */
export const registry = (page: string): string =>
  `https://www.pulumi.com/registry/packages/aws/api-docs/${page.toLowerCase()}/`;

/**
 * Every resource of provider version 7 can be put into a region of its own; moving it makes a new one.
 * https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/ (enhanced region support)
 */
export const region: PropertyModel = {
  type: "string",
  optionalComputed: true,
  value: "{region}",
  replace: true,
  pattern: "[a-z]{2}(-[a-z]+)+-\\d",
  deviates: "new in provider version 7 (Terraform provider 6): enhanced region support",
};

/** A policy document. Keys and values: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export const policyDocument = (more: More = {}): PropertyModel => ({
  type: "json",
  format: "json-policy",
  ...more,
});

/** Regular expression of an ARN: service and resource part, both regular expressions. */
export const arnPattern = (service: string, resource: string): string =>
  `arn:aws(-[a-z]+)*:${service}:[a-z0-9-]*:(\\d{12}|aws)?:${resource}`;

/** Regular expression of an EC2 id: prefix and 8 or 17 hexadecimal digits. */
export const idPattern = (prefix: string): string => `${prefix}-([0-9a-f]{8}|[0-9a-f]{17})`;

/** An ARN made for a regional object of the caller's account. */
export const arnOf = (service: string, resource: Template): Template =>
  `arn:{partition}:${service}:{region}:{account}:${resource}`;

const reference = (type: string, by: string, holds: boolean, outside?: string): Reference => ({
  type,
  by,
  ...(holds ? { holds } : {}),
  ...(outside === undefined ? {} : { outside }),
});

/** A reference after which the cloud refuses to delete the object that is named. */
export const held = (type: string, by = "id", outside?: string): Reference =>
  reference(type, by, true, outside);
/** A reference that does not keep the object that is named. */
export const named = (type: string, by = "id", outside?: string): Reference =>
  reference(type, by, false, outside);

export const VPC = "aws:ec2/vpc:Vpc";
export const SUBNET = "aws:ec2/subnet:Subnet";
export const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
export const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
export const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
export const ROLE = "aws:iam/role:Role";
export const KMS_KEY = "aws:kms/key:Key";
export const KMS_ALIAS = "aws:kms/alias:Alias";
export const BUCKET = "aws:s3/bucket:Bucket";
export const TOPIC = "aws:sns/topic:Topic";
export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

/** A VPC; EC2 refuses to delete one that anything lies in (DependencyViolation). */
export const vpcId = (more: More = {}): PropertyModel => str({ ref: held(VPC), ...more });
/** A subnet; EC2 refuses to delete one that network interfaces lie in (DependencyViolation). */
export const subnetId = (more: More = {}): PropertyModel => str({ ref: held(SUBNET), ...more });
/** A security group of the program, or the one that came with a VPC. */
export const securityGroupId = (more: More = {}): PropertyModel =>
  str({
    ref: [
      held(SECURITY_GROUP),
      named(DEFAULT_SECURITY_GROUP),
      named(VPC, "defaultSecurityGroupId"),
    ],
    ...more,
  });
/** Security groups that are attached to network interfaces: they can't be deleted (DependencyViolation). */
export const securityGroupIds = (more: More = {}): PropertyModel => set(securityGroupId(), more);
/**
 * A KMS key by ARN. A key in use can be scheduled for deletion: KMS does not refuse it.
 * https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
 */
export const kmsKeyArn = (more: More = {}): PropertyModel =>
  str({
    ref: [
      named(KMS_KEY, "arn", arnPattern("kms", "alias/aws/[a-z0-9-]+")),
      named(KMS_ALIAS, "arn"),
    ],
    ...more,
  });
/** A role by ARN; IAM does not look at who uses it when it is deleted. */
export const roleArn = (more: More = {}): PropertyModel =>
  str({ ref: named(ROLE, "arn", arnPattern("iam", "role/aws-service-role/.+")), ...more });
/** `tags` that belong to a nested block, not to the resource itself. */
export const nestedTags = (more: More = {}): PropertyModel => map(more);

/** For a property that the older provider of the reference schema does not have. */
export const newer = {
  deviates:
    "newer than the reference schema (Terraform provider 5.32): in the SDK of provider version 7",
} as const;

export const INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway";
export const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";
export const VPC_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
export const ELASTIC_IP = "aws:ec2/eip:Eip";
export const DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

/** An IPv4 block with no host bits set; `prefix` narrows the lengths that are allowed. */
export const cidrV4 = (more: More = {}): PropertyModel =>
  str({ format: "cidr", pattern: "[0-9.]+/\\d+", example: "10.0.0.0/16", ...more });
/** An IPv6 block with no host bits set. */
export const cidrV6 = (more: More = {}): PropertyModel =>
  str({ format: "cidr", pattern: "[0-9a-f:]+/\\d+", example: "2001:db8:1234:1a00::/56", ...more });
/** An EC2 id of a type that the sandbox does not model: only its form is checked. */
export const id = (prefix: string, more: More = {}): PropertyModel =>
  str({ pattern: idPattern(prefix), example: `${prefix}-0123456789abcdef0`, ...more });
/** An availability zone by name; it has to lie in the resource's region (see `zoneInRegion`). */
export const zoneName = (more: More = {}): PropertyModel =>
  str({ pattern: "[a-z]{2}(-[a-z]+)+-\\d[a-z]", ...more });
/** EC2 refuses a zone of another region. */
export const zoneInRegion = (property: string): Rule => ({
  name: `${property} lies in the region`,
  when: { property, present: true },
  then: { property, startsWith: "{region}" },
  message: `InvalidParameterValue: ${property} is not an availability zone of this region`,
  source:
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html",
  at: "apply",
});

export const GROUP = "aws:autoscaling/group:Group";
export const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
export const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
export const LISTENER = "aws:lb/listener:Listener";
export const CERTIFICATE = "aws:acm/certificate:Certificate";
export const ZONE = "aws:route53/zone:Zone";
export const RECORD = "aws:route53/record:Record";
