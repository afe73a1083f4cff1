/** The engine's facts as changes that people review: grouped by component, property by property, masked. */
import { isDeepStrictEqual } from "node:util";
import { type Facts, nameOf, type ResourceFact, typeOf, type Values } from "../engine/facts";
import { isStateful, retentionLifted } from "./dangers";
import { isMark, type Mask } from "./mask/mask";
import { parsePropertyPath, propertyPath, type Step } from "./mask/property-path";
import type { Change, Masked, PropertyDiff } from "./record";
import { reviewed } from "./shown-documents";

/**
 * What a preview or an up changes, in the order in which it is shown. What is unchanged, read or refreshed is left out,
 * but not a resource whose protection is lifted, which the engine calls unchanged.
 */
export function changesOf(facts: Facts, mask: Mask): Change[] {
  return describe(facts, mask, (fact) => operationOf(fact));
}

/**
 * What a refresh preview finds changed behind Pulumi's back; before is what the state holds, after what the cloud does.
 * Outputs that moved by themselves (a status, a fingerprint) are no drift: no up would set them back.
 */
export function driftChangesOf(facts: Facts, mask: Mask): Change[] {
  return describe(facts, mask, ({ operation }) =>
    operation === "update" || operation === "delete" ? operation : undefined,
  );
}

/**
 * Outputs of the stack that a preview changes: the engine calls the stack the same, whatever becomes of them. A new stack's
 * are no change, and a secret's change alone cannot be seen.
 */
export function outputChangesOf({ resources }: Facts, mask: Mask): PropertyDiff[] {
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  if (stack?.old === undefined || stack.new === undefined || stack.operation !== "same") return [];
  const side = (state: ResourceFact["old"]): Side =>
    sideOf(state === undefined ? undefined : { ...state, inputs: state.outputs }, mask);
  return compared(side(stack.old), side(stack.new)).sort((a, b) => comparePaths(a.path, b.path));
}

/** Whether what kept it from being deleted is taken off, which the engine counts as no change. */
function isBared(fact: ResourceFact): boolean {
  return fact.protectionLifted || retentionLifted(fact);
}

function operationOf(fact: ResourceFact): Change["operation"] | undefined {
  const { operation } = fact;
  switch (operation) {
    case "read":
    case "refresh":
      return undefined;
    case "same":
      return isBared(fact) ? "same" : undefined;
    default:
      return operation;
  }
}

function describe(
  facts: Facts,
  mask: Mask,
  operationFor: (fact: ResourceFact) => Change["operation"] | undefined,
): Change[] {
  const byUrn = new Map(facts.resources.map((fact) => [fact.urn, fact]));
  return reviewed(facts)
    .flatMap((fact): Change[] => {
      const operation = operationFor(fact);
      if (operation === undefined) return [];
      return [
        {
          urn: fact.urn,
          type: fact.type,
          name: fact.name,
          components: componentsOf(fact, byUrn),
          operation,
          stateful: fact.custom && isStateful(fact),
          protectionLifted: isBared(fact),
          ...(fact.old?.retain === true && ["delete", "replace"].includes(operation)
            ? { retained: true }
            : {}),
          ...(fact.leftover === true ? { leftover: true } : {}),
          properties: propertiesOf(fact, operation, mask),
        },
      ];
    })
    .sort(
      (a, b) =>
        compareLists(a.components, b.components) ||
        compare(a.type, b.type) ||
        compare(a.name, b.name) ||
        compare(a.urn, b.urn),
    );
}

/** Names of the resources that it is part of, the outermost first, without the stack. */
function componentsOf(fact: ResourceFact, byUrn: ReadonlyMap<string, ResourceFact>): string[] {
  const names: string[] = [];
  const seen = new Set([fact.urn]);
  let urn = fact.parent;
  while (urn !== undefined && !seen.has(urn) && typeOf(urn) !== "pulumi:pulumi:Stack") {
    seen.add(urn);
    names.unshift(nameOf(urn));
    urn = byUrn.get(urn)?.parent;
  }
  return names;
}

/** By code unit, so that the order does not hang on the machine's language. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** The stack's own resources before those of components, a component before what is inside it. */
function compareLists(one: readonly string[], other: readonly string[]): number {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const order = compare(one[at] ?? "", other[at] ?? "");
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

/** One side of a change: as the engine tells it, and as it may be shown. */
interface Side {
  readonly inputs: Values;
  readonly shownInputs: Masked;
  readonly outputs: Values;
  readonly shownOutputs: Masked;
}

/** Masked as a whole, since what stands beside a value tells what it is. */
function sideOf(state: ResourceFact["old"], mask: Mask): Side {
  const inputs = withoutBookkeeping(state?.inputs ?? {}) as Values;
  const outputs = withoutBookkeeping(state?.outputs ?? {}) as Values;
  return { inputs, shownInputs: mask.value(inputs), outputs, shownOutputs: mask.value(outputs) };
}

/** Providers of the Terraform bridge note in `__defaults` which inputs they made up: no business of a reviewer's. */
function withoutBookkeeping(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBookkeeping);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "__defaults")
      .map(([name, item]) => [name, withoutBookkeeping(item)]),
  );
}

function propertiesOf(
  fact: ResourceFact,
  operation: Change["operation"],
  mask: Mask,
): readonly PropertyDiff[] {
  const before = sideOf(fact.old, mask);
  const after = sideOf(fact.new, mask);
  switch (operation) {
    case "create":
    case "import":
      return whole(after, "add");
    case "delete":
      return whole(before, "delete");
    case "same":
      return [];
  }
  const named = withoutMirrors(fact.changes).map(({ path, kind }) =>
    propertyOf(path, kind, before, after, mask),
  );
  const found = named.length > 0 ? named : compared(before, after);
  return found.sort((a, b) => comparePaths(a.path, b.path));
}

/** A resource that comes or goes: each of its inputs. */
function whole(side: Side, kind: "add" | "delete"): PropertyDiff[] {
  return Object.keys(side.inputs)
    .filter((name) => side.inputs[name] !== null && side.inputs[name] !== undefined)
    .sort(compare)
    .map((name) => {
      const value = child(side.shownInputs, name) ?? null;
      const path = propertyPath([name]);
      return kind === "add"
        ? { path, kind, replaces: false, after: value }
        : { path, kind, replaces: false, before: value };
    });
}

/**
 * Tags and labels with the provider's own, which change whenever the resource's do:
 * https://www.pulumi.com/registry/packages/aws/api-docs/provider/#defaulttags,
 * https://www.pulumi.com/registry/packages/gcp/api-docs/provider/#default_labels
 */
const mirrors: Readonly<Record<string, readonly string[]>> = {
  tagsAll: ["tags"],
  pulumiLabels: ["labels", "effectiveLabels"],
  effectiveLabels: ["labels"],
};

function withoutMirrors(changes: ResourceFact["changes"]): ResourceFact["changes"] {
  const rest = (path: string): readonly [Step | undefined, string] => {
    const [root, ...inner] = parsePropertyPath(path);
    return [root, JSON.stringify(inner)];
  };
  const there = new Set(changes.map(({ path }) => rest(path).join(" ")));
  return changes.filter(({ path }) => {
    const [root, inner] = rest(path);
    const originals = mirrors[String(root)] ?? [];
    // The whole map is named where there was none before.
    return !originals.some((one) => there.has(`${one} ${inner}`) || there.has(`${one} []`));
  });
}

function propertyOf(
  path: string,
  engineKind: string,
  before: Side,
  after: Side,
  mask: Mask,
): PropertyDiff {
  const steps = parsePropertyPath(path);
  // What is only known from the cloud, as a computed property that replaces, stands in the outputs.
  const was = at(before.shownInputs, steps) ?? at(before.shownOutputs, steps);
  const is = at(after.shownInputs, steps) ?? at(after.shownOutputs, steps);
  const kind = kindOf(engineKind, was, is);
  return {
    path: mask.text(path),
    kind,
    replaces: engineKind.endsWith("-replace"),
    ...(kind === "add" || was === undefined ? {} : { before: was }),
    ...(kind === "delete" || is === undefined ? {} : { after: is }),
  };
}

function kindOf(
  engineKind: string,
  was: Masked | undefined,
  is: Masked | undefined,
): PropertyDiff["kind"] {
  // `update` is also what is read of a provider that lists what differs and not how.
  const kind = engineKind.replace(/-replace$/, "");
  if (kind === "add" || kind === "delete") return kind;
  if (was === undefined && is !== undefined) return "add";
  return is === undefined && was !== undefined ? "delete" : "update";
}

/** What stands at a path; what stands in its place where all round it is hidden, or a text. */
function at(value: Masked, steps: readonly Step[]): Masked | undefined {
  let here: Masked | undefined = value;
  for (const step of steps) {
    if (typeof here === "string") return isMark(here) ? here : undefined;
    here = child(here, step);
    if (here === undefined) return undefined;
  }
  return here;
}

function child(value: Masked | undefined, step: Step): Masked | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    return typeof step === "number" ? (value as readonly Masked[])[step] : undefined;
  }
  const entries = value as Readonly<Record<string, Masked>>;
  return Object.hasOwn(entries, String(step)) ? entries[String(step)] : undefined;
}

/** Where nobody says what differs, as of a component: the inputs that do, as deep as objects go. */
function compared(before: Side, after: Side): PropertyDiff[] {
  const found: PropertyDiff[] = [];
  const walk = (was: unknown, is: unknown, steps: readonly Step[]): void => {
    if (isDeepStrictEqual(was, is)) return;
    if (isPlain(was) && isPlain(is)) {
      for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
        walk(was[name], is[name], [...steps, name]);
      }
      return;
    }
    const old = at(before.shownInputs, steps);
    const now = at(after.shownInputs, steps);
    found.push({
      path: propertyPath(steps),
      kind: kindOf("update", old, now),
      replaces: false,
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
    });
  };
  walk(before.inputs, after.inputs, []);
  return found;
}

function isPlain(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** By step: `rules[2]` stands before `rules[10]`. */
function comparePaths(one: string, other: string): number {
  const [a, b] = [parsePropertyPath(one), parsePropertyPath(other)];
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [left = "", right = ""] = [a[at], b[at]];
    const both = typeof left === "number" && typeof right === "number";
    const order = both ? left - right : compare(String(left), String(right));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
