import * as pulumi from "@pulumi/pulumi";
import type { InputStatement } from "../shared/policy-json";
import type { AwsRunnerFleetArgs } from "./args";
import { cachePrefix } from "./render/config";

/** What of a fleet the manager's rights are about. */
export interface ManagerRightsArgs {
  readonly fleet: AwsRunnerFleetArgs;
  /** Name of the workers' Auto Scaling group. */
  readonly workerGroup: string;
  readonly cacheBucketArn: pulumi.Input<string>;
  readonly tokenArn: pulumi.Input<string>;
  readonly bundleArns: readonly pulumi.Input<string>[];
}

/**
 * All that a manager may do: scale its own group, reach its own workers, sign cache addresses, read its own token.
 *
 * The fleeting plugin's list: SetDesiredCapacity and TerminateInstanceInAutoScalingGroup on the group, both Describe
 * calls (which take no resource), GetPasswordData and SendSSHPublicKey on the group's instances
 * (https://gitlab.com/gitlab-org/fleeting/plugins/aws, recommended IAM policy). Workers are Linux: no password data.
 */
export function managerRights(args: ManagerRightsArgs): InputStatement[] {
  const { fleet, workerGroup } = args;
  const { region, accountId } = fleet;
  return [
    {
      Sid: "Scale",
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${workerGroup}`,
    },
    {
      Sid: "SeeWorkers",
      Effect: "Allow",
      Action: ["autoscaling:DescribeAutoScalingGroups", "ec2:DescribeInstances"],
      Resource: "*",
    },
    {
      // AWS itself sets this tag on a group's instances, so nobody can put another machine under the manager's hand.
      Sid: "ReachWorkers",
      Effect: "Allow",
      Action: "ec2-instance-connect:SendSSHPublicKey",
      Resource: `arn:aws:ec2:${region}:${accountId}:instance/*`,
      Condition: {
        StringEquals: {
          "aws:ResourceTag/aws:autoscaling:groupName": workerGroup,
          "ec2:osuser": "ec2-user",
        },
      },
    },
    {
      Sid: "SignCache",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: pulumi.interpolate`${args.cacheBucketArn}/${cachePrefix}/*`,
    },
    {
      Sid: "ReadToken",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: args.tokenArn,
    },
    { Sid: "ReadBundle", Effect: "Allow", Action: "s3:GetObject", Resource: [...args.bundleArns] },
    {
      Sid: "Keys",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [fleet.keyArn, fleet.filesKeyArn, fleet.alertKeyArn],
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${fleet.logGroup.arn}:*`,
    },
    {
      Sid: "Metrics",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "GitLab/Nodes" } },
    },
    { Sid: "Alert", Effect: "Allow", Action: "sns:Publish", Resource: fleet.alertTopicArn },
  ];
}
