/** The paths of the model language: `a.b`, `a[].b`, `a[key=value].b`, `a{}`, `a->b`, `.`, and on into JSON documents. */
import { UNKNOWN, isBlock, type Value, type Values } from "./values";

/**
 * The properties of the objects that a value names, or undefined where that can't be known yet.
 * Only an apply knows it.
 */
export type Follow = (value: Value) => Values | undefined;

/**
 * The values at a path. A step into a list means every element, into a text its JSON document.
 * Where an unknown stands on the way, it is among the values.
 */
export function pathValues(root: Value | undefined, path: string, follow?: Follow): Value[] {
  const [first = "", ...rest] = path.split("->");
  let found = plainValues(root, first);
  for (const part of rest) {
    const targets = elements(found).map((value) => target(value, follow));
    found = targets.flatMap((value) => plainValues(value, part));
  }
  return found;
}

function target(value: Value, follow: Follow | undefined): Value | undefined {
  if (value === UNKNOWN || follow === undefined) return UNKNOWN;
  return follow(value);
}

function plainValues(root: Value | undefined, path: string): Value[] {
  let found: Value[] = root === undefined ? [] : [root];
  if (path === "." || path === "") return found;
  for (const step of path.split(".").flatMap(splitList)) {
    if (step === "[]") found = elements(found);
    else if (step === "{}") found = found.flatMap(keys);
    else if (step.startsWith("[")) found = elements(found).flatMap(having(step));
    else found = found.flatMap((value) => inside(value, step));
  }
  return found;
}

/** `a[]`, `a[key=value]` and `a{}` are two steps each. */
function splitList(part: string): string[] {
  const [, name = "", last] = /^(.*)(\[(?:\w+=[^\]]*)?\]|\{\})$/.exec(part) ?? [];
  if (last === undefined) return [part];
  return name === "" ? [last] : [...splitList(name), last];
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
