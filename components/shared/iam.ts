/** One value or several: IAM takes both. */
type Some = string | readonly string[];

/** Operator, then condition key, then values, for example `{ StringEquals: { "aws:SourceAccount": "…" } }`. */
export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, Some>>>>;

/**
 * One statement of an IAM, resource or key policy
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html).
 */
export interface PolicyStatement {
  /** Letters and digits, unique in the document. */
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** In resource policies: who. `*` is everybody, to be narrowed by a condition. */
  readonly Principal?: "*" | Readonly<Record<string, Some>>;
  readonly Action: Some;
  /** In all but trust policies: on what. */
  readonly Resource?: Some;
  readonly Condition?: PolicyCondition;
}

/** A policy document. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** A document of these statements. */
export function policyDocument(...statements: readonly PolicyStatement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/**
 * Lets an AWS service take a role, for work in this account alone: without the condition another account could have
 * the service act through the role (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
 */
export function serviceTrust(service: string, accountId: string): PolicyDocument {
  return policyDocument({
    Sid: "Service",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": accountId } },
  });
}
