/** Secret Manager: secrets, their values and who may read them. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  CRYPTO_KEY,
  SECRET,
  WRITE_ONLY,
  block,
  blocks,
  bool,
  deletionPolicy,
  int,
  map,
  oneOf,
  out,
  prevented,
  project,
  regionName,
  registry,
  seconds,
  str,
} from "./common";
import { iamMember } from "./iam-member";

const PAGE = registry("secretmanager/secret");
/** Bytes of a value: https://cloud.google.com/secret-manager/quotas */
const VALUE_LIMIT = 65536;
const present = (property: string) => ({ property, present: true }) as const;

const kmsKey = block({ kmsKeyName: str({ required: true, ref: { type: CRYPTO_KEY } }) });

const secret: ResourceModel = {
  token: SECRET,
  source: PAGE,
  schema: "google_secret_manager_secret",
  api: "secretmanager.googleapis.com",
  id: "projects/{account}/secrets/{secretId}",
  name: { property: "secretId", auto: true, maxLength: 255 },
  unique: [{ properties: ["secretId"], scope: "account", source: PAGE }],
  labels: true,
  properties: {
    annotations: map({
      keys: str({ pattern: "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?" }),
      example: { note: "rotated by hand" },
    }),
    deletionPolicy,
    deletionProtection: bool(),
    expireTime: str({
      optionalComputed: true,
      value: "",
      format: "rfc3339",
      example: "2030-01-01T00:00:00Z",
    }),
    project,
    replication: block(
      {
        auto: block(
          { customerManagedEncryption: kmsKey },
          { replace: true, exactlyOneOf: ["userManaged"] },
        ),
        userManaged: block(
          {
            replicas: blocks(
              {
                customerManagedEncryption: kmsKey,
                location: regionName({ required: true, replace: true }),
              },
              { required: true, replace: true, minItems: 1 },
            ),
          },
          { replace: true, exactlyOneOf: ["auto"] },
        ),
      },
      { required: true, replace: true },
    ),
    rotation: block({
      nextRotationTime: str({ format: "rfc3339", example: "2027-01-01T00:00:00Z" }),
      rotationPeriod: seconds({ example: "2592000s" }),
    }),
    // https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create
    secretId: str({
      replace: true,
      pattern: "[A-Za-z0-9_-]{1,255}",
      example: "gitlab-ops-smtp-password",
    }),
    tags: map({ replace: true }),
    topics: blocks(
      {
        name: str({
          required: true,
          pattern: "projects/[^/]+/topics/[^/]+",
          example: "projects/gitlab-ops/topics/secrets",
        }),
      },
      { maxItems: 10 },
    ),
    ttl: seconds({ example: "86400s" }),
    versionAliases: map({
      keys: str({ pattern: "(?!(latest|NEW)$)[A-Za-z][A-Za-z0-9_-]{0,62}" }),
      items: str({ pattern: "\\d+" }),
      example: { current: "1" },
    }),
    versionDestroyTtl: seconds({ example: "86400s" }),
    createTime: out("{now}"),
    effectiveAnnotations: {
      type: "map",
      computed: true,
      value: "{annotations}",
      changesWith: ["annotations"],
    },
    name: out("projects/{accountNumber}/secrets/{secretId}"),
  },
  rules: [
    {
      name: "one-expiry",
      when: present("ttl"),
      then: { property: "expireTime", present: false },
      message: "Invalid argument: only one of `expireTime` and `ttl` can be provided",
      source: PAGE,
      at: "apply",
    },
    {
      name: "rotation-needs-topics",
      when: present("rotation"),
      then: present("topics"),
      message: '`rotation`: all of `rotation,topics` must be specified: "rotation" needs "topics"',
      source: PAGE,
    },
    {
      name: "rotation-has-a-beginning",
      when: present("rotation.rotationPeriod"),
      then: present("rotation.nextRotationTime"),
      message: "Invalid argument: `rotation.nextRotationTime` must be set with rotationPeriod",
      source: PAGE,
      at: "apply",
    },
    {
      name: "a-day-before-destruction",
      when: present("versionDestroyTtl"),
      then: {
        all: [
          { property: "versionDestroyTtl", part: "^(\\d+)", atLeast: 86400 },
          { property: "versionDestroyTtl", part: "^(\\d+)", atMost: 86400000 },
        ],
      },
      message: "Invalid argument: `versionDestroyTtl` must be 24 hours to 1000 days",
      source: "https://cloud.google.com/secret-manager/docs/secret-version-destroy#delayed",
      at: "apply",
    },
    {
      name: "each-place-once",
      then: { property: "replication.userManaged.replicas[].location", distinct: true },
      message: "Invalid argument: `replication.userManaged.replicas`: a location is given twice",
      source: "https://cloud.google.com/secret-manager/docs/choosing-replication",
      at: "apply",
    },
  ],
  // Its versions go with it.
  deleteRefusedWhile: [
    prevented,
    {
      condition: { property: "deletionProtection", equals: true },
      message:
        "cannot destroy secret manager secret without setting `deletionProtection` to false and running `pulumi up`",
      source: PAGE,
    },
  ],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};

const version: ResourceModel = {
  token: "gcp:secretmanager/secretVersion:SecretVersion",
  source: registry("secretmanager/secretversion"),
  schema: "google_secret_manager_secret_version",
  api: "secretmanager.googleapis.com",
  id: "{name}",
  properties: {
    deletionPolicy: oneOf(["DELETE", "DISABLE", "ABANDON", "PREVENT"], {
      optionalComputed: true,
      planned: true,
      value: "DELETE",
    }),
    enabled: bool({ default: true }),
    isSecretDataBase64: bool({ replace: true }),
    project,
    secret: str({
      required: true,
      replace: true,
      same: "self-link",
      ref: [{ type: SECRET }, { type: SECRET, by: "name" }],
    }),
    secretData: str({
      replace: true,
      secret: true,
      maxBytes: VALUE_LIMIT,
      exactlyOneOf: ["secretDataWo"],
    }),
    secretDataWo: str({
      secret: true,
      writeOnly: true,
      maxBytes: VALUE_LIMIT,
      exactlyOneOf: ["secretData"],
      deviates: WRITE_ONLY,
    }),
    secretDataWoVersion: int({ replace: true }),
    createTime: out("{now}"),
    destroyTime: out(""),
    name: out("{ref:secret:name}/versions/{version}"),
    version: out("{int:1-40}"),
  },
  rules: [
    {
      name: "write-only-data-has-a-version",
      when: present("secretDataWo"),
      then: present("secretDataWoVersion"),
      message: "`secretDataWo`: all of `secretDataWo,secretDataWoVersion` must be specified",
      source: registry("secretmanager/secretversion"),
    },
    {
      name: "version-of-write-only-data",
      when: present("secretDataWoVersion"),
      then: present("secretDataWo"),
      message: "`secretDataWoVersion`: all of `secretDataWo,secretDataWoVersion` must be specified",
      source: registry("secretmanager/secretversion"),
    },
    {
      name: "data-in-base64",
      when: { all: [{ property: "isSecretDataBase64", equals: true }, present("secretData")] },
      then: {
        property: "secretData",
        matches: "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
      },
      message: "Invalid argument: `secretData` is not base64, which isSecretDataBase64 says it is",
      source: registry("secretmanager/secretversion"),
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: { property: "deletionPolicy", in: ["ABANDON", "DISABLE"] },
  seconds: { create: 2, update: 2, delete: 2 },
};

const secretMember = iamMember({
  token: "gcp:secretmanager/secretIamMember:SecretIamMember",
  page: "secretmanager/secretiammember",
  schema: "google_secret_manager_secret_iam_member",
  api: "secretmanager.googleapis.com",
  on: "projects/{account}/secrets/{secretId~^(?:projects/[^/]+/secrets/)?(.+)$}",
  own: {
    project,
    secretId: str({
      required: true,
      replace: true,
      same: "self-link",
      ref: [{ type: SECRET }, { type: SECRET, by: "secretId" }, { type: SECRET, by: "name" }],
    }),
  },
});

export const models: readonly ResourceModel[] = [secret, version, secretMember];
