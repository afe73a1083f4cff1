/** The planned resources of a stack, from its golden, as the pack sees them at a first preview. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Documents, documentType } from "../../../policies/documents";
import { unknownString, Value } from "../../../policies/reader";
import { StackView, type ResourceView } from "../../../policies/rule";
import { type PlannedResource, repacked, type Unpacked } from "../../support/plan";

const project = "gitlab";

/** Stands where a golden has masked a secret: rules must not tell it from any other text, nor quote it. */
export const plantedSecret = "planted-7Qz9vXw2Lk4Tb8Rn";

/** One resource in a form that tests can change. */
export interface Plain {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
  readonly protect: boolean;
  readonly parent?: string;
  readonly dependencies: readonly string[];
}

function unmasked(value: unknown): unknown {
  if (value === "[unknown]") return unknownString;
  if (value === "[secret]") return plantedSecret;
  if (Array.isArray(value)) return value.map(unmasked);
  if (typeof value !== "object" || value === null) return value;
  if ("packed" in value && "lines" in value) return repacked(value as Unpacked);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmasked(inner)]));
}

/**
 * Reads `tests/golden/<stack>.json`. It names no parents: that is the component of the type in the URN whose name the
 * child's begins with, since children are named from their parents; the longest where there are several.
 */
export function planned(stack: string): Plain[] {
  const file = join(__dirname, "..", "..", "golden", `${stack}.json`);
  const resources = JSON.parse(readFileSync(file, "utf8")) as PlannedResource[];
  const prefix = `urn:pulumi:${stack}::${project}::`;
  const byName = new Map<string, string[]>();
  for (const { name, urn } of resources) {
    byName.set(name, [...(byName.get(name) ?? []), prefix + urn]);
  }
  const parentOf = ({ urn, name }: PlannedResource): string | undefined => {
    const chain = (urn.split("::")[0] ?? "").split("$").slice(0, -1).join("$");
    if (chain === "") return resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
    const [parent] = resources
      .filter((one) => one.urn === `${chain}::${one.name}` && name.startsWith(one.name))
      .sort((one, other) => other.name.length - one.name.length);
    return parent && prefix + parent.urn;
  };
  return resources.map((one) => ({
    urn: prefix + one.urn,
    type: one.type,
    name: one.name,
    props: unmasked(one.inputs) as Record<string, unknown>,
    protect: one.options.protect === true,
    parent: parentOf(one),
    dependencies: (one.options.dependencies as string[]).flatMap((name) => byName.get(name) ?? []),
  }));
}

/** Resources as rules see them. */
export function viewOf({ props, ...rest }: Plain): ResourceView {
  return { ...rest, props: new Value(props, "") };
}

/** All of a stack, with what is shown of their documents: each is registered before the resource that takes it. */
export function viewsOf(resources: readonly Plain[]): ResourceView[] {
  const documents = new Documents();
  for (const one of resources) if (one.type === documentType) documents.complete(viewOf(one));
  return resources.map((one) => documents.complete(viewOf(one)));
}

export function stackOf(resources: readonly Plain[]): StackView {
  return new StackView(viewsOf(resources));
}
