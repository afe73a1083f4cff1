/** Where objects live. */
import type { Instance } from "./instance";
import type { ResourceModel } from "./model";
import type { Values } from "./values";

/** Where an object lives or is to live. */
export interface Place {
  readonly model: ResourceModel;
  readonly account: string;
  readonly region: string;
}

/** True where the type takes a region of its own, filled in from the provider's. */
export function regional(model: ResourceModel): boolean {
  const region = model.properties["region"];
  return region?.optionalComputed === true && region.value === "{region}";
}

/** Place of an object that a provider instance is asked for. */
export function placeOf(model: ResourceModel, instance: Instance, inputs: Values): Place {
  const own = inputs["region"];
  const region = regional(model) && typeof own === "string" ? own : instance.region;
  return { model, account: instance.account, region };
}
