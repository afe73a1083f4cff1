/**
 * What the engine says where a program does not keep to its plan. It prints the values of what differs in clear, secrets
 * too; what reviewers need is which properties differ, and how.
 *
 * Its form: https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/plan.go (checkDiff, MakeError):
 * `resource URN violates plan: properties changed: ++name[{planned}!={now}], =~other[{now}], -+gone`.
 */

const announcement = /violates plan: properties changed: /g;

/** What the plan, and what the program, do with a property. */
const operations: Readonly<Record<string, string>> = {
  "+": "added",
  "~": "updated",
  "-": "deleted",
  "=": "unchanged",
};

/** How an item begins; it ends with `}]`, which closes its value, or with its name where it has none. */
const first = /([-+~=])([-+~=])([A-Za-z_$][\w$.-]{0,127})(?=\[|, |\s|$)/y;
const others =
  /(?:\}\]|(?<=[-+~=]{2}[\w$.-]{1,128})), ([-+~=])([-+~=])([A-Za-z_$][\w$.-]{0,127})(?=\[|, |\s|$)/g;

/**
 * Takes the values out of the engine's messages about plans. They are printed without quotes, over several lines where
 * they have several: all that follows the announcement goes, up to the next one's line.
 */
export function withoutPlannedValues(text: string): string {
  const starts = [...text.matchAll(announcement)];
  if (starts.length === 0) return text;
  return starts
    .map((match, index) => {
      const before = index === 0 ? text.slice(0, match.index) : "";
      const from = match.index + match[0].length;
      const next = starts[index + 1]?.index;
      const line = next === undefined ? text.length : text.lastIndexOf("\n", next) + 1;
      const to = Math.max(from, line);
      const rest = next === undefined ? "" : `\n${text.slice(to, next)}`;
      return `${before}${match[0]}${properties(text.slice(from, to))}${rest}`;
    })
    .join("");
}

function properties(list: string): string {
  first.lastIndex = 0;
  const found = [first.exec(list), ...list.matchAll(others)].filter((one) => one !== null);
  const said = found.map(([, planned = "", now = "", name = ""]) => {
    if (planned === now) return `${name} (${operations[planned] ?? ""}, with another value)`;
    return `${name} (planned: ${operations[planned] ?? ""}, now: ${operations[now] ?? ""})`;
  });
  return said.length === 0 ? "values that are not shown" : [...new Set(said)].join(", ");
}
