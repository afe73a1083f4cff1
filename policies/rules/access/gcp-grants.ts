/** Every form in which Google Cloud takes a right: one member, all members of a role, a whole policy. */
import type { Value } from "../../reader";
import { type Finding, on, type TypeCheck, type TypeToken } from "../../rule";
import * as t from "../../types";

/** Somebody's right, as far as it can be read. */
export interface Grant {
  readonly role: Value;
  readonly members: readonly Value[];
  readonly condition: Value;
}

/** What a right is on: everything under a project, folder or organisation, or one resource. */
export type Scope = "all" | "one";

interface GrantType {
  readonly type: TypeToken<unknown>;
  readonly scope: Scope;
  /** Whether it takes the same right from everybody whom it does not name. */
  readonly replaces: boolean;
}

function types(
  scope: Scope,
  member: TypeToken<unknown>,
  binding?: TypeToken<unknown>,
  policy?: TypeToken<unknown>,
): GrantType[] {
  return [
    { type: member, scope, replaces: false },
    ...[binding, policy].flatMap((type) => (type ? [{ type, scope, replaces: true }] : [])),
  ];
}

export const grantTypes: readonly GrantType[] = [
  ...types("all", t.gcpProjectMember, t.gcpProjectBinding, t.gcpProjectPolicy),
  ...types("all", t.gcpFolderMember, t.gcpFolderBinding, t.gcpFolderPolicy),
  ...types("all", t.gcpOrganizationMember, t.gcpOrganizationBinding, t.gcpOrganizationPolicy),
  ...types(
    "one",
    t.gcpServiceAccountMember,
    t.gcpServiceAccountBinding,
    t.gcpServiceAccountIamPolicy,
  ),
  ...types("one", t.gcpBucketIAMMember, t.gcpBucketIAMBinding, t.gcpBucketIAMPolicy),
  ...types("one", t.gcpSecretIamMember, t.gcpSecretIamBinding, t.gcpSecretIamPolicy),
  ...types("one", t.gcpInstanceIAMMember, t.gcpInstanceIAMBinding, t.gcpInstanceIAMPolicy),
  ...types("one", t.gcpRepositoryIamMember, t.gcpRepositoryIamBinding, t.gcpRepositoryIamPolicy),
  ...types("one", t.gcpCryptoKeyMember, t.gcpCryptoKeyBinding),
  ...types("one", t.gcpKeyRingMember),
  ...types("one", t.gcpTopicMember),
  ...types("one", t.gcpSubscriptionMember),
];

/** The grants of a resource, whichever form it has; one that cannot be read at all is one with nothing known. */
export function grantsOf(props: Pick<Value, "at">): readonly Grant[] {
  const policy = props.at("policyData");
  if (policy.unknown !== undefined) return [{ role: policy, members: [policy], condition: policy }];
  if (!policy.given) return [grantOf(props)];
  const bindings = policy.json.at("bindings");
  // A text that is no policy is one grant of nothing that can be read.
  return bindings.given ? bindings.items.map(grantOf) : [grantOf(bindings)];
}

function grantOf(props: Pick<Value, "at">): Grant {
  const [one, all] = [props.at("member"), props.at("members")];
  return {
    role: props.at("role"),
    members: [...(one.given ? [one] : []), ...(all.unknown === undefined ? all.items : [all])],
    condition: props.at("condition"),
  };
}

/** Asks something of every grant that a resource of any such type makes. */
export function onGrants(
  check: (grant: Grant, scope: Scope, name: string) => readonly Finding[],
): readonly TypeCheck[] {
  return grantTypes.map(({ type, scope }) =>
    on(type, (props, { name }) => grantsOf(props).flatMap((grant) => check(grant, scope, name))),
  );
}
