/** Whether an object that exists has become ready: what it waits for, in words. */
import { holds, type Setting } from "./conditions";
import { brokenRules } from "./inputs";
import type { Instance } from "./instance";
import type { Ledger, StoredObject } from "./ledger";
import { quotaProblems } from "./quotas";
import type { Place } from "./places";
import { awaitedReferences, settingOf } from "./references";
import type { Properties } from "./values";

/** What keeps an object from being ready; nothing where it is, or where its type is not waited for. */
export function missingForReady(
  ledger: Ledger,
  place: Place,
  instance: Instance,
  outputs: Properties,
  self?: StoredObject,
): string[] {
  const { ready } = place.model;
  if (ready === undefined) return [];
  const { value } = outputs;
  const setting = settingOf(place, instance, value, ledger);
  if (ready.unless !== undefined && holds(ready.unless, value, setting) === true) return [];
  const broken = brokenRules(ready.rules ?? [], value, setting).map(({ reason }) =>
    filled(reason, setting),
  );
  return [
    ...awaitedReferences(ledger, place, outputs),
    ...broken,
    ...quotaProblems(ledger, place, value, "ready", self),
  ];
}

/** A message with its templates filled in. */
function filled(message: string, setting: Setting): string {
  const text = setting.template(message);
  return typeof text === "string" ? text : message;
}
