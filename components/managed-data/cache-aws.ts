import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as elasticache from "@pulumi/aws/elasticache";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { withForm } from "../shared/documents";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import type { RedisConnection } from "./contract";
import { StoredSecret } from "./stored-secret-aws";

/** The cache, in plain data. */
export interface AwsCacheArgs {
  readonly engine: "redis" | "valkey";
  /** `7.0` or `7.1` (redis), `7.2` (valkey): what GitLab supports (docs.gitlab.com/install/requirements). */
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
  /**
   * What a changed token does to the old one. `ROTATE` lets both in, so that machines can be replaced one by one; a
   * later change to `SET` ends the old one (docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html).
   * @default "ROTATE"
   */
  readonly tokenChange?: "ROTATE" | "SET";
  /** Makes changes at once and not in the maintenance window. @default false */
  readonly applyImmediately?: boolean;
}

/** Arguments of Cache. */
export interface CacheArgs {
  readonly site: Site;
  readonly zones: readonly string[];
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly token: pulumi.Input<string>;
  readonly logRetentionDays: number;
  readonly secretRecoveryDays: number;
  readonly cache: AwsCacheArgs;
}

/**
 * ElastiCache as GitLab supports it: one shard, cluster mode off, a primary that fails over to another zone
 * (docs.gitlab.com/administration/redis/replication_and_failover_external), nothing evicted: it holds jobs and sessions.
 */
export class Cache extends Component {
  readonly connection: RedisConnection;
  readonly replicationGroupId: pulumi.Output<string>;
  readonly clusterIds: readonly pulumi.Output<string>[];
  readonly ready: pulumi.Resource[];

  /** @throws if there is no copy to fail over to */
  constructor(name: string, args: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cache, site } = args;
    super(
      "managedData",
      "Cache",
      name,
      { engine: cache.engine, version: cache.engineVersion },
      opts,
    );
    if (!Number.isInteger(cache.replicas) || cache.replicas < 1 || cache.replicas > 5) {
      throw new Error(`replicas: found ${cache.replicas}, allowed: 1 to 5`);
    }
    const own = { parent: this };
    const groupId = fixedName({ maxLength: 40 }, site.prefix, "redis");
    const nodes = cache.replicas + 1;

    const subnets = new elasticache.SubnetGroup(
      `${name}-subnets`,
      { description: `${site.prefix}: isolated subnets`, subnetIds: args.subnetIds },
      own,
    );
    const family = `${cache.engine}${Number.parseInt(cache.engineVersion, 10)}`;
    const parameters = new elasticache.ParameterGroup(
      `${name}-${family}`,
      {
        family,
        description: `${site.prefix}: ${family} for GitLab`,
        parameters: [{ name: "maxmemory-policy", value: "noeviction" }],
      },
      own,
    );
    // A name below /aws/vendedlogs keeps the log service's resource policy short
    // (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html).
    const logs = (["slow-log", "engine-log"] as const).map((logType) => ({
      logType,
      group: new cloudwatch.LogGroup(
        `${name}-${logType}`,
        {
          name: `/aws/vendedlogs/elasticache/${groupId}/${logType}`,
          retentionInDays: args.logRetentionDays,
          kmsKeyId: args.keyArn,
        },
        own,
      ),
    }));
    const group = new elasticache.ReplicationGroup(
      `${name}-redis`,
      {
        replicationGroupId: groupId,
        description: `${site.prefix}: GitLab's cache, queues and sessions`,
        engine: cache.engine,
        engineVersion: cache.engineVersion,
        autoMinorVersionUpgrade: false,
        applyImmediately: cache.applyImmediately ?? false,
        nodeType: cache.nodeType,
        clusterMode: "disabled",
        numCacheClusters: nodes,
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        // Used when the group is made; where nodes go later is ElastiCache's choice.
        preferredCacheClusterAzs: Array.from(
          { length: nodes },
          (_, index) => args.zones[index % args.zones.length] ?? "",
        ),
        port: 6379,
        parameterGroupName: parameters.name,
        subnetGroupName: subnets.name,
        securityGroupIds: [args.securityGroupId],
        atRestEncryptionEnabled: true,
        kmsKeyId: args.keyArn,
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
        authToken: pulumi.secret(args.token),
        authTokenUpdateStrategy: cache.tokenChange ?? "ROTATE",
        snapshotRetentionLimit: cache.snapshotRetentionDays,
        snapshotWindow: cache.snapshotWindow,
        maintenanceWindow: cache.maintenanceWindow,
        finalSnapshotIdentifier: `${groupId}-final`,
        logDeliveryConfigurations: logs.map((log) => ({
          destination: log.group.name,
          destinationType: "cloudwatch-logs",
          logFormat: "json",
          logType: log.logType,
        })),
        tags: { Name: groupId },
      },
      stateful(site, { ...own, customTimeouts: { create: "90m", update: "120m", delete: "90m" } }),
    );
    const secret = new StoredSecret(
      `${name}-token`,
      {
        site,
        purpose: "redis-token",
        description: "AUTH token of GitLab's Redis",
        value: args.token,
        keyArn: args.keyArn,
        recoveryDays: args.secretRecoveryDays,
      },
      own,
    );
    this.connection = {
      host: withForm(group.primaryEndpointAddress, "{group}.{region}.cache.amazonaws.com"),
      port: 6379,
      token: { store: "aws-secrets-manager", id: secret.arn },
      clientCommand: true,
    };
    this.replicationGroupId = group.replicationGroupId;
    // The primary moves between them, the ids stay
    // (docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.CreatingRepGroup.html).
    this.clusterIds = Array.from(
      { length: nodes },
      (_, index) =>
        pulumi.interpolate`${group.replicationGroupId}-${String(index + 1).padStart(3, "0")}`,
    );
    this.ready = [group, ...secret.ready];
    this.registerOutputs({ replicationGroupId: this.replicationGroupId });
  }
}
