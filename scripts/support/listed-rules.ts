/** The pack's rules as reports need them. */
import type { ListedRule } from "../../engine/policy-report";
import { exemptionsRule, rules } from "../../policies/rules";

/** Every rule, the one about exemptions too. */
export const listedRules: readonly ListedRule[] = [...rules, exemptionsRule].map(
  ({ id, severity, level, theme, source, fix }) => ({ id, severity, level, theme, source, fix }),
);

/** Types of the rules about a whole stack, by id. */
export const typesOf: ReadonlyMap<string, readonly string[]> = new Map(
  rules.filter(({ kind }) => kind === "stack").map(({ id, types }) => [id, types]),
);
