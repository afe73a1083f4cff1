/** Who may do what on AWS. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { isIn } from "../../relations";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";

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

export const accessAws: readonly Rule[] = [
  resourceRule(
    {
      id: "iam-least-privilege",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects: "A machine or person that is taken over can do what it was there for, and no more",
      source: `CIS AWS Foundations 3.0.0, 1.16; Security Hub IAM.1 and IAM.21: ${securityHub}/iam-controls.html#iam-1`,
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
      source: `CIS AWS Foundations 3.0.0, 1.14 and 1.15; Security Hub IAM.3: ${securityHub}/iam-controls.html#iam-3`,
      fix: "Use a role; a user only for a machine outside AWS, for writing backups alone",
    },
    on(t.awsUser, (_, resource) =>
      must(isIn(resource, "backupSchedule"), "There is a user that is not for writing backups"),
    ),
    on(t.awsAccessKey, (_, resource) =>
      must(isIn(resource, "backupSchedule"), "There is a key that is not for writing backups"),
    ),
  ),
];
