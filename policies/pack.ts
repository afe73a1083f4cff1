/** The pack as the engine runs it: every rule a policy of its own, so that the official tools list each with its level. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  PolicyPack,
  type Policies,
  type ResourceValidationArgs,
  type StackValidationArgs,
} from "@pulumi/policy";
import type { AnalyzeRequest, AnalyzerResource } from "@pulumi/pulumi/proto/analyzer_pb";
import { Assessor } from "./assess";
import { Documents } from "./documents";
import { ExemptionsError, readExemptions, type Exemption } from "./exemptions";
import { Value, unknownString } from "./reader";
import { StackView, type ResourceRule, type ResourceView, type StackRule } from "./rule";
import { exemptionsRule, rules } from "./rules";
import { behindProxy, propertiesOf, readOnce, undecided } from "./sdk";
import { serveByType } from "./serving";

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

type Seen = Pick<ResourceValidationArgs, "type" | "props" | "urn" | "name"> & {
  readonly opts: Pick<ResourceValidationArgs["opts"], "protect" | "parent">;
};

/**
 * Resources as they came one by one, by URN, with their inputs. A stack is judged by the same ones: what the engine
 * hands over with the whole stack are outputs, of which a component has none and a preview knows less.
 */
const inputs = new Map<string, ResourceView>();

/** What is known beforehand of the documents among them. */
const documents = new Documents();

/** Their types. */
const seenTypes = new Set<string>();

function view(args: Seen): ResourceView {
  const known = inputs.get(args.urn);
  if (known !== undefined) return known;
  const made = documents.complete(viewOf(args));
  inputs.set(args.urn, made);
  seenTypes.add(args.type);
  return made;
}

function viewOf({ urn, type, name, opts, props }: Seen): ResourceView {
  const { protect, parent } = opts;
  return { urn, type, name, protect, parent, props: new Value(behindProxy(props), "") };
}

/** Stacks, once for all rules about them; by what the SDK reads once, the properties of their first resource. */
const stacks = new WeakMap<object, StackView>();

/** A resource of a stack, with the URNs around and before it that are in the stack themselves. */
interface Part {
  readonly one: Seen;
  readonly parent: string | undefined;
  readonly dependencies: readonly string[];
}

function remember(parts: readonly Part[]): StackView {
  const stack = new StackView(
    parts.map(({ one, parent, dependencies }) => ({
      ...(inputs.get(one.urn) ?? viewOf(one)),
      parent,
      dependencies,
    })),
  );
  const [first] = parts;
  if (first !== undefined) stacks.set(behindProxy(first.one.props), stack);
  return stack;
}

function stackOf({ resources }: StackValidationArgs): StackView {
  const [first] = resources;
  const known = first && stacks.get(behindProxy(first.props));
  return (
    known ??
    remember(
      resources.map((one) => ({
        one,
        parent: one.parent?.urn,
        dependencies: one.dependencies.map(({ urn }) => urn),
      })),
    )
  );
}

/** A resource by its message. Its properties are read when somebody asks for them. */
function seen(message: AnalyzeRequest | AnalyzerResource): Seen {
  const options = message.getOptions();
  return {
    urn: message.getUrn(),
    type: message.getType(),
    name: message.getName(),
    opts: { protect: options?.getProtect() ?? false, parent: options?.getParent() },
    get props() {
      return propertiesOf(message);
    },
  };
}

/** The stack by its messages, as the SDK would tell it. */
function seeStack(resources: readonly AnalyzerResource[]): void {
  const urns = new Set(resources.map((one) => one.getUrn()));
  remember(
    resources.map((message) => {
      const parent = message.getParent();
      return {
        one: seen(message),
        parent: urns.has(parent) ? parent : undefined,
        dependencies: message.getDependenciesList().filter((urn) => urns.has(urn)),
      };
    }),
  );
}

let passedOver: unknown;

/**
 * Tells the SDK that a rule is about other types. It does so by an error, whose stack trace, thousands of times a
 * preview, takes half a second; so one error serves for all.
 */
function passOver(args: Pick<ResourceValidationArgs, "notApplicable">): never {
  if (passedOver === undefined) {
    try {
      args.notApplicable();
    } catch (error) {
      passedOver = error;
    }
  }
  throw passedOver;
}

function resourcePolicy(rule: ResourceRule): Policies[number] {
  const types = new Set(rule.types);
  const validate = (args: ResourceValidationArgs, report: unknown): void => {
    // Rules about several types are asked of every resource; so each is seen, and there for the stack's rules.
    const resource = view(args);
    if (!types.has(args.type)) passOver(args);
    tell(rule, assessor.resource(rule, resource), report);
  };
  // By this property the SDK passes over a policy that is about one other type before it reads anything.
  const [only] = rule.types;
  if (rule.types.length === 1) Object.assign(validate, { __pulumiType: only });
  return { ...described(rule), validateResource: validate };
}

function stackPolicy(rule: StackRule): Policies[number] {
  const validateStack = (args: StackValidationArgs, report: unknown): void => {
    tell(rule, assessor.stack(rule, stackOf(args)), report);
  };
  // The SDK passes over a rule whose type the stack has not, before it makes an object of every resource for it. A rule
  // is about several types: the one that was seen is named, whichever that is.
  Object.defineProperty(validateStack, "__pulumiType", {
    get: () => rule.types.find((type) => seenTypes.has(type)) ?? rule.types[0],
  });
  return { ...described(rule), validateStack };
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

const typesOf = new Map(
  rules.flatMap(({ kind, id, types }) => (kind === "resource" ? [[id, new Set(types)]] : [])),
);

serveByType({
  typesOf: ({ name }) => typesOf.get(name),
  see: (request) => {
    view(seen(request));
  },
  seeStack,
});

new PolicyPack("gitlab-environments", {
  description: "What must hold of every GitLab environment",
  policies: [
    ...rules.map((rule) => (rule.kind === "resource" ? resourcePolicy(rule) : stackPolicy(rule))),
    // The last, since it asks what all the others have come to.
    {
      ...described(exemptionsRule),
      validateStack: (args, report) => {
        tell(
          exemptionsRule,
          assessor.exemptions(stackOf(args).resources.map(({ urn }) => urn)),
          report,
        );
      },
    },
  ],
});
