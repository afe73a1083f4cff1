/** The sandbox's models by type; loaded only when drift is rehearsed. */
import type { ResourceModel } from "../sandbox/model";
import { packages } from "../sandbox/packages";

const models = new Map(
  packages.flatMap(({ resources }) => resources).map((model) => [model.token, model]),
);

/** The model of a type, or undefined where the sandbox has none. */
export function modelOf(type: string): ResourceModel | undefined {
  return models.get(type);
}
