/**
 * What makes each type weaker, written down from the providers' documentation and not from the rules: by type, the
 * properties and the values that nobody should give them. Applied to every planned resource of the type that has the
 * property, one at a time.
 */
import { gone, type Change } from "../support/change";
import { added, weak, type Weakening } from "./weakening";
import { clusterWeakenings } from "./weakenings-cluster";

const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "*", Resource: "*" }],
});

/** One statement, as a document. */
const documented = (statement: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...statement } });

/** Documents of a resource by which it is anybody's. */
const anybodys = [
  everything,
  documented({ Principal: "*", Action: "*", Resource: "*" }),
  documented({ NotPrincipal: { AWS: "111122223333" }, Action: "*", Resource: "*" }),
  documented({
    Principal: { AWS: ["*"] },
    Action: "*",
    Resource: "*",
    Condition: { StringLike: { "aws:PrincipalArn": "*" } },
  }),
];

/** Documents of a role or user by which it is nearly everybody's master. */
const masters = [
  everything,
  documented({ Action: "s3:*", Resource: "*" }),
  documented({ Action: "*:*", Resource: "arn:aws:s3:::*" }),
  documented({ NotAction: "iam:*", Resource: "*" }),
  documented({ Action: "iam:Pass*", Resource: "*" }),
  documented({ Action: "iam:AttachRolePolicy", Resource: "*" }),
  documented({ Action: "secretsmanager:GetSecretValue", Resource: "*" }),
  documented({ Action: ["s3:PutObject", "s3:BypassGovernanceRetention"], Resource: "*" }),
];

const alarm = [
  weak("actionsEnabled", false),
  weak("alarmActions", [], gone),
  weak("alarmDescription", "Something is wrong", gone),
];
const shield = [
  weak("shieldedInstanceConfig.enableSecureBoot", false),
  weak("shieldedInstanceConfig.enableVtpm", false),
  weak("shieldedInstanceConfig.enableIntegrityMonitoring", false),
];
const tags = [weak("tags", gone)];
const trusted = (prefix: string): Weakening[] => [
  weak(`${prefix}securityProfile.encryptionAtHost`, false),
  weak(`${prefix}securityProfile.securityType`, "Standard"),
  weak(`${prefix}securityProfile.uefiSettings.secureBootEnabled`, false),
  weak(`${prefix}securityProfile.uefiSettings.vTpmEnabled`, false),
  weak(`${prefix}osProfile.linuxConfiguration.disablePasswordAuthentication`, false),
  weak(`${prefix}osProfile.allowExtensionOperations`, true),
  weak(`${prefix}storageProfile.imageReference.version`, "latest"),
];

/** A rule of a security group of Azure that opens a port of machines to everybody. */
function opened(rule: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    access: "Allow",
    direction: "Inbound",
    protocol: "Tcp",
    priority: 100,
    description: "Everything, from everywhere",
    sourceAddressPrefix: "*",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "3389",
    ...rule,
  };
}

export const weakenings: Readonly<Record<string, readonly Weakening[]>> = {
  ...clusterWeakenings,
  "aws:autoscaling/group:Group": [
    weak("healthCheckType", "EC2"),
    weak("maxSize", 1000),
    weak("suspendedProcesses", []),
  ],
  "aws:backup/plan:Plan": [
    weak("rules[0].lifecycle.deleteAfter", 1),
    weak("rules[0].copyActions", []),
    weak("rules[0].copyActions[0].lifecycle.deleteAfter", 1),
    weak("rules[0].schedule", "cron(0 2 1 * ? *)"),
  ],
  "aws:backup/vault:Vault": [
    weak("kmsKeyArn", gone, "alias/aws/backup"),
    weak("forceDestroy", true),
    ...tags,
  ],
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": [weak("minRetentionDays", 1, gone)],
  "aws:backup/vaultPolicy:VaultPolicy": [weak("policy", ...anybodys)],
  "aws:cloudwatch/eventRule:EventRule": [added("state", "DISABLED")],
  "aws:cloudwatch/logGroup:LogGroup": [
    weak("kmsKeyId", gone),
    weak("retentionInDays", 1, gone),
    ...tags,
  ],
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": [weak("policyDocument", ...anybodys)],
  "aws:dynamodb/table:Table": [
    weak("pointInTimeRecovery.enabled", false),
    weak("serverSideEncryption", gone),
    weak("serverSideEncryption.kmsKeyArn", gone),
    weak("deletionProtectionEnabled", false),
  ],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [
    weak("ingress", [{ cidrBlocks: ["0.0.0.0/0"], fromPort: 0, toPort: 0, protocol: "-1" }]),
  ],
  "aws:ec2/flowLog:FlowLog": [weak("trafficType", "ACCEPT")],
  "aws:ec2/launchTemplate:LaunchTemplate": [
    weak("metadataOptions.httpTokens", "optional", gone),
    weak("metadataOptions.httpPutResponseHopLimit", 64),
    added("metadataOptions.instanceMetadataTags", "enabled"),
    added("networkInterfaces", [{ associatePublicIpAddress: "true" }]),
    weak("blockDeviceMappings[0].ebs.encrypted", "false"),
    weak("blockDeviceMappings[0].ebs.kmsKeyId", gone),
    added("keyName", "operators"),
    weak("instanceType", "m6i.24xlarge"),
    weak("imageId", "resolve:ssm:/aws/service/latest"),
    weak("vpcSecurityGroupIds", gone),
    weak("userData", Buffer.from("export TOKEN=glrt-Zx7kP2mQ9vL4nB8cT5wY").toString("base64")),
  ],
  "aws:ec2/securityGroup:SecurityGroup": [
    added("ingress", [{ fromPort: 22, toPort: 22, protocol: "tcp", cidrBlocks: ["0.0.0.0/0"] }]),
  ],
  "aws:ec2/subnet:Subnet": [weak("mapPublicIpOnLaunch", true)],
  "aws:ecr/repository:Repository": [
    weak("imageTagMutability", "MUTABLE"),
    weak("imageScanningConfiguration.scanOnPush", false),
    weak("encryptionConfigurations[0].encryptionType", "AES256"),
    weak("encryptionConfigurations[0].kmsKey", gone),
  ],
  "aws:efs/accessPoint:AccessPoint": [
    weak("rootDirectory.path", "/"),
    added("posixUser", { uid: 0, gid: 0 }),
  ],
  "aws:efs/fileSystemPolicy:FileSystemPolicy": [
    weak("policy", ...anybodys),
    added("bypassPolicyLockoutSafetyCheck", true),
  ],
  "aws:efs/mountTarget:MountTarget": [weak("securityGroups", gone)],
  "aws:efs/fileSystem:FileSystem": [
    weak("encrypted", false),
    weak("kmsKeyId", gone, "alias/aws/elasticfilesystem"),
  ],
  "aws:elasticache/parameterGroup:ParameterGroup": [
    weak("parameters[0].value", "allkeys-lru"),
    weak("parameters", []),
  ],
  "aws:elasticache/replicationGroup:ReplicationGroup": [
    weak("atRestEncryptionEnabled", false),
    weak("transitEncryptionEnabled", false),
    weak("transitEncryptionMode", "preferred"),
    weak("authToken", gone),
    weak("authTokenUpdateStrategy", "DELETE"),
    weak("automaticFailoverEnabled", false),
    weak("multiAzEnabled", false),
    weak("numCacheClusters", 1),
    weak("snapshotRetentionLimit", 0),
    weak("finalSnapshotIdentifier", gone),
    weak("clusterMode", "enabled"),
    weak("engineVersion", "6.2"),
    weak("nodeType", "cache.t3.micro"),
    weak("kmsKeyId", gone),
    weak("logDeliveryConfigurations", gone),
    weak("securityGroupIds", gone),
    weak("subnetGroupName", gone),
    added("numNodeGroups", 2),
  ],
  "aws:iam/role:Role": [weak("assumeRolePolicy", ...anybodys)],
  "aws:iam/rolePolicy:RolePolicy": [weak("policy", ...masters)],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
    weak("policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
  ],
  "aws:iam/userPolicy:UserPolicy": [weak("policy", ...masters)],
  "aws:kms/key:Key": [
    weak("enableKeyRotation", false),
    added("rotationPeriodInDays", 2560),
    weak("deletionWindowInDays", 7),
    weak("isEnabled", false),
    weak("policy", ...anybodys),
  ],
  "aws:lb/listener:Listener": [
    weak("protocol", "HTTP"),
    weak("sslPolicy", "ELBSecurityPolicy-2016-08", gone),
  ],
  "aws:lb/loadBalancer:LoadBalancer": [
    weak("enableDeletionProtection", false),
    weak("dropInvalidHeaderFields", false),
    weak("accessLogs.enabled", false),
    weak("desyncMitigationMode", "monitor"),
    weak("securityGroups", gone),
  ],
  "aws:lb/targetGroup:TargetGroup": [
    weak("healthCheck.enabled", false),
    weak("healthCheck.path", "/-/health", "/-/readiness?all=1"),
  ],
  "aws:rds/instance:Instance": [
    weak("storageEncrypted", false),
    weak("kmsKeyId", gone, "alias/aws/rds"),
    weak("parameterGroupName", gone, "default.postgres17"),
    weak("caCertIdentifier", "rds-ca-2019"),
    weak("publiclyAccessible", true),
    weak("vpcSecurityGroupIds", gone),
    weak("dbSubnetGroupName", gone),
    weak("multiAz", false),
    weak("backupRetentionPeriod", 0, 1),
    weak("deletionProtection", false),
    weak("skipFinalSnapshot", true),
    weak("deleteAutomatedBackups", true),
    weak("finalSnapshotIdentifier", gone),
    weak("autoMinorVersionUpgrade", true),
    weak("allowMajorVersionUpgrade", true),
    weak("engine", "mysql"),
    weak("engineVersion", "15.4"),
    weak("instanceClass", "db.t3.medium", "db.m6i.24xlarge"),
    weak("maxAllocatedStorage", gone),
    weak("enabledCloudwatchLogsExports", []),
    weak("performanceInsightsKmsKeyId", gone),
    weak("monitoringInterval", 0),
    weak("copyTagsToSnapshot", false),
    added("manageMasterUserPassword", true),
  ],
  "aws:rds/parameterGroup:ParameterGroup": [
    weak("parameters[1].value", "0"),
    weak("parameters[0].value", "50"),
    weak("family", "postgres14"),
  ],
  "aws:rds/eventSubscription:EventSubscription": [weak("enabled", false)],
  "aws:route53/healthCheck:HealthCheck": [
    added("disabled", true),
    added("invertHealthcheck", true),
  ],
  "aws:s3/bucket:Bucket": [
    added("acl", "public-read"),
    added("policy", everything),
    weak("forceDestroy", true),
    weak("objectLockEnabled", false),
    ...tags,
  ],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
    weak("rules[0].status", "Disabled"),
    weak("rules[0]", gone),
  ],
  "aws:s3/bucketNotification:BucketNotification": [weak("eventbridge", false)],
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [
    weak("rule.defaultRetention.days", 1),
    weak("rule", gone),
  ],
  "aws:s3/bucketObjectv2:BucketObjectv2": [
    weak("serverSideEncryption", "AES256"),
    added("acl", "public-read"),
  ],
  "aws:s3/bucketPolicy:BucketPolicy": [weak("policy", ...anybodys)],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
    weak("blockPublicAcls", false),
    weak("blockPublicPolicy", false),
    weak("ignorePublicAcls", false),
    weak("restrictPublicBuckets", false),
  ],
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": [
    weak("rules[0].status", "Disabled"),
    weak("rules[0].destination.encryptionConfiguration", gone),
  ],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    weak("rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", "AES256"),
  ],
  "aws:s3/bucketVersioning:BucketVersioning": [weak("versioningConfiguration.status", "Suspended")],
  "aws:scheduler/schedule:Schedule": [
    weak("state", "DISABLED"),
    weak("scheduleExpression", "rate(500 hours)"),
    added("endDate", "2030-01-01T00:00:00Z"),
    weak("target.deadLetterConfig", gone),
  ],
  "aws:secretsmanager/secret:Secret": [
    weak("kmsKeyId", gone, "alias/aws/secretsmanager"),
    added("policy", everything),
    weak("recoveryWindowInDays", 0),
  ],
  "aws:sns/topic:Topic": [
    weak("kmsMasterKeyId", gone, "alias/aws/sns"),
    added("policy", everything),
  ],
  "aws:sns/topicSubscription:TopicSubscription": [weak("protocol", "http")],
  "aws:sns/topicPolicy:TopicPolicy": [weak("policy", ...anybodys)],
  "aws:sqs/queue:Queue": [weak("kmsMasterKeyId", gone), added("policy", everything)],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [
    added("cidrIpv4", "0.0.0.0/0"),
    added("cidrIpv4", "128.0.0.0/1"),
    added("cidrIpv6", "::/0"),
    added("cidrIpv6", "2000::/3"),
    added("prefixListId", "pl-0123456789abcdef0"),
    weak("ipProtocol", "-1"),
  ],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": [
    weak("ipProtocol", "-1"),
    weak("toPort", 65535),
  ],
  "azure-native:applicationinsights:Component": [weak("disableLocalAuth", false)],
  "azure-native:applicationinsights:WebTest": [
    weak("enabled", false),
    weak("validationRules.sSLCheck", false),
  ],
  "azure-native:authorization:ManagementLockByScope": [weak("level", "NotSpecified")],
  "azure-native:authorization:RoleAssignment": [
    weak(
      "roleDefinitionId",
      "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    ),
    weak("principalType", "User"),
    weak(
      "roleDefinitionId",
      "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/B24988AC-6180-42A0-AB88-20F7382DD24C",
      "/providers/Microsoft.Authorization/roleDefinitions/9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
    ),
    weak(
      "scope",
      "/subscriptions/0a1b2c3d-1111-4222-8333-444455556666",
      "/SUBSCRIPTIONS/0A1B2C3D-1111-4222-8333-444455556666",
      "/providers/Microsoft.Management/managementGroups/all",
    ),
  ],
  "azure-native:authorization:RoleDefinition": [
    weak(
      "permissions[0].actions",
      ["*"],
      ["Microsoft.Authorization/roleAssignments/write"],
      ["*/write"],
      ["Microsoft.Compute/*/action"],
      ["Microsoft.Authorization/locks/delete"],
    ),
    weak("permissions[0].dataActions", ["*"]),
    weak("assignableScopes", ["/subscriptions/0a1b2c3d-1111-4222-8333-444455556666"]),
  ],
  "azure-native:compute:Disk": [
    weak("publicNetworkAccess", "Enabled"),
    weak("networkAccessPolicy", "AllowAll"),
    added("maxShares", 2),
    weak("encryption", gone),
  ],
  "azure-native:compute:VirtualMachine": [
    ...trusted(""),
    weak("hardwareProfile.vmSize", "Standard_D96s_v5"),
    weak("storageProfile.dataDisks[0].deleteOption", "Delete"),
    weak("storageProfile.dataDisks[1].deleteOption", "Delete"),
    weak("storageProfile.dataDisks[0].createOption", "Empty"),
    added("networkProfile.networkInterfaceConfigurations", [
      { name: "a", ipConfigurations: [{ name: "a", publicIPAddressConfiguration: { name: "a" } }] },
    ]),
    weak("identity.type", "SystemAssigned"),
    weak("priority", "Spot"),
    added("osProfile.adminPassword", "x"),
  ],
  "azure-native:compute:VirtualMachineScaleSet": [
    ...trusted("virtualMachineProfile."),
    weak("virtualMachineProfile.priority", "Regular"),
    weak(
      "virtualMachineProfile.networkProfile.networkInterfaceConfigurations[0].enableIPForwarding",
      true,
    ),
    added(
      "virtualMachineProfile.networkProfile.networkInterfaceConfigurations[0].ipConfigurations[0].publicIPAddressConfiguration",
      { name: "address" },
    ),
    weak("overprovision", true),
    weak("upgradePolicy.mode", "Automatic"),
    added("identity", { type: "SystemAssigned" }),
  ],
  "azure-native:dataprotection:BackupPolicy": [
    weak("properties.policyRules[1].lifecycles[0].deleteAfter.duration", "P1D"),
  ],
  "azure-native:dataprotection:BackupVault": [
    weak("properties.securitySettings.softDeleteSettings.state", "Off"),
    weak("properties.securitySettings.immutabilitySettings.state", "Disabled"),
    weak(
      "properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures",
      "Disabled",
    ),
  ],
  "azure-native:keyvault:Vault": [
    weak("properties.enableRbacAuthorization", false, gone),
    weak("properties.enablePurgeProtection", false, gone),
    weak("properties.enableSoftDelete", false),
    weak("properties.softDeleteRetentionInDays", 7),
    weak("properties.networkAcls", gone),
    weak("properties.networkAcls.defaultAction", "Allow"),
    weak("properties.networkAcls.ipRules", [{ value: "0.0.0.0/0" }], [{ value: "0.0.0.0/1" }]),
    added("properties.accessPolicies", [{ objectId: "x", tenantId: "x", permissions: {} }]),
    weak("properties.enabledForDeployment", true),
    weak("properties.enabledForTemplateDeployment", true),
  ],
  "azure-native:keyvault:Secret": [weak("properties.attributes.enabled", false)],
  "azure-native:monitor:ActionGroup": [weak("enabled", false), weak("emailReceivers", [])],
  "azure-native:monitor:DiagnosticSetting": [
    weak("logs[0].enabled", false),
    weak("logs", [{ category: "AzurePolicyEvaluationDetails", enabled: true }]),
  ],
  "azure-native:monitor:MetricAlert": [
    weak("enabled", false),
    weak("actions", []),
    weak("description", "Something is wrong"),
  ],
  "azure-native:network:BastionHost": [
    weak("enableShareableLink", true),
    weak("enableIpConnect", true),
    weak("enableFileCopy", true),
  ],
  "azure-native:network:NetworkInterface": [weak("enableIPForwarding", true)],
  "azure-native:network:NetworkSecurityGroup": [
    weak("securityRules[0].destinationPortRange", "*"),
    weak("securityRules", []),
    added(
      "securityRules[0]",
      opened({}),
      opened({ sourceAddressPrefix: "Internet", access: "allow", direction: "inbound" }),
      opened({ sourceAddressPrefix: "0.0.0.0/1" }),
      opened({ sourceAddressPrefix: "AzureCloud" }),
      opened({ destinationPortRange: "443", protocol: "*" }),
      opened({ sourceAddressPrefix: "10.0.0.0/8", destinationPortRange: "0-65535" }),
      opened({ direction: "Outbound", destinationPortRange: "*" }),
    ),
  ],
  "azure-native:network:PublicIPAddress": [weak("sku.name", "Basic")],
  "azure-native:network:Subnet": [
    weak("networkSecurityGroup", gone),
    weak("defaultOutboundAccess", true, gone),
  ],
  "azure-native:operationalinsights:Workspace": [
    weak("retentionInDays", 7),
    weak("features.disableLocalAuth", false),
  ],
  "gcp:compute/disk:Disk": [weak("createSnapshotBeforeDestroy", false)],
  "gcp:compute/firewall:Firewall": [
    weak("sourceRanges", ["0.0.0.0/0"]),
    weak("allows[0].protocol", "all"),
    weak("allows[0].ports", gone, ["0-65535"]),
    weak("network", "default"),
    weak("denies", gone),
    weak("denies[0].protocol", "tcp"),
  ],
  "gcp:compute/instance:Instance": [
    ...shield,
    weak("metadata.enable-oslogin", "FALSE"),
    weak("metadata.block-project-ssh-keys", "FALSE"),
    weak("metadata.serial-port-enable", "TRUE"),
    weak("metadata.user-data", "password: Qx7zK2pV9mL4"),
    weak("machineType", "n2-standard-128"),
    weak(
      "bootDisk.initializeParams.image",
      "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts",
    ),
    weak("serviceAccount.email", "123456-compute@developer.gserviceaccount.com"),
    weak("scheduling.provisioningModel", "SPOT"),
    weak("scheduling.preemptible", true),
    weak("serviceAccount.email", "another@another-project.iam.gserviceaccount.com"),
    added("canIpForward", true),
    weak("metadata.serial-port-enable", "yes"),
    added("metadataStartupScript", "password: Qx7zK2pV9mL4"),
    weak("networkInterfaces[0].subnetwork", gone, "default"),
  ],
  "gcp:compute/instanceTemplate:InstanceTemplate": [
    ...shield,
    weak("metadata.block-project-ssh-keys", "FALSE"),
    weak("metadata.serial-port-enable", "TRUE"),
    weak("machineType", "n2-standard-128"),
    added("canIpForward", true),
    added("serviceAccount", { email: "a@b.iam.gserviceaccount.com" }),
    added("networkInterfaces[0].accessConfigs", [{}]),
    added("networkInterfaces[0].ipv6AccessConfigs", [{}]),
    weak("disks[0].sourceImage", "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts"),
  ],
  "gcp:compute/instanceGroupManager:InstanceGroupManager": [
    weak("updatePolicy.type", "PROACTIVE"),
    weak("instanceLifecyclePolicy.defaultActionOnFailure", "REPAIR"),
  ],
  "gcp:compute/network:Network": [weak("autoCreateSubnetworks", true)],
  "gcp:compute/resourcePolicy:ResourcePolicy": [
    weak("snapshotSchedulePolicy.retentionPolicy.maxRetentionDays", 1),
    weak("snapshotSchedulePolicy.retentionPolicy.onSourceDiskDelete", "APPLY_RETENTION_POLICY"),
    weak("snapshotSchedulePolicy.schedule.dailySchedule.daysInCycle", 7),
  ],
  "gcp:compute/routerNat:RouterNat": [weak("logConfig.enable", false)],
  "gcp:compute/subnetwork:Subnetwork": [
    weak("privateIpGoogleAccess", false),
    weak("logConfig", gone),
    weak("logConfig.flowSampling", 0),
  ],
  "gcp:iap/tunnelInstanceIAMMember:TunnelInstanceIAMMember": [
    weak("condition", gone),
    weak("condition.expression", "true"),
    weak("member", "allAuthenticatedUsers"),
  ],
  "gcp:monitoring/notificationChannel:NotificationChannel": [weak("enabled", false)],
  "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": [
    weak("httpCheck.useSsl", false),
    weak("httpCheck.validateSsl", false),
  ],
  "gcp:monitoring/alertPolicy:AlertPolicy": [
    weak("enabled", false),
    weak("notificationChannels", []),
    weak("documentation.content", "Something is wrong"),
  ],
  "gcp:projects/iAMCustomRole:IAMCustomRole": [
    weak(
      "permissions",
      ["resourcemanager.projects.setIamPolicy"],
      ["iam.serviceAccounts.delete"],
      ["compute.instances.*"],
    ),
  ],
  "gcp:projects/iAMMember:IAMMember": [
    weak(
      "role",
      "roles/owner",
      "roles/writer",
      "roles/compute.instanceAdmin.v1",
      "roles/iam.serviceAccountTokenCreator",
    ),
    weak("member", "allUsers", "user:somebody@example.com", "domain:example.com"),
    weak("member", "serviceAccount:123456-compute@developer.gserviceaccount.com"),
    weak("condition", gone),
    weak("condition.expression", "true", 'request.time < timestamp("2030-01-01T00:00:00Z")'),
  ],
  "gcp:compute/instanceIAMMember:InstanceIAMMember": [
    weak("role", "roles/compute.admin"),
    weak("member", "allAuthenticatedUsers"),
  ],
  "gcp:redis/instance:Instance": [
    weak("authEnabled", false),
    weak("transitEncryptionMode", "DISABLED"),
    weak("authorizedNetwork", gone, "default"),
    weak("tier", "BASIC"),
    weak("deletionProtection", false),
    weak("redisConfigs.maxmemory-policy", "allkeys-lru"),
    weak("redisVersion", "REDIS_6_X"),
    weak("persistenceConfig.persistenceMode", "DISABLED"),
  ],
  "gcp:secretmanager/secret:Secret": [
    weak("deletionProtection", false),
    weak("versionDestroyTtl", gone),
    added("ttl", "2592000s"),
    added("expireTime", "2027-01-01T00:00:00Z"),
  ],
  "gcp:secretmanager/secretVersion:SecretVersion": [weak("enabled", false)],
  "gcp:secretmanager/secretIamMember:SecretIamMember": [
    weak("member", "allUsers", "domain:example.com"),
    weak("role", "roles/secretmanager.admin"),
  ],
  "gcp:serviceaccount/iAMMember:IAMMember": [
    weak("member", "allUsers"),
    weak("role", "roles/owner"),
  ],
  "gcp:sql/databaseInstance:DatabaseInstance": [
    weak("deletionProtection", false),
    weak("settings.deletionProtectionEnabled", false),
    weak("settings.availabilityType", "ZONAL"),
    weak("settings.backupConfiguration.enabled", false),
    weak("settings.backupConfiguration.pointInTimeRecoveryEnabled", false),
    weak("settings.backupConfiguration.location", gone),
    weak("settings.backupConfiguration.transactionLogRetentionDays", 1),
    weak("settings.ipConfiguration.ipv4Enabled", true),
    weak("settings.ipConfiguration.sslMode", "ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
    added("settings.ipConfiguration.authorizedNetworks", [{ value: "0.0.0.0/0" }]),
    weak("settings.ipConfiguration.privateNetwork", gone, "projects/p/global/networks/default"),
    added("settings.databaseFlags[0]", { name: "log_statement", value: "all" }),
    weak("settings.diskAutoresize", false),
    weak("settings.edition", gone),
    weak("settings.tier", "db-f1-micro", "db-custom-96-368640"),
    weak("settings.retainBackupsOnDelete", false),
    weak("settings.finalBackupConfig.enabled", false),
    weak("databaseVersion", "POSTGRES_14"),
    weak("settings.insightsConfig.queryInsightsEnabled", false),
  ],
  "gcp:sql/user:User": [weak("password", gone), weak("type", "BUILT_IN", "CLOUD_IAM_USER")],
  "gcp:storage/bucket:Bucket": [
    weak("publicAccessPrevention", "inherited"),
    weak("uniformBucketLevelAccess", false),
    weak("versioning.enabled", false),
    weak("softDeletePolicy.retentionDurationSeconds", 0),
    weak("forceDestroy", true),
    weak("retentionPolicy", gone),
    weak("lifecycleRules", []),
    weak("lifecycleRules[1].condition.daysSinceNoncurrentTime", gone),
  ],
  "gcp:dns/managedZone:ManagedZone": [weak("visibility", "public")],
  "gcp:storage/bucketIAMMember:BucketIAMMember": [
    weak("member", "allUsers", "projectEditor:another-project"),
    weak("role", "roles/storage.admin", "roles/storage.legacyBucketOwner"),
  ],
  "pulumi:providers:aws": [weak("allowedAccountIds", gone), weak("defaultTags", gone)],
  "pulumi:providers:azure-native": [weak("subscriptionId", gone)],
  "pulumi:providers:gcp": [weak("project", gone), weak("defaultLabels", gone)],
};

/** Weakenings of any resource that is protected: that it is no longer. */
export const unprotected: Change = ["@protect", false];

/** Types whose resources each guard another: without one, something is open or lost. */
export const guards: readonly string[] = [
  "aws:backup/selection:Selection",
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  "aws:ec2/flowLog:FlowLog",
  "aws:efs/fileSystemPolicy:FileSystemPolicy",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:sns/topicSubscription:TopicSubscription",
  "azure-native:authorization:ManagementLockByScope",
  "azure-native:dataprotection:BackupInstance",
  "azure-native:monitor:DiagnosticSetting",
  "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
  "kubernetes:core/v1:LimitRange",
  "kubernetes:core/v1:ResourceQuota",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:policy/v1:PodDisruptionBudget",
];
