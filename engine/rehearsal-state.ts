/** What the rehearsal reads in a stack's exported state. */
import { z } from "zod";

/** The part of an exported state (deployment version 3) that the choice needs. */
export const stackState = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          parent: z.string().default(""),
          dependencies: z.array(z.string()).default([]),
          propertyDependencies: z
            .record(z.string(), z.array(z.string()).nullable())
            .nullable()
            .default({}),
          deletedWith: z.string().optional(),
          protect: z.boolean().default(false),
          ignoreChanges: z.array(z.string()).default([]),
        }),
      )
      .default([]),
  }),
});

/** See `stackState`. */
export type StackState = z.infer<typeof stackState>;

type Entry = StackState["deployment"]["resources"][number];

/** URNs that a resource needs: what it depends on, its parent, what it is deleted with. */
export function needs({
  parent,
  dependencies,
  propertyDependencies,
  deletedWith,
}: Entry): string[] {
  const all = [
    parent,
    deletedWith ?? "",
    ...dependencies,
    ...Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []),
  ];
  return all.filter((urn) => urn !== "");
}

/** URNs of the protected resources. */
export function protectedUrns({ deployment }: StackState): string[] {
  return deployment.resources.filter(({ protect }) => protect).map(({ urn }) => urn);
}

/**
 * Everything that the given resources need, directly or through others. A destroy comes to none of
 * it while they stand, so a refusal that names them does not name what is behind them.
 */
export function behind(urns: readonly string[], { deployment }: StackState): Set<string> {
  const entries = new Map(deployment.resources.map((entry) => [entry.urn, entry]));
  const found = new Set<string>();
  const open = [...urns];
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    const entry = entries.get(urn);
    for (const needed of entry === undefined ? [] : needs(entry)) {
      if (found.has(needed)) continue;
      found.add(needed);
      open.push(needed);
    }
  }
  return found;
}
