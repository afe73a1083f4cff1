/**
 * What the machines of an instance may do: one statement a purpose, no action that no script or service uses.
 */
import { RolePolicy } from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { shownPolicyJson, type InputStatement } from "../shared/policy-json";
import type { AwsGitLabInstanceArgs } from "./aws-args";

/** The roles that run GitLab's services. */
export type ServiceRole = "application" | "gitaly" | "single";

interface AccessArgs {
  readonly role: ServiceRole;
  readonly args: AwsGitLabInstanceArgs;
  readonly bundleArns: readonly pulumi.Input<string>[];
  /** Names of the Auto Scaling groups whose launch hooks the machine completes. */
  readonly groupName: string;
}

/** Reading the bundle, the image, the secrets; the shared record; logs and alarms: every machine. */
function common({ role, args, bundleArns }: AccessArgs): InputStatement[] {
  const { store } = args;
  const secrets: pulumi.Input<string>[] = [store.gitlabSecret.arn];
  if (role !== "gitaly") {
    secrets.push(args.data.postgres.password.id, args.data.redis.token.id, store.rootPassword.arn);
    if (store.smtpPassword !== undefined) secrets.push(store.smtpPassword.arn);
  }
  return [
    { Sid: "ReadBundle", Effect: "Allow", Action: "s3:GetObject", Resource: [...bundleArns] },
    { Sid: "EcrLogin", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      // Pull, and make the private copy when it is missing: content-addressed, so that no machine can change what
      // a digest stands for.
      Sid: "Image",
      Effect: "Allow",
      Action: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      Resource: store.imagesArn,
    },
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: secrets,
    },
    {
      Sid: "CompleteSecrets",
      Effect: "Allow",
      Action: "secretsmanager:PutSecretValue",
      Resource: store.gitlabSecret.arn,
    },
    {
      Sid: "Coordinate",
      Effect: "Allow",
      Action: [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
      Resource: store.tableArn,
    },
    {
      Sid: "Key",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: args.keyArn,
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${store.logsArn}:*`,
    },
    {
      Sid: "Metrics",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "GitLab/Nodes" } },
    },
    { Sid: "Alert", Effect: "Allow", Action: "sns:Publish", Resource: args.alertTopicArn },
    {
      Sid: "AlertKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: args.alertKeyArn,
    },
  ];
}

/** Mounting EFS with the machine's own identity; the file system's policy says the same from its side. */
function mounts({ role, args }: AccessArgs): InputStatement[] {
  const places = [
    ...(role !== "application" && args.git.kind === "efs" ? [args.git] : []),
    ...(role !== "gitaly" && args.objects.kind === "efs" ? [args.objects] : []),
  ];
  return places.map((place, index) => ({
    Sid: `Mount${index + 1}`,
    Effect: "Allow",
    Action: [
      "elasticfilesystem:ClientMount",
      "elasticfilesystem:ClientRootAccess",
      "elasticfilesystem:ClientWrite",
    ],
    Resource: place.fileSystemArn,
    Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": place.accessPointArn } },
  }));
}

/** Attaching the Git volume to this machine. */
function volume({ role, args }: AccessArgs): InputStatement[] {
  if (role === "application" || args.git.kind !== "ebs") return [];
  return [
    {
      Sid: "AttachVolume",
      Effect: "Allow",
      Action: ["ec2:AttachVolume", "ec2:DetachVolume"],
      Resource: [args.git.volumeArn, `arn:aws:ec2:${args.region}:${args.accountId}:instance/*`],
      // The volume is named above; of the instances only this environment's own.
      Condition: {
        StringEquals: { "aws:ResourceTag/Environment": args.site.environment },
      },
    },
    {
      Sid: "SeeVolume",
      Effect: "Allow",
      Action: ["ec2:DescribeInstances", "ec2:DescribeVolumes"],
      Resource: "*",
    },
  ];
}

/** GitLab's objects, the fleets' tokens, the group's instances and launch hook: machines that run Rails. */
function rails({ role, args, groupName }: AccessArgs): InputStatement[] {
  if (role === "gitaly") return [];
  const statements: InputStatement[] = [
    {
      Sid: "SeeGroup",
      Effect: "Allow",
      Action: "autoscaling:DescribeAutoScalingGroups",
      Resource: "*",
    },
  ];
  if (role === "application") {
    statements.push({
      Sid: "LaunchHook",
      Effect: "Allow",
      Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
      Resource: `arn:aws:autoscaling:${args.region}:${args.accountId}:autoScalingGroup:*:autoScalingGroupName/${groupName}`,
    });
  }
  if (args.runners.length > 0) {
    statements.push({
      Sid: "RunnerTokens",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
      Resource: args.runners.map((runner) => runner.token.id),
    });
  }
  if (args.objects.kind === "s3") {
    const arns = Object.values(args.objects.bucketArns);
    statements.push(
      {
        Sid: "Buckets",
        Effect: "Allow",
        Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        Resource: arns,
      },
      {
        Sid: "Objects",
        Effect: "Allow",
        Action: [
          "s3:AbortMultipartUpload",
          "s3:DeleteObject",
          "s3:GetObject",
          "s3:ListMultipartUploadParts",
          "s3:PutObject",
        ],
        Resource: arns.map((arn) => pulumi.interpolate`${arn}/*`),
      },
    );
  }
  return statements;
}

/** The inline policy of one machine role. */
export function nodePolicy(
  name: string,
  access: AccessArgs,
  opts: pulumi.CustomResourceOptions,
): RolePolicy {
  const { args, role } = access;
  const identity = role === "gitaly" ? args.identities.gitaly : args.identities.application;
  return new RolePolicy(
    name,
    {
      role: identity.roleName,
      policy: shownPolicyJson(
        name,
        [...common(access), ...mounts(access), ...volume(access), ...rails(access)],
        opts,
      ),
    },
    opts,
  );
}
