/** Ways to change planned resources: one property, the protection, or a whole resource. */
import type { Plain } from "./planned";

/** Takes a property away. */
export const gone = Symbol("gone");

/** A path into properties (`rules[0].status`), or what stands beside them: `@protect`, `@resource`. */
export type Change = readonly [path: string, value: unknown];

type Container = Record<string | number, unknown>;

function parts(path: string): (string | number)[] {
  return [...path.matchAll(/\{([^}]+)\}|\[(\d+)\]|([^.[\]{}]+)/g)].map(([, quoted, index, name]) =>
    index === undefined ? (quoted ?? name ?? "") : Number(index),
  );
}

/** A copy of some properties with one changed. Keys with dots stand in braces: `labels.{a.b/c}`. */
export function withProperty(
  props: Readonly<Record<string, unknown>>,
  path: string,
  value: unknown,
): Record<string, unknown> {
  const copy = structuredClone(props) as Container;
  const way = parts(path);
  const last = way.pop() ?? "";
  let at: Container = copy;
  for (const [index, part] of way.entries()) {
    const next = way[index + 1] ?? last;
    if (typeof at[part] !== "object" || at[part] === null)
      at[part] = typeof next === "number" ? [] : {};
    at = at[part] as Container;
  }
  if (value === gone) {
    if (Array.isArray(at)) at.splice(Number(last), 1);
    else Reflect.deleteProperty(at, last);
  } else at[last] = value;
  return copy;
}

/** Whether there is something at a path. */
export function hasProperty(props: Readonly<Record<string, unknown>>, path: string): boolean {
  let at: unknown = props;
  for (const part of parts(path)) {
    if (typeof at !== "object" || at === null || !(part in at)) return false;
    at = (at as Container)[part];
  }
  return at !== undefined;
}

/** The stack with one resource changed. */
export function changed(resources: readonly Plain[], urn: string, [path, value]: Change): Plain[] {
  if (path === "@resource") return resources.filter((one) => one.urn !== urn);
  return resources.map((one) => {
    if (one.urn !== urn) return one;
    if (path === "@protect") return { ...one, protect: value === true };
    if (path === "@dependencies") return { ...one, dependencies: [] };
    return { ...one, props: withProperty(one.props, path, value) };
  });
}
