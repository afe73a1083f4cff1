import * as pulumi from "@pulumi/pulumi";
import type { GcpAlertRule } from "../alerts/gcp-rules";
import { GcpWorkloadIdentity } from "../identity/gcp-workload";
import { GcsBucket } from "../object-storage/gcs-bucket";
import { Component } from "../shared/component";
import { grantPermissions } from "../shared/gcp-role";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";
import { arrivalRule } from "./gcs-arrivals";
import type { PackageBackupPolicy } from "./package-args";

/** Arguments of GcpSqlExports. */
export interface GcpSqlExportsArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  /** Region of the database: the bucket may not be there. */
  readonly databaseRegion: string;
  /** Region of the bucket, for example `us-central1`. */
  readonly location: string;
  /** Name of the instance that is exported; it need not exist yet. */
  readonly instance: string;
  readonly policy: PackageBackupPolicy;
  /** Kubernetes account whose pods ask for exports, and the pool of identities that it is in. */
  readonly exporter: {
    readonly workloadPool: string;
    readonly namespace: string;
    readonly serviceAccount: string;
  };
  /** The cluster: before it there is no such pool. */
  readonly clusterReady: readonly pulumi.Resource[];
}

/** Finding out whether the instance stands, and how an operation goes: the same right as for the instance itself (https://cloud.google.com/sql/docs/postgres/audit-logging). */
export const lookPermissions: readonly string[] = [
  "cloudsql.instances.get",
  "cloudsql.instances.list",
];

/** https://cloud.google.com/sql/docs/postgres/import-export/import-export-sql#required-roles-export */
export const exportPermissions: readonly string[] = ["cloudsql.instances.export"];

/** An export of a database in which there is nothing but its tables has more bytes. */
const leastBytes = 1024;

/**
 * Exports of a Cloud SQL database, beside its own backups: those go with their project, are in a form of Cloud SQL's own
 * and bring back the whole instance; an export is SQL that any PostgreSQL takes, in another region, where nobody can
 * delete it or write over it before its time.
 *
 * Two hands, and neither does the other's part. Who asks for an export can write nothing, and can ask it of this
 * instance alone; who writes it is the instance's own account, which may create objects in the bucket and not read,
 * list, replace or delete any. Made before the instance, since an export is what its changes wait for: `allow` comes after it.
 *
 * Sources: https://cloud.google.com/sql/docs/postgres/import-export/import-export-sql,
 * https://cloud.google.com/storage/docs/bucket-lock
 */
export class GcpSqlExports extends Component {
  /** Known before it is. */
  readonly bucketName: string;
  readonly instanceName: string;
  /** Email of the account that asks, for the annotation `iam.gke.io/gcp-service-account`. */
  readonly exporterEmail: pulumi.Output<string>;
  /** What must stand before the first request for an export. */
  readonly exporterReady: pulumi.Resource[];
  /** Goes off when no export has landed for too long. */
  readonly ageRule: GcpAlertRule;
  /** Bucket and exporter; with `allow`, the instance's right as well. */
  readonly ready: pulumi.Resource[];
  readonly #bucket: GcsBucket;
  readonly #grantName: string;

  /** @throws if the bucket would lie in the database's own region, or a number of days or hours is none */
  constructor(name: string, args: GcpSqlExportsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { policy, project, site } = args;
    super(
      "backupSchedule",
      "GcpSqlExports",
      name,
      {
        location: args.location,
        retentionDays: policy.retentionDays,
        lockMode: policy.lockMode,
        maxAgeHours: policy.maxAgeHours,
      },
      opts,
    );
    if (args.location.toLowerCase() === args.databaseRegion.toLowerCase()) {
      throw new Error(
        `location of exports: found ${args.location}, want another region than the database's`,
      );
    }
    const own = { parent: this };
    this.bucketName = fixedName({ maxLength: 63 }, site.prefix, "backup", "exports", project);
    this.#grantName = `${name}-instance`;
    this.#bucket = new GcsBucket(
      `${name}-bucket`,
      {
        site,
        project,
        bucket: this.bucketName,
        location: args.location,
        holdsData: true,
        // Under a retention policy nothing can be replaced.
        versioned: false,
        retention: { days: policy.retentionDays, locked: policy.lockMode === "compliance" },
        expireDays: policy.retentionDays + 1,
      },
      own,
    );
    const exporter = new GcpWorkloadIdentity(
      `${name}-exporter`,
      {
        site,
        project,
        machine: "export",
        description: "Pods that ask Cloud SQL to export the database",
        ...args.exporter,
        clusterReady: args.clusterReady,
      },
      own,
    );
    const grant = { project, prefix: site.prefix, member: exporter.member };
    const rights = [
      // In the project: asked for an instance that is not there, Cloud SQL would else answer that it is forbidden.
      grantPermissions(
        `${name}-looks`,
        {
          ...grant,
          part: "sql-look",
          description: "Whether a database stands, and how its operations go",
          permissions: lookPermissions,
        },
        own,
      ),
      grantPermissions(
        `${name}-exports`,
        {
          ...grant,
          part: "sql-export",
          description: "Asking for an export of the database",
          permissions: exportPermissions,
          // https://cloud.google.com/sql/docs/postgres/iam-conditions
          condition: {
            title: `${args.instance} only`,
            expression: `resource.type == "sqladmin.googleapis.com/Instance" && resource.name == "projects/${project}/instances/${args.instance}"`,
          },
        },
        own,
      ),
    ];
    this.instanceName = args.instance;
    this.exporterEmail = exporter.email;
    this.exporterReady = [...exporter.ready, ...rights];
    this.ageRule = arrivalRule({
      name: "backup-export-arrivals",
      summary: `No export of ${site.environment}'s database has landed for ${policy.maxAgeHours} hours.`,
      runbook: "version-exports",
      bucket: this.bucketName,
      maxAgeHours: policy.maxAgeHours,
      leastBytes,
    });
    this.ready = [...this.#bucket.ready, ...this.exporterReady];
    this.registerOutputs({ bucketName: this.bucketName });
  }

  /**
   * Lets the instance write exports into the bucket.
   * @param serviceAccount email of the instance's own account
   * @returns the right, which is also in `ready` from then on
   */
  allow(serviceAccount: pulumi.Input<string>): pulumi.Resource {
    // Enough for an export in one file (https://cloud.google.com/sql/docs/postgres/import-export/import-export-sql#required-roles-export).
    const right = this.#bucket.grant(
      this.#grantName,
      "roles/storage.objectCreator",
      pulumi.interpolate`serviceAccount:${serviceAccount}`,
    );
    this.ready.push(right);
    return right;
  }
}
