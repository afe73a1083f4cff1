/** Who may do what on Google Cloud. */
import { any, not, type Truth, type Value } from "../../reader";
import { unless } from "../../relations";
import {
  type AnyView,
  must,
  on,
  resourceRule,
  type Rule,
  stackRule,
  type StackView,
} from "../../rule";
import * as t from "../../types";

/** The table of roles: production, support and the others are people's, ci-cd is the runners'. */
const roles = ["production", "support", "release-manager", "engineering-manager", "ci-cd"];

const gcpMasters =
  /^roles\/(owner|editor|viewer|iam\.securityAdmin|resourcemanager\.\w*[aA]dmin|\w+\.admin|iam\.serviceAccountKeyAdmin)$/;

function member(
  role: Value,
  who: Value,
  resource: AnyView,
  project: boolean,
  condition: Value = resource.props.at("condition"),
): ReturnType<typeof must>[] {
  return [
    must(not(role.matches(gcpMasters)), "The role is nearly everything"),
    must(not(who.matches(/^all(Authenticated)?Users$/)), "Everybody is given rights"),
    must(not(who.matches(/^user:/)), "A single person is given rights, past the table of roles"),
    must(
      any(
        not(who.matches(/^(group|domain):/)),
        roles.some((one) => resource.name.includes(one)),
      ),
      "People are given rights by none of the roles of the table",
    ),
    must(
      any(
        !project,
        // https://cloud.google.com/iam/docs/conditions-attribute-reference: these can be narrowed to a resource by name.
        not(
          role.matches(
            /^roles\/(cloudsql\.(client|instanceUser|editor)|secretmanager\.|storage\.)/,
          ),
        ),
        condition.given,
      ),
      "The role opens every database, secret or bucket of the project",
    ),
    must(
      any(
        !project,
        not(
          role.matches(
            /^roles\/iam\.(serviceAccountUser|serviceAccountTokenCreator|workloadIdentityUser)$/,
          ),
        ),
      ),
      "The right to act as an account is given for every account of the project",
    ),
  ];
}

/** Whether an account's address is that of one that the stack makes, in a project that the stack may touch. */
function isOfStack(stack: StackView, email: Value): Truth {
  const projects = stack.resources
    .filter(({ type }) => type === "pulumi:providers:gcp")
    .map(({ props }) => props.at("project"));
  const accounts = stack.of(t.gcpServiceAccount).map(({ props }) => props.get("accountId"));
  const unknown = [...accounts, ...projects].find((one) => one.unknown !== undefined)?.unknown;
  const found = email.test((text) => {
    const [account, domain] = String(text).split("@");
    return (
      accounts.some((one) => one.known === account) &&
      projects.some((one) => `${one.text ?? ""}.iam.gserviceaccount.com` === domain)
    );
  });
  return unless(unknown, found);
}

export const accessGcp: readonly Rule[] = [
  resourceRule(
    {
      id: "gcp-rights-narrow",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects:
        "Accounts have the roles that they need on what they need, and people have them by the table of roles",
      source:
        "CIS Google Cloud Foundation 3.0.0, 1.5, 1.6 and 5.1: https://cloud.google.com/iam/docs/using-iam-securely",
      fix: "Bind a narrow role on the resource itself, to a service account or to a group of the table",
    },
    on(t.gcpProjectMember, (p, r) =>
      member(p.get("role") as Value, p.get("member") as Value, r, true),
    ),
    on(t.gcpServiceAccountMember, (p, r) =>
      member(p.get("role") as Value, p.get("member") as Value, r, false),
    ),
    on(t.gcpBucketIAMMember, (p, r) =>
      member(p.get("role") as Value, p.get("member") as Value, r, false),
    ),
    on(t.gcpSecretIamMember, (p, r) =>
      member(p.get("role") as Value, p.get("member") as Value, r, false),
    ),
    on(t.gcpInstanceIAMMember, (p, r) =>
      member(p.get("role") as Value, p.get("member") as Value, r, false),
    ),
    on(t.gcpTunnelInstanceIAMMember, (p, r) => [
      ...member(p.get("role") as Value, p.get("member") as Value, r, false),
      must(
        p.get("condition").get("expression").given,
        "The tunnel leads to every port of the machine",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "gcp-custom-roles-narrow",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects: "Roles of our own have no right over rights, and none to delete data",
      source: "https://cloud.google.com/iam/docs/custom-roles-permissions-support",
      fix: "Take setIamPolicy, serviceAccountKeys and data deletion out of the role",
    },
    on(t.gcpCustomRole, (p) => [
      must(p.get("permissions").filled, "The role holds nothing"),
      must(
        p
          .get("permissions")
          .every((one) =>
            not(
              one.matches(
                /\*|\.setIamPolicy$|^iam\.(serviceAccountKeys|roles)\.|\.(disks|buckets|backups|secrets)\.delete$/,
              ),
            ),
          ),
        "The role holds a right over rights, or one to delete data",
      ),
    ]),
  ),
  stackRule(
    {
      id: "gcp-accounts-of-the-stack",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects: "Machines run as accounts whose rights stand in the stack, for all to read",
      source: "https://cloud.google.com/iam/docs/best-practices-service-accounts#single-purpose",
      fix: "Give the machine or pool an account that the stack makes, or none",
    },
    [t.gcpInstance, t.gcpInstanceTemplate, t.gcpNodePool],
    (stack) =>
      [
        ...stack
          .of(t.gcpInstance)
          .map(({ urn, props }) => ({ urn, email: props.get("serviceAccount").get("email") })),
        ...stack
          .of(t.gcpInstanceTemplate)
          .map(({ urn, props }) => ({ urn, email: props.get("serviceAccount").get("email") })),
        ...stack
          .of(t.gcpNodePool)
          .map(({ urn, props }) => ({ urn, email: props.get("nodeConfig").get("serviceAccount") })),
      ].map(({ urn, email }) =>
        must(
          any(email.absent, isOfStack(stack, email as Value)),
          "The account is none of the stack's",
          urn,
        ),
      ),
  ),
  resourceRule(
    {
      id: "gcp-no-account-keys",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects: "Accounts of Google Cloud have no key that could be carried away",
      source:
        "CIS Google Cloud Foundation 3.0.0, 1.4: https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
      fix: "Use the machine's own identity; only a machine on another cloud needs a key, and an exemption",
    },
    on(t.gcpServiceAccountKey, () => must(false, "The account has a key")),
  ),
];
