/**
 * What the data services' models share: why a property is not in the reference schema, KMS keys in
 * every form that a service takes, and what AWS checks of a resource policy when it is stored.
 */
import type { Condition, PropertyModel, Reference, Rule } from "../../model";
import { KMS_ALIAS, KMS_KEY, arnPattern, named, newer, policyDocument, str } from "./common";

/** Why a property is in a model and not in the reference schema. */
export const NEWER = newer.deviates;

/** Why a conflict or a need stands in a model and not in the reference schema. */
export const APART = "AWS refuses the combination; the reference schema does not say so";

/** Why a conflict of the reference schema is not in a model. */
export const OLD_FORM = "the other property is deprecated and not modelled";

/** Why a computed value is given where the reference schema knows none. */
export const FILLED =
  "the cloud fills it in where it is left out (optional and computed in the provider)";

/** A KMS key of the account by ARN, id, alias name or alias ARN, or one that AWS manages. */
export const kmsKeyForms: readonly Reference[] = [
  named(KMS_KEY, "arn", arnPattern("kms", "alias/aws/[a-z0-9-]+")),
  named(KMS_KEY, "keyId", "alias/aws/[a-z0-9-]+"),
  named(KMS_ALIAS, "arn"),
  named(KMS_ALIAS, "name"),
];

type More = Partial<Omit<PropertyModel, "type">>;

/** A KMS key in any form; KMS does not refuse to delete one in use. */
export const kmsKey = (more: More = {}): PropertyModel => str({ ref: kmsKeyForms, ...more });

/** A resource policy: a JSON document that names principals. */
export const resourcePolicy = (example: string, more: More = {}): PropertyModel =>
  policyDocument({ example, ...more });

const IAM_PRINCIPALS =
  "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html";

const KNOWN_PRINCIPAL: Condition = {
  any: [
    { property: ".", notMatches: "arn:aws(-[a-z]+)*:iam::{account}:(role|user)/.*" },
    // Service-linked roles appear with their service, not with this program.
    { property: ".", matches: "arn:aws(-[a-z]+)*:iam::\\d{12}:role/aws-service-role/.*" },
    { property: ".", companion: { type: "aws:iam/role:Role", property: "arn" } },
    { property: ".", companion: { type: "aws:iam/user:User", property: "arn" } },
  ],
};

/**
 * Roles and users of the account that a resource policy names must exist when it is stored: the service turns
 * each into its unique id.
 */
export const principalsExist = (property: string, source: string): Rule => ({
  name: `${property}-principals-exist`,
  when: { property: `${property}.Statement[].Principal.AWS`, present: true },
  then: { property: `${property}.Statement[].Principal.AWS[]`, every: KNOWN_PRINCIPAL },
  message: `MalformedPolicyDocument: \`${property}\`: invalid principal in policy; each role and user that it names must exist (${IAM_PRINCIPALS})`,
  source,
  at: "apply",
});

/** Each statement of a resource policy must say to whom it applies. */
export const principalsGiven = (property: string, source: string): Rule => ({
  name: `${property}-has-principals`,
  when: { property, present: true },
  then: {
    property: `${property}.Statement[]`,
    every: {
      any: [
        { property: "Principal", present: true },
        { property: "NotPrincipal", present: true },
      ],
    },
  },
  message: `MalformedPolicyDocument: \`${property}\`: missing required field Principal; each statement of a resource policy has Principal or NotPrincipal`,
  source,
  at: "apply",
});

/** A resource policy that lets a service principal act, for examples. */
export const examplePolicy = (service: string, action: string, resource = "*"): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: action,
        Resource: resource,
      },
    ],
  });
