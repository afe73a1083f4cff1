/** Whether two values mean the same to the cloud, by what the model says of the property. */
import type { PropertyModel } from "./model";
import { relativeLink } from "./places";
import { quantity } from "./quantities";
import { UNKNOWN, isBlock, type Value } from "./values";

/** True where nothing stands: absent, or a list or map with nothing in it (as Terraform's SDK counts). */
export function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isBlock(value) && Object.keys(value).length === 0;
}

/** Deep equality; the order of keys does not matter. An unknown equals nothing but an unknown. */
export function equal(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => equal(item, right[at]));
  }
  if (!isBlock(left) || !isBlock(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => key in right && equal(left[key], right[key]))
  );
}

/** Equality of two scalars under the model: JSON documents by meaning, names by their spelling rule. */
export function equalScalars(model: PropertyModel, left: Value, right: Value): boolean {
  if (equal(left, right)) return true;
  if (left === UNKNOWN || right === UNKNOWN) return false;
  if (model.type === "json") return equalJson(left, right);
  if (typeof left !== "string" || typeof right !== "string") return false;
  if (model.format === "quantity") {
    const amount = quantity(left);
    return amount !== undefined && amount === quantity(right);
  }
  switch (model.same) {
    case "lowercase":
      return left.toLowerCase() === right.toLowerCase();
    case "trailing-dot":
      return left.replace(/\.$/, "") === right.replace(/\.$/, "");
    case "location":
      return location(left) === location(right);
    case "self-link":
      return sameLink(left, right);
    default:
      return false;
  }
}

/** Azure reads "West Europe" as "westeurope". */
function location(text: string): string {
  return text.replaceAll(/\s/g, "").toLowerCase();
}

/** A bare name means what is called so in the object's own project: all that is compared is the name then. */
function sameLink(left: string, right: string): boolean {
  const [one, other] = [relativeLink(left), relativeLink(right)];
  if (one !== undefined && other !== undefined) return one === other;
  return left.split("/").at(-1) === right.split("/").at(-1);
}

function equalJson(left: Value, right: Value): boolean {
  const one = document(left);
  return one !== undefined && equal(canonical(one), canonical(document(right)));
}

function document(value: Value): Value | undefined {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return undefined;
  }
}

// A policy's "a" and ["a"] mean the same, and the order of actions and resources has no meaning:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
const POLICY_LISTS = new Set([
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "AWS",
  "Service",
  "Federated",
]);

function canonical(value: Value | undefined, key?: string): Value | undefined {
  if (key !== undefined && POLICY_LISTS.has(key)) {
    const list = Array.isArray(value) ? value : [value ?? null];
    if (list.every((item) => typeof item === "string")) return [...list].sort();
  }
  if (Array.isArray(value)) return value.map((item) => canonical(item) ?? null);
  if (!isBlock(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, canonical(item, name) ?? null]),
  );
}
