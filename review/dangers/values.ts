/**
 * Reads properties of either side of a change. What the engine does not know yet, or does not show, is said as such and
 * never taken for something that was left out.
 */
import type { Values } from "../../engine/facts";
import { unknownMarkers } from "../../sandbox/values";

/** A value that will be known after the up, or a secret that the engine does not show. */
export const notKnown = Symbol("not known");

/** What the engine shows in place of a secret. */
const secret = "[secret]";

/** A value for what it is, or `notKnown`. */
export function known(value: unknown): unknown {
  return value === secret || (typeof value === "string" && unknownMarkers.has(value))
    ? notKnown
    : value;
}

/**
 * The property at a path of keys; undefined where it is left out, `notKnown` where it or what it stands in is not known.
 * A step into a list of one goes through to its item: bridged providers write a block of one as a list in places.
 */
export function at(values: unknown, path: string): unknown {
  let here = known(values);
  for (const key of path.split(".")) {
    if (here === notKnown) return notKnown;
    if (Array.isArray(here) && here.length === 1 && !/^\d+$/.test(key)) here = known(here[0]);
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = known((here as Values)[key]);
  }
  return here ?? undefined;
}

/** The text at a path; undefined where there is none or it is not known. */
export function textAt(values: unknown, path: string): string | undefined {
  const value = at(values, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The number at a path, which some providers carry as a text. */
export function numberAt(values: unknown, path: string): number | undefined {
  const value = at(values, path);
  const number =
    typeof value === "string" && value.trim() !== "" ? Number(value) : (value as number);
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Whether the flag at a path is set. Launch templates carry flags as texts, GKE in capitals. */
export function isTrue(values: unknown, path: string): boolean {
  return /^(true|enabled)$/i.test(String(scalar(at(values, path))));
}

/** Whether the flag at a path is off; what is left out or unknown is not. */
export function isFalse(values: unknown, path: string): boolean {
  return /^(false|disabled)$/i.test(String(scalar(at(values, path))));
}

/** The items at a path; of a single value, that one; none where it is left out or not known. */
export function itemsAt(values: unknown, path: string): readonly unknown[] {
  const value = at(values, path);
  if (value === undefined || value === notKnown) return [];
  return Array.isArray(value) ? value.map(known) : [value];
}

/** The texts among the items at a path. */
export function textsAt(values: unknown, path: string): readonly string[] {
  return itemsAt(values, path).filter((item): item is string => typeof item === "string");
}

/** Whether a list, or any item of it, is not known. */
export function unknownWithin(values: unknown, path: string): boolean {
  return at(values, path) === notKnown || itemsAt(values, path).includes(notKnown);
}

/** A JSON document in a text; undefined where it is none, `notKnown` where it is not known. */
export function documentAt(values: unknown, path: string): unknown {
  const value = at(values, path);
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** A value as words: `left out`, `not known before up`, or the value itself where it is a scalar. */
export function inWords(value: unknown): string {
  if (value === undefined || value === null) return "left out";
  if (value === notKnown) return "not known before up";
  const plain = scalar(value);
  return plain === undefined ? "other contents" : String(plain);
}

/** The value where it is a text, number or flag. */
function scalar(value: unknown): string | number | boolean | undefined {
  return ["string", "number", "boolean"].includes(typeof value)
    ? (value as string | number | boolean)
    : undefined;
}
