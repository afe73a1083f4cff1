/** Databases and caches that are changed in place in a way that can interrupt them, and what their cloud says of it. */
import type { ResourceFact } from "../../engine/facts";
import type { Danger } from "../record";
import { danger } from "./danger";
import { databaseRules, parameterLists, type Impact } from "./database-rules";
import { at, inWords, isTrue, itemsAt, notKnown, textAt } from "./values";

/** What a cloud does about a change, in words. */
const impacts: Readonly<Record<Impact, string>> = {
  outage: "the database is not available while it is made",
  failover: "connections break for a moment while it fails over or restarts",
  reboot: "it holds only after a restart, which somebody has to do",
  "may-restart": "it may restart",
  slow: "no interruption, but it can be slower for hours",
  none: "no interruption by itself",
};

/** Impacts that wait for a maintenance window on AWS unless they are applied at once. */
const waits: readonly Impact[] = ["outage", "failover"];

/** Changes of databases and caches, with what comes of each. */
export function databaseTouched(fact: ResourceFact): readonly Danger[] {
  if (!fact.custom || fact.operation !== "update") return [];
  const { old, new: after } = fact;
  if (old === undefined || after === undefined) return [];
  const paths = fact.changes.map(({ path }) => path);
  const found: string[] = [];
  const impactsFound: Impact[] = [];
  for (const { type, path, impact, words } of databaseRules) {
    if (!type.test(fact.type) || !paths.some((one) => path.test(one))) continue;
    const named = paths.filter((one) => path.test(one));
    impactsFound.push(impact);
    const which = named.map((one) => change(fact, one)).join(", ");
    // Words that explain themselves need no more.
    const then = impact === "none" && words.includes(":") ? "" : `; ${impacts[impact]}`;
    found.push(`${which}: ${words}${then}`);
  }
  const list = parameterLists.find(({ type }) => type.test(fact.type));
  if (list !== undefined) {
    const { names, restart } = changedParameters(fact, list.list, list.needsRestart);
    if (names.length > 0) {
      const which = restart.length > 0 ? `, of which ${restart.join(", ")} with a restart` : "";
      const tail = restart.length === 0 ? ": in force at once" : list.restartWords;
      found.push(`parameters ${names.join(", ")}${which}${tail}`);
      if (restart.length > 0) impactsFound.push(list.impact);
    }
  }
  if (found.length === 0) return [];
  const when = timing(fact, impactsFound);
  return [danger("database-touched", fact, `${found.join("; ")}${when}`)];
}

/** When AWS makes a change: at once, or in the maintenance window. */
function timing(fact: ResourceFact, found: readonly Impact[]): string {
  if (!/^aws:(rds|elasticache|docdb|neptune|memorydb)\//.test(fact.type)) return "";
  if (!found.some((impact) => waits.includes(impact))) return "";
  const path = "applyImmediately";
  if (at(fact.new?.inputs, path) === notKnown) return "; whether at once is not known before up";
  return isTrue(fact.new?.inputs, path)
    ? "; applied at once (applyImmediately), with everything that was waiting"
    : "; applied in the next maintenance window";
}

/** A path with both values where they are plain and no secret. */
function change(fact: ResourceFact, path: string): string {
  const steps = path.replace(/\[(\d+)\]/g, ".$1");
  const [before, after] = [at(fact.old?.inputs, steps), at(fact.new?.inputs, steps)];
  if (secretPath.test(path) || [before, after].some((one) => typeof one === "object")) return path;
  return `${path} ${inWords(before)} to ${inWords(after)}`;
}

const secretPath = /password|secret|token|auth/i;

/** Parameters by name that are set, changed or taken out, and those among them that need a restart. */
function changedParameters(
  fact: ResourceFact,
  list: string,
  needsRestart: (name: string, item: unknown) => boolean,
): { readonly names: readonly string[]; readonly restart: readonly string[] } {
  const byName = (values: unknown) =>
    new Map(
      itemsAt(values, list).map((item) => [
        textAt(item, "name") ?? "one not known before up",
        item,
      ]),
    );
  const [before, after] = [byName(fact.old?.inputs), byName(fact.new?.inputs)];
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => JSON.stringify(known(before.get(name))) !== JSON.stringify(known(after.get(name))),
  );
  names.sort();
  const restart = names.filter((name) => needsRestart(name, after.get(name) ?? before.get(name)));
  return { names, restart };
}

/** The value alone: when it is applied is no change of the database. */
function known(item: unknown): string | undefined {
  return item === undefined ? undefined : inWords(at(item, "value"));
}
