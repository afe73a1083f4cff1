/** Changes made behind Pulumi's back, as someone in the cloud's console would make them. */
import { mergedTags } from "./instance";
import type { Drift } from "./control";
import type { Ledger, StoredObject } from "./ledger";
import { didYouMean } from "./nearest";
import { Validator } from "./validate";
import { copy, isBlock, type Value } from "./values";

/**
 * Applies a drift; the answer is the object after it, or undefined where it was deleted.
 * Throws where the object or the property does not exist, or no cloud would allow the value.
 */
export function applyDrift(ledger: Ledger, drift: Drift): StoredObject | undefined {
  const object = ledger
    .all()
    .find((item) => item.id === drift.id && item.model.token === drift.type);
  if (object === undefined) throw new Error(`no ${drift.type} has the id ${drift.id}`);
  switch (drift.kind) {
    case "delete":
      ledger.remove(object);
      return undefined;
    case "tag":
      setTag(object, drift.key, drift.value);
      return object;
    case "set":
      setInput(object, drift.property, drift.value);
      return object;
    case "output":
      setOutput(object, drift.property, drift.value);
      return object;
  }
}

function setTag(object: StoredObject, key: string, value: string): void {
  if (object.model.tags !== true) throw new Error(`${object.model.token} has no tags`);
  const { tags, tagsAll } = object.outputs.value;
  write(object, "tags", { ...(isBlock(tags) ? tags : {}), [key]: value });
  write(object, "tagsAll", { ...(isBlock(tagsAll) ? tagsAll : {}), [key]: value });
}

function setInput(object: StoredObject, property: string, value: Value): void {
  const model = object.model.properties[property];
  if (model === undefined || model.computed === true) {
    const known = Object.keys(object.model.properties);
    throw new Error(`${object.model.token} has no input ${property}${didYouMean(property, known)}`);
  }
  const validator = new Validator(object.outputs.secrets);
  validator.value(model, value, [property]);
  const failure = validator.failures[0];
  if (failure) throw new Error(`${failure.property} ${failure.reason}`);
  write(object, property, value);
  if (property === "tags" && object.model.tags === true) {
    write(object, "tagsAll", mergedTags(object.instance, value) ?? {});
  }
}

function setOutput(object: StoredObject, property: string, value: Value): void {
  const model = object.model.properties[property];
  if (model === undefined || (model.computed !== true && model.optionalComputed !== true)) {
    const known = Object.keys(object.model.properties);
    throw new Error(
      `${object.model.token} has no output ${property}${didYouMean(property, known)}`,
    );
  }
  write(object, property, value);
}

function write(object: StoredObject, property: string, value: Value): void {
  object.outputs = {
    value: { ...object.outputs.value, [property]: copy(value) },
    secrets: object.outputs.secrets,
  };
}
