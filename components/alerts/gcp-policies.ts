import { AlertPolicy } from "@pulumi/gcp/monitoring";
import type * as pulumi from "@pulumi/pulumi";
import type { Site } from "../shared/site";
import type { AlarmFacts } from "./contract";
import { checkGcpRules, policyInputs, type GcpAlertRule } from "./gcp-rules";

/**
 * Alert policies of an environment, one a rule.
 * @returns what they say, for the docs and for tests
 * @throws if a rule is wrong (see `checkGcpRules`)
 */
export function alertPolicies(
  name: string,
  rules: readonly GcpAlertRule[],
  args: {
    readonly site: Site;
    /** Full names of the channels that are told. */
    readonly channels: readonly pulumi.Input<string>[];
  },
  opts: pulumi.CustomResourceOptions,
): readonly AlarmFacts[] {
  checkGcpRules(rules);
  return rules.map((rule) => {
    new AlertPolicy(
      `${name}-${rule.name}`,
      { ...policyInputs(rule, args.site), notificationChannels: [...args.channels] },
      opts,
    );
    const { name: alarm, summary, severity, runbook } = rule;
    return { name: alarm, summary, severity, runbook };
  });
}
