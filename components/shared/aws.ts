import type * as pulumi from "@pulumi/pulumi";
import { withForm } from "./documents";

/** Where something is in AWS. */
export interface AwsPlace {
  /** Twelve digits. */
  readonly accountId: string;
  /** `eu-central-1`. */
  readonly region: string;
}

/**
 * How the ARN of each kind of resource is made of its name, in the partition `aws`: the regions that the settings take.
 * What AWS gives a part of its own (keys, secrets, file systems, load balancers, launch templates) is not here.
 *
 * Sources: the tables "Resource types" below https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
const forms = {
  /** …/list_amazoneventbridge.html: rule-on-default-event-bus. */
  eventRule: regional("events", "rule/"),
  /** …/list_amazonelasticcontainerregistry.html */
  imageRepository: regional("ecr", "repository/"),
  /** …/list_awsidentityandaccessmanagementiam.html: the path, then the name. */
  instanceProfile: global("instance-profile"),
  /** …/list_amazoncloudwatchlogs.html: the group itself; its streams are below `:*`. */
  logGroup: regional("logs", "log-group:"),
  /** …/list_amazonsqs.html */
  queue: regional("sqs"),
  /** …/list_awsidentityandaccessmanagementiam.html */
  role: global("role"),
  /** …/list_amazondynamodb.html */
  table: regional("dynamodb", "table/"),
  /** …/list_amazonsns.html */
  topic: regional("sns"),
  /** …/list_awsidentityandaccessmanagementiam.html */
  user: global("user"),
} satisfies Readonly<Record<string, (place: AwsPlace, name: string, path: string) => string>>;

/** A kind of resource whose ARN its name, account and region make. */
export type NamedKind = keyof typeof forms;

function regional(service: string, before = "") {
  return ({ accountId, region }: AwsPlace, name: string): string =>
    `arn:aws:${service}:${region}:${accountId}:${before}${name}`;
}

/** Of IAM, which knows no region. */
function global(what: string) {
  return ({ accountId }: AwsPlace, name: string, path: string): string =>
    `arn:aws:iam::${accountId}:${what}${path}${name}`;
}

/**
 * The ARN of a resource by its name.
 * @param path of IAM's kinds, beginning and ending in `/`
 */
export function arnOf(kind: NamedKind, place: AwsPlace, name: string, path = "/"): string {
  const form: (place: AwsPlace, name: string, path: string) => string = forms[kind];
  return form(place, name, path);
}

/**
 * The ARN of a resource that stands: known at preview, when AWS has not given it yet, so that policies see what a
 * document says of it; whoever takes it depends on the resource as by the resource's own `arn`. Of a resource that is
 * named by the engine a preview knows the name too: the provider's check makes it.
 *
 * @param name the resource's own output: `topic.name`, `bucket.bucket`
 * @param path of IAM's kinds, beginning and ending in `/`
 */
export function standingArn(
  kind: NamedKind,
  place: AwsPlace,
  name: pulumi.Output<string>,
  path?: string,
): pulumi.Output<string> {
  return name.apply((known) => arnOf(kind, place, known, path));
}

/** ARNs whose last part AWS makes, as far as they are known before; sources as above. */
const madeForms = {
  accessPoint: "arn:aws:elasticfilesystem:{region}:{account}:access-point/{id}",
  fileSystem: "arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}",
  key: "arn:aws:kms:{region}:{account}:key/{id}",
  launchTemplate: "arn:aws:ec2:{region}:{account}:launch-template/{id}",
  /** AWS adds a hyphen and six characters to the name. */
  secret: "arn:aws:secretsmanager:{region}:{account}:secret:{name}",
  subnet: "arn:aws:ec2:{region}:{account}:subnet/{id}",
  volume: "arn:aws:ec2:{region}:{account}:volume/{id}",
} as const;

/** A kind of resource whose ARN is known once AWS has made it. */
export type MadeKind = keyof typeof madeForms;

/** How ARNs of a kind look, with `{…}` for what AWS makes. */
export function arnForm(kind: MadeKind): string {
  return madeForms[kind];
}

/** A resource's own ARN, of which documents show the form where AWS has not made it yet. */
export function madeArn(kind: MadeKind, arn: pulumi.Output<string>): pulumi.Output<string> {
  return withForm(arn, madeForms[kind]);
}
