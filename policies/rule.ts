/** What a rule is, and how one is judged. */
import type { Value } from "./reader";
import { Unknown, type Truth } from "./reader";

/** What a rule is about; the parts of a report. */
export type Theme = "data" | "compute" | "kubernetes" | "gitlab" | "operations" | "access";

/** How bad it is that a rule is broken. */
export type Severity = "low" | "medium" | "high" | "critical";

/** What a broken rule does: a mandatory one stops preview and up, an advisory one is said. */
export type Level = "advisory" | "mandatory";

/** What people read of a rule. */
export interface RuleInfo {
  /** Its name for ever: reports, exemptions and dashboards go by it. */
  readonly id: string;
  readonly severity: Severity;
  readonly level: Level;
  readonly theme: Theme;
  /** What it protects, as a sentence that holds where the rule is kept. */
  readonly protects: string;
  /** Where it comes from: a benchmark's control, a GitLab or provider page. */
  readonly source: string;
  /** How to mend what breaks it. */
  readonly fix: string;
}

/** One thing that must hold. */
export interface Finding {
  readonly holds: Truth;
  /** What is wrong where it does not hold. It never quotes a value: a pack sees secrets in clear. */
  readonly message: string;
  /** The resource, where a rule about a whole stack means one. */
  readonly urn?: string;
}

/** Something that must hold, and what is wrong where it does not. */
export function must(holds: Truth, message: string, urn?: string): Finding {
  return { holds, message, urn };
}

/** A resource type: its token, and the type of its arguments. */
export interface TypeToken<A> {
  readonly token: string;
  /** Never there; it holds the arguments' type. */
  readonly args?: A;
}

/** A resource as a rule sees it: inputs at preview and up, outputs where a whole stack is looked at. */
export interface ResourceView<A = unknown> {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly protect: boolean;
  readonly props: Value<A>;
  /** URN of the component that it is part of. */
  readonly parent?: string;
  /** URNs of what it was declared to depend on, by itself or through a property. */
  readonly dependencies?: readonly string[];
}

/** A resource of any type, as far as its type's arguments do not matter. */
export type AnyView = Omit<ResourceView, "props"> & { readonly props: Pick<Value, "at"> };

/** What a rule asks of the resources of one type. */
export interface TypeCheck {
  readonly token: string;
  readonly check: (resource: ResourceView) => readonly Finding[];
}

/** Asks something of every resource of a type. */
export function on<A>(
  type: TypeToken<A>,
  check: (props: Value<A>, resource: ResourceView<A>) => Finding | readonly Finding[],
): TypeCheck {
  return {
    token: type.token,
    check: (resource) => {
      const view = resource as unknown as ResourceView<A>;
      return [check(view.props, view)].flat();
    },
  };
}

/** A rule about resources one by one. */
export interface ResourceRule extends RuleInfo {
  readonly kind: "resource";
  readonly checks: readonly TypeCheck[];
  /** Tokens of the types that it looks at. */
  readonly types: readonly string[];
}

/** All resources of a stack, and ways to find some. */
export class StackView {
  private readonly byUrn: ReadonlyMap<string, ResourceView>;
  private readonly byType = new Map<string, ResourceView[]>();

  constructor(readonly resources: readonly ResourceView[]) {
    this.byUrn = new Map(resources.map((one) => [one.urn, one]));
    for (const one of resources) {
      const others = this.byType.get(one.type);
      if (others === undefined) this.byType.set(one.type, [one]);
      else others.push(one);
    }
  }

  of<A>(type: TypeToken<A>): readonly ResourceView<A>[] {
    return (this.byType.get(type.token) ?? []) as unknown as ResourceView<A>[];
  }

  /** A component or resource by its URN. */
  get(urn: string | undefined): ResourceView | undefined {
    return urn === undefined ? undefined : this.byUrn.get(urn);
  }
}

/** A rule about what several resources make together. */
export interface StackRule extends RuleInfo {
  readonly kind: "stack";
  readonly check: (stack: StackView) => readonly Finding[];
  /** Tokens of the types that it looks at; it applies to stacks that have one of them. */
  readonly types: readonly string[];
}

export type Rule = ResourceRule | StackRule;

/** A rule about resources of these types, one by one. */
export function resourceRule(info: RuleInfo, ...checks: readonly TypeCheck[]): ResourceRule {
  return { ...info, kind: "resource", checks, types: checks.map(({ token }) => token) };
}

/** A rule about a stack that has some resource of these types. */
export function stackRule(
  info: RuleInfo,
  types: readonly TypeToken<unknown>[],
  check: (stack: StackView) => readonly Finding[],
): StackRule {
  return { ...info, kind: "stack", check, types: types.map(({ token }) => token) };
}

/** What came of a rule: broken as soon as one finding does not hold, else undecided as soon as one is unknown. */
export interface Verdict {
  readonly state: "passed" | "failed" | "undecided";
  /** What does not hold. */
  readonly broken: readonly Finding[];
  /** What is not to be known yet, with the property that it waits for. */
  readonly open: readonly (Finding & { readonly holds: Unknown })[];
}

/** Weighs findings. */
export function verdict(findings: readonly Finding[]): Verdict {
  const broken = findings.filter(({ holds }) => holds === false);
  const open = findings.filter(
    (one): one is Finding & { holds: Unknown } => one.holds instanceof Unknown,
  );
  const state = broken.length > 0 ? "failed" : open.length > 0 ? "undecided" : "passed";
  return { state, broken, open };
}

/** Judges a resource by a rule; undefined where the rule is not about its type. */
export function judge(rule: ResourceRule, resource: ResourceView): Verdict | undefined {
  const check = rule.checks.find(({ token }) => token === resource.type);
  return check && verdict(check.check(resource));
}

/** Judges a stack by a rule; undefined where the stack has nothing that the rule is about. */
export function judgeStack(rule: StackRule, stack: StackView): Verdict | undefined {
  if (!stack.resources.some(({ type }) => rule.types.includes(type))) return undefined;
  return verdict(rule.check(stack));
}
