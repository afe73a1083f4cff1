/** What an up that was broken off left in flight: operations of which nobody knows whether the cloud did them. */
import { describe } from "../../engine/engine-errors";
import { at, listOf, textOf } from "./values";

/**
 * Operations that are pending in a state, as `creating db (aws:rds/instance:Instance)`.
 * @param state as `pulumi stack export` prints it
 */
export function pendingOperations(state: unknown): string[] {
  return listOf(at(state, "deployment", "pending_operations")).map(
    (operation) =>
      `${textOf(at(operation, "type"))} ${describe(textOf(at(operation, "resource", "urn")))}`,
  );
}
