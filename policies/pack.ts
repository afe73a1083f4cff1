/** The pack as the engine runs it: every rule a policy of its own, so that the official tools list each with its level. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PolicyPack, type Policies, type ResourceValidationArgs } from "@pulumi/policy";
import { Assessor } from "./assess";
import { ExemptionsError, readExemptions, type Exemption } from "./exemptions";
import { Value, unknownString } from "./reader";
import { StackView, type ResourceRule, type ResourceView, type StackRule } from "./rule";
import { exemptionsRule, rules } from "./rules";
import { behindProxy, readOnce, undecided } from "./sdk";

type Report = (message: {
  message: string;
  urn?: string;
  enforcementLevel: "advisory" | "mandatory";
}) => void;

readOnce();

/** Faults of the file stop every stack, by the rule about exemptions. */
function load(): { entries: readonly Exemption[]; faults: readonly string[] } {
  try {
    const text = readFileSync(join(__dirname, "exemptions.yaml"), "utf8");
    return { entries: readExemptions(text, new Set(rules.map(({ id }) => id))), faults: [] };
  } catch (error) {
    return {
      entries: [],
      faults: error instanceof ExemptionsError ? error.faults : [String(error)],
    };
  }
}

const { entries, faults } = load();
const assessor = new Assessor(entries, faults, new Date());

/** Says what an assessment came to; an undecided rule is told to the engine as one that could not run. */
function tell(
  rule: ResourceRule | StackRule,
  said: ReturnType<Assessor["resource"]>,
  report: unknown,
): void {
  for (const { message, level, urn } of said.reports) {
    (report as Report)({ message: `${rule.protects}\n${message}`, urn, enforcementLevel: level });
  }
  if (said.open !== undefined) throw undecided(unknownString, said.open);
}

/** Properties, by the object behind the SDK's proxy: each resource is made a view once, for all rules. */
const views = new WeakMap<object, ResourceView>();

function view(
  args: Pick<ResourceValidationArgs, "type" | "props" | "urn" | "name" | "opts">,
): ResourceView {
  const raw = behindProxy(args.props);
  const known = views.get(raw);
  if (known !== undefined) return known;
  const made = {
    urn: args.urn,
    type: args.type,
    name: args.name,
    protect: args.opts.protect,
    props: new Value(raw, ""),
    parent: args.opts.parent,
  };
  views.set(raw, made);
  return made;
}

function resourcePolicy(rule: ResourceRule): Policies[number] {
  const types = new Set(rule.types);
  const validate = (args: ResourceValidationArgs, report: unknown): void => {
    if (!types.has(args.type)) args.notApplicable();
    tell(rule, assessor.resource(rule, view(args)), report);
  };
  // By this property the SDK passes over a policy that is about one other type before it reads anything.
  const [only] = rule.types;
  if (rule.types.length === 1) Object.assign(validate, { __pulumiType: only });
  return { ...described(rule), validateResource: validate };
}

function stackPolicy(rule: StackRule): Policies[number] {
  return {
    ...described(rule),
    validateStack: (args, report) => {
      const stack = new StackView(
        args.resources.map((one) => ({
          ...view(one),
          dependencies: one.dependencies.map(({ urn }) => urn),
        })),
      );
      if (!stack.resources.some(({ type }) => rule.types.includes(type))) args.notApplicable();
      tell(rule, assessor.stack(rule, stack), report);
    },
  };
}

function described(rule: ResourceRule | StackRule) {
  return {
    name: rule.id,
    description: rule.protects,
    enforcementLevel: rule.level,
    severity: rule.severity,
    tags: [rule.theme],
    remediationSteps: rule.fix,
    url: /https:\S+/.exec(rule.source)?.[0],
  };
}

new PolicyPack("gitlab-environments", {
  description: "What must hold of every GitLab environment",
  policies: [
    ...rules.map((rule) => (rule.kind === "resource" ? resourcePolicy(rule) : stackPolicy(rule))),
    // The last, since it asks what all the others have come to.
    {
      ...described(exemptionsRule),
      validateStack: (args, report) => {
        tell(exemptionsRule, assessor.exemptions(args.resources.map(({ urn }) => urn)), report);
      },
    },
  ],
});
