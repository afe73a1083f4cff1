import { Instance } from "@pulumi/gcp/redis";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { unknownCertificate, unknownHost, withForm } from "../shared/documents";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import type { RedisServer } from "./contract";

/** The cache, in plain data. */
export interface GcpCacheArgs {
  /** `REDIS_7_2`, GitLab's own recommendation (docs.gitlab.com/install/requirements). */
  readonly version: string;
  readonly memoryGiB: number;
  /**
   * How often its content is written down: GitLab's holds Sidekiq's queues, which nothing makes again.
   * @default never, for what can be made again
   */
  readonly snapshotPeriod?: "ONE_HOUR" | "SIX_HOURS" | "TWELVE_HOURS" | "TWENTY_FOUR_HOURS";
  /**
   * What it does when it is full: refuse writes, or drop what was not used for longest, which suits a cache alone
   * (https://cloud.google.com/memorystore/docs/redis/supported-redis-configurations). @default noeviction
   */
  readonly evictionPolicy?: "noeviction" | "allkeys-lru";
  /** Day as Memorystore names it (`SUNDAY`), and hour in UTC. */
  readonly maintenance: { readonly day: string; readonly hour: number };
}

/** Arguments of GcpCache. */
export interface GcpCacheProps {
  readonly site: Site;
  readonly region: string;
  /** Where the primary is wanted, and where its copy: two zones of the region. */
  readonly zones: readonly [string, string];
  readonly networkId: pulumi.Input<string>;
  /** Name of the range of private services access. */
  readonly servicesRange: pulumi.Input<string>;
  readonly servicesReady: readonly pulumi.Resource[];
  /** What it is for, as the console shows it: `GitLab's Redis`. */
  readonly purpose: string;
  readonly cache: GcpCacheArgs;
}

/** Port of Memorystore for Redis where TLS is on (https://cloud.google.com/memorystore/docs/redis/enabling-in-transit-encryption). */
export const cachePort = 6378;

/**
 * Memorystore for Redis: a primary and its copy in two zones, TLS and AUTH. Full, GitLab's refuses writes instead of
 * dropping what is oldest: a dropped key could be a job (docs.gitlab.com/administration/redis/replication_and_failover_external).
 * The AUTH string is Google's own.
 */
export class GcpCache extends Component {
  readonly server: RedisServer & { readonly serverCa: pulumi.Output<string> };
  /** What clients prove themselves with; a Pulumi secret. */
  readonly authString: pulumi.Output<string>;
  /** `projects/…/instances/…`, as metrics have it. */
  readonly instanceId: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpCacheProps, opts?: pulumi.ComponentResourceOptions) {
    const { cache, site } = args;
    super(
      "managedData",
      "GcpCache",
      name,
      { version: cache.version, memoryGiB: cache.memoryGiB },
      opts,
    );
    const own = { parent: this };
    const [zone, other] = args.zones;
    const instance = new Instance(
      `${name}-redis`,
      {
        name: fixedName({ maxLength: 40 }, site.prefix, "redis"),
        displayName: `${site.prefix}: ${args.purpose}`,
        region: args.region,
        locationId: zone,
        alternativeLocationId: other,
        tier: "STANDARD_HA",
        redisVersion: cache.version,
        memorySizeGb: cache.memoryGiB,
        authorizedNetwork: args.networkId,
        connectMode: "PRIVATE_SERVICE_ACCESS",
        reservedIpRange: args.servicesRange,
        authEnabled: true,
        transitEncryptionMode: "SERVER_AUTHENTICATION",
        redisConfigs: { "maxmemory-policy": cache.evictionPolicy ?? "noeviction" },
        persistenceConfig:
          cache.snapshotPeriod === undefined
            ? { persistenceMode: "DISABLED" }
            : { persistenceMode: "RDB", rdbSnapshotPeriod: cache.snapshotPeriod },
        maintenancePolicy: {
          weeklyMaintenanceWindows: [
            {
              day: cache.maintenance.day,
              startTime: { hours: cache.maintenance.hour, minutes: 0, seconds: 0, nanos: 0 },
            },
          ],
        },
        deletionProtection: site.protection,
      },
      stateful(site, {
        ...own,
        dependsOn: [...args.servicesReady],
        customTimeouts: { create: "40m", update: "60m", delete: "40m" },
      }),
    );
    this.server = {
      host: withForm(instance.host, unknownHost),
      port: cachePort,
      // Two for the years in which the authority's successor is already there: clients take both
      // (https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption).
      serverCa: withForm(
        pulumi
          .unsecret(instance.serverCaCerts)
          .apply((authorities) => authorities.map(({ cert }) => `${cert.trim()}\n`).join("")),
        unknownCertificate,
      ),
      clientCommand: false,
    };
    this.instanceId = instance.id;
    this.authString = pulumi.secret(instance.authString);
    this.ready = [instance];
    this.registerOutputs({ instanceId: this.instanceId });
  }
}
