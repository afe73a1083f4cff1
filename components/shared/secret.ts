import type * as pulumi from "@pulumi/pulumi";

/** Where a machine finds a secret: a place in a secret store, never the value. */
export interface SecretReference {
  /** `aws-secrets-manager`: `id` is the ARN. `gcp-secret-manager`: the secret's full name. `azure-key-vault`: the secret's URL without a version. */
  readonly store: "aws-secrets-manager" | "gcp-secret-manager" | "azure-key-vault";
  readonly id: pulumi.Output<string>;
}
