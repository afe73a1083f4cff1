/** KMS: keys and their aliases. */
import type { ResourceModel } from "../../model";
import {
  KMS_ALIAS,
  KMS_KEY,
  arnOf,
  bool,
  int,
  named,
  oneOf,
  out,
  region,
  registry,
  str,
} from "./common";
import { FILLED, NEWER, principalsExist, principalsGiven, resourcePolicy } from "./policies";

const KEY_POLICY = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html";
const ALIASES = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html";

const EXAMPLE_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "kms:*", Resource: "*" }],
});

const key: ResourceModel = {
  token: KMS_KEY,
  source: registry("kms/key"),
  schema: "aws_kms_key",
  id: "{keyId}",
  tags: true,
  properties: {
    bypassPolicyLockoutSafetyCheck: bool({ default: false, deviates: FILLED }),
    customKeyStoreId: str({ replace: true, minLength: 1, maxLength: 64 }),
    customerMasterKeySpec: oneOf(
      [
        "SYMMETRIC_DEFAULT",
        "RSA_2048",
        "RSA_3072",
        "RSA_4096",
        "HMAC_224",
        "HMAC_256",
        "HMAC_384",
        "HMAC_512",
        "ECC_NIST_P256",
        "ECC_NIST_P384",
        "ECC_NIST_P521",
        "ECC_SECG_P256K1",
        "ECC_NIST_EDWARDS25519",
        "ML_DSA_44",
        "ML_DSA_65",
        "ML_DSA_87",
        "SM2",
      ],
      { replace: true, default: "SYMMETRIC_DEFAULT" },
    ),
    deletionWindowInDays: int({ min: 7, max: 30 }),
    description: str({ optionalComputed: true, value: "", maxLength: 8192 }),
    enableKeyRotation: bool({ default: false, deviates: FILLED }),
    isEnabled: bool({ default: true }),
    keyUsage: oneOf(["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"], {
      replace: true,
      default: "ENCRYPT_DECRYPT",
    }),
    multiRegion: bool({ optionalComputed: true, value: { json: false }, replace: true }),
    policy: resourcePolicy(EXAMPLE_POLICY, { optionalComputed: true, maxLength: 32768 }),
    region,
    rotationPeriodInDays: int({ optionalComputed: true, min: 90, max: 2560, deviates: NEWER }),
    xksKeyId: str({ replace: true, minLength: 1, maxLength: 128, deviates: NEWER }),
    keyId: out("{uuid}"),
    arn: out(arnOf("kms", "key/{keyId}")),
  },
  rules: [
    principalsExist("policy", KEY_POLICY),
    principalsGiven("policy", KEY_POLICY),
    {
      name: "policy-lockout",
      when: {
        all: [
          { property: "policy", present: true },
          { not: { property: "bypassPolicyLockoutSafetyCheck", equals: true } },
        ],
      },
      then: {
        property: "policy.Statement[]",
        some: {
          all: [
            { property: "Effect", equals: "Allow" },
            {
              property: "Action[]",
              in: ["kms:*", "*", "kms:Put*", "kms:PutKeyPolicy"],
            },
            {
              any: [
                { property: "Principal", equals: "*" },
                { property: "Principal.AWS[]", equals: "*" },
                { property: "Principal.AWS[]", matches: "{account}" },
                {
                  property: "Principal.AWS[]",
                  matches:
                    "arn:aws(-[a-z]+)*:(iam|sts)::{account}:(root|user/.+|role/.+|assumed-role/.+)",
                },
              ],
            },
          ],
        },
      },
      message:
        "MalformedPolicyDocumentException: `policy`: the new key policy will not allow you to update the key policy in the future; a statement must allow kms:PutKeyPolicy (or kms:*) to the account's root or to a role of the account",
      source: KEY_POLICY,
      at: "apply",
    },
    {
      name: "policy-on-this-key",
      then: {
        property: "policy.Statement[]",
        every: {
          any: [
            { property: "Resource", present: true },
            { property: "NotResource", present: true },
          ],
        },
      },
      message:
        'MalformedPolicyDocumentException: `policy`: missing required field Resource; in a key policy it is "*", the key itself',
      source: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
      at: "apply",
    },
    {
      name: "rotation-of-symmetric-keys",
      when: { property: "enableKeyRotation", equals: true },
      then: { property: "customerMasterKeySpec", equals: "SYMMETRIC_DEFAULT" },
      message:
        "UnsupportedOperationException: `enableKeyRotation`: only symmetric encryption keys rotate automatically; customerMasterKeySpec must be SYMMETRIC_DEFAULT",
      source:
        "https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable-disable.html",
      at: "apply",
    },
    {
      name: "period-needs-rotation",
      when: { property: "rotationPeriodInDays", present: true },
      then: { property: "enableKeyRotation", equals: true },
      message: "`rotationPeriodInDays`: needs enableKeyRotation to be true",
      source: registry("kms/key"),
    },
    {
      name: "usage-fits-spec",
      then: {
        any: [
          {
            all: [
              { property: "keyUsage", equals: "ENCRYPT_DECRYPT" },
              { property: "customerMasterKeySpec", matches: "SYMMETRIC_DEFAULT|RSA_.*|SM2" },
            ],
          },
          {
            all: [
              { property: "keyUsage", equals: "SIGN_VERIFY" },
              { property: "customerMasterKeySpec", matches: "RSA_.*|ECC_.*|ML_DSA_.*|SM2" },
            ],
          },
          {
            all: [
              { property: "keyUsage", equals: "GENERATE_VERIFY_MAC" },
              { property: "customerMasterKeySpec", matches: "HMAC_.*" },
            ],
          },
          {
            all: [
              { property: "keyUsage", equals: "KEY_AGREEMENT" },
              { property: "customerMasterKeySpec", matches: "ECC_NIST_P.*|SM2" },
            ],
          },
        ],
      },
      message:
        "ValidationException: `keyUsage`: not compatible with customerMasterKeySpec (symmetric keys encrypt, HMAC keys make MACs, ECC and ML_DSA keys sign)",
      source: "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html",
      at: "apply",
    },
  ],
  seconds: { create: 5, delete: 1 },
};

const alias: ResourceModel = {
  token: KMS_ALIAS,
  source: registry("kms/alias"),
  schema: "aws_kms_alias",
  id: "{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 238, begins: "alias/" },
  unique: [{ properties: ["name"], scope: "region", source: ALIASES }],
  properties: {
    name: str({
      replace: true,
      conflicts: ["namePrefix"],
      pattern: "alias/[a-zA-Z0-9/_-]{1,250}",
      maxLength: 256,
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "alias/[a-zA-Z0-9/_-]{1,220}",
    }),
    region,
    targetKeyId: str({ required: true, ref: [named(KMS_KEY, "keyId"), named(KMS_KEY, "arn")] }),
    arn: out(arnOf("kms", "{name}")),
    targetKeyArn: out("{ref:targetKeyId:arn}", { changesWith: ["targetKeyId"] }),
  },
  rules: [
    {
      name: "alias-not-reserved",
      then: { not: { property: "name", matches: "alias/aws/.*" } },
      message:
        "NotAuthorizedException: `name`: names that begin with alias/aws/ are reserved for AWS",
      source: ALIASES,
      at: "apply",
    },
  ],
};

export const models: readonly ResourceModel[] = [key, alias];
