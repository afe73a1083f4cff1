/**
 * Components under Pulumi's mocks: what they declare, with inputs and protection, and no engine. A type that is not in
 * the table below is an error, so that no test passes over a resource that nobody thought of.
 *
 * Load this before the components: mocks have to be set first.
 */
import * as pulumi from "@pulumi/pulumi";

/** One declared resource. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** As set on the resource itself. */
  readonly protect: boolean;
  /** Name of the provider resource, where it was given to the resource itself. */
  readonly provider: string | undefined;
}

type Outputs = Readonly<Record<string, unknown>>;
type Make = (name: string, inputs: Readonly<Record<string, unknown>>) => Outputs;

const arn: Make = (name) => ({ arn: `arn:aws:mock:eu-central-1:111111111111:${name}` });
const none: Make = () => ({});
const balancer: Make = (name) => ({
  ...arn(name, {}),
  arnSuffix: `app/${name}/0123456789abcdef`,
  dnsName: `${name}.elb.amazonaws.com`,
  zoneId: "Z215JYRZR1TBD5",
});

/** Outputs that the components use, by type. */
const types: Readonly<Record<string, Make>> = {
  "aws:acm/certificate:Certificate": (name, inputs) => ({
    ...arn(name, {}),
    domainValidationOptions: [
      inputs.domainName,
      ...((inputs.subjectAlternativeNames as unknown[] | undefined) ?? []),
    ]
      // Not in the order that they were asked for in.
      .reverse()
      .map((domainName) => ({
        domainName,
        resourceRecordName: `_x.${String(domainName)}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: `_y.${String(domainName)}.acm-validations.aws.`,
      })),
  }),
  "aws:acm/certificateValidation:CertificateValidation": none,
  "aws:cloudwatch/logGroup:LogGroup": arn,
  "aws:cloudwatch/metricAlarm:MetricAlarm": arn,
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": arn,
  "aws:ebs/volume:Volume": arn,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": arn,
  "aws:ec2/eip:Eip": (name) => ({ allocationId: `eipalloc-${name}` }),
  "aws:ec2/flowLog:FlowLog": arn,
  "aws:ec2/internetGateway:InternetGateway": arn,
  "aws:ec2/natGateway:NatGateway": none,
  "aws:ec2/route:Route": none,
  "aws:ec2/routeTable:RouteTable": arn,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": none,
  "aws:ec2/securityGroup:SecurityGroup": arn,
  "aws:ec2/subnet:Subnet": arn,
  "aws:ec2/vpc:Vpc": arn,
  "aws:ec2/vpcEndpoint:VpcEndpoint": arn,
  "aws:efs/accessPoint:AccessPoint": arn,
  "aws:efs/backupPolicy:BackupPolicy": none,
  "aws:efs/fileSystem:FileSystem": arn,
  "aws:efs/fileSystemPolicy:FileSystemPolicy": none,
  "aws:efs/mountTarget:MountTarget": none,
  "aws:elasticache/parameterGroup:ParameterGroup": (name) => ({ name }),
  "aws:elasticache/replicationGroup:ReplicationGroup": (name) => ({
    ...arn(name, {}),
    primaryEndpointAddress: "master.redis.example",
  }),
  "aws:elasticache/subnetGroup:SubnetGroup": (name) => ({ name }),
  "aws:iam/role:Role": (name) => ({ ...arn(name, {}), name }),
  "aws:iam/rolePolicy:RolePolicy": none,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": none,
  "aws:kms/alias:Alias": arn,
  "aws:kms/key:Key": (name) => ({ ...arn(name, {}), keyId: name }),
  "aws:lb/listener:Listener": arn,
  "aws:lb/listenerRule:ListenerRule": arn,
  "aws:lb/loadBalancer:LoadBalancer": balancer,
  "aws:lb/targetGroup:TargetGroup": (name) => ({
    ...arn(name, {}),
    arnSuffix: `targetgroup/${name}/0123456789abcdef`,
  }),
  "aws:rds/eventSubscription:EventSubscription": arn,
  "aws:rds/instance:Instance": (name) => ({ ...arn(name, {}), address: "db.example" }),
  "aws:rds/parameterGroup:ParameterGroup": (name) => ({ ...arn(name, {}), name }),
  "aws:rds/subnetGroup:SubnetGroup": (name) => ({ ...arn(name, {}), name }),
  "aws:route53/healthCheck:HealthCheck": arn,
  "aws:route53/record:Record": (name) => ({ fqdn: name }),
  "aws:route53/zone:Zone": (name) => ({ ...arn(name, {}), zoneId: `Z${name}` }),
  "aws:s3/bucket:Bucket": none,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": none,
  "aws:s3/bucketLogging:BucketLogging": none,
  "aws:s3/bucketNotification:BucketNotification": none,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": none,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": none,
  "aws:s3/bucketPolicy:BucketPolicy": none,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": none,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": none,
  "aws:s3/bucketVersioning:BucketVersioning": none,
  "aws:secretsmanager/secret:Secret": arn,
  "aws:secretsmanager/secretVersion:SecretVersion": arn,
  "aws:sns/topic:Topic": arn,
  "aws:sns/topicPolicy:TopicPolicy": none,
  "aws:sns/topicSubscription:TopicSubscription": arn,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": arn,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": arn,
  "pulumi:providers:aws": none,
};

const inputsByUrn = new Map<string, Readonly<Record<string, unknown>>>();
const key = (type: string, name: string): string => `${type} ${name}`;

void pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs, custom }) => {
      const given = inputs as Readonly<Record<string, unknown>>;
      inputsByUrn.set(key(type, name), given);
      if (custom !== true && type.startsWith("gitlab:")) return { id: undefined, state: {} };
      const make = types[type];
      if (make === undefined) throw new Error(`the mocks know no ${type}`);
      return { id: `${name}-id`, state: { ...given, ...make(name, given) } };
    },
    call: ({ token }) => {
      throw new Error(`the mocks know no ${token}: nothing may be looked up`);
    },
  },
  "gitlab",
  "test",
  false,
);

/**
 * Declares resources and waits until all of them are registered.
 * @param declare makes a component with the options that it is given
 */
export async function declared<T>(
  declare: (opts: pulumi.ComponentResourceOptions) => T,
): Promise<{ readonly made: T; readonly resources: readonly Declared[] }> {
  const seen: {
    readonly resource: pulumi.Resource;
    readonly type: string;
    readonly name: string;
    readonly opts: pulumi.CustomResourceOptions;
  }[] = [];
  const made = declare({
    transformations: [
      ({ resource, type, name, props, opts }) => {
        seen.push({ resource, type, name, opts });
        return { props, opts };
      },
    ],
  });
  await Promise.all(seen.map(({ resource }) => valueOf(resource.urn)));
  return {
    made,
    resources: seen
      .filter(({ type }) => !type.startsWith("gitlab:"))
      .map(({ type, name, opts }) => {
        const inputs = inputsByUrn.get(key(type, name));
        if (inputs === undefined) throw new Error(`${type} ${name} was not registered`);
        const provider = opts.provider as
          { readonly __name?: string } | pulumi.ProviderResource | undefined;
        return {
          type,
          name,
          inputs,
          protect: opts.protect === true,
          provider:
            provider === undefined ? undefined : String((provider as { __name?: string }).__name),
        };
      }),
  };
}

/** The value of an output, once it is known. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise<T>((resolve) => {
    output.apply((value) => {
      resolve(value);
      return value;
    });
  });
}

/** Those of one type, by the end of its token: `rds/instance`. */
export function ofType(resources: readonly Declared[], type: string): readonly Declared[] {
  return resources.filter((resource) => resource.type.startsWith(`aws:${type}:`));
}

/** The one of its type. */
export function only(resources: readonly Declared[], type: string): Declared {
  const [first, ...others] = ofType(resources, type);
  if (first === undefined || others.length > 0) {
    throw new Error(`${type}: found ${others.length + (first === undefined ? 0 : 1)}, wanted one`);
  }
  return first;
}

/** Whether a recorded input is a Pulumi secret (its wrapper's signature key). */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}
