/** Facts made by hand in the shape that engine/facts.ts gives. */
import { typeOf, type Operation, type ResourceFact, type Values } from "../../../engine/facts";
import type { Danger } from "../../../review/record";
import { dangersOf } from "../../../review/dangers";

/** The engine's marker of a text that is not known before up. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Given {
  /** `gitlab:a:B$aws:ec2/x:X::name`: types of the components, its own and its name. */
  readonly of: string;
  readonly parent?: string;
  readonly before?: Values;
  readonly after?: Values;
  readonly protect?: readonly [boolean, boolean];
  /** Paths that changed; those that begin with `!` replace. */
  readonly changed?: readonly string[];
  readonly operation?: Operation;
  readonly id?: string;
}

const stack = "urn:pulumi:test::gitlab::";

/** A fact; what is done follows from the sides, unless it is said. */
export function fact(given: Given): ResourceFact {
  const { of, before, after, protect = [false, false], changed = [] } = given;
  const urn = `${stack}${of}`;
  const side = (inputs: Values | undefined, isProtected: boolean) =>
    inputs === undefined
      ? undefined
      : { id: given.id ?? "", inputs, outputs: {}, protect: isProtected };
  const operation =
    given.operation ??
    (before === undefined
      ? "create"
      : after === undefined
        ? "delete"
        : changed.some((path) => path.startsWith("!"))
          ? "replace"
          : JSON.stringify(before) === JSON.stringify(after)
            ? "same"
            : "update");
  return {
    urn,
    type: typeOf(urn),
    name: of.slice(of.lastIndexOf("::") + 2),
    parent: given.parent === undefined ? undefined : `${stack}${given.parent}`,
    custom: true,
    operation,
    changes: changed.map((path) =>
      path.startsWith("!")
        ? { path: path.slice(1), kind: "update-replace" }
        : { path, kind: "update" },
    ),
    old: side(before, protect[0]),
    new: side(after, protect[1]),
    protectionLifted: before !== undefined && after !== undefined && protect[0] && !protect[1],
    failed: false,
    done: false,
  };
}

/** Something that stands and does not change, so that a preview is no first stand-up. */
export const standing = fact({ of: "aws:ec2/vpc:Vpc::network-vpc", before: {}, after: {} });

/** Dangers of a preview in which something stands already. */
export function dangers(...facts: readonly ResourceFact[]): readonly Danger[] {
  return dangersOf(
    { resources: [standing, ...facts], policies: [], diagnostics: [] },
    { text: (text) => text },
  );
}

/** As `kind name: message`. */
export function told(...facts: readonly ResourceFact[]): readonly string[] {
  return dangers(...facts).map(({ kind, name, message }) => `${kind} ${name}: ${message}`);
}
