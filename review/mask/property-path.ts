/**
 * The engine's property paths: `tags.owner`, `rules[0].port`, `tags["a.b"]`, `["a.b"].c`.
 *
 * Their grammar, and where the engine is more lenient than that:
 * https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/properties_path.go
 */

/** A key of an object or an index of a list. */
export type Step = string | number;

/** An index, in brackets: a number, or `*` for any. */
const index = /\[(?:(\d+)|\*)\]/y;
/** A key in quotes, in brackets; `\"` is a quote and a lone backslash is itself. */
const quoted = /\["((?:\\"|[^"])*)"\]/y;
/** A bare key goes on to the next point or bracket, whatever it is made of. */
const bare = /[^.[]+/y;

/**
 * Takes a property path apart. What does not keep to the grammar is one key, as it stands: a provider's odd path is still
 * shown.
 */
export function parsePropertyPath(path: string): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < path.length;) {
    const step = stepAt(path, at);
    if (step === undefined) return [path];
    steps.push(step.value);
    at = step.end;
    if (path[at] === ".") {
      at += 1;
      if (at === path.length) return [path];
    }
  }
  return steps;
}

function stepAt(path: string, at: number): { value: Step; end: number } | undefined {
  for (const form of [index, quoted, bare]) {
    form.lastIndex = at;
    const found = form.exec(path);
    if (found === null) continue;
    const value =
      form === index
        ? found[1] === undefined
          ? "*"
          : Number(found[1])
        : form === quoted
          ? (found[1] ?? "").replaceAll('\\"', '"')
          : found[0];
    return { value, end: form.lastIndex };
  }
  return undefined;
}

/** Writes a property path as the engine does. */
export function propertyPath(steps: readonly Step[]): string {
  return steps
    .map((step, at) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `["${step.replaceAll('"', '\\"')}"]`;
      return at === 0 ? step : `.${step}`;
    })
    .join("");
}
