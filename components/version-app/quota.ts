import type { AuthProxy, ContainerSize, VersionApp } from "./contract";

/** What an export asks for: gcloud waits, Cloud SQL works. */
export const exportSize: ContainerSize = {
  cpuMillis: 100,
  cpuLimitMillis: 1000,
  memoryMiB: 512,
  storageMiB: 512,
};

/** Parts of a container's size that a quota counts. */
interface Sum {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly storageMiB: number;
}

const none: Sum = { cpuMillis: 0, memoryMiB: 0, storageMiB: 0 };
const plus = (one: Sum, other: Sum): Sum => ({
  cpuMillis: one.cpuMillis + other.cpuMillis,
  memoryMiB: one.memoryMiB + other.memoryMiB,
  storageMiB: one.storageMiB + other.storageMiB,
});
const times = (count: number, one: Sum): Sum => ({
  cpuMillis: count * one.cpuMillis,
  memoryMiB: count * one.memoryMiB,
  storageMiB: count * one.storageMiB,
});

/** Pods of the app beyond the wanted number while it is rolled out, one for each three of the most there may be. */
export function surge(app: Pick<VersionApp, "replicas">): number {
  return Math.ceil(app.replicas.max / 3);
}

/**
 * What the namespace may use: everything that can be there at once, twice over where a rollout is under way. Pods that
 * are ending still count, and a rollout does not wait for them
 * (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge). No volumes, and nothing that opens
 * a port to the world but through the ingress.
 */
export function quota(app: VersionApp, proxy: AuthProxy): Readonly<Record<string, string>> {
  const counted: readonly (readonly [number, Sum])[] = [
    // Those that serve: at their most, their successors, and those that are on their way out.
    [2 * app.replicas.max + surge(app), plus(app.size, proxy.size)],
    // A migration of Pulumi's, and one of a pipeline.
    [2, plus(app.size, proxy.size)],
    // Before a change, of the night, and a pipeline's.
    [3, exportSize],
  ];
  const sum = counted.reduce((all, [count, one]) => plus(all, times(count, one)), none);
  return {
    pods: String(counted.reduce((all, [count]) => all + count, 0)),
    "requests.cpu": `${sum.cpuMillis}m`,
    "requests.memory": `${sum.memoryMiB}Mi`,
    "limits.memory": `${sum.memoryMiB}Mi`,
    "requests.ephemeral-storage": `${sum.storageMiB}Mi`,
    persistentvolumeclaims: "0",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}

/**
 * What a container gets that says nothing (the quota refuses one that asks for nothing), and the most that one may ask
 * for.
 */
export function limits(app: VersionApp, proxy: AuthProxy) {
  const sizes = [app.size, proxy.size, exportSize];
  const most = (of: (size: ContainerSize) => number) => Math.max(...sizes.map(of));
  return [
    {
      type: "Container",
      defaultRequest: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "256Mi" },
      default: { cpu: "500m", memory: "256Mi", "ephemeral-storage": "256Mi" },
      max: {
        cpu: `${Math.max(
          500,
          most((size) => size.cpuLimitMillis),
        )}m`,
        memory: `${Math.max(
          256,
          most((size) => size.memoryMiB),
        )}Mi`,
        "ephemeral-storage": `${Math.max(
          256,
          most((size) => size.storageMiB),
        )}Mi`,
      },
    },
  ];
}
