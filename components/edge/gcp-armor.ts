import { SecurityPolicy } from "@pulumi/gcp/compute/securityPolicy";
import type { compute as inputs } from "@pulumi/gcp/types/input";
import type * as pulumi from "@pulumi/pulumi";

/** What Cloud Armor lets through. */
export interface GcpArmorSettings {
  /** Ranges that are turned away with 403. At most 100. @default none */
  readonly denyCidrs?: readonly string[];
  /** Requests of one address in a minute; those beyond are answered 429 until the minute is over. */
  readonly requestsPerMinute: number;
  /**
   * Addresses that machines send to. One address may be a whole company's, so the limit is its own; who goes ten
   * times over it is turned away for ten minutes. At most 5. @default none
   */
  readonly intake?: {
    /** Beginnings of paths, of letters, digits and `/ . _ -`. */
    readonly paths: readonly string[];
    readonly requestsPerMinute: number;
  };
  /** Google's rules for attacks on web applications: `preview` only logs what they would turn away. */
  readonly rules: "preview" | "enforce";
}

/** Kinds of attacks, by the names of Google's rule sets (https://cloud.google.com/armor/docs/waf-rules). */
const ruleSets = [
  "sqli-v33-stable",
  "xss-v33-stable",
  "lfi-v33-stable",
  "rce-v33-stable",
  "protocolattack-v33-stable",
  "scannerdetection-v33-stable",
] as const;

/** The rule that every policy has: its last (https://cloud.google.com/armor/docs/security-policy-overview#rules). */
const lastPriority = 2147483647;
/** https://cloud.google.com/armor/quotas: ranges of one rule. */
const rangesOfRule = 10;
const banSeconds = 600;

const everybody: inputs.SecurityPolicyRuleMatch = {
  versionedExpr: "SRC_IPS_V1",
  config: { srcIpRanges: ["*"] },
};

function limit(
  requestsPerMinute: number,
): Pick<
  inputs.SecurityPolicyRuleRateLimitOptions,
  "conformAction" | "exceedAction" | "enforceOnKey" | "rateLimitThreshold"
> {
  return {
    conformAction: "allow",
    exceedAction: "deny(429)",
    // Of the connection, never of X-Forwarded-For, which anybody can write.
    enforceOnKey: "IP",
    rateLimitThreshold: { count: requestsPerMinute, intervalSec: 60 },
  };
}

/**
 * Rules of a policy, in the order in which they are asked. A limit that is kept to lets its request through at once, so
 * whatever turns away has to come before (https://cloud.google.com/armor/docs/rate-limiting-overview).
 * @throws if there are more ranges or paths than Cloud Armor takes, or a path that is none
 */
export function armorRules(settings: GcpArmorSettings): readonly inputs.SecurityPolicyRule[] {
  const denied = settings.denyCidrs ?? [];
  if (denied.length > 100) throw new Error(`denyCidrs: found ${denied.length}, allowed: 100`);
  const { intake } = settings;
  const paths = intake?.paths ?? [];
  // An expression takes five comparisons (https://cloud.google.com/armor/docs/rules-language-reference).
  if (intake !== undefined && (paths.length === 0 || paths.length > 5)) {
    throw new Error(`intake.paths: found ${paths.length}, allowed: 1 to 5`);
  }
  const wrong = paths.find((path) => !/^\/[\w./-]*$/.test(path));
  if (wrong !== undefined) throw new Error(`intake.paths: found ${wrong}, allowed: /usage_data`);
  const chunks = Array.from({ length: Math.ceil(denied.length / rangesOfRule) }, (_, index) =>
    denied.slice(index * rangesOfRule, (index + 1) * rangesOfRule),
  );
  return [
    ...chunks.map((srcIpRanges, index) => ({
      priority: 1000 + index,
      action: "deny(403)",
      description: "Turned away by settings",
      match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges } },
    })),
    ...ruleSets.map((set, index) => ({
      priority: 2000 + index,
      action: "deny(403)",
      preview: settings.rules === "preview",
      description: set,
      // The lowest: what is nearly always an attack, and nearly never a usage ping.
      match: { expr: { expression: `evaluatePreconfiguredWaf('${set}', {'sensitivity': 1})` } },
    })),
    ...(intake === undefined
      ? []
      : [
          {
            priority: 3000,
            action: "rate_based_ban",
            description: "Machines that send, by address",
            match: {
              expr: {
                expression: paths.map((path) => `request.path.startsWith('${path}')`).join(" || "),
              },
            },
            rateLimitOptions: {
              ...limit(intake.requestsPerMinute),
              banDurationSec: banSeconds,
              banThreshold: { count: intake.requestsPerMinute * 10, intervalSec: 60 },
            },
          },
        ]),
    {
      priority: 4000,
      action: "throttle",
      description: "Everybody, by address",
      match: everybody,
      rateLimitOptions: limit(settings.requestsPerMinute),
    },
    {
      priority: lastPriority,
      action: "allow",
      description: "Default",
      match: everybody,
    },
  ];
}

/**
 * The policy in front of a load balancer's backends. Nothing in it needs Cloud Armor Enterprise: adaptive protection
 * says that an attack is under way, and only Enterprise also says how to turn it away
 * (https://cloud.google.com/armor/docs/armor-enterprise-overview).
 */
export function armorPolicy(
  name: string,
  description: string,
  settings: GcpArmorSettings,
  opts: pulumi.CustomResourceOptions,
): SecurityPolicy {
  return new SecurityPolicy(
    name,
    {
      description,
      type: "CLOUD_ARMOR",
      rules: [...armorRules(settings)],
      adaptiveProtectionConfig: {
        layer7DdosDefenseConfig: { enable: true, ruleVisibility: "STANDARD" },
      },
      // Without it a rule for SQL looks at a JSON body as one text, and finds SQL in every usage ping.
      advancedOptionsConfig: { jsonParsing: "STANDARD", logLevel: "NORMAL" },
    },
    opts,
  );
}
