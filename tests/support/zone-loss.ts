/** What is left of planned objects when a zone is lost, computed from their own numbers. */

/** A spread constraint of a pod (https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/). */
export interface Spread {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains?: number;
  readonly whenUnsatisfiable: string;
}

/**
 * Every way in which a scheduler may lay so many pods over zones that all have room: the constraint over zones that it
 * must hold to, or none. Pods a zone, in the order of the zones.
 */
export function layouts(pods: number, zones: number, spreads: readonly Spread[]): number[][] {
  const bound = spreads.find(
    ({ topologyKey, whenUnsatisfiable }) =>
      topologyKey === "topology.kubernetes.io/zone" && whenUnsatisfiable === "DoNotSchedule",
  );
  const all = distributions(pods, zones);
  return bound === undefined
    ? all
    : all.filter((one) => Math.max(...one) - Math.min(...one) <= bound.maxSkew);
}

function distributions(pods: number, zones: number): number[][] {
  if (zones === 1) return [[pods]];
  return Array.from({ length: pods + 1 }, (_, first) => first).flatMap((first) =>
    distributions(pods - first, zones - 1).map((rest) => [first, ...rest]),
  );
}

/** Fewest pods that are left when the worst zone of the worst layout is lost. */
export function leastLeft(pods: number, zones: number, spreads: readonly Spread[]): number {
  return Math.min(...layouts(pods, zones, spreads).map((layout) => pods - Math.max(...layout)));
}

/** A database instance: where it runs, and where it can go on running by itself. */
export interface Instance {
  readonly name: string;
  readonly primary: boolean;
  readonly zones: readonly string[];
}

/** Instances that can serve writes once a zone is lost: the primary where it can move, and replicas that can be promoted. */
export function writable(instances: readonly Instance[], lost: string): string[] {
  return instances
    .filter(({ zones }) => zones.some((zone) => zone !== lost))
    .map(({ name }) => name);
}
