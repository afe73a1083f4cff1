/** Resources that hold data, and what becomes of them. */
import type { ResourceFact } from "../../engine/facts";
import type { Danger } from "../record";
import { danger } from "./danger";
import { gitRepositories } from "./git-storage";
import { holdingOf } from "./holdings";

/**
 * Whether data are lost with a resource: it is or was protected, or is of a type that holds some. A type of a cloud that
 * nobody has judged is taken to.
 */
export function isStateful({
  type,
  old,
  new: after,
}: Pick<ResourceFact, "type" | "old" | "new">): boolean {
  const holding = holdingOf(type);
  return (
    old?.protect === true ||
    after?.protect === true ||
    !holding.judged ||
    holding.holds !== undefined
  );
}

/** What is lost, in words. */
function loss(fact: ResourceFact): string {
  const holding = holdingOf(fact.type);
  if (gitRepositories(fact)) return "the Git repositories are lost with it";
  if (!holding.judged) return "whether data are lost with it is not known here: look it up";
  if (holding.holds === undefined) return "it is protected as something that cannot be made again";
  return `lost with it: ${holding.holds}`;
}

/** Property paths that a resource is replaced for; none where it is drawn in by another's replacement. */
export function replacedFor({ changes }: Pick<ResourceFact, "changes">): readonly string[] {
  const named = changes.filter(({ kind }) => kind.endsWith("-replace"));
  // Without a detailed diff the engine lists what differs and not what of it replaces.
  return (named.length > 0 ? named : changes).map(({ path }) => path);
}

/** Stateful resources that are deleted or replaced. */
export function losses(fact: ResourceFact): readonly Danger[] {
  if (!fact.custom || !isStateful(fact)) return [];
  if (fact.operation === "delete") {
    // https://www.pulumi.com/docs/iac/concepts/resources/options/protect/
    // What the stack lets go of and the cloud keeps is told with protection.
    if (fact.old?.retain === true) return [];
    const refused = fact.old?.protect === true && fact.leftover !== true;
    const held = refused ? "; it is protected, so the up will refuse" : "";
    const what =
      fact.leftover === true
        ? `is what an earlier, half-finished replacement left in the cloud (${fact.old?.id ?? ""}), and is deleted now`
        : "is deleted";
    return [danger("stateful-deleted", fact, `${what}; ${loss(fact)}${held}`)];
  }
  if (fact.operation !== "replace") return [];
  const paths = replacedFor(fact);
  const why =
    paths.length > 0
      ? `because of ${paths.join(", ")}`
      : "because something that it depends on is replaced";
  // One up may lift protection and replace; the engine refuses where both sides are protected.
  const held =
    fact.old?.protect === true && fact.new?.protect === true
      ? "; it is protected, so the up will refuse"
      : "";
  const what =
    fact.old?.retain === true
      ? "the former one stays in the cloud with its data (retainOnDelete), and nothing here guards it any more"
      : loss(fact);
  return [
    danger("stateful-replaced", fact, `is replaced by a new, empty one ${why}; ${what}${held}`),
  ];
}
