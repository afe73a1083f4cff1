/** ElastiCache: replication groups and the groups that they belong to. */
import type { Computed, Condition, PropertyModel, ResourceModel, Rule } from "../../model";
import {
  SUBNET,
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
import { FILLED, NEWER } from "./policies";

const AUTH = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html";
const FAILOVER = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html";
const CREATE =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html";
const PARAMETERS =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html";
const PAGE = registry("elasticache/replicationgroup");
const TIME = "([01]\\d|2[0-3]):[0-5]\\d";
const DAY = "(mon|tue|wed|thu|fri|sat|sun)";

const present = (property: string): Condition => ({ property, present: true });
const isTrue = (property: string): Condition => ({ property, equals: true });

/** Whether the group is sharded; then it has one configuration endpoint and no primary's. */
const sharded: Condition = {
  any: [
    { property: "numNodeGroups", atLeast: 2 },
    { property: "clusterMode", in: ["enabled", "compatible"] },
    { property: "parameterGroupName", matches: "^default\\.(redis|valkey).*\\.cluster\\.on$" },
    {
      property: "parameterGroupName",
      companion: {
        type: "aws:elasticache/parameterGroup:ParameterGroup",
        property: "name",
        where: {
          property: "parameters[]",
          some: {
            all: [
              { property: "name", equals: "cluster-enabled" },
              { property: "value", equals: "yes" },
            ],
          },
        },
      },
    },
  ],
};

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

const families: readonly Rule[] = (
  [
    ["redis", "^7\\..*$", "redis7"],
    ["redis", "^6\\..*$", "redis6.x"],
    ["valkey", "^7\\..*$", "valkey7"],
    ["valkey", "^8\\..*$", "valkey8"],
    ["valkey", "^9\\..*$", "valkey9"],
  ] as const
).map(([engine, version, family]) => ({
  name: `parameter-group-of-${family}`,
  when: {
    all: [
      { property: "engine", equals: engine },
      { property: "engineVersion", matches: version },
      present("parameterGroupName"),
    ],
  },
  then: {
    any: [
      {
        property: "parameterGroupName",
        matches: `^default\\.${family.replace(".", "\\.")}(\\.cluster\\.on)?$`,
      },
      { property: "parameterGroupName->family", equals: family },
    ],
  },
  message: `InvalidParameterCombination: \`parameterGroupName\`: expected a parameter group of family ${family} for this engine and version`,
  source: PARAMETERS,
  at: "apply",
}));

const replicationGroup: ResourceModel = {
  token: "aws:elasticache/replicationGroup:ReplicationGroup",
  source: PAGE,
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
  rules: [
    {
      name: "failover-needs-replicas",
      when: isTrue("automaticFailoverEnabled"),
      then: {
        any: [
          { property: "numCacheClusters", atLeast: 2 },
          present("globalReplicationGroupId"),
          {
            all: [
              present("numNodeGroups"),
              { any: [{ property: "replicasPerNodeGroup", atLeast: 1 }, sharded] },
            ],
          },
        ],
      },
      message:
        '"num_cache_clusters": must be at least 2 if "automatic_failover_enabled" is true: `numCacheClusters` is less',
      source: FAILOVER,
    },
    {
      name: "multi-az-needs-failover",
      when: isTrue("multiAzEnabled"),
      then: isTrue("automaticFailoverEnabled"),
      message:
        "automatic_failover_enabled must be true if multi_az_enabled is true: `automaticFailoverEnabled` is not",
      source: FAILOVER,
    },
    {
      name: "multi-az-needs-zones",
      when: isTrue("multiAzEnabled"),
      then: {
        any: [
          { property: "subnetGroupName->subnetIds", present: false },
          {
            property: "subnetGroupName->subnetIds[]->availabilityZone",
            distinctAtLeast: 2,
          },
        ],
      },
      message:
        "InvalidParameterCombination: `subnetGroupName`: Multi-AZ needs a subnet group with subnets in at least two Availability Zones",
      source: FAILOVER,
      at: "apply",
    },
    {
      name: "shards-need-failover",
      when: sharded,
      then: isTrue("automaticFailoverEnabled"),
      message:
        "InvalidParameterCombination: `automaticFailoverEnabled`: cluster mode must have automatic failover enabled",
      source: FAILOVER,
      at: "apply",
    },
    {
      name: "auth-needs-tls",
      when: { any: [present("authToken"), present("authTokenWo")] },
      then: isTrue("transitEncryptionEnabled"),
      message:
        "InvalidParameterValue: `transitEncryptionEnabled`: the AUTH token is only supported when encryption-in-transit is enabled",
      source: AUTH,
      at: "apply",
    },
    {
      name: "no-token-to-delete",
      when: { property: "authTokenUpdateStrategy", equals: "DELETE" },
      then: { not: { any: [present("authToken"), present("authTokenWo")] } },
      message:
        "InvalidParameterValue: `authToken`: must be left out if authTokenUpdateStrategy is DELETE",
      source: PAGE,
      at: "apply",
    },
    {
      name: "mode-needs-tls",
      when: present("transitEncryptionMode"),
      then: isTrue("transitEncryptionEnabled"),
      message:
        "InvalidParameterCombination: `transitEncryptionMode`: needs transitEncryptionEnabled to be true",
      source: CREATE,
      at: "apply",
    },
    {
      name: "tls-in-two-steps",
      when: {
        all: [
          present("^replicationGroupId"),
          { not: isTrue("^transitEncryptionEnabled") },
          isTrue("transitEncryptionEnabled"),
        ],
      },
      then: { property: "transitEncryptionMode", equals: "preferred" },
      message:
        "InvalidParameterCombination: `transitEncryptionMode`: an existing group that gets encryption in transit must be in mode preferred first, then required",
      source:
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html",
      at: "apply",
    },
    {
      name: "key-needs-encryption",
      when: present("kmsKeyId"),
      then: {
        any: [
          isTrue("atRestEncryptionEnabled"),
          {
            all: [
              { property: "engine", equals: "valkey" },
              { property: "atRestEncryptionEnabled", present: false },
            ],
          },
        ],
      },
      message:
        "InvalidParameterCombination: `kmsKeyId`: can be specified only if atRestEncryptionEnabled is true",
      source: CREATE,
      at: "apply",
    },
    {
      name: "versions-of-redis",
      when: {
        all: [{ not: { property: "engine", equals: "valkey" } }, present("engineVersion")],
      },
      then: { property: "engineVersion", matches: "^([2-6]\\..*|7\\.[01])$" },
      message:
        "InvalidParameterValue: `engineVersion`: cannot find that version for cache engine redis; the last one is 7.1 (later ones are valkey)",
      source:
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html",
      at: "apply",
    },
    {
      name: "versions-of-valkey",
      when: { all: [{ property: "engine", equals: "valkey" }, present("engineVersion")] },
      then: { property: "engineVersion", matches: "^(7\\.2|8\\.\\d+|9\\.\\d+)$" },
      message:
        "InvalidParameterValue: `engineVersion`: cannot find that version for cache engine valkey; 7.2 and later are allowed",
      source:
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html",
      at: "apply",
    },
    {
      name: "node-type-given",
      when: { property: "globalReplicationGroupId", present: false },
      then: present("nodeType"),
      message:
        '"node_type": required unless "global_replication_group_id" is set: `nodeType` is missing',
      source: PAGE,
      at: "apply",
    },
    {
      name: "data-tiering",
      when: { property: "nodeType", matches: "^cache\\.r6gd\\..*$" },
      then: isTrue("dataTieringEnabled"),
      message: "InvalidParameterCombination: `dataTieringEnabled`: must be true for r6gd nodes",
      source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html",
      at: "apply",
    },
    {
      name: "groups-in-one-vpc",
      when: present("subnetGroupName->vpcId"),
      then: { property: "securityGroupIds[]->vpcId", allAmong: ["subnetGroupName->vpcId"] },
      message:
        "InvalidParameterCombination: `securityGroupIds`: security groups and the subnet group lie in different VPCs",
      source: CREATE,
      at: "apply",
    },
    ...families,
  ],
  seconds: { create: 720, update: 300, delete: 300 },
};

const subnetGroup: ResourceModel = {
  token: "aws:elasticache/subnetGroup:SubnetGroup",
  source: registry("elasticache/subnetgroup"),
  schema: "aws_elasticache_subnet_group",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [
    {
      properties: ["name"],
      scope: "region",
      source:
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html",
    },
  ],
  tags: true,
  properties: {
    description: str({ default: "Managed by Pulumi", deviates: "Pulumi puts its own name here" }),
    name: str({ replace: true, same: "lowercase", pattern: "[A-Za-z0-9-]{1,255}" }),
    region,
    subnetIds: set(str({ ref: held(SUBNET) }), { required: true, minItems: 1 }),
    arn: out(arnOf("elasticache", "subnetgroup:{name}")),
    vpcId: out("{ref:subnetIds:vpcId}", { deviates: NEWER }),
  },
  rules: [
    {
      name: "name-not-default",
      then: { not: { property: "name", equals: "default" } },
      message: '`name`: is not allowed as "Default"; that group is ElastiCache\'s own',
      source: registry("elasticache/subnetgroup"),
    },
    {
      name: "one-vpc",
      then: { property: "subnetIds[]->vpcId", distinctAtMost: 1 },
      message: "InvalidSubnet: `subnetIds`: the subnets must all lie in one VPC",
      source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SubnetGroups.html",
      at: "apply",
    },
  ],
};

const parameterGroup: ResourceModel = {
  token: "aws:elasticache/parameterGroup:ParameterGroup",
  source: registry("elasticache/parametergroup"),
  schema: "aws_elasticache_parameter_group",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [
    {
      properties: ["name"],
      scope: "region",
      source:
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheParameterGroup.html",
    },
  ],
  tags: true,
  properties: {
    description: str({
      replace: true,
      default: "Managed by Pulumi",
      deviates: "Pulumi puts its own name here",
    }),
    family: oneOf(
      [
        "memcached1.4",
        "memcached1.5",
        "memcached1.6",
        "redis2.6",
        "redis2.8",
        "redis3.2",
        "redis4.0",
        "redis5.0",
        "redis6.x",
        "redis7",
        "valkey7",
        "valkey8",
        "valkey9",
      ],
      { required: true, replace: true },
    ),
    name: str({
      replace: true,
      same: "lowercase",
      pattern: "[A-Za-z](-?[A-Za-z0-9.])*",
      maxLength: 255,
      example: "parameters",
    }),
    parameters: blockSet({
      name: str({ required: true, pattern: "[a-z0-9-]+" }),
      value: str({ required: true }),
    }),
    region,
    arn: out(arnOf("elasticache", "parametergroup:{name}")),
  },
  rules: [
    {
      name: "eviction-policy",
      when: { property: "parameters[]", some: { property: "name", equals: "maxmemory-policy" } },
      then: {
        property: "parameters[]",
        every: {
          any: [
            { not: { property: "name", equals: "maxmemory-policy" } },
            {
              property: "value",
              in: [
                "volatile-lru",
                "allkeys-lru",
                "volatile-lfu",
                "allkeys-lfu",
                "volatile-random",
                "allkeys-random",
                "volatile-ttl",
                "noeviction",
              ],
            },
          ],
        },
      },
      message:
        "InvalidParameterValue: `parameters[].value`: the value is invalid for parameter maxmemory-policy; allowed are noeviction and the volatile-… and allkeys-… policies",
      source: PARAMETERS,
      at: "apply",
    },
  ],
};

export const models: readonly ResourceModel[] = [replicationGroup, subnetGroup, parameterGroup];
