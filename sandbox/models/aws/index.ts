/** The AWS package: its provider and every resource type that is modelled. */
import type { PackageModel } from "../../model";
import { models as acm } from "./acm";
import { models as route53 } from "./route53";
import { models as dlm } from "./dlm";
import { models as autoscaling } from "./autoscaling";
import { models as backup } from "./backup";
import { models as cloudwatch } from "./cloudwatch";
import { models as dynamodb } from "./dynamodb";
import { models as ec2Access } from "./ec2-access";
import { models as ec2Compute } from "./ec2-compute";
import { models as ec2Network } from "./ec2-network";
import { models as ecr } from "./ecr";
import { models as efs } from "./efs";
import { models as elasticache } from "./elasticache";
import { models as iam } from "./iam";
import { models as iamUsers } from "./iam-users";
import { models as kms } from "./kms";
import { models as lb } from "./lb";
import { models as rds } from "./rds";
import { models as s3 } from "./s3";
import { models as scheduler } from "./scheduler";
import { models as secretsmanager } from "./secretsmanager";
import { models as sns } from "./sns";
import { models as sqs } from "./sqs";
import { models as ssm } from "./ssm";
import { models as vpc } from "./vpc";
import { provider } from "./provider";
import { withTags } from "./tags";

/** The AWS package at the SDK's version. */
export const aws: PackageModel = {
  package: "aws",
  version: "7.48.0",
  provider,
  resources: [
    ...acm,
    ...route53,
    ...dlm,
    ...autoscaling,
    ...backup,
    ...cloudwatch,
    ...dynamodb,
    ...ec2Access,
    ...ec2Compute,
    ...ec2Network,
    ...ecr,
    ...efs,
    ...elasticache,
    ...iam,
    ...iamUsers,
    ...kms,
    ...lb,
    ...rds,
    ...s3,
    ...scheduler,
    ...secretsmanager,
    ...sns,
    ...sqs,
    ...ssm,
    ...vpc,
  ].map(withTags),
};
