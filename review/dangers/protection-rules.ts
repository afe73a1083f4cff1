/** Properties that guard data, by type. Their meaning is in each provider's documentation of the type. */

/**
 * Switches that protect: type, path, words, and what holds where the property is left out (`off` unless said).
 *
 * Sources: https://www.pulumi.com/registry/packages/{aws,azure-native,gcp}/api-docs/ of each type.
 */
export const switchesOff: readonly (readonly [RegExp, string, string, "on"?])[] = [
  [/^aws:(rds|docdb|neptune)\//, "deletionProtection", "deletion protection"],
  [/^aws:dynamodb\/table:/, "deletionProtectionEnabled", "deletion protection"],
  [/^aws:dynamodb\/table:/, "pointInTimeRecovery.enabled", "point-in-time recovery"],
  [/^aws:lb\/loadBalancer:/, "enableDeletionProtection", "deletion protection"],
  [/^aws:ebs\/volume:/, "finalSnapshot", "the snapshot before deletion"],
  [/^aws:s3\/bucketVersioning:/, "versioningConfiguration.status", "versioning"],
  [/^aws:s3\/bucket:/, "versioning.enabled", "versioning"],
  [/^aws:efs\/backupPolicy:/, "backupPolicy.status", "daily backup"],
  [/^aws:efs\/fileSystem:/, "protection.replicationOverwrite", "protection against overwriting"],
  [/^aws:kms\/key:/, "isEnabled", "the key", "on"],
  // https://docs.cloud.google.com/sql/docs/postgres/deletion-protection: Pulumi's own, and the API's.
  [/^gcp:sql\/databaseInstance:/, "deletionProtection", "the provider's deletion protection", "on"],
  [
    /^gcp:sql\/databaseInstance:/,
    "settings.deletionProtectionEnabled",
    "Cloud SQL's own deletion protection",
  ],
  [/^gcp:sql\/databaseInstance:/, "settings.backupConfiguration.enabled", "automated backup"],
  [
    /^gcp:sql\/databaseInstance:/,
    "settings.backupConfiguration.pointInTimeRecoveryEnabled",
    "point-in-time recovery",
  ],
  [
    /^gcp:sql\/databaseInstance:/,
    "settings.retainBackupsOnDelete",
    "keeping backups of a deleted instance",
  ],
  [/^gcp:sql\/databaseInstance:/, "settings.finalBackupConfig.enabled", "the final backup"],
  [
    /^gcp:(redis|container|compute|secretmanager|alloydb|memorystore)\//,
    "deletionProtection",
    "deletion protection",
  ],
  [/^gcp:redis\/cluster:/, "deletionProtectionEnabled", "deletion protection"],
  [/^gcp:compute\/(regionD|d)isk:/, "createSnapshotBeforeDestroy", "the snapshot before deletion"],
  [/^gcp:storage\/bucket:/, "versioning.enabled", "versioning"],
  [/^gcp:storage\/bucket:/, "retentionPolicy.isLocked", "the lock on retention"],
  [/^gcp:storage\/bucket:/, "enableObjectRetention", "object retention"],
  [
    /^azure-native:keyvault:Vault$/,
    "properties.enablePurgeProtection",
    "protection against purging",
  ],
  // https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview
  [/^azure-native:keyvault:Vault$/, "properties.enableSoftDelete", "soft delete", "on"],
  [/^azure-native:storage:BlobServiceProperties$/, "isVersioningEnabled", "versioning"],
  [/^azure-native:storage:BlobServiceProperties$/, "deleteRetentionPolicy.enabled", "soft delete"],
  [
    /^azure-native:storage:BlobServiceProperties$/,
    "containerDeleteRetentionPolicy.enabled",
    "soft delete of containers",
  ],
  [/^azure-native:keyvault:(Key|Secret)$/, "properties.attributes.enabled", "it", "on"],
  [/^gcp:secretmanager\/(regionalSecretVersion|secretVersion):/, "enabled", "the version", "on"],
];

/** Switches that let go of data: type, path, and what turning them on does, in words. */
export const switchesOn: readonly (readonly [RegExp, string, string])[] = [
  [
    /^aws:(rds|docdb|neptune)\//,
    "skipFinalSnapshot",
    "no final snapshot is taken when it is deleted",
  ],
  [/^aws:rds\//, "deleteAutomatedBackups", "automated backups go with it when it is deleted"],
  [
    /^aws:(s3\/bucket|backup\/vault|ecr\/repository|route53\/zone)|^gcp:storage\/bucket:/,
    "forceDestroy",
    "it can be deleted with all that it holds",
  ],
  [/^aws:ecr\/repository:/, "forceDelete", "it can be deleted with all that it holds"],
  [
    /^aws:kms\/(key|keyPolicy):/,
    "bypassPolicyLockoutSafetyCheck",
    "a key policy that locks everybody out is accepted",
  ],
  [/^aws:autoscaling\/group:/, "forceDelete", "it can be deleted while its machines run"],
  [
    /^gcp:compute\/resourcePolicy:/,
    "snapshotSchedulePolicy.retentionPolicy.onSourceDiskDeleteApply",
    "snapshots expire after their disk is deleted",
  ],
  [
    /^aws:dynamodb\/table:/,
    "ttl.enabled",
    "items delete themselves at the time that stands in them",
  ],
];

/** What has to be there, or must not: type, path, and what follows when it goes, or comes. */
export const presences: readonly (readonly [RegExp, string, "kept" | "absent", string])[] = [
  [
    /^aws:(elasticache\/(replicationGroup|cluster)|memorydb\/cluster):/,
    "finalSnapshotIdentifier",
    "kept",
    "no final snapshot is taken when it is deleted",
  ],
  // https://docs.cloud.google.com/secret-manager/docs/secret-expiration
  [
    /^gcp:secretmanager\/(regionalSecret|secret):/,
    "ttl",
    "absent",
    "it is deleted with all its versions when its time is over",
  ],
  [
    /^gcp:secretmanager\/(regionalSecret|secret):/,
    "expireTime",
    "absent",
    "it is deleted with all its versions when its time is over",
  ],
];

/**
 * Disks that go with the machine that they are attached to, from now on: type, list, the name of an item, the property
 * and its value that says so.
 *
 * https://learn.microsoft.com/en-us/azure/virtual-machines/delete,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html,
 * https://docs.cloud.google.com/compute/docs/disks/add-persistent-disk#updateautodelete
 */
export const goingAlong: readonly (readonly [RegExp, string, string, string, RegExp])[] = [
  [
    /^azure-native:compute:VirtualMachine$/,
    "storageProfile.dataDisks",
    "lun",
    "deleteOption",
    /^Delete$/i,
  ],
  [
    /^azure-native:compute:VirtualMachineScaleSet$/,
    "virtualMachineProfile.storageProfile.dataDisks",
    "lun",
    "deleteOption",
    /^Delete$/i,
  ],
  [
    /^aws:ec2\/launchTemplate:/,
    "blockDeviceMappings",
    "deviceName",
    "ebs.deleteOnTermination",
    /^true$/i,
  ],
  [/^aws:ec2\/instance:/, "ebsBlockDevices", "deviceName", "deleteOnTermination", /^true$/i],
  [
    /^gcp:compute\/(instanceTemplate|regionInstanceTemplate):/,
    "disks",
    "deviceName",
    "autoDelete",
    /^true$/i,
  ],
  [
    /^gcp:compute\/(instanceGroupManager|regionInstanceGroupManager):/,
    "statefulDisks",
    "deviceName",
    "deleteRule",
    /^ON_PERMANENT_INSTANCE_DELETION$/,
  ],
];

/** Words of which some keep data better than others: type, path, what it is, the words from the weakest on. */
export const strengths: readonly (readonly [RegExp, string, string, readonly string[]])[] = [
  [
    /^aws:s3\/bucketObjectLockConfiguration:/,
    "rule.defaultRetention.mode",
    "the object lock",
    ["GOVERNANCE", "COMPLIANCE"],
  ],
  [
    /^gcp:redis\/instance:/,
    "persistenceConfig.persistenceMode",
    "what is kept on disk",
    ["DISABLED", "RDB"],
  ],
  [
    /^gcp:compute\/resourcePolicy:/,
    "snapshotSchedulePolicy.retentionPolicy.onSourceDiskDelete",
    "snapshots whose disk is deleted",
    ["APPLY_RETENTION_POLICY", "KEEP_AUTO_SNAPSHOTS"],
  ],
  // Off, On, AlwaysOn; Disabled, Unlocked, Locked:
  // https://learn.microsoft.com/en-us/azure/backup/backup-azure-immutable-vault-concept
  [
    /^azure-native:dataprotection:BackupVault$/,
    "properties.securitySettings.softDeleteSettings.state",
    "soft delete",
    ["Off", "On", "AlwaysOn"],
  ],
  [
    /^azure-native:dataprotection:BackupVault$/,
    "properties.securitySettings.immutabilitySettings.state",
    "immutability",
    ["Disabled", "Unlocked", "Locked"],
  ],
  // https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/lock-resources
  [
    /^azure-native:authorization:ManagementLock/,
    "level",
    "the lock",
    ["NotSpecified", "CanNotDelete", "ReadOnly"],
  ],
  // What Pulumi does when the resource leaves the program.
  [/^gcp:sql\/(database|user):/, "deletionPolicy", "the deletion policy", ["DELETE", "ABANDON"]],
  [
    /^gcp:kms\/cryptoKeyVersion:/,
    "state",
    "the key's version",
    ["DESTROYED", "DISABLED", "ENABLED"],
  ],
  // https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming
  [
    /^kubernetes:core\/v1:PersistentVolume$/,
    "spec.persistentVolumeReclaimPolicy",
    "what becomes of the volume without its claim",
    ["Delete", "Retain"],
  ],
  [
    /^kubernetes:storage\.k8s\.io\/v1:StorageClass$/,
    "reclaimPolicy",
    "what becomes of volumes without their claim",
    ["Delete", "Retain"],
  ],
];

/** Rules by which things are deleted, as resources of their own: a new one is compared with none. */
export const expiryTypes =
  /^aws:(s3\/bucketLifecycleConfiguration|ecr\/lifecyclePolicy)|^azure-native:storage:ManagementPolicy$/;

/** Types that do nothing but guard others: type, and what its deletion means, in words. */
export const safeguardTypes: readonly (readonly [RegExp, string])[] = [
  [
    /^azure-native:authorization:ManagementLock/,
    "the lock is taken off: what it guards can be deleted",
  ],
  [
    /^aws:backup\/vaultLockConfiguration:/,
    "the vault's lock is taken off: recovery points can be deleted early",
  ],
  [
    /^aws:backup\/vaultPolicy:/,
    "the vault's policy is taken off: who may delete recovery points is no longer limited by it",
  ],
  [
    /^aws:s3\/bucketObjectLockConfiguration:/,
    "new objects of the bucket are no longer locked against deletion",
  ],
  [/^aws:s3\/bucketVersioning/, "the bucket's versioning is suspended"],
  [/^aws:s3\/bucketReplication/, "the bucket is no longer copied to another one"],
  [/^aws:(backup\/(plan|selection)|dlm\/lifecyclePolicy):/, "the backups that it makes stop"],
  [/^aws:efs\/replicationConfiguration:/, "the file system is no longer copied to another one"],
  [/^azure-native:dataprotection:(BackupInstance|BackupPolicy)$/, "the backups that it makes stop"],
  [
    /^gcp:compute\/((regionD|d)iskResourcePolicyAttachment|resourcePolicy):/,
    "the snapshots that it makes stop",
  ],
];
