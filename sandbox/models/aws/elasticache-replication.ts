/** ElastiCache: the replication group. */
import type { Computed, Condition, PropertyModel, ResourceModel } from "../../model";
import {
  TOPIC,
  arnOf,
  blockSet,
  bool,
  held,
  int,
  kmsKeyArn,
  list,
  named,
  oneOf,
  out,
  region,
  registry,
  securityGroupIds,
  set,
  str,
} from "./common";
import { isTrue, rules, sharded } from "./elasticache-rules";
import { FILLED, NEWER } from "./policies";

const CREATE =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html";
const TIME = "([01]\\d|2[0-3]):[0-5]\\d";
const DAY = "(mon|tue|wed|thu|fri|sat|sun)";

// The region's short name in host names: use1, euw1, apse2.
const AREA = "{region~^(..)}{region~-(.)}{region~(?:north|south)(e|w)}{region~(\\d)$}";
const DOMAIN = `${AREA}.cache.amazonaws.com`;
// All endpoints of a group have one random part: the reader takes the primary's.
const TLS_PART = "{primaryEndpointAddress~^master[.][^.]+[.]([^.]+)}";
const PLAIN_PART = "{primaryEndpointAddress~^[^.]+[.]([^.]+)[.]ng}";

/** An endpoint: TLS puts a name before the group's, no TLS one behind it. */
const endpoint = (tls: string, plain: string, where: Condition): Computed => ({
  cases: [
    { when: { not: where }, value: "" },
    { when: isTrue("transitEncryptionEnabled"), value: tls },
    { value: plain },
  ],
});

/** Numbers of nodes that a group without shards may have: one primary and up to five replicas. */
const NODES = [1, 2, 3, 4, 5, 6];
const memberNames: Computed = {
  cases: [
    ...NODES.map((count) => ({
      when: { property: "numCacheClusters", equals: count },
      value: {
        json: NODES.slice(0, count).map((node) => `{replicationGroupId}-00${node}`),
      },
    })),
    { value: { json: ["{replicationGroupId}-0001-001"] } },
  ],
};

const authToken = (more: Partial<PropertyModel>): PropertyModel =>
  str({ secret: true, writeOnly: true, pattern: "[A-Za-z0-9!&#$^<>-]{16,128}", ...more });

/** A group of nodes that replicate one another. Its rules: `elasticache-rules.ts`. */
export const replicationGroup: ResourceModel = {
  token: "aws:elasticache/replicationGroup:ReplicationGroup",
  source: registry("elasticache/replicationgroup"),
  schema: "aws_elasticache_replication_group",
  id: "{replicationGroupId}",
  name: { property: "replicationGroupId", auto: true, maxLength: 40, lowercase: true },
  unique: [{ properties: ["replicationGroupId"], scope: "region", source: CREATE }],
  tags: true,
  properties: {
    applyImmediately: bool({ optionalComputed: true, value: { json: false } }),
    atRestEncryptionEnabled: bool({
      optionalComputed: true,
      replace: true,
      value: {
        cases: [
          { when: { property: "engine", equals: "valkey" }, value: { json: true } },
          { value: { json: false } },
        ],
      },
    }),
    authToken: authToken({
      conflicts: ["userGroupIds", "authTokenWo"],
      deviates: "authTokenWo is newer than the reference schema",
    }),
    authTokenUpdateStrategy: oneOf(["SET", "ROTATE", "DELETE"], {
      deviates: "no default since Terraform provider 6",
    }),
    authTokenWo: authToken({
      conflicts: ["authToken", "userGroupIds"],
      requiredWith: ["authTokenWoVersion"],
      deviates: NEWER,
    }),
    authTokenWoVersion: int({ requiredWith: ["authTokenWo"], deviates: NEWER }),
    autoMinorVersionUpgrade: bool({
      optionalComputed: true,
      value: { json: true },
      deviates: "Pulumi makes a boolean of the provider's string",
    }),
    automaticFailoverEnabled: bool({ default: false, deviates: FILLED }),
    clusterMode: oneOf(["enabled", "disabled", "compatible"], {
      optionalComputed: true,
      value: {
        cases: [
          { when: { property: "numNodeGroups", atLeast: 2 }, value: "enabled" },
          { value: "disabled" },
        ],
      },
      deviates: NEWER,
    }),
    dataTieringEnabled: bool({ optionalComputed: true, value: { json: false }, replace: true }),
    description: str({
      required: true,
      minLength: 1,
      deviates: "required since Terraform provider 5",
    }),
    durability: oneOf(["default", "async", "sync", "disabled"], {
      optionalComputed: true,
      deviates: NEWER,
    }),
    engine: oneOf(["redis", "valkey"], {
      optionalComputed: true,
      value: "redis",
      deviates:
        "no default and no replacement since Terraform provider 6: redis can be upgraded to valkey",
    }),
    engineVersion: str({
      optionalComputed: true,
      value: {
        cases: [{ when: { property: "engine", equals: "valkey" }, value: "8.1" }, { value: "7.1" }],
      },
      pattern: "[2-5](\\.\\d+){2}|6\\.(x|\\d+)|[7-9]\\.\\d+",
      example: "7.1",
    }),
    finalSnapshotIdentifier: str({
      pattern: "[A-Za-z](-?[A-Za-z0-9])*",
      maxLength: 255,
      example: "last",
    }),
    globalReplicationGroupId: str({
      optionalComputed: true,
      replace: true,
      conflicts: [
        "numNodeGroups",
        "parameterGroupName",
        "engine",
        "engineVersion",
        "nodeType",
        "securityGroupNames",
        "transitEncryptionEnabled",
        "atRestEncryptionEnabled",
        "snapshotArns",
        "snapshotName",
      ],
    }),
    ipDiscovery: oneOf(["ipv4", "ipv6"], { optionalComputed: true, value: "ipv4" }),
    kmsKeyId: kmsKeyArn({ replace: true }),
    logDeliveryConfigurations: blockSet(
      {
        destination: str({ required: true }),
        destinationType: oneOf(["cloudwatch-logs", "kinesis-firehose"], { required: true }),
        logFormat: oneOf(["json", "text"], { required: true }),
        logType: oneOf(["slow-log", "engine-log"], { required: true }),
      },
      { maxItems: 2 },
    ),
    maintenanceWindow: str({
      optionalComputed: true,
      value: "sun:05:00-sun:06:00",
      pattern: `${DAY}:${TIME}-${DAY}:${TIME}`,
      same: "lowercase",
      example: "sun:03:00-sun:04:00",
    }),
    multiAzEnabled: bool({ default: false, deviates: FILLED }),
    networkType: oneOf(["ipv4", "ipv6", "dual_stack"], {
      optionalComputed: true,
      value: "ipv4",
      replace: true,
    }),
    nodeGroupConfigurations: blockSet(
      {
        nodeGroupId: str({ deviates: NEWER, pattern: "[A-Za-z0-9]{1,4}" }),
        primaryAvailabilityZone: str({ optionalComputed: true, deviates: NEWER }),
        primaryOutpostArn: str({ optionalComputed: true, format: "arn", deviates: NEWER }),
        replicaAvailabilityZones: list(str(), { optionalComputed: true, deviates: NEWER }),
        replicaCount: int({ min: 0, max: 5, deviates: NEWER }),
        replicaOutpostArns: list(str({ format: "arn" }), {
          optionalComputed: true,
          deviates: NEWER,
        }),
        slots: str({ pattern: "\\d+-\\d+", deviates: NEWER }),
      },
      {
        optionalComputed: true,
        requiredWith: ["numNodeGroups"],
        conflicts: ["preferredCacheClusterAzs"],
        deviates: NEWER,
      },
    ),
    nodeType: str({
      optionalComputed: true,
      pattern: "cache\\.[a-z0-9]+\\.[a-z0-9]+",
      example: "cache.m7g.large",
    }),
    notificationTopicArn: str({ ref: named(TOPIC, "arn") }),
    numCacheClusters: int({
      optionalComputed: true,
      min: 1,
      max: 6,
      value: { json: 1 },
      conflicts: ["numNodeGroups", "replicasPerNodeGroup"],
      deviates: "the conflict with replicasPerNodeGroup is newer than the reference schema",
    }),
    numNodeGroups: int({
      optionalComputed: true,
      min: 1,
      max: 500,
      value: { json: 1 },
      conflicts: ["numCacheClusters", "globalReplicationGroupId"],
    }),
    parameterGroupName: str({
      optionalComputed: true,
      ref: held("aws:elasticache/parameterGroup:ParameterGroup", "name", "default\\.[a-z0-9.]+"),
      value: {
        cases: [
          { when: { property: "engineVersion", matches: "^6\\..*$" }, value: "default.redis6.x" },
          { value: "default.{engine}{engineVersion~^(\\d)}" },
        ],
      },
    }),
    port: int({ min: 1, max: 65535, replace: true }),
    preferredCacheClusterAzs: list(str()),
    region,
    replicasPerNodeGroup: int({
      optionalComputed: true,
      min: 0,
      max: 5,
      conflicts: ["numCacheClusters"],
      deviates: "conflicts are newer than the reference schema",
    }),
    replicationGroupId: str({
      replace: true,
      same: "lowercase",
      pattern: "[A-Za-z](-?[A-Za-z0-9])*",
      maxLength: 40,
      example: "redis",
    }),
    securityGroupIds: securityGroupIds({ optionalComputed: true }),
    securityGroupNames: set(str(), { optionalComputed: true, replace: true }),
    snapshotArns: set(str({ pattern: "arn:aws(-[a-z]+)*:s3:::[^,]+" }), { replace: true }),
    snapshotName: str({ replace: true }),
    snapshotRetentionLimit: int({ min: 0, max: 35 }),
    snapshotWindow: str({
      optionalComputed: true,
      value: "03:00-04:00",
      pattern: `${TIME}-${TIME}`,
      example: "02:00-03:00",
    }),
    subnetGroupName: str({
      optionalComputed: true,
      value: "default",
      replace: true,
      ref: held("aws:elasticache/subnetGroup:SubnetGroup", "name", "default"),
    }),
    transitEncryptionEnabled: bool({
      optionalComputed: true,
      value: { json: false },
      // Later versions turn it on in place: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
      deviates: "replaces only below version 7.0.5 since Terraform provider 5.47",
    }),
    transitEncryptionMode: oneOf(["preferred", "required"], {
      optionalComputed: true,
      value: {
        cases: [{ when: isTrue("transitEncryptionEnabled"), value: "required" }, { value: "" }],
      },
      deviates: NEWER,
    }),
    userGroupIds: set(str(), {
      maxItems: 1,
      conflicts: ["authToken", "authTokenWo"],
      deviates: "authTokenWo is newer than the reference schema",
    }),
    arn: out(arnOf("elasticache", "replicationgroup:{replicationGroupId}")),
    clusterEnabled: {
      type: "boolean",
      computed: true,
      value: { cases: [{ when: sharded, value: { json: true } }, { value: { json: false } }] },
    },
    configurationEndpointAddress: {
      type: "string",
      computed: true,
      value: endpoint(
        `clustercfg.{replicationGroupId}.{alnum:6}.${DOMAIN}`,
        `{replicationGroupId}.{alnum:6}.clustercfg.${DOMAIN}`,
        sharded,
      ),
    },
    engineVersionActual: out("{engineVersion}", { changesWith: ["engineVersion"] }),
    memberClusters: {
      type: "list",
      set: true,
      items: str(),
      computed: true,
      value: memberNames,
      changesWith: ["numCacheClusters", "numNodeGroups", "replicasPerNodeGroup"],
    },
    primaryEndpointAddress: {
      type: "string",
      computed: true,
      value: endpoint(
        `master.{replicationGroupId}.{alnum:6}.${DOMAIN}`,
        `{replicationGroupId}.{alnum:6}.ng.0001.${DOMAIN}`,
        { not: sharded },
      ),
      changesWith: ["transitEncryptionEnabled"],
    },
    readerEndpointAddress: {
      type: "string",
      computed: true,
      value: endpoint(
        `replica.{replicationGroupId}.${TLS_PART}.${DOMAIN}`,
        `{replicationGroupId}-ro.${PLAIN_PART}.ng.0001.${DOMAIN}`,
        { not: sharded },
      ),
      changesWith: ["transitEncryptionEnabled"],
    },
  },
  rules,
  seconds: { create: 720, update: 300, delete: 300 },
};
