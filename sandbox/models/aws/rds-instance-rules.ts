/** RDS: what must fit together in a database instance. */
import type { Condition, Rule } from "../../model";
import { registry } from "./common";

const CREATE =
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html";
const STORAGE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html";
const MONITORING =
  "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html";
const INSIGHTS =
  "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Enabling.html";
const UPGRADE =
  "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html";
const PAGE = registry("rds/instance");

const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });
const copied: Condition = {
  any: [
    present("replicateSourceDb"),
    present("snapshotIdentifier"),
    present("restoreToPointInTime"),
    present("s3Import"),
  ],
};
const postgres: Condition = { property: "engine", equals: "postgres" };

/** Major versions of PostgreSQL that RDS has. */
const MAJORS = [11, 12, 13, 14, 15, 16, 17, 18];

/** The parameter group's family must be that of the engine's major version. */
const families: readonly Rule[] = MAJORS.map((major) => ({
  name: `parameter-group-of-postgres-${major}`,
  when: {
    all: [
      postgres,
      present("parameterGroupName"),
      { property: "engineVersion", matches: `^${major}(\\..*)?$` },
    ],
  },
  then: {
    any: [
      { property: "parameterGroupName", matches: `^default\\.postgres${major}$` },
      { property: "parameterGroupName->family", equals: `postgres${major}` },
    ],
  },
  message: `InvalidParameterCombination: \`parameterGroupName\`: the parameter group can't be used for this instance; its family must be postgres${major}`,
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html",
  at: "apply",
}));

/** To another major version only with leave, and never back. */
const upgrades: readonly Rule[] = MAJORS.map((major) => ({
  name: `leaving-postgres-${major}`,
  when: {
    all: [
      postgres,
      { property: "^engineVersion", matches: `^${major}(\\..*)?$` },
      { not: { property: "engineVersion", matches: `^${major}(\\..*)?$` } },
    ],
  },
  then: {
    all: [
      { property: "allowMajorVersionUpgrade", equals: true },
      {
        property: "engineVersion",
        matches: `^(${MAJORS.filter((other) => other > major).join("|") || "none"})(\\..*)?$`,
      },
    ],
  },
  message: `InvalidParameterCombination: \`engineVersion\`: the instance runs PostgreSQL ${major}; a newer major version needs allowMajorVersionUpgrade, an older one is not allowed`,
  source: UPGRADE,
  at: "apply",
}));

/**
 * What the provider and RDS check of a DB instance as a whole. Not here, since the language has no form
 * for it: the backup window must not overlap the maintenance window.
 */
export const rules: readonly Rule[] = [
  {
    name: "engine-given",
    when: { not: copied },
    then: present("engine"),
    message:
      "MissingParameter: `engine`: must be given for a new instance that is not restored or replicated",
    source: CREATE,
    at: "apply",
  },
  {
    name: "storage-given",
    when: { all: [{ not: copied }, { not: { property: "engine", matches: "^aurora-.*$" } }] },
    then: present("allocatedStorage"),
    message: "`allocatedStorage`: required field is not set",
    source: PAGE,
    at: "apply",
  },
  {
    name: "user-given",
    when: { not: copied },
    then: present("username"),
    message: "`username`: required field is not set",
    source: PAGE,
    at: "apply",
  },
  {
    name: "password-given",
    when: { not: copied },
    then: {
      any: [
        present("password"),
        present("passwordWo"),
        { property: "manageMasterUserPassword", equals: true },
      ],
    },
    message:
      "`password`: required field is not set (or passwordWo, or manageMasterUserPassword: true)",
    source: PAGE,
    at: "apply",
  },
  {
    name: "user-not-reserved",
    when: postgres,
    then: {
      not: {
        property: "username",
        in: [
          "admin",
          "rdsadmin",
          "rdsrepladmin",
          "rds_superuser",
          "rds_replication",
          "user",
          "public",
        ],
      },
    },
    message:
      "InvalidParameterValue: `username`: is a reserved word in this engine (admin, rdsadmin, user, …)",
    source: CREATE,
    at: "apply",
  },
  {
    name: "postgres-logs",
    when: { all: [postgres, present("enabledCloudwatchLogsExports")] },
    then: {
      property: "enabledCloudwatchLogsExports[]",
      every: { property: ".", in: ["postgresql", "upgrade", "iam-db-auth-error"] },
    },
    message:
      "InvalidParameterCombination: `enabledCloudwatchLogsExports`: you cannot use that log type with engine version postgres; allowed are postgresql, upgrade and iam-db-auth-error",
    source: CREATE,
    at: "apply",
  },
  {
    name: "smallest-ssd",
    when: {
      any: [
        { property: "storageType", in: ["gp2", "gp3"] },
        { all: [absent("storageType"), absent("iops")] },
      ],
    },
    then: { any: [absent("allocatedStorage"), { property: "allocatedStorage", atLeast: 20 }] },
    message:
      "InvalidParameterValue: `allocatedStorage`: invalid storage size for engine and storage type gp2 or gp3; 20 to 65,536 GiB are allowed",
    source: STORAGE,
    at: "apply",
  },
  {
    name: "provisioned-storage",
    when: { property: "storageType", in: ["io1", "io2"] },
    then: {
      all: [
        present("iops"),
        { any: [absent("allocatedStorage"), { property: "allocatedStorage", atLeast: 100 }] },
      ],
    },
    message:
      "InvalidParameterCombination: `iops`: must be given for storage type io1 or io2, with at least 100 GiB of allocatedStorage",
    source: STORAGE,
    at: "apply",
  },
  {
    name: "gp3-baseline",
    when: {
      all: [
        { property: "storageType", equals: "gp3" },
        { property: "engine", in: ["postgres", "mysql", "mariadb"] },
        { property: "allocatedStorage", atMost: 399 },
      ],
    },
    then: { all: [absent("iops"), absent("storageThroughput")] },
    message:
      "InvalidParameterCombination: `iops`: you can't specify IOPS or storage throughput for engine postgres, mysql or mariadb and a gp3 storage size less than 400 GiB",
    source: STORAGE,
    at: "apply",
  },
  {
    name: "gp3-striped",
    when: {
      all: [
        { property: "storageType", equals: "gp3" },
        { property: "engine", in: ["postgres", "mysql", "mariadb"] },
        { property: "allocatedStorage", atLeast: 400 },
      ],
    },
    then: {
      all: [
        {
          any: [
            absent("iops"),
            {
              all: [
                { property: "iops", atLeast: 12000 },
                { property: "iops", atMost: 64000 },
              ],
            },
          ],
        },
        { any: [absent("storageThroughput"), { property: "storageThroughput", atLeast: 500 }] },
      ],
    },
    message:
      "InvalidParameterCombination: `iops`: for gp3 storage of 400 GiB and more, 12,000 to 64,000 IOPS and 500 to 4,000 MiB/s are allowed",
    source: STORAGE,
    at: "apply",
  },
  {
    name: "throughput-is-gp3",
    when: present("storageThroughput"),
    then: { property: "storageType", equals: "gp3" },
    message:
      "InvalidParameterCombination: `storageThroughput`: can only be set when storageType is gp3",
    source: PAGE,
    at: "apply",
  },
  {
    name: "iops-of-ssd",
    when: { all: [present("iops"), present("storageType")] },
    then: { property: "storageType", in: ["gp3", "io1", "io2"] },
    message:
      "InvalidParameterCombination: `iops`: can only be set when storageType is io1, io2 or gp3",
    source: PAGE,
    at: "apply",
  },
  {
    name: "autoscaling-above-allocated",
    when: {
      all: [
        present("maxAllocatedStorage"),
        { not: { property: "maxAllocatedStorage", equals: 0 } },
      ],
    },
    then: {
      any: [
        absent("allocatedStorage"),
        { property: "maxAllocatedStorage", atLeastProperty: "allocatedStorage" },
      ],
    },
    message:
      "InvalidParameterCombination: `maxAllocatedStorage`: max storage size must be greater than storage size (allocatedStorage); 0 turns autoscaling off",
    source: PAGE,
    at: "apply",
  },
  {
    name: "storage-only-grows",
    when: present("^allocatedStorage"),
    then: { property: "allocatedStorage", atLeastProperty: "^allocatedStorage" },
    message:
      "InvalidParameterCombination: `allocatedStorage`: requested storage size can't be less than the current one; storage only grows",
    source: STORAGE,
    at: "apply",
  },
  {
    name: "zone-or-multi-az",
    when: { property: "multiAz", equals: true },
    then: absent("availabilityZone"),
    message:
      "InvalidParameterCombination: `availabilityZone`: requesting a specific availability zone is not valid for Multi-AZ instances",
    source: CREATE,
    at: "apply",
  },
  {
    name: "key-needs-encryption",
    when: { all: [present("kmsKeyId"), absent("replicateSourceDb"), absent("snapshotIdentifier")] },
    then: { property: "storageEncrypted", equals: true },
    message: "InvalidParameterCombination: `storageEncrypted`: must be true if a kmsKeyId is given",
    source: CREATE,
    at: "apply",
  },
  {
    name: "monitoring-has-role",
    when: { property: "monitoringInterval", atLeast: 1 },
    then: present("monitoringRoleArn"),
    message:
      "InvalidParameterCombination: `monitoringRoleArn`: a MonitoringRoleARN value is required if monitoringInterval is other than 0",
    source: MONITORING,
    at: "apply",
  },
  {
    name: "role-has-monitoring",
    when: present("monitoringRoleArn"),
    then: { property: "monitoringInterval", atLeast: 1 },
    message:
      "InvalidParameterCombination: `monitoringInterval`: must be other than 0 if monitoringRoleArn is given",
    source: MONITORING,
    at: "apply",
  },
  {
    name: "insights-enabled",
    when: {
      any: [present("performanceInsightsRetentionPeriod"), present("performanceInsightsKmsKeyId")],
    },
    then: { property: "performanceInsightsEnabled", equals: true },
    message:
      "InvalidParameterCombination: `performanceInsightsEnabled`: must be true if performanceInsightsRetentionPeriod or performanceInsightsKmsKeyId is given",
    source: INSIGHTS,
    at: "apply",
  },
  {
    name: "advanced-insights",
    when: { property: "databaseInsightsMode", equals: "advanced" },
    then: {
      all: [
        { property: "performanceInsightsEnabled", equals: true },
        { property: "performanceInsightsRetentionPeriod", atLeast: 465 },
      ],
    },
    message:
      "InvalidParameterCombination: `databaseInsightsMode`: the advanced mode needs performanceInsightsEnabled and a performanceInsightsRetentionPeriod of 465 days or more",
    source:
      "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.TurningOnAdvanced.html",
    at: "apply",
  },
  {
    name: "dedicated-log-needs-provisioned",
    when: { property: "dedicatedLogVolume", equals: true },
    then: { property: "storageType", in: ["io1", "io2"] },
    message: "InvalidParameterCombination: `dedicatedLogVolume`: needs storageType io1 or io2",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.dlv.html",
    at: "apply",
  },
  {
    name: "groups-in-one-vpc",
    when: { all: [present("vpcSecurityGroupIds"), present("dbSubnetGroupName->vpcId")] },
    then: { property: "vpcSecurityGroupIds[]->vpcId", allAmong: ["dbSubnetGroupName->vpcId"] },
    message:
      "InvalidParameterCombination: `vpcSecurityGroupIds`: the DB instance and EC2 security group are in different VPCs",
    source: CREATE,
    at: "apply",
  },
  {
    name: "point-in-time-source",
    when: present("restoreToPointInTime"),
    then: {
      any: [
        present("restoreToPointInTime.sourceDbInstanceIdentifier"),
        present("restoreToPointInTime.sourceDbiResourceId"),
        present("restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn"),
      ],
    },
    message:
      "`restoreToPointInTime`: one of sourceDbInstanceIdentifier, sourceDbiResourceId and sourceDbInstanceAutomatedBackupsArn must be given",
    source: PAGE,
    at: "apply",
  },
  ...families,
  ...upgrades,
];
