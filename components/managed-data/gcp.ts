import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { GcpStoredSecret } from "../shared/gcp-secret";
import type { Site } from "../shared/site";
import type { ManagedData, PostgresConnection, RedisConnection } from "./contract";
import { GcpCache, type GcpCacheArgs } from "./gcp-cache";
import { GcpDatabase } from "./gcp-database";
import type { GcpDatabaseArgs } from "./gcp-database-args";
import { databaseFlags } from "./gcp-database-flags";

export { cachePort, type GcpCacheArgs } from "./gcp-cache";
export type { GcpDatabaseArgs } from "./gcp-database-args";

/** Arguments of GcpManagedData. */
export interface GcpManagedDataArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
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

const databaseName = "gitlabhq_production";
const username = "gitlab";

/**
 * GitLab's data: PostgreSQL on Cloud SQL and Redis on Memorystore, each with its password in Secret Manager. The machine
 * makes the extensions that GitLab needs, at each boot.
 */
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

  /** @throws if there are fewer connections than GitLab's floor */
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
    const { readers, site } = args;
    const common = {
      site,
      region: args.region,
      servicesRange: args.servicesRange,
      servicesReady: args.servicesReady,
    };
    const database = new GcpDatabase(
      `${name}-database`,
      {
        ...common,
        project: args.project,
        zone: args.zones[0],
        backupRegion: args.backupRegion,
        networkSelfLink: args.networkSelfLink,
        databaseName,
        databaseKey: "gitlab",
        login: { kind: "password", username, password: args.databasePassword },
        flags: databaseFlags(args.database.maxConnections),
        database: args.database,
      },
      { parent: this },
    );
    const password = new GcpStoredSecret(
      `${name}-database-password`,
      { site, purpose: "database-password", value: args.databasePassword, readers },
      { parent: database },
    );
    const cache = new GcpCache(
      `${name}-cache`,
      {
        ...common,
        zones: args.zones,
        networkId: args.networkId,
        purpose: "GitLab's Redis",
        cache: args.cache,
      },
      { parent: this },
    );
    const auth = new GcpStoredSecret(
      `${name}-cache-auth`,
      { site, purpose: "redis-auth", value: cache.authString, readers },
      { parent: cache },
    );
    this.postgres = {
      ...database.server,
      database: databaseName,
      username,
      password: password.reference,
    };
    this.redis = { ...cache.server, token: auth.reference };
    this.secretNames = { databasePassword: password.secretName, redisAuth: auth.secretName };
    this.databaseInstance = database.instances.primary;
    this.cacheInstance = cache.instanceId;
    this.ready = [...database.ready, ...password.ready, ...cache.ready, ...auth.ready];
    this.registerOutputs({
      databaseInstance: this.databaseInstance,
      cacheInstance: this.cacheInstance,
    });
  }
}
