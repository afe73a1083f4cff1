import * as sql from "@pulumi/gcp/sql";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { GcpStoredSecret } from "../shared/gcp-secret";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import type { PostgresConnection } from "./contract";
import { leastConnections } from "./database-parameters";

/** The database, in plain data. */
export interface GcpDatabaseArgs {
  /** PostgreSQL major. */
  readonly major: number;
  /** Always said: from PostgreSQL 16 on Cloud SQL would else take ENTERPRISE_PLUS, which has other tiers. */
  readonly edition: "ENTERPRISE" | "ENTERPRISE_PLUS";
  /** `db-custom-<vCPU>-<MiB>` with ENTERPRISE, `db-perf-optimized-N-<vCPU>` with ENTERPRISE_PLUS. */
  readonly tier: string;
  /** Storage at first; it grows by itself. */
  readonly storageGiB: number;
  /** How far it grows. */
  readonly maxStorageGiB: number;
  /** PostgreSQL's `max_connections`, 400 on (docs.gitlab.com/administration/postgresql/tune). */
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
}

/** Arguments of GcpDatabase. */
export interface GcpDatabaseProps {
  readonly site: Site;
  readonly region: string;
  /** Where the standing half is wanted: beside the machine that uses it. */
  readonly zone: string;
  /** Where backups are kept: another region. */
  readonly backupRegion: string;
  readonly networkSelfLink: pulumi.Input<string>;
  /** Name of the range of private services access. */
  readonly servicesRange: pulumi.Input<string>;
  /** What must be there before it: the peering. */
  readonly servicesReady: readonly pulumi.Resource[];
  readonly password: pulumi.Input<string>;
  /** Who may read the password: plain key to `serviceAccount:…`. */
  readonly readers: Readonly<Record<string, pulumi.Input<string>>>;
  readonly database: GcpDatabaseArgs;
}

const databaseName = "gitlabhq_production";
const username = "gitlab";

/**
 * PostgreSQL's settings by flag, in Cloud SQL's units (https://cloud.google.com/sql/docs/postgres/flags). Values that
 * GitLab asks for are at least those of docs.gitlab.com/administration/postgresql/tune. shared_buffers stays Cloud
 * SQL's own third of the memory; statement_timeout is no flag there and is set on the database at boot.
 *
 * @throws if there are fewer connections than GitLab's floor
 */
export function databaseFlags(connections: number): readonly { name: string; value: string }[] {
  if (!Number.isInteger(connections) || connections < leastConnections) {
    throw new Error(`maxConnections: found ${connections}, allowed: ${leastConnections} on`);
  }
  const flag = (name: string, value: number | string) => ({ name, value: String(value) });
  return [
    flag("max_connections", connections),
    // In kB: 16 MB, twice GitLab's floor.
    flag("work_mem", 16 * 1024),
    // In kB: 256 MB, four times GitLab's floor; index builds of migrations use it.
    flag("maintenance_work_mem", 256 * 1024),
    // In ms.
    flag("idle_in_transaction_session_timeout", 60 * 1000),
    flag("deadlock_timeout", 5 * 1000),
    flag("log_lock_waits", "on"),
    // SSD: a page elsewhere costs hardly more than the next one.
    flag("random_page_cost", "1.1"),
  ];
}

/**
 * Cloud SQL for PostgreSQL: two zones, private address, encrypted connections only, point-in-time recovery, backups in
 * another region. Its user is a `cloudsqlsuperuser`, which may create the extensions that GitLab needs
 * (https://cloud.google.com/sql/docs/postgres/users); the machine does, at each boot.
 *
 * The authority that signs its certificate is the instance's own, and the certificate names no host that a client could
 * hold it against: hence `verify-ca` (https://cloud.google.com/sql/docs/postgres/configure-ssl-instance).
 */
export class GcpDatabase extends Component {
  readonly connection: PostgresConnection & { readonly serverCa: pulumi.Output<string> };
  readonly instanceName: string;
  /** Name of the password's secret, as machines use it. */
  readonly passwordSecret: string;
  readonly ready: pulumi.Resource[];

  /** @throws if there are fewer connections than GitLab's floor */
  constructor(name: string, args: GcpDatabaseProps, opts?: pulumi.ComponentResourceOptions) {
    const { database, site } = args;
    super(
      "managedData",
      "GcpDatabase",
      name,
      { major: database.major, edition: database.edition, tier: database.tier },
      opts,
    );
    const own = { parent: this };
    this.instanceName =
      database.instanceName ?? fixedName({ maxLength: 84 }, site.prefix, "postgres");

    const instance = new sql.DatabaseInstance(
      `${name}-postgres`,
      {
        name: this.instanceName,
        region: args.region,
        databaseVersion: `POSTGRES_${database.major}`,
        // The provider's own, and beside it the cloud's, which holds for the console and gcloud too.
        deletionProtection: site.protection,
        settings: {
          edition: database.edition,
          tier: database.tier,
          availabilityType: "REGIONAL",
          locationPreference: { zone: args.zone },
          deletionProtectionEnabled: site.protection,
          retainBackupsOnDelete: site.protection,
          finalBackupConfig: { enabled: true, retentionDays: 30 },
          diskType: "PD_SSD",
          diskSize: database.storageGiB,
          diskAutoresize: true,
          diskAutoresizeLimit: database.maxStorageGiB,
          databaseFlags: [...databaseFlags(database.maxConnections)],
          ipConfiguration: {
            ipv4Enabled: false,
            privateNetwork: args.networkSelfLink,
            allocatedIpRange: args.servicesRange,
            sslMode: "ENCRYPTED_ONLY",
            serverCaMode: "GOOGLE_MANAGED_INTERNAL_CA",
          },
          backupConfiguration: {
            enabled: true,
            startTime: database.backupTime,
            location: args.backupRegion,
            pointInTimeRecoveryEnabled: true,
            transactionLogRetentionDays: database.logRetentionDays,
            backupRetentionSettings: {
              retainedBackups: database.retainedBackups,
              retentionUnit: "COUNT",
            },
          },
          maintenanceWindow: { ...database.maintenance, updateTrack: "stable" },
          insightsConfig: {
            queryInsightsEnabled: true,
            queryStringLength: 1024,
            recordApplicationTags: true,
            // Addresses of people are none of its business; all that connects is one machine.
            recordClientAddress: false,
          },
        },
      },
      stateful(site, {
        ...own,
        dependsOn: [...args.servicesReady],
        // Grown by Cloud SQL itself; to set it back would replace the instance.
        ignoreChanges: ["settings.diskSize"],
        customTimeouts: { create: "60m", update: "60m", delete: "60m" },
      }),
    );
    const user = new sql.User(
      `${name}-user`,
      { instance: instance.name, name: username, password: pulumi.secret(args.password) },
      own,
    );
    const gitlab = new sql.Database(
      `${name}-gitlab`,
      { instance: instance.name, name: databaseName, charset: "UTF8", collation: "en_US.UTF8" },
      // Deleted before the user, who owns everything in it and could not go else.
      stateful(site, { ...own, dependsOn: [user] }),
    );
    const password = new GcpStoredSecret(
      `${name}-password`,
      { site, purpose: "database-password", value: args.password, readers: args.readers },
      own,
    );
    this.connection = {
      host: instance.privateIpAddress,
      port: 5432,
      database: databaseName,
      username,
      password: password.reference,
      sslMode: "verify-ca",
      // Two while the authority is being changed for its successor.
      // Certificates are public, and the SDK calls them secret: all that a machine's metadata holds would be, with them.
      serverCa: pulumi
        .unsecret(instance.serverCaCerts)
        .apply((authorities) => authorities.map(({ cert }) => `${cert.trim()}\n`).join("")),
      major: database.major,
    };
    this.passwordSecret = password.secretName;
    this.ready = [instance, user, gitlab, ...password.ready];
    this.registerOutputs({ instanceName: this.instanceName });
  }
}
