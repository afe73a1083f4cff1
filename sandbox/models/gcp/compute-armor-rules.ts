/** Cloud Armor: what its rules must be like, and what must fit together in one. */
import type { Condition, Rule } from "../../model";
import { registry } from "./common";

const PAGE = registry("compute/securitypolicy");
const OVERVIEW = "https://cloud.google.com/armor/docs/security-policy-overview";
const RATES = "https://cloud.google.com/armor/docs/rate-limiting-overview";
const WAF = "https://cloud.google.com/armor/docs/waf-rules";

const LAST = 2147483647;
const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });
/** Holds of every rule. */
const each = (condition: Condition): Condition => ({
  any: [absent("rules"), { property: "rules", every: condition }],
});
/** Where the first holds, the second does. */
const implies = (when: Condition, then: Condition): Condition => ({ any: [{ not: when }, then] });

const limited: Condition = { property: "action", in: ["throttle", "rate_based_ban"] };
const RATE = "rateLimitOptions";

/** Google's rule sets: https://cloud.google.com/armor/docs/waf-rules */
const SETS =
  "(?:sqli|xss|lfi|rfi|rce|methodenforcement|scannerdetection|protocolattack|php|sessionfixation|java|nodejs)-v33-(?:stable|canary)" +
  "|(?:sqli|xss|lfi|rfi|rce|methodenforcement|scannerdetection|protocolattack|php|sessionfixation|java|generic)-v422-(?:stable|canary)" +
  "|cve-canary|json-sqli-canary";

/** What the provider and the API check of a security policy. */
export const rules: readonly Rule[] = [
  {
    name: "no two rules of one priority",
    then: { property: "rules[].priority", distinct: true },
    message:
      "Two rules have the same priority, please update one of the priorities to be different: `rules`",
    source: PAGE,
  },
  {
    name: "the last rule is for everybody",
    when: present("rules"),
    then: {
      property: "rules",
      some: {
        all: [
          { property: "priority", equals: LAST },
          { property: "match.versionedExpr", equals: "SRC_IPS_V1" },
          { property: "match.config.srcIpRanges[]", equals: "*" },
        ],
      },
    },
    message:
      "Invalid value for field 'resource.rules': `rules` must have the default rule: priority 2147483647 for all addresses (`*`)",
    source: `${OVERVIEW}#rules`,
    at: "apply",
  },
  {
    name: "a rule matches by expression or by address",
    then: each({
      any: [
        {
          all: [present("match.expr"), absent("match.versionedExpr"), absent("match.config")],
        },
        {
          all: [
            absent("match.expr"),
            present("match.versionedExpr"),
            present("match.config.srcIpRanges"),
          ],
        },
      ],
    }),
    message:
      "Invalid value for field 'resource.rules[].match': one of `expr` and `versionedExpr` with `config.srcIpRanges` must be given",
    source: PAGE,
    at: "apply",
  },
  {
    name: "rates are limited by the actions that do",
    then: each({
      all: [implies(limited, present(RATE)), implies(present(RATE), limited)],
    }),
    message:
      "Invalid value for field 'resource.rules[].rateLimitOptions': it must be given with the actions throttle and rate_based_ban, and with no other",
    source: RATES,
    at: "apply",
  },
  {
    name: "a limit says what conforms, what exceeds and how much",
    then: each(
      implies(limited, {
        all: [
          ...["conformAction", "exceedAction"].map((key) => present(`${RATE}.${key}`)),
          ...["count", "intervalSec"].map((key) => present(`${RATE}.rateLimitThreshold.${key}`)),
        ],
      }),
    ),
    message:
      "Invalid value for field 'resource.rules[].rateLimitOptions': conformAction, exceedAction and rateLimitThreshold (count, intervalSec) must be given",
    source: RATES,
    at: "apply",
  },
  {
    name: "a ban has a duration, and only a ban has",
    then: each({
      all: [
        implies(
          { property: "action", equals: "rate_based_ban" },
          present(`${RATE}.banDurationSec`),
        ),
        implies(
          { property: "action", equals: "throttle" },
          { all: [absent(`${RATE}.banDurationSec`), absent(`${RATE}.banThreshold`)] },
        ),
      ],
    }),
    message:
      "Invalid value for field 'resource.rules[].rateLimitOptions.banDurationSec': it must be given with rate_based_ban, and neither it nor banThreshold with throttle",
    source: RATES,
    at: "apply",
  },
  {
    name: "what is begun is said whole",
    then: each({
      all: [
        implies(present(`${RATE}.banThreshold`), {
          all: ["count", "intervalSec"].map((key) => present(`${RATE}.banThreshold.${key}`)),
        }),
        implies(
          present(`${RATE}.exceedRedirectOptions`),
          present(`${RATE}.exceedRedirectOptions.type`),
        ),
        implies(present("redirectOptions"), present("redirectOptions.type")),
        implies(present("headerAction"), {
          property: "headerAction.requestHeadersToAdds",
          every: present("headerName"),
        }),
      ],
    }),
    message:
      "Invalid value for field 'resource.rules': a banThreshold has count and intervalSec, a redirection its type, a header its name",
    source: PAGE,
    at: "apply",
  },
  {
    name: "a header or cookie that is a key has a name",
    then: each(
      implies(
        { property: `${RATE}.enforceOnKey`, in: ["HTTP_HEADER", "HTTP_COOKIE"] },
        present(`${RATE}.enforceOnKeyName`),
      ),
    ),
    message:
      "Invalid value for field 'resource.rules[].rateLimitOptions.enforceOnKeyName': it must be given with HTTP_HEADER and HTTP_COOKIE",
    source: RATES,
    at: "apply",
  },
  {
    name: "one key, or a list of them",
    then: each(implies(present(`${RATE}.enforceOnKeyConfigs`), absent(`${RATE}.enforceOnKey`))),
    message:
      "Invalid value for field 'resource.rules[].rateLimitOptions': enforceOnKey and enforceOnKeyConfigs can't both be given",
    source: RATES,
    at: "apply",
  },
  {
    name: "a redirection says where to, and nothing else does",
    then: each({
      all: [
        implies({ property: "action", equals: "redirect" }, present("redirectOptions")),
        implies(present("redirectOptions"), { property: "action", equals: "redirect" }),
        implies(
          { property: `${RATE}.exceedAction`, equals: "redirect" },
          present(`${RATE}.exceedRedirectOptions`),
        ),
      ],
    }),
    message:
      "Invalid value for field 'resource.rules[].redirectOptions': it goes with the action redirect alone",
    source: PAGE,
    at: "apply",
  },
  {
    name: "Google's rule sets by their names",
    then: {
      property: "rules[].match.expr.expression",
      part: "evaluatePreconfigured(?:Waf|Expr)\\(\\s*['\"]([^'\"]*)['\"]",
      every: { property: ".", matches: SETS },
    },
    message:
      "Invalid value for field 'resource.rules[].match.expr': `expression` names a preconfigured rule set that Google does not have",
    source: WAF,
    at: "apply",
  },
  {
    name: "sensitivity from 0 to 4",
    then: {
      property: "rules[].match.expr.expression",
      part: "['\"]sensitivity['\"]\\s*:\\s*(\\d+)",
      every: { property: ".", atMost: 4 },
    },
    message:
      "Invalid value for field 'resource.rules[].match.expr': the sensitivity in `expression` is from 0 to 4",
    source: "https://cloud.google.com/armor/docs/rule-tuning",
    at: "apply",
  },
  {
    name: "an edge policy only allows and denies",
    when: { property: "type", equals: "CLOUD_ARMOR_EDGE" },
    then: {
      all: [
        each({ property: "action", matches: "allow|deny\\(\\d+\\)" }),
        absent("adaptiveProtectionConfig"),
      ],
    },
    message:
      "Invalid value for field 'resource.type': CLOUD_ARMOR_EDGE has neither rate limits nor redirections nor `adaptiveProtectionConfig`",
    source: OVERVIEW,
    at: "apply",
  },
];
