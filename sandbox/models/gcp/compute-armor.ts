/** Cloud Armor: security policies of load balancers. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  ABANDONED,
  COMPUTE_API,
  RFC1035,
  autoName,
  block,
  blockSet,
  blocks,
  bool,
  computeName,
  deletionPolicy,
  int,
  list,
  num,
  oneOf,
  out,
  prevented,
  project,
  registry,
  selfLink,
  set,
  str,
} from "./common";
import { rules } from "./compute-armor-rules";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";

/** A string of which the SDK's documentation names the values in words. */
const known = (values: readonly string[]): PropertyModel =>
  str({ pattern: values.join("|"), example: values[0] ?? "" });

/** https://cloud.google.com/armor/docs/rate-limiting-overview */
const KEYS = [
  "ALL",
  "IP",
  "HTTP_HEADER",
  "XFF_IP",
  "HTTP_COOKIE",
  "HTTP_PATH",
  "SNI",
  "REGION_CODE",
  "TLS_JA3_FINGERPRINT",
  "TLS_JA4_FINGERPRINT",
  "USER_IP",
];
const INTERVALS = [10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600];
/** The SDK's types let it be left out; the rules ask for it. */
const LOOSE = { deviates: "the SDK's types let it be left out: a rule asks for it" } as const;
const threshold = {
  count: int({ min: 1, max: 1000000, ...LOOSE }),
  intervalSec: int({ enum: INTERVALS, ...LOOSE }),
};
const redirect = block({
  target: str({ format: "url" }),
  type: { ...known(["EXTERNAL_302", "GOOGLE_RECAPTCHA"]), ...LOOSE },
});

const fields = blocks({
  operator: {
    ...known(["EQUALS", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "EQUALS_ANY"]),
    required: true,
  },
  value: str(),
});

const rule: Readonly<Record<string, PropertyModel>> = {
  action: str({
    required: true,
    pattern: "allow|deny\\((403|404|502)\\)|rate_based_ban|redirect|throttle",
    example: "allow",
  }),
  description: str({ maxLength: 64 }),
  headerAction: block({
    requestHeadersToAdds: blocks(
      {
        headerName: str({ pattern: "[A-Za-z0-9_-]+", example: "X-From-Armor", ...LOOSE }),
        headerValue: str(),
      },
      LOOSE,
    ),
  }),
  match: block(
    {
      config: block({
        srcIpRanges: set(str({ pattern: "\\*|[0-9a-f:.]+(/\\d+)?", example: "*" }), {
          minItems: 1,
          maxItems: 10,
          ...LOOSE,
        }),
      }),
      // https://cloud.google.com/armor/docs/rules-language-reference: at most 2048 characters.
      expr: block({
        expression: str({
          required: true,
          maxLength: 2048,
          example: "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})",
        }),
      }),
      exprOptions: block({
        recaptchaOptions: block(
          {
            actionTokenSiteKeys: list(str(), { minItems: 1 }),
            sessionTokenSiteKeys: list(str(), { minItems: 1 }),
          },
          { required: true },
        ),
      }),
      versionedExpr: oneOf(["SRC_IPS_V1"]),
    },
    { required: true },
  ),
  preconfiguredWafConfig: block({
    exclusions: blocks({
      requestBodies: { ...fields, deviates: "of the API in beta, which the SDK has" },
      requestCookies: fields,
      requestHeaders: fields,
      requestQueryParams: fields,
      requestUris: fields,
      targetRuleIds: set(
        str({
          pattern: "owasp-crs-v\\d+-id\\d+-[a-z]+",
          example: "owasp-crs-v030301-id942200-sqli",
        }),
      ),
      targetRuleSet: str({ required: true, example: "sqli-v33-stable" }),
    }),
  }),
  preview: bool({ optionalComputed: true, value: { json: false } }),
  priority: int({ required: true, min: 0, max: 2147483647 }),
  rateLimitOptions: block({
    banDurationSec: int({ min: 1 }),
    banThreshold: block(threshold),
    conformAction: { ...known(["allow"]), ...LOOSE },
    enforceOnKey: oneOf(KEYS),
    enforceOnKeyConfigs: blocks({ enforceOnKeyName: str(), enforceOnKeyType: oneOf(KEYS) }),
    enforceOnKeyName: str(),
    exceedAction: str({
      pattern: "deny\\((403|404|429|502)\\)|redirect",
      example: "deny(429)",
      ...LOOSE,
    }),
    exceedRedirectOptions: redirect,
    rateLimitThreshold: block(threshold, LOOSE),
  }),
  redirectOptions: redirect,
};

const securityPolicy: ResourceModel = {
  token: "gcp:compute/securityPolicy:SecurityPolicy",
  source: registry("compute/securitypolicy"),
  schema: "google_compute_security_policy",
  id: "projects/{account}/global/securityPolicies/{name}",
  api: COMPUTE_API,
  name: autoName,
  labels: true,
  unique: [{ properties: ["name"], scope: "account", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 10, update: 20, delete: 10 },
  properties: {
    adaptiveProtectionConfig: block({
      autoDeployConfig: block({
        confidenceThreshold: num({ min: 0, max: 1 }),
        expirationSec: int({ min: 1 }),
        impactedBaselineThreshold: num({ min: 0, max: 1 }),
        loadThreshold: num({ min: 0, max: 1 }),
      }),
      layer7DdosDefenseConfig: block({
        enable: bool({ optionalComputed: true, value: { json: false } }),
        ruleVisibility: {
          ...known(["STANDARD", "PREMIUM"]),
          optionalComputed: true,
          value: "STANDARD",
        },
        thresholdConfigs: blocks({
          autoDeployConfidenceThreshold: num(),
          autoDeployExpirationSec: int(),
          autoDeployImpactedBaselineThreshold: num(),
          autoDeployLoadThreshold: num(),
          detectionAbsoluteQps: num(),
          detectionLoadThreshold: num(),
          detectionRelativeToBaselineQps: num(),
          name: str({ required: true, pattern: RFC1035 }),
          trafficGranularityConfigs: blocks({
            enableEachUniqueValue: bool(),
            type: { ...known(["HTTP_HEADER_HOST", "HTTP_PATH"]), required: true },
            value: str(),
          }),
        }),
      }),
    }),
    advancedOptionsConfig: block(
      {
        jsonCustomConfig: block(
          {
            contentTypes: set(
              str({ pattern: "[a-z]+/[a-z0-9.+-]+", example: "application/json" }),
              {
                required: true,
              },
            ),
          },
          { optionalComputed: true },
        ),
        jsonParsing: {
          ...known(["DISABLED", "STANDARD", "STANDARD_WITH_GRAPHQL"]),
          optionalComputed: true,
          value: "DISABLED",
        },
        logLevel: { ...known(["NORMAL", "VERBOSE"]), optionalComputed: true, value: "NORMAL" },
        requestBodyInspectionSize: str({
          optionalComputed: true,
          value: "8KB",
          pattern: "(8|16|32|48|64)KB",
          example: "8KB",
        }),
        userIpRequestHeaders: set(str()),
      },
      { optionalComputed: true, value: { json: { jsonParsing: "DISABLED", logLevel: "NORMAL" } } },
    ),
    deletionPolicy,
    description: str({ maxLength: 2048 }),
    name: computeName(),
    project,
    recaptchaOptionsConfig: block({ redirectSiteKey: str({ required: true }) }),
    rules: blockSet(rule, {
      optionalComputed: true,
      value: {
        json: [
          {
            action: "allow",
            description: "default rule",
            match: { config: { srcIpRanges: ["*"] }, versionedExpr: "SRC_IPS_V1" },
            preview: false,
            priority: 2147483647,
          },
        ],
      },
    }),
    type: {
      ...known(["CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_INTERNAL_SERVICE"]),
      optionalComputed: true,
      replace: true,
      value: "CLOUD_ARMOR",
    },
    fingerprint: out("{alnum:11}=", { changesWith: "*" }),
    labelFingerprint: out("{alnum:11}=", { changesWith: ["labels"] }),
    selfLink: selfLink(),
  },
  rules,
};

/** Security policies. */
export const models: readonly ResourceModel[] = [securityPolicy];
