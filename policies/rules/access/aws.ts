/** Who may do what on AWS. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { isIn } from "../../relations";
import { must, on, resourceRule, type Finding, type Rule } from "../../rule";
import {
  everyAllowing,
  isBounded,
  isEverything,
  isForAll,
  isWhole,
  namesPrincipals,
  reaches,
} from "../../statements";
import * as t from "../../types";
import { securityHub } from "../sources";

const iamGuide = "https://docs.aws.amazon.com/IAM/latest/UserGuide";

/**
 * Actions by which whoever holds them gives rights, to themselves above all, or takes a guard from data; no machine and
 * no job of an environment needs one.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 * (access level "Permissions management")
 */
const rightsOverRights = [
  ...[
    ...["AddUserToGroup", "AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy"],
    ...["CreateAccessKey", "CreateLoginProfile", "CreatePolicyVersion", "CreateRole", "CreateUser"],
    ...["DeleteRolePermissionsBoundary", "DeleteUserPermissionsBoundary", "PutGroupPolicy"],
    ...["PutRolePermissionsBoundary", "PutRolePolicy", "PutUserPermissionsBoundary"],
    ...["PutUserPolicy", "SetDefaultPolicyVersion", "UpdateAssumeRolePolicy"],
    ...["UpdateLoginProfile"],
  ].map((action) => `iam:${action}`),
  ...["organizations:LeaveOrganization", "account:CloseAccount"],
  ...["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"],
  ...[
    ...["BypassGovernanceRetention", "DeleteBucketPolicy", "PutAccountPublicAccessBlock"],
    ...["PutBucketAcl", "PutBucketObjectLockConfiguration", "PutBucketPolicy"],
    ...["PutBucketPublicAccessBlock", "PutBucketVersioning", "PutLifecycleConfiguration"],
    ...["PutObjectAcl", "PutReplicationConfiguration"],
  ].map((action) => `s3:${action}`),
  ...["secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy"],
  ...["ecr:SetRepositoryPolicy", "sns:AddPermission", "sqs:AddPermission"],
  ...["elasticfilesystem:PutFileSystemPolicy", "elasticfilesystem:DeleteFileSystemPolicy"],
  ...["backup:DeleteBackupVaultLockConfiguration", "backup:DeleteRecoveryPoint"],
  ...["backup:PutBackupVaultAccessPolicy", "rds:ModifyDBSnapshotAttribute"],
  "ec2:ModifySnapshotAttribute",
];

/** Reading that gives away secrets or data: worth as much as writing where it is of everything. */
const readsData = [
  ...["dynamodb:GetItem", "dynamodb:Scan", "kms:Decrypt", "s3:GetObject", "ssm:GetParameter"],
  ...["secretsmanager:GetSecretValue", "ecr:GetDownloadUrlForLayer", "logs:GetLogEvents"],
  ...["sts:GetFederationToken", "ssm:GetParameters", "secretsmanager:BatchGetSecretValue"],
];

/** Whether an action only looks, by its access level's usual names. */
function looksOnly(action: Value): Truth {
  return action.matches(/^[a-z0-9-]+:(describe|list|get|batchget|view|search|lookup)[a-z]*\*?$/i);
}

function leastPrivilege(document: Value): Finding[] {
  return [
    must(
      everyAllowing(document, (one) => not(one.at("Action").some(isWhole))),
      "A statement allows a whole service, or everything",
    ),
    must(
      everyAllowing(document, (one) =>
        all(!one.at("NotAction").given, !one.at("NotResource").given),
      ),
      "A statement allows whatever it does not name",
    ),
    must(
      everyAllowing(document, (one) => not(reaches(one, ...rightsOverRights))),
      "A statement gives rights over rights, or over what guards data",
    ),
    must(
      everyAllowing(document, (one) =>
        any(
          not(reaches(one, "iam:PassRole")),
          all(
            not(one.at("Resource").some(isEverything)),
            one.at("Condition").at("StringEquals").at("iam:PassedToService").filled,
          ),
        ),
      ),
      "A statement lets any role be handed over, or to any service",
    ),
    must(
      everyAllowing(document, (one) =>
        any(
          not(one.at("Resource").some(isEverything)),
          all(one.at("Action").every(looksOnly), not(reaches(one, ...readsData))),
          isBounded(one),
        ),
      ),
      "A statement allows more than to look at everything, under no condition that bounds it",
    ),
  ];
}

/** Managed policies that make their holder the account's master, or let them read all that it holds. */
const masters =
  /policy\/((job-function\/)?(AdministratorAccess|PowerUserAccess|SystemAdministrator|DatabaseAdministrator|NetworkAdministrator|DataScientist|ReadOnlyAccess)|AdministratorAccess-\w+|service-role\/AmazonEC2RoleforSSM|[\w/+=,.@-]*(FullAccess|ReadWrite|ReadOnlyAccess|PowerUser))$/;

function isNoMaster(arn: Value): Finding {
  return must(not(arn.matches(masters)), "A managed policy of AWS allows nearly everything");
}

/** Services that assume a role for its own account alone, and whose requests do not say for whom. */
const silent = /^(ec2|s3|backup)\.amazonaws\.com(\.cn)?$/;

/** Whether a service of AWS can act for this account alone where a statement lets one in. */
function boundsServices(statement: Value): Truth {
  const services = statement.at("Principal").at("Service");
  const key = /^(aws:source(account|arn|orgid|orgpaths)|kms:encryptioncontext:aws:logs:arn)$/i;
  return any(
    services.every((one) => one.matches(silent)),
    ...statement
      .at("Condition")
      .entries.filter(([operator]) => /^(string|arn)(equals|like)$/i.test(operator))
      .flatMap(([, keys]) => keys.entries)
      .filter(([name]) => key.test(name))
      .map(([, values]) => values.every((one) => one.matches(/(^|:)\d{12}(:|$)|^o-[a-z0-9]+/))),
    // Events writes its streams for nobody in particular, and what it writes then is bound.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
    statement.at("Action").every((one) => one.is("logs:CreateLogStream")),
    // Logs of a balancer: AWS bounds them by the account in their path.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    all(
      services.every((one) => one.matches(/^(logdelivery\.elasticloadbalancing|delivery\.logs)\./)),
      statement.at("Resource").filled,
      statement.at("Resource").every((one) => one.matches(/\/AWSLogs\/\d{12}\//)),
    ),
  );
}

function servicesBound(document: Value): Finding {
  return must(
    everyAllowing(document, boundsServices),
    "A service of AWS may act for whoever asks it to",
  );
}

export const accessAws: readonly Rule[] = [
  resourceRule(
    {
      id: "iam-least-privilege",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects: "A machine or person that is taken over can do what it was there for, and no more",
      source: `CIS AWS Foundations 3.0.0, 1.16; Security Hub IAM.1 and IAM.21: ${securityHub}/iam-controls.html#iam-1; ${iamGuide}/id_roles_use_passrole.html`,
      fix: "Name actions and resources; where an action knows no resource, add a condition and name the action; hand over a named role, to a named service",
    },
    on(t.awsRolePolicy, (p) => leastPrivilege(p.get("policy") as Value)),
    on(t.awsUserPolicy, (p) => leastPrivilege(p.get("policy") as Value)),
    on(t.awsGroupPolicy, (p) => leastPrivilege(p.get("policy") as Value)),
    on(t.awsPolicy, (p) => leastPrivilege(p.get("policy") as Value)),
    on(t.awsRole, (p) => [
      ...p.get("managedPolicyArns").items.map((arn) => isNoMaster(arn as Value)),
      ...p.get("inlinePolicies").items.flatMap((one) => leastPrivilege(one.at("policy"))),
    ]),
    on(t.awsRolePolicyAttachment, (p) => isNoMaster(p.get("policyArn") as Value)),
    on(t.awsUserPolicyAttachment, (p) => isNoMaster(p.get("policyArn") as Value)),
    on(t.awsGroupPolicyAttachment, (p) => isNoMaster(p.get("policyArn") as Value)),
    on(t.awsPolicyAttachment, (p) => isNoMaster(p.get("policyArn") as Value)),
  ),
  resourceRule(
    {
      id: "iam-trust-named",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects: "Only those a role, a topic, a queue, a vault or a key is for can use it",
      source: `${iamGuide}/access-analyzer-reference-policy-checks.html; Security Hub SNS.4, SQS.3 and KMS.5: ${securityHub}/kms-controls.html#kms-5`,
      fix: "Name the service or role that may use it; everybody only under a condition on their own account, organization, role or network",
    },
    on(t.awsRole, (p) => [
      must(namesPrincipals(p.get("assumeRolePolicy") as Value), "Anybody may become this role"),
      must(p.get("maxSessionDuration").or(3600).atMost(43200), "Sessions outlast a day's work"),
    ]),
    on(t.awsTopicPolicy, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may use the topic"),
    ),
    on(t.awsTopic, (p) =>
      must(
        any(!p.get("policy").given, namesPrincipals(p.get("policy") as Value)),
        "Anybody may use the topic",
      ),
    ),
    on(t.awsQueue, (p) =>
      must(
        any(!p.get("policy").given, namesPrincipals(p.get("policy") as Value)),
        "Anybody may use the queue",
      ),
    ),
    on(t.awsQueuePolicy, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may use the queue"),
    ),
    on(t.awsBackupVaultPolicy, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may use the vault"),
    ),
    on(t.awsKmsKey, (p) =>
      must(
        any(!p.get("policy").given, namesPrincipals(p.get("policy") as Value)),
        "Anybody may use the key",
      ),
    ),
    on(t.awsKmsKeyPolicy, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may use the key"),
    ),
    on(t.awsSecret, (p) =>
      must(
        any(!p.get("policy").given, namesPrincipals(p.get("policy") as Value)),
        "Anybody may read the secret",
      ),
    ),
    on(t.awsSecretPolicy, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may read the secret"),
    ),
    on(t.awsImageRepositoryPolicy, (p) =>
      must(namesPrincipals(p.get("policy") as Value), "Anybody may take the images"),
    ),
    on(t.awsLogResourcePolicy, (p) =>
      must(
        everyAllowing(p.get("policyDocument") as Value, (one) => not(isForAll(one))),
        "Anybody may write the logs",
      ),
    ),
  ),
  resourceRule(
    {
      id: "iam-services-bound",
      severity: "medium",
      level: "mandatory",
      theme: "access",
      protects: "A service of AWS does not use this environment's rights for another account",
      source: `${iamGuide}/confused-deputy.html`,
      fix: "Add a condition on aws:SourceAccount or aws:SourceArn (serviceTrust() of components/shared/iam); EC2, S3 and AWS Backup send neither",
    },
    on(t.awsRole, (p) => servicesBound(p.get("assumeRolePolicy") as Value)),
    on(t.awsTopicPolicy, (p) => servicesBound(p.get("policy") as Value)),
    on(t.awsQueuePolicy, (p) => servicesBound(p.get("policy") as Value)),
    on(t.awsBackupVaultPolicy, (p) => servicesBound(p.get("policy") as Value)),
    on(t.awsBucketPolicy, (p) => servicesBound(p.get("policy") as Value)),
    on(t.awsKmsKeyPolicy, (p) => servicesBound(p.get("policy") as Value)),
    on(t.awsLogResourcePolicy, (p) => servicesBound(p.get("policyDocument") as Value)),
    on(t.awsKmsKey, (p) => {
      const { holds, message } = servicesBound(p.get("policy"));
      return must(any(!p.get("policy").given, holds), message);
    }),
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
    on(t.awsUserLoginProfile, () => must(false, "A user has a password for the console")),
  ),
];
