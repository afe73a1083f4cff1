/** Changes made behind Pulumi's back, as someone in the cloud's console would make them. */
import { mergedTags } from "./instance";
import type { Drift } from "./control";
import type { Ledger, StoredObject } from "./ledger";
import { didYouMean } from "./nearest";
import { takeAway } from "./references";
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
      takeAway(ledger, object);
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
  const { model, outputs } = object;
  const put = (name: string) => {
    const map = outputs.value[name];
    write(object, name, { ...(isBlock(map) ? map : {}), [key]: value });
  };
  if (model.tags === true) {
    put("tags");
    put("tagsAll");
  } else if (model.labels === true) {
    // The provider shows the labels that it manages; those of others stand in `effectiveLabels` alone.
    for (const name of ["labels", "pulumiLabels"]) {
      const map = outputs.value[name];
      if (isBlock(map) && key in map) put(name);
    }
    put("effectiveLabels");
  } else if (model.properties["tags"]?.type === "map") put("tags");
  else throw new Error(`${model.token} has no tags`);
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
