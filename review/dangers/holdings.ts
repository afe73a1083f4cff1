/**
 * What each type of resource holds that is lost with it. A type that holds nothing can be made again from the program
 * alone. Every type of the environments stands here, and one that nobody has judged counts as holding something: a
 * false alarm is read and answered, a missed one is not.
 */

/** Types by what is lost when such a resource is deleted, or replaced by an empty one. */
const holding: readonly (readonly [RegExp, string])[] = [
  // Databases, with what only they have.
  [
    /^aws:(rds\/(instance|cluster|globalCluster)|docdb\/(cluster|globalCluster)|neptune\/cluster):/,
    "the database and its automated backups",
  ],
  [/^aws:rds\/clusterInstance:|^aws:docdb\/clusterInstance:/, "an instance of the database"],
  [/^aws:(rds|docdb|neptune)\/(cluster)?[sS]napshot/, "the database snapshot"],
  // A replica can be promoted when the primary is lost, and nothing else stands in its zone or region.
  // https://cloud.google.com/sql/docs/postgres/replication/manage-replicas#promote-replica
  [
    /^gcp:sql\/databaseInstance:/,
    "the database (or the replica that could be promoted) and its automated backups",
  ],
  [/^gcp:sql\/database:/, "the database in its instance"],
  [/^gcp:(alloydb|spanner|bigtable|bigquery|firestore|filestore)\//, "its data"],
  [
    /^azure-native:(dbforpostgresql|dbformysql|sql|cosmosdb|documentdb|cache|redis(enterprise)?):/,
    "the database or cache and its backups",
  ],
  [/^aws:dynamodb\/(table|globalTable):/, "the table's items, leases and locks among them"],
  [/^aws:opensearch\/domain:|^aws:elasticsearch\/domain:/, "the search index"],
  // GitLab's Redis holds job queues and sessions, which are nowhere else.
  // https://docs.gitlab.com/administration/redis/
  [
    /^aws:(elasticache\/(replicationGroup|cluster|serverlessCache)|memorydb\/cluster):|^gcp:(redis|memorystore)\/(instance|cluster):/,
    "job queues and sessions",
  ],
  // Disks, volumes, file systems, and snapshots of them.
  [
    /^aws:(ebs\/volume|fsx\/.*):|^gcp:compute\/(regionD|d)isk:|^azure-native:compute:Disk$/,
    "the disk",
  ],
  [/^aws:efs\/fileSystem:|^azure-native:netapp:/, "the file system"],
  [
    /^aws:(ebs|ec2)\/(snapshot|ami)(Copy|FromInstance)?:|^gcp:compute\/(snapshot|image|machineImage):|^azure-native:compute:(Snapshot|RestorePoint|Image)/,
    "the snapshot or image",
  ],
  // Objects: versioning, retention and soft delete do not outlive the bucket's own deletion on every cloud.
  [/^aws:s3\/(bucket|bucketV2|directoryBucket):|^gcp:storage\/bucket:/, "the bucket's objects"],
  [/^azure-native:storage:(StorageAccount|BlobContainer|FileShare)$/, "the storage account's data"],
  [
    /^aws:ecr\/repository:|^gcp:artifactregistry\/repository:|^azure-native:containerregistry:Registry$/,
    "the registry's images",
  ],
  // Vaults of recovery points, and what ties points to a vault: on Azure to delete a backup instance is to stop its
  // protection and delete its points. https://learn.microsoft.com/en-us/azure/backup/manage-azure-managed-disks
  [/^aws:backup\/(vault|logicallyAirGappedVault):/, "the vault's recovery points"],
  [
    /^azure-native:(dataprotection:BackupVault|recoveryservices:Vault)$/,
    "the vault's recovery points",
  ],
  [/^azure-native:dataprotection:BackupInstance$/, "the recovery points of what it backs up"],
  // A key that is gone takes with it all that it encrypted.
  // https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
  [
    /^aws:kms\/(key|externalKey|replicaKey):|^gcp:kms\/(cryptoKey|keyRing|cryptoKeyVersion):|^azure-native:keyvault:Key$/,
    "the key, and with it everything that it encrypted",
  ],
  [
    /^azure-native:keyvault:(Vault|ManagedHsm)$/,
    "the vault's keys and secrets (soft delete keeps them for its retention)",
  ],
  // Written to by machines and people as well as by the program, and all earlier versions go with it.
  [
    /^aws:secretsmanager\/secret:|^gcp:secretmanager\/(regionalSecret|secret):|^azure-native:keyvault:Secret$/,
    "the secret with all its versions",
  ],
  // What was logged before cannot be made again, and an audit asks for it.
  [
    /^aws:cloudwatch\/logGroup:|^azure-native:operationalinsights:(Workspace|Table)$|^gcp:logging\/projectBucketConfig:/,
    "the log entries so far",
  ],
  [/^aws:sqs\/queue:|^gcp:pubsub\/subscription:/, "the messages that nobody has taken yet"],
  // A container of others: on both, deletion goes through to all that stands in it, the program's or not.
  // https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/delete-resource-group
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
  [/^azure-native:resources:ResourceGroup$/, "everything that stands in the resource group"],
  [
    /^kubernetes:core\/v1:Namespace$/,
    "everything that stands in the namespace, volume claims and Secrets among it",
  ],
  [
    /^gcp:container\/cluster:|^aws:eks\/cluster:|^azure-native:containerservice:ManagedCluster$/,
    "everything that runs in the cluster and only it holds, volume claims among it",
  ],
  [/^kubernetes:core\/v1:PersistentVolume(Claim)?$/, "the volume"],
];

/** Types that are made again from the program alone, by why. */
const holdingNothing: readonly RegExp[] = [
  // The program's own groupings, and providers.
  /^gitlab:/,
  /^pulumi:/,
  // Made up once and handed on in the same up; whatever must outlive that is in a secret store.
  /^random:/,
  // Settings of another resource. Without them data are less safe, not gone: see protection.ts and exposure/.
  /^aws:s3\/bucket(AccelerateConfiguration|Acl|Lifecycle|LifecycleConfiguration|Logging|Notification|ObjectLockConfiguration|OwnershipControls|Policy|PublicAccessBlock|ReplicationConfig|ServerSideEncryptionConfiguration|Versioning|VersioningV2)/,
  /^aws:backup\/(plan|selection|vaultLockConfiguration|vaultNotifications|vaultPolicy):/,
  /^aws:efs\/(accessPoint|backupPolicy|fileSystemPolicy|mountTarget|replicationConfiguration):/,
  /^aws:(elasticache|rds|docdb)\/(clusterParameterGroup|eventSubscription|optionGroup|parameterGroup|subnetGroup|user|userGroup):/,
  /^aws:(ecr\/(lifecyclePolicy|repositoryPolicy)|kms\/(alias|grant|keyPolicy)|secretsmanager\/secretPolicy|dlm\/lifecyclePolicy):/,
  /^azure-native:(authorization:|dataprotection:BackupPolicy|monitor:|keyvault:AccessPolicy)/,
  /^azure-native:storage:(BlobServiceProperties|ManagementPolicy)$/,
  /^gcp:compute\/((regionD|d)iskResourcePolicyAttachment|resourcePolicy):/,
  // An object of this program's is a file of it; the bucket keeps what others write.
  /^aws:s3\/bucketObject(v2)?:|^gcp:storage\/bucketObject:/,
  // The value comes from the program, which writes it again.
  /^aws:secretsmanager\/secretVersion:|^gcp:secretmanager\/(regionalSecretVersion|secretVersion):/,
  /^kubernetes:core\/v1:(ConfigMap|Secret)$/,
  // Rights and identities: those who had them are locked out until the new ones reach them, but nothing is lost.
  /^aws:iam\/|^azure-native:managedidentity:|^gcp:(iap|projects|serviceaccount)\//,
  /^gcp:[a-z]+\/\w*([iI][aA][mM](Member|Binding|Policy)|[iI]amMember):/,
  // The database's tables belong to roles of its own; the user is a login.
  /^gcp:sql\/(user|sslCert):/,
  // Machines: their own disks are for the system alone. What they hold of GitLab's is on disks of its own.
  /^aws:(autoscaling\/|ec2\/(instance|launchTemplate|volumeAttachment):)/,
  /^azure-native:compute:VirtualMachine(ScaleSet)?$/,
  /^gcp:(compute\/(attachedDisk|instance|instanceGroupManager|instanceTemplate|regionInstanceGroupManager|regionInstanceTemplate):|container\/nodePool:)/,
  // Networks, balancers, names and certificates.
  /^aws:(acm|cloudfront|lb|route53|vpc|wafv2)\//,
  /^aws:ec2\/(defaultSecurityGroup|egressOnlyInternetGateway|eip|eipAssociation|flowLog|internetGateway|natGateway|networkAcl|networkInterface|prefixList|managedPrefixList|networkAclRule|defaultNetworkAcl|vpcPeeringConnection|route|routeTable|routeTableAssociation|securityGroup|securityGroupRule|subnet|vpc|vpcEndpoint):/,
  /^azure-native:(dns|network|privatedns):/,
  /^gcp:(certificatemanager|dns|servicenetworking|vpcaccess)\//,
  /^gcp:compute\/(address|backend\w+|firewall|forwardingRule|global\w+|healthCheck|managedSslCertificate|network|networkEndpointGroup|region(Backend|Health|Url|Target)\w+|router|routerNat|route|securityPolicy|sSLPolicy|sSLCertificate|subnetwork|target\w+|uRLMap):/,
  // Watching, and starting by the clock.
  /^aws:(cloudwatch\/(eventRule|eventTarget|logMetricFilter|logResourcePolicy|metricAlarm|dashboard):|scheduler\/|sns\/|sqs\/queuePolicy:|ssm\/)/,
  /^azure-native:applicationinsights:/,
  /^gcp:(monitoring|cloudscheduler)\/|^gcp:logging\/(metric|projectSink):/,
  // What Kubernetes starts, and who may; volumes belong to claims.
  /^kubernetes:(apps|autoscaling|batch|policy)\//,
  /^kubernetes:(cloud\.google\.com|networking\.gke\.io|networking\.k8s\.io|gateway\.networking\.k8s\.io|rbac\.authorization\.k8s\.io|storage\.k8s\.io|scheduling\.k8s\.io)\//,
  /^kubernetes:core\/v1:(LimitRange|Pod|ResourceQuota|Service|ServiceAccount|Endpoints)$/,
];

/** What is known of a type. */
export type Holding =
  { readonly judged: true; readonly holds: string | undefined } | { readonly judged: false };

/** What a type of resource holds; `judged` is false where nobody has said. */
export function holdingOf(type: string): Holding {
  const found = holding.find(([form]) => form.test(type));
  if (found !== undefined) return { judged: true, holds: found[1] };
  return holdingNothing.some((form) => form.test(type))
    ? { judged: true, holds: undefined }
    : { judged: false };
}
