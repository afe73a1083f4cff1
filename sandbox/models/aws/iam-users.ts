/** IAM: users, their policies and access keys, for what comes from outside of AWS. IAM has no regions. */
import type { ResourceModel } from "../../model";
import { bool, held, oneOf, out, policyDocument, registry, str } from "./common";
import { identityRules } from "./iam-policies";

export const USER = "aws:iam/user:User";

const USER_POLICY = "aws:iam/userPolicy:UserPolicy";

const ACCESS_KEY = "aws:iam/accessKey:AccessKey";

/** Names, lengths and sizes. */
const quotas = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

const nameText = "[\\w+=,.@-]+";

const user: ResourceModel = {
  token: USER,
  source: registry("iam/user"),
  schema: "aws_iam_user",
  id: "{name}",
  tags: true,
  name: { property: "name", auto: true, maxLength: 64 },
  properties: {
    forceDestroy: bool({ default: false, deviates: "false, which the reference leaves out" }),
    // UpdateUser gives another name or path to the same user: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html
    name: str({ optionalComputed: true, minLength: 1, maxLength: 64, pattern: nameText }),
    path: str({
      default: "/",
      maxLength: 512,
      pattern: "/|/[\\x21-\\x7e]+/",
      example: "/backup/",
    }),
    permissionsBoundary: str({
      ref: held("aws:iam/policy:Policy", "arn", "arn:aws(-[a-z]+)*:iam::aws:policy/.+"),
      example: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
    }),
    arn: out("arn:{partition}:iam::{account}:user{path}{name}", { changesWith: ["name", "path"] }),
    uniqueId: out("AIDA{ALNUM:17}"),
  },
  unique: [{ properties: ["name"], scope: "account", source: quotas }],
  // DeleteConflict: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html; the provider's
  // forceDestroy takes keys away, and no policies.
  contains: [
    { type: ACCESS_KEY, property: "user", unless: "forceDestroy" },
    { type: USER_POLICY, property: "user" },
  ],
};

const userPolicy: ResourceModel = {
  token: USER_POLICY,
  source: registry("iam/userpolicy"),
  schema: "aws_iam_user_policy",
  id: "{user}:{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 128 },
  properties: {
    name: str({
      optionalComputed: true,
      replace: true,
      minLength: 1,
      maxLength: 128,
      pattern: nameText,
      conflicts: ["namePrefix"],
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      maxLength: 102,
      pattern: nameText,
      conflicts: ["name"],
    }),
    // For all inline policies of a user together.
    policy: policyDocument({
      required: true,
      maxBytes: 2048,
      example:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}',
    }),
    user: str({ required: true, replace: true, ref: { type: USER, by: "name" } }),
  },
  unique: [{ properties: ["name", "user"], scope: "account", source: quotas }],
  rules: identityRules("policy"),
};

const accessKey: ResourceModel = {
  token: ACCESS_KEY,
  source: registry("iam/accesskey"),
  schema: "aws_iam_access_key",
  id: "AKIA{ALNUM:16}",
  properties: {
    status: oneOf(["Active", "Inactive"], { default: "Active" }),
    user: str({ required: true, replace: true, ref: { type: USER, by: "name" } }),
    createDate: out("{now}"),
    // Only with a PGP key: empty else.
    encryptedSecret: out(""),
    encryptedSesSmtpPasswordV4: out(""),
    keyFingerprint: out(""),
    secret: out("{alnum:40}", { secret: true }),
    sesSmtpPasswordV4: out("{alnum:44}", { secret: true }),
  },
  omitted: {
    pgpKey:
      "with it the provider gives the secret out in encrypted form only, and nothing could put it into a secret store",
  },
};

/** Users, and what they may and sign in with. */
export const models: readonly ResourceModel[] = [user, userPolicy, accessKey];
