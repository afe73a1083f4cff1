/** A provider instance's own configuration: CheckConfig, DiffConfig, and what Configure receives. */
import { equal } from "./compare";
import type { Change } from "./diff";
import { markSecrets } from "./inputs";
import { activeCluster } from "./kubeconfig";
import type { PackageModel } from "./model";
import { Validator, type Failure } from "./validate";
import { UNKNOWN, type Properties, type Value, type Values } from "./values";

/** Keys that the engine and the SDK add and that are no configuration of the cloud's. */
const ENGINE_KEYS = new Set(["version", "pluginDownloadURL", "__internal", "__defaults"]);

/** What is wrong with a provider's configuration. */
export function checkConfig(model: PackageModel, config: Properties): Failure[] {
  const values = configOf(model, config);
  const validator = new Validator(values.secrets);
  validator.block(model.provider, values.value, [], `the ${model.package} provider`);
  return validator.failures;
}

/** A configuration with its JSON texts parsed: the SDK sends all that is not text as JSON. */
export function configOf(model: PackageModel, config: Properties): Properties {
  const secrets = new Set(config.secrets);
  const value: Values = Object.fromEntries(
    Object.entries(config.value)
      .filter(([key]) => !ENGINE_KEYS.has(key))
      .map(([key, item]): [string, Value] => [key, parse(model, key, item)]),
  );
  markSecrets(model.provider, value, [], secrets);
  return { value, secrets };
}

function parse(model: PackageModel, key: string, item: Value): Value {
  const type = model.provider[key]?.type;
  if (typeof item !== "string" || type === undefined || type === "string" || type === "json") {
    return item;
  }
  try {
    return JSON.parse(item) as Value;
  } catch {
    return item;
  }
}

/** What changed between two configurations. What the model says replaces, replaces all objects. */
export function diffConfig(model: PackageModel, olds: Properties, news: Properties): Change[] {
  const changes = changesOf(model, olds, news);
  if (model.kind !== "kubernetes") return changes;
  const replacing = replacingKeys(
    configOf(model, olds).value,
    configOf(model, news).value,
    changes,
  );
  return changes.map((change) => ({ ...change, replace: replacing.has(String(change.path[0])) }));
}

/** What says which cluster it is, beside the identifier. */
const CLUSTER_KEYS = ["kubeconfig", "context", "cluster"];

/**
 * Which changes ask for new objects, as the provider of Kubernetes sees it: another identifier does; while that stays the same,
 * nothing does; without one, another active cluster does, and what is unknown may be one.
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go (DiffConfig)
 */
function replacingKeys(olds: Values, news: Values, changes: readonly Change[]): Set<string> {
  const replacing = new Set<string>();
  const before = olds["clusterIdentifier"];
  const after = news["clusterIdentifier"];
  if (before !== undefined && after !== undefined) {
    // An unknown identifier counts as another one.
    if (!equal(before, after)) replacing.add("clusterIdentifier");
    else return replacing;
  }
  const changed = changes.map(({ path }) => String(path[0]));
  const unknown = CLUSTER_KEYS.find((key) => news[key] === UNKNOWN);
  if (unknown !== undefined) return replacing.add(unknown);
  if (changed.includes("renderYamlToDirectory")) replacing.add("renderYamlToDirectory");
  const [old, next] = [activeCluster(olds), activeCluster(news)];
  if (old !== undefined && next !== undefined && !equal(old.entry, next.entry)) {
    for (const key of CLUSTER_KEYS.filter((name) => changed.includes(name))) replacing.add(key);
  }
  return replacing;
}

function changesOf(model: PackageModel, olds: Properties, news: Properties): Change[] {
  const before = configOf(model, olds).value;
  const after = configOf(model, news).value;
  return Object.entries(model.provider).flatMap(([key, property]): Change[] => {
    const old = before[key];
    const next = after[key];
    if (equal(old, next)) return [];
    const kind = old === undefined ? "add" : next === undefined ? "delete" : "update";
    // An unknown at a preview may turn out the same: no replacement is foretold for it.
    return [{ path: [key], kind, replace: property.replace === true && next !== UNKNOWN }];
  });
}
