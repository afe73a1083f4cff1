/**
 * A stack's state (`pulumi stack export`) in a form that moves only where something really changed.
 *
 * Source of the structure: pulumi/pulumi sdk/go/common/apitype/core.go (DeploymentV3, ResourceV3). Left out are the
 * manifest and other times; how secrets are encrypted, since an up that changes nothing encrypts them anew; and places
 * in the source, which are the code's. The order of resources says when each was registered, and differs with every up.
 */
import {
  asSet,
  at,
  canonicalText,
  inOrder,
  isObject,
  type Json,
  listOf,
  textOf,
  withoutSecrets,
} from "./values";

/** Parts of a resource that say nothing of what stands. */
const passing = new Set(["created", "modified", "sourcePosition", "stackTrace"]);

/** Parts whose items have no order. */
const sets = new Set([
  "dependencies",
  "aliases",
  "additionalSecretOutputs",
  "ignoreChanges",
  "replaceOnChanges",
  "hideDiffs",
]);

/**
 * Makes a state canonical.
 * @param state as `pulumi stack export` prints it; of a stack that nothing was put into yet, its deployment may be null
 * @throws Error where it is no exported state
 */
export function canonicalState(state: unknown): Json {
  const deployment = at(state, "deployment");
  if (!isObject(state) || deployment === undefined) {
    throw new Error("This is no state as the engine exports it: it has no deployment.");
  }
  return {
    resources: sorted(listOf(at(deployment, "resources")).map(canonicalResource)),
    // What a crash left in flight: nobody approves over it unseen.
    pending: sorted(
      listOf(at(deployment, "pending_operations")).map((operation) => ({
        type: at(operation, "type") ?? null,
        resource: canonicalResource(at(operation, "resource") ?? null),
      })),
    ),
  };
}

function canonicalResource(resource: Json): Json {
  const open = withoutSecrets(resource);
  if (!isObject(open)) return open;
  return Object.fromEntries(
    Object.entries(open).flatMap(([key, value]): [string, Json][] => {
      if (value === undefined || passing.has(key)) return [];
      if (sets.has(key)) return [[key, asSet(value)]];
      if (key !== "propertyDependencies" || !isObject(value)) return [[key, value]];
      return [
        [
          key,
          Object.fromEntries(
            Object.entries(value).map(([name, urns]) => [name, asSet(urns ?? [])]),
          ),
        ],
      ];
    }),
  );
}

/** By URN. A resource that is being replaced stands twice under its own: what else it holds decides then. */
function sorted(resources: readonly Json[]): Json {
  const key = (one: Json): string =>
    `${textOf(at(one, "urn") ?? at(one, "resource", "urn"))} ${canonicalText(one)}`;
  return resources
    .map((one) => [key(one), one] as const)
    .sort(([one], [other]) => inOrder(one, other))
    .map(([, one]) => one);
}
