/**
 * What the pack takes from inside `@pulumi/policy`, which its type declarations leave out. Held by the SDK's exact
 * version in package.json (1.21.0).
 */
import * as policy from "@pulumi/policy";
import * as deserialize from "@pulumi/policy/deserialize";
import type { AnalyzeRequest, AnalyzerResource } from "@pulumi/pulumi/proto/analyzer_pb";

interface Internals {
  readonly UnknownValueError: new (marker: string, path: readonly string[]) => Error;
}

interface Deserialize {
  deserializeProperties: (properties: object, proxySecrets: boolean) => object;
}

const { UnknownValueError } = policy as unknown as Internals;

/** Thrown by a policy that cannot be decided yet: the engine lists it as one that could not run. */
export function undecided(marker: string, path: string): Error {
  return new UnknownValueError(marker, path.split("."));
}

/**
 * Lets each resource's properties be read from their message once, and not once for each policy: of a stack of 500
 * resources that takes 25 ms, and there are some twenty policies about several types or the whole stack. Nothing
 * changes what is read; policies only look. The SDK finds the function as a property of its module at each call.
 */
export function readOnce(): void {
  const module = deserialize as unknown as Deserialize;
  const read = module.deserializeProperties;
  const seen = new WeakMap<object, object>();
  module.deserializeProperties = (properties, proxySecrets) => {
    if (proxySecrets) return read(properties, proxySecrets);
    const known = seen.get(properties);
    if (known !== undefined) return known;
    const result = read(properties, proxySecrets);
    seen.set(properties, result);
    return result;
  };
}

/** The properties of a resource, as the SDK reads them for its policies. */
export function propertiesOf(message: AnalyzeRequest | AnalyzerResource): object {
  const read = (deserialize as unknown as Deserialize).deserializeProperties;
  const properties = message.getProperties();
  return properties === undefined ? {} : read(properties, false);
}

/** What stands behind the SDK's proxy, which throws at every unknown value; the reader tells them itself. */
export function behindProxy(props: object): object {
  return (props as { __getSpecialProxyTarget?: object }).__getSpecialProxyTarget ?? props;
}
