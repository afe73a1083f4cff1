/** Policies of AWS resources: whom they let in. */
import { at, documentAt, inWords, itemsAt, notKnown, textAt } from "../values";
import type { Grant, Guard, Reader } from "./opening";

/**
 * Condition keys that keep a statement for everybody from being public when they name fixed values.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html ("The meaning of
 * public"); for EFS https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html.
 */
const narrowing =
  /^(aws:(PrincipalOrgID|PrincipalOrgPaths|PrincipalAccount|PrincipalArn|SourceAccount|SourceArn|SourceOwner|SourceOrgID|SourceVpc|SourceVpce|SourceIp|userid|ResourceAccount)|s3:(x-amz-server-side-encryption-aws-kms-key-id|DataAccessPointArn|DataAccessPointAccount)|kms:(CallerAccount|ViaService)|elasticfilesystem:(AccessedViaMountTarget|AccessPointArn))$/i;

const operators =
  /^(ForAnyValue:|ForAllValues:)?(String(Equals|Like)|Arn(Equals|Like)|IpAddress|Bool)/i;

/** Whether conditions leave few enough: a key that narrows, with no value that lets all through. */
function isNarrowed(statement: unknown): boolean {
  const conditions = at(statement, "Condition");
  if (typeof conditions !== "object" || conditions === null) return false;
  return Object.entries(conditions as Record<string, unknown>).some(
    ([operator, keys]) =>
      // With `IfExists` a request without the key passes, and so it does with a negation.
      operators.test(operator) &&
      !/IfExists$/i.test(operator) &&
      Object.keys(keys ?? {}).some((key) => narrowing.test(key) && !openValues(keys, key)),
  );
}

/** Whether a condition's value lets all through: `*`, or the whole address space. */
function openValues(keys: unknown, key: string): boolean {
  const value = (keys as Record<string, unknown>)[key];
  const values = Array.isArray(value) ? value : [value];
  return values.some((one) => ["*", "arn:aws:*", "0.0.0.0/0", "::/0"].includes(String(one)));
}

/** Principals of a statement as `AWS *` or `AWS arn:…`; `*` alone is everybody. */
function principals(statement: unknown): readonly string[] {
  const principal = at(statement, "Principal");
  if (principal === "*") return ["AWS *"];
  if (typeof principal !== "object" || principal === null) return [];
  return Object.entries(principal as Record<string, unknown>)
    .filter(([kind]) => kind !== "Service")
    .flatMap(([kind, who]) =>
      (Array.isArray(who) ? who : [who]).map((one) => `${kind} ${inWords(one)}`),
    );
}

function list(value: unknown): string {
  return (Array.isArray(value) ? value.map(inWords).sort() : [inWords(value)]).join(", ");
}

/** Without its own order, so that a statement that is moved or named otherwise is the same. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .map(canonical)
      .map((one) => JSON.stringify(one))
      .sort();
  if (typeof value !== "object" || value === null) return inWords(value);
  return Object.entries(value)
    .filter(([key]) => key !== "Sid")
    .map(([key, item]) => [
      key,
      canonical(Array.isArray(item) ? item : key === "Condition" ? item : [item]),
    ])
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
}

/** What a policy denies: whose loss lets in what an allowance elsewhere has let in all the time. */
function denials(document: unknown, fact: Parameters<Reader>[0]["fact"]): Guard[] {
  return itemsAt(document, "Statement")
    .filter((statement) => textAt(statement, "Effect") === "Deny")
    .map((statement) => {
      const sid = textAt(statement, "Sid");
      const what = list(at(statement, "Action") ?? at(statement, "NotAction"));
      return {
        key: `${fact.urn} denies ${JSON.stringify(canonical(statement))}`,
        words: `its policy no longer denies what it did: ${sid === undefined ? what : `${sid} (${what})`}`,
        of: textAt(fact.old?.inputs, "bucket") ?? fact.old?.id,
        own: fact.operation === "delete" && !/[pP]olicy:/.test(fact.type),
      };
    });
}

function reader(path: string): Reader {
  return ({ inputs, fact, side }) => {
    const document = documentAt(inputs, path);
    if (document === undefined) return {};
    if (document === notKnown) {
      const key = `${fact.urn} ${path} not known`;
      const words = `whom its policy lets in is not known before up (${path})`;
      // What it denied is not known to be gone either.
      const denied = documentAt(fact.old?.inputs, path);
      const guards = side === "new" && denied !== notKnown ? denials(denied, fact) : [];
      return { grants: [{ key, words, toAll: false }], guards };
    }
    const grants = itemsAt(document, "Statement")
      .filter((statement) => textAt(statement, "Effect") === "Allow")
      .flatMap((statement): Grant[] => {
        // `NotPrincipal` with Allow is everybody but those.
        const except = at(statement, "NotPrincipal") !== undefined;
        const narrowed = isNarrowed(statement);
        const actions = list(at(statement, "Action") ?? at(statement, "NotAction"));
        return (except ? ["AWS *"] : principals(statement)).flatMap((who): Grant[] => {
          const everybody = /^\w+ \*$/.test(who);
          if (everybody && narrowed) return [];
          // Who stands in a new resource's policy besides is for the policy pack.
          if (!everybody && side === "new" && fact.old === undefined) return [];
          const key = `${fact.urn} ${who} ${narrowed} ${actions} ${list(at(statement, "Resource"))}`;
          const words = everybody
            ? `its policy lets everybody in: ${actions}`
            : `its policy lets ${who.replace(/^\w+ /, "")} in: ${actions}`;
          return [{ key, words, toAll: everybody }];
        });
      });
    return { grants, guards: denials(document, fact) };
  };
}

/** Without a policy of its own anybody who reaches a mount target may mount: "default file system policy" of
 * https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html. */
const filesGuard: Reader = ({ inputs, fact }) => {
  const guard: Guard = {
    key: `${fact.urn} policy`,
    words: "the file system has no policy any more: whoever reaches it may mount it",
    of: textAt(inputs, "fileSystemId"),
  };
  return { guards: [guard] };
};

export const policyReader: readonly (readonly [RegExp, Reader])[] = [
  [
    /^aws:(s3\/bucketPolicy|sns\/topicPolicy|sqs\/queuePolicy|ecr\/repositoryPolicy|kms\/keyPolicy|kms\/key|efs\/fileSystemPolicy|secretsmanager\/secretPolicy|secretsmanager\/secret|backup\/vaultPolicy|sqs\/queue|sns\/topic):/,
    reader("policy"),
  ],
  [/^aws:iam\/role:/, reader("assumeRolePolicy")],
  [/^aws:(opensearch|elasticsearch)\/domain:/, reader("accessPolicies")],
  [/^aws:efs\/fileSystemPolicy:/, filesGuard],
];
