import * as pulumi from "@pulumi/pulumi";

type Text = pulumi.Input<string>;

/** Operator, then condition key, then values. */
export type InputConditions = Readonly<Record<string, Readonly<Record<string, Text | Text[]>>>>;

/** One statement of an IAM, resource or key policy, whose parts may wait for what they name. */
export interface InputStatement {
  /** Letters and digits, unique in the document. */
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** Only in resource policies: who. */
  readonly Principal?: "*" | Readonly<Record<string, Text | Text[]>>;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource: Text | pulumi.Input<Text[]>;
  readonly Condition?: InputConditions;
}

/** A policy document as JSON text; known as soon as all that it names is. */
export function policyJson(statements: readonly InputStatement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/**
 * Trust policy of a role for a service that does not say whom it acts for (EC2, S3 replication, AWS Backup): a
 * condition on the account would never hold. Where the service does say, use `serviceTrust` of ./iam.
 * @param sid name of its statement
 */
export function plainTrust(service: string, sid?: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        ...(sid === undefined ? {} : { Sid: sid }),
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
      },
    ],
  });
}
