import type * as pulumi from "@pulumi/pulumi";
import { storedSecret } from "../shared/aws-secret";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";

/** Arguments of StoredSecret. */
export interface StoredSecretArgs {
  readonly site: Site;
  /** Last part of its fixed name, `<prefix>/<purpose>`. */
  readonly purpose: string;
  readonly description: string;
  /** The value; a Pulumi secret, and made one where it is not. */
  readonly value: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** Days in which it can be had back once deleted: 7 to 30, or 0 for none. */
  readonly recoveryDays: number;
}

/** A secret of the settings, where machines can read it with their role: they are told its ARN, never the value. */
export class StoredSecret extends Component {
  readonly arn: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: StoredSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("managedData", "StoredSecret", name, { purpose: args.purpose }, opts);
    const { secret, values } = storedSecret(
      `${name}-secret`,
      {
        site: args.site,
        secretName: `${fixedName({ maxLength: 200 }, args.site.prefix)}/${args.purpose}`,
        description: args.description,
        keyArn: args.keyArn,
        recoveryDays: args.recoveryDays,
        value: { name: `${name}-value`, text: args.value },
      },
      { parent: this },
    );
    this.arn = secret.arn;
    this.ready = [secret, ...values];
    this.registerOutputs({ arn: this.arn });
  }
}
