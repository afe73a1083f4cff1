import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as rds from "@pulumi/aws/rds";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { withForm } from "../shared/documents";
import { serviceTrust } from "../shared/iam";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import type { PostgresConnection } from "./contract";
import { databaseParameters } from "./database-parameters";
import { StoredSecret } from "./stored-secret-aws";

/** The database, in plain data. */
export interface AwsDatabaseArgs {
  /** RDS engine version, for example `17.6`; its major decides the parameter group. */
  readonly engineVersion: string;
  /** For example `db.m6i.xlarge`. */
  readonly instanceClass: string;
  readonly storageGiB: number;
  /** How far storage grows by itself: at least 10 % above `storageGiB`. */
  readonly maxStorageGiB: number;
  /** Days within which any point in time can be restored: 1 to 35. */
  readonly backupRetentionDays: number;
  /** `hh:mm-hh:mm`, UTC. */
  readonly backupWindow: string;
  /** `ddd:hh:mm-ddd:hh:mm`, UTC: minor versions, patches and restarts wait for it. */
  readonly maintenanceWindow: string;
  /**
   * Lets `engineVersion` move to another major, in one change with it; then back to false.
   * @default false
   */
  readonly allowMajorUpgrade?: boolean;
  /**
   * PostgreSQL's `max_connections`, 400 on; a change waits for a restart. A node of 8 vCPU uses up to 286
   * (docs.gitlab.com/administration/postgresql/tune).
   * @default 800: two such nodes and what runs beside them
   */
  readonly maxConnections?: number;
  /** Makes changes at once, outages included, and not in the maintenance window. @default false */
  readonly applyImmediately?: boolean;
}

/** Arguments of Database. */
export interface DatabaseArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
  readonly logRetentionDays: number;
  readonly secretRecoveryDays: number;
  readonly database: AwsDatabaseArgs;
}

const databaseName = "gitlabhq_production";
const username = "gitlab";

/**
 * RDS for PostgreSQL as GitLab supports it: a Multi-AZ *instance*, not Aurora, not a Multi-AZ cluster, no proxy
 * (docs.gitlab.com/administration/reference_architectures, "Recommended cloud providers and services").
 *
 * Major versions move only with `allowMajorUpgrade`; minor ones with the setting, never by themselves
 * (docs.gitlab.com/install/aws). Its name is fixed, and so is that of the snapshot which RDS takes before it is
 * deleted: a second deletion is refused until the first one's snapshot has another name.
 */
export class Database extends Component {
  readonly connection: PostgresConnection;
  readonly identifier: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly maxConnections: number;
  readonly ready: pulumi.Resource[];

  /** @throws if the storage's limits are refused by RDS */
  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    const { database, site } = args;
    const major = Number.parseInt(database.engineVersion, 10);
    super("managedData", "Database", name, { version: database.engineVersion }, opts);
    // docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
    if (database.maxStorageGiB < database.storageGiB * 1.1) {
      throw new Error(
        `maxStorageGiB: found ${database.maxStorageGiB}, allowed: 10 % above ${database.storageGiB}`,
      );
    }
    this.maxConnections = database.maxConnections ?? 800;
    const own = { parent: this };
    const identifier = fixedName({ maxLength: 63 }, site.prefix, "postgres");

    const subnets = new rds.SubnetGroup(
      `${name}-subnets`,
      { description: `${site.prefix}: isolated subnets`, subnetIds: args.subnetIds },
      own,
    );
    const parameters = new rds.ParameterGroup(
      `${name}-postgres${major}`,
      {
        family: `postgres${major}`,
        description: `${site.prefix}: PostgreSQL ${major} for GitLab`,
        parameters: [...databaseParameters(this.maxConnections)],
      },
      own,
    );
    const monitoring = new iam.Role(
      `${name}-monitoring`,
      {
        description: "Sends the database machine's own metrics to CloudWatch",
        assumeRolePolicy: JSON.stringify(
          serviceTrust("monitoring.rds.amazonaws.com", args.accountId),
        ),
      },
      own,
    );
    const monitoringRights = new iam.RolePolicyAttachment(
      `${name}-monitoring`,
      {
        role: monitoring.name,
        policyArn: "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
      },
      own,
    );
    // RDS makes these groups itself where they are missing: without a key, and kept for ever.
    const logs = (["postgresql", "upgrade"] as const).map(
      (log) =>
        new cloudwatch.LogGroup(
          `${name}-${log}`,
          {
            name: `/aws/rds/instance/${identifier}/${log}`,
            retentionInDays: args.logRetentionDays,
            kmsKeyId: args.keyArn,
          },
          own,
        ),
    );
    const instance = new rds.Instance(
      `${name}-postgres`,
      {
        identifier,
        engine: "postgres",
        engineVersion: database.engineVersion,
        allowMajorVersionUpgrade: database.allowMajorUpgrade ?? false,
        autoMinorVersionUpgrade: false,
        applyImmediately: database.applyImmediately ?? false,
        instanceClass: database.instanceClass,
        multiAz: true,
        dbName: databaseName,
        username,
        password: pulumi.secret(args.password),
        port: 5432,
        parameterGroupName: parameters.name,
        caCertIdentifier: "rds-ca-rsa2048-g1",
        storageType: "gp3",
        allocatedStorage: database.storageGiB,
        maxAllocatedStorage: database.maxStorageGiB,
        storageEncrypted: true,
        kmsKeyId: args.keyArn,
        dbSubnetGroupName: subnets.name,
        vpcSecurityGroupIds: [args.securityGroupId],
        publiclyAccessible: false,
        backupRetentionPeriod: database.backupRetentionDays,
        backupWindow: database.backupWindow,
        maintenanceWindow: database.maintenanceWindow,
        copyTagsToSnapshot: true,
        // Kept with the snapshots of their days, so that a mistaken deletion loses no point in time.
        deleteAutomatedBackups: !site.protection,
        deletionProtection: site.protection,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: `${identifier}-final`,
        enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
        monitoringInterval: 60,
        monitoringRoleArn: monitoring.arn,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: args.keyArn,
        // Days; seven cost nothing (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.cost.html).
        performanceInsightsRetentionPeriod: 7,
        tags: { Name: identifier },
      },
      stateful(site, {
        ...own,
        dependsOn: [monitoringRights, ...logs],
        // A Multi-AZ instance with its first backup takes longer than the engine's patience on large classes.
        customTimeouts: { create: "90m", update: "120m", delete: "90m" },
      }),
    );
    const secret = new StoredSecret(
      `${name}-password`,
      {
        site,
        purpose: "database-password",
        description: "PostgreSQL password of GitLab",
        value: args.password,
        keyArn: args.keyArn,
        recoveryDays: args.secretRecoveryDays,
      },
      own,
    );
    this.connection = {
      host: withForm(instance.address, `${identifier}.{id}.{region}.rds.amazonaws.com`),
      port: 5432,
      database: databaseName,
      username,
      password: { store: "aws-secrets-manager", id: secret.arn },
      sslMode: "verify-full",
      major,
    };
    this.identifier = instance.identifier;
    this.arn = instance.arn;
    this.ready = [instance, ...secret.ready];
    this.registerOutputs({ identifier: this.identifier });
  }
}
