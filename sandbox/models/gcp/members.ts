/** Who is given a role: IAM's members, roles and conditions, and what IAM checks of them when a policy is stored. */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import { ACCOUNT, SERVICE_IDENTITY, block, out, str } from "./common";

type More = Partial<Omit<PropertyModel, "type">>;

const MEMBERS = "https://cloud.google.com/iam/docs/principal-identifiers";
const EMAIL = "[^@\\s:]+@[a-z0-9.-]+\\.[a-z]+";
const PROJECT = "[a-z][a-z0-9-]{4,28}[a-z0-9]";

/** Accounts that Google makes and keeps: https://cloud.google.com/iam/docs/service-account-types */
const googles = [
  `${PROJECT}@appspot\\.gserviceaccount\\.com`,
  "\\d+-compute@developer\\.gserviceaccount\\.com",
  "\\d+@cloudservices\\.gserviceaccount\\.com",
  "(service-)?p?\\d+(-[a-z0-9]+)?@[a-z0-9-]+\\.iam\\.gserviceaccount\\.com",
  "[a-z0-9-]+@system\\.gserviceaccount\\.com",
  "[a-z0-9-]+@[a-z0-9-]+\\.google\\.com\\.iam\\.gserviceaccount\\.com",
].join("|");

/** People and groups are kept outside the project: only their form is checked. */
const outside = [
  "allUsers",
  "allAuthenticatedUsers",
  `(user|group):${EMAIL}`,
  "domain:[a-z0-9.-]+\\.[a-z]+",
  `project(Owner|Editor|Viewer):${PROJECT}`,
  "principal(Set)?://iam\\.googleapis\\.com/\\S+",
  `serviceAccount:${PROJECT}\\.svc\\.id\\.goog\\[[a-z0-9-]+/[a-z0-9-]+\\]`,
  `serviceAccount:(${googles})`,
].join("|");

/**
 * A member of a policy. IAM refuses a service account of a project that does not exist
 * ("Service account … does not exist"); one of the program has to be made first.
 */
export const member = (more: More = {}): PropertyModel =>
  str({
    required: true,
    replace: true,
    pattern: `${outside}|serviceAccount:${EMAIL}`,
    ref: [
      { type: ACCOUNT, by: "member", outside },
      { type: SERVICE_IDENTITY, by: "member" },
    ],
    example: "user:jane@example.com",
    ...more,
  });

/** A role: https://cloud.google.com/iam/docs/roles-overview#role-names */
export const role = (more: More = {}): PropertyModel =>
  str({
    required: true,
    replace: true,
    pattern: `roles/[A-Za-z0-9.]+|(projects/${PROJECT}|organizations/\\d+)/roles/[A-Za-z0-9_.]+`,
    example: "roles/viewer",
    ...more,
  });

/** When a role holds: https://cloud.google.com/iam/docs/conditions-overview */
export const condition: PropertyModel = block(
  {
    description: str({ replace: true, maxLength: 256 }),
    expression: str({ required: true, replace: true, minLength: 1, maxLength: 12288 }),
    title: str({ required: true, replace: true, minLength: 1, maxLength: 100 }),
  },
  { replace: true },
);

/** The version of a policy, which any change of it makes new. */
export const etag: PropertyModel = out("BwY{alnum:9}=");

/** Basic roles take no condition: https://cloud.google.com/iam/docs/conditions-overview#limitations */
const noConditionOnBasicRoles: Rule = {
  name: "no-condition-on-basic-roles",
  when: { property: "role", in: ["roles/owner", "roles/editor", "roles/viewer"] },
  then: { property: "condition", present: false },
  message: "Invalid argument: `condition`: the basic roles take no condition",
  source: "https://cloud.google.com/iam/docs/conditions-overview#limitations",
  at: "apply",
};

/** What a public member may not be given: everybody is nobody to whom a condition or an owner's role applies. */
const noPublicOwners: Rule = {
  name: "no-public-owners",
  when: { property: "member", in: ["allUsers", "allAuthenticatedUsers"] },
  then: { property: "role", notIn: ["roles/owner", "roles/editor"] },
  message: "Invalid argument: `member`: everybody can't be given this `role`",
  source: MEMBERS,
  at: "apply",
};

/** Conditions that hold wherever one member is given one role. */
export const grantRules: readonly Rule[] = [noConditionOnBasicRoles, noPublicOwners];

/**
 * A type that gives one member one role on one object.
 * @param on the property that names the object
 */
export const grant = (
  model: Pick<ResourceModel, "token" | "source" | "schema" | "api"> & {
    readonly on: string;
    readonly id: string;
    readonly properties: Readonly<Record<string, PropertyModel>>;
    readonly rules?: readonly Rule[];
  },
): ResourceModel => {
  const { on, properties, rules = [], id, ...rest } = model;
  return {
    ...rest,
    id: `${id}/{role}/{member}{condition.title~^(.+)$}`,
    properties: { condition, member: member(), role: role(), etag, ...properties },
    unique: [{ properties: [on, "role", "member", "condition"], scope: "global", source: MEMBERS }],
    rules: [...grantRules, ...rules],
    seconds: { create: 5, delete: 5 },
  };
};
