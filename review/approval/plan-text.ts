/** What a preview would do, in a few lines for a terminal. Made of a record, so everything in it is masked. */
import type { Change, PreviewRecord } from "../record";

const signs: Readonly<Record<Change["operation"], string>> = {
  create: "+  create ",
  update: "~  update ",
  replace: "+- replace",
  delete: "-  delete ",
  import: "=  import ",
  same: "   same   ",
};

/** Longer lists say how many more there are. */
const most = { changes: 100, properties: 8 };

/** Counts, what can hurt, and each resource that changes with the properties that do. */
export function planText({ counts, dangers, changes }: PreviewRecord): string {
  const numbers = (["create", "update", "replace", "delete"] as const)
    .map((operation) => `${counts[operation]} to ${operation}`)
    .join(", ");
  return [
    `  ${numbers}, ${counts.same} unchanged`,
    ...(dangers.length === 0
      ? []
      : [
          "",
          "  What can hurt:",
          ...dangers.map(({ name, type, message }) => `    ${name} (${type}): ${message}`),
        ]),
    ...(changes.length === 0 ? [] : ["", ...changes.slice(0, most.changes).map(changeLine)]),
    ...more(changes.length - most.changes, "  ", "resources"),
  ].join("\n");
}

function changeLine({ operation, name, type, properties, protectionLifted }: Change): string {
  // Of what comes or goes as a whole, every property does.
  const partly = operation === "update" || operation === "replace";
  const paths = partly
    ? properties.map(({ path, replaces }) => (replaces ? `${path} (replaces)` : path))
    : [];
  const named = [
    ...paths.slice(0, most.properties),
    ...more(paths.length - most.properties, "", "properties"),
    ...(protectionLifted ? ["protection lifted"] : []),
  ].join(", ");
  return `  ${signs[operation]}  ${name} (${type})${named === "" ? "" : `: ${named}`}`;
}

function more(count: number, indent: string, what: string): string[] {
  return count > 0 ? [`${indent}and ${count} more ${what}`] : [];
}
