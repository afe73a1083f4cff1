/** RDS: database instances and the groups that they belong to. */
import type { ResourceModel } from "../../model";
import {
  SUBNET,
  TOPIC,
  arnOf,
  bool,
  blockSet,
  held,
  named,
  oneOf,
  out,
  outJson,
  region,
  registry,
  set,
  str,
} from "./common";
import { NEWER } from "./policies";
import { instance } from "./rds-instance";

const STATIC_PARAMETERS =
  "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html";
const SUBNET_GROUPS =
  "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html";
const EVENTS =
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html";

/** Parameters of PostgreSQL that count from the next restart only. */
const STATIC_NAMES = [
  "autovacuum_freeze_max_age",
  "autovacuum_max_workers",
  "hot_standby",
  "huge_pages",
  "max_connections",
  "max_locks_per_transaction",
  "max_logical_replication_workers",
  "max_prepared_transactions",
  "max_replication_slots",
  "max_wal_senders",
  "max_worker_processes",
  "rds.logical_replication",
  "shared_buffers",
  "shared_preload_libraries",
  "track_activity_query_size",
  "track_commit_timestamp",
  "wal_buffers",
];

const subnetGroup: ResourceModel = {
  token: "aws:rds/subnetGroup:SubnetGroup",
  source: registry("rds/subnetgroup"),
  schema: "aws_db_subnet_group",
  id: "{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  unique: [{ properties: ["name"], scope: "region", source: SUBNET_GROUPS }],
  tags: true,
  properties: {
    description: str({ default: "Managed by Pulumi", deviates: "Pulumi puts its own name here" }),
    name: str({ replace: true, conflicts: ["namePrefix"], pattern: "[a-z0-9._ -]{1,255}" }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "[a-z0-9._ -]{1,229}",
    }),
    region,
    subnetIds: set(str({ ref: held(SUBNET) }), { required: true, minItems: 1 }),
    arn: out(arnOf("rds", "subgrp:{name}")),
    supportedNetworkTypes: outJson("list", ["IPV4"], { set: true, items: str() }),
    vpcId: out("{ref:subnetIds:vpcId}"),
  },
  rules: [
    {
      name: "name-not-default",
      then: { not: { property: "name", equals: "default" } },
      message: '`name`: is not allowed as "Default"; that group is RDS\'s own',
      source:
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html",
    },
    {
      name: "two-zones",
      then: { property: "subnetIds[]->availabilityZone", distinctAtLeast: 2 },
      message:
        "DBSubnetGroupDoesNotCoverEnoughAZs: `subnetIds`: the DB subnet group doesn't meet Availability Zone coverage requirement; add subnets to cover at least 2 Availability Zones",
      source: SUBNET_GROUPS,
      at: "apply",
    },
    {
      name: "one-vpc",
      then: { property: "subnetIds[]->vpcId", distinctAtMost: 1 },
      message: "InvalidSubnet: `subnetIds`: the subnets must all lie in one VPC",
      source: SUBNET_GROUPS,
      at: "apply",
    },
  ],
};

const parameterGroup: ResourceModel = {
  token: "aws:rds/parameterGroup:ParameterGroup",
  source: registry("rds/parametergroup"),
  schema: "aws_db_parameter_group",
  id: "{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  unique: [
    {
      properties: ["name"],
      scope: "region",
      source:
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html",
    },
  ],
  tags: true,
  properties: {
    description: str({
      replace: true,
      default: "Managed by Pulumi",
      deviates: "Pulumi puts its own name here",
    }),
    family: str({
      required: true,
      replace: true,
      pattern:
        "(aurora-mysql|aurora-postgresql|custom-[a-z-]+|db2-[a-z]+|mariadb|mysql|oracle-[a-z0-9-]+|postgres|sqlserver-[a-z]+)-?[0-9.]+",
      example: "postgres17",
    }),
    name: str({
      replace: true,
      conflicts: ["namePrefix"],
      pattern: "[a-z](-?[a-z0-9.])*",
      maxLength: 255,
      example: "parameters",
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "[a-z][a-z0-9.-]{0,228}",
    }),
    parameters: blockSet({
      applyMethod: oneOf(["immediate", "pending-reboot"], { default: "immediate" }),
      name: str({ required: true, pattern: "[A-Za-z0-9_.]+" }),
      value: str({ required: true }),
    }),
    region,
    skipDestroy: bool({ default: false, deviates: NEWER }),
    arn: out(arnOf("rds", "pg:{name}")),
  },
  rules: [
    {
      name: "static-parameters-at-reboot",
      when: { property: "family", matches: "^postgres[0-9.]+$" },
      then: {
        property: "parameters[]",
        every: {
          any: [
            { property: "name", notIn: STATIC_NAMES },
            { property: "applyMethod", equals: "pending-reboot" },
          ],
        },
      },
      message: `InvalidParameterCombination: \`parameters[].applyMethod\`: cannot use immediate apply method for static parameter; pending-reboot is allowed for ${STATIC_NAMES.join(", ")}`,
      source: STATIC_PARAMETERS,
      at: "apply",
    },
    {
      name: "force-ssl-is-a-switch",
      when: { property: "parameters[]", some: { property: "name", equals: "rds.force_ssl" } },
      then: {
        property: "parameters[]",
        every: {
          any: [
            { not: { property: "name", equals: "rds.force_ssl" } },
            { property: "value", in: ["0", "1"] },
          ],
        },
      },
      message:
        "InvalidParameterValue: `parameters[].value`: invalid value for parameter rds.force_ssl; allowed values are 0 and 1",
      source:
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
      at: "apply",
    },
  ],
};

const SOURCE_TYPES = [
  "db-instance",
  "db-parameter-group",
  "db-security-group",
  "db-snapshot",
  "db-cluster",
  "db-cluster-snapshot",
  "custom-engine-version",
  "db-proxy",
  "blue-green-deployment",
  "db-shard-group",
  "zero-etl",
];

const eventSubscription: ResourceModel = {
  token: "aws:rds/eventSubscription:EventSubscription",
  source: registry("rds/eventsubscription"),
  schema: "aws_db_event_subscription",
  id: "{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  unique: [{ properties: ["name"], scope: "region", source: EVENTS }],
  tags: true,
  properties: {
    enabled: bool({ default: true }),
    eventCategories: set(str({ minLength: 1 })),
    name: str({ replace: true, conflicts: ["namePrefix"], pattern: "[A-Za-z][0-9A-Za-z-]{0,254}" }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "[A-Za-z][0-9A-Za-z-]{0,228}",
    }),
    region,
    snsTopic: str({ required: true, ref: named(TOPIC, "arn") }),
    sourceIds: set(str({ minLength: 1 })),
    sourceType: oneOf(SOURCE_TYPES),
    arn: out(arnOf("rds", "es:{name}")),
    customerAwsId: out("{account}"),
  },
  rules: [
    {
      name: "sources-have-a-type",
      when: { property: "sourceIds", present: true },
      then: { property: "sourceType", present: true },
      message: "InvalidParameterCombination: `sourceType`: must be given if sourceIds are",
      source: EVENTS,
      at: "apply",
    },
    {
      name: "categories-have-a-type",
      when: { property: "eventCategories", present: true },
      then: { property: "sourceType", present: true },
      message: "InvalidParameterCombination: `sourceType`: must be given if eventCategories are",
      source: EVENTS,
      at: "apply",
    },
    {
      name: "source-instances-exist",
      when: { property: "sourceType", equals: "db-instance" },
      then: {
        property: "sourceIds[]",
        every: { property: ".", companion: { type: instance.token, property: "identifier" } },
      },
      message:
        "SourceNotFound: `sourceIds`: could not find the source; each must be the identifier of a DB instance",
      source: EVENTS,
      at: "apply",
    },
  ],
};

export const models: readonly ResourceModel[] = [
  instance,
  subnetGroup,
  parameterGroup,
  eventSubscription,
];
