/**
 * How the provider of Kubernetes works: its state is the live object, and what it compares is the part of that which was
 * set before.
 *
 * Source: Check, Diff, Read and checkpointObject in
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go.
 */
import type { Instance } from "./instance";
import { activeCluster } from "./kubeconfig";
import type { PropertyModel, ResourceModel } from "./model";
import { inBase64 } from "./templates";
import { keysOf, putAt, valueAt } from "./paths";
import {
  copy,
  hasUnknown,
  isBlock,
  moveSecrets,
  type Properties,
  type SecretPaths,
  type Value,
  type Values,
} from "./values";

/** Where the provider notes that it made up an object's name (provider/pkg/metadata/annotations.go). */
export const AUTONAMED = ["metadata", "annotations", "pulumi.com/autonamed"] as const;

/** The outputs in which the provider keeps the inputs, the first API version and its name as a field manager. */
export const INPUTS = "__inputs";
const VERSION = "__initialApiVersion";
export const MANAGER = "__fieldManager";

const NAMESPACE = "metadata.namespace";

/** True where a package's provider is the one of Kubernetes. */
export function isLive(instance: Instance): boolean {
  return instance.package.kind === "kubernetes";
}

/** True where the name stands in the inputs because the provider made it up. */
export function isAutonamed(inputs: Values): boolean {
  return valueAt(inputs, AUTONAMED) === "true";
}

/** Puts in the namespace of the provider, else that of the kubeconfig's context, where the object names none. */
export function defaultNamespace(model: ResourceModel, instance: Instance, values: Values): void {
  const { fields } = model.properties["metadata"] ?? {};
  if (fields?.["namespace"] === undefined) return;
  if (valueAt(values, keysOf(NAMESPACE)) !== undefined) return;
  const config = instance.config.value;
  const namespace = config["namespace"] ?? activeCluster(config)?.namespace;
  if (namespace !== undefined) putAt(values, keysOf(NAMESPACE), namespace);
}

const MANAGED_BY = ["metadata", "labels", "app.kubernetes.io/managed-by"] as const;

/**
 * Without server-side apply the provider marks what it makes with a label, and goes on with it while the object has it
 * (Check and provider/pkg/metadata/labels.go).
 */
export function labelManager(instance: Instance, olds: Values, values: Values): void {
  const fresh = Object.keys(olds).length === 0;
  const applied = instance.config.value["enableServerSideApply"] !== false;
  if (fresh ? !applied : valueAt(olds, MANAGED_BY) === "pulumi")
    putAt(values, MANAGED_BY, "pulumi");
}

/** Moves texts to where the cloud keeps them, in base64. Left as they are while an unknown is among the inputs. */
export function encodeTexts(model: ResourceModel, values: Values, secrets: SecretPaths): void {
  if (hasUnknown(values)) return;
  for (const [name, { encodedInto }] of Object.entries(model.properties)) {
    const texts = values[name];
    if (encodedInto === undefined || !isBlock(texts)) continue;
    const held = values[encodedInto];
    values[encodedInto] = { ...(isBlock(held) ? held : {}), ...(inBase64(texts) as Values) };
    moveSecrets(secrets, [name], [encodedInto], secrets);
    delete values[name];
  }
}

/**
 * The part of a live value that has the shape of the inputs: of a block their keys, of a list as many elements as they have
 * (pruneMap in provider/pkg/provider/util.go).
 */
export function pruned(live: Value | undefined, inputs: Value | undefined): Value | undefined {
  if (isBlock(live) && isBlock(inputs)) {
    const kept: Values = {};
    for (const key of Object.keys(inputs)) {
      const value = pruned(live[key], inputs[key]);
      if (value !== undefined) kept[key] = value;
    }
    return kept;
  }
  if (Array.isArray(live) && Array.isArray(inputs)) {
    return inputs.slice(0, live.length).map((item, at) => pruned(live[at], item) ?? null);
  }
  return live === undefined ? undefined : copy(live);
}

/** Values with what the provider itself knows where they do not say it: the namespace `default`. */
export function withPlanned(model: ResourceModel, values: Values): Values {
  const whole = copy(values);
  fillPlanned(model.properties, whole);
  return whole;
}

function fillPlanned(fields: Readonly<Record<string, PropertyModel>>, values: Values): void {
  for (const [key, model] of Object.entries(fields)) {
    const value = values[key];
    if (isBlock(value) && model.fields && model.type === "object") fillPlanned(model.fields, value);
    else if (value === undefined && model.planned === true && typeof model.value === "string") {
      values[key] = model.value;
    }
  }
}

/** Adds what the provider keeps of its own beside the live object. */
export function withRecord(
  { value, secrets }: Properties,
  inputs: Properties,
  before: Values | undefined,
  manager: Value,
): void {
  const given = copy(inputs.value);
  value[INPUTS] = given;
  for (const key of Object.keys(given)) moveSecrets(inputs.secrets, [key], [INPUTS, key], secrets);
  value[VERSION] = before?.[VERSION] ?? inputs.value["apiVersion"] ?? "";
  value[MANAGER] = before?.[MANAGER] ?? manager;
}
