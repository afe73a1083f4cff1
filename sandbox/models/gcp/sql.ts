/** Cloud SQL: instances, the databases in them and their users. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  ACCOUNT,
  SQL_INSTANCE,
  WRITE_ONLY,
  block,
  blocks,
  bool,
  deletionPolicy,
  int,
  list,
  oneOf,
  out,
  outJson,
  prevented,
  project,
  registry,
  str,
} from "./common";
import { instance } from "./sql-instance";

const INSIDE = "https://cloud.google.com/sql/docs/postgres/create-manage-databases";
const LOGINS = "https://cloud.google.com/sql/docs/postgres/iam-authentication";
const IAM_USERS = "https://cloud.google.com/sql/docs/postgres/add-manage-iam-users";
const USERS = "https://cloud.google.com/sql/docs/postgres/create-manage-users";

/** The instance by its name; what is in it goes with it, so that it keeps no instance from being deleted. */
const ofInstance = str({ required: true, replace: true, ref: { type: SQL_INSTANCE, by: "name" } });
const postgres = { property: "instance->databaseVersion", matches: "POSTGRES_.*" } as const;

const database: ResourceModel = {
  token: "gcp:sql/database:Database",
  source: registry("sql/database"),
  schema: "google_sql_database",
  api: "sqladmin.googleapis.com",
  id: "projects/{account}/instances/{instance}/databases/{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name", "instance"], scope: "account", source: INSIDE }],
  properties: {
    charset: str({
      optionalComputed: true,
      same: "lowercase",
      value: { cases: [{ when: postgres, value: "UTF8" }, { value: "utf8mb4" }] },
    }),
    collation: str({
      optionalComputed: true,
      value: { cases: [{ when: postgres, value: "en_US.UTF8" }, { value: "utf8mb4_0900_ai_ci" }] },
    }),
    deletionPolicy,
    instance: ofInstance,
    // https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
    name: str({ replace: true, minLength: 1, maxLength: 63, pattern: "[^/\\s\"'`]+" }),
    project,
    selfLink: out(
      "https://sqladmin.googleapis.com/sql/v1beta4/projects/{account}/instances/{instance}/databases/{name}",
    ),
  },
  rules: [
    {
      name: "not-what-is-there",
      when: postgres,
      then: { property: "name", notIn: ["postgres", "template0", "template1", "cloudsqladmin"] },
      message: "Invalid request: `name`: the instance has a database of this name from the start",
      source: INSIDE,
      at: "apply",
    },
    {
      name: "postgres-character-set",
      when: { all: [postgres, { property: "charset", present: true }] },
      then: { property: "charset", in: ["UTF8", "utf8"] },
      message:
        "Invalid request: `charset`: PostgreSQL databases only support UTF8 at creation time",
      source: registry("sql/database"),
      at: "apply",
    },
    {
      name: "not-on-a-replica",
      then: { not: { property: "instance->masterInstanceName", matches: ".+" } },
      message: "Invalid request: `instance` is a read replica: databases are made on its primary",
      source: INSIDE,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 5, delete: 5 },
};

const IAM_TYPES = [
  "CLOUD_IAM_USER",
  "CLOUD_IAM_SERVICE_ACCOUNT",
  "CLOUD_IAM_GROUP",
  "CLOUD_IAM_GROUP_USER",
  "CLOUD_IAM_GROUP_SERVICE_ACCOUNT",
] as const;

const user: ResourceModel = {
  token: "gcp:sql/user:User",
  source: registry("sql/user"),
  schema: "google_sql_user",
  api: "sqladmin.googleapis.com",
  id: "{name}/{host}/{instance}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name", "host", "instance"], scope: "account", source: USERS }],
  properties: {
    databaseRoles: list(str(), { writeOnly: true }),
    deletionPolicy,
    host: str({ optionalComputed: true, value: "", replace: true }),
    instance: ofInstance,
    name: str({ replace: true, minLength: 1, maxLength: 63 }),
    password: str({ secret: true, writeOnly: true, conflicts: ["passwordWo"] }),
    passwordPolicy: block({
      allowedFailedAttempts: int({ min: 0 }),
      enableFailedAttemptsCheck: bool(),
      enablePasswordVerification: bool(),
      passwordExpirationDuration: str({ pattern: "\\d+(\\.\\d{1,9})?s", example: "86400s" }),
      statuses: blocks(
        { locked: { type: "boolean", computed: true }, passwordExpirationTime: out("") },
        { computed: true, value: { json: [] } },
      ),
    }),
    passwordWo: str({
      secret: true,
      writeOnly: true,
      conflicts: ["password"],
      deviates: WRITE_ONLY,
    }),
    passwordWoVersion: int(),
    project,
    type: oneOf(["BUILT_IN", ...IAM_TYPES], { replace: true }),
    iamEmail: out(""),
    sqlServerUserDetails: blocks(
      {
        disabled: { type: "boolean", computed: true },
        serverRoles: outJson("list", [], { items: str() }),
      },
      { computed: true, value: { json: [] } },
    ),
  },
  rules: [
    {
      name: "write-only-password-has-a-version",
      when: { property: "passwordWo", present: true },
      then: { property: "passwordWoVersion", present: true },
      message: "`passwordWo`: all of `passwordWo,passwordWoVersion` must be specified",
      source: registry("sql/user"),
    },
    {
      name: "postgres-password",
      when: { all: [postgres, { not: { property: "type", in: [...IAM_TYPES] } }] },
      then: {
        any: [
          { property: "password", present: true },
          { property: "passwordWo", present: true },
        ],
      },
      message:
        "Invalid request: `password` is required for PostgreSQL unless `type` is one of the IAM types",
      source: registry("sql/user"),
      at: "apply",
    },
    {
      name: "iam-users-have-no-password",
      when: { property: "type", in: [...IAM_TYPES] },
      then: {
        all: [
          { property: "password", present: false },
          { property: "passwordWo", present: false },
        ],
      },
      message: "Invalid request: `password` can't be set for IAM users",
      source: USERS,
      at: "apply",
    },
    {
      name: "no-host-in-postgres",
      when: { all: [postgres, { property: "host", present: true }] },
      then: { property: "host", equals: "" },
      message: "Invalid request: `host` is for MySQL alone",
      source: registry("sql/user"),
      at: "apply",
    },
    {
      name: "service-account-without-its-domain",
      when: { all: [postgres, { property: "type", equals: "CLOUD_IAM_SERVICE_ACCOUNT" }] },
      then: { property: "name", notMatches: ".*\\.gserviceaccount\\.com" },
      message:
        "Invalid request: `name` of a service account in PostgreSQL is its email without .gserviceaccount.com",
      source: IAM_USERS,
      at: "apply",
    },
    {
      name: "an IAM user is called as its account",
      when: { all: [postgres, { property: "type", equals: "CLOUD_IAM_SERVICE_ACCOUNT" }] },
      then: { property: "name", matches: "[^@]+@[^@]+\\.iam|[^@]+@developer" },
      message:
        "Invalid request: `name` of a service account in PostgreSQL is its email without .gserviceaccount.com: ACCOUNT@PROJECT.iam",
      source: IAM_USERS,
      at: "apply",
    },
    {
      name: "an IAM user has an account",
      when: {
        all: [
          { property: "type", equals: "CLOUD_IAM_SERVICE_ACCOUNT" },
          { property: "name", matches: "[^@]+@{account}\\.iam" },
        ],
      },
      then: {
        property: "name",
        part: "^([^@]+)@",
        companion: { type: ACCOUNT, property: "accountId" },
      },
      message: "Invalid request: `name`: the project has no service account of this email",
      source: IAM_USERS,
      at: "apply",
    },
    {
      name: "IAM users log in where the instance lets them",
      when: { all: [postgres, { property: "type", in: [...IAM_TYPES] }] },
      then: {
        property: "instance->settings.databaseFlags[name=cloudsql.iam_authentication].value",
        equals: "on",
      },
      message:
        "Invalid request: `type`: IAM users need the flag cloudsql.iam_authentication to be on in the instance (`settings.databaseFlags`)",
      source: LOGINS,
      at: "apply",
    },
    {
      name: "not-on-a-replica",
      then: { not: { property: "instance->masterInstanceName", matches: ".+" } },
      message: "Invalid request: `instance` is a read replica: users are made on its primary",
      source: USERS,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 5, update: 5, delete: 5 },
};

export const models: readonly ResourceModel[] = [instance, database, user];
