/** Whose accounts policies of resources let in. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { must, type Rule, type StackView, stackRule } from "../../rule";
import { everyAllowing, principalsOf } from "../../statements";
import * as t from "../../types";
import { securityHub } from "../sources";

/** Types with a policy that says who may use the resource, and the property. */
const shared = [
  [t.awsBackupVaultPolicy, "policy"],
  [t.awsBucketPolicy, "policy"],
  [t.awsEfsPolicy, "policy"],
  [t.awsImageRepositoryPolicy, "policy"],
  [t.awsKmsKey, "policy"],
  [t.awsKmsKeyPolicy, "policy"],
  [t.awsQueuePolicy, "policy"],
  [t.awsRole, "assumeRolePolicy"],
  [t.awsSecretPolicy, "policy"],
  [t.awsTopicPolicy, "policy"],
] as const;

/** Accounts that the stack's providers are bound to. */
function accountsOf(stack: StackView): ReadonlySet<unknown> {
  return new Set(
    stack.resources
      .filter(({ type }) => type === "pulumi:providers:aws")
      .flatMap(({ props }) => props.at("allowedAccountIds").json.items)
      .map((account) => account.known),
  );
}

/** Whether who is named belongs to one of some accounts. Everybody is for another rule; so are services. */
function isOurs(who: Value, accounts: ReadonlySet<unknown>): Truth {
  return who.test((text) => {
    if (typeof text !== "string") return false;
    if (/^[*?]+$/.test(text)) return true;
    return accounts.has(/^arn:[^:]*:(?:iam|sts):[^:]*:(\d{12}):/.exec(text)?.[1] ?? text);
  });
}

export const awsStrangers: readonly Rule[] = [
  stackRule(
    {
      id: "iam-no-strangers",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects:
        "No account but the environment's own and the one for backups is let in to anything",
      source: `Security Hub S3.6: ${securityHub}/s3-controls.html#s3-6; https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-external-access.html`,
      fix: "Name principals of the accounts that the stack's providers are bound to (allowedAccountIds); exempt another with its reason",
    },
    shared.map(([type]) => type),
    (stack) => {
      const accounts = accountsOf(stack);
      if (accounts.size === 0) return [];
      return shared.flatMap(([type, key]) =>
        stack.of<unknown>({ token: type.token }).map(({ props, urn }) => {
          const document = props.at(key);
          return must(
            any(
              !document.given,
              everyAllowing(document, (one) =>
                all(
                  ...principalsOf(one).map(([kind, who]) =>
                    any(not(kind === "AWS"), isOurs(who, accounts)),
                  ),
                ),
              ),
            ),
            "An account that is none of the stack's own is let in",
            urn,
          );
        }),
      );
    },
  ),
];
