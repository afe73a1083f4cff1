import * as pulumi from "@pulumi/pulumi";

/**
 * AWS types in use that take no tags, or none in the form of a map. Everything else that the provider tags gets
 * the component's; a type that is missing here is refused by name, by the provider as by the sandbox.
 */
const withoutTags = new Set(
  [
    "acm/certificateValidation:CertificateValidation",
    "autoscaling/group:Group",
    "autoscaling/lifecycleHook:LifecycleHook",
    "backup/selection:Selection",
    "backup/vaultLockConfiguration:VaultLockConfiguration",
    "backup/vaultPolicy:VaultPolicy",
    "cloudwatch/eventTarget:EventTarget",
    "cloudwatch/logMetricFilter:LogMetricFilter",
    "cloudwatch/logResourcePolicy:LogResourcePolicy",
    "ec2/route:Route",
    "ec2/routeTableAssociation:RouteTableAssociation",
    "ecr/lifecyclePolicy:LifecyclePolicy",
    "ecr/repositoryPolicy:RepositoryPolicy",
    "efs/backupPolicy:BackupPolicy",
    "efs/fileSystemPolicy:FileSystemPolicy",
    "efs/mountTarget:MountTarget",
    "iam/accessKey:AccessKey",
    "iam/rolePolicy:RolePolicy",
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    "iam/userPolicy:UserPolicy",
    "kms/alias:Alias",
    "route53/record:Record",
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "s3/bucketNotification:BucketNotification",
    "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "s3/bucketPolicy:BucketPolicy",
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "s3/bucketReplicationConfig:BucketReplicationConfig",
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "s3/bucketVersioning:BucketVersioning",
    "scheduler/schedule:Schedule",
    "secretsmanager/secretPolicy:SecretPolicy",
    "secretsmanager/secretVersion:SecretVersion",
    "sns/topicPolicy:TopicPolicy",
    "sns/topicSubscription:TopicSubscription",
    "sqs/queuePolicy:QueuePolicy",
  ].map((type) => `aws:${type}`),
);

/**
 * Tags everything below a component with the component's name and its own name in the program, so that a stray is
 * found and its owner known. Environment, owner and stack are default tags of the provider.
 * @param component what people call this part: `network`, `database`, `runners`
 */
export function tagged(component: string): pulumi.ResourceTransformation {
  return ({ type, name, props, opts }) => {
    if (!type.startsWith("aws:") || withoutTags.has(type)) return undefined;
    type Tags = Record<string, pulumi.Input<string>>;
    const given = (props as { tags?: Tags | pulumi.Output<Tags> }).tags;
    const ours = { Component: component, Resource: name };
    // A plain map stays plain, so that a preview shows each tag by itself.
    const tags = pulumi.Output.isInstance(given)
      ? given.apply((own) => ({ ...ours, ...own }))
      : { ...ours, ...given };
    return { props: { ...(props as object), tags }, opts };
  };
}
