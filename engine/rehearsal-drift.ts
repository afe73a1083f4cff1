/**
 * Drift for a rehearsal: five changes behind Pulumi's back, on objects and properties that are
 * found by rule among the stack's own resources, and whether a refresh preview names each.
 */
import type { Drift, LedgerObject } from "../sandbox/control";
import type { Json, PropertyModel, ResourceModel } from "../sandbox/model";
import type { Facts, ResourceFact } from "./facts";
import { needs, type StackState } from "./rehearsal-state";

/** The kinds of drift, in the order in which they are injected. */
export const driftKinds = [
  "changed input of a stateful resource",
  "changed input of a stateless resource",
  "added tag",
  "object deleted by hand",
  "output changed alone",
] as const;

/** One of the five. */
export type DriftKind = (typeof driftKinds)[number];

/** A drift that could be injected. */
export interface DriftCandidate {
  readonly kind: DriftKind;
  readonly urn: string;
  /** The property that the refresh preview has to name; none for a deleted object. */
  readonly property?: string;
  readonly order: Drift;
}

/** What the choice is made from. */
export interface DriftMaterial {
  /** The last preview's or up's facts: every resource with its inputs and outputs. */
  readonly facts: Facts;
  readonly objects: readonly LedgerObject[];
  readonly state: StackState;
  /** Model of a type; what has none cannot drift. */
  readonly model: (type: string) => ResourceModel | undefined;
}

interface Target {
  readonly fact: ResourceFact;
  readonly object: LedgerObject;
  readonly model: ResourceModel;
  readonly stateful: boolean;
  readonly ignored: readonly string[];
  /** No other resource of the stack depends on it. */
  readonly leaf: boolean;
}

/** Every drift that may be injected, by kind, best first; deterministic for a stack. */
export function driftCandidates(material: DriftMaterial): Record<DriftKind, DriftCandidate[]> {
  const targets = targetsOf(material);
  const inputs = (stateful: boolean, kind: DriftKind): DriftCandidate[] =>
    targets
      .filter((target) => target.stateful === stateful)
      .flatMap((target) => changedInputs(target, kind));
  return {
    "changed input of a stateful resource": inputs(true, driftKinds[0]),
    "changed input of a stateless resource": inputs(false, driftKinds[1]),
    "added tag": targets.flatMap(addedTag),
    "object deleted by hand": targets.flatMap(deletedObject),
    // Of a resource on which nothing depends, if there is one: the repair then changes nothing else.
    "output changed alone": [...targets]
      .sort((a, b) => Number(b.leaf) - Number(a.leaf))
      .flatMap(changedOutput),
  };
}

/** The rehearsed resources that stand in the sandbox, by name. */
function targetsOf({ facts, objects, state, model }: DriftMaterial): Target[] {
  const byUrn = new Map(objects.map((object) => [object.urn, object]));
  const entries = new Map(state.deployment.resources.map((entry) => [entry.urn, entry]));
  const needed = new Set(state.deployment.resources.flatMap(needs));
  return facts.resources
    .flatMap((fact): Target[] => {
      const object = byUrn.get(fact.urn);
      const entry = entries.get(fact.urn);
      const own = model(fact.type);
      if (
        object === undefined ||
        entry === undefined ||
        own === undefined ||
        fact.new === undefined
      )
        return [];
      const { protect: stateful, ignoreChanges: ignored } = entry;
      return [{ fact, object, model: own, stateful, ignored, leaf: !needed.has(fact.urn) }];
    })
    .sort((a, b) => (a.fact.urn < b.fact.urn ? -1 : 1));
}

/**
 * Inputs that someone could change in the console and an up sets back in place: given by the
 * program, no replacement, no secret, no reference, and spoken of by no rule of the model (storage
 * that can only grow could not be set back).
 */
function changedInputs(
  { fact, object, model, ignored }: Target,
  kind: DriftKind,
): DriftCandidate[] {
  const rules = JSON.stringify([
    model.rules ?? [],
    model.deleteRefusedWhile ?? [],
    model.unique ?? [],
  ]);
  return Object.entries(fact.new?.inputs ?? {}).flatMap(([property, value]): DriftCandidate[] => {
    const rule = model.properties[property];
    if (rule === undefined || !settable(rule) || model.immutable === true) return [];
    if (["tags", "labels", "region", model.name?.property].includes(property)) return [];
    if (ignored.some((path) => path === property || path.startsWith(`${property}.`))) return [];
    if (new RegExp(`"\\^?${property}["\\[.]`).test(rules)) return [];
    const other = otherValue(rule, value);
    if (other === undefined) return [];
    const order = {
      kind: "set",
      id: object.id,
      type: object.type,
      property,
      value: other,
    } as const;
    return [{ kind, urn: fact.urn, property, order }];
  });
}

function settable(rule: PropertyModel): boolean {
  const never =
    rule.computed ??
    rule.replace ??
    rule.secret ??
    rule.writeOnly ??
    rule.replaceOnPresence !== undefined;
  return never !== true && rule.ref === undefined && rule.same === undefined;
}

/** Another value that the property takes. */
function otherValue(rule: PropertyModel, value: unknown): Json | undefined {
  const others = rule.enum?.find((one) => one !== value);
  if (others !== undefined) return others;
  if (rule.enum !== undefined) return undefined;
  if (rule.type === "boolean" && typeof value === "boolean") return !value;
  if ((rule.type === "integer" || rule.type === "number") && typeof value === "number") {
    return value > (rule.min ?? 0) ? value - 1 : value + 1;
  }
  const free = rule.pattern === undefined && rule.format === undefined;
  if (rule.type === "string" && typeof value === "string" && free) return `${value} by hand`;
  return undefined;
}

/**
 * A tag that somebody added. GCP's provider passes over labels that the program does not have
 * (https://www.pulumi.com/registry/packages/gcp/installation-configuration/: labels), so there one of its own is changed.
 */
function addedTag({ fact, object, model, ignored }: Target): DriftCandidate[] {
  if (model.labels === true) return changedLabel(fact, object, ignored);
  if (model.tags !== true || ignored.some((path) => path.startsWith("tags"))) return [];
  const key = "ChangedByHand";
  const order = { kind: "tag", id: object.id, type: object.type, key, value: "true" } as const;
  return [{ kind: "added tag", urn: fact.urn, property: `tags.${key}`, order }];
}

function changedLabel(
  fact: ResourceFact,
  object: LedgerObject,
  ignored: readonly string[],
): DriftCandidate[] {
  const labels = fact.new?.inputs["labels"];
  const [key] = typeof labels === "object" && labels !== null ? Object.keys(labels).sort() : [];
  if (key === undefined || ignored.some((path) => path.startsWith("labels"))) return [];
  const order = { kind: "tag", id: object.id, type: object.type, key, value: "by-hand" } as const;
  return [{ kind: "added tag", urn: fact.urn, property: `labels.${key}`, order }];
}

/** An object on which nothing of the stack depends and which holds no data. */
function deletedObject({ fact, object, leaf, stateful }: Target): DriftCandidate[] {
  if (!leaf || stateful) return [];
  const order = { kind: "delete", id: object.id, type: object.type } as const;
  return [{ kind: "object deleted by hand", urn: fact.urn, order }];
}

/** A computed output that the cloud may change by itself; its name (ARN, id) is none of those. */
function changedOutput({ fact, object, model }: Target): DriftCandidate[] {
  return Object.entries(fact.new?.outputs ?? {}).flatMap(([property, value]): DriftCandidate[] => {
    const rule = model.properties[property];
    if (
      rule?.computed !== true ||
      rule.secret === true ||
      /^(id|arn|tagsAll|urn)$|(Id|Arn)$/.test(property)
    )
      return [];
    const other =
      typeof value === "string" && value !== ""
        ? `${value}-moved`
        : typeof value === "number"
          ? value + 1
          : undefined;
    if (other === undefined) return [];
    const order = {
      kind: "output",
      id: object.id,
      type: object.type,
      property,
      value: other,
    } as const;
    return [{ kind: "output changed alone", urn: fact.urn, property, order }];
  });
}

/**
 * Takes one candidate of each kind, each of another resource.
 * @param inject tries a candidate; false where the cloud would not have the value
 */
export async function injectDrift(
  candidates: Record<DriftKind, DriftCandidate[]>,
  inject: (candidate: DriftCandidate) => Promise<boolean>,
): Promise<DriftCandidate[]> {
  const taken: DriftCandidate[] = [];
  // The choosiest first, so that the others do not take what only they can use.
  const order = [...driftKinds].sort((a, b) => targetsIn(candidates[a]) - targetsIn(candidates[b]));
  for (const kind of order) {
    for (const candidate of candidates[kind]) {
      if (taken.some(({ urn }) => urn === candidate.urn)) continue;
      if (!(await inject(candidate))) continue;
      taken.push(candidate);
      break;
    }
  }
  return taken.sort((a, b) => driftKinds.indexOf(a.kind) - driftKinds.indexOf(b.kind));
}

function targetsIn(candidates: readonly DriftCandidate[]): number {
  return new Set(candidates.map(({ urn }) => urn)).size;
}

/** What a refresh preview says of one injected drift, or undefined where it does not name it. */
export function findDrift(candidate: DriftCandidate, facts: Facts): string | undefined {
  const fact = facts.resources.find(({ urn }) => urn === candidate.urn);
  if (fact === undefined) return undefined;
  const { kind, property = "" } = candidate;
  if (kind === "object deleted by hand")
    return fact.operation === "delete" ? `${fact.name}: deleted` : undefined;
  if (kind === "output changed alone") {
    const before = JSON.stringify(fact.old?.outputs[property]);
    const after = JSON.stringify(fact.new?.outputs[property]);
    return before === after ? undefined : `${fact.name}: ${property} is ${after}, was ${before}`;
  }
  const named = fact.changes.find(({ path }) => path === property || sameTag(path, property));
  return fact.operation === "update" && named !== undefined
    ? `${fact.name}: ${property}`
    : undefined;
}

/**
 * `tags["ChangedByHand"]` is `tags.ChangedByHand`; of a resource that had no tags of its own the
 * whole map is new, and `tagsAll`, which has the provider's default tags too, names the key. Labels of GCP likewise.
 */
function sameTag(path: string, property: string): boolean {
  const plain = path
    .replace(/\["([^"]*)"\]/g, ".$1")
    .replace(/^tagsAll\./, "tags.")
    .replace(/^(pulumi|effective)Labels\./, "labels.");
  return /^(tags|labels)\./.test(property) && plain === property;
}

/**
 * Whether the cloud is as it was before a drift, once it is repaired. An object that had to be made
 * again may have another name, where the provider makes the names.
 */
export function isRestored(
  { order }: DriftCandidate,
  before: LedgerObject,
  after: LedgerObject | undefined,
  model: ResourceModel | undefined,
): boolean {
  if (after === undefined) return false;
  const name =
    order.kind === "delete" && model?.name?.auto === true ? model.name.property : undefined;
  const shown = ({ inputs }: LedgerObject): string =>
    JSON.stringify(
      Object.entries(inputs)
        .filter(([key]) => key !== name)
        .sort(),
    );
  return shown(before) === shown(after);
}

/** Resources that a refresh preview finds changed although nobody changed them. */
export function falseDrift(candidates: readonly DriftCandidate[], facts: Facts): string[] {
  const known = new Set(candidates.map(({ urn }) => urn));
  return facts.resources
    .filter(
      ({ urn, custom, operation }) =>
        custom && !known.has(urn) && !["same", "refresh"].includes(operation),
    )
    .map(
      ({ urn, operation, changes }) =>
        `${urn}: ${operation} ${changes.map(({ path }) => path).join(", ")}`,
    );
}
