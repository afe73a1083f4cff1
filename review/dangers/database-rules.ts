/** Which changes of databases and caches interrupt them, as each cloud documents it. */

/** What comes of a change made in place. */
export type Impact = "outage" | "failover" | "reboot" | "may-restart" | "slow" | "none";

interface DatabaseRule {
  readonly type: RegExp;
  /** Of the property paths that changed. */
  readonly path: RegExp;
  readonly impact: Impact;
  readonly words: string;
}

const rds = /^aws:(rds|docdb|neptune)\/(instance|cluster|clusterInstance):/;
const elasticache = /^aws:elasticache\/(replicationGroup|cluster):/;
const sql = /^gcp:sql\/databaseInstance:/;
const redis = /^gcp:redis\/instance:/;

/**
 * RDS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html ("Downtime notes"), and
 * https://repost.aws/knowledge-center/rds-performance-impact.
 */
const rdsRules: readonly DatabaseRule[] = [
  { type: rds, path: /^engineVersion$/, impact: "outage", words: "another engine version" },
  {
    type: rds,
    path: /^(instanceClass|dbClusterInstanceClass)$/,
    impact: "outage",
    words: "another instance class",
  },
  // Both static and dynamic parameters of a group that is newly named wait for a reboot.
  {
    type: rds,
    path: /^(parameterGroupName|dbClusterParameterGroupName|dbInstanceParameterGroupName)$/,
    impact: "reboot",
    words: "another parameter group",
  },
  {
    type: rds,
    path: /^(multiAz|availabilityZones)\b/,
    impact: "slow",
    words: "another spread over zones",
  },
  { type: rds, path: /^storageType$/, impact: "may-restart", words: "another kind of storage" },
  {
    type: rds,
    path: /^(allocatedStorage|iops|storageThroughput)$/,
    impact: "slow",
    words: "other storage",
  },
  {
    type: rds,
    path: /^port$/,
    impact: "outage",
    words: "another port, for which it restarts at once",
  },
  { type: rds, path: /^caCertIdentifier$/, impact: "may-restart", words: "another CA certificate" },
  {
    type: rds,
    path: /^(dbSubnetGroupName|networkType|optionGroupName|dedicatedLogVolume)$/,
    impact: "outage",
    words: "another network, option group or log volume",
  },
  {
    type: rds,
    path: /^(preferredMaintenanceWindow|maintenanceWindow)$/,
    impact: "none",
    words: "another maintenance window: whatever waits for one happens then",
  },
  {
    type: rds,
    path: /^applyImmediately$/,
    impact: "none",
    words: "changes wait for the maintenance window, or no longer do",
  },
  {
    type: rds,
    path: /^(password|passwordWo|passwordWoVersion|masterPassword|manageMasterUserPassword)$/,
    impact: "none",
    words: "another password: clients that have the old one are refused at their next connection",
  },
  {
    type: rds,
    path: /^vpcSecurityGroupIds\b/,
    impact: "none",
    words: "other security groups: whom they leave out is cut off",
  },
];

/**
 * ElastiCache: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html,
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling.RedisReplGrps.html.
 */
const elasticacheRules: readonly DatabaseRule[] = [
  {
    type: elasticache,
    path: /^(engine|engineVersion)$/,
    impact: "failover",
    words: "another engine version",
  },
  { type: elasticache, path: /^nodeType$/, impact: "failover", words: "another node type" },
  {
    type: elasticache,
    path: /^(numCacheClusters|numNodeGroups|replicasPerNodeGroup|multiAzEnabled|automaticFailoverEnabled)\b/,
    impact: "may-restart",
    words: "another number or spread of nodes",
  },
  {
    type: elasticache,
    path: /^parameterGroupName$/,
    impact: "reboot",
    words: "another parameter group",
  },
  {
    type: elasticache,
    path: /^(transitEncryptionEnabled|transitEncryptionMode|clusterMode)$/,
    impact: "failover",
    words: "another way for clients to connect",
  },
  {
    type: elasticache,
    path: /^(authToken|authTokenUpdateStrategy|userGroupIds)\b/,
    impact: "none",
    words: "another way to sign in: clients that have the old one may be refused",
  },
  {
    type: elasticache,
    path: /^(maintenanceWindow|applyImmediately)$/,
    impact: "none",
    words: "another time for what waits for the maintenance window",
  },
  {
    type: elasticache,
    path: /^securityGroupIds\b/,
    impact: "none",
    words: "other security groups: whom they leave out is cut off",
  },
];

/**
 * Cloud SQL: https://docs.cloud.google.com/sql/docs/postgres/edit-instance and
 * https://docs.cloud.google.com/sql/docs/postgres/instance-settings; a primary's restart restarts its replicas.
 */
const sqlRules: readonly DatabaseRule[] = [
  {
    type: sql,
    path: /^(databaseVersion|maintenanceVersion)$/,
    impact: "outage",
    words: "another version of PostgreSQL, in place",
  },
  {
    type: sql,
    path: /^settings\.(tier|edition)$/,
    impact: "failover",
    words: "another machine or edition, for which it restarts",
  },
  {
    type: sql,
    path: /^settings\.availabilityType$/,
    impact: "failover",
    words: "another availability type",
  },
  {
    type: sql,
    path: /^settings\.(locationPreference|diskType|dataCacheConfig|advancedMachineFeatures|timeZone|collation)\b/,
    impact: "may-restart",
    words: "another zone, disk type or machine feature",
  },
  {
    type: sql,
    path: /^settings\.activationPolicy$/,
    impact: "none",
    words: "whether it runs: NEVER stops it, and ALWAYS starts it again",
  },
  {
    type: sql,
    path: /^settings\.(diskSize|diskAutoresize|diskAutoresizeLimit)$/,
    impact: "none",
    words: "other storage, which can grow and never shrink",
  },
  {
    type: sql,
    path: /^settings\.backupConfiguration\.(pointInTimeRecoveryEnabled|enabled|binaryLogEnabled)$/,
    impact: "may-restart",
    words: "automated backup or point-in-time recovery on or off",
  },
  {
    type: sql,
    path: /^settings\.ipConfiguration\b/,
    impact: "may-restart",
    words: "another way for clients to connect",
  },
  {
    type: sql,
    path: /^settings\.(maintenanceWindow|denyMaintenancePeriod)\b/,
    impact: "none",
    words: "another maintenance window",
  },
  {
    type: sql,
    path: /^(masterInstanceName|instanceType|replicaConfiguration|replicationCluster|replicaNames)\b/,
    impact: "outage",
    words: "another part in replication",
  },
];

/**
 * Memorystore: https://docs.cloud.google.com/memorystore/docs/redis/scaling-behavior ("a short connection reset of a
 * couple minutes, or less"), https://docs.cloud.google.com/memorystore/docs/redis/about-upgrading-version.
 */
const redisRules: readonly DatabaseRule[] = [
  { type: redis, path: /^redisVersion$/, impact: "failover", words: "another version of Redis" },
  {
    type: redis,
    path: /^(memorySizeGb|replicaCount|readReplicasMode)$/,
    impact: "failover",
    words: "another size or number of nodes",
  },
  {
    type: redis,
    path: /^(authEnabled|transitEncryptionMode)$/,
    impact: "none",
    words: "another way to sign in or connect: clients that do it the old way are refused",
  },
  {
    type: redis,
    path: /^persistenceConfig\b/,
    impact: "slow",
    words: "another persistence",
  },
  {
    type: redis,
    path: /^(maintenancePolicy|maintenanceVersion)\b/,
    impact: "may-restart",
    words: "another maintenance window or version",
  },
];

/** Logins: a new password cuts off those who have the old one at their next connection. */
const loginRules: readonly DatabaseRule[] = [
  {
    type: /^gcp:sql\/user:/,
    path: /^(password|passwordWo|passwordWoVersion)$/,
    impact: "none",
    words: "another password: clients that have the old one are refused at their next connection",
  },
  {
    type: /^azure-native:(dbforpostgresql|dbformysql|cache|redisenterprise):/,
    path: /^(sku|version|storage|highAvailability|redisVersion|shardCount|maintenanceWindow)\b/,
    impact: "may-restart",
    words: "another size, version or availability",
  },
];

export const databaseRules: readonly DatabaseRule[] = [
  ...rdsRules,
  ...elasticacheRules,
  ...sqlRules,
  ...redisRules,
  ...loginRules,
];

/**
 * PostgreSQL's parameters that are read when it starts alone, as far as clouds let them be set.
 *
 * Source: `context = 'postmaster'` of https://www.postgresql.org/docs/17/view-pg-settings.html, parameter by parameter in
 * https://www.postgresql.org/docs/17/runtime-config.html ("This parameter can only be set at server start").
 */
const atServerStart: ReadonlySet<string> = new Set([
  "autovacuum_freeze_max_age",
  "autovacuum_max_workers",
  "autovacuum_multixact_freeze_max_age",
  "huge_pages",
  "max_connections",
  "max_files_per_process",
  "max_locks_per_transaction",
  "max_pred_locks_per_transaction",
  "max_prepared_transactions",
  "max_replication_slots",
  "max_wal_senders",
  "max_worker_processes",
  "old_snapshot_threshold",
  "shared_buffers",
  "shared_preload_libraries",
  "superuser_reserved_connections",
  "track_activity_query_size",
  "track_commit_timestamp",
  "wal_buffers",
  "wal_level",
]);

/** Cloud SQL's own flags that are no parameters of PostgreSQL; most of them restart it. */
const cloudFlag = /^(cloudsql\.|google_)/;

interface ParameterList {
  readonly type: RegExp;
  /** Path of the list of named parameters. */
  readonly list: string;
  readonly needsRestart: (name: string, item: unknown) => boolean;
  readonly impact: Impact;
  readonly restartWords: string;
}

/** Where parameters are set by name. */
export const parameterLists: readonly ParameterList[] = [
  {
    type: /^aws:(rds|docdb|neptune)\/(clusterP|p)arameterGroup:/,
    list: "parameters",
    needsRestart: (name, item) =>
      atServerStart.has(name) ||
      (item as { applyMethod?: unknown } | undefined)?.applyMethod === "pending-reboot",
    impact: "reboot",
    restartWords: ": those hold only after a reboot, which somebody has to do",
  },
  {
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
    type: /^aws:elasticache\/parameterGroup:/,
    list: "parameters",
    needsRestart: (name) =>
      /^(databases|activerehashing|appendonly|appendfsync|cluster-enabled)$/.test(name),
    impact: "reboot",
    restartWords: ": those hold only after a reboot, which somebody has to do",
  },
  {
    // https://docs.cloud.google.com/sql/docs/postgres/flags: Cloud SQL restarts by itself for such a flag.
    type: /^gcp:sql\/databaseInstance:/,
    list: "settings.databaseFlags",
    needsRestart: (name) => atServerStart.has(name) || cloudFlag.test(name),
    impact: "failover",
    restartWords: ": Cloud SQL restarts the instance, and its replicas, for them at once",
  },
];
