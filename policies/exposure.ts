/**
 * Which types hold data or face a network. A stack's type that is named here and that no rule looks at is a fault of
 * the pack; so is one of a cloud that is not named at all, since nobody has thought of it.
 */

/** What makes a type worth guarding. */
export type Exposure = "data" | "network";

const data = [
  "aws:backup/vault:Vault",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:dynamodb/table:Table",
  "aws:ecr/repository:Repository",
  "aws:efs/accessPoint:AccessPoint",
  "aws:efs/fileSystem:FileSystem",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:iam/accessKey:AccessKey",
  "aws:kms/key:Key",
  "aws:rds/cluster:Cluster",
  "aws:rds/instance:Instance",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:secretsmanager/secret:Secret",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
  "azure-native:compute:Disk",
  "azure-native:dataprotection:BackupVault",
  "azure-native:keyvault:Secret",
  "azure-native:keyvault:Vault",
  "azure-native:operationalinsights:Workspace",
  "azure-native:resources:ResourceGroup",
  "gcp:compute/disk:Disk",
  "gcp:redis/instance:Instance",
  "gcp:secretmanager/secret:Secret",
  "gcp:secretmanager/secretVersion:SecretVersion",
  "gcp:serviceaccount/key:Key",
  "gcp:sql/databaseInstance:DatabaseInstance",
  "gcp:sql/user:User",
  "gcp:storage/bucket:Bucket",
  "kubernetes:core/v1:Secret",
];

const network = [
  "aws:autoscaling/group:Group",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  "aws:iam/role:Role",
  "aws:iam/user:User",
  "aws:lb/listener:Listener",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:lb/targetGroup:TargetGroup",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "azure-native:authorization:RoleAssignment",
  "azure-native:authorization:RoleDefinition",
  "azure-native:compute:VirtualMachine",
  "azure-native:compute:VirtualMachineScaleSet",
  "azure-native:network:BastionHost",
  "azure-native:network:NetworkInterface",
  "azure-native:network:NetworkSecurityGroup",
  "azure-native:network:PublicIPAddress",
  "azure-native:network:SecurityRule",
  "azure-native:network:Subnet",
  "azure-native:network:VirtualNetwork",
  "gcp:compute/firewall:Firewall",
  "gcp:compute/instance:Instance",
  "gcp:compute/instanceTemplate:InstanceTemplate",
  "gcp:compute/network:Network",
  "gcp:compute/subnetwork:Subnetwork",
  "gcp:container/cluster:Cluster",
  "gcp:container/nodePool:NodePool",
  "gcp:iap/tunnelInstanceIAMMember:TunnelInstanceIAMMember",
  "gcp:projects/iAMMember:IAMMember",
  "gcp:storage/bucketIAMMember:BucketIAMMember",
  "kubernetes:apps/v1:DaemonSet",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:ReplicaSet",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:batch/v1:CronJob",
  "kubernetes:batch/v1:Job",
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:Pod",
  "kubernetes:core/v1:ReplicationController",
  "kubernetes:core/v1:Service",
  "kubernetes:networking.k8s.io/v1:Ingress",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  "kubernetes:rbac.authorization.k8s.io/v1:Role",
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
];

/**
 * Types that neither hold data nor are open to anybody by themselves: settings of another resource, wiring of networks
 * that rules on its ends guard, alarms, names, and what only has an address to go out by.
 */
const others = [
  /^gitlab:/,
  /^pulumi:/,
  /^random:/,
  /^aws:(acm|backup\/(plan|selection|vaultLock|vaultPolicy)|cloudwatch\/(event|logResourcePolicy|metricAlarm)|ec2\/(eip|flowLog|internetGateway|natGateway|route|vpcEndpoint)|ecr\/lifecycle|efs\/(backupPolicy|fileSystemPolicy|mountTarget)|elasticache\/(parameterGroup|subnetGroup|user)|iam\/(instanceProfile|rolePolicy|userPolicy)|kms\/alias|lb\/listenerRule|rds\/(eventSubscription|parameterGroup|subnetGroup)|route53\/|s3\/bucket(Lifecycle|Notification|ObjectLock|Replication)|scheduler\/|secretsmanager\/secretVersion|sns\/topicSubscription)/,
  /^azure-native:(applicationinsights|authorization:ManagementLock|dataprotection:Backup(Instance|Policy)|dns|managedidentity|monitor|network:NatGateway$)/,
  /^gcp:(artifactregistry|certificatemanager|compute\/(address|backend|diskResourcePolicyAttachment|globalAddress|instanceGroupManager|instanceIAMMember|managedSslCertificate|resourcePolicy|router|routerNat|securityPolicy|sSLPolicy)|dns|monitoring|projects\/(iAMCustomRole|service)|secretmanager\/secretIamMember|serviceaccount\/(account|iAMMember)|servicenetworking|sql\/database:)/,
  /^kubernetes:(autoscaling\/v2:HorizontalPodAutoscaler$|cloud\.google\.com\/v1:BackendConfig$|networking\.gke\.io\/(v1beta1:FrontendConfig|v1:ManagedCertificate)$|policy\/v1:PodDisruptionBudget|core\/v1:(ConfigMap|LimitRange|ResourceQuota|ServiceAccount))/,
];

const exposures: ReadonlyMap<string, Exposure> = new Map([
  ...data.map((type) => [type, "data"] as const),
  ...network.map((type) => [type, "network"] as const),
]);

/** What a type is exposed by; undefined where it is not, "unclassified" where nobody has said. */
export function exposureOf(type: string): Exposure | "unclassified" | undefined {
  return (
    exposures.get(type) ?? (others.some((form) => form.test(type)) ? undefined : "unclassified")
  );
}
