/** What all types have in common that give one member one role (`…IAMMember`). */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import { ACCOUNT, CLUSTER, block, out, registry, str } from "./common";

const IDENTITY = "https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity";
/** A project's pool of Kubernetes accounts, after its id. */
const POOL = "[a-z0-9.:-]+\\.svc\\.id\\.goog";
/** A Kubernetes account: namespace and name in brackets. */
const KUBERNETES = `serviceAccount:${POOL}\\[[a-z0-9-]+/[a-z0-9.-]+\\]`;

/**
 * Whom a role is given to. A deleted account's grant stays behind as `deleted:…`; an account of this program has to
 * exist when it is given a role.
 * https://cloud.google.com/iam/docs/principal-identifiers
 */
export const member = (): PropertyModel =>
  str({
    required: true,
    replace: true,
    pattern:
      `${KUBERNETES}|` +
      "allUsers|allAuthenticatedUsers|(?:user|serviceAccount|group):[^\\s@]+@[^\\s@]+|domain:[a-z0-9.-]+" +
      "|(?:principal|principalSet)://\\S+|(?:projectOwner|projectEditor|projectViewer):\\S+",
    ref: [
      { type: ACCOUNT, by: "member" },
      // Whoever is no account of a project's own: people, groups, domains, Google's service agents.
      {
        type: ACCOUNT,
        outside:
          `${KUBERNETES}|` +
          "allUsers|allAuthenticatedUsers|(?:user|group|domain|principal|principalSet|project\\w+):.+" +
          "|serviceAccount:[^@]+@(?!{account}\\.iam\\.)[a-z0-9.-]+\\.gserviceaccount\\.com",
      },
    ],
    example: "user:ada@example.com",
  });

/** A predefined role, or one of the project's or organisation's own: https://cloud.google.com/iam/docs/roles-overview */
export const role = (): PropertyModel =>
  str({
    required: true,
    replace: true,
    pattern: "(?:(?:projects|organizations)/[^/]+/)?roles/[A-Za-z0-9_.]+",
    ref: [
      { type: CUSTOM_ROLE, by: "name" },
      { type: CUSTOM_ROLE, outside: "roles/[A-Za-z0-9_.]+|organizations/.+" },
    ],
    example: "roles/viewer",
  });

/** When a role counts, in CEL: https://cloud.google.com/iam/docs/conditions-overview */
export const condition: PropertyModel = block(
  {
    description: str({ replace: true, maxLength: 256 }),
    expression: str({
      required: true,
      replace: true,
      example: 'request.time < timestamp("2040-01-01T00:00:00Z")',
    }),
    title: str({ required: true, replace: true, maxLength: 100, example: "until 2040" }),
  },
  { replace: true },
);

export const CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole";

/** A type that gives one member one role on an object; `own` are the properties that name the object. */
export const iamMember = (args: {
  readonly token: string;
  readonly page: string;
  readonly schema: string;
  readonly api: string;
  /** The object's part of the id. */
  readonly on: string;
  readonly own: Readonly<Record<string, PropertyModel>>;
  /** What the object's own policy refuses beside. @default nothing */
  readonly rules?: readonly Rule[];
}): ResourceModel => ({
  token: args.token,
  source: registry(args.page),
  schema: args.schema,
  api: args.api,
  id: `${args.on}/{role}/{member}{condition.title~^(.+)$}`,
  // A grant that is there already is silently taken over: two resources for one would then take it from each other.
  unique: [
    {
      properties: ["member", "role", "condition", ...Object.keys(args.own)],
      scope: "account",
      source: registry(args.page),
    },
  ],
  properties: {
    condition,
    member: member(),
    ...args.own,
    role: role(),
    etag: out("BwX{alnum:8}="),
  },
  rules: [
    {
      name: "a basic role is given without a condition",
      when: { property: "role", in: ["roles/owner", "roles/editor", "roles/viewer"] },
      then: { property: "condition", present: false },
      message: "Conditions can't be set on basic roles: role, condition",
      source: "https://cloud.google.com/iam/docs/conditions-overview#limitations",
      at: "apply",
    },
    {
      name: "a pool of Kubernetes accounts comes with the first cluster that has it",
      when: { property: "member", matches: KUBERNETES },
      then: {
        property: "member",
        part: "^serviceAccount:([^[]+)",
        companion: { type: CLUSTER, property: "workloadIdentityConfig.workloadPool" },
      },
      message:
        "Identity Pool does not exist: `member`: no cluster of the project has this workload pool. Please check that you specified a valid resource name",
      source: IDENTITY,
      at: "apply",
    },
    ...(args.rules ?? []),
  ],
});
