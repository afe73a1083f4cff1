/** Secrets Manager: secrets, their values and who may read them. */
import type { ResourceModel } from "../../model";
import {
  arnOf,
  blockSet,
  bool,
  int,
  named,
  oneOf,
  out,
  region,
  registry,
  set,
  str,
} from "./common";
import {
  FILLED,
  NEWER,
  kmsKey,
  principalsExist,
  principalsGiven,
  resourcePolicy,
} from "./policies";

const SECRET = "aws:secretsmanager/secret:Secret";
const DELETE =
  "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html";
const POLICY =
  "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html";
/** Bytes of a secret value: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const VALUE_LIMIT = 65536;

const EXAMPLE_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Deny",
      Principal: "*",
      Action: "secretsmanager:DeleteSecret",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});

const secret: ResourceModel = {
  token: SECRET,
  source: registry("secretsmanager/secret"),
  schema: "aws_secretsmanager_secret",
  id: "{arn}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  // A deleted secret keeps its name until its recovery window is over.
  unique: [{ properties: ["name"], scope: "region", source: DELETE }],
  tags: true,
  properties: {
    description: str({ maxLength: 2048 }),
    forceOverwriteReplicaSecret: bool({ default: false, deviates: FILLED }),
    kmsKeyId: kmsKey(),
    name: str({
      replace: true,
      conflicts: ["namePrefix"],
      pattern: "[0-9A-Za-z/_+=.@-]{1,512}",
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "[0-9A-Za-z/_+=.@-]{1,486}",
    }),
    policy: resourcePolicy(EXAMPLE_POLICY, { optionalComputed: true, maxLength: 20480 }),
    recoveryWindowInDays: int({ default: 30, min: 0, max: 30 }),
    region,
    replicas: blockSet({
      kmsKeyId: kmsKey({ optionalComputed: true }),
      lastAccessedDate: out(""),
      region: str({ required: true, pattern: "[a-z]{2}(-[a-z]+)+-\\d" }),
      status: out("InSync"),
      statusMessage: out("Replication succeeded"),
    }),
    type: oneOf(["SalesforceClientSecret", "BigIDClientSecret", "SnowflakeKeyPairAuthentication"], {
      replace: true,
      deviates: NEWER,
    }),
    arn: out(arnOf("secretsmanager", "secret:{name}-{alnum:6}")),
  },
  rules: [
    {
      name: "recovery-window",
      then: {
        any: [
          { property: "recoveryWindowInDays", equals: 0 },
          { property: "recoveryWindowInDays", atLeast: 7 },
        ],
      },
      message:
        "`recoveryWindowInDays`: must be 0 (delete at once) or in the range 7 to 30; found a number between them",
      source: registry("secretsmanager/secret"),
    },
    principalsExist("policy", POLICY),
    principalsGiven("policy", POLICY),
  ],
  seconds: { create: 1, delete: 1 },
};

const version: ResourceModel = {
  token: "aws:secretsmanager/secretVersion:SecretVersion",
  source: registry("secretsmanager/secretversion"),
  schema: "aws_secretsmanager_secret_version",
  id: "{ref:secretId:arn}|{versionId}",
  properties: {
    region,
    secretBinary: str({
      replace: true,
      secret: true,
      format: "base64",
      maxLength: 87384,
      conflicts: ["secretString", "secretStringWo"],
      deviates: "secretStringWo is newer than the reference schema",
    }),
    secretId: str({
      required: true,
      replace: true,
      ref: [named(SECRET, "arn"), named(SECRET, "name")],
    }),
    secretString: str({
      replace: true,
      secret: true,
      maxLength: VALUE_LIMIT,
      conflicts: ["secretBinary", "secretStringWo"],
      deviates: "secretStringWo is newer than the reference schema",
    }),
    secretStringWo: str({
      secret: true,
      writeOnly: true,
      maxLength: VALUE_LIMIT,
      conflicts: ["secretBinary", "secretString"],
      requiredWith: ["secretStringWoVersion"],
      deviates: NEWER,
    }),
    secretStringWoVersion: int({
      replace: true,
      requiredWith: ["secretStringWo"],
      deviates: NEWER,
    }),
    versionStages: set(str({ minLength: 1, maxLength: 256 }), {
      optionalComputed: true,
      value: { json: ["AWSCURRENT"] },
      maxItems: 20,
    }),
    hasSecretStringWo: { type: "boolean", computed: true, value: { json: false }, deviates: NEWER },
    secretArn: out("{ref:secretId:arn}", { deviates: NEWER }),
    versionId: out("terraform-{digits:26}"),
  },
  rules: [
    {
      name: "some-value",
      then: {
        any: [
          { property: "secretString", present: true },
          { property: "secretBinary", present: true },
          { property: "secretStringWo", present: true },
        ],
      },
      message: "`secretString`: one of secretString, secretBinary and secretStringWo must be given",
      source: registry("secretsmanager/secretversion"),
      at: "apply",
    },
  ],
};

const secretPolicy: ResourceModel = {
  token: "aws:secretsmanager/secretPolicy:SecretPolicy",
  source: registry("secretsmanager/secretpolicy"),
  schema: "aws_secretsmanager_secret_policy",
  id: "{secretArn}",
  properties: {
    blockPublicPolicy: bool(),
    policy: resourcePolicy(EXAMPLE_POLICY, { required: true, maxLength: 20480 }),
    region,
    secretArn: str({ required: true, replace: true, ref: named(SECRET, "arn") }),
  },
  rules: [
    principalsExist("policy", POLICY),
    principalsGiven("policy", POLICY),
    {
      name: "not-public",
      when: { property: "blockPublicPolicy", equals: true },
      then: {
        property: "policy.Statement[]",
        every: {
          any: [
            { property: "Effect", equals: "Deny" },
            { property: "Condition", present: true },
            {
              not: {
                any: [
                  { property: "Principal", equals: "*" },
                  { property: "Principal.AWS[]", equals: "*" },
                ],
              },
            },
          ],
        },
      },
      message:
        "PublicPolicyException: `policy`: the resource policy grants broad access to the secret, which blockPublicPolicy refuses",
      source: POLICY,
      at: "apply",
    },
  ],
};

export const models: readonly ResourceModel[] = [secret, version, secretPolicy];
