/**
 * What the statements of a policy document on AWS come to, whatever their form: one statement or a list, one action or
 * a list, wildcards, `NotAction`, everybody as `*` or as `{ AWS: "*" }`, conditions that bind nobody.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import { all, any, not, type Truth, type Value } from "./reader";

/**
 * Whether every statement of a document holds to something. A document without a statement does not, nor does what is
 * no JSON: AWS takes neither.
 */
export function everyStatement(document: Value, holds: (statement: Value) => Truth): Truth {
  const statements = document.json.at("Statement");
  return document.unknown ?? all(statements.filled, statements.every(holds));
}

/** Whether some statement of a document is one of a kind. */
export function someStatement(document: Value, holds: (statement: Value) => Truth): Truth {
  return document.unknown ?? document.json.at("Statement").some(holds);
}

/** Whether a statement gives rights. What does not say that it denies is taken to. */
export function allows(statement: Value): Truth {
  return not(statement.at("Effect").is("Deny"));
}

/** As `everyStatement`, of those that give rights. */
export function everyAllowing(document: Value, holds: (statement: Value) => Truth): Truth {
  return everyStatement(document, (one) => any(not(allows(one)), holds(one)));
}

const forms = new Map<string, RegExp>();

/** Whether a pattern with `*` and `?` takes in a text. IAM compares actions without case. */
function covers(pattern: string, text: string): boolean {
  let form = forms.get(pattern);
  if (form === undefined) {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    form = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i");
    forms.set(pattern, form);
  }
  return form.test(text);
}

/** Whether a value is a pattern that takes in one of some actions, such as `s3:PutBucketPolicy`. */
function takesIn(pattern: Value, actions: readonly string[]): Truth {
  return pattern.test(
    (text) => typeof text === "string" && actions.some((one) => covers(text, one)),
  );
}

/** Whether a statement is about one of some actions, by naming it, by a wildcard, or by not leaving it out. */
export function reaches(statement: Value, ...actions: readonly string[]): Truth {
  const left = statement.at("NotAction");
  return any(
    statement.at("Action").some((one) => takesIn(one, actions)),
    all(left.given, any(...actions.map((one) => not(left.some((p) => takesIn(p, [one])))))),
  );
}

/** Whether an action is a whole service, all of several, or all there are: `*`, `s3:*`, `*:*`, `s3:**`. */
export function isWhole(action: Value): Truth {
  return action.matches(/^[*?]+$|^[a-z0-9*?-]+:[*?]+$/i);
}

/** Whether a resource is everything there is, everything of a service, or everything of a kind in an account. */
export function isEverything(resource: Value): Truth {
  return resource.matches(
    /^[*?]+$|^arn:[^:]*(:[^:]*){0,3}[*?]$|^arn:([^:]*:){4}[*?]+(\/[*?]+)?$|^arn:([^:]*:){3}[^:]+:[a-z-]+[/:][*?]+$/i,
  );
}

/** Keys by which a condition names who asks, or for whom a service of AWS asks. */
const binding =
  /^(aws:(source(account|arn|orgid|orgpaths|owner|vpc|vpce|vpcarn)|principal(account|arn|orgid|orgpaths|servicename)|userid)|kms:calleraccount|s3:dataaccesspoint(account|arn)|kms:encryptioncontext:aws:logs:arn)$/i;

/** Operators that hold only of what is there and is as they say; not what holds of a key that is missing too. */
const positive = /^(foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like))$/i;

/** Whether some condition bounds what a statement gives: by a key of any name, to values that are not just anything. */
export function isBounded(statement: Value): Truth {
  return any(
    ...statement.at("Condition").entries.flatMap(([operator, keys]) =>
      positive.test(operator)
        ? keys.entries.map(([, values]) =>
            all(
              values.filled,
              values.every((one) => not(one.matches(/^[*?]*$/))),
            ),
          )
        : [],
    ),
  );
}

/** Whether a value of a condition is one account's, organization's or network's, and not anybody's. */
function isSomebodys(value: Value): Truth {
  return value.test((text) => {
    if (typeof text !== "string" || text === "") return false;
    // arn:partition:service:region:account:…: what stands after the account is that account's own. A bucket's has none.
    const arn = /^arn:[^:*?]+:([^:]*):[^:]*:([^:]*):/i.exec(text);
    if (arn !== null) return /^\d{12}$/.test(arn[2] ?? "") || (arn[2] === "" && !/[*?]/.test(text));
    return /^[^*?]+$/.test(text) || /^A[A-Z0-9]{15,}:/.test(text) || /^o-[a-z0-9]+\/r/.test(text);
  });
}

/**
 * Whether a condition lets in only whom it names: as S3 tells what is public from what is not.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function bindsWho(statement: Value): Truth {
  return any(
    ...statement
      .at("Condition")
      .entries.flatMap(([operator, keys]) =>
        !positive.test(operator)
          ? []
          : keys.entries
              .filter(([key]) => binding.test(key))
              .map(([, values]) => all(values.filled, values.every(isSomebodys))),
      ),
  );
}

/** The principals of a statement, of every kind: `*`, accounts and roles, services, federated ones. */
export function principalsOf(statement: Value): readonly (readonly [kind: string, who: Value])[] {
  const principal = statement.at("Principal");
  if (typeof principal.known === "string" || Array.isArray(principal.known))
    return principal.items.map((who) => ["AWS", who] as const);
  return principal.entries.flatMap(([kind, who]) => who.items.map((one) => [kind, one] as const));
}

/** Whether a statement is for everybody, of one kind or of all, or for all but those that it names. */
export function isForAll(statement: Value): Truth {
  const principal = statement.at("Principal");
  return any(
    !principal.given,
    statement.at("NotPrincipal").given,
    principal.unknown ?? false,
    ...principal.entries.map(([, who]) => who.unknown ?? false),
    ...principalsOf(statement).map(([, who]) => who.matches(/^[*?]+$|^arn:[^:]*:[^:]*:[^:]*:[*?]/)),
  );
}

/** Whether nobody is let in whom no statement names, itself or by a condition. */
export function namesPrincipals(document: Value): Truth {
  return everyAllowing(document, (one) => any(not(isForAll(one)), bindsWho(one)));
}

/**
 * Whether a document denies some actions to everybody who comes without TLS: under no further condition, and on what
 * `on` takes in of each resource.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
 */
export function deniesPlain(
  document: Value,
  actions: readonly string[],
  on: (resource: Value) => Truth = () => true,
): Truth {
  return someStatement(document, (one) => {
    const conditions = one.at("Condition").entries;
    const [operator, keys] = conditions[0] ?? [];
    const inner = keys?.entries ?? [];
    const [key, value] = inner[0] ?? [];
    return all(
      one.at("Effect").is("Deny"),
      !one.at("NotPrincipal").given,
      any(...principalsOf(one).map(([kind, who]) => all(kind === "AWS", who.is("*")))),
      ...actions.map((action) => reaches(one, action)),
      one.at("Resource").some(on),
      conditions.length === 1 && inner.length === 1,
      /^bool(ifexists)?$/i.test(operator ?? "") && /^aws:securetransport$/i.test(key ?? ""),
      value?.some((text) => text.test((flag) => String(flag).toLowerCase() === "false")) ?? false,
    );
  });
}
