/** PostgreSQL and Redis as GitLab needs them. */
import { all, any, not, type Value } from "../../reader";
import { hasGitLab } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { gitlabArchitectures, gitlabRequirements } from "../sources";
import { steady } from "./steady";

export const stores: readonly Rule[] = [
  resourceRule(
    {
      id: "gitlab-database-never-burstable",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects: "PostgreSQL and Redis have steady CPU",
      source: "https://docs.gitlab.com/install/aws/ (no t-class for the database)",
      fix: "Take a class that is not burstable: no db.t or cache.t, no db-f1 or db-g1",
    },
    on(t.awsDatabase, (p) =>
      must(steady(p.get("instanceClass") as Value), "The database has burstable CPU"),
    ),
    on(t.awsCache, (p) => must(steady(p.get("nodeType") as Value), "The cache has burstable CPU")),
    on(t.gcpDatabaseInstance, (p) =>
      must(steady(p.get("settings").get("tier") as Value), "The database has a shared core"),
    ),
  ),
  resourceRule(
    {
      id: "gitlab-postgres-supported",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "GitLab finds a PostgreSQL that it runs on: 17, which 18.x and 19.x both support",
      source: gitlabRequirements,
      fix: "Set the major version to 17",
    },
    on(t.awsDatabase, (p) => [
      must(p.get("engine").is("postgres"), "The database is no PostgreSQL of RDS"),
      must(
        p.get("engineVersion").matches(/^17(\.\d+)?$/),
        "GitLab does not run on this major version",
      ),
    ]),
    on(t.awsDatabaseParameters, (p) =>
      must(
        any(not(p.get("family").matches(/^postgres/)), p.get("family").is("postgres17")),
        "The parameters are for a major version that GitLab does not run on",
      ),
    ),
    on(t.gcpDatabaseInstance, (p) =>
      must(p.get("databaseVersion").is("POSTGRES_17"), "GitLab does not run on this major version"),
    ),
  ),
  resourceRule(
    {
      id: "gitlab-no-aurora",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "The database is one that GitLab supports: an RDS instance, no Aurora and no multi-AZ cluster",
      source: `${gitlabArchitectures}#best-practices-for-the-database-services`,
      fix: "Use aws.rds.Instance with multiAz",
    },
    on(t.awsDatabaseCluster, () => must(false, "GitLab does not support clusters of RDS")),
  ),
  resourceRule(
    {
      id: "gitlab-connections-enough",
      severity: "medium",
      level: "mandatory",
      theme: "gitlab",
      protects: "GitLab's processes all find a connection: 400 is its least",
      source: "https://docs.gitlab.com/administration/postgresql/tune/",
      fix: "Set max_connections to 400 or more",
    },
    on(t.awsDatabaseParameters, (p) =>
      must(
        any(
          not(p.get("family").matches(/^postgres/)),
          p
            .get("parameters")
            .some((one) =>
              all(one.get("name").is("max_connections"), one.get("value").atLeast(400)),
            ),
        ),
        "The database has fewer than 400 connections, or as many as its size gives",
      ),
    ),
  ),
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
    [t.awsCacheParameters, t.gcpRedis],
    (stack) =>
      !hasGitLab(stack)
        ? []
        : [
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
      source: `${gitlabRequirements}; https://docs.gitlab.com/administration/redis/ (no cluster mode, no serverless)`,
      fix: "Set clusterMode: disabled with one node group, and a version 7",
    },
    on(t.awsCache, (p) => [
      must(p.get("clusterMode").or("disabled").is("disabled"), "Redis is in cluster mode"),
      must(p.get("numNodeGroups").or(1).atMost(1), "Redis is split into several node groups"),
      must(p.get("engine").or("redis").isOneOf("redis", "valkey"), "The cache is no Redis"),
      must(p.get("engineVersion").matches(/^7\./), "GitLab does not run on this version"),
    ]),
    on(t.gcpRedis, (p) =>
      must(p.get("redisVersion").matches(/^REDIS_7_/), "GitLab does not run on this version"),
    ),
  ),
];
