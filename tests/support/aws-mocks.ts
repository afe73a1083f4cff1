/**
 * AWS components under Pulumi's mocks (./mocks). Load this before the components: mocks have to be set first.
 */
import {
  mockClouds,
  none,
  ofType as anyOfType,
  only as anyOnly,
  type Declared,
  type Make,
} from "./mocks";

export { declared, isSecret, valueOf, type Declared } from "./mocks";

const arn: Make = (name) => ({ arn: `arn:aws:mock:eu-central-1:111111111111:${name}` });
/** Also where the engine names it. */
const named: Make = (name, inputs) => ({ ...arn(name, inputs), name: inputs["name"] ?? name });
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
  "aws:cloudwatch/eventRule:EventRule": named,
  "aws:cloudwatch/eventTarget:EventTarget": none,
  "aws:cloudwatch/logGroup:LogGroup": named,
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": none,
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
  "aws:iam/accessKey:AccessKey": () => ({ id: "AKIAEXAMPLE", secret: "planted-secret" }),
  "aws:iam/instanceProfile:InstanceProfile": named,
  "aws:iam/role:Role": named,
  "aws:iam/rolePolicy:RolePolicy": none,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": none,
  "aws:iam/user:User": (name) => ({
    arn: `arn:aws:iam::444455556666:user/backup/${name}`,
    name,
  }),
  "aws:iam/userPolicy:UserPolicy": none,
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
  "aws:s3/bucketNotification:BucketNotification": none,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": none,
  "aws:s3/bucketPolicy:BucketPolicy": none,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": none,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": none,
  "aws:s3/bucketVersioning:BucketVersioning": none,
  "aws:secretsmanager/secret:Secret": arn,
  "aws:secretsmanager/secretVersion:SecretVersion": arn,
  "aws:sns/topic:Topic": named,
  "aws:sns/topicPolicy:TopicPolicy": none,
  "aws:sns/topicSubscription:TopicSubscription": arn,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": arn,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": arn,
  "pulumi:providers:aws": none,
};

mockClouds(types);

/** Those of one type, by the end of its token: `rds/instance`. */
export function ofType(resources: readonly Declared[], type: string): readonly Declared[] {
  return anyOfType(resources, `aws:${type}`);
}

/** The one of its type. */
export function only(resources: readonly Declared[], type: string): Declared {
  return anyOnly(resources, `aws:${type}`);
}
