/**
 * Components under Pulumi's mocks: what they declare, with inputs and protection, and no engine. A type that is not in
 * the table of a cloud (aws-mocks, cloud-mocks) is an error, so that no test passes over a resource that nobody thought
 * of.
 */
// A stack trace for every promise, mapped by jest, is most of what such a test costs.
import "../../engine/lean-sdk";
import * as pulumi from "@pulumi/pulumi";

/** One declared resource. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** As set on the resource itself. */
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** Names of the resources that it was told to wait for, beside those whose outputs it takes. */
  readonly dependsOn: readonly string[];
  /** Name of the provider resource, where it was given to the resource itself. */
  readonly provider: string | undefined;
  readonly retainOnDelete: boolean;
}

/** What a type answers beside its inputs. */
export type Make = (
  name: string,
  inputs: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>;

/** For types that answer nothing of their own. */
export const none: Make = () => ({});

const inputsByUrn = new Map<string, Readonly<Record<string, unknown>>>();
const key = (type: string, name: string): string => `${type} ${name}`;

/**
 * Sets the mocks, once a test file and before its components are loaded.
 * @param types what each type answers beside its inputs; every other type is an error
 */
export function mockClouds(types: Readonly<Record<string, Make>>): void {
  void pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        const given = inputs as Readonly<Record<string, unknown>>;
        inputsByUrn.set(key(type, name), given);
        if (custom !== true && type.startsWith("gitlab:")) return { id: undefined, state: {} };
        const make = types[type];
        if (make === undefined) throw new Error(`the mocks know no ${type}`);
        return { id: `${name}-id`, state: { ...given, ...make(name, given) } };
      },
      call: ({ token }) => {
        throw new Error(`the mocks know no ${token}: nothing may be looked up`);
      },
    },
    "gitlab",
    "test",
    false,
  );
}

/**
 * Declares resources and waits until all of them are registered.
 * @param declare makes a component with the options that it is given
 */
export async function declared<T>(
  declare: (opts: pulumi.ComponentResourceOptions) => T,
): Promise<{ readonly made: T; readonly resources: readonly Declared[] }> {
  const seen: {
    readonly resource: pulumi.Resource;
    readonly type: string;
    readonly name: string;
    readonly opts: pulumi.CustomResourceOptions;
  }[] = [];
  const made = declare({
    transformations: [
      ({ resource, type, name, props, opts }) => {
        seen.push({ resource, type, name, opts });
        return { props, opts };
      },
    ],
  });
  await Promise.all(seen.map(({ resource }) => valueOf(resource.urn)));
  return {
    made,
    resources: seen
      .filter(({ type }) => !type.startsWith("gitlab:"))
      .map(({ type, name, opts }) => {
        const inputs = inputsByUrn.get(key(type, name));
        if (inputs === undefined) throw new Error(`${type} ${name} was not registered`);
        const provider = opts.provider as
          { readonly __name?: string } | pulumi.ProviderResource | undefined;
        return {
          type,
          name,
          inputs,
          protect: opts.protect === true,
          retainOnDelete: opts.retainOnDelete === true,
          ignoreChanges: opts.ignoreChanges ?? [],
          dependsOn: waitedFor(opts.dependsOn),
          provider:
            provider === undefined ? undefined : String((provider as { __name?: string }).__name),
        };
      }),
  };
}

/** What a resource or component was registered with. */
export function inputsOf(
  type: string,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  return inputsByUrn.get(key(type, name));
}

/** Names in a plain list of resources; components here give no other. */
function waitedFor(dependsOn: pulumi.CustomResourceOptions["dependsOn"]): readonly string[] {
  const list = Array.isArray(dependsOn) ? dependsOn : [];
  return list.map((one) => String((one as { readonly __name?: string }).__name));
}

/** The value of an output, once it is known. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise<T>((resolve) => {
    output.apply((value) => {
      resolve(value);
      return value;
    });
  });
}

/** Whether a recorded input is a Pulumi secret (its wrapper's signature key). */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}

/** Those of one type, by its token, whole or up to a colon: `gcp:storage/bucket`. */
export function ofType(resources: readonly Declared[], type: string): readonly Declared[] {
  return resources.filter(
    (resource) => resource.type === type || resource.type.startsWith(`${type}:`),
  );
}

/** The one of its type. */
export function only(resources: readonly Declared[], type: string): Declared {
  const [first, ...others] = ofType(resources, type);
  if (first === undefined || others.length > 0) {
    throw new Error(`${type}: found ${others.length + (first === undefined ? 0 : 1)}, wanted one`);
  }
  return first;
}
