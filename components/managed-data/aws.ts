import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { ManagedData, PostgresConnection, RedisConnection } from "./contract";

export { AwsFiles, type AwsFilesArgs, type FilesAccessPoint } from "./files-aws";
export { AwsGitVolume, type AwsGitVolumeArgs } from "./git-volume-aws";

/** The database of AwsManagedData. */
export interface AwsDatabaseArgs {
  /** RDS engine version, for example `17.6`. */
  readonly engineVersion: string;
  /** For example `db.m6i.xlarge`. */
  readonly instanceClass: string;
  readonly storageGiB: number;
  /** How far storage grows by itself: at least 10 % above `storageGiB`. */
  readonly maxStorageGiB: number;
  /** Days that a point in time can be restored: 1 to 35. */
  readonly backupRetentionDays: number;
  /** `hh:mm-hh:mm`, UTC. */
  readonly backupWindow: string;
  /** `ddd:hh:mm-ddd:hh:mm`, UTC. */
  readonly maintenanceWindow: string;
  /**
   * Lets the engine version move to another major, in one change with it; then back to false.
   * @default false
   */
  readonly allowMajorUpgrade?: boolean;
}

/** The cache of AwsManagedData. */
export interface AwsCacheArgs {
  readonly engine: "redis" | "valkey";
  /** `7.0` or `7.1` (redis), `7.2` (valkey). */
  readonly engineVersion: string;
  /** For example `cache.m6g.large`. */
  readonly nodeType: string;
  /** Copies beside the primary, 1 to 5. */
  readonly replicas: number;
  /** Days that a daily snapshot is kept: 1 to 35. */
  readonly snapshotRetentionDays: number;
  /** `hh:mm-hh:mm`, UTC. */
  readonly snapshotWindow: string;
  /** `ddd:hh:mm-ddd:hh:mm`, UTC. */
  readonly maintenanceWindow: string;
}

/** Arguments of AwsManagedData. */
export interface AwsManagedDataArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  readonly zones: readonly string[];
  readonly isolatedSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly databaseSecurityGroupId: pulumi.Input<string>;
  readonly cacheSecurityGroupId: pulumi.Input<string>;
  /** Key of the environment's own data; its policy must have the use `logs`. */
  readonly keyArn: pulumi.Input<string>;
  readonly database: AwsDatabaseArgs;
  readonly cache: AwsCacheArgs;
  /** Master password of PostgreSQL; a Pulumi secret. It does not rotate by itself, since GitLab reads it at boot. */
  readonly databasePassword: pulumi.Input<string>;
  /** AUTH token of Redis; a Pulumi secret. */
  readonly redisToken: pulumi.Input<string>;
  /** Days that logs of database and cache are kept. @default 90 */
  readonly logRetentionDays?: number;
}

/** PostgreSQL on RDS and Redis on ElastiCache. */
export class AwsManagedData extends Component implements ManagedData {
  readonly postgres: PostgresConnection;
  readonly redis: RedisConnection;
  /** Identifier of the database instance, as metrics have it. */
  readonly databaseIdentifier: pulumi.Output<string>;
  readonly databaseArn: pulumi.Output<string>;
  readonly replicationGroupId: pulumi.Output<string>;
  /** Ids of the cache's nodes, as metrics have them (`CacheClusterId`). */
  readonly cacheClusterIds: readonly pulumi.Output<string>[];
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsManagedDataArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "managedData",
      "AwsManagedData",
      name,
      { postgres: args.database.engineVersion, [args.cache.engine]: args.cache.engineVersion },
      opts,
    );
    const nothing = pulumi.output("");
    this.postgres = {
      host: nothing,
      port: 5432,
      database: "gitlabhq_production",
      username: "gitlab",
      password: { store: "aws-secrets-manager", id: nothing },
      sslMode: "verify-full",
      major: Number.parseInt(args.database.engineVersion, 10),
    };
    this.redis = {
      host: nothing,
      port: 6379,
      token: { store: "aws-secrets-manager", id: nothing },
      clientCommand: true,
    };
    this.databaseIdentifier = nothing;
    this.databaseArn = nothing;
    this.replicationGroupId = nothing;
    this.cacheClusterIds = Array.from({ length: args.cache.replicas + 1 }, () => nothing);
    this.ready = [];
    this.registerOutputs({});
  }
}
