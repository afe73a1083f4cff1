/** An environment as it stands after an up: the sandbox's own objects, and the stack's state. */
import { checkout } from "../../../engine/isolation";
import type { LedgerObject } from "../../../sandbox/control";
import { testStack, well, type TestStack } from "./stack";

/** A resource in the state, as far as tests look at it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly protect?: boolean;
  readonly dependencies?: readonly string[];
  readonly parent?: string;
  readonly provider?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What stands. */
export interface Standing {
  readonly stack: TestStack;
  readonly objects: LedgerObject[];
  /** By URN. */
  readonly state: Map<string, StateResource>;
}

/**
 * Stands up an environment of this checkout; the test ends `stack`.
 * @param before what has to be there first, such as another stack's outputs
 */
export async function standing(
  name: string,
  before: (stack: TestStack) => void = () => undefined,
): Promise<Standing> {
  const stack = await testStack({}, { project: checkout, stack: name });
  try {
    before(stack);
    well(await stack.driver.up());
    const objects = await stack.sandbox.call("objects", {});
    const exported = (await stack.driver.exportState()) as {
      deployment: { resources: StateResource[] };
    };
    const { resources } = exported.deployment;
    return { stack, objects, state: new Map(resources.map((one) => [one.urn, one])) };
  } catch (error) {
    await stack.end();
    throw error;
  }
}

/** A resource's own name in the program. */
export const nameOf = ({ urn }: Pick<LedgerObject, "urn">): string =>
  urn.split("::").slice(3).join("::");

/** Everything that a resource waits for, over any number of steps, what its provider waits for with it. */
export function waitsFor(
  state: Standing["state"],
  urn: string,
  seen = new Set<string>(),
): Set<string> {
  const resource = state.get(urn);
  const provider = resource?.provider?.split("::").slice(0, -1).join("::");
  for (const next of [
    ...(resource?.dependencies ?? []),
    ...(provider === undefined ? [] : [provider]),
  ]) {
    if (seen.has(next)) continue;
    seen.add(next);
    waitsFor(state, next, seen);
  }
  return seen;
}
