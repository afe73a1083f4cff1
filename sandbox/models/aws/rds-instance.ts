/** RDS: the database instance. */
import type { ResourceModel } from "../../model";
import {
  ROLE,
  arnOf,
  arnPattern,
  block,
  blocks,
  bool,
  held,
  int,
  list,
  kmsKeyArn,
  named,
  oneOf,
  out,
  outJson,
  region,
  registry,
  securityGroupIds,
  set,
  str,
} from "./common";
import { FILLED, NEWER, kmsKey } from "./policies";
import { rules } from "./rds-instance-rules";

const TOKEN = "aws:rds/instance:Instance";
const DELETION = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html";
const TIME = "([01]\\d|2[0-3]):[0-5]\\d";
const DAY = "([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)";

const ENGINES = [
  "aurora-mysql",
  "aurora-postgresql",
  "custom-oracle-ee",
  "custom-oracle-ee-cdb",
  "custom-oracle-se2",
  "custom-oracle-se2-cdb",
  "custom-sqlserver-ee",
  "custom-sqlserver-se",
  "custom-sqlserver-web",
  "custom-sqlserver-dev",
  "db2-ae",
  "db2-se",
  "mariadb",
  "mysql",
  "oracle-ee",
  "oracle-ee-cdb",
  "oracle-se2",
  "oracle-se2-cdb",
  "postgres",
  "sqlserver-ee",
  "sqlserver-se",
  "sqlserver-ex",
  "sqlserver-web",
];

/** Days that Performance Insights keeps data: 7, months of 31 days, or 731. */
const INSIGHT_DAYS = [7, ...Array.from({ length: 23 }, (_, month) => 31 * (month + 1)), 731];

/** A DB instance. Its rules: `rds-instance-rules.ts`. */
export const instance: ResourceModel = {
  token: TOKEN,
  source: registry("rds/instance"),
  schema: "aws_db_instance",
  // The id is the resource id, which a new identifier leaves as it is.
  id: "{resourceId}",
  name: {
    property: "identifier",
    auto: true,
    prefix: "identifierPrefix",
    maxLength: 255,
    separator: "",
  },
  unique: [
    {
      properties: ["identifier"],
      scope: "region",
      source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    },
  ],
  tags: true,
  properties: {
    allocatedStorage: int({ optionalComputed: true, min: 5, max: 65536 }),
    allowMajorVersionUpgrade: bool(),
    applyImmediately: bool(),
    autoMinorVersionUpgrade: bool({ default: true }),
    availabilityZone: str({ optionalComputed: true, value: "{region}a", replace: true }),
    backupRetentionPeriod: int({ optionalComputed: true, value: { json: 0 }, min: 0, max: 35 }),
    backupTarget: oneOf(["outposts", "region"], {
      optionalComputed: true,
      value: "region",
      replace: true,
    }),
    backupWindow: str({
      optionalComputed: true,
      value: "04:00-04:30",
      format: "time-window",
      pattern: `${TIME}-${TIME}`,
      example: "02:00-03:00",
    }),
    blueGreenUpdate: block({ enabled: bool() }),
    caCertIdentifier: str({
      optionalComputed: true,
      value: "rds-ca-rsa2048-g1",
      pattern: "rds-ca-[a-z0-9-]+",
    }),
    characterSetName: str({ optionalComputed: true, replace: true }),
    copyTagsToSnapshot: bool({ default: false, deviates: FILLED }),
    customIamInstanceProfile: str({ replace: true, pattern: "AWSRDSCustom.*" }),
    customerOwnedIpEnabled: bool(),
    databaseInsightsMode: oneOf(["standard", "advanced"], {
      optionalComputed: true,
      value: "standard",
      deviates: NEWER,
    }),
    dbName: str({
      optionalComputed: true,
      replace: true,
      conflicts: ["replicateSourceDb"],
      pattern: "[A-Za-z_][A-Za-z0-9_]{0,63}",
    }),
    dbSubnetGroupName: str({
      optionalComputed: true,
      value: "default",
      ref: held("aws:rds/subnetGroup:SubnetGroup", "name", "default"),
    }),
    dedicatedLogVolume: bool({ default: false, deviates: NEWER }),
    deleteAutomatedBackups: bool({ default: true }),
    deletionProtection: bool(),
    domain: str({
      conflicts: ["domainFqdn", "domainOu", "domainAuthSecretArn", "domainDnsIps"],
      deviates: "conflicts are newer than the reference schema",
    }),
    domainAuthSecretArn: str({
      conflicts: ["domain", "domainIamRoleName"],
      pattern: arnPattern("secretsmanager", "secret:.+"),
      deviates: NEWER,
    }),
    domainDnsIps: list(str({ format: "ipv4" }), {
      minItems: 2,
      maxItems: 2,
      conflicts: ["domain", "domainIamRoleName"],
      deviates: NEWER,
    }),
    domainFqdn: str({
      optionalComputed: true,
      conflicts: ["domain", "domainIamRoleName"],
      deviates: NEWER,
    }),
    domainIamRoleName: str({
      ref: named(ROLE, "name"),
      conflicts: ["domainFqdn", "domainOu", "domainAuthSecretArn", "domainDnsIps"],
      requiredWith: ["domain"],
      deviates: "conflicts are newer than the reference schema",
    }),
    domainOu: str({ conflicts: ["domain", "domainIamRoleName"], deviates: NEWER }),
    enabledCloudwatchLogsExports: set(
      oneOf([
        "agent",
        "alert",
        "audit",
        "diag.log",
        "error",
        "general",
        "iam-db-auth-error",
        "listener",
        "notify.log",
        "oemagent",
        "postgresql",
        "slowquery",
        "trace",
        "upgrade",
      ]),
    ),
    engine: oneOf(ENGINES, { optionalComputed: true, replace: true }),
    engineLifecycleSupport: oneOf(
      ["open-source-rds-extended-support", "open-source-rds-extended-support-disabled"],
      {
        optionalComputed: true,
        value: "open-source-rds-extended-support",
        replace: true,
        deviates: NEWER,
      },
    ),
    engineVersion: str({
      optionalComputed: true,
      value: "17.6",
      pattern: "\\d+(\\.[A-Za-z0-9-]+)*",
      example: "17.6",
    }),
    finalSnapshotIdentifier: str({
      pattern: "[A-Za-z](-?[A-Za-z0-9])*",
      maxLength: 255,
      example: "last",
    }),
    iamDatabaseAuthenticationEnabled: bool(),
    identifier: str({
      conflicts: ["identifierPrefix"],
      pattern: "[a-z](-?[a-z0-9])*",
      maxLength: 63,
      example: "database",
    }),
    identifierPrefix: str({
      optionalComputed: true,
      value: "",
      conflicts: ["identifier"],
      pattern: "[a-z](-?[a-z0-9])*-?",
      maxLength: 37,
      example: "database-",
    }),
    instanceClass: str({
      required: true,
      pattern: "db\\.([a-z][a-z0-9-]*\\.[a-z0-9.-]+|serverless)",
      example: "db.m7g.large",
    }),
    iops: int({
      optionalComputed: true,
      min: 1000,
      max: 256000,
      value: {
        cases: [
          { when: { property: "storageType", equals: "gp3" }, value: { json: 3000 } },
          { value: { json: 0 } },
        ],
      },
    }),
    kmsKeyId: kmsKeyArn({
      optionalComputed: true,
      replace: true,
      value: {
        cases: [
          // The key that AWS manages for RDS.
          {
            when: { property: "storageEncrypted", equals: true },
            value: arnOf("kms", "key/{uuid}"),
          },
          { value: "" },
        ],
      },
    }),
    licenseModel: oneOf(
      [
        "general-public-license",
        "license-included",
        "bring-your-own-license",
        "marketplace-license",
        "postgresql-license",
      ],
      { optionalComputed: true, value: "postgresql-license" },
    ),
    maintenanceWindow: str({
      optionalComputed: true,
      value: "sun:05:00-sun:05:30",
      format: "time-window",
      pattern: `${DAY}:${TIME}-${DAY}:${TIME}`,
      same: "lowercase",
      example: "sun:03:00-sun:04:00",
    }),
    manageMasterUserPassword: bool({
      conflicts: ["password", "passwordWo"],
      deviates: "passwordWo is newer than the reference schema",
    }),
    masterUserSecretKmsKeyId: kmsKey({ optionalComputed: true }),
    maxAllocatedStorage: int({ min: 0, max: 65536 }),
    monitoringInterval: int({ default: 0, enum: [0, 1, 5, 10, 15, 30, 60], deviates: FILLED }),
    monitoringRoleArn: str({ optionalComputed: true, ref: named(ROLE, "arn") }),
    multiAz: bool({ optionalComputed: true, value: { json: false } }),
    ncharCharacterSetName: str({ optionalComputed: true, replace: true }),
    networkType: oneOf(["IPV4", "DUAL"], { optionalComputed: true, value: "IPV4" }),
    optionGroupName: str({
      optionalComputed: true,
      value: "default:{engine}-{engineVersion~^(\\d+)}",
    }),
    parameterGroupName: str({
      optionalComputed: true,
      value: "default.{engine}{engineVersion~^(\\d+)}",
      ref: held("aws:rds/parameterGroup:ParameterGroup", "name", "default\\.[a-z0-9.-]+"),
    }),
    // Printable ASCII without / " @ and spaces: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    password: str({
      secret: true,
      writeOnly: true,
      conflicts: ["manageMasterUserPassword", "passwordWo"],
      pattern: "[!#-.0-?A-~]{8,128}",
      deviates: "passwordWo is newer than the reference schema",
    }),
    passwordWo: str({
      secret: true,
      writeOnly: true,
      conflicts: ["manageMasterUserPassword", "password"],
      requiredWith: ["passwordWoVersion"],
      pattern: "[!#-.0-?A-~]{8,128}",
      deviates: NEWER,
    }),
    passwordWoVersion: int({ requiredWith: ["passwordWo"], deviates: NEWER }),
    performanceInsightsEnabled: bool({ default: false, deviates: FILLED }),
    performanceInsightsKmsKeyId: kmsKeyArn({ optionalComputed: true }),
    performanceInsightsRetentionPeriod: int({
      optionalComputed: true,
      enum: INSIGHT_DAYS,
      value: {
        cases: [
          { when: { property: "performanceInsightsEnabled", equals: true }, value: { json: 7 } },
          { value: { json: 0 } },
        ],
      },
    }),
    port: int({
      optionalComputed: true,
      min: 1150,
      max: 65535,
      value: {
        cases: [
          {
            when: { property: "engine", matches: "^(mysql|mariadb|aurora-mysql)$" },
            value: { json: 3306 },
          },
          { when: { property: "engine", matches: "^(custom-)?oracle-.*$" }, value: { json: 1521 } },
          {
            when: { property: "engine", matches: "^(custom-)?sqlserver-.*$" },
            value: { json: 1433 },
          },
          { when: { property: "engine", matches: "^db2-.*$" }, value: { json: 50000 } },
          { value: { json: 5432 } },
        ],
      },
    }),
    publiclyAccessible: bool({ default: false, deviates: FILLED }),
    region,
    replicaMode: oneOf(["mounted", "open-read-only"], { optionalComputed: true }),
    replicateSourceDb: str({
      conflicts: ["dbName", "username", "restoreToPointInTime", "s3Import"],
      ref: [held(TOKEN, "identifier"), held(TOKEN, "arn", arnPattern("rds", "db:.+"))],
      deviates: "the other side's conflicts hold here too",
    }),
    restoreToPointInTime: block(
      {
        restoreTime: str({ format: "rfc3339", conflicts: ["useLatestRestorableTime"] }),
        sourceDbInstanceAutomatedBackupsArn: str({ pattern: arnPattern("rds", "auto-backup:.+") }),
        sourceDbInstanceIdentifier: str(),
        sourceDbiResourceId: str(),
        useLatestRestorableTime: bool({ conflicts: ["restoreTime"] }),
      },
      { replace: true, conflicts: ["s3Import", "snapshotIdentifier", "replicateSourceDb"] },
    ),
    s3Import: block(
      {
        bucketName: str({ required: true, replace: true }),
        bucketPrefix: str({ replace: true }),
        ingestionRole: str({ required: true, replace: true }),
        sourceEngine: str({ required: true, replace: true }),
        sourceEngineVersion: str({ required: true, replace: true }),
      },
      { conflicts: ["snapshotIdentifier", "replicateSourceDb"] },
    ),
    skipFinalSnapshot: bool({ default: false, deviates: FILLED }),
    snapshotIdentifier: str({ optionalComputed: true, replace: true }),
    storageEncrypted: bool({ replace: true }),
    storageThroughput: int({
      optionalComputed: true,
      min: 125,
      max: 4000,
      value: {
        cases: [
          { when: { property: "storageType", equals: "gp3" }, value: { json: 125 } },
          { value: { json: 0 } },
        ],
      },
    }),
    storageType: oneOf(["standard", "gp2", "gp3", "io1", "io2"], {
      optionalComputed: true,
      value: {
        cases: [{ when: { property: "iops", present: true }, value: "io1" }, { value: "gp2" }],
      },
    }),
    timezone: str({ optionalComputed: true, replace: true }),
    upgradeStorageConfig: bool({ requiredWith: ["replicateSourceDb"], deviates: NEWER }),
    username: str({
      optionalComputed: true,
      replace: true,
      conflicts: ["replicateSourceDb"],
      pattern: "[A-Za-z][A-Za-z0-9_]{0,62}",
    }),
    vpcSecurityGroupIds: securityGroupIds({ optionalComputed: true }),
    warningEventCategories: set(str(), { deviates: NEWER }),
    resourceId: out("db-{ALNUM:26}"),
    arn: out(arnOf("rds", "db:{identifier}"), { changesWith: ["identifier"] }),
    address: out("{identifier}.{alnum:12}.{region}.rds.amazonaws.com", {
      changesWith: ["identifier"],
    }),
    endpoint: out("{address}:{port}", { changesWith: ["identifier", "port"] }),
    engineVersionActual: out("{engineVersion}", { changesWith: ["engineVersion"] }),
    hostedZoneId: out("Z{ALNUM:13}"),
    latestRestorableTime: {
      type: "string",
      computed: true,
      value: {
        cases: [
          { when: { property: "backupRetentionPeriod", atLeast: 1 }, value: "{now}" },
          { value: "" },
        ],
      },
    },
    listenerEndpoints: outJson("list", [], {
      items: block({ address: out(""), hostedZoneId: out(""), port: outJson("integer", 0) }),
    }),
    masterUserSecrets: blocks(
      { kmsKeyId: out(""), secretArn: out(""), secretStatus: out("") },
      {
        computed: true,
        value: {
          cases: [
            {
              when: { property: "manageMasterUserPassword", equals: true },
              value: {
                json: [
                  {
                    kmsKeyId: arnOf("kms", "key/{uuid}"),
                    secretArn: arnOf("secretsmanager", "secret:rds!db-{uuid}-{alnum:6}"),
                    secretStatus: "active",
                  },
                ],
              },
            },
            { value: { json: [] } },
          ],
        },
        changesWith: ["manageMasterUserPassword"],
      },
    ),
    replicas: outJson("list", [], { items: str() }),
    status: out("available"),
    upgradeRolloutOrder: out("second", { deviates: NEWER }),
  },
  rules,
  deleteRefusedWhile: [
    {
      condition: { property: "deletionProtection", equals: true },
      message:
        "InvalidParameterCombination: cannot delete protected DB instance; please disable deletion protection (`deletionProtection`) and try again",
      source: DELETION,
    },
    {
      condition: {
        all: [
          { not: { property: "skipFinalSnapshot", equals: true } },
          { property: "finalSnapshotIdentifier", present: false },
          { property: "replicateSourceDb", present: false },
        ],
      },
      message:
        "final_snapshot_identifier is required when skip_final_snapshot is false: `finalSnapshotIdentifier` is not given",
      source: registry("rds/instance"),
    },
  ],
  seconds: { create: 900, update: 300, delete: 420 },
};
