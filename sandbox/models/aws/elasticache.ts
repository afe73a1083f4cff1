/** ElastiCache: replication groups and the groups that they belong to. */
import type { ResourceModel } from "../../model";
import { SUBNET, arnOf, blockSet, held, oneOf, out, region, registry, set, str } from "./common";
import { replicationGroup } from "./elasticache-replication";
import { NEWER } from "./policies";

const PARAMETERS =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html";

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
