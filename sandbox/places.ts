/** Where objects live. */
import type { Instance } from "./instance";
import type { ResourceModel } from "./model";
import type { Values } from "./values";

/** Where an object lives or is to live. */
export interface Place {
  readonly model: ResourceModel;
  readonly account: string;
  /** The object's own region, or that of its zone, where it has one. */
  readonly region: string;
  /** The object's own zone, where it has one. */
  readonly zone: string;
}

/** The properties that put an object somewhere else than its provider instance, with the template that says so. */
const OWN = { project: "{account}", region: "{region}", zone: "{zone}" } as const;

function own(model: ResourceModel, name: keyof typeof OWN): boolean {
  const property = model.properties[name];
  return property?.optionalComputed === true && property.value === OWN[name];
}

/** True where the type takes a region of its own, filled in from the provider's. */
export function regional(model: ResourceModel): boolean {
  return own(model, "region");
}

/** True where the type takes a zone of its own, filled in from the provider's. */
export function zonal(model: ResourceModel): boolean {
  return own(model, "zone");
}

/** Place of an object that a provider instance is asked for. */
export function placeOf(model: ResourceModel, instance: Instance, inputs: Values): Place {
  const given = (name: keyof typeof OWN): string | undefined => {
    const value = inputs[name];
    // A link to a zone or region names it at its end.
    return typeof value === "string" && own(model, name) ? value.split("/").at(-1) : undefined;
  };
  const zone = given("zone") ?? instance.zone;
  const ofZone = zonal(model) ? /^(.+)-[a-z]$/.exec(zone)?.[1] : undefined;
  const region = given("region") ?? ofZone ?? instance.region;
  return { model, account: given("project") ?? instance.account, region, zone };
}

/** What an object must say of its place itself, because its provider instance does not. */
export function missingPlace(model: ResourceModel, instance: Instance, inputs: Values): string[] {
  const known = { project: instance.account, region: instance.region, zone: instance.zone };
  return (["project", "region", "zone"] as const).filter(
    (name) => own(model, name) && inputs[name] === undefined && known[name] === "",
  );
}

/** The number that Google gives a project beside its name. */
export function accountNumber(account: string): string {
  let number = 7;
  for (const letter of account) number = (number * 31 + letter.charCodeAt(0)) % 899_999_999_999;
  return String(100_000_000_000 + number);
}

/** True where a value says by itself where its object lives: an ARN, a resource id, a link. */
export function placesItself(value: unknown): boolean {
  return (
    typeof value === "string" && /^(?:arn:|\/subscriptions\/|projects\/|https:\/\/)/.test(value)
  );
}

/** A GCP link without its host and API version, or nothing where the text is none. */
export function relativeLink(link: string): string | undefined {
  return /^(?:https:\/\/[^/]+\/(?:[a-z]+\/)?(?:v\d\w*|beta|alpha)\/)?(projects\/.+)$/.exec(
    link,
  )?.[1];
}
