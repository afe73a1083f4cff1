/**
 * A zone is lost: what of version is left, in the numbers of its own plan. The plan is the committed one, which
 * tests/golden holds against what the engine plans.
 */
import plan from "../golden/version.json";
import { layouts, leastLeft, writable, type Instance, type Spread } from "../support/zone-loss";

interface Planned {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const planned = plan as unknown as readonly Planned[];
const ofType = (type: string) => planned.filter((one) => one.type === type);
/** A value deep inside a planned object; throws where there is none, so that no check passes over nothing. */
function at<T>(object: unknown, path: string): T {
  const value = path.split(".").reduce<unknown>((node, key) => {
    if (node === null || typeof node !== "object" || !(key in node)) {
      throw new Error(`there is no ${key} of ${path}`);
    }
    return (node as Record<string, unknown>)[key];
  }, object);
  return value as T;
}
function only(type: string, name: (one: Planned) => boolean = () => true): Planned {
  const [found, ...more] = ofType(type).filter(name);
  if (found === undefined || more.length > 0) throw new Error(`not exactly one ${type}`);
  return found;
}

const deployment = only(
  "kubernetes:apps/v1:Deployment",
  ({ inputs }) => at(inputs, "metadata.name") === "production",
);
const pod = at<Record<string, unknown>>(deployment.inputs, "spec.template.spec");
const spreads = at<Spread[]>(pod, "topologySpreadConstraints");
const pools = ofType("gcp:container/nodePool:NodePool");
const zones = at<string[]>(pools[0]?.inputs, "nodeLocations");
const least = at<number>(
  only("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").inputs,
  "spec.minReplicas",
);

describe("pods when a zone is lost", () => {
  test("two at least are left, however the scheduler may have laid them, at the autoscaler's least", () => {
    expect(zones).toHaveLength(3);
    expect(layouts(least, zones.length, spreads).length).toBeGreaterThan(0);
    expect(leastLeft(least, zones.length, spreads)).toBeGreaterThanOrEqual(2);
  });

  test("the computation sees it: without the constraint over zones, or with two pods, fewer are left", () => {
    expect(leastLeft(least, zones.length, [])).toBe(0);
    expect(leastLeft(2, zones.length, spreads)).toBe(1);
    const soft = spreads.map((one) => ({ ...one, whenUnsatisfiable: "ScheduleAnyway" }));
    expect(leastLeft(least, zones.length, soft)).toBe(0);
  });

  test("the constraint lets lost pods come back where there are zones left", () => {
    const bound = spreads.find(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule");
    expect(bound?.minDomains ?? 1).toBeLessThanOrEqual(zones.length - 1);
  });

  test("the nodes that are left have room for all pods that may have to run", () => {
    const [pool] = pools;
    const cpus = Number(/-(\d+)$/.exec(at<string>(pool?.inputs, "nodeConfig.machineType"))?.[1]);
    // GKE keeps 6 % of the first core, 1 % of the second and 0.5 % of the next two for itself
    // (https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes).
    const allocatable = cpus * 1000 - 60 - 10 - 5 * Math.min(Math.max(cpus - 2, 0), 2);
    // What runs on every node beside: logging, metrics, network (same page, System overhead).
    const system = 700;
    const containers = [
      ...at<unknown[]>(pod, "containers"),
      ...at<unknown[]>(pod, "initContainers"),
    ];
    const asked = containers
      .map((one) => at<string>(one, "resources.requests.cpu"))
      .map((text) => Number(/^(\d+)m$/.exec(text)?.[1]))
      .reduce((sum, one) => sum + one, 0);
    const nodes = at<number>(pool?.inputs, "autoscaling.minNodeCount") * (zones.length - 1);
    expect(asked).toBeGreaterThan(0);
    expect(nodes * Math.floor((allocatable - system) / asked)).toBeGreaterThanOrEqual(least);
  });

  test("nodes stand in every zone before anything is lost, and each pool in all of them", () => {
    for (const { inputs } of pools) {
      expect(at(inputs, "nodeLocations")).toEqual(zones);
      expect(at<number>(inputs, "autoscaling.minNodeCount")).toBeGreaterThanOrEqual(1);
    }
  });

  test("the budget for voluntary disruption leaves two of them too", () => {
    const budget = only(
      "kubernetes:policy/v1:PodDisruptionBudget",
      ({ inputs }) => at(inputs, "metadata.name") === "production",
    );
    expect(least - at<number>(budget.inputs, "spec.maxUnavailable")).toBeGreaterThanOrEqual(2);
  });
});

describe("the database when a zone is lost", () => {
  const instances = ofType("gcp:sql/databaseInstance:DatabaseInstance").map(
    ({ inputs }): Instance => {
      const settings = at<Record<string, unknown>>(inputs, "settings");
      const place = at<Record<string, string>>(settings, "locationPreference");
      const regional = at(settings, "availabilityType") === "REGIONAL";
      return {
        name: at(inputs, "name"),
        primary: !("masterInstanceName" in inputs),
        zones: [
          ...(place["zone"] === undefined ? [] : [place["zone"]]),
          ...(regional && place["secondaryZone"] !== undefined ? [place["secondaryZone"]] : []),
        ],
      };
    },
  );
  const replicas = instances.filter(({ primary }) => !primary);

  test("there is one primary, and two replicas in zones of their own, none of them the primary's", () => {
    expect(instances.filter(({ primary }) => primary)).toHaveLength(1);
    const home = instances.find(({ primary }) => primary)?.zones[0];
    const places = replicas.map((one) => one.zones[0]);
    expect(places).toHaveLength(2);
    expect(new Set([home, ...places]).size).toBe(3);
  });

  test.each(zones)("without %s there is one that serves writes or can be promoted to", (lost) => {
    expect(writable(instances, lost).length).toBeGreaterThanOrEqual(1);
    // Even if the primary's own failover fails: a replica stands elsewhere.
    expect(writable(replicas, lost).length).toBeGreaterThanOrEqual(1);
  });

  test("the computation sees it: replicas all in the zone that is lost can't be promoted", () => {
    const together = replicas.map((one) => ({ ...one, zones: [zones[0] ?? ""] }));
    expect(writable(together, zones[0] ?? "")).toEqual([]);
  });

  test("the cache has its copy in another zone than its primary", () => {
    const { inputs } = only("gcp:redis/instance:Instance");
    expect(at(inputs, "tier")).toBe("STANDARD_HA");
    expect(at(inputs, "locationId")).not.toBe(at(inputs, "alternativeLocationId"));
  });
});
