import * as kms from "@pulumi/aws/kms";
import type * as pulumi from "@pulumi/pulumi";
import { madeArn } from "../shared/aws";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { policyJson, type InputStatement } from "../shared/policy-json";
import { stateful, type Site } from "../shared/site";

export interface AwsBackupKeyArgs {
  readonly site: Site;
  /** What the key is for: part of its alias. */
  readonly purpose: string;
  readonly description: string;
  /** Account that owns and administers the key. */
  readonly accountId: string;
  /** Who else may use it, and for what. */
  readonly statements: readonly InputStatement[];
}

/**
 * A key of the backup account. Each kind of backup has its own, so that a right to read one kind is no right to
 * read another.
 *
 * The account's root statement lets IAM in that account give rights on the key; without it nobody could ever change
 * the policy again (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
 */
export class AwsBackupKey extends Component {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AwsBackupKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backupSchedule", "AwsBackupKey", name, { purpose: args.purpose }, opts);
    const key = new kms.Key(
      `${name}-key`,
      {
        description: args.description,
        enableKeyRotation: true,
        // The longest that KMS takes: what is encrypted with this key is lost with it.
        deletionWindowInDays: args.site.protection ? 30 : 7,
        policy: policyJson([
          {
            Sid: "Administration",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${args.accountId}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          ...args.statements,
        ]),
      },
      stateful(args.site, { parent: this }),
    );
    new kms.Alias(
      `${name}-alias`,
      {
        name: `alias/${fixedName({ maxLength: 240 }, args.site.prefix, "backup", args.purpose)}`,
        targetKeyId: key.keyId,
      },
      { parent: this },
    );
    this.arn = madeArn("key", key.arn);
    this.registerOutputs({ arn: this.arn });
  }
}

/**
 * Lets a role of another account encrypt and complete multipart uploads through S3 with a key.
 * `kms:Decrypt` is needed beside `kms:GenerateDataKey`: S3 reads the parts' data keys when it completes a multipart
 * upload (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html). It lets nobody read objects,
 * since no policy gives that role `s3:GetObject`.
 */
export function uploadThroughS3(
  roleArn: pulumi.Input<string>,
  region: string,
  accountId: string,
): InputStatement {
  return {
    Sid: "UploadThroughS3",
    Effect: "Allow",
    Principal: { AWS: roleArn },
    Action: ["kms:GenerateDataKey", "kms:Decrypt"],
    Resource: "*",
    Condition: {
      StringEquals: {
        "kms:ViaService": `s3.${region}.amazonaws.com`,
        "kms:CallerAccount": accountId,
      },
    },
  };
}

/** Lets S3, acting as a replication role of another account, encrypt replicas with a key. */
export function replicateThroughS3(
  roleArn: pulumi.Input<string>,
  region: string,
  accountId: string,
): InputStatement {
  return {
    Sid: "ReplicateThroughS3",
    Effect: "Allow",
    Principal: { AWS: roleArn },
    Action: ["kms:Encrypt", "kms:GenerateDataKey"],
    Resource: "*",
    Condition: {
      StringEquals: {
        "kms:ViaService": `s3.${region}.amazonaws.com`,
        "kms:CallerAccount": accountId,
      },
    },
  };
}

/** Lets an AWS service use a key for this account's own topics or log groups. */
export function usedByService(
  sid: string,
  service: string,
  condition: NonNullable<InputStatement["Condition"]>,
): InputStatement {
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: { Service: service },
    Action: [
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:ReEncrypt*",
      "kms:GenerateDataKey*",
      "kms:DescribeKey",
    ],
    Resource: "*",
    Condition: condition,
  };
}
