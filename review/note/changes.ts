/** Changes as lines of a diff, grouped by component. */
import type { Change, PropertyDiff } from "../record";
import { diffLines } from "../text/diff-lines";
import type { ChangeDetail, Detail } from "./detail";
import { clip, counted, visible } from "./markdown";

type Operation = Change["operation"];

/** The worst first: what a reader looks for. */
const order: readonly Operation[] = ["delete", "replace", "same", "update", "import", "create"];

const words: Readonly<Record<Operation, string>> = {
  delete: "delete",
  replace: "replace",
  same: "lift protection of",
  update: "update",
  import: "import",
  create: "create",
};

/** Changes of one component. */
export interface Group {
  /** The component's name after those that it is part of; empty for the stack's own resources. */
  readonly path: readonly string[];
  readonly changes: readonly Change[];
}

/**
 * Components with the worst changes first, then by name; within each likewise. What changes of a component itself
 * stands with what changes in it.
 */
export function groups(changes: readonly Change[]): Group[] {
  const found = new Map<string, { path: readonly string[]; changes: Change[] }>();
  const components = new Set(
    changes.flatMap(({ components: path }) =>
      path.map((_, index) => JSON.stringify(path.slice(0, index + 1))),
    ),
  );
  for (const change of changes) {
    const own = [...change.components, change.name];
    const path = components.has(JSON.stringify(own)) ? own : change.components;
    const key = JSON.stringify(path);
    const group = found.get(key) ?? { path, changes: [] };
    group.changes.push(change);
    found.set(key, group);
  }
  return [...found.entries()]
    .map(([key, group]) => ({ key, worst: Math.min(...group.changes.map(rank)), group }))
    .sort((one, other) => one.worst - other.worst || compare(one.key, other.key))
    .map(({ group: { path, changes: those } }) => ({
      path,
      changes: those.sort((one, other) => rank(one) - rank(other) || compare(one.urn, other.urn)),
    }));
}

function rank({ operation, stateful }: Change): number {
  return order.indexOf(operation) * 2 + (stateful ? 0 : 1);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** `1 to delete, 2 to update`; the worst first. */
export function changeCounts(changes: readonly Change[]): string {
  return order
    .map((operation) => ({
      operation,
      count: changes.filter((change) => change.operation === operation).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ operation, count }) =>
      operation === "same"
        ? `${counted(count, "protection")} lifted`
        : `${count.toLocaleString("en-US")} to ${words[operation]}`,
    )
    .join(", ");
}

/** How much is shown of one change. */
export function detailOf({ operation }: Change, detail: Detail): ChangeDetail {
  return ["create", "import", "delete"].includes(operation) ? detail.made : detail.altered;
}

/**
 * Lines of a `diff` fence for one change: a headline and its properties.
 * @param kind in the words of a preview, or of what has drifted
 */
export function changeLines(
  change: Change,
  shown: ChangeDetail,
  values: Detail["values"],
  verbs: Readonly<Record<Operation, string>> = words,
): string[] {
  const { operation, name, type, stateful, properties, protectionLifted } = change;
  const { retained = false, leftover = false } = change;
  const asides = [
    type,
    ...(stateful ? ["holds data"] : []),
    ...(protectionLifted && operation !== "same" ? ["protection lifted"] : []),
    ...(retained ? ["stays in the cloud"] : []),
    ...(leftover ? ["left by an earlier replacement"] : []),
  ].map(visible);
  const title = `${verbs[operation]} ${visible(name)} (${asides.join(", ")})`;
  if (shown === "names") return [`${sign(operation)} ${title}`];
  const causes = properties.filter(({ replaces }) => replaces).map(({ path }) => visible(path));
  return [
    `@@ ${title} @@`,
    ...(causes.length > 0 ? [`  replaced for ${causes.join(", ")}`] : []),
    ...(shown === "paths"
      ? properties.map(({ path, kind }) => `${propertySigns[kind]} ${visible(path)}`)
      : properties.flatMap((diff) => propertyLines(diff, values))),
  ];
}

/** Lines of a `diff` fence for outputs of the stack. */
export function outputLines(
  outputs: readonly PropertyDiff[],
  shown: ChangeDetail,
  values: Detail["values"],
): string[] {
  if (shown === "counts" || shown === "none") return [];
  return outputs.flatMap((diff) =>
    shown === "values"
      ? propertyLines(diff, values)
      : [`${propertySigns[diff.kind]} ${visible(diff.path)}`],
  );
}

const propertySigns = { add: "+", update: "!", delete: "-" } as const;

function sign(operation: Operation): string {
  return operation === "create" || operation === "import"
    ? "+"
    : operation === "delete"
      ? "-"
      : "!";
}

/** Lines that have been made before: with each step of folding the same are wanted again. */
const made = new WeakMap<PropertyDiff, Map<string, readonly string[]>>();

function propertyLines(diff: PropertyDiff, values: Detail["values"]): readonly string[] {
  const known = made.get(diff) ?? new Map<string, readonly string[]>();
  made.set(diff, known);
  const key = `${values.width} ${values.maxLines}`;
  const lines = known.get(key) ?? named(diff, values);
  known.set(key, lines);
  return lines;
}

/** A property's lines under its name; where each side has one, beside it. */
function named(diff: PropertyDiff, { width, maxLines }: Detail["values"]): string[] {
  const path = visible(diff.path);
  const lines = diffLines(diff, { width, maxLines }).map(visible);
  const beside =
    lines.length <= 2 && new Set(lines.map((line) => line.charAt(0))).size === lines.length;
  return beside
    ? lines.map((line) => clip(`${line.slice(0, 2)}${path}: ${line.slice(2)}`, width))
    : [`  ${clip(path, width)}:`, ...lines];
}
