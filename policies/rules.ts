/** Every rule there is. */
import type { Rule, StackRule } from "./rule";
import { access } from "./rules/access";
import { backups } from "./rules/backups";
import { bucketsAws } from "./rules/buckets-aws";
import { dataAws } from "./rules/data-aws";
import { dataAzure } from "./rules/data-azure";
import { dataGcp } from "./rules/data-gcp";
import { gitlab } from "./rules/gitlab";
import { kubernetes } from "./rules/kubernetes";
import { machines } from "./rules/machines";
import { network } from "./rules/network";
import { operations } from "./rules/operations";

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

/** All others, in the order in which reports have them. */
export const rules: readonly Rule[] = [
  ...dataAws,
  ...bucketsAws,
  ...dataAzure,
  ...dataGcp,
  ...backups,
  ...machines,
  ...network,
  ...kubernetes,
  ...gitlab,
  ...operations,
  ...access,
];
