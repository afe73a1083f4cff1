import * as pulumi from "@pulumi/pulumi";
import { madeArn } from "../shared/aws";
import type { InputStatement } from "../shared/policy-json";
import type { AwsBackupScheduleArgs } from "./args";
import type { BackupBucketNames } from "./names";

/** What the backup account's buckets must let the backup machine do, and nothing beside it. */
export function uploadRights(
  bucket: string,
  prefix: string,
  roleArn: pulumi.Input<string>,
): InputStatement[] {
  const arn = `arn:aws:s3:::${bucket}`;
  const may = ["s3:PutObject", "s3:AbortMultipartUpload"];
  return [
    {
      Sid: "Upload",
      Effect: "Allow",
      Principal: { AWS: roleArn },
      Action: may,
      Resource: `${arn}/${prefix}/*`,
    },
    {
      // The size of what has landed is read from the list: reading the object itself is not allowed.
      Sid: "ListOwnUploads",
      Effect: "Allow",
      Principal: { AWS: roleArn },
      Action: "s3:ListBucket",
      Resource: arn,
      Condition: { StringLike: { "s3:prefix": `${prefix}/*` } },
    },
    {
      // Whatever its own account may ever allow this role: no read, no delete, no change of a retention, no bypass.
      Sid: "NothingElse",
      Effect: "Deny",
      Principal: { AWS: roleArn },
      NotAction: [...may, "s3:ListBucket"],
      Resource: [arn, `${arn}/*`],
    },
  ];
}

/** What an identity may do that uploads backups, and lists them to see that they have arrived. */
export function writerRights(
  buckets: readonly string[],
  prefix: string,
  keyArns: readonly pulumi.Input<string>[],
  region: string,
): InputStatement[] {
  const arns = buckets.map((name) => `arn:aws:s3:::${name}`);
  return [
    {
      Sid: "Upload",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
      Resource: arns.map((arn) => `${arn}/${prefix}/*`),
    },
    {
      Sid: "ListOwnUploads",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: arns,
      Condition: { StringLike: { "s3:prefix": `${prefix}/*` } },
    },
    {
      Sid: "EncryptUploads",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: [...keyArns],
      Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    },
  ];
}

/** All that the backup machine may do in its own account and towards the backup account. */
export function machineRights(
  args: AwsBackupScheduleArgs,
  names: BackupBucketNames,
  prefix: string,
  keyArns: readonly pulumi.Input<string>[],
): InputStatement[] {
  const through = (service: string): { readonly StringEquals: Record<string, string> } => ({
    StringEquals: { "kms:ViaService": `${service}.${args.region}.amazonaws.com` },
  });
  return [
    ...writerRights([names.archives, names.secrets], prefix, keyArns, args.region),
    {
      Sid: "FetchBootFiles",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: args.nodeFiles.objectArns,
    },
    {
      Sid: "DecryptBootFiles",
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: args.nodeFilesKeyArn,
      Condition: through("s3"),
    },
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [...args.secretArns],
    },
    {
      Sid: "DecryptSecrets",
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: args.keyArn,
      Condition: through("secretsmanager"),
    },
    {
      // The version record above all.
      Sid: "SeeCoordination",
      Effect: "Allow",
      Action: ["dynamodb:GetItem"],
      Resource: args.coordinationTableArn,
    },
    {
      // Its lock and its own record; never the Gitaly lease or the version record.
      Sid: "Coordinate",
      Effect: "Allow",
      Action: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      Resource: args.coordinationTableArn,
      Condition: {
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["lock/backup", "backup/*"] },
      },
    },
    {
      Sid: "SignInToRegistry",
      Effect: "Allow",
      Action: ["ecr:GetAuthorizationToken"],
      Resource: "*",
    },
    {
      // The image is there before the first backup: application nodes have put it there.
      Sid: "PullImage",
      Effect: "Allow",
      Action: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:DescribeImages",
      ],
      Resource: args.imageRepositoryArn,
    },
    {
      Sid: "Log",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      Resource: [args.logGroupArn, pulumi.interpolate`${args.logGroupArn}:*`],
    },
    {
      Sid: "Alert",
      Effect: "Allow",
      Action: ["sns:Publish"],
      Resource: args.alertTopicArn,
    },
    {
      Sid: "EncryptAlerts",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: args.alertKeyArn,
      Condition: through("sns"),
    },
    {
      Sid: "Measure",
      Effect: "Allow",
      Action: ["cloudwatch:PutMetricData"],
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "GitLab/Nodes" } },
    },
    ...(args.sharedFiles === undefined
      ? []
      : [
          {
            // The package's configuration run changes owners in the shared directories: it needs root and writing.
            Sid: "MountSharedFiles",
            Effect: "Allow" as const,
            Action: [
              "elasticfilesystem:ClientMount",
              "elasticfilesystem:ClientWrite",
              "elasticfilesystem:ClientRootAccess",
            ],
            Resource: args.sharedFiles.fileSystemArn,
            Condition: {
              StringEquals: { "elasticfilesystem:AccessPointArn": args.sharedFiles.accessPointArn },
              Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
            },
          },
        ]),
  ];
}

/** What the schedule may do: start this one machine from this one template, and hand it its role. */
export function launchRights(launch: {
  readonly region: string;
  readonly accountId: string;
  readonly launchTemplateArn: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  readonly roleArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly queueArn: pulumi.Input<string>;
}): InputStatement[] {
  const here = `arn:aws:ec2:${launch.region}:${launch.accountId}`;
  const fromTemplate = { ArnEquals: { "ec2:LaunchTemplate": launch.launchTemplateArn } };
  return [
    {
      Sid: "MakeMachine",
      Effect: "Allow",
      Action: "ec2:RunInstances",
      Resource: [`${here}:instance/*`, `${here}:volume/*`, `${here}:network-interface/*`],
      Condition: fromTemplate,
    },
    {
      // What the template names may not be replaced by something in the call
      // (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-template-permissions.html).
      Sid: "UseWhatTheTemplateNames",
      Effect: "Allow",
      Action: "ec2:RunInstances",
      Resource: [
        `arn:aws:ec2:${launch.region}::image/*`,
        `arn:aws:ec2:${launch.region}::snapshot/*`,
        `${here}:security-group/*`,
      ],
      Condition: { ...fromTemplate, Bool: { "ec2:IsLaunchTemplateResource": "true" } },
    },
    {
      Sid: "UseTheTemplate",
      Effect: "Allow",
      Action: "ec2:RunInstances",
      Resource: launch.launchTemplateArn,
    },
    {
      // The one thing that the call itself names.
      Sid: "InThisSubnet",
      Effect: "Allow",
      Action: "ec2:RunInstances",
      Resource: madeArn("subnet", pulumi.interpolate`${here}:subnet/${launch.subnetId}`),
      Condition: fromTemplate,
    },
    {
      Sid: "TagWhileMaking",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: [`${here}:instance/*`, `${here}:volume/*`, `${here}:network-interface/*`],
      Condition: { StringEquals: { "ec2:CreateAction": "RunInstances" } },
    },
    {
      Sid: "HandOverRole",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: launch.roleArn,
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    {
      // Who starts a machine with encrypted volumes needs the key, not the machine
      // (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html).
      Sid: "EncryptVolumes",
      Effect: "Allow",
      Action: [
        "kms:DescribeKey",
        "kms:Decrypt",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      Resource: launch.keyArn,
      Condition: {
        StringEquals: { "kms:ViaService": `ec2.${launch.region}.amazonaws.com` },
      },
    },
    {
      Sid: "LetEbsKeepTheKey",
      Effect: "Allow",
      Action: "kms:CreateGrant",
      Resource: launch.keyArn,
      Condition: {
        StringEquals: { "kms:ViaService": `ec2.${launch.region}.amazonaws.com` },
        Bool: { "kms:GrantIsForAWSResource": "true" },
      },
    },
    {
      Sid: "KeepWhatFailed",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: launch.queueArn,
    },
    {
      Sid: "EncryptWhatFailed",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: launch.keyArn,
      Condition: {
        StringEquals: { "kms:ViaService": `sqs.${launch.region}.amazonaws.com` },
      },
    },
  ];
}
