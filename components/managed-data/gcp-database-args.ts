import type * as pulumi from "@pulumi/pulumi";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";
import type { DatabaseFlag } from "./gcp-database-flags";

/** The database, in plain data. */
export interface GcpDatabaseArgs {
  /** PostgreSQL major. */
  readonly major: number;
  /** Always said: from PostgreSQL 16 on Cloud SQL would else take ENTERPRISE_PLUS, which has other tiers. */
  readonly edition: "ENTERPRISE" | "ENTERPRISE_PLUS";
  /**
   * `db-custom-<vCPU>-<MiB>` with ENTERPRISE, `db-perf-optimized-N-<vCPU>` with ENTERPRISE_PLUS. Another one is taken on
   * in place, with a restart (https://cloud.google.com/sql/docs/postgres/edit-instance).
   */
  readonly tier: string;
  /** Storage at first; it grows by itself. */
  readonly storageGiB: number;
  /** How far it grows. */
  readonly maxStorageGiB: number;
  /** PostgreSQL's `max_connections`. GitLab: 400 on (docs.gitlab.com/administration/postgresql/tune). */
  readonly maxConnections: number;
  /** Daily backups that are kept. */
  readonly retainedBackups: number;
  /** Days within which any point in time can be restored: 1 to 7 with ENTERPRISE, 1 to 35 with ENTERPRISE_PLUS. */
  readonly logRetentionDays: number;
  /** `hh:mm`, UTC. */
  readonly backupTime: string;
  /** Day of week, Monday being 1, and hour in UTC: patches and restarts wait for it. */
  readonly maintenance: { readonly day: number; readonly hour: number };
  /**
   * Name of the instance. Cloud SQL gives a deleted instance's name to nobody for up to a week
   * (https://cloud.google.com/sql/docs/postgres/delete-instance), so that a database made anew wants another.
   * @default `<prefix>-postgres`
   */
  readonly instanceName?: string;
  /** Read replicas, each in a zone of its own that is not the primary's. @default none */
  readonly replicas?: readonly GcpReplicaArgs[];
  /**
   * Tier of the replicas, at least the primary's: one that is smaller lags behind
   * (https://cloud.google.com/sql/docs/postgres/replication/create-replica). @default the primary's
   */
  readonly replicaTier?: string;
}

/** One read replica. It goes by its zone: another zone is another replica. */
export interface GcpReplicaArgs {
  readonly zone: string;
  /**
   * Name of the instance. One that was deleted and is made anew wants another, as with the primary's.
   * @default `<primary>-replica-<letter of the zone>`
   */
  readonly instanceName?: string;
}

/** How clients log in, and who owns what is in the database. */
export type DatabaseLogin =
  | {
      readonly kind: "password";
      readonly username: string;
      /** Made a Pulumi secret where it is none. */
      readonly password: pulumi.Input<string>;
    }
  | {
      /** A service account, by its own short-lived tokens (https://cloud.google.com/sql/docs/postgres/iam-authentication). */
      readonly kind: "identity";
      /** `<account>@<project>.iam.gserviceaccount.com`. */
      readonly email: pulumi.Input<string>;
    };

/** Arguments of GcpDatabase. */
export interface GcpDatabaseProps {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  readonly region: string;
  /** Where the standing half is wanted: beside what uses it. */
  readonly zone: string;
  /** Where the other half is wanted, to which it fails over. @default Cloud SQL's choice among the region's other zones */
  readonly standbyZone?: string;
  /** Where backups are kept: another region. */
  readonly backupRegion: string;
  readonly networkSelfLink: pulumi.Input<string>;
  /** Name of the range of private services access. */
  readonly servicesRange: pulumi.Input<string>;
  /** What must be there before it: the peering. */
  readonly servicesReady: readonly pulumi.Resource[];
  /** What has to be done before each change of it, such as an export. @default nothing */
  readonly before?: readonly pulumi.Resource[];
  /** Name of the database in PostgreSQL. */
  readonly databaseName: string;
  /** Last part of its name in the program. */
  readonly databaseKey: string;
  readonly login: DatabaseLogin;
  readonly flags: readonly DatabaseFlag[];
  readonly database: GcpDatabaseArgs;
}

/** Longest name of an instance: 98 characters with the project's id and a colon (https://cloud.google.com/sql/docs/postgres/instance-settings). */
const nameRules = { maxLength: 84 } as const;

/** Name of the primary, known before it is. */
export function databaseInstanceName(
  site: Pick<Site, "prefix">,
  database: Pick<GcpDatabaseArgs, "instanceName">,
): string {
  return database.instanceName ?? fixedName(nameRules, site.prefix, "postgres");
}

/** Name of a primary's replica. */
export function replicaInstanceName(primary: string, replica: GcpReplicaArgs): string {
  return replica.instanceName ?? fixedName(nameRules, primary, "replica", zoneLetter(replica.zone));
}

/** `b` of `us-east1-b`. */
export function zoneLetter(zone: string): string {
  return zone.slice(zone.lastIndexOf("-") + 1);
}

/** vCPUs and MiB of a tier; of one of ENTERPRISE_PLUS 8 GiB for each vCPU (https://cloud.google.com/sql/docs/postgres/machine-series-overview). */
function tierSize(tier: string): readonly [number, number] {
  const custom = /^db-custom-(\d+)-(\d+)$/.exec(tier);
  if (custom !== null) return [Number(custom[1]), Number(custom[2])];
  const optimized = /^db-perf-optimized-N-(\d+)$/.exec(tier);
  if (optimized !== null) return [Number(optimized[1]), Number(optimized[1]) * 8 * 1024];
  throw new Error(
    `tier: found ${tier}, allowed: db-custom-<vCPU>-<MiB> or db-perf-optimized-N-<vCPU>`,
  );
}

/**
 * Whether a tier has fewer vCPUs or less memory than another one.
 * @throws if one of them is no tier
 */
export function isSmallerTier(tier: string, other: string): boolean {
  const [[cpus, memory], [otherCpus, otherMemory]] = [tierSize(tier), tierSize(other)];
  return cpus < otherCpus || memory < otherMemory;
}

/**
 * @throws if a replica would fall with the primary or with another one, could not be promoted in the region, or is
 * smaller than the primary
 */
export function checkReplicas(
  place: { readonly region: string; readonly zone: string; readonly standbyZone?: string },
  { replicas = [], replicaTier, tier }: GcpDatabaseArgs,
): void {
  if (place.standbyZone === place.zone) {
    throw new Error(`standbyZone: found ${place.zone}, want another zone than the primary's`);
  }
  const taken = new Map([[place.zone, "the primary's"]]);
  for (const { zone } of replicas) {
    if (!zone.startsWith(`${place.region}-`)) {
      throw new Error(`zone of a replica: found ${zone}, want one of region ${place.region}`);
    }
    const holder = taken.get(zone);
    if (holder !== undefined) {
      throw new Error(`zone of a replica: found ${zone}, want another one than ${holder}`);
    }
    taken.set(zone, "another replica's");
  }
  if (replicas.length === 0 || replicaTier === undefined) return;
  if (isSmallerTier(replicaTier, tier)) {
    throw new Error(`replicaTier: found ${replicaTier}, want at least the primary's ${tier}`);
  }
}
