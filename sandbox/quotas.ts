/** Quotas: what objects take, and what is left. https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
import type { Ledger, StoredObject } from "./ledger";
import type { Demand, ResourceModel } from "./model";
import { elements, keysOf, pathValues } from "./paths";
import type { Place } from "./places";
import { quantity, quantityText } from "./quantities";
import { completed } from "./references";
import { isBlock, type Value, type Values } from "./values";

/** Amounts that other objects (a LimitRange) give the parts that leave them out. */
type Lent = (path: string) => Value | undefined;

/** What more than is left an object asks of the quotas beside it, in words. */
export function quotaProblems(
  ledger: Ledger,
  place: Place,
  values: Values,
  at: "made" | "ready",
  self?: StoredObject,
): string[] {
  const demands = (place.model.demand ?? []).filter((demand) => (demand.at ?? "ready") === at);
  if (demands.length === 0) return [];
  return ledger.all().flatMap((object) => {
    const { quota } = object.model;
    if (quota === undefined || object.account !== place.account) return [];
    const where = completed(object.model, object.outputs.value, quota.beside);
    if (completed(place.model, values, quota.beside) !== where) return [];
    const others = ledger
      .all()
      .filter(
        (other) =>
          other !== self &&
          other.account === place.account &&
          completed(other.model, other.outputs.value, quota.beside) === where,
      );
    const lent = lentBy(others);
    const hard = pathValues(object.outputs.value, quota.hard)[0];
    const name = object.id.split("/").at(-1) ?? object.id;
    return Object.entries(isBlock(hard) ? hard : {}).flatMap(([key, limit]): string[] => {
      const wanted = demands.filter(({ keys }) => keys.includes(key));
      if (wanted.length === 0) return [];
      const own = total(wanted, values, lent);
      if (own === undefined) {
        return [`failed quota: ${name}: must specify ${key} (${quota.source})`];
      }
      const used = others.reduce((sum, other) => sum + (taken(other, key, lent) ?? 0), 0);
      const most = amountOf(limit) ?? 0;
      if (own === 0 || used + own <= most + Number.EPSILON * most) return [];
      const figures = `requested: ${key}=${quantityText(own)}, used: ${key}=${quantityText(used)}, limited: ${key}=${quantityText(most)}`;
      return [`exceeded quota: ${name}, ${figures} (${quota.source})`];
    });
  });
}

/** What an object takes under one key of a quota. */
function taken({ model, outputs }: StoredObject, key: string, lent: Lent): number | undefined {
  return total(demandsFor(model, key), outputs.value, lent);
}

function demandsFor(model: ResourceModel, key: string): Demand[] {
  return (model.demand ?? []).filter(({ keys }) => keys.includes(key));
}

/** The sum of demands, or undefined where a part does not say how much it takes. */
function total(demands: readonly Demand[], values: Values, lent: Lent): number | undefined {
  let sum = 0;
  for (const { each, amount, times } of demands) {
    const parts: Value[] = each === undefined ? [values] : elements(pathValues(values, each));
    const factor = times === undefined ? 1 : (amountOf(pathValues(values, times)[0]) ?? 1);
    for (const part of parts) {
      const found = amount === undefined ? 1 : first(part, amount, lent);
      if (found === undefined) return undefined;
      sum += found * factor;
    }
  }
  return sum;
}

function first(part: Value, paths: readonly string[], lent: Lent): number | undefined {
  const given = paths.map((path) => amountOf(pathValues(part, path)[0]));
  // A part's own limit counts as its request before anything is lent to it.
  const all = [...given, ...paths.map((path) => amountOf(lent(path)))];
  return all.find((amount) => amount !== undefined);
}

function lentBy(objects: readonly StoredObject[]): Lent {
  // A path may be spelt with or without quotes around a key.
  const spelt = (path: string): string => JSON.stringify(keysOf(path));
  return (path) => {
    for (const { model, outputs } of objects) {
      const [, sources = []] =
        Object.entries(model.lends ?? {}).find(([own]) => spelt(own) === spelt(path)) ?? [];
      for (const source of sources) {
        const [value] = pathValues(outputs.value, source);
        if (value !== undefined) return value;
      }
    }
    return undefined;
  };
}

function amountOf(value: Value | undefined): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" ? quantity(value) : undefined;
}
