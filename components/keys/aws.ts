import * as kms from "@pulumi/aws/kms";
import type * as pulumi from "@pulumi/pulumi";
import { madeArn } from "../shared/aws";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import { keyPolicy, type KeyUse } from "./policy";

export type { KeyUse } from "./policy";

/** Arguments of AwsDataKey. */
export interface AwsDataKeyArgs {
  readonly site: Site;
  /** Twelve digits: the account that the key is in. */
  readonly accountId: string;
  /** Region that the key is in. */
  readonly region: string;
  /** What it encrypts, as part of its alias: `data`, `alerts`. */
  readonly purpose: string;
  /** What else than IAM policies of the account lets AWS services use the key. */
  readonly uses: readonly KeyUse[];
  /** Accounts, twelve digits each, whose AWS Backup copies recovery points that this key encrypts. @default none */
  readonly copyingAccountIds?: readonly string[];
  /**
   * Days between the order to delete the key and its end: 7 to 30. What it encrypted is lost after them.
   * @default 30, the longest that KMS offers
   */
  readonly deletionWindowDays?: number;
}

/**
 * A customer-managed key, rotated yearly, with an alias `alias/<prefix>-<purpose>`.
 *
 * Who may use it is said in two places: the account's IAM policies (the first statement hands the decision to them,
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html), and one statement for each use.
 */
export class AwsDataKey extends Component {
  readonly arn: pulumi.Output<string>;
  readonly keyId: pulumi.Output<string>;
  readonly aliasName: pulumi.Output<string>;

  /** @throws if the deletion window is not 7 to 30 days */
  constructor(name: string, args: AwsDataKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    const deletionWindowDays = args.deletionWindowDays ?? 30;
    super("keys", "AwsDataKey", name, { purpose: args.purpose, deletionWindowDays }, opts);
    if (deletionWindowDays < 7 || deletionWindowDays > 30) {
      throw new Error(`deletionWindowDays: found ${deletionWindowDays}, allowed: 7 to 30`);
    }
    const key = new kms.Key(
      `${name}-key`,
      {
        description: `${args.site.prefix}: ${args.purpose}`,
        deletionWindowInDays: deletionWindowDays,
        enableKeyRotation: true,
        policy: JSON.stringify(keyPolicy(args)),
        tags: { Name: `${args.site.prefix}-${args.purpose}` },
      },
      stateful(args.site, { parent: this }),
    );
    const alias = new kms.Alias(
      `${name}-alias`,
      {
        name: `alias/${fixedName({ maxLength: 250 }, args.site.prefix, args.purpose)}`,
        targetKeyId: key.keyId,
      },
      { parent: this },
    );
    this.arn = madeArn("key", key.arn);
    this.keyId = key.keyId;
    this.aliasName = alias.name;
    this.registerOutputs({ arn: this.arn });
  }
}
