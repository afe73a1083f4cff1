/**
 * A saved plan (`pulumi preview --save-plan`) in a form that is the same for every preview of the same change.
 *
 * Source of the structure: pulumi/pulumi sdk/go/common/apitype/plan.go. Left out are the manifest (a time), the settings
 * (a part of their own), seeds, and `state`: outputs that the provider foretells, which nobody is held to. What policies
 * are shown of documents is left out, too: made-up names stand in it packed, and in digests of it, and the text that the
 * resource takes counts by itself.
 */
import { shownDocument } from "../shown-documents";
import { collectMadeNames, inputsOf, settler } from "./made-names";
import {
  asSet,
  at,
  isObject,
  type Json,
  type JsonObject,
  listOf,
  textOf,
  withoutSecrets,
} from "./values";

/** What is planned for one resource: what the program asks for, and the engine's steps. */
export interface CanonicalResourcePlan extends JsonObject {
  /** Null where it is deleted. */
  readonly goal: Json;
  readonly steps: Json;
}

/** URN to what is planned. */
export type CanonicalPlan = Readonly<Record<string, CanonicalResourcePlan>>;

/** Parts of a goal whose items have no order: the engine compares them as sets, or makes them of a map. */
const sets = [
  "dependencies",
  "aliases",
  "structuredAliases",
  "additionalSecretOutputs",
  "ignoreChanges",
];

/**
 * Makes a plan canonical.
 * @param plan as it was saved
 * @param state the state that it was made over, as it is exported; it says which names a provider made. @default none
 * @throws Error where it is no plan
 */
export function canonicalPlan(plan: unknown, state?: unknown): CanonicalPlan {
  const resources = at(plan, "resourcePlans") ?? {};
  if (!isObject(plan) || !isObject(resources)) {
    throw new Error("This is no saved plan of the engine: it has no resource plans.");
  }
  const settle = settler(madeNames(resources, state));
  return Object.fromEntries(
    Object.entries(resources).map(([urn, resource]) => [
      urn,
      {
        goal: canonicalGoal(withoutSecrets(at(resource, "goal") ?? null, settle)),
        steps: at(resource, "steps") ?? [],
      },
    ]),
  );
}

function madeNames(resources: JsonObject, state: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const before = new Map(
    listOf(at(state, "deployment", "resources")).map((one) => [at(one, "urn"), at(one, "inputs")]),
  );
  for (const [urn, resource] of Object.entries(resources)) {
    const goal = at(resource, "goal");
    const planned = ["adds", "updates"].map((kind) => inputsOf(at(goal, "inputDiff", kind)));
    collectMadeNames(
      textOf(at(goal, "name")),
      Object.assign({}, ...planned) as JsonObject,
      inputsOf(before.get(urn)),
      found,
    );
  }
  return found;
}

function canonicalGoal(goal: Json): Json {
  if (!isObject(goal)) return goal;
  const { propertyDependencies, inputDiff, outputDiff, ...rest } = goal;
  return {
    ...mapped(rest, (key, value) => (sets.includes(key) ? asSet(value) : value)),
    propertyDependencies: mapped(propertyDependencies, (_key, urns) => asSet(urns)),
    inputDiff: rest["type"] === shownDocument ? {} : canonicalDiff(inputDiff),
    outputDiff: canonicalDiff(outputDiff),
  };
}

function canonicalDiff(diff: Json | undefined): JsonObject {
  return mapped(diff, (kind, changes) =>
    kind === "deletes"
      ? asSet(changes)
      : mapped(changes, (key, value) => (key === "__defaults" ? asSet(value) : value)),
  );
}

function mapped(value: Json | undefined, change: (key: string, item: Json) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(isObject(value) ? value : {}).flatMap(([key, item]) =>
      item === undefined ? [] : [[key, change(key, item)]],
    ),
  );
}
