/** Every rule there is. */
import type { Rule, StackRule } from "./rule";
import { dataAws } from "./rules/data-aws";

/** The rule about exemptions themselves; its findings come from all that the others came to. */
export const exemptionsRule: StackRule = {
  id: "exemptions-hold",
  kind: "stack",
  severity: "high",
  level: "mandatory",
  theme: "operations",
  protects: "Every exemption has a reason, an owner and a last day, and still exempts something",
  source:
    "https://www.pulumi.com/docs/insights/policy/ (policy exceptions: reason, policies, targets)",
  fix: "Mend or take out the entry in policies/exemptions.yaml",
  types: ["pulumi:pulumi:Stack"],
  check: () => [],
};

/** All others. */
export const rules: readonly Rule[] = [...dataAws];
