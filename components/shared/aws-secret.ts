import { Secret, SecretVersion } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import { madeArn } from "./aws";
import { stateful, type Site } from "./site";

/** Arguments of storedSecret. */
export interface StoredSecretArgs {
  readonly site: Pick<Site, "protection">;
  /** Fixed name in Secrets Manager. */
  readonly secretName: string;
  readonly description: string;
  readonly keyArn: pulumi.Input<string>;
  /** Days in which it can be had back once deleted: 7 to 30, or 0 for none, so that the fixed name is free again. */
  readonly recoveryDays: number;
  /** The value, made a Pulumi secret where it is none; left out where machines put it in. */
  readonly value?: { readonly name: string; readonly text: pulumi.Input<string> };
}

/**
 * A secret of the settings or of the machines, where machines can read it with their role: they are told its ARN, never
 * the value.
 * @param name name of the secret in the program; that of its value is `value.name`
 */
export function storedSecret(
  name: string,
  args: StoredSecretArgs,
  opts: pulumi.CustomResourceOptions,
): { readonly secret: Secret; readonly values: pulumi.Resource[] } {
  const secret = new Secret(
    name,
    {
      name: args.secretName,
      description: args.description,
      kmsKeyId: args.keyArn,
      recoveryWindowInDays: args.recoveryDays,
    },
    stateful(args.site, opts),
  );
  madeArn("secret", secret.arn);
  const values =
    args.value === undefined
      ? []
      : [
          new SecretVersion(
            args.value.name,
            { secretId: secret.id, secretString: pulumi.secret(args.value.text) },
            opts,
          ),
        ];
  return { secret, values };
}
