/** Redis as GitLab needs it: one node group, a version that it runs on, and nothing dropped. */
import { all, not, type Value } from "../../reader";
import { hasGitLab } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { gitlabRequirements } from "../sources";
import { says } from "../words";

const kinds = "https://docs.gitlab.com/administration/redis/ (no cluster mode, no serverless)";

export const caches: readonly Rule[] = [
  stackRule(
    {
      id: "gitlab-redis-keeps-all",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "Redis holds GitLab's queues and sessions: it must refuse rather than drop",
      source:
        "https://docs.gitlab.com/administration/redis/replication_and_failover_external/ (maxmemory-policy noeviction)",
      fix: "Set maxmemory-policy to noeviction",
    },
    [
      t.awsCache,
      t.awsCacheParameters,
      t.gcpRedis,
      t.gcpMemorystore,
      t.azureRedis,
      t.azureManagedRedisDatabase,
    ],
    (stack) =>
      !hasGitLab(stack)
        ? []
        : [
            // Groups that AWS has ready drop what has a time to live.
            ...stack
              .of(t.awsCache)
              .map(({ props, urn }) =>
                must(
                  all(
                    props.get("parameterGroupName").given,
                    not(props.get("parameterGroupName").matches(/^default\./)),
                  ),
                  "Redis may drop jobs and sessions: its parameters are AWS's own",
                  urn,
                ),
              ),
            // The default of all three is volatile-lru.
            ...stack
              .of(t.gcpMemorystore)
              .map(({ props, urn }) =>
                must(
                  (props.get("engineConfigs") as Value).at("maxmemory-policy").is("noeviction"),
                  "Redis may drop jobs and sessions",
                  urn,
                ),
              ),
            ...stack
              .of(t.azureRedis)
              .map(({ props, urn }) =>
                must(
                  says(props.get("redisConfiguration").get("maxmemoryPolicy"), "noeviction"),
                  "Redis may drop jobs and sessions",
                  urn,
                ),
              ),
            ...stack
              .of(t.azureManagedRedisDatabase)
              .map(({ props, urn }) =>
                must(
                  says(props.get("evictionPolicy"), "NoEviction"),
                  "Redis may drop jobs and sessions",
                  urn,
                ),
              ),
            ...stack.of(t.awsCacheParameters).map(({ props, urn }) =>
              must(
                props
                  .get("parameters")
                  .some((one) =>
                    all(one.get("name").is("maxmemory-policy"), one.get("value").is("noeviction")),
                  ),
                "Redis may drop jobs and sessions",
                urn,
              ),
            ),
            ...stack
              .of(t.gcpRedis)
              .flatMap(({ props, urn }) => [
                must(
                  (props.get("redisConfigs") as Value).at("maxmemory-policy").is("noeviction"),
                  "Redis may drop jobs and sessions",
                  urn,
                ),
                must(
                  props.get("persistenceConfig").get("persistenceMode").is("RDB"),
                  "Redis keeps nothing on disk",
                  urn,
                ),
              ]),
          ],
  ),
  resourceRule(
    {
      id: "gitlab-redis-supported",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "Redis is of a version and kind that GitLab runs on: 7, or Valkey 7.2, and no cluster mode",
      source: `${gitlabRequirements}; ${kinds}`,
      fix: "Set clusterMode: disabled with one node group, and a version 7",
    },
    on(t.awsCache, (p) => [
      must(p.get("clusterMode").or("disabled").is("disabled"), "Redis is in cluster mode"),
      must(p.get("numNodeGroups").or(1).atMost(1), "Redis is split into several node groups"),
      must(p.get("engine").or("redis").isOneOf("redis", "valkey"), "The cache is no Redis"),
      must(p.get("engineVersion").matches(/^7\./), "GitLab does not run on this version"),
      must(not(p.get("parameterGroupName").matches(/cluster\.on$/)), "Redis is in cluster mode"),
    ]),
    on(t.awsCacheParameters, (p) =>
      must(
        not(
          p
            .get("parameters")
            .some((one) =>
              all(one.get("name").is("cluster-enabled"), says(one.get("value"), "yes")),
            ),
        ),
        "Redis is in cluster mode",
      ),
    ),
    on(t.gcpRedis, (p) =>
      must(p.get("redisVersion").matches(/^REDIS_7_/), "GitLab does not run on this version"),
    ),
  ),
  stackRule(
    {
      id: "gitlab-redis-no-cluster",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "GitLab's Redis is one primary with replicas, in whatever service it is bought",
      source: `${gitlabRequirements}; ${kinds}`,
      fix: "Use aws.elasticache.ReplicationGroup, gcp.redis.Instance, or a database of Azure Managed Redis with clusteringPolicy: NoCluster",
    },
    [
      t.awsServerlessCache,
      t.awsMemoryDb,
      t.awsCacheCluster,
      t.gcpRedisCluster,
      t.gcpMemorystore,
      t.azureRedis,
      t.azureManagedRedisDatabase,
    ],
    (stack) =>
      !hasGitLab(stack)
        ? []
        : [
            ...[...stack.of(t.awsServerlessCache), ...stack.of(t.awsMemoryDb)].map(({ urn }) =>
              must(false, "The cache is always in cluster mode", urn),
            ),
            ...stack
              .of(t.awsCacheCluster)
              .map(({ props, urn }) =>
                must(
                  props.get("replicationGroupId").given,
                  "The cache is in no replication group: it has no replica and asks for no token",
                  urn,
                ),
              ),
            ...stack
              .of(t.gcpRedisCluster)
              .map(({ urn }) => must(false, "The cache is always in cluster mode", urn)),
            ...stack
              .of(t.gcpMemorystore)
              .flatMap(({ props: p, urn }) => [
                must(p.get("mode").is("CLUSTER_DISABLED"), "The cache is in cluster mode", urn),
                must(
                  p.get("engineVersion").is("VALKEY_7_2"),
                  "GitLab does not run on this version",
                  urn,
                ),
              ]),
            ...stack.of(t.azureRedis).flatMap(({ props: p, urn }) => [
              must(p.get("shardCount").or(0).atMost(0), "The cache is in cluster mode", urn),
              // The newest that the service has is 6, by whatever name.
              must(
                p.get("redisVersion").or("6").matches(/^7/),
                "GitLab does not run on this version",
                urn,
              ),
            ]),
            ...stack
              .of(t.azureManagedRedisDatabase)
              .map(({ props, urn }) =>
                must(
                  says(props.get("clusteringPolicy"), "NoCluster"),
                  "The cache is in cluster mode",
                  urn,
                ),
              ),
          ],
  ),
];
