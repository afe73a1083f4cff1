/** Who may do what. */
import { all, any, not, type Truth, type Value } from "../reader";
import { isIn } from "../relations";
import { type AnyView, must, on, resourceRule, type Rule } from "../rule";
import * as t from "../types";

const iam = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html";

/** The table of roles: production, support and the others are people's, ci-cd is the runners'. */
const roles = ["production", "support", "release-manager", "engineering-manager", "ci-cd"];

/** Actions of a statement that are all of a service, or all there are. */
const whole = /^(\*|[a-z0-9-]+:\*)$/i;

/** Statements of a policy document that allow; the unknown answer where the document is unknown. */
function everyAllowing(document: Value, holds: (statement: Value) => Truth): Truth {
  return (
    document.unknown ??
    all(
      document.json.at("Statement").filled,
      document.json
        .at("Statement")
        .every((one) => any(not(one.at("Effect").is("Allow")), holds(one))),
    )
  );
}

function leastPrivilege(document: Value): ReturnType<typeof must>[] {
  return [
    must(
      everyAllowing(document, (one) =>
        not(
          all(
            one.at("Action").some((action) => action.matches(whole)),
            one.at("Resource").some((resource) => resource.is("*")),
          ),
        ),
      ),
      "A statement allows a whole service, or everything, on everything",
    ),
    must(
      everyAllowing(document, (one) =>
        all(!one.at("NotAction").given, !one.at("NotResource").given),
      ),
      "A statement allows whatever it does not name",
    ),
    must(
      everyAllowing(document, (one) =>
        one
          .at("Action")
          .every((action) =>
            not(action.matches(/^(iam|organizations|sts):\*$|^iam:(PassRole|CreateAccessKey)\*$/i)),
          ),
      ),
      "A statement gives rights over rights",
    ),
  ];
}

/** Whether nobody is let in whom no statement names. */
function namesPrincipals(document: Value): Truth {
  return everyAllowing(document, (one) =>
    any(
      one.at("Condition").given,
      all(
        one.at("Principal").given,
        not(one.at("Principal").is("*")),
        not(
          one
            .at("Principal")
            .at("AWS")
            .some((who) => who.is("*")),
        ),
      ),
    ),
  );
}

/** Managed policies that make their holder the account's master. */
const masters =
  /policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|job-function\/SystemAdministrator|.*FullAccess)$/;

/**
 * Built-in roles of Azure that are nearly everything: Owner, Contributor, User Access Administrator, Role Based Access
 * Control Administrator. https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged
 */
const azureMasters =
  /(8e3af657-a8ff-443c-a75c-2fe8c4bcb635|b24988ac-6180-42a0-ab88-20f7382dd24c|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|f58310d9-a9f6-439a-9e8d-f62e7b41a168)$/i;

const gcpMasters =
  /^roles\/(owner|editor|viewer|iam\.securityAdmin|resourcemanager\.\w*[aA]dmin|\w+\.admin|iam\.serviceAccountKeyAdmin)$/;

function member(
  role: Value,
  who: Value,
  resource: AnyView,
  project: boolean,
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

export const access: readonly Rule[] = [
  resourceRule(
    {
      id: "iam-least-privilege",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects: "A machine or person that is taken over can do what it was there for, and no more",
      source: `CIS AWS Foundations 3.0.0, 1.16; Security Hub IAM.1 and IAM.21: ${iam}#iam-1`,
      fix: "Name actions and resources; where an action knows no resource, add a condition and name the action",
    },
    on(t.awsRolePolicy, (p) => leastPrivilege(p.get("policy") as Value)),
    on(t.awsUserPolicy, (p) => leastPrivilege(p.get("policy") as Value)),
    on(t.awsRolePolicyAttachment, (p) =>
      must(not(p.get("policyArn").matches(masters)), "The role may do nearly everything"),
    ),
  ),
  resourceRule(
    {
      id: "iam-trust-named",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects: "Only those a role is for can become it",
      source:
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
      fix: "Name the service or role that may assume it; for services of AWS that act for others add aws:SourceAccount",
    },
    on(t.awsRole, (p) => [
      must(namesPrincipals(p.get("assumeRolePolicy") as Value), "Anybody may become this role"),
      must(p.get("maxSessionDuration").or(3600).atMost(43200), "Sessions outlast a day's work"),
    ]),
    on(t.awsTopicPolicy, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may use the topic"),
    ),
    on(t.awsBackupVaultPolicy, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may use the vault"),
    ),
    on(t.awsKmsKey, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may use the key"),
    ),
  ),
  resourceRule(
    {
      id: "iam-no-users",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects: "There are no long-lived keys: machines have roles, people single sign-on",
      source: `CIS AWS Foundations 3.0.0, 1.14 and 1.15; Security Hub IAM.3: ${iam}#iam-3`,
      fix: "Use a role; a user only for a machine outside AWS, for writing backups alone",
    },
    on(t.awsUser, (_, resource) =>
      must(isIn(resource, "backupSchedule"), "There is a user that is not for writing backups"),
    ),
    on(t.awsAccessKey, (_, resource) =>
      must(isIn(resource, "backupSchedule"), "There is a key that is not for writing backups"),
    ),
  ),
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
  resourceRule(
    {
      id: "azure-rights-narrow",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects:
        "Identities of Azure have narrow roles on what they need, and people have theirs by the table of roles",
      source: "https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
      fix: "Assign a narrow role on the resource itself, to a managed identity or to a group of the table",
    },
    on(t.azureRoleAssignment, (p, resource) => [
      must(not(p.get("roleDefinitionId").matches(azureMasters)), "The role is nearly everything"),
      must(
        not(p.get("principalType").is("User")),
        "A single person is given rights, past the table of roles",
      ),
      must(
        any(p.get("principalType").is("ServicePrincipal"), isIn(resource, "identity")),
        "People are given rights past the table of roles",
      ),
      must(
        not(p.get("scope").matches(/^\/subscriptions\/[^/]+\/?$|^\/$|managementGroups/)),
        "The role holds for the whole subscription",
      ),
    ]),
    on(t.azureRoleDefinition, (p) => [
      must(
        p.get("permissions").every((one) =>
          all(
            one
              .get("actions")
              .every((action) =>
                not(action.matches(/^\*$|\/\*$|^Microsoft\.Authorization\/.*(write|action)$/i)),
              ),
            one.get("dataActions").every((action) => not(action.matches(/^\*$|\/\*$/))),
          ),
        ),
        "The role holds whole services, or rights over rights",
      ),
      must(
        p
          .get("assignableScopes")
          .every((scope) => not(scope.matches(/^\/subscriptions\/[^/]+\/?$|^\/$/))),
        "The role can be assigned in the whole subscription",
      ),
    ]),
    on(t.azureVirtualMachine, (p) =>
      must(
        any(!p.get("identity").given, p.get("identity").get("type").is("UserAssigned")),
        "The machine's identity is not one of the stack, and its rights come after its first boot",
      ),
    ),
  ),
];
