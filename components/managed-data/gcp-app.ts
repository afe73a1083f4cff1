import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { RedisServer } from "./contract";
import { GcpCache, type GcpCacheArgs } from "./gcp-cache";
import { GcpDatabase } from "./gcp-database";
import { databaseInstanceName, type GcpDatabaseArgs } from "./gcp-database-args";
import { appDatabaseFlags } from "./gcp-database-flags";

/** The app's database, in plain data. */
export interface GcpAppDatabaseArgs extends GcpDatabaseArgs {
  /** Name of the database in PostgreSQL. */
  readonly name: string;
}

/** Arguments of GcpAppData. */
export interface GcpAppDataArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  readonly region: string;
  /** Where the database stands, and where its other half does: two zones of the region. It can move. */
  readonly zones: readonly [string, string];
  /** The same of the cache, which can't: another zone is another cache. */
  readonly cacheZones: readonly [string, string];
  /** Where the database's backups are kept: another region. */
  readonly backupRegion: string;
  readonly networkId: pulumi.Input<string>;
  readonly networkSelfLink: pulumi.Input<string>;
  /** Name of the range of private services access. */
  readonly servicesRange: pulumi.Input<string>;
  /** The peering of private services access. */
  readonly servicesReady: readonly pulumi.Resource[];
  /** What has to be done before each change of the database: its export. @default nothing */
  readonly before?: readonly pulumi.Resource[];
  /** Email of the app's service account, which logs in to the database. */
  readonly email: pulumi.Input<string>;
  readonly database: GcpAppDatabaseArgs;
  readonly cache: GcpCacheArgs;
}

/** Name of the primary of an app's database, known before it is: what exports it is made first. */
export function appInstanceName(
  site: Pick<Site, "prefix">,
  database: Pick<GcpDatabaseArgs, "instanceName">,
): string {
  return databaseInstanceName(site, database);
}

/**
 * Data of an app that runs as a service account: PostgreSQL on Cloud SQL with read replicas, and Redis on Memorystore as
 * a cache. The database has no password: the Auth Proxy logs in as the account (docs/decisions/0012).
 */
export class GcpAppData extends Component {
  /** Names of the instances; metrics have `<project>:<name>`. */
  readonly instances: GcpDatabase["instances"];
  /** What the Auth Proxy knows them by, replicas in the order of the arguments. */
  readonly connectionNames: GcpDatabase["connectionNames"];
  readonly databaseName: string;
  /** `<account>@<project>.iam`; its `@` has to be encoded in a URL. */
  readonly username: pulumi.Output<string>;
  /** Email of the primary's own service account, as which it writes exports. */
  readonly serviceAccount: pulumi.Output<string>;
  readonly redis: RedisServer & {
    readonly serverCa: pulumi.Output<string>;
    /** What clients prove themselves with; a Pulumi secret. */
    readonly authString: pulumi.Output<string>;
  };
  /** `projects/…/instances/…`, as metrics have it. */
  readonly cacheInstance: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if a replica would fall with the primary or with another one, or is smaller than the primary */
  constructor(name: string, args: GcpAppDataArgs, opts?: pulumi.ComponentResourceOptions) {
    const { database } = args;
    super(
      "managedData",
      "GcpAppData",
      name,
      {
        postgres: database.major,
        edition: database.edition,
        replicas: database.replicas?.length ?? 0,
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
    };
    const postgres = new GcpDatabase(
      `${name}-database`,
      {
        ...common,
        project: args.project,
        zone: args.zones[0],
        standbyZone: args.zones[1],
        backupRegion: args.backupRegion,
        networkSelfLink: args.networkSelfLink,
        before: args.before,
        databaseName: database.name,
        databaseKey: "app",
        login: { kind: "identity", email: args.email },
        flags: appDatabaseFlags(database.maxConnections),
        database,
      },
      { parent: this },
    );
    const cache = new GcpCache(
      `${name}-cache`,
      {
        ...common,
        zones: args.cacheZones,
        networkId: args.networkId,
        purpose: "cache",
        cache: args.cache,
      },
      { parent: this },
    );
    this.instances = postgres.instances;
    this.connectionNames = postgres.connectionNames;
    this.databaseName = database.name;
    this.username = postgres.username;
    this.serviceAccount = postgres.serviceAccount;
    this.redis = { ...cache.server, authString: cache.authString };
    this.cacheInstance = cache.instanceId;
    this.ready = [...postgres.ready, ...cache.ready];
    this.registerOutputs({
      databaseInstance: this.instances.primary,
      cacheInstance: this.cacheInstance,
    });
  }
}
