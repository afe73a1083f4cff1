import type { PolicyDocument, PolicyStatement } from "../shared/iam";

/**
 * An AWS service's use of a key.
 *
 * - `autoScaling`: machines with encrypted volumes, started by Auto Scaling groups.
 * - `logs`: CloudWatch log groups.
 * - `alarms`: CloudWatch alarms, EventBridge rules and RDS events that publish to an encrypted SNS topic.
 */
export type KeyUse = "autoScaling" | "logs" | "alarms";

/** What a key's policy is made from. */
export interface KeyPolicyArgs {
  readonly accountId: string;
  readonly region: string;
  readonly uses: readonly KeyUse[];
}

export function keyPolicy(args: KeyPolicyArgs): PolicyDocument {
  const statement: PolicyStatement = {
    Sid: "Account",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${args.accountId}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  return { Version: "2012-10-17", Statement: [statement] };
}
