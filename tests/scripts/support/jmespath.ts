/**
 * The part of JMESPath that the scripts use: names, `[0]`, `[]`, `[*]`, `[?name=='text']`, `.[a,b]`, `length(…)`.
 * What it does not know is an error. Source of the grammar: https://jmespath.org/specification.html
 */
export function query(value: unknown, expression: string): unknown {
  const length = /^length\((.*)\)$/.exec(expression);
  if (length) {
    const inner = query(value, length[1] ?? "");
    if (!Array.isArray(inner)) throw new Error(`length() of what is no list: ${expression}`);
    return inner.length;
  }
  return walk(value, expression);
}

function field(value: unknown, name: string): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  return (value as Record<string, unknown>)[name] ?? null;
}

function project(list: unknown, rest: string): unknown {
  if (!Array.isArray(list)) return null;
  return list.map((entry: unknown) => walk(entry, rest)).filter((entry) => entry !== null);
}

function walk(value: unknown, expression: string): unknown {
  if (expression === "" || expression === "@") return value;
  if (value === null) return null;
  const name = /^\.?([A-Za-z_][A-Za-z0-9_]*)/.exec(expression);
  if (name) return walk(field(value, name[1] ?? ""), expression.slice(name[0].length));
  const index = /^\[(-?\d+)\]/.exec(expression);
  if (index)
    return walk(
      Array.isArray(value) ? (value.at(Number(index[1])) ?? null) : null,
      expression.slice(index[0].length),
    );
  const filter = /^\[\?(.*?)\]/.exec(expression);
  if (filter)
    return project(
      Array.isArray(value) ? value.filter((entry) => holds(entry, filter[1] ?? "")) : null,
      expression.slice(filter[0].length),
    );
  const flat = /^\[\*?\]/.exec(expression);
  if (flat)
    return project(Array.isArray(value) ? value.flat() : null, expression.slice(flat[0].length));
  const list = /^\.?\[([^\]]+)\]$/.exec(expression);
  if (list) return (list[1] ?? "").split(",").map((part) => walk(value, part.trim()));
  throw new Error(`this stand-in does not know the query ${expression}`);
}

function holds(entry: unknown, condition: string): boolean {
  return condition.split("||").some((any) =>
    any.split("&&").every((one) => {
      const match = /^\s*([A-Za-z_.]+)\s*(==|!=)\s*(?:'([^']*)'|`([^`]*)`)\s*$/.exec(one);
      if (!match) throw new Error(`this stand-in does not know the filter ${one}`);
      const found = walk(entry, match[1] ?? "");
      const wanted: unknown = match[3] ?? JSON.parse(match[4] ?? "null");
      return (found === wanted) === (match[2] === "==");
    }),
  );
}

/** What the AWS CLI prints for `--output text`: None, tabs between values, a line for each row. */
export function asText(value: unknown): string {
  if (Array.isArray(value)) {
    if (value.some((entry) => Array.isArray(entry))) return value.map(asText).join("");
    return value.length === 0 ? "" : `${value.map(cell).join("\t")}\n`;
  }
  return `${cell(value)}\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "None";
  return typeof value === "string" ? value : JSON.stringify(value);
}
