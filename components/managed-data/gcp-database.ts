import { IAMMember } from "@pulumi/gcp/projects";
import { Database, DatabaseInstance, User } from "@pulumi/gcp/sql";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { unknownCertificate, unknownHost, withForm } from "../shared/documents";
import { fixedName } from "../shared/names";
import { stateful } from "../shared/site";
import type { PostgresServer } from "./contract";
import {
  checkReplicas,
  databaseInstanceName,
  replicaInstanceName,
  zoneLetter,
  type DatabaseLogin,
  type GcpDatabaseProps,
} from "./gcp-database-args";
import { primarySettings, replicaSettings } from "./gcp-database-settings";

/**
 * Cloud SQL for PostgreSQL: two zones, private address, encrypted connections only, point-in-time recovery, backups in
 * another region, and read replicas in zones of their own. Its user is a `cloudsqlsuperuser`, which owns the database
 * and may create extensions, and is no superuser (https://cloud.google.com/sql/docs/postgres/users).
 *
 * The authority that signs its certificate is the instance's own, and the certificate names no host that a client could
 * hold it against: hence `verify-ca` (https://cloud.google.com/sql/docs/postgres/configure-ssl-instance).
 */
export class GcpDatabase extends Component {
  readonly server: PostgresServer & { readonly serverCa: pulumi.Output<string> };
  readonly username: pulumi.Output<string>;
  /** Names of the instances, replicas in the order of the arguments; metrics have `<project>:<name>`. */
  readonly instances: { readonly primary: string; readonly replicas: readonly string[] };
  /** What the Auth Proxy knows them by: `<project>:<region>:<name>`. */
  readonly connectionNames: { readonly primary: string; readonly replicas: readonly string[] };
  /** Email of the primary's own service account, as which it reads and writes buckets. */
  readonly serviceAccount: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if a replica would fall with the primary or with another one, or is smaller than the primary */
  constructor(name: string, args: GcpDatabaseProps, opts?: pulumi.ComponentResourceOptions) {
    const { database, login, site } = args;
    const replicas = database.replicas ?? [];
    super(
      "managedData",
      "GcpDatabase",
      name,
      {
        major: database.major,
        edition: database.edition,
        tier: database.tier,
        ...(replicas.length === 0 ? {} : { replicas: replicas.length, login: login.kind }),
      },
      opts,
    );
    checkReplicas(args, database);
    const own = { parent: this };
    const primary = databaseInstanceName(site, database);
    const names = {
      primary,
      replicas: replicas.map((replica) => replicaInstanceName(primary, replica)),
    };
    const common = {
      region: args.region,
      databaseVersion: `POSTGRES_${database.major}`,
      // The provider's own, and beside it the cloud's, which holds for the console and gcloud too.
      deletionProtection: site.protection,
    };
    const customTimeouts = { create: "60m", update: "60m", delete: "60m" };

    const instance = new DatabaseInstance(
      `${name}-postgres`,
      {
        ...common,
        name: names.primary,
        // Another major is refused for a primary alone
        // (https://cloud.google.com/sql/docs/postgres/upgrade-major-db-version-inplace).
        ...(replicas.length === 0 ? {} : { includeReplicasForMajorVersionUpgrade: true }),
        settings: primarySettings(args),
      },
      stateful(site, {
        ...own,
        dependsOn: [...args.servicesReady, ...(args.before ?? [])],
        // Grown by Cloud SQL itself; to set it back would replace the instance.
        ignoreChanges: ["settings.diskSize"],
        customTimeouts,
      }),
    );
    const user = new User(`${name}-user`, { instance: instance.name, ...userOf(login) }, own);
    const content = new Database(
      `${name}-${args.databaseKey}`,
      {
        instance: instance.name,
        name: args.databaseName,
        charset: "UTF8",
        collation: "en_US.UTF8",
      },
      // Deleted before the user, who owns everything in it and could not go else.
      stateful(site, { ...own, dependsOn: [user] }),
    );
    // One operation at a time on a primary and its replicas: Cloud SQL refuses a second one, when making and when
    // deleting (https://github.com/hashicorp/terraform-provider-google/issues/2774).
    let last: pulumi.Resource = content;
    const copies = replicas.map(({ zone }, index) => {
      const copy = new DatabaseInstance(
        `${name}-postgres-replica-${zoneLetter(zone)}`,
        {
          ...common,
          name: names.replicas[index],
          masterInstanceName: instance.name,
          settings: replicaSettings(args, zone),
        },
        stateful(site, {
          ...own,
          dependsOn: [last],
          // A replica's window is its primary's, and Cloud SQL tells of it as if it had been set.
          ignoreChanges: ["settings.maintenanceWindow"],
          customTimeouts,
        }),
      );
      last = copy;
      return copy;
    });
    const rights = login.kind === "identity" ? this.#allow(name, login.email, names, args) : [];

    this.server = {
      host: withForm(instance.privateIpAddress, unknownHost),
      port: 5432,
      sslMode: "verify-ca",
      // Two while the authority is being changed for its successor.
      // Certificates are public, and the SDK calls them secret: all that a machine's metadata holds would be, with them.
      serverCa: withForm(
        pulumi
          .unsecret(instance.serverCaCerts)
          .apply((authorities) => authorities.map(({ cert }) => `${cert.trim()}\n`).join("")),
        unknownCertificate,
      ),
      major: database.major,
    };
    this.username = user.name;
    this.instances = names;
    const connection = (one: string) => `${args.project}:${args.region}:${one}`;
    this.connectionNames = {
      primary: connection(names.primary),
      replicas: names.replicas.map(connection),
    };
    this.serviceAccount = instance.serviceAccountEmailAddress;
    this.ready = [instance, user, content, ...copies, ...rights];
    this.registerOutputs({ instanceName: names.primary });
  }

  /**
   * To reach the instances and to log in, on these alone
   * (https://cloud.google.com/sql/docs/postgres/iam-conditions, https://cloud.google.com/sql/docs/postgres/iam-logins).
   */
  #allow(
    name: string,
    email: pulumi.Input<string>,
    instances: GcpDatabase["instances"],
    { project }: GcpDatabaseProps,
  ): pulumi.Resource[] {
    const all = [instances.primary, ...instances.replicas];
    const these = all
      .map((one) => `resource.name == "projects/${project}/instances/${one}"`)
      .join(" || ");
    const condition = {
      // Another one for other instances: the provider tells grants apart by it, and the new one comes before the old one goes.
      title: fixedName({ maxLength: 100 }, ...all),
      expression: `resource.type == "sqladmin.googleapis.com/Instance" && (${these})`,
    };
    return (["client", "instanceUser"] as const).map(
      (role) =>
        new IAMMember(
          `${name}-${role}`,
          {
            project,
            role: `roles/cloudsql.${role}`,
            member: pulumi.interpolate`serviceAccount:${email}`,
            condition,
          },
          { parent: this },
        ),
    );
  }
}

/** A user of an identity is called as its email is, without the end that all have (https://cloud.google.com/sql/docs/postgres/add-manage-iam-users). */
function userOf(login: DatabaseLogin) {
  if (login.kind === "password") {
    return { name: login.username, password: pulumi.secret(login.password) };
  }
  return {
    name: pulumi.output(login.email).apply((email) => email.replace(/\.gserviceaccount\.com$/, "")),
    type: "CLOUD_IAM_SERVICE_ACCOUNT",
    // A user with a password is one from the start; this one would own nothing and could not migrate
    // (https://cloud.google.com/sql/docs/postgres/create-manage-users).
    databaseRoles: ["cloudsqlsuperuser"],
  };
}
