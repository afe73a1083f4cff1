/** What belongs together in a stack, and where in the program something stands. */
import type { Unknown } from "./reader";
import { type Truth } from "./reader";
import type { AnyView, ResourceView, StackView, TypeToken } from "./rule";

/**
 * Whether one resource is about another: it names it, or, where the name is not known yet, was declared to depend on it.
 * @param key the property that names the other
 * @param name the other's own property of that name
 */
export function isAbout(part: AnyView, key: string, whole: AnyView, name: string): boolean {
  const [named, own] = [part.props.at(key).text, whole.props.at(name).text];
  return named !== undefined && own !== undefined ? named === own : dependsOn(part, whole);
}

/** Whether one resource was declared to depend on another, by itself or through a property. */
export function dependsOn(one: AnyView, other: Pick<ResourceView, "urn">): boolean {
  return one.dependencies?.includes(other.urn) ?? false;
}

/** Types of the components around a resource, outermost first, as its URN has them. */
export function componentsOf({ urn }: Pick<ResourceView, "urn">): readonly string[] {
  return (urn.split("::")[2] ?? "").split("$").slice(0, -1);
}

/** Whether a resource stands in a component of a module, such as `runnerFleet`. */
export function isIn(resource: Pick<ResourceView, "urn">, module: string): boolean {
  return componentsOf(resource).some((type) => type.startsWith(`gitlab:${module}:`));
}

/** The environment's own name: that of its stack. */
export function environmentOf(stack: StackView): string {
  return /^urn:pulumi:([^:]+)::/.exec(stack.resources[0]?.urn ?? "")?.[1] ?? "";
}

/**
 * Whether protection has been lifted from the whole environment, by the setting that is there for that: nothing at all
 * is protected then. A single thing without protection is a mistake.
 */
export function lifted(stack: StackView): boolean {
  return !stack.resources.some(({ protect }) => protect);
}

/** Whether the stack runs GitLab itself. */
export function hasGitLab(stack: StackView): boolean {
  return stack.resources.some(({ type }) => type.startsWith("gitlab:gitlabInstance:"));
}

/** Components of a module, or of one class of it. */
export function components(stack: StackView, type: string): readonly ResourceView[] {
  return stack.resources.filter((one) => one.type.startsWith(`gitlab:${type}`));
}

/** The nearest component around a resource whose type begins so. */
export function around(
  stack: StackView,
  resource: AnyView,
  type: string,
): ResourceView | undefined {
  for (let at = stack.get(resource.parent); at !== undefined; at = stack.get(at.parent)) {
    if (at.type.startsWith(`gitlab:${type}`)) return at;
  }
  return undefined;
}

/** A stack's resources of a type that stand for another by name or dependency. */
export function partsOf<A>(
  stack: StackView,
  type: TypeToken<A>,
  key: string,
  whole: AnyView,
  name: string,
): readonly ResourceView<A>[] {
  return stack.of(type).filter((part) => isAbout(part, key, whole, name));
}

/** A known answer, or the unknown one where something that it hangs on is unknown. */
export function unless(unknown: Unknown | undefined, truth: Truth): Truth {
  return truth === false && unknown !== undefined ? unknown : truth;
}
