import { Instance } from "@pulumi/gcp/redis";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { GcpStoredSecret } from "../shared/gcp-secret";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import type { RedisConnection } from "./contract";

/** The cache, in plain data. */
export interface GcpCacheArgs {
  /** `REDIS_7_2`, GitLab's own recommendation (docs.gitlab.com/install/requirements). */
  readonly version: string;
  readonly memoryGiB: number;
  /** How often its content is written down. Sidekiq's queues are in it, which nothing makes again. */
  readonly snapshotPeriod: "ONE_HOUR" | "SIX_HOURS" | "TWELVE_HOURS" | "TWENTY_FOUR_HOURS";
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
  /** Who may read the AUTH string: plain key to `serviceAccount:…`. */
  readonly readers: Readonly<Record<string, pulumi.Input<string>>>;
  readonly cache: GcpCacheArgs;
}

/** Port of Memorystore for Redis where TLS is on (https://cloud.google.com/memorystore/docs/redis/enabling-in-transit-encryption). */
export const cachePort = 6378;

/**
 * Memorystore for Redis: a primary and its copy in two zones, TLS and AUTH. Full, it refuses writes instead of dropping
 * what is oldest: a dropped key could be a job (docs.gitlab.com/administration/redis/replication_and_failover_external).
 * The AUTH string is Google's own and goes into Secret Manager; it never leaves the state but there.
 */
export class GcpCache extends Component {
  readonly connection: RedisConnection & { readonly serverCa: pulumi.Output<string> };
  /** `projects/…/instances/…`, as metrics have it. */
  readonly instanceId: pulumi.Output<string>;
  /** Name of the AUTH string's secret, as machines use it. */
  readonly authSecret: string;
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
        displayName: `${site.prefix}: GitLab's Redis`,
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
        redisConfigs: { "maxmemory-policy": "noeviction" },
        persistenceConfig: { persistenceMode: "RDB", rdbSnapshotPeriod: cache.snapshotPeriod },
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
    const auth = new GcpStoredSecret(
      `${name}-auth`,
      { site, purpose: "redis-auth", value: instance.authString, readers: args.readers },
      own,
    );
    this.connection = {
      host: instance.host,
      port: cachePort,
      token: auth.reference,
      // Two for the years in which the authority's successor is already there: clients take both
      // (https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption).
      serverCa: pulumi
        .unsecret(instance.serverCaCerts)
        .apply((authorities) => authorities.map(({ cert }) => `${cert.trim()}\n`).join("")),
      clientCommand: false,
    };
    this.instanceId = instance.id;
    this.authSecret = auth.secretName;
    this.ready = [instance, ...auth.ready];
    this.registerOutputs({ instanceId: this.instanceId });
  }
}
