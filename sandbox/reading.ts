/**
 * What Read answers: outputs as they are, and the inputs that would bring them about.
 *
 * The engine finds drift by comparing these inputs with those of the program, so only what a user
 * may set stands in them: what was set, and what was not but now differs from never having been set.
 * What the cloud fills in by itself is left out unless it was set, or each refresh would show a
 * change that nobody made.
 */
import { equal, isEmpty } from "./compare";
import { partners } from "./diff";
import { CREATE_FIRST, DEFAULTS, markSecrets } from "./inputs";
import { isLive, pruned } from "./live";
import type { StoredObject } from "./ledger";
import type { PropertyModel } from "./model";
import {
  copy,
  isBlock,
  moveSecrets,
  type Properties,
  type SecretPaths,
  type Value,
  type Values,
} from "./values";

/** Inputs of an object for a refresh (`known`: the inputs in the state) or an import (none). */
export function readInputs(object: StoredObject, known: Properties | undefined): Properties {
  const inputs: Values = {};
  const secrets: SecretPaths = new Set();
  const importing = known === undefined || Object.keys(known.value).length === 0;
  if (isLive(object.instance) && !importing) {
    const live = (pruned(object.outputs.value, known.value) ?? {}) as Values;
    for (const key of Object.keys(live)) moveSecrets(known.secrets, [key], [key], secrets);
    markSecrets(object.model.properties, live, [], secrets);
    return { value: live, secrets };
  }
  for (const [name, model] of Object.entries(object.model.properties)) {
    const merged = object.model.tags === true && name === "tagsAll";
    if (model.computed === true && !merged) continue;
    const old = known?.value[name];
    const value = merged
      ? (object.outputs.value[name] ?? {})
      : model.writeOnly === true
        ? (old ?? object.inputs.value[name])
        : inputOf(model, object.outputs.value[name], old, importing);
    if (value === undefined) continue;
    inputs[name] = value;
    const from = model.writeOnly === true && old !== undefined ? known : object.outputs;
    moveSecrets(from?.secrets ?? new Set(), [name], [name], secrets);
  }
  const record = (importing ? object.inputs : known).value;
  if (isLive(object.instance)) return { value: inputs, secrets };
  if (object.instance.package.kind !== "native") inputs[DEFAULTS] = copy(record[DEFAULTS] ?? []);
  else if (record[CREATE_FIRST] !== undefined) inputs[CREATE_FIRST] = record[CREATE_FIRST];
  return { value: inputs, secrets };
}

/** The part of a value that a user sets. */
function inputOf(
  model: PropertyModel,
  value: Value | undefined,
  old: Value | undefined,
  importing: boolean,
): Value | undefined {
  if (model.computed === true || value === undefined) return undefined;
  if (old === undefined) {
    if (model.optionalComputed === true && !importing) return undefined;
    if (isEmpty(value) || equal(value, model.default)) return importing ? copy(value) : undefined;
  }
  if (model.fields && isBlock(value)) {
    const before = isBlock(old) ? old : {};
    const block: Values = {};
    for (const [key, field] of Object.entries(model.fields)) {
      const item = inputOf(field, value[key], before[key], importing);
      if (item !== undefined) block[key] = item;
    }
    return block;
  }
  const { items } = model;
  if (items && Array.isArray(value)) {
    const olds = Array.isArray(old) ? old : [];
    const matched = partners(model, value, olds);
    return value.map((item, at) => {
      const partner = model.set === true ? olds[matched.indexOf(item)] : olds[at];
      return inputOf(items, item, partner, importing) ?? item;
    });
  }
  return copy(value);
}
