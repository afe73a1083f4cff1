/** What the settings say of the environment's parts, in the parts' own words. */
import type { ClusterAccessRole } from "../../components/cluster/gcp";
import type { GcpPeopleGroup } from "../../components/identity/gcp-people";
import type { GcpAppDatabaseArgs } from "../../components/managed-data/gcp-app";
import type { AuthProxy, DatabaseExport, VersionApp } from "../../components/version-app/contract";
import type { VersionSettings } from "./settings";

/** The app's database. */
const databaseName = "version_production";

/** The app. */
export function appOf({ app, domain }: VersionSettings): VersionApp {
  const { paths, pods, ...rest } = app;
  return {
    ...rest,
    livenessPath: paths.live,
    readinessPath: paths.ready,
    host: domain,
    replicas: pods,
  };
}

/** The Auth Proxy beside it. A few hundred connections a second take it a small part of a CPU. */
export function proxyOf({ images }: VersionSettings): AuthProxy {
  return {
    image: images.proxy,
    size: { cpuMillis: 50, cpuLimitMillis: 500, memoryMiB: 128, storageMiB: 64 },
  };
}

/** Database and read replicas. */
export function databaseOf({ database }: VersionSettings): GcpAppDatabaseArgs {
  const { edition, tier, storageGiB, maxStorageGiB, retainedBackups, logRetentionDays } = database;
  const { backupTime, maintenance, instanceName, major, maxConnections } = database;
  return {
    name: databaseName,
    major,
    edition,
    tier,
    storageGiB,
    maxStorageGiB,
    maxConnections,
    retainedBackups,
    logRetentionDays,
    backupTime,
    maintenance,
    instanceName,
    replicaTier: database.replicaTier,
    replicas: database.replicaZones.map((zone) => ({
      zone,
      instanceName: database.replicaNames[zone],
    })),
  };
}

/** Exports of the database, and what has one made before it. */
export function exportOf(
  settings: VersionSettings,
  place: { readonly instance: string; readonly bucket: string },
): DatabaseExport {
  const { backup, project, app, images, database } = settings;
  return {
    image: images.exporter,
    project,
    ...place,
    databaseName,
    schedule: `0 ${backup.exportHour} * * *`,
    deadlineMinutes: backup.exportMinutes,
    beforeChange: backup.exportBeforeChange,
    changes: [app.image, app.migrateCommand, JSON.stringify(database)],
  };
}

/** Who may look into the cluster. */
export function operators({ production }: VersionSettings["access"]): ClusterAccessRole[] {
  return production === undefined ? [] : [{ name: "production", group: production, level: "view" }];
}

/** Who may look at metrics and logs. */
export function watchers({ production, support }: VersionSettings["access"]): GcpPeopleGroup[] {
  return [
    ...(production === undefined
      ? []
      : [{ name: "production", group: production, sees: "logs" as const }]),
    ...(support === undefined
      ? []
      : [{ name: "support", group: support, sees: "metrics" as const }]),
  ];
}
