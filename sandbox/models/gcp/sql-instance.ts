/** Cloud SQL: the database instance. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  CRYPTO_KEY,
  SQL_INSTANCE,
  WRITE_ONLY,
  block,
  blocks,
  bool,
  deletionPolicy,
  int,
  list,
  oneOf,
  out,
  outJson,
  prevented,
  project,
  region,
  registry,
  str,
  zoneName,
} from "./common";
import { settings } from "./sql-settings";
import { rules } from "./sql-instance-rules";

const DELETION = "https://cloud.google.com/sql/docs/postgres/deletion-protection";
const DELETE = "https://cloud.google.com/sql/docs/postgres/delete-instance";

/** A CA certificate: what it says is as long as the real one and names nobody. */
const certificate = {
  cert: "-----BEGIN CERTIFICATE-----\n{base64Bytes:600}\n-----END CERTIFICATE-----",
  commonName: "C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA,dnQualifier={uuid}",
  createTime: "{now}",
  expirationTime: "{now}",
  sha1Fingerprint: "{hex:40}",
} as const;

/** A Cloud SQL instance. Its settings: `sql-settings.ts`; its rules: `sql-instance-rules.ts`. */
export const instance: ResourceModel = {
  token: SQL_INSTANCE,
  source: registry("sql/databaseinstance"),
  schema: "google_sql_database_instance",
  api: "sqladmin.googleapis.com",
  id: "projects/{account}/instances/{name}",
  // With the project's id and a colon, 98 characters: https://cloud.google.com/sql/docs/postgres/instance-settings
  name: { property: "name", auto: true, maxLength: 84 },
  unique: [
    { properties: ["name"], scope: "account", source: DELETE, keptAfterDelete: "for a week" },
  ],
  properties: {
    backupdrBackup: str(),
    clone: block({
      allocatedIpRange: str(),
      databaseNames: list(str()),
      pointInTime: str({ format: "rfc3339" }),
      preferredZone: zoneName(),
      sourceInstanceDeletionTime: str({ format: "rfc3339" }),
      sourceInstanceName: str({ required: true }),
      sourceProject: str(),
    }),
    databaseVersion: str({
      required: true,
      pattern:
        "POSTGRES_(9_6|1[0-8])|MYSQL_(5_[67]|8_0(_\\d+)?|8_4)|SQLSERVER_20(17|19|22|25)_(STANDARD|ENTERPRISE|EXPRESS|WEB)",
      example: "POSTGRES_17",
    }),
    deletionPolicy,
    deletionProtection: bool({ default: true }),
    encryptionKeyName: str({
      optionalComputed: true,
      replace: true,
      ref: { type: CRYPTO_KEY },
    }),
    enforceNewSqlNetworkArchitecture: bool({ optionalComputed: true, value: { json: true } }),
    finalBackupDescription: str(),
    includeReplicasForMajorVersionUpgrade: bool(),
    instanceType: oneOf(
      ["CLOUD_SQL_INSTANCE", "ON_PREMISES_INSTANCE", "READ_REPLICA_INSTANCE", "READ_POOL_INSTANCE"],
      {
        optionalComputed: true,
        value: {
          cases: [
            {
              when: { property: "masterInstanceName", present: true },
              value: "READ_REPLICA_INSTANCE",
            },
            { value: "CLOUD_SQL_INSTANCE" },
          ],
        },
      },
    ),
    maintenanceVersion: str({
      optionalComputed: true,
      value: "{databaseVersion}.R20260101.00_00",
    }),
    masterInstanceName: str({
      optionalComputed: true,
      value: "",
      ref: { type: SQL_INSTANCE, by: "name", holds: true },
    }),
    name: str({ replace: true, pattern: "[a-z]([a-z0-9-]*[a-z0-9])?", example: "gitlab" }),
    nodeCount: int({ optionalComputed: true, min: 1, max: 20 }),
    pointInTimeRestoreContext: block({
      allocatedIpRange: str(),
      datasource: str({ required: true }),
      pointInTime: str({ format: "rfc3339" }),
      preferredZone: zoneName(),
      region: str(),
      targetInstance: str(),
    }),
    project,
    region,
    replicaConfiguration: block(
      {
        caCertificate: str({ replace: true }),
        cascadableReplica: bool(),
        clientCertificate: str({ replace: true }),
        clientKey: str({ replace: true }),
        connectRetryInterval: int({ replace: true }),
        dumpFilePath: str({ replace: true, pattern: "gs://[^/]+/.+", example: "gs://bucket/dump" }),
        failoverTarget: bool({ replace: true }),
        masterHeartbeatPeriod: int({ replace: true }),
        password: str({ replace: true, secret: true }),
        sslCipher: str({ replace: true }),
        username: str({ replace: true }),
        verifyServerCertificate: bool({ replace: true }),
      },
      { secret: true, optionalComputed: true },
    ),
    replicaNames: list(str(), { optionalComputed: true, value: { json: [] } }),
    replicationCluster: block(
      {
        drReplica: { type: "boolean", computed: true },
        failoverDrReplicaName: str(),
        psaWriteEndpoint: str(),
      },
      { optionalComputed: true },
    ),
    restoreBackupContext: block({
      backupRunId: int({ required: true }),
      instanceId: str(),
      project: str(),
    }),
    rootPassword: str({ secret: true, writeOnly: true, conflicts: ["rootPasswordWo"] }),
    rootPasswordWo: str({
      secret: true,
      writeOnly: true,
      conflicts: ["rootPassword"],
      deviates: WRITE_ONLY,
    }),
    rootPasswordWoVersion: str(),
    settings,
    switchTransactionLogsToCloudStorageEnabled: bool(),
    availableMaintenanceVersions: outJson("list", [], { items: str() }),
    connectionName: out("{account}:{region}:{name}"),
    dnsName: out("{hex:12}.{alnum:13}.{region}.sql.goog."),
    dnsNames: blocks(
      { connectionType: out(""), dnsScope: out(""), name: out("") },
      { computed: true, value: { json: [] } },
    ),
    firstIpAddress: {
      type: "string",
      computed: true,
      value: {
        cases: [
          {
            when: { property: "settings.ipConfiguration.ipv4Enabled", equals: true },
            value: "{publicIpAddress}",
          },
          { value: "{privateIpAddress}" },
        ],
      },
    },
    ipAddresses: blocks(
      { ipAddress: out(""), timeToRetire: out(""), type: out("") },
      {
        computed: true,
        value: {
          cases: [
            {
              when: {
                all: [
                  { property: "privateIpAddress", notEquals: "" },
                  { property: "publicIpAddress", notEquals: "" },
                ],
              },
              value: {
                json: [
                  { ipAddress: "{publicIpAddress}", timeToRetire: "", type: "PRIMARY" },
                  { ipAddress: "{privateIpAddress}", timeToRetire: "", type: "PRIVATE" },
                ],
              },
            },
            {
              when: { property: "privateIpAddress", notEquals: "" },
              value: {
                json: [{ ipAddress: "{privateIpAddress}", timeToRetire: "", type: "PRIVATE" }],
              },
            },
            {
              value: {
                json: [{ ipAddress: "{publicIpAddress}", timeToRetire: "", type: "PRIMARY" }],
              },
            },
          ],
        },
      },
    ),
    privateIpAddress: {
      type: "string",
      computed: true,
      value: {
        cases: [
          {
            when: { property: "settings.ipConfiguration.privateNetwork", present: true },
            value: "10.{int:64-127}.{int:0-255}.{int:2-250}",
          },
          { value: "" },
        ],
      },
    },
    pscServiceAttachmentLink: out(""),
    publicIpAddress: {
      type: "string",
      computed: true,
      value: {
        cases: [
          {
            when: {
              any: [
                { property: "settings", present: false },
                { property: "settings.ipConfiguration", present: false },
                { property: "settings.ipConfiguration.ipv4Enabled", equals: true },
              ],
            },
            value: "34.{int:64-127}.{int:0-255}.{int:2-250}",
          },
          { value: "" },
        ],
      },
    },
    selfLink: out(
      "https://sqladmin.googleapis.com/sql/v1beta4/projects/{account}/instances/{name}",
    ),
    serverCaCerts: blocks(
      {
        cert: out(""),
        commonName: out(""),
        createTime: out(""),
        expirationTime: out(""),
        sha1Fingerprint: out(""),
      },
      { secret: true, computed: true, value: { json: [certificate] } },
    ),
    serviceAccountEmailAddress: out(
      "p{accountNumber}-{alnum:6}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
    ),
  },
  rules,
  deleteRefusedWhile: [
    prevented,
    {
      condition: { property: "deletionProtection", equals: true },
      message:
        "failed to delete instance because `deletionProtection` is set to true: set it to false to proceed with instance deletion",
      source: registry("sql/databaseinstance"),
    },
    {
      condition: { property: "settings.deletionProtectionEnabled", equals: true },
      message:
        "The instance is protected (`settings.deletionProtectionEnabled`): disable the deletion protection and try again",
      source: DELETION,
    },
  ],
  leftWhile: ABANDONED,
  seconds: { create: 600, update: 120, delete: 90 },
};
