/**
 * The paths of the model language: `a.b`, `a[].b`, `a[key=value].b`, `a{}`, `a["x.y"]`, `a->b`, `.`, and on into JSON documents.
 */
import { UNKNOWN, isBlock, type Step, type Value, type Values } from "./values";

/**
 * The properties of the object that a value names, or undefined where there is none. The keys on the way to the value tell
 * which of several properties with that value it is. Only an apply knows it.
 */
export type Follow = (value: Value, keys: readonly string[]) => Values | undefined;

/**
 * The values at a path. A step into a list means every element, into a text its JSON document.
 * Where an unknown stands on the way, it is among the values.
 */
export function pathValues(root: Value | undefined, path: string, follow?: Follow): Value[] {
  const [first = "", ...rest] = path.split("->");
  let found = plainValues(root, first);
  let way = keysOf(first);
  for (const part of rest) {
    const targets = elements(found).map((value) => target(value, way, follow));
    found = targets.flatMap((value) => plainValues(value, part));
    way = keysOf(part);
  }
  return found;
}

function target(
  value: Value,
  way: readonly string[],
  follow: Follow | undefined,
): Value | undefined {
  if (value === UNKNOWN || follow === undefined) return UNKNOWN;
  return follow(value, way);
}

/** The keys that a path names, without what it says of lists. */
export function keysOf(path: string): string[] {
  return path === "." ? [] : stepsOf(path).flatMap(keyOf);
}

/** The value at a path of keys alone. */
export function valueAt(root: Value | undefined, keys: readonly Step[]): Value | undefined {
  let value = root;
  for (const key of keys) {
    if (typeof key === "number") value = Array.isArray(value) ? value[key] : undefined;
    else value = isBlock(value) ? value[key] : undefined;
  }
  return value;
}

/** Puts a value at a path of keys; makes the blocks on the way. False where an unknown or no block stands in the way. */
export function putAt(root: Values, keys: readonly string[], value: Value): boolean {
  const [key = "", ...rest] = keys;
  if (rest.length === 0) {
    root[key] = value;
    return true;
  }
  const inner = root[key] ?? {};
  if (!isBlock(inner)) return false;
  root[key] = inner;
  return putAt(inner, rest, value);
}

function plainValues(root: Value | undefined, path: string): Value[] {
  let found: Value[] = root === undefined ? [] : [root];
  if (path === "." || path === "") return found;
  for (const step of stepsOf(path)) {
    if (step === "[]") found = elements(found);
    else if (step === "{}") found = found.flatMap(keys);
    else if (step.startsWith("[") && !step.startsWith('["'))
      found = elements(found).flatMap(having(step));
    else found = found.flatMap((value) => keyOf(step).flatMap((key) => inside(value, key)));
  }
  return found;
}

const read = new Map<string, readonly string[]>();

/** A path's steps; `a[]`, `a[key=value]`, `a{}` and `a["x.y"]` are two each. */
function stepsOf(path: string): readonly string[] {
  const known = read.get(path) ?? path.match(/\["[^"]*"\]|\[[^\]]*\]|\{\}|[^.[{]+/g) ?? [];
  read.set(path, known);
  return known;
}

/** The key that a step goes into, if it does into one. */
function keyOf(step: string): string[] {
  if (step.startsWith('["')) return [step.slice(2, -2)];
  return step.startsWith("[") || step === "{}" ? [] : [step];
}

/** The keys of a map. */
function keys(value: Value): Value[] {
  if (value === UNKNOWN) return [UNKNOWN];
  return isBlock(value) ? Object.keys(value) : [];
}

/** The value itself where its key has the value that the step `[key=value]` asks for. */
function having(step: string): (value: Value) => Value[] {
  const [key = "", wanted = ""] = step.slice(1, -1).split("=", 2);
  return (value) => {
    const found = isBlock(value) ? value[key] : value;
    if (found === UNKNOWN) return [UNKNOWN];
    const plain = typeof found === "object" ? undefined : found;
    return isBlock(value) && String(plain) === wanted ? [value] : [];
  };
}

/** Every element of the lists among the values; what is no list stands for itself. */
export function elements(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (Array.isArray(value) ? value : [value]));
}

function inside(value: Value, key: string): Value[] {
  if (value === UNKNOWN) return [UNKNOWN];
  if (Array.isArray(value)) return value.flatMap((item) => inside(item, key));
  const block = typeof value === "string" ? document(value) : value;
  if (Array.isArray(block)) return block.flatMap((item) => inside(item, key));
  const found = isBlock(block) ? block[key] : undefined;
  return found === undefined ? [] : [found];
}

function document(text: string): Value | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
