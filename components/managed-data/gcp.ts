import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { ManagedData, PostgresConnection, RedisConnection } from "./contract";
import { GcpCache, type GcpCacheArgs } from "./gcp-cache";
import { GcpDatabase, type GcpDatabaseArgs } from "./gcp-database";

export { cachePort, type GcpCacheArgs } from "./gcp-cache";
export type { GcpDatabaseArgs } from "./gcp-database";

/** Arguments of GcpManagedData. */
export interface GcpManagedDataArgs {
  readonly site: Site;
  readonly region: string;
  /** Zone of the machine that uses the data, and another one of the region. */
  readonly zones: readonly [string, string];
  /** Where the database's backups are kept: another region. */
  readonly backupRegion: string;
  readonly networkId: pulumi.Input<string>;
  readonly networkSelfLink: pulumi.Input<string>;
  /** Name of the range of private services access. */
  readonly servicesRange: pulumi.Input<string>;
  /** The peering of private services access. */
  readonly servicesReady: readonly pulumi.Resource[];
  readonly database: GcpDatabaseArgs;
  readonly cache: GcpCacheArgs;
  /** Password of GitLab's user in PostgreSQL; a Pulumi secret. */
  readonly databasePassword: pulumi.Input<string>;
  /** Who may read the two secrets: plain key to `serviceAccount:…`. */
  readonly readers: Readonly<Record<string, pulumi.Input<string>>>;
}

/** PostgreSQL on Cloud SQL and Redis on Memorystore, each with its password in Secret Manager. */
export class GcpManagedData extends Component implements ManagedData {
  readonly postgres: PostgresConnection & { readonly serverCa: pulumi.Output<string> };
  readonly redis: RedisConnection & { readonly serverCa: pulumi.Output<string> };
  /** Names of the two secrets, as machines use them. */
  readonly secretNames: { readonly databasePassword: string; readonly redisAuth: string };
  /** Name of the Cloud SQL instance; metrics have `<project>:<name>`. */
  readonly databaseInstance: string;
  /** `projects/…/instances/…`, as metrics have it. */
  readonly cacheInstance: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpManagedDataArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "managedData",
      "GcpManagedData",
      name,
      {
        postgres: args.database.major,
        edition: args.database.edition,
        cache: args.cache.version,
        regional: true,
      },
      opts,
    );
    const common = {
      site: args.site,
      region: args.region,
      servicesRange: args.servicesRange,
      servicesReady: args.servicesReady,
      readers: args.readers,
    };
    const database = new GcpDatabase(
      `${name}-database`,
      {
        ...common,
        zone: args.zones[0],
        backupRegion: args.backupRegion,
        networkSelfLink: args.networkSelfLink,
        password: args.databasePassword,
        database: args.database,
      },
      { parent: this },
    );
    const cache = new GcpCache(
      `${name}-cache`,
      { ...common, zones: args.zones, networkId: args.networkId, cache: args.cache },
      { parent: this },
    );
    this.postgres = database.connection;
    this.redis = cache.connection;
    this.secretNames = {
      databasePassword: database.passwordSecret,
      redisAuth: cache.authSecret,
    };
    this.databaseInstance = database.instanceName;
    this.cacheInstance = cache.instanceId;
    this.ready = [...database.ready, ...cache.ready];
    this.registerOutputs({
      databaseInstance: this.databaseInstance,
      cacheInstance: this.cacheInstance,
    });
  }
}
