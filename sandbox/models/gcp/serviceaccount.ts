/** Service accounts and their keys. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  ACCOUNT,
  bool,
  deletionPolicy,
  map,
  oneOf,
  out,
  prevented,
  project,
  registry,
  str,
} from "./common";

const IAM_API = "iam.googleapis.com";

// https://cloud.google.com/iam/docs/service-accounts-create
const account: ResourceModel = {
  token: ACCOUNT,
  source: registry("serviceaccount/account"),
  schema: "google_service_account",
  id: "projects/{account}/serviceAccounts/{email}",
  api: IAM_API,
  name: { property: "accountId", auto: true, maxLength: 30 },
  unique: [
    { properties: ["accountId"], scope: "account", source: registry("serviceaccount/account") },
  ],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 3, update: 2, delete: 2 },
  properties: {
    accountId: str({
      optionalComputed: true,
      replace: true,
      minLength: 6,
      maxLength: 30,
      pattern: "[a-z](?:[-a-z0-9]{4,28}[a-z0-9])",
      example: "gitlab-machine",
    }),
    createIgnoreAlreadyExists: bool(),
    deletionPolicy,
    description: str({ maxLength: 256 }),
    disabled: bool(),
    displayName: str({ maxLength: 100 }),
    project,
    // The provider knows the address as soon as it knows the id.
    email: out("{accountId}@{account}.iam.gserviceaccount.com", { planned: true }),
    member: out("serviceAccount:{email}", { planned: true }),
    name: out("projects/{account}/serviceAccounts/{email}"),
    uniqueId: out("1{digits:20}"),
  },
};

// https://cloud.google.com/iam/docs/keys-create-delete
const key: ResourceModel = {
  token: "gcp:serviceaccount/key:Key",
  source: registry("serviceaccount/key"),
  schema: "google_service_account_key",
  id: "{name}",
  api: IAM_API,
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 2, delete: 2 },
  properties: {
    deletionPolicy,
    keepers: map({ replace: true }),
    keyAlgorithm: oneOf(["KEY_ALG_RSA_1024", "KEY_ALG_RSA_2048"], {
      replace: true,
      default: "KEY_ALG_RSA_2048",
    }),
    privateKeyType: oneOf(["TYPE_PKCS12_FILE", "TYPE_GOOGLE_CREDENTIALS_FILE"], {
      replace: true,
      default: "TYPE_GOOGLE_CREDENTIALS_FILE",
    }),
    publicKeyData: str({
      replace: true,
      format: "base64",
      conflicts: ["keyAlgorithm", "privateKeyType"],
    }),
    publicKeyType: oneOf(["TYPE_NONE", "TYPE_X509_PEM_FILE", "TYPE_RAW_PUBLIC_KEY"], {
      replace: true,
      default: "TYPE_X509_PEM_FILE",
    }),
    // By name, by address or by id; the account's keys go with it.
    serviceAccountId: str({
      required: true,
      replace: true,
      ref: [
        { type: ACCOUNT, by: "name" },
        { type: ACCOUNT, by: "email" },
        { type: ACCOUNT, by: "uniqueId" },
      ],
    }),
    name: out("projects/{account}/serviceAccounts/{ref:serviceAccountId:email}/keys/{hex:40}", {
      replace: true,
    }),
    // The JSON file in base64, as the API gives it: begins with what `{"type"` is in base64.
    privateKey: out("eyJ0eXBlI{alnum:240}=", { secret: true }),
    publicKey: out("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t{alnum:200}=", { replace: true }),
    validAfter: out("{now}"),
    validBefore: out("9999-12-31T23:59:59Z"),
  },
};

/** Identities of programs, and keys for those that run elsewhere. */
export const models: readonly ResourceModel[] = [account, key];
