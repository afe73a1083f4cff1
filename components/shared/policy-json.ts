import * as pulumi from "@pulumi/pulumi";
import { documentText } from "./documents";

type Text = pulumi.Input<string>;
type Texts = Text | readonly Text[] | pulumi.Input<pulumi.Input<string>[]>;

/** Operator, then condition key, then values. */
export type InputConditions = Readonly<Record<string, Readonly<Record<string, Texts>>>>;

/** One statement of an IAM, resource or key policy, whose parts may wait for what they name. */
export interface InputStatement {
  /** Letters and digits, unique in the document. */
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** Only in resource policies: who. */
  readonly Principal?: "*" | Readonly<Record<string, Texts>>;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: Texts;
  readonly Condition?: InputConditions;
}

function documentOf(statements: readonly InputStatement[]) {
  return { Version: "2012-10-17", Statement: statements };
}

/** A policy document as JSON text; known as soon as all that it names is. */
export function policyJson(statements: readonly InputStatement[]): pulumi.Output<string> {
  return pulumi.jsonStringify(documentOf(statements));
}

/**
 * As `policyJson`, of a document that names what only the cloud can name: policies judge the rest at preview.
 * @param name name of the resource that takes it as its `policy`
 * @param opts options of that resource
 */
export function shownPolicyJson(
  name: string,
  statements: readonly InputStatement[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return documentText(name, "policy", documentOf(statements), opts);
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
