/** PostgreSQL as GitLab needs it, and steady CPU for all that holds its data. */
import { all, any, not, type Value } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { gitlabArchitectures, gitlabRequirements } from "../sources";
import { says } from "../words";
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
    on(t.azurePostgresServer, (p) => [
      must(not(says(p.get("sku").get("tier"), "Burstable")), "The database has burstable CPU"),
      must(steady(p.get("sku").get("name") as Value), "The database has burstable CPU"),
    ]),
    // The smallest ones share a core (https://azure.microsoft.com/pricing/details/cache).
    on(t.azureRedis, (p) =>
      must(
        not(says(p.get("sku").get("name"), "Basic")),
        "The cache has a shared core, and no replica",
      ),
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
    on(t.azurePostgresServer, (p) => [
      must(p.get("version").is("17"), "GitLab does not run on this major version"),
      must(
        not(says(p.get("authConfig").get("passwordAuth"), "Disabled")),
        "GitLab signs in with a password, and the database takes none",
      ),
    ]),
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
      fix: "Use aws.rds.Instance with multiAz, Cloud SQL, or a flexible server that is no elastic cluster",
    },
    on(t.awsDatabaseCluster, () => must(false, "GitLab does not support clusters of RDS")),
    on(t.gcpAlloyDb, () => must(false, "GitLab advises against AlloyDB")),
    on(t.azurePostgresServer, (p) =>
      must(p.get("cluster").absent, "GitLab does not support elastic clusters"),
    ),
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
    on(t.azurePostgresConfiguration, (p, { name }) =>
      must(
        any(
          not(says(p.get("configurationName").or(name), "max_connections")),
          p.get("value").atLeast(400),
        ),
        "The database has fewer than 400 connections",
      ),
    ),
  ),
];
