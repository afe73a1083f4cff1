/** ElastiCache: what must fit together in a replication group. */
import type { Condition, Rule } from "../../model";
import { registry } from "./common";

const AUTH = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html";
const FAILOVER = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html";
const CREATE =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html";
const PARAMETERS =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html";
const PAGE = registry("elasticache/replicationgroup");

const present = (property: string): Condition => ({ property, present: true });
/** A setting that is on. */
export const isTrue = (property: string): Condition => ({ property, equals: true });

/** Whether the group is sharded; then it has one configuration endpoint and no primary's. */
export const sharded: Condition = {
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

/** What the provider and ElastiCache check of a replication group as a whole. */
export const rules: readonly Rule[] = [
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
];
