/** What binds objects to each other: references, uniqueness, and what is in use. */
import { holds, type Setting } from "./conditions";
import { equal, equalScalars } from "./compare";
import { placesItself, regional, zonal, type Place } from "./places";
import type { Instance } from "./instance";
import { means, type Ledger, type StoredObject } from "./ledger";
import type { PropertyModel, Reference, ResourceModel } from "./model";
import { overlap } from "./networks";
import { elements, keysOf, pathValues, valueAt } from "./paths";
import { fill, type Resolved } from "./templates";
import {
  UNKNOWN,
  isBlock,
  propertyPath,
  touchesSecret,
  type Properties,
  type Step,
  type Value,
  type Values,
} from "./values";

interface Use {
  readonly path: readonly Step[];
  readonly value: Value;
  readonly references: readonly Reference[];
}

/** Every value in the properties that names another object. */
function uses(
  fields: Readonly<Record<string, PropertyModel>>,
  values: Values,
  path: readonly Step[] = [],
): Use[] {
  return Object.entries(fields).flatMap(([key, model]) => {
    const value = values[key];
    if (value === undefined) return [];
    return usesOf(model, value, [...path, key]).flatMap((use) => {
      const references = use.references.filter(
        ({ unless }) => unless === undefined || values[unless] !== true,
      );
      return references.length === 0 ? [] : [{ ...use, references }];
    });
  });
}

/** By the outputs that they were read from, which are never changed in place: a delete asks every object. */
const usesRead = new WeakMap<Values, readonly Use[]>();

/** What a stored object names. */
function usesBy({ model, outputs }: StoredObject): readonly Use[] {
  const read = usesRead.get(outputs.value) ?? uses(model.properties, outputs.value);
  usesRead.set(outputs.value, read);
  return read;
}

function usesOf(
  model: PropertyModel,
  value: Value,
  path: readonly Step[],
  inherited: readonly Reference[] = [],
): Use[] {
  const own = model.ref === undefined ? [] : [model.ref].flat();
  const references = own.length > 0 ? own : inherited;
  if (Array.isArray(value)) {
    return value.flatMap((item, at) =>
      usesOf(model.items ?? { type: "any" }, item, [...path, at], references),
    );
  }
  if (isBlock(value)) {
    if (model.fields && model.type !== "map") return uses(model.fields, value, path);
    return Object.entries(value).flatMap(([key, item]) =>
      usesOf(
        model.fields?.[key] ?? model.items ?? { type: "any" },
        item,
        [...path, key],
        references,
      ),
    );
  }
  return references.length === 0 || value === null || value === ""
    ? []
    : [{ path, value, references }];
}

/** The object that a value names for someone at a place; the reference says by which property. */
function target(
  ledger: Ledger,
  reference: Reference,
  value: Value,
  place: Place,
  values: Values,
): StoredObject | undefined {
  const found = ledger
    .named(reference.type, reference.by ?? "id", value)
    .filter((object) => isBeside(reference, object, place.model, values));
  // An ARN, an id or a link names its account and region itself.
  if (placesItself(value)) return found[0];
  return found.find((object) => reachable(object, place));
}

/** True where both objects have the same value where the reference asks for it, or it asks for none. */
function isBeside(
  { beside }: Reference,
  object: StoredObject,
  model: ResourceModel,
  values: Values,
): boolean {
  if (beside === undefined) return true;
  return equal(
    completed(object.model, object.outputs.value, beside),
    completed(model, values, beside),
  );
}

/** The value at a path, or what the model fills in there. */
export function completed(model: ResourceModel, values: Values, path: string): Value | undefined {
  const keys = keysOf(path);
  const value = valueAt(values, keys);
  if (value !== undefined) return value;
  let property: PropertyModel | undefined = { type: "object", fields: model.properties };
  for (const key of keys) property = property?.fields?.[key];
  return typeof property?.value === "string" ? property.value : undefined;
}

/** True where the object is in the same account and, as far as both types have them, region and zone. */
function reachable(object: StoredObject, place: Place): boolean {
  if (object.account !== place.account) return false;
  if (zonal(object.model) && zonal(place.model)) return object.zone === place.zone;
  return !regional(object.model) || !bound(place.model) || object.region === place.region;
}

function bound(model: Place["model"]): boolean {
  return regional(model) || zonal(model);
}

/** References that name nothing that exists, in words. */
export function brokenReferences(ledger: Ledger, place: Place, inputs: Properties): string[] {
  return broken(ledger, place, inputs, false);
}

/** References that name nothing that exists yet, and without which the object is made and not ready, in words. */
export function awaitedReferences(ledger: Ledger, place: Place, outputs: Properties): string[] {
  return broken(ledger, place, outputs, true);
}

function broken(ledger: Ledger, place: Place, properties: Properties, late: boolean): string[] {
  const { value: inputs, secrets } = properties;
  return uses(place.model.properties, inputs).flatMap(({ path, value, references: all }) => {
    const references = all.filter((reference) => (reference.late === true) === late);
    if (references.length === 0) return [];
    if (value === UNKNOWN || isOutside(references, value, place)) return [];
    if (references.some((reference) => target(ledger, reference, value, place, inputs))) return [];
    const shown = touchesSecret(secrets, path) ? "[secret]" : JSON.stringify(value);
    const wanted = references
      .map((item) => {
        const beside = item.beside;
        const there =
          beside === undefined
            ? ""
            : ` and ${beside} ${JSON.stringify(completed(place.model, inputs, beside))}`;
        return `${item.type} with this ${item.by ?? "id"}${there}`;
      })
      .join(" or ");
    const elsewhere = references
      .flatMap((reference) => ledger.named(reference.type, reference.by ?? "id", value))
      .map((object) => `one exists in account ${object.account}, region ${object.region}`);
    const hint = elsewhere[0] === undefined ? "" : `; ${elsewhere[0]}`;
    return [
      `${propertyPath(path)} refers to ${shown}, but there is no ${wanted} in account ${place.account}, region ${place.region}${hint}`,
    ];
  });
}

function isOutside(references: readonly Reference[], value: Value, place: Place): boolean {
  return references.some(
    ({ outside }) =>
      outside !== undefined &&
      typeof value === "string" &&
      new RegExp(`^(?:${outside.replaceAll("{account}", place.account)})$`).test(value),
  );
}

/**
 * What conditions over an object's properties are asked of. Without a ledger, as at preview, nothing
 * beyond the object is known.
 */
export function settingOf(
  place: Place,
  instance: Instance,
  values: Values,
  ledger?: Ledger,
  before?: Values,
): Setting {
  const { region, zone, account } = place;
  const { partition, tenant } = instance;
  const property = (path: string): Resolved => ({
    value: path === "region" ? region : path === "zone" ? zone : pathValues(values, path)[0],
    secret: false,
  });
  const scope = {
    seed: "condition",
    now: "",
    account,
    tenant,
    partition,
    property,
    referred: (name: string, output: string): Resolved =>
      ledger
        ? referredOutput(ledger, place, values, name, output)
        : { value: UNKNOWN, secret: false },
    holds: () => undefined,
  } as const;
  return {
    account,
    region,
    zone,
    partition,
    before,
    config: instance.config.value,
    template: (text) => fill(text, scope, "condition").value,
    ...(ledger
      ? {
          // A second step starts from another object, whose references these values do not hold: an id names it.
          follow: (value: Value, way: readonly string[]) =>
            known(
              referredObject(ledger, place, values, [value], way) ??
                ledger
                  .all()
                  .find(
                    (object) =>
                      means(object, "id", value) &&
                      (placesItself(value) || reachable(object, place)),
                  ),
            ),
          objects: (type: string) =>
            ledger
              .all()
              .filter((object) => object.model.token === type)
              .map(whole),
        }
      : {}),
  };
}

function whole(object: StoredObject): Values {
  return { id: object.id, ...object.outputs.value };
}

function known(object: StoredObject | undefined): Values | undefined {
  return object === undefined ? undefined : whole(object);
}

/** The object that one of the values names, by whichever property of the object has it. */
function referredObject(
  ledger: Ledger,
  place: Place,
  values: Values,
  wanted: readonly Value[],
  way: readonly string[] = [],
): StoredObject | undefined {
  const found = uses(place.model.properties, values).filter((use) => wanted.includes(use.value));
  // Two properties may have the same value and name different things: the one that is asked about comes first.
  const meant = found.filter((use) => endsWith(use.path, way));
  for (const use of [...meant, ...found]) {
    for (const reference of use.references) {
      const object = target(ledger, reference, use.value, place, values);
      if (object) return object;
    }
  }
  return undefined;
}

/** True where a path's last keys are these. */
function endsWith(path: readonly Step[], way: readonly string[]): boolean {
  const keys = path.filter((step) => typeof step === "string");
  return way.every((key, at) => keys[keys.length - way.length + at] === key);
}

/** An output of the object that a property refers to, for templates. */
export function referredOutput(
  ledger: Ledger,
  place: Place,
  values: Values,
  property: string,
  output: string,
): Resolved {
  const wanted = elements(pathValues(values, property));
  const object = referredObject(ledger, place, values, wanted, keysOf(property));
  if (object === undefined) return { value: undefined, secret: false };
  const value = pathValues(whole(object), output)[0];
  return { value, secret: touchesSecret(object.outputs.secrets, output.split(".")) };
}

/** The first set of properties that another object has already, in words. */
export function taken(
  ledger: Ledger,
  place: Place,
  values: Values,
  self?: StoredObject,
): string | undefined {
  for (const { properties, scope, source, keptAfterDelete } of place.model.unique ?? []) {
    const own = properties.map((property) => pathValues(values, property)[0]);
    // An empty text is how the provider shows that there is none.
    if (own[0] === undefined || own[0] === "") continue;
    const gone = keptAfterDelete === undefined ? [] : ledger.deleted();
    const clash = [...ledger.all(), ...gone].find(
      (object) =>
        object !== self &&
        object.model.token === place.model.token &&
        object.left !== true &&
        (scope === "global" || object.account === place.account) &&
        (scope !== "region" || object.region === place.region) &&
        (scope !== "zone" || object.zone === place.zone) &&
        properties.every((property, at) => {
          const theirs = pathValues(object.outputs.value, property)[0];
          if (object.instance.package.ignoresCase === true) return equalNoCase(theirs, own[at]);
          return alike(place.model.properties[property], theirs, own[at]);
        }),
    );
    if (clash) {
      const shown = properties
        .map((property, at) => `${property} ${JSON.stringify(own[at])}`)
        .join(", ");
      const where = scope === "global" ? "" : ` in this ${scope}`;
      const there = gone.includes(clash)
        ? `was deleted, and its name can't be used again ${keptAfterDelete}`
        : "exists already";
      return `AlreadyExists: a ${place.model.token} with ${shown} ${there}${where}: ${clash.id}${source === undefined ? "" : ` (${source})`}`;
    }
  }
  return overlapping(ledger, place, values, self) ?? usedElsewhere(ledger, place, values, self);
}

/** Equality by the property's own spelling rule. */
function alike(
  model: PropertyModel | undefined,
  left: Value | undefined,
  right: Value | undefined,
): boolean {
  if (left === undefined || right === undefined || model?.same === undefined) {
    return equal(left, right);
  }
  return equalScalars(model, left, right);
}

function equalNoCase(left: Value | undefined, right: Value | undefined): boolean {
  if (typeof left !== "string" || typeof right !== "string") return equal(left, right);
  return left.toLowerCase() === right.toLowerCase();
}

function overlapping(
  ledger: Ledger,
  place: Place,
  values: Values,
  self: StoredObject | undefined,
): string | undefined {
  const disjoint = place.model.disjoint ?? [];
  for (const { property, within, source } of disjoint) {
    const together = disjoint.filter((other) => other.within === within);
    for (const own of texts(values, property)) {
      const clash = ledger.all().flatMap((object) => {
        const { value } = object.outputs;
        if (object === self || object.model.token !== place.model.token) return [];
        if (!alike(place.model.properties[within], value[within], values[within])) return [];
        const theirs = together.flatMap((other) => texts(value, other.property));
        const found = theirs.find((range) => overlap(own, range));
        return found === undefined ? [] : [{ object, found }];
      })[0];
      if (clash) {
        const other = JSON.stringify(clash.found);
        return `${property} ${JSON.stringify(own)} conflicts with ${other} of ${clash.object.id} (${source})`;
      }
    }
  }
  return undefined;
}

function texts(values: Values, path: string): string[] {
  return pathValues(values, path).filter((value): value is string => typeof value === "string");
}

/** What another object has for itself already, in words (a disk that is attached elsewhere). */
function usedElsewhere(
  ledger: Ledger,
  place: Place,
  values: Values,
  self: StoredObject | undefined,
): string | undefined {
  const alone = (use: Use): Use => ({
    ...use,
    references: use.references.filter(({ exclusive }) => exclusive === true),
  });
  const wanted = uses(place.model.properties, values).map(alone);
  for (const { path, value, references } of wanted) {
    for (const reference of references) {
      const object = target(ledger, reference, value, place, values);
      if (object === undefined) continue;
      const holder = ledger
        .all()
        .find(
          (other) =>
            other !== self &&
            other.left !== true &&
            usesBy(other).some((use) => refersTo(alone(use), object, other)),
        );
      if (holder) {
        return `InUse: ${propertyPath(path)} names ${object.id}, which ${holder.model.token} ${holder.id} uses already`;
      }
    }
  }
  return undefined;
}

/** The lock that keeps an id from being deleted or changed, in words. */
export function locked(
  ledger: Ledger,
  model: ResourceModel,
  id: string,
  what: "deletes" | "updates",
): string[] {
  const beneath = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer}/`);
  return ledger.all().flatMap((lock) => {
    const { locks } = lock.model;
    if (locks === undefined || locks.spares.includes(model.token)) return [];
    const state = lock.outputs.value;
    const scope = state[locks.property];
    if (typeof scope !== "string") return [];
    const [own, kept] = [id.toLowerCase(), scope.toLowerCase()];
    const inside = beneath(own, kept) || (what === "deletes" && beneath(kept, own));
    const setting = settingOf(lock, lock.instance, state, ledger);
    if (!inside || holds(locks[what], state, setting) !== true) return [];
    return [`${locks.message} ${lock.id} (${locks.source})`];
  });
}

/** Why an object can't be deleted, in words; nothing where it can. */
export function deletionProblems(ledger: Ledger, object: StoredObject): string[] {
  const { model } = object;
  const state = object.outputs.value;
  const setting = settingOf(object, object.instance, state, ledger);
  const refused = (model.deleteRefusedWhile ?? [])
    .filter(({ condition }) => holds(condition, state, setting) === true)
    .map(({ message, source }) => `${message} (${source})`);
  const holders = ledger.all().filter((other) => other !== object && isHeldBy(object, other));
  const held = holders.length === 0 ? [] : [inUse(object, holders)];
  const full = contents(ledger, object).flatMap(({ members, unless }) => {
    if (members.length === 0 || (unless !== undefined && state[unless] === true)) return [];
    const way = unless === undefined ? "" : `; ${unless} lets it be deleted with its content`;
    return [`${model.token} ${object.id} is not empty: it contains ${names(members)}${way}`];
  });
  return [...refused, ...locked(ledger, model, object.id, "deletes"), ...held, ...full];
}

/** What goes with an object that is deleted: its content, where that does not keep it, and what it owns. */
export function contentOf(ledger: Ledger, object: StoredObject): StoredObject[] {
  const content = contents(ledger, object).flatMap(({ members, unless }) =>
    unless === undefined ? [] : members,
  );
  const owned = ledger
    .all()
    .filter((other) => other !== object && binds(object, other, ({ owner }) => owner === true));
  return [...content, ...owned, ...ledger.all().filter((other) => other.home === object)];
}

/** Takes an object out of its cloud, with all that goes with it. */
export function takeAway(ledger: Ledger, object: StoredObject): void {
  const content = contentOf(ledger, object);
  ledger.remove(object);
  for (const member of content) takeAway(ledger, member);
}

function contents(
  ledger: Ledger,
  object: StoredObject,
): { members: StoredObject[]; unless?: string }[] {
  return (object.model.contains ?? []).map(({ type, property, unless }) => ({
    unless,
    members: ledger
      .all()
      .filter(
        (other) =>
          other.model.token === type &&
          usesBy(other).some((use) => use.path[0] === property && refersTo(use, object, other)),
      ),
  }));
}

function isHeldBy(object: StoredObject, other: StoredObject): boolean {
  return binds(object, other, ({ holds }) => holds === true);
}

/** True where a reference of the other object, of the kind that is asked about, names the object. */
function binds(
  object: StoredObject,
  other: StoredObject,
  counts: (reference: Reference) => boolean,
): boolean {
  return usesBy(other).some((use) =>
    refersTo({ ...use, references: use.references.filter(counts) }, object, other),
  );
}

/** True where the use, made by `other`, names the object. */
function refersTo(use: Use, object: StoredObject, other: StoredObject): boolean {
  const itself = placesItself(use.value);
  return use.references.some(
    (reference) =>
      reference.type === object.model.token &&
      means(object, reference.by ?? "id", use.value) &&
      isBeside(reference, object, other.model, other.outputs.value) &&
      (itself || reachable(object, other)),
  );
}

/** What each cloud calls it. */
const IN_USE: Readonly<Record<string, string>> = {
  gcp: "resourceInUseByAnotherResource",
  "azure-native": "InUse",
};

function inUse(object: StoredObject, holders: readonly StoredObject[]): string {
  const code = IN_USE[object.package] ?? "DependencyViolation";
  return `${code}: ${object.model.token} ${object.id} is in use by ${names(holders)} and can't be deleted`;
}

function names(objects: readonly StoredObject[]): string {
  const shown = objects.slice(0, 5).map((object) => `${object.model.token} ${object.id}`);
  return objects.length > 5
    ? `${shown.join(", ")} and ${objects.length - 5} more`
    : shown.join(", ");
}
