/* eslint-disable @typescript-eslint/consistent-type-imports -- a hundred names, half of them alike: each stands with its token */
/**
 * The resource types that rules name, each by the SDK's own token and with the SDK's own type of its arguments. Types
 * are erased before anything runs, so that the pack loads no cloud SDK (a second and more each); a renamed class or
 * property breaks the type check, a renamed token tests/policies/types.test.ts.
 */
import type { TypeToken } from "./rule";

function type<A>(token: string): TypeToken<A> {
  return { token };
}

export const awsCertificate = type<import("@pulumi/aws/acm/certificate").CertificateArgs>(
  "aws:acm/certificate:Certificate",
);
export const awsAutoScalingGroup = type<import("@pulumi/aws/autoscaling/group").GroupArgs>(
  "aws:autoscaling/group:Group",
);
export const awsBackupPlan =
  type<import("@pulumi/aws/backup/plan").PlanArgs>("aws:backup/plan:Plan");
export const awsBackupVault =
  type<import("@pulumi/aws/backup/vault").VaultArgs>("aws:backup/vault:Vault");
export const awsBackupVaultLock = type<
  import("@pulumi/aws/backup/vaultLockConfiguration").VaultLockConfigurationArgs
>("aws:backup/vaultLockConfiguration:VaultLockConfiguration");
export const awsBackupVaultPolicy = type<import("@pulumi/aws/backup/vaultPolicy").VaultPolicyArgs>(
  "aws:backup/vaultPolicy:VaultPolicy",
);
export const awsLogGroup = type<import("@pulumi/aws/cloudwatch/logGroup").LogGroupArgs>(
  "aws:cloudwatch/logGroup:LogGroup",
);
export const awsEventRule = type<import("@pulumi/aws/cloudwatch/eventRule").EventRuleArgs>(
  "aws:cloudwatch/eventRule:EventRule",
);
export const awsMetricAlarm = type<import("@pulumi/aws/cloudwatch/metricAlarm").MetricAlarmArgs>(
  "aws:cloudwatch/metricAlarm:MetricAlarm",
);
export const awsDynamoTable = type<import("@pulumi/aws/dynamodb/table").TableArgs>(
  "aws:dynamodb/table:Table",
);
export const awsDefaultSecurityGroup = type<
  import("@pulumi/aws/ec2/defaultSecurityGroup").DefaultSecurityGroupArgs
>("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
export const awsInstance = type<import("@pulumi/aws/ec2/instance").InstanceArgs>(
  "aws:ec2/instance:Instance",
);
export const awsFlowLog =
  type<import("@pulumi/aws/ec2/flowLog").FlowLogArgs>("aws:ec2/flowLog:FlowLog");
export const awsLaunchTemplate = type<import("@pulumi/aws/ec2/launchTemplate").LaunchTemplateArgs>(
  "aws:ec2/launchTemplate:LaunchTemplate",
);
export const awsRoute = type<import("@pulumi/aws/ec2/route").RouteArgs>("aws:ec2/route:Route");
export const awsSecurityGroup = type<import("@pulumi/aws/ec2/securityGroup").SecurityGroupArgs>(
  "aws:ec2/securityGroup:SecurityGroup",
);
export const awsSubnet = type<import("@pulumi/aws/ec2/subnet").SubnetArgs>("aws:ec2/subnet:Subnet");
export const awsVpc = type<import("@pulumi/aws/ec2/vpc").VpcArgs>("aws:ec2/vpc:Vpc");
export const awsVpcEndpoint = type<import("@pulumi/aws/ec2/vpcEndpoint").VpcEndpointArgs>(
  "aws:ec2/vpcEndpoint:VpcEndpoint",
);
export const awsImageRepository = type<import("@pulumi/aws/ecr/repository").RepositoryArgs>(
  "aws:ecr/repository:Repository",
);
export const awsEfsAccessPoint = type<import("@pulumi/aws/efs/accessPoint").AccessPointArgs>(
  "aws:efs/accessPoint:AccessPoint",
);
export const awsEfsFileSystem = type<import("@pulumi/aws/efs/fileSystem").FileSystemArgs>(
  "aws:efs/fileSystem:FileSystem",
);
export const awsEfsPolicy = type<import("@pulumi/aws/efs/fileSystemPolicy").FileSystemPolicyArgs>(
  "aws:efs/fileSystemPolicy:FileSystemPolicy",
);
export const awsEfsMountTarget = type<import("@pulumi/aws/efs/mountTarget").MountTargetArgs>(
  "aws:efs/mountTarget:MountTarget",
);
export const awsCacheParameters = type<
  import("@pulumi/aws/elasticache/parameterGroup").ParameterGroupArgs
>("aws:elasticache/parameterGroup:ParameterGroup");
export const awsCache = type<
  import("@pulumi/aws/elasticache/replicationGroup").ReplicationGroupArgs
>("aws:elasticache/replicationGroup:ReplicationGroup");
export const awsAccessKey = type<import("@pulumi/aws/iam/accessKey").AccessKeyArgs>(
  "aws:iam/accessKey:AccessKey",
);
export const awsGroupPolicy = type<import("@pulumi/aws/iam/groupPolicy").GroupPolicyArgs>(
  "aws:iam/groupPolicy:GroupPolicy",
);
export const awsGroupPolicyAttachment = type<
  import("@pulumi/aws/iam/groupPolicyAttachment").GroupPolicyAttachmentArgs
>("aws:iam/groupPolicyAttachment:GroupPolicyAttachment");
export const awsPolicy = type<import("@pulumi/aws/iam/policy").PolicyArgs>("aws:iam/policy:Policy");
export const awsPolicyAttachment = type<
  import("@pulumi/aws/iam/policyAttachment").PolicyAttachmentArgs
>("aws:iam/policyAttachment:PolicyAttachment");
export const awsUserPolicyAttachment = type<
  import("@pulumi/aws/iam/userPolicyAttachment").UserPolicyAttachmentArgs
>("aws:iam/userPolicyAttachment:UserPolicyAttachment");
export const awsUserLoginProfile = type<
  import("@pulumi/aws/iam/userLoginProfile").UserLoginProfileArgs
>("aws:iam/userLoginProfile:UserLoginProfile");
export const awsQueuePolicy = type<import("@pulumi/aws/sqs/queuePolicy").QueuePolicyArgs>(
  "aws:sqs/queuePolicy:QueuePolicy",
);
export const awsKmsKeyPolicy = type<import("@pulumi/aws/kms/keyPolicy").KeyPolicyArgs>(
  "aws:kms/keyPolicy:KeyPolicy",
);
export const awsSecretPolicy = type<
  import("@pulumi/aws/secretsmanager/secretPolicy").SecretPolicyArgs
>("aws:secretsmanager/secretPolicy:SecretPolicy");
export const awsImageRepositoryPolicy = type<
  import("@pulumi/aws/ecr/repositoryPolicy").RepositoryPolicyArgs
>("aws:ecr/repositoryPolicy:RepositoryPolicy");
export const awsLogResourcePolicy = type<
  import("@pulumi/aws/cloudwatch/logResourcePolicy").LogResourcePolicyArgs
>("aws:cloudwatch/logResourcePolicy:LogResourcePolicy");
export const awsRouteTable = type<import("@pulumi/aws/ec2/routeTable").RouteTableArgs>(
  "aws:ec2/routeTable:RouteTable",
);
export const awsRouteTableAssociation = type<
  import("@pulumi/aws/ec2/routeTableAssociation").RouteTableAssociationArgs
>("aws:ec2/routeTableAssociation:RouteTableAssociation");
export const awsDatabaseSubnets = type<import("@pulumi/aws/rds/subnetGroup").SubnetGroupArgs>(
  "aws:rds/subnetGroup:SubnetGroup",
);
export const awsCacheSubnets = type<import("@pulumi/aws/elasticache/subnetGroup").SubnetGroupArgs>(
  "aws:elasticache/subnetGroup:SubnetGroup",
);
export const awsListenerRule = type<import("@pulumi/aws/lb/listenerRule").ListenerRuleArgs>(
  "aws:lb/listenerRule:ListenerRule",
);
export const awsSecurityGroupRule = type<
  import("@pulumi/aws/ec2/securityGroupRule").SecurityGroupRuleArgs
>("aws:ec2/securityGroupRule:SecurityGroupRule");
export const awsDatabaseEvents = type<
  import("@pulumi/aws/rds/eventSubscription").EventSubscriptionArgs
>("aws:rds/eventSubscription:EventSubscription");
export const awsRole = type<import("@pulumi/aws/iam/role").RoleArgs>("aws:iam/role:Role");
export const awsRolePolicy = type<import("@pulumi/aws/iam/rolePolicy").RolePolicyArgs>(
  "aws:iam/rolePolicy:RolePolicy",
);
export const awsRolePolicyAttachment = type<
  import("@pulumi/aws/iam/rolePolicyAttachment").RolePolicyAttachmentArgs
>("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
export const awsUser = type<import("@pulumi/aws/iam/user").UserArgs>("aws:iam/user:User");
export const awsUserPolicy = type<import("@pulumi/aws/iam/userPolicy").UserPolicyArgs>(
  "aws:iam/userPolicy:UserPolicy",
);
export const awsKmsKey = type<import("@pulumi/aws/kms/key").KeyArgs>("aws:kms/key:Key");
export const awsListener = type<import("@pulumi/aws/lb/listener").ListenerArgs>(
  "aws:lb/listener:Listener",
);
export const awsLoadBalancer = type<import("@pulumi/aws/lb/loadBalancer").LoadBalancerArgs>(
  "aws:lb/loadBalancer:LoadBalancer",
);
export const awsTargetGroup = type<import("@pulumi/aws/lb/targetGroup").TargetGroupArgs>(
  "aws:lb/targetGroup:TargetGroup",
);
export const awsDatabase = type<import("@pulumi/aws/rds/instance").InstanceArgs>(
  "aws:rds/instance:Instance",
);
export const awsDatabaseParameters = type<
  import("@pulumi/aws/rds/parameterGroup").ParameterGroupArgs
>("aws:rds/parameterGroup:ParameterGroup");
export const awsDatabaseCluster =
  type<import("@pulumi/aws/rds/cluster").ClusterArgs>("aws:rds/cluster:Cluster");
export const awsHealthCheck = type<import("@pulumi/aws/route53/healthCheck").HealthCheckArgs>(
  "aws:route53/healthCheck:HealthCheck",
);
export const awsRecord = type<import("@pulumi/aws/route53/record").RecordArgs>(
  "aws:route53/record:Record",
);
export const awsBucket = type<import("@pulumi/aws/s3/bucket").BucketArgs>("aws:s3/bucket:Bucket");
export const awsBucketAcl = type<import("@pulumi/aws/s3/bucketAcl").BucketAclArgs>(
  "aws:s3/bucketAcl:BucketAcl",
);
export const awsBucketWebsite = type<
  import("@pulumi/aws/s3/bucketWebsiteConfiguration").BucketWebsiteConfigurationArgs
>("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration");
export const awsBucketLifecycleConfiguration = type<
  import("@pulumi/aws/s3/bucketLifecycleConfiguration").BucketLifecycleConfigurationArgs
>("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
export const awsBucketNotification = type<
  import("@pulumi/aws/s3/bucketNotification").BucketNotificationArgs
>("aws:s3/bucketNotification:BucketNotification");
export const awsBucketObjectLockConfiguration = type<
  import("@pulumi/aws/s3/bucketObjectLockConfiguration").BucketObjectLockConfigurationArgs
>("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration");
export const awsBucketObjectv2 = type<import("@pulumi/aws/s3/bucketObjectv2").BucketObjectv2Args>(
  "aws:s3/bucketObjectv2:BucketObjectv2",
);
export const awsBucketPolicy = type<import("@pulumi/aws/s3/bucketPolicy").BucketPolicyArgs>(
  "aws:s3/bucketPolicy:BucketPolicy",
);
export const awsBucketPublicAccessBlock = type<
  import("@pulumi/aws/s3/bucketPublicAccessBlock").BucketPublicAccessBlockArgs
>("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
export const awsBucketReplicationConfig = type<
  import("@pulumi/aws/s3/bucketReplicationConfig").BucketReplicationConfigArgs
>("aws:s3/bucketReplicationConfig:BucketReplicationConfig");
export const awsBucketEncryption = type<
  import("@pulumi/aws/s3/bucketServerSideEncryptionConfiguration").BucketServerSideEncryptionConfigurationArgs
>("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
export const awsBucketVersioning = type<
  import("@pulumi/aws/s3/bucketVersioning").BucketVersioningArgs
>("aws:s3/bucketVersioning:BucketVersioning");
export const awsSchedule = type<import("@pulumi/aws/scheduler/schedule").ScheduleArgs>(
  "aws:scheduler/schedule:Schedule",
);
export const awsSecret = type<import("@pulumi/aws/secretsmanager/secret").SecretArgs>(
  "aws:secretsmanager/secret:Secret",
);
export const awsSecretVersion = type<
  import("@pulumi/aws/secretsmanager/secretVersion").SecretVersionArgs
>("aws:secretsmanager/secretVersion:SecretVersion");
export const awsTopic = type<import("@pulumi/aws/sns/topic").TopicArgs>("aws:sns/topic:Topic");
export const awsTopicSubscription = type<
  import("@pulumi/aws/sns/topicSubscription").TopicSubscriptionArgs
>("aws:sns/topicSubscription:TopicSubscription");
export const awsTopicPolicy = type<import("@pulumi/aws/sns/topicPolicy").TopicPolicyArgs>(
  "aws:sns/topicPolicy:TopicPolicy",
);
export const awsQueue = type<import("@pulumi/aws/sqs/queue").QueueArgs>("aws:sqs/queue:Queue");
export const awsSecurityGroupEgressRule = type<
  import("@pulumi/aws/vpc/securityGroupEgressRule").SecurityGroupEgressRuleArgs
>("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule");
export const awsSecurityGroupIngressRule = type<
  import("@pulumi/aws/vpc/securityGroupIngressRule").SecurityGroupIngressRuleArgs
>("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");

export const awsVolume = type<import("@pulumi/aws/ebs/volume").VolumeArgs>("aws:ebs/volume:Volume");
export const awsVolumeAttachment = type<
  import("@pulumi/aws/ec2/volumeAttachment").VolumeAttachmentArgs
>("aws:ec2/volumeAttachment:VolumeAttachment");
export const awsLifecyclePolicy = type<
  import("@pulumi/aws/dlm/lifecyclePolicy").LifecyclePolicyArgs
>("aws:dlm/lifecyclePolicy:LifecyclePolicy");
export const awsCacheCluster = type<import("@pulumi/aws/elasticache/cluster").ClusterArgs>(
  "aws:elasticache/cluster:Cluster",
);
export const awsServerlessCache = type<
  import("@pulumi/aws/elasticache/serverlessCache").ServerlessCacheArgs
>("aws:elasticache/serverlessCache:ServerlessCache");
export const awsMemoryDb = type<import("@pulumi/aws/memorydb/cluster").ClusterArgs>(
  "aws:memorydb/cluster:Cluster",
);
export const awsFsxOpenZfs = type<
  import("@pulumi/aws/fsx/openZfsFileSystem").OpenZfsFileSystemArgs
>("aws:fsx/openZfsFileSystem:OpenZfsFileSystem");
export const awsFsxOntap = type<import("@pulumi/aws/fsx/ontapFileSystem").OntapFileSystemArgs>(
  "aws:fsx/ontapFileSystem:OntapFileSystem",
);

export const azureManagementLockByScope = type<
  import("@pulumi/azure-native/authorization/managementLockByScope").ManagementLockByScopeArgs
>("azure-native:authorization:ManagementLockByScope");
export const azureRoleAssignment = type<
  import("@pulumi/azure-native/authorization/roleAssignment").RoleAssignmentArgs
>("azure-native:authorization:RoleAssignment");
export const azureRoleDefinition = type<
  import("@pulumi/azure-native/authorization/roleDefinition").RoleDefinitionArgs
>("azure-native:authorization:RoleDefinition");
export const azureDisk = type<import("@pulumi/azure-native/compute/disk").DiskArgs>(
  "azure-native:compute:Disk",
);
export const azureVirtualMachine = type<
  import("@pulumi/azure-native/compute/virtualMachine").VirtualMachineArgs
>("azure-native:compute:VirtualMachine");
export const azureVirtualMachineScaleSet = type<
  import("@pulumi/azure-native/compute/virtualMachineScaleSet").VirtualMachineScaleSetArgs
>("azure-native:compute:VirtualMachineScaleSet");
export const azureBackupPolicy = type<
  import("@pulumi/azure-native/dataprotection/backupPolicy").BackupPolicyArgs
>("azure-native:dataprotection:BackupPolicy");
export const azureBackupInstance = type<
  import("@pulumi/azure-native/dataprotection/backupInstance").BackupInstanceArgs
>("azure-native:dataprotection:BackupInstance");
export const azureBackupVault = type<
  import("@pulumi/azure-native/dataprotection/backupVault").BackupVaultArgs
>("azure-native:dataprotection:BackupVault");
export const azureSecret = type<import("@pulumi/azure-native/keyvault/secret").SecretArgs>(
  "azure-native:keyvault:Secret",
);
export const azureVault = type<import("@pulumi/azure-native/keyvault/vault").VaultArgs>(
  "azure-native:keyvault:Vault",
);
export const azureUserAssignedIdentity = type<
  import("@pulumi/azure-native/managedidentity/userAssignedIdentity").UserAssignedIdentityArgs
>("azure-native:managedidentity:UserAssignedIdentity");
export const azureActionGroup = type<
  import("@pulumi/azure-native/monitor/actionGroup").ActionGroupArgs
>("azure-native:monitor:ActionGroup");
export const azureWebTest = type<
  import("@pulumi/azure-native/applicationinsights/webTest").WebTestArgs
>("azure-native:applicationinsights:WebTest");
export const azureApplicationInsights = type<
  import("@pulumi/azure-native/applicationinsights/component").ComponentArgs
>("azure-native:applicationinsights:Component");
export const azureMetricAlert = type<
  import("@pulumi/azure-native/monitor/metricAlert").MetricAlertArgs
>("azure-native:monitor:MetricAlert");
export const azureBastionHost = type<
  import("@pulumi/azure-native/network/bastionHost").BastionHostArgs
>("azure-native:network:BastionHost");
export const azureNetworkInterface = type<
  import("@pulumi/azure-native/network/networkInterface").NetworkInterfaceArgs
>("azure-native:network:NetworkInterface");
export const azureNetworkSecurityGroup = type<
  import("@pulumi/azure-native/network/networkSecurityGroup").NetworkSecurityGroupArgs
>("azure-native:network:NetworkSecurityGroup");
export const azurePublicIPAddress = type<
  import("@pulumi/azure-native/network/publicIPAddress").PublicIPAddressArgs
>("azure-native:network:PublicIPAddress");
export const azureSubnet = type<import("@pulumi/azure-native/network/subnet").SubnetArgs>(
  "azure-native:network:Subnet",
);
export const azureWorkspace = type<
  import("@pulumi/azure-native/operationalinsights/workspace").WorkspaceArgs
>("azure-native:operationalinsights:Workspace");
export const azureResourceGroup = type<
  import("@pulumi/azure-native/resources/resourceGroup").ResourceGroupArgs
>("azure-native:resources:ResourceGroup");
export const azureDiagnosticSetting = type<
  import("@pulumi/azure-native/monitor/diagnosticSetting").DiagnosticSettingArgs
>("azure-native:monitor:DiagnosticSetting");

export const azureSecurityRule = type<
  import("@pulumi/azure-native/network/securityRule").SecurityRuleArgs
>("azure-native:network:SecurityRule");
export const azureVirtualNetwork = type<
  import("@pulumi/azure-native/network/virtualNetwork").VirtualNetworkArgs
>("azure-native:network:VirtualNetwork");
export const azureLoadBalancer = type<
  import("@pulumi/azure-native/network/loadBalancer").LoadBalancerArgs
>("azure-native:network:LoadBalancer");
export const azureSnapshot = type<import("@pulumi/azure-native/compute/snapshot").SnapshotArgs>(
  "azure-native:compute:Snapshot",
);
export const azureMachineExtension = type<
  import("@pulumi/azure-native/compute/virtualMachineExtension").VirtualMachineExtensionArgs
>("azure-native:compute:VirtualMachineExtension");
export const azureRunCommand = type<
  import("@pulumi/azure-native/compute/virtualMachineRunCommandByVirtualMachine").VirtualMachineRunCommandByVirtualMachineArgs
>("azure-native:compute:VirtualMachineRunCommandByVirtualMachine");
export const azureFederatedCredential = type<
  import("@pulumi/azure-native/managedidentity/federatedIdentityCredential").FederatedIdentityCredentialArgs
>("azure-native:managedidentity:FederatedIdentityCredential");
export const azureVaultAccessPolicy = type<
  import("@pulumi/azure-native/keyvault/accessPolicy").AccessPolicyArgs
>("azure-native:keyvault:AccessPolicy");
export const azureKey = type<import("@pulumi/azure-native/keyvault/key").KeyArgs>(
  "azure-native:keyvault:Key",
);
export const azureStorageAccount = type<
  import("@pulumi/azure-native/storage/storageAccount").StorageAccountArgs
>("azure-native:storage:StorageAccount");
export const azureBlobContainer = type<
  import("@pulumi/azure-native/storage/blobContainer").BlobContainerArgs
>("azure-native:storage:BlobContainer");
export const azureFileShare = type<import("@pulumi/azure-native/storage/fileShare").FileShareArgs>(
  "azure-native:storage:FileShare",
);
export const azureNetAppVolume = type<
  import("@pulumi/azure-native/netapp/capacityPoolVolume").CapacityPoolVolumeArgs
>("azure-native:netapp:CapacityPoolVolume");
export const azurePostgresServer = type<
  import("@pulumi/azure-native/dbforpostgresql/server").ServerArgs
>("azure-native:dbforpostgresql:Server");
export const azurePostgresFirewallRule = type<
  import("@pulumi/azure-native/dbforpostgresql/firewallRule").FirewallRuleArgs
>("azure-native:dbforpostgresql:FirewallRule");
export const azurePostgresConfiguration = type<
  import("@pulumi/azure-native/dbforpostgresql/configuration").ConfigurationArgs
>("azure-native:dbforpostgresql:Configuration");
export const azureRedis = type<import("@pulumi/azure-native/redis/redis").RedisArgs>(
  "azure-native:redis:Redis",
);
export const azureRedisFirewallRule = type<
  import("@pulumi/azure-native/redis/redisFirewallRule").RedisFirewallRuleArgs
>("azure-native:redis:RedisFirewallRule");
export const azureManagedRedis = type<
  import("@pulumi/azure-native/redisenterprise/redisEnterprise").RedisEnterpriseArgs
>("azure-native:redisenterprise:RedisEnterprise");
export const azureManagedRedisDatabase = type<
  import("@pulumi/azure-native/redisenterprise/database").DatabaseArgs
>("azure-native:redisenterprise:Database");
export const azureAutoscaleSetting = type<
  import("@pulumi/azure-native/monitor/autoscaleSetting").AutoscaleSettingArgs
>("azure-native:monitor:AutoscaleSetting");

export const gcpDisk = type<import("@pulumi/gcp/compute/disk").DiskArgs>("gcp:compute/disk:Disk");
export const gcpDiskResourcePolicyAttachment = type<
  import("@pulumi/gcp/compute/diskResourcePolicyAttachment").DiskResourcePolicyAttachmentArgs
>("gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment");
export const gcpFirewall = type<import("@pulumi/gcp/compute/firewall").FirewallArgs>(
  "gcp:compute/firewall:Firewall",
);
export const gcpInstance = type<import("@pulumi/gcp/compute/instance").InstanceArgs>(
  "gcp:compute/instance:Instance",
);
export const gcpInstanceGroupManager = type<
  import("@pulumi/gcp/compute/instanceGroupManager").InstanceGroupManagerArgs
>("gcp:compute/instanceGroupManager:InstanceGroupManager");
export const gcpInstanceIAMMember = type<
  import("@pulumi/gcp/compute/instanceIAMMember").InstanceIAMMemberArgs
>("gcp:compute/instanceIAMMember:InstanceIAMMember");
export const gcpInstanceTemplate = type<
  import("@pulumi/gcp/compute/instanceTemplate").InstanceTemplateArgs
>("gcp:compute/instanceTemplate:InstanceTemplate");
export const gcpNetwork = type<import("@pulumi/gcp/compute/network").NetworkArgs>(
  "gcp:compute/network:Network",
);
export const gcpResourcePolicy = type<
  import("@pulumi/gcp/compute/resourcePolicy").ResourcePolicyArgs
>("gcp:compute/resourcePolicy:ResourcePolicy");
export const gcpRouterNat = type<import("@pulumi/gcp/compute/routerNat").RouterNatArgs>(
  "gcp:compute/routerNat:RouterNat",
);
export const gcpSubnetwork = type<import("@pulumi/gcp/compute/subnetwork").SubnetworkArgs>(
  "gcp:compute/subnetwork:Subnetwork",
);
export const gcpCluster = type<import("@pulumi/gcp/container/cluster").ClusterArgs>(
  "gcp:container/cluster:Cluster",
);
export const gcpNodePool = type<import("@pulumi/gcp/container/nodePool").NodePoolArgs>(
  "gcp:container/nodePool:NodePool",
);
export const gcpTunnelInstanceIAMMember = type<
  import("@pulumi/gcp/iap/tunnelInstanceIAMMember").TunnelInstanceIAMMemberArgs
>("gcp:iap/tunnelInstanceIAMMember:TunnelInstanceIAMMember");
export const gcpAlertPolicy = type<import("@pulumi/gcp/monitoring/alertPolicy").AlertPolicyArgs>(
  "gcp:monitoring/alertPolicy:AlertPolicy",
);
export const gcpNotificationChannel = type<
  import("@pulumi/gcp/monitoring/notificationChannel").NotificationChannelArgs
>("gcp:monitoring/notificationChannel:NotificationChannel");
export const gcpUptimeCheck = type<
  import("@pulumi/gcp/monitoring/uptimeCheckConfig").UptimeCheckConfigArgs
>("gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig");
export const gcpCustomRole = type<import("@pulumi/gcp/projects/iamcustomRole").IAMCustomRoleArgs>(
  "gcp:projects/iAMCustomRole:IAMCustomRole",
);
export const gcpProjectMember = type<import("@pulumi/gcp/projects/iammember").IAMMemberArgs>(
  "gcp:projects/iAMMember:IAMMember",
);
export const gcpRedis = type<import("@pulumi/gcp/redis/instance").InstanceArgs>(
  "gcp:redis/instance:Instance",
);
export const gcpSecret = type<import("@pulumi/gcp/secretmanager/secret").SecretArgs>(
  "gcp:secretmanager/secret:Secret",
);
export const gcpSecretIamMember = type<
  import("@pulumi/gcp/secretmanager/secretIamMember").SecretIamMemberArgs
>("gcp:secretmanager/secretIamMember:SecretIamMember");
export const gcpSecretVersion = type<
  import("@pulumi/gcp/secretmanager/secretVersion").SecretVersionArgs
>("gcp:secretmanager/secretVersion:SecretVersion");
export const gcpServiceAccount = type<import("@pulumi/gcp/serviceaccount/account").AccountArgs>(
  "gcp:serviceaccount/account:Account",
);
export const gcpServiceAccountMember = type<
  import("@pulumi/gcp/serviceaccount/iammember").IAMMemberArgs
>("gcp:serviceaccount/iAMMember:IAMMember");
export const gcpServiceAccountKey = type<import("@pulumi/gcp/serviceaccount/key").KeyArgs>(
  "gcp:serviceaccount/key:Key",
);
export const gcpDatabase = type<import("@pulumi/gcp/sql/database").DatabaseArgs>(
  "gcp:sql/database:Database",
);
export const gcpDatabaseInstance = type<
  import("@pulumi/gcp/sql/databaseInstance").DatabaseInstanceArgs
>("gcp:sql/databaseInstance:DatabaseInstance");
export const gcpDatabaseUser = type<import("@pulumi/gcp/sql/user").UserArgs>("gcp:sql/user:User");
export const gcpBucket = type<import("@pulumi/gcp/storage/bucket").BucketArgs>(
  "gcp:storage/bucket:Bucket",
);
export const gcpBucketIAMMember = type<
  import("@pulumi/gcp/storage/bucketIAMMember").BucketIAMMemberArgs
>("gcp:storage/bucketIAMMember:BucketIAMMember");
export const gcpSecurityPolicy = type<
  import("@pulumi/gcp/compute/securityPolicy").SecurityPolicyArgs
>("gcp:compute/securityPolicy:SecurityPolicy");
export const gcpSSLPolicy = type<import("@pulumi/gcp/compute/sslpolicy").SSLPolicyArgs>(
  "gcp:compute/sSLPolicy:SSLPolicy",
);
export const gcpRecordSet = type<import("@pulumi/gcp/dns/recordSet").RecordSetArgs>(
  "gcp:dns/recordSet:RecordSet",
);

export const gcpAttachedDisk = type<import("@pulumi/gcp/compute/attachedDisk").AttachedDiskArgs>(
  "gcp:compute/attachedDisk:AttachedDisk",
);
export const gcpRedisCluster = type<import("@pulumi/gcp/redis/cluster").ClusterArgs>(
  "gcp:redis/cluster:Cluster",
);
export const gcpMemorystore = type<import("@pulumi/gcp/memorystore/instance").InstanceArgs>(
  "gcp:memorystore/instance:Instance",
);
export const gcpFilestore = type<import("@pulumi/gcp/filestore/instance").InstanceArgs>(
  "gcp:filestore/instance:Instance",
);
export const gcpAlloyDb = type<import("@pulumi/gcp/alloydb/cluster").ClusterArgs>(
  "gcp:alloydb/cluster:Cluster",
);

export const gcpProjectBinding = type<import("@pulumi/gcp/projects/iambinding").IAMBindingArgs>(
  "gcp:projects/iAMBinding:IAMBinding",
);
export const gcpProjectPolicy = type<import("@pulumi/gcp/projects/iampolicy").IAMPolicyArgs>(
  "gcp:projects/iAMPolicy:IAMPolicy",
);
export const gcpFolderMember = type<import("@pulumi/gcp/folder/iammember").IAMMemberArgs>(
  "gcp:folder/iAMMember:IAMMember",
);
export const gcpFolderBinding = type<import("@pulumi/gcp/folder/iambinding").IAMBindingArgs>(
  "gcp:folder/iAMBinding:IAMBinding",
);
export const gcpFolderPolicy = type<import("@pulumi/gcp/folder/iampolicy").IAMPolicyArgs>(
  "gcp:folder/iAMPolicy:IAMPolicy",
);
export const gcpOrganizationMember = type<
  import("@pulumi/gcp/organizations/iammember").IAMMemberArgs
>("gcp:organizations/iAMMember:IAMMember");
export const gcpOrganizationBinding = type<
  import("@pulumi/gcp/organizations/iambinding").IAMBindingArgs
>("gcp:organizations/iAMBinding:IAMBinding");
export const gcpOrganizationPolicy = type<
  import("@pulumi/gcp/organizations/iampolicy").IAMPolicyArgs
>("gcp:organizations/iAMPolicy:IAMPolicy");
export const gcpServiceAccountBinding = type<
  import("@pulumi/gcp/serviceaccount/iambinding").IAMBindingArgs
>("gcp:serviceaccount/iAMBinding:IAMBinding");
export const gcpServiceAccountIamPolicy = type<
  import("@pulumi/gcp/serviceaccount/iampolicy").IAMPolicyArgs
>("gcp:serviceaccount/iAMPolicy:IAMPolicy");
export const gcpBucketIAMBinding = type<
  import("@pulumi/gcp/storage/bucketIAMBinding").BucketIAMBindingArgs
>("gcp:storage/bucketIAMBinding:BucketIAMBinding");
export const gcpBucketIAMPolicy = type<
  import("@pulumi/gcp/storage/bucketIAMPolicy").BucketIAMPolicyArgs
>("gcp:storage/bucketIAMPolicy:BucketIAMPolicy");
export const gcpSecretIamBinding = type<
  import("@pulumi/gcp/secretmanager/secretIamBinding").SecretIamBindingArgs
>("gcp:secretmanager/secretIamBinding:SecretIamBinding");
export const gcpSecretIamPolicy = type<
  import("@pulumi/gcp/secretmanager/secretIamPolicy").SecretIamPolicyArgs
>("gcp:secretmanager/secretIamPolicy:SecretIamPolicy");
export const gcpInstanceIAMBinding = type<
  import("@pulumi/gcp/compute/instanceIAMBinding").InstanceIAMBindingArgs
>("gcp:compute/instanceIAMBinding:InstanceIAMBinding");
export const gcpInstanceIAMPolicy = type<
  import("@pulumi/gcp/compute/instanceIAMPolicy").InstanceIAMPolicyArgs
>("gcp:compute/instanceIAMPolicy:InstanceIAMPolicy");
export const gcpRepositoryIamMember = type<
  import("@pulumi/gcp/artifactregistry/repositoryIamMember").RepositoryIamMemberArgs
>("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember");
export const gcpRepositoryIamBinding = type<
  import("@pulumi/gcp/artifactregistry/repositoryIamBinding").RepositoryIamBindingArgs
>("gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding");
export const gcpRepositoryIamPolicy = type<
  import("@pulumi/gcp/artifactregistry/repositoryIamPolicy").RepositoryIamPolicyArgs
>("gcp:artifactregistry/repositoryIamPolicy:RepositoryIamPolicy");
export const gcpCryptoKeyMember = type<
  import("@pulumi/gcp/kms/cryptoKeyIAMMember").CryptoKeyIAMMemberArgs
>("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember");
export const gcpCryptoKeyBinding = type<
  import("@pulumi/gcp/kms/cryptoKeyIAMBinding").CryptoKeyIAMBindingArgs
>("gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding");
export const gcpKeyRingMember = type<
  import("@pulumi/gcp/kms/keyRingIAMMember").KeyRingIAMMemberArgs
>("gcp:kms/keyRingIAMMember:KeyRingIAMMember");
export const gcpTopicMember = type<import("@pulumi/gcp/pubsub/topicIAMMember").TopicIAMMemberArgs>(
  "gcp:pubsub/topicIAMMember:TopicIAMMember",
);
export const gcpSubscriptionMember = type<
  import("@pulumi/gcp/pubsub/subscriptionIAMMember").SubscriptionIAMMemberArgs
>("gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember");
export const gcpTunnelInstanceIAMBinding = type<
  import("@pulumi/gcp/iap/tunnelInstanceIAMBinding").TunnelInstanceIAMBindingArgs
>("gcp:iap/tunnelInstanceIAMBinding:TunnelInstanceIAMBinding");
export const gcpTunnelMember = type<import("@pulumi/gcp/iap/tunnelIamMember").TunnelIamMemberArgs>(
  "gcp:iap/tunnelIamMember:TunnelIamMember",
);
export const gcpTunnelBinding = type<
  import("@pulumi/gcp/iap/tunnelIamBinding").TunnelIamBindingArgs
>("gcp:iap/tunnelIamBinding:TunnelIamBinding");
export const gcpOrganizationRole = type<
  import("@pulumi/gcp/organizations/iamcustomRole").IAMCustomRoleArgs
>("gcp:organizations/iAMCustomRole:IAMCustomRole");
export const gcpIdentityProvider = type<
  import("@pulumi/gcp/iam/workloadIdentityPoolProvider").WorkloadIdentityPoolProviderArgs
>("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider");
export const gcpHmacKey = type<import("@pulumi/gcp/storage/hmacKey").HmacKeyArgs>(
  "gcp:storage/hmacKey:HmacKey",
);
export const gcpBucketACL = type<import("@pulumi/gcp/storage/bucketACL").BucketACLArgs>(
  "gcp:storage/bucketACL:BucketACL",
);
export const gcpBucketAccessControl = type<
  import("@pulumi/gcp/storage/bucketAccessControl").BucketAccessControlArgs
>("gcp:storage/bucketAccessControl:BucketAccessControl");
export const gcpDefaultObjectACL = type<
  import("@pulumi/gcp/storage/defaultObjectACL").DefaultObjectACLArgs
>("gcp:storage/defaultObjectACL:DefaultObjectACL");
export const gcpDefaultObjectAccessControl = type<
  import("@pulumi/gcp/storage/defaultObjectAccessControl").DefaultObjectAccessControlArgs
>("gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl");
export const gcpObjectACL = type<import("@pulumi/gcp/storage/objectACL").ObjectACLArgs>(
  "gcp:storage/objectACL:ObjectACL",
);
export const gcpObjectAccessControl = type<
  import("@pulumi/gcp/storage/objectAccessControl").ObjectAccessControlArgs
>("gcp:storage/objectAccessControl:ObjectAccessControl");
export const gcpNetworkPolicyRule = type<
  import("@pulumi/gcp/compute/networkFirewallPolicyRule").NetworkFirewallPolicyRuleArgs
>("gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule");
export const gcpRegionNetworkPolicyRule = type<
  import("@pulumi/gcp/compute/regionNetworkFirewallPolicyRule").RegionNetworkFirewallPolicyRuleArgs
>("gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule");
export const gcpRegionInstanceTemplate = type<
  import("@pulumi/gcp/compute/regionInstanceTemplate").RegionInstanceTemplateArgs
>("gcp:compute/regionInstanceTemplate:RegionInstanceTemplate");
export const gcpRegionDisk = type<import("@pulumi/gcp/compute/regionDisk").RegionDiskArgs>(
  "gcp:compute/regionDisk:RegionDisk",
);
export const gcpRegionDiskPolicyAttachment = type<
  import("@pulumi/gcp/compute/regionDiskResourcePolicyAttachment").RegionDiskResourcePolicyAttachmentArgs
>("gcp:compute/regionDiskResourcePolicyAttachment:RegionDiskResourcePolicyAttachment");
export const gcpProjectMetadata = type<
  import("@pulumi/gcp/compute/projectMetadata").ProjectMetadataArgs
>("gcp:compute/projectMetadata:ProjectMetadata");
export const gcpProjectMetadataItem = type<
  import("@pulumi/gcp/compute/projectMetadataItem").ProjectMetadataItemArgs
>("gcp:compute/projectMetadataItem:ProjectMetadataItem");
export const gcpBackendService = type<
  import("@pulumi/gcp/compute/backendService").BackendServiceArgs
>("gcp:compute/backendService:BackendService");
export const gcpTargetHttpProxy = type<
  import("@pulumi/gcp/compute/targetHttpProxy").TargetHttpProxyArgs
>("gcp:compute/targetHttpProxy:TargetHttpProxy");
export const gcpUrlMap = type<import("@pulumi/gcp/compute/urlmap").URLMapArgs>(
  "gcp:compute/uRLMap:URLMap",
);
export const gcpTargetHttpsProxy = type<
  import("@pulumi/gcp/compute/targetHttpsProxy").TargetHttpsProxyArgs
>("gcp:compute/targetHttpsProxy:TargetHttpsProxy");
export const gcpTargetSSLProxy = type<
  import("@pulumi/gcp/compute/targetSSLProxy").TargetSSLProxyArgs
>("gcp:compute/targetSSLProxy:TargetSSLProxy");
export const gcpManagedZone = type<import("@pulumi/gcp/dns/managedZone").ManagedZoneArgs>(
  "gcp:dns/managedZone:ManagedZone",
);

export const k8sDeployment = type<import("@pulumi/kubernetes/apps/v1/deployment").DeploymentArgs>(
  "kubernetes:apps/v1:Deployment",
);
export const k8sStatefulSet = type<
  import("@pulumi/kubernetes/apps/v1/statefulSet").StatefulSetArgs
>("kubernetes:apps/v1:StatefulSet");
export const k8sReplicaSet = type<import("@pulumi/kubernetes/apps/v1/replicaSet").ReplicaSetArgs>(
  "kubernetes:apps/v1:ReplicaSet",
);
export const k8sReplicationController = type<
  import("@pulumi/kubernetes/core/v1/replicationController").ReplicationControllerArgs
>("kubernetes:core/v1:ReplicationController");
export const k8sDaemonSet = type<import("@pulumi/kubernetes/apps/v1/daemonSet").DaemonSetArgs>(
  "kubernetes:apps/v1:DaemonSet",
);
export const k8sCronJob = type<import("@pulumi/kubernetes/batch/v1/cronJob").CronJobArgs>(
  "kubernetes:batch/v1:CronJob",
);
export const k8sJob =
  type<import("@pulumi/kubernetes/batch/v1/job").JobArgs>("kubernetes:batch/v1:Job");
export const k8sLimitRange = type<import("@pulumi/kubernetes/core/v1/limitRange").LimitRangeArgs>(
  "kubernetes:core/v1:LimitRange",
);
export const k8sNamespace = type<import("@pulumi/kubernetes/core/v1/namespace").NamespaceArgs>(
  "kubernetes:core/v1:Namespace",
);
export const k8sPod =
  type<import("@pulumi/kubernetes/core/v1/pod").PodArgs>("kubernetes:core/v1:Pod");
export const k8sResourceQuota = type<
  import("@pulumi/kubernetes/core/v1/resourceQuota").ResourceQuotaArgs
>("kubernetes:core/v1:ResourceQuota");
export const k8sSecret = type<import("@pulumi/kubernetes/core/v1/secret").SecretArgs>(
  "kubernetes:core/v1:Secret",
);
export const k8sService = type<import("@pulumi/kubernetes/core/v1/service").ServiceArgs>(
  "kubernetes:core/v1:Service",
);
export const k8sServiceAccount = type<
  import("@pulumi/kubernetes/core/v1/serviceAccount").ServiceAccountArgs
>("kubernetes:core/v1:ServiceAccount");
export const k8sConfigMap = type<import("@pulumi/kubernetes/core/v1/configMap").ConfigMapArgs>(
  "kubernetes:core/v1:ConfigMap",
);
export const k8sIngress = type<import("@pulumi/kubernetes/networking/v1/ingress").IngressArgs>(
  "kubernetes:networking.k8s.io/v1:Ingress",
);
export const k8sNetworkPolicy = type<
  import("@pulumi/kubernetes/networking/v1/networkPolicy").NetworkPolicyArgs
>("kubernetes:networking.k8s.io/v1:NetworkPolicy");
export const k8sPodDisruptionBudget = type<
  import("@pulumi/kubernetes/policy/v1/podDisruptionBudget").PodDisruptionBudgetArgs
>("kubernetes:policy/v1:PodDisruptionBudget");
export const k8sClusterRole = type<
  import("@pulumi/kubernetes/rbac/v1/clusterRole").ClusterRoleArgs
>("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole");
export const k8sClusterRoleBinding = type<
  import("@pulumi/kubernetes/rbac/v1/clusterRoleBinding").ClusterRoleBindingArgs
>("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding");
export const k8sRole = type<import("@pulumi/kubernetes/rbac/v1/role").RoleArgs>(
  "kubernetes:rbac.authorization.k8s.io/v1:Role",
);
export const k8sRoleBinding = type<
  import("@pulumi/kubernetes/rbac/v1/roleBinding").RoleBindingArgs
>("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding");
export const gkeBackendConfig = type<
  import("@kubernetes-models/gke/cloud.google.com/v1/BackendConfig").IBackendConfig
>("kubernetes:cloud.google.com/v1:BackendConfig");
export const gkeFrontendConfig = type<
  import("@kubernetes-models/gke/networking.gke.io/v1beta1/FrontendConfig").IFrontendConfig
>("kubernetes:networking.gke.io/v1beta1:FrontendConfig");
export const k8sHorizontalPodAutoscaler = type<
  import("@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler").HorizontalPodAutoscalerArgs
>("kubernetes:autoscaling/v2:HorizontalPodAutoscaler");

export const randomRandomPassword = type<
  import("@pulumi/random/randomPassword").RandomPasswordArgs
>("random:index/randomPassword:RandomPassword");
