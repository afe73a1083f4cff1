import { Account } from "@pulumi/gcp/serviceaccount/account";
import { Key } from "@pulumi/gcp/serviceaccount/key";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { GcsBucket } from "./gcs-bucket";

/**
 * The roles that whoever keeps objects in a bucket needs on it, and nothing beside:
 * - `objectUser`: create, read, list, change and delete objects and uploads in parts. Not `objectAdmin`, which adds
 *   objects' own IAM policies, or any role that could change the bucket or delete it. Writing over an object needs
 *   `storage.objects.delete` as well, so there is no smaller role for GitLab, the registry or the runners' cache.
 * - `legacyBucketReader`: `storage.buckets.get`, which the client library (fog-google) asks for when it opens a bucket
 *   by name, as GitLab's clean-up and check tasks do.
 *
 * Sources: https://cloud.google.com/storage/docs/access-control/iam-roles,
 * https://docs.gitlab.com/administration/object_storage/#google-cloud-storage-gcs,
 * https://distribution.github.io/distribution/storage-drivers/gcs/
 */
export const objectRoles = [
  "roles/storage.objectUser",
  "roles/storage.legacyBucketReader",
] as const;

/** Who reads and writes objects. */
export type GcsAccess =
  /** From outside Google's cloud: a service account of its own and a JSON key of it. */
  | {
      readonly kind: "key";
      /** First part of the account's email, 6 to 30 of a-z, 0-9 and `-`, starting with a letter. */
      readonly accountId: string;
      /**
       * Names of the keys that exist at a time; the last is handed out. To change keys without a gap, add a name, wait
       * until every machine has read its key anew, and take the old name away. @default ["1"]
       */
      readonly keyGenerations?: readonly string[];
    }
  /**
   * On Google's cloud: the service account that the machine has. It must be allowed to sign for itself, since without
   * a private key of its own it has IAM sign its addresses: `signsForItself` of GcpMachineIdentity
   * (docs.gitlab.com/administration/object_storage, application default credentials).
   */
  | { readonly kind: "identity"; readonly email: pulumi.Input<string> };

/** Arguments of GcsIdentity. */
export interface GcsIdentityArgs {
  readonly project: string;
  readonly access: GcsAccess;
  /** One sentence, shown in the console. */
  readonly description: string;
}

/** Whom buckets are given to: a service account of their own with a key, or that of a machine. */
export class GcsIdentity extends Component {
  readonly email: pulumi.Output<string>;
  /** The JSON key file, a Pulumi secret; only of `access.kind` `key`. */
  readonly key: pulumi.Output<string> | undefined;
  readonly ready: pulumi.Resource[];

  /** @throws if the account's id is none, or no key, or a key twice, is asked for */
  constructor(name: string, args: GcsIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    const { access } = args;
    super("objectStorage", "GcsIdentity", name, { access: access.kind }, opts);
    const own = { parent: this };
    if (access.kind === "identity") {
      this.email = pulumi.output(access.email);
      this.ready = [];
    } else {
      const generations = access.keyGenerations ?? ["1"];
      if (generations.length === 0 || new Set(generations).size !== generations.length) {
        throw new Error(
          `keyGenerations: found ${generations.join(", ") || "none"}, want different names, at least one`,
        );
      }
      if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(access.accountId)) {
        throw new Error(
          `accountId: found ${access.accountId}, allowed: 6 to 30 of a-z, 0-9 and -, starting with a letter`,
        );
      }
      const account = new Account(
        `${name}-account`,
        {
          project: args.project,
          accountId: access.accountId,
          displayName: access.accountId,
          description: args.description,
        },
        own,
      );
      const keys = generations.map(
        (generation) =>
          new Key(`${name}-key-${generation}`, { serviceAccountId: account.name }, own),
      );
      this.email = account.email;
      const newest = keys.at(-1);
      if (newest !== undefined) this.key = pulumi.secret(newest.privateKey).apply(decoded);
      this.ready = [account, ...keys];
    }
    this.registerOutputs({ email: this.email });
  }

  /** The roles of `objectRoles` on a bucket. */
  mayUse(bucket: GcsBucket, name: string): pulumi.Resource[] {
    const member = pulumi.interpolate`serviceAccount:${this.email}`;
    return objectRoles.map((role) =>
      bucket.grant(`${name}-${role.replace(/^.*\./, "")}`, role, member),
    );
  }
}

/** The API hands a key out in base64; GitLab and the runner want the JSON text. */
function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
