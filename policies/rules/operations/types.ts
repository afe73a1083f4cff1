/** Types that nobody has thought of. */
import { exposureOf } from "../../exposure";
import { must, type Rule, type StackRule } from "../../rule";

/** Every stack has one. */
const stackType = "pulumi:pulumi:Stack";

const classified: StackRule = {
  id: "types-classified",
  kind: "stack",
  severity: "medium",
  level: "mandatory",
  theme: "operations",
  protects:
    "Nothing is let through because no rule has heard of its type: a new service, or a version of its own of a known one",
  source: "policies/exposure.ts, docs/policies.md",
  fix: "Say in policies/exposure.ts whether the type holds data or faces a network, and write the rules that it then needs; take the default version of an Azure type",
  types: [stackType],
  check: ({ resources }) =>
    resources.flatMap(({ type, urn }) =>
      exposureOf(type) === "unclassified"
        ? [must(false, "No rule knows the type, and nobody has said that none has to", urn)]
        : [],
    ),
};

export const types: readonly Rule[] = [classified];
