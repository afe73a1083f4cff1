import { policyDocument, type PolicyDocument, type PolicyStatement } from "../shared/iam";

/**
 * An AWS service's use of a key.
 *
 * - `autoScaling`: machines with encrypted volumes, started by Auto Scaling groups, on demand or Spot.
 * - `logs`: CloudWatch log groups.
 * - `alarms`: CloudWatch alarms and RDS events that publish to an encrypted SNS topic.
 * - `events`: EventBridge rules that publish to an encrypted SNS topic or queue.
 */
export type KeyUse = "autoScaling" | "logs" | "alarms" | "events";

/** What a key's policy is made from. */
export interface KeyPolicyArgs {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  readonly uses: readonly KeyUse[];
  /** Accounts, twelve digits each, whose AWS Backup copies recovery points that this key encrypts. @default none */
  readonly copyingAccountIds?: readonly string[];
}

/**
 * Policy of a customer-managed key: the account's IAM policies decide, and each use adds what they can't say.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function keyPolicy({
  accountId,
  region,
  uses,
  copyingAccountIds = [],
}: KeyPolicyArgs): PolicyDocument {
  const account: PolicyStatement = {
    Sid: "Account",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  const wanted = new Set(uses);
  return policyDocument(
    account,
    ...(wanted.has("autoScaling") ? machineVolumes(accountId) : []),
    ...(wanted.has("logs") ? [logGroups(accountId, region)] : []),
    ...(wanted.has("alarms") ? [alarms(accountId)] : []),
    ...(wanted.has("events") ? [events()] : []),
    ...(copyingAccountIds.length > 0 ? recoveryPointCopies(copyingAccountIds) : []),
  );
}

/**
 * What EC2 Auto Scaling needs to start machines with encrypted volumes
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html), and EC2 for Spot
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html).
 *
 * The service-linked roles come into being with the account's first group or Spot request. KMS refuses a policy whose
 * principal does not exist, so a fresh account could make neither key nor group. A condition on `aws:PrincipalArn` is
 * not resolved when the policy is written (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html);
 * with `kms:CallerAccount` beside it, the statement allows those two roles of this account and nobody else, in the form
 * of the keys that AWS manages (principal `*`, narrowed by the caller's account). The account's root as principal would
 * not do: that leaves the decision to the role's own policy, which says nothing of customer keys.
 */
function machineVolumes(accountId: string): readonly PolicyStatement[] {
  const linked = `arn:aws:iam::${accountId}:role/aws-service-role`;
  const serviceLinkedRoles = {
    StringEquals: {
      "kms:CallerAccount": accountId,
      "aws:PrincipalArn": [
        `${linked}/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
        `${linked}/spot.amazonaws.com/AWSServiceRoleForEC2Spot`,
      ],
    },
  };
  return [
    {
      Sid: "AutoScalingUse",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
      ],
      Resource: "*",
      Condition: serviceLinkedRoles,
    },
    {
      Sid: "AutoScalingGrant",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: { ...serviceLinkedRoles, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function logGroups(accountId: string, region: string): PolicyStatement {
  return {
    Sid: "LogGroups",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: [
      "kms:Encrypt*",
      "kms:Decrypt*",
      "kms:ReEncrypt*",
      "kms:GenerateDataKey*",
      "kms:Describe*",
    ],
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:*` },
    },
  };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services */
function alarms(accountId: string): PolicyStatement {
  return {
    Sid: "AlarmTopics",
    Effect: "Allow",
    Principal: { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"] },
    Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": accountId } },
  };
}

/**
 * EventBridge sends no source account to KMS, so a condition on it would refuse every event
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services, "Important").
 * The policies of the topics and queues hold the condition instead.
 */
function events(): PolicyStatement {
  return {
    Sid: "EventRules",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
    Resource: "*",
  };
}

/**
 * Recovery points of RDS and EFS keep their source's key, and the account that copies them must be let use it
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html, "Encryption").
 */
function recoveryPointCopies(accountIds: readonly string[]): readonly PolicyStatement[] {
  const Principal = { AWS: accountIds.map((id) => `arn:aws:iam::${id}:root`) };
  return [
    {
      Sid: "RecoveryPointCopies",
      Effect: "Allow",
      Principal,
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
      ],
      Resource: "*",
    },
    {
      Sid: "RecoveryPointCopyGrants",
      Effect: "Allow",
      Principal,
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
