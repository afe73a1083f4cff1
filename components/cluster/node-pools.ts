import { NodePool } from "@pulumi/gcp/container";
import type { container as inputs } from "@pulumi/gcp/types/input";
import type * as pulumi from "@pulumi/pulumi";

/** A group of like nodes, in plain data. What a change of each does stands beside it. */
export interface GkePool {
  /** What runs there: `web`. Lower case, 2 to 16 characters. Another name is another pool. */
  readonly name: string;
  /** Compute Engine's machine type. Changed in place: GKE makes a new node, drains an old one, and so on. */
  readonly machineType: string;
  /** Boot disk in GiB; images, logs and ephemeral storage of pods lie there. Changed as the machine type is. */
  readonly diskGiB: number;
  /**
   * Newer machine series take Hyperdisk alone. Changed as the machine type is.
   * @default "pd-balanced"
   */
  readonly diskType?: "pd-balanced" | "hyperdisk-balanced";
  /** Least nodes in each zone, 1 on, so that a lost zone leaves nodes in the others. Changed in place. */
  readonly minPerZone: number;
  /** Most nodes in each zone. Changed in place. */
  readonly maxPerZone: number;
}

/** Arguments of `nodePool`. */
interface NodePoolContext {
  readonly parent: pulumi.Resource;
  readonly cluster: pulumi.Input<string>;
  readonly region: string;
  readonly zones: readonly string[];
  /** Email of the account that nodes have. */
  readonly account: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is the same on every node, whatever its size, and on the short-lived first pool of a cluster. */
export function nodeBasics(
  account: pulumi.Input<string>,
): Pick<
  inputs.NodePoolNodeConfig,
  | "imageType"
  | "serviceAccount"
  | "oauthScopes"
  | "metadata"
  | "shieldedInstanceConfig"
  | "workloadMetadataConfig"
> {
  return {
    imageType: "COS_CONTAINERD",
    serviceAccount: account,
    // IAM says what the account may do; narrower scopes would only hide that
    // (https://cloud.google.com/kubernetes-engine/docs/how-to/access-scopes).
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    // GKE sets it by itself too; unsaid it would differ from what is read back, and metadata replaces a pool.
    metadata: { "disable-legacy-endpoints": "true" },
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    // Pods get their own Google account by Workload Identity, and no way to the node's
    // (https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#metadata_server).
    workloadMetadataConfig: { mode: "GKE_METADATA" },
  };
}

/**
 * A node pool. Its name is made up, so that where it has to be replaced (another account, other access) the new pool
 * stands before the old one is drained and deleted.
 */
export function nodePool(name: string, pool: GkePool, context: NodePoolContext): NodePool {
  const ownName = `${name}-${pool.name}`;
  // GKE takes 40 characters, and eight of them are the made-up end.
  if (ownName.length > 32) throw new Error(`pools: found ${ownName}, allowed: 32 characters`);
  return new NodePool(
    ownName,
    {
      cluster: context.cluster,
      location: context.region,
      nodeLocations: [...context.zones],
      initialNodeCount: pool.minPerZone,
      autoscaling: {
        minNodeCount: pool.minPerZone,
        maxNodeCount: pool.maxPerZone,
        locationPolicy: "BALANCED",
      },
      management: { autoRepair: true, autoUpgrade: true },
      // A node more at a time and none fewer (https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies#surge).
      upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
      // Drained by the pods' disruption budgets when a pool is deleted too, not at upgrades alone.
      nodeDrainConfigs: [{ respectPdbDuringNodePoolDeletion: true }],
      nodeConfig: {
        ...nodeBasics(context.account),
        machineType: pool.machineType,
        diskSizeGb: pool.diskGiB,
        diskType: pool.diskType ?? "pd-balanced",
        resourceLabels: context.labels,
      },
    },
    {
      parent: context.parent,
      // How many nodes there are is the autoscaler's affair, and a changed first number would replace the pool.
      ignoreChanges: ["initialNodeCount"],
      // A node at a time, and up to an hour for each that a disruption budget holds up
      // (https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies#surge).
      customTimeouts: { create: "60m", update: "6h", delete: "3h" },
    },
  );
}

/** @throws if a pool could not be, or would leave a zone without nodes */
export function checkPools(pools: readonly GkePool[]): void {
  if (pools.length === 0) throw new Error("pools: found none, allowed: one on");
  const names = pools.map(({ name }) => name);
  if (new Set(names).size !== names.length) {
    throw new Error(`pools: found ${names.join(", ")}, allowed: a name once`);
  }
  for (const { name, minPerZone, maxPerZone } of pools) {
    if (!/^[a-z][a-z0-9-]{0,14}[a-z0-9]$/.test(name)) {
      throw new Error(`pools: found name ${name}, allowed: 2 to 16 of a-z, 0-9 and -`);
    }
    if (!Number.isInteger(minPerZone) || minPerZone < 1) {
      throw new Error(`pools.${name}.minPerZone: found ${minPerZone}, allowed: 1 on`);
    }
    if (!Number.isInteger(maxPerZone) || maxPerZone < minPerZone) {
      throw new Error(`pools.${name}.maxPerZone: found ${maxPerZone}, allowed: ${minPerZone} on`);
    }
  }
}
