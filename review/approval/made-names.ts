/**
 * Names that a provider makes up for objects that the program gives none. Their random end comes from a seed that each
 * preview draws anew, so that two previews of the same change differ by it, wherever the name stands.
 *
 * Each provider notes which names it made: the bridged ones of AWS and Google Cloud list the property in `__defaults`
 * (pulumi-terraform-bridge, pkg/tfbridge/schema.go), azure-native sets `__createBeforeDelete` (provider/pkg/provider,
 * `createBeforeDeleteFlag`), Kubernetes has an annotation (pulumi-kubernetes, provider/pkg/metadata/annotations.go).
 * Without such a note a name is the program's own, and counts to its last letter.
 */
import { at, isObject, type Json, type JsonObject } from "./values";

/** Seven or eight hexadecimal digits, and what a service wants after them (`.fifo`). */
const randomEnd = /[0-9a-f]{7,8}(\.[a-z]+)?$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What stands in place of the random end. */
const made = "[made]";

function settled(name: string): string {
  return uuid.test(name)
    ? made
    : name.replace(randomEnd, (_end, kind = "") => `${made}${String(kind)}`);
}

/** An azure-native name is the resource's own and the random end, or a UUID where Azure wants one. */
function isAzureName(key: string, value: string, resource: string): boolean {
  if (uuid.test(value)) return key.endsWith("Name");
  const begins = value.replace(/-?[0-9a-f]{8}$/, "");
  return begins !== value && resource.toLowerCase().startsWith(begins.toLowerCase());
}

/**
 * Collects names that the provider of one resource made for an object that is yet to be.
 * @param resource its name in the program
 * @param planned inputs that the plan adds or changes
 * @param before inputs that stay as they are: a replacement's notes are among them
 * @param found gets name to what stands for it
 */
export function collectMadeNames(
  resource: string,
  planned: JsonObject,
  before: JsonObject,
  found: Map<string, string>,
): void {
  const defaults = planned["__defaults"] ?? before["__defaults"];
  const azure = (planned["__createBeforeDelete"] ?? before["__createBeforeDelete"]) === true;
  for (const [key, value] of Object.entries(planned)) {
    if (typeof value !== "string") continue;
    const bridged = Array.isArray(defaults) && defaults.includes(key) && randomEnd.test(value);
    if (bridged || (azure && isAzureName(key, value, resource))) found.set(value, settled(value));
  }
  const metadata = planned["metadata"];
  if (!isObject(metadata)) return;
  const { name } = metadata;
  const noted = at(metadata, "annotations", "pulumi.com/autonamed") === "true";
  if (noted && typeof name === "string" && randomEnd.test(name)) found.set(name, settled(name));
}

/** Replaces made names wherever they stand in a text, the longest first: one may be the beginning of another. */
export function settler(found: ReadonlyMap<string, string>): (text: string) => string {
  const names = [...found].sort(([one], [other]) => other.length - one.length);
  return (text) => names.reduce((rest, [name, shown]) => rest.replaceAll(name, shown), text);
}

/** Inputs of a resource as a plan or a state holds them. */
export function inputsOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
