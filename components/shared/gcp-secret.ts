import { Secret, SecretIamMember, SecretVersion } from "@pulumi/gcp/secretmanager";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "./component";
import { fixedName } from "./names";
import type { SecretReference } from "./secret";
import { stateful, type Site } from "./site";

/** Arguments of GcpStoredSecret. */
export interface GcpStoredSecretArgs {
  readonly site: Site;
  /** Last part of its fixed name, `<prefix>-<purpose>`. */
  readonly purpose: string;
  /** The value, a Pulumi secret and made one where it is not. Left out, machines fill it and Pulumi owns the secret alone. */
  readonly value?: pulumi.Input<string>;
  /**
   * Who may read it, each by a plain key that tells them apart: `serviceAccount:…`.
   * @default nobody but the project's own administrators
   */
  readonly readers?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Who may add a version, and not read any. @default nobody */
  readonly writers?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A secret in Secret Manager, and who may do what with this one. Machines are told its name, never the value.
 *
 * Replicated by Google over regions: a secret that is lost with its region would take the backups with it.
 */
export class GcpStoredSecret extends Component {
  /** Name within the project, as machines use it. Fixed, so it is plain. */
  readonly secretName: string;
  readonly reference: SecretReference;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpStoredSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    // The type that states know it by, from before it was shared.
    super("managedData", "GcpStoredSecret", name, { purpose: args.purpose }, opts);
    const own = { parent: this };
    this.secretName = fixedName({ maxLength: 255 }, args.site.prefix, args.purpose);
    const secret = new Secret(
      `${name}-secret`,
      {
        secretId: this.secretName,
        replication: { auto: {} },
        // A mistaken new version is no loss: what is destroyed stays for a day, disabled
        // (https://cloud.google.com/secret-manager/docs/secret-version-destroy#delayed).
        versionDestroyTtl: "86400s",
        deletionProtection: args.site.protection,
      },
      stateful(args.site, own),
    );
    const version =
      args.value === undefined
        ? []
        : [
            new SecretVersion(
              `${name}-value`,
              { secret: secret.id, secretData: pulumi.secret(args.value) },
              own,
            ),
          ];
    const members = (
      kind: string,
      role: string,
      who: Readonly<Record<string, pulumi.Input<string>>> = {},
    ) =>
      Object.entries(who).map(
        ([key, member]) =>
          new SecretIamMember(`${name}-${key}-${kind}`, { secretId: secret.id, role, member }, own),
      );
    const readers = members("reads", "roles/secretmanager.secretAccessor", args.readers);
    const writers = members("writes", "roles/secretmanager.secretVersionAdder", args.writers);
    this.reference = { store: "gcp-secret-manager", id: secret.id };
    this.ready = [secret, ...version, ...readers, ...writers];
    this.registerOutputs({ secretName: this.secretName });
  }
}
