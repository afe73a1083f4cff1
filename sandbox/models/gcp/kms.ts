/** Cloud KMS: key rings and keys, which are never deleted, and who may use them. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  CRYPTO_KEY,
  KEY_RING,
  block,
  blocks,
  bool,
  deletionPolicy,
  list,
  oneOf,
  out,
  prevented,
  project,
  registry,
  seconds,
  str,
} from "./common";
import { iamMember } from "./iam-member";

const NEVER = "https://cloud.google.com/kms/docs/destroy-restore#deletion";
const FOR_GOOD = "ever: key rings and keys can't be deleted";
const NAME = { replace: true, pattern: "[A-Za-z0-9_-]{1,63}", example: "gitlab" } as const;
const API = "cloudkms.googleapis.com";
const PURPOSES = "https://cloud.google.com/kms/docs/algorithms";

const keyRing: ResourceModel = {
  token: KEY_RING,
  source: registry("kms/keyring"),
  schema: "google_kms_key_ring",
  api: API,
  id: "projects/{account}/locations/{location}/keyRings/{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [
    {
      properties: ["name", "location"],
      scope: "account",
      source: NEVER,
      keptAfterDelete: FOR_GOOD,
    },
  ],
  properties: {
    location: str({
      required: true,
      replace: true,
      pattern: "global|[a-z]+(-[a-z]+\\d+)?|[a-z]+\\d",
      example: "europe-west4",
    }),
    name: str(NAME),
    project,
  },
  seconds: { create: 2, delete: 1 },
};

const cryptoKey: ResourceModel = {
  token: CRYPTO_KEY,
  source: registry("kms/cryptokey"),
  schema: "google_kms_crypto_key",
  api: API,
  id: "{keyRing}/cryptoKeys/{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [
    { properties: ["name", "keyRing"], scope: "account", source: NEVER, keptAfterDelete: FOR_GOOD },
  ],
  labels: true,
  properties: {
    cryptoKeyBackend: str({ optionalComputed: true, value: "", replace: true }),
    deletionPolicy,
    destroyScheduledDuration: seconds({
      optionalComputed: true,
      value: "2592000s",
      replace: true,
      example: "604800s",
    }),
    importOnly: bool({ optionalComputed: true, value: { json: false }, replace: true }),
    keyAccessJustificationsPolicy: block(
      { allowedAccessReasons: list(str()) },
      { optionalComputed: true },
    ),
    keyRing: str({ required: true, replace: true, ref: { type: KEY_RING } }),
    name: str(NAME),
    purpose: oneOf(
      [
        "ENCRYPT_DECRYPT",
        "ASYMMETRIC_SIGN",
        "ASYMMETRIC_DECRYPT",
        "RAW_ENCRYPT_DECRYPT",
        "MAC",
        "KEY_ENCAPSULATION",
      ],
      { default: "ENCRYPT_DECRYPT", replace: true },
    ),
    rotationPeriod: seconds({ example: "7776000s" }),
    skipInitialVersionCreation: bool(),
    versionTemplate: block(
      {
        algorithm: str({
          required: true,
          pattern: "[A-Z0-9_]+",
          example: "GOOGLE_SYMMETRIC_ENCRYPTION",
        }),
        protectionLevel: oneOf(["SOFTWARE", "HSM", "EXTERNAL", "EXTERNAL_VPC"], {
          default: "SOFTWARE",
          replace: true,
        }),
      },
      {
        optionalComputed: true,
        value: {
          json: { algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel: "SOFTWARE" },
        },
      },
    ),
    primaries: blocks(
      { name: out(""), state: out("") },
      {
        computed: true,
        value: {
          cases: [
            {
              when: { property: "purpose", equals: "ENCRYPT_DECRYPT" },
              value: { json: [{ name: "{id}/cryptoKeyVersions/1", state: "ENABLED" }] },
            },
            { value: { json: [] } },
          ],
        },
      },
    ),
  },
  rules: [
    {
      name: "rotation-takes-a-day",
      when: { property: "rotationPeriod", present: true },
      then: { property: "rotationPeriod", part: "^(\\d+)", atLeast: 86400 },
      message: "`rotationPeriod` must be at least 86400s, a day",
      source: registry("kms/cryptokey"),
    },
    {
      name: "rotation-of-symmetric-keys",
      when: { property: "rotationPeriod", present: true },
      then: { property: "purpose", equals: "ENCRYPT_DECRYPT" },
      message: "Invalid argument: `rotationPeriod`: only keys for ENCRYPT_DECRYPT rotate",
      source: "https://cloud.google.com/kms/docs/key-rotation",
      at: "apply",
    },
    {
      name: "algorithm-of-the-purpose",
      when: {
        all: [
          { property: "purpose", equals: "ENCRYPT_DECRYPT" },
          { property: "versionTemplate.algorithm", present: true },
        ],
      },
      then: {
        property: "versionTemplate.algorithm",
        in: ["GOOGLE_SYMMETRIC_ENCRYPTION", "EXTERNAL_SYMMETRIC_ENCRYPTION"],
      },
      message: "Invalid argument: `versionTemplate.algorithm` is not one of this `purpose`",
      source: PURPOSES,
      at: "apply",
    },
    {
      name: "algorithm-is-named",
      when: { property: "purpose", notEquals: "ENCRYPT_DECRYPT" },
      then: {
        property: "versionTemplate.algorithm",
        notMatches: "(GOOGLE|EXTERNAL)_SYMMETRIC_ENCRYPTION",
      },
      message: "Invalid argument: `versionTemplate.algorithm` must be one of this `purpose`",
      source: PURPOSES,
      at: "apply",
    },
    {
      name: "grace-of-destruction",
      when: { property: "destroyScheduledDuration", present: true },
      then: {
        all: [
          { property: "destroyScheduledDuration", part: "^(\\d+)", atLeast: 86400 },
          { property: "destroyScheduledDuration", part: "^(\\d+)", atMost: 10368000 },
        ],
      },
      message: "Invalid argument: `destroyScheduledDuration` must be 24 hours to 120 days",
      source: "https://cloud.google.com/kms/docs/destroy-restore",
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};

const keyMember = iamMember({
  token: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
  page: "kms/cryptokeyiammember",
  schema: "google_kms_crypto_key_iam_member",
  api: API,
  on: "{cryptoKeyId}",
  own: {
    cryptoKeyId: str({ required: true, replace: true, ref: { type: CRYPTO_KEY } }),
  },
});

export const models: readonly ResourceModel[] = [keyRing, cryptoKey, keyMember];
