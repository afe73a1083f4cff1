import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import { Cache, type AwsCacheArgs } from "./cache-aws";
import type { ManagedData, PostgresConnection, RedisConnection } from "./contract";
import { Database, type AwsDatabaseArgs } from "./database-aws";

export type { AwsCacheArgs } from "./cache-aws";
export type { AwsDatabaseArgs } from "./database-aws";
export { AwsFiles, type AwsFilesArgs, type FilesAccessPoint } from "./files-aws";
export { AwsGitVolume, type AwsGitVolumeArgs } from "./git-volume-aws";

/** Arguments of AwsManagedData. */
export interface AwsManagedDataArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  /** The environment's zones: the cache's nodes are spread over them. */
  readonly zones: readonly string[];
  readonly isolatedSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly databaseSecurityGroupId: pulumi.Input<string>;
  readonly cacheSecurityGroupId: pulumi.Input<string>;
  /** Key of the environment's own data; its policy must have the use `logs`. */
  readonly keyArn: pulumi.Input<string>;
  readonly database: AwsDatabaseArgs;
  readonly cache: AwsCacheArgs;
  /**
   * Master password of PostgreSQL; a Pulumi secret. It does not rotate by itself, since GitLab reads it at boot
   * (a password that RDS manages does: docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html).
   */
  readonly databasePassword: pulumi.Input<string>;
  /** AUTH token of Redis; a Pulumi secret. */
  readonly redisToken: pulumi.Input<string>;
  /** Days that logs of database and cache are kept. @default 90 */
  readonly logRetentionDays?: number;
  /**
   * Days in which a deleted secret can be had back: 7 to 30, or 0 for none. A secret's fixed name is not free before.
   * @default 30 with protection, 0 without
   */
  readonly secretRecoveryDays?: number;
}

/** PostgreSQL on RDS and Redis on ElastiCache, each with its password in Secrets Manager. */
export class AwsManagedData extends Component implements ManagedData {
  readonly postgres: PostgresConnection;
  readonly redis: RedisConnection;
  /** Identifier of the database instance, as metrics have it. */
  readonly databaseIdentifier: pulumi.Output<string>;
  readonly databaseArn: pulumi.Output<string>;
  /** PostgreSQL's `max_connections`. */
  readonly maxConnections: number;
  readonly replicationGroupId: pulumi.Output<string>;
  /** Ids of the cache's nodes, as metrics have them (`CacheClusterId`). */
  readonly cacheClusterIds: readonly pulumi.Output<string>[];
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsManagedDataArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "managedData",
      "AwsManagedData",
      name,
      {
        postgres: args.database.engineVersion,
        cache: `${args.cache.engine} ${args.cache.engineVersion}`,
        multiAz: true,
      },
      opts,
    );
    const common = {
      site: args.site,
      subnetIds: args.isolatedSubnetIds,
      keyArn: args.keyArn,
      logRetentionDays: args.logRetentionDays ?? 90,
      secretRecoveryDays: args.secretRecoveryDays ?? (args.site.protection ? 30 : 0),
    };
    const database = new Database(
      `${name}-database`,
      {
        ...common,
        accountId: args.accountId,
        securityGroupId: args.databaseSecurityGroupId,
        password: args.databasePassword,
        database: args.database,
      },
      { parent: this },
    );
    const cache = new Cache(
      `${name}-cache`,
      {
        ...common,
        zones: args.zones,
        securityGroupId: args.cacheSecurityGroupId,
        token: args.redisToken,
        cache: args.cache,
      },
      { parent: this },
    );
    this.postgres = database.connection;
    this.redis = cache.connection;
    this.databaseIdentifier = database.identifier;
    this.databaseArn = database.arn;
    this.maxConnections = database.maxConnections;
    this.replicationGroupId = cache.replicationGroupId;
    this.cacheClusterIds = cache.clusterIds;
    this.ready = [...database.ready, ...cache.ready];
    this.registerOutputs({
      databaseIdentifier: this.databaseIdentifier,
      replicationGroupId: this.replicationGroupId,
    });
  }
}
