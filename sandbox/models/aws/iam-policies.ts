/** IAM: what is checked of policies when they are stored. */
import type { Rule } from "../../model";
import { principalsExist, principalsGiven } from "./policies";

const grammar = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";

const malformed = (property: string, what: string): string =>
  `MalformedPolicyDocument: \`${property}\`: ${what}`;

/** What IAM checks of every policy when it is stored. */
const commonRules = (property: string): Rule[] => [
  {
    name: `${property}-actions-have-a-service`,
    when: { property: `${property}.Statement[].Action`, present: true },
    then: {
      property: `${property}.Statement[].Action[]`,
      every: { property: ".", matches: "\\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+" },
    },
    message: malformed(
      property,
      "actions must be prefaced by a service, as in s3:GetObject, or be *",
    ),
    source: grammar,
    at: "apply",
  },
  {
    name: `${property}-sids-are-letters-and-digits`,
    when: { property: `${property}.Statement[].Sid`, present: true },
    then: {
      property: `${property}.Statement[].Sid`,
      every: { property: ".", matches: "[A-Za-z0-9]*" },
    },
    message: malformed(property, "statement ids (Sid) must be of letters and digits only"),
    source: grammar,
    at: "apply",
  },
  {
    name: `${property}-sids-are-different`,
    when: { property: `${property}.Statement[].Sid`, present: true },
    then: { property: `${property}.Statement[].Sid`, distinct: true },
    message: malformed(property, "statement ids (Sid) in a single policy must be unique"),
    source: grammar,
    at: "apply",
  },
];

/** A policy of an identity says what may be done to what, and never to whom it applies. */
export const identityRules = (property: string): Rule[] => [
  ...commonRules(property),
  {
    name: `${property}-has-no-principal`,
    when: { property, present: true },
    then: {
      property: `${property}.Statement[]`,
      every: {
        all: [
          { property: "Principal", present: false },
          { property: "NotPrincipal", present: false },
        ],
      },
    },
    message: malformed(property, "policy document should not specify a principal"),
    source: grammar,
    at: "apply",
  },
  {
    name: `${property}-has-resources`,
    when: { property, present: true },
    then: {
      property: `${property}.Statement[]`,
      every: {
        any: [
          { property: "Resource", present: true },
          { property: "NotResource", present: true },
        ],
      },
    },
    message: malformed(property, "policy statement must contain resources"),
    source: grammar,
    at: "apply",
  },
  {
    name: `${property}-resources-are-arns`,
    when: { property: `${property}.Statement[].Resource`, present: true },
    then: {
      property: `${property}.Statement[].Resource[]`,
      every: { property: ".", matches: "\\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+|arn:\\*.*" },
    },
    message: malformed(property, "each Resource must be in ARN form or *"),
    source: grammar,
    at: "apply",
  },
];

/** A trust policy says who may take the role, and no resource: the role is the resource. */
export const trustRules = (property: string): Rule[] => [
  ...commonRules(property),
  principalsGiven(property, grammar),
  principalsExist(property, grammar),
  {
    name: `${property}-has-no-resource`,
    then: {
      property: `${property}.Statement[]`,
      every: {
        all: [
          { property: "Resource", present: false },
          { property: "NotResource", present: false },
        ],
      },
    },
    message: malformed(property, "has prohibited field Resource"),
    source: grammar,
    at: "apply",
  },
  {
    name: `${property}-is-about-assuming-the-role`,
    then: {
      property: `${property}.Statement[].Action[]`,
      every: { property: ".", matches: "sts:.+" },
    },
    message: malformed(property, "AssumeRole policy may only specify STS AssumeRole actions"),
    source: grammar,
    at: "apply",
  },
];
