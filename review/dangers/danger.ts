/** Makes a danger of a fact. */
import type { ResourceFact } from "../../engine/facts";
import type { Danger, DangerKind } from "../record";

/** A danger whose message has not passed the mask yet. */
export function danger(kind: DangerKind, fact: ResourceFact, message: string): Danger {
  const { urn, type, name } = fact;
  return { kind, urn, type, name, message };
}
