/** IAM: roles, policies and what joins them. IAM has no regions. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  bool,
  blockSet,
  held,
  int,
  newer,
  outJson,
  out,
  policyDocument,
  registry,
  ROLE,
  set,
  str,
} from "./common";
import { trustRules, identityRules } from "./iam-policies";

const POLICY = "aws:iam/policy:Policy";

const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

/** Names, lengths and sizes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const quotas = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

const nameText = "[\\w+=,.@-]+";

const arn = (resource: string): string => `arn:{partition}:iam::{account}:${resource}`;

const path = str({
  default: "/",
  replace: true,
  maxLength: 512,
  pattern: "/|/[\\x21-\\x7e]+/",
  example: "/gitlab/",
});

const description = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ maxLength: 1000, pattern: "[\\t\\n\\r\\x20-\\x7e\\xa1-\\xff]*", ...more });

/** `name` and `namePrefix`, of which one may be given. */
const names = (maxLength: number): Record<"name" | "namePrefix", PropertyModel> => ({
  name: str({
    optionalComputed: true,
    replace: true,
    minLength: 1,
    maxLength,
    pattern: nameText,
    conflicts: ["namePrefix"],
  }),
  namePrefix: str({
    optionalComputed: true,
    value: "",
    replace: true,
    maxLength: maxLength - 26,
    pattern: nameText,
    conflicts: ["name"],
  }),
});

const identityExample =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}';

const trustExample =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}';

const managedPolicy = {
  ref: held(POLICY, "arn", "arn:aws(-[a-z]+)*:iam::aws:policy/.+"),
  example: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
} as const;

const role: ResourceModel = {
  token: ROLE,
  source: registry("iam/role"),
  schema: "aws_iam_role",
  id: "{name}",
  tags: true,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 64 },
  properties: {
    // 2,048 characters unless the account's quota was raised: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assumeRolePolicy: policyDocument({ required: true, maxBytes: 2048, example: trustExample }),
    description: description(),
    forceDetachPolicies: bool({
      default: false,
      deviates: "false, which the reference leaves out",
    }),
    inlinePolicies: blockSet(
      {
        name: str({ maxLength: 128, pattern: nameText }),
        policy: policyDocument({ maxBytes: 10240, example: identityExample }),
      },
      { optionalComputed: true, value: { json: [] } },
    ),
    managedPolicyArns: set(str(managedPolicy), { optionalComputed: true, value: { json: [] } }),
    maxSessionDuration: int({ default: 3600, min: 3600, max: 43200 }),
    ...names(64),
    path,
    permissionsBoundary: str(managedPolicy),
    arn: out(arn("role{path}{name}")),
    createDate: out("{now}"),
    uniqueId: out("AROA{ALNUM:17}"),
  },
  unique: [{ properties: ["name"], scope: "account", source: quotas }],
  rules: trustRules("assumeRolePolicy"),
  // DeleteConflict: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
  contains: [
    { type: ATTACHMENT, property: "role", unless: "forceDetachPolicies" },
    { type: ROLE_POLICY, property: "role", unless: "forceDetachPolicies" },
  ],
};

const rolePolicy: ResourceModel = {
  token: ROLE_POLICY,
  source: registry("iam/rolepolicy"),
  schema: "aws_iam_role_policy",
  id: "{role}:{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 128 },
  properties: {
    ...names(128),
    // For all inline policies of a role together: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    policy: policyDocument({ required: true, maxBytes: 10240, example: identityExample }),
    role: str({ required: true, replace: true, ref: { type: ROLE, by: "name" } }),
  },
  unique: [{ properties: ["name", "role"], scope: "account", source: quotas }],
  rules: identityRules("policy"),
};

const policy: ResourceModel = {
  token: POLICY,
  source: registry("iam/policy"),
  schema: "aws_iam_policy",
  id: "{arn}",
  tags: true,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 128 },
  properties: {
    delayAfterPolicyCreationInMs: int({ min: 0, ...newer }),
    description: description({ replace: true }),
    ...names(128),
    path,
    policy: policyDocument({ required: true, maxBytes: 6144, example: identityExample }),
    arn: out(arn("policy{path}{name}")),
    attachmentCount: outJson("integer", 0, newer),
    policyId: out("ANPA{ALNUM:17}"),
  },
  unique: [{ properties: ["name"], scope: "account", source: quotas }],
  rules: identityRules("policy"),
};

const rolePolicyAttachment: ResourceModel = {
  token: ATTACHMENT,
  source: registry("iam/rolepolicyattachment"),
  schema: "aws_iam_role_policy_attachment",
  id: "{role}-{digits:26}",
  properties: {
    policyArn: str({ required: true, replace: true, ...managedPolicy }),
    role: str({ required: true, replace: true, ref: { type: ROLE, by: "name" } }),
  },
};

const instanceProfile: ResourceModel = {
  token: "aws:iam/instanceProfile:InstanceProfile",
  source: registry("iam/instanceprofile"),
  schema: "aws_iam_instance_profile",
  id: "{name}",
  tags: true,
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 128 },
  properties: {
    ...names(128),
    path,
    // The role must be taken out of its profiles before it is deleted:
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
    role: str({ ref: held(ROLE, "name") }),
    arn: out(arn("instance-profile{path}{name}")),
    createDate: out("{now}"),
    uniqueId: out("AIPA{ALNUM:17}"),
  },
  unique: [{ properties: ["name"], scope: "account", source: quotas }],
};

const serviceLinkedRole: ResourceModel = {
  token: "aws:iam/serviceLinkedRole:ServiceLinkedRole",
  source: registry("iam/servicelinkedrole"),
  schema: "aws_iam_service_linked_role",
  id: "{arn}",
  tags: true,
  properties: {
    awsServiceName: str({
      required: true,
      replace: true,
      pattern: "[a-z0-9.-]+\\.amazonaws\\.com(\\.cn)?",
      example: "autoscaling.amazonaws.com",
    }),
    customSuffix: str({ replace: true, minLength: 1, maxLength: 64, pattern: nameText }),
    description: description(),
    arn: out(arn("role/aws-service-role/{awsServiceName}/{name}")),
    createDate: out("{now}"),
    name: {
      type: "string",
      computed: true,
      value: {
        cases: [
          {
            when: { property: "awsServiceName", equals: "autoscaling.amazonaws.com" },
            value: {
              cases: [
                {
                  when: { property: "customSuffix", present: true },
                  value: "AWSServiceRoleForAutoScaling_{customSuffix}",
                },
                { value: "AWSServiceRoleForAutoScaling" },
              ],
            },
          },
          {
            when: { property: "awsServiceName", equals: "spot.amazonaws.com" },
            value: "AWSServiceRoleForEC2Spot",
          },
          { value: "AWSServiceRoleFor_{awsServiceName~^([a-z0-9-]+)}" },
        ],
      },
    },
    path: out("/aws-service-role/{awsServiceName}/"),
    uniqueId: out("AROA{ALNUM:17}"),
  },
  unique: [
    {
      properties: ["awsServiceName", "customSuffix"],
      scope: "account",
      source:
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html",
    },
  ],
};

/** Roles, their policies, and the profiles that carry them onto instances. */
export const models: readonly ResourceModel[] = [
  role,
  rolePolicy,
  policy,
  rolePolicyAttachment,
  instanceProfile,
  serviceLinkedRole,
];
