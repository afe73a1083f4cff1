import { Cluster } from "@pulumi/gcp/container";
import { IAMMember as ProjectIamMember } from "@pulumi/gcp/projects";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import type { ClusterFacts } from "./contract";
import { controlPlaneAddress, execKubeconfig } from "./kubeconfig";
import { maintenancePolicy, type ClusterMaintenance } from "./maintenance";
import { checkPools, nodeBasics, nodePool, type GkePool } from "./node-pools";

export {
  leastMaintenanceHours,
  maintenanceHours,
  weekdays,
  type ClusterMaintenance,
  type MaintenanceExclusion,
  type Weekday,
} from "./maintenance";
export { tokenKubeconfig } from "./kubeconfig";
export type { GkePool } from "./node-pools";

/**
 * What the nodes' account has to be allowed, and all of it: logs, metrics and the autoscaler's own
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa). Images of an
 * Artifact Registry that is not public want `roles/artifactregistry.reader` on it besides.
 */
export const nodeRoles: readonly string[] = ["roles/container.defaultNodeServiceAccount"];

/**
 * What pods ask for names: Cloud DNS, through each node's metadata server
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-dns).
 */
export const clusterResolver = "169.254.169.254";

/** One role of people, in plain data: who it is, and what it may do in the project's clusters. */
export interface ClusterAccessRole {
  /** What the organisation calls it: `engineering-manager`, `production`. */
  readonly name: string;
  /** Google group, by its email. */
  readonly group: string;
  /** `admin` may change what runs and read its secrets; `view` sees all but secrets. */
  readonly level: "admin" | "view";
}

/**
 * Roles by level. Both have `container.clusters.connect`, which the DNS endpoint asks for, and are taken for rights in
 * Kubernetes too (https://cloud.google.com/kubernetes-engine/docs/how-to/iam#predefined).
 */
const levels: Readonly<Record<ClusterAccessRole["level"], string>> = {
  admin: "roles/container.developer",
  view: "roles/container.viewer",
};

/** Arguments of GkeCluster. */
export interface GkeClusterArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  readonly region: string;
  /** Where nodes are: two or more zones of the region. A change moves the nodes and nothing else. */
  readonly zones: readonly string[];
  /** `projects/…/global/networks/…`. Another network is another cluster. */
  readonly networkId: pulumi.Input<string>;
  /** `projects/…/regions/…/subnetworks/…`. Another subnet is another cluster. */
  readonly subnetId: pulumi.Input<string>;
  /** Name of the subnet's range for pods: a /24 of it for each node. Another range is another cluster. */
  readonly podsRange: string;
  /** Name of the subnet's range for services. Another range is another cluster. */
  readonly servicesRange: string;
  /** Account of the nodes, with `nodeRoles`. Another account replaces the pools, one standing before the other goes. */
  readonly identity: {
    readonly email: pulumi.Input<string>;
    readonly ready: readonly pulumi.Resource[];
  };
  /** How soon Google brings new versions, to control plane and nodes alike. */
  readonly channel: "RAPID" | "REGULAR" | "STABLE" | "EXTENDED";
  readonly maintenance: ClusterMaintenance;
  readonly pools: readonly GkePool[];
  /**
   * Whether tokens of Kubernetes' own accounts open the DNS endpoint: what a deployer from elsewhere comes in with.
   * They are of nobody that IAM knows, so that Kubernetes' own rights are all that guards it then.
   * @default false
   */
  readonly kubernetesTokens?: boolean;
  /** @default nobody */
  readonly people?: readonly ClusterAccessRole[];
  /** Onto the nodes' machines and disks, which no default labels reach. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** What nodes need of the network: subnet, NAT, firewall, names of Google's APIs. @default nothing */
  readonly ready?: readonly pulumi.Resource[];
}

/**
 * A regional GKE cluster with nodes of its own in several zones: VPC-native, private nodes, Dataplane V2, Workload
 * Identity. Its control plane has a name and no address that anybody could use
 * (docs/decisions/0011-control-plane-by-name.md).
 *
 * It holds no data, and is protected as what does: its name is fixed, so that a replacement deletes first, and the
 * engine begins with everything inside and the nodes, long before Google's own protection is asked about the cluster.
 * `protect` refuses such a change at preview, with nothing deleted.
 *
 * Order: nodes go before the cluster and the cluster before its subnet. What the cluster's own controllers made
 * (load balancer, network endpoint groups, firewall rules) goes with the Ingress and the namespace that it belongs
 * to, whose deletion waits for it by finalizers; a cluster deleted with them inside would leave them in the network's
 * way (https://cloud.google.com/kubernetes-engine/docs/how-to/standalone-neg#leaked_negs).
 */
export class GkeCluster extends Component implements ClusterFacts {
  readonly id: pulumi.Output<string>;
  readonly name: string;
  readonly location: string;
  readonly kubeconfig: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  readonly workloadPool: string;
  readonly ready: pulumi.Resource[];

  /** @throws if zones, pools or maintenance are none that GKE would take */
  constructor(name: string, args: GkeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "cluster",
      "GkeCluster",
      name,
      {
        channel: args.channel,
        zones: args.zones.length,
        pools: args.pools.map((pool) => pool.name).join(","),
        kubernetesTokens: args.kubernetesTokens ?? false,
      },
      opts,
    );
    if (new Set(args.zones).size !== args.zones.length || args.zones.length < 2) {
      throw new Error(`zones: found ${args.zones.join(", ")}, allowed: two or more, each once`);
    }
    checkPools(args.pools);
    // https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#Cluster.FIELDS.name
    this.name = fixedName({ maxLength: 40 }, args.site.prefix, "cluster");
    this.location = args.region;
    this.workloadPool = `${args.project}.svc.id.goog`;

    const cluster = this.cluster(name, args);
    const context = {
      parent: this,
      cluster: cluster.name,
      region: args.region,
      zones: args.zones,
      account: args.identity.email,
      labels: args.labels ?? {},
    };
    const pools = args.pools.map((pool) => nodePool(name, pool, context));
    for (const { name: role, group, level } of args.people ?? []) {
      new ProjectIamMember(
        `${name}-${role}`,
        { project: args.project, role: levels[level], member: `group:${group}` },
        { parent: this },
      );
    }
    this.id = cluster.id;
    this.endpoint = cluster.controlPlaneEndpointsConfig.apply(({ dnsEndpointConfig }) =>
      controlPlaneAddress(this.name, dnsEndpointConfig),
    );
    this.kubeconfig = this.endpoint.apply((server) => execKubeconfig(this.name, server));
    this.ready = [cluster, ...pools];
    this.registerOutputs({ id: this.id, endpoint: this.endpoint });
  }

  private cluster(name: string, args: GkeClusterArgs): Cluster {
    return new Cluster(
      `${name}-cluster`,
      {
        name: this.name,
        location: args.region,
        nodeLocations: [...args.zones],
        deletionProtection: args.site.protection,
        releaseChannel: { channel: args.channel },
        maintenancePolicy: maintenancePolicy(args.maintenance),

        network: args.networkId,
        subnetwork: args.subnetId,
        networkingMode: "VPC_NATIVE",
        ipAllocationPolicy: {
          clusterSecondaryRangeName: args.podsRange,
          servicesSecondaryRangeName: args.servicesRange,
        },
        // Dataplane V2 enforces NetworkPolicies by itself; the older add-on for them can't be had beside it
        // (https://cloud.google.com/kubernetes-engine/docs/concepts/dataplane-v2).
        datapathProvider: "ADVANCED_DATAPATH",
        privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
        controlPlaneEndpointsConfig: {
          dnsEndpointConfig: {
            allowExternalTraffic: true,
            enableK8sTokensViaDns: args.kubernetesTokens ?? false,
            enableK8sCertsViaDns: false,
          },
          ipEndpointsConfig: { enabled: false },
        },
        // Names are answered by Cloud DNS through each node's metadata server and not by pods that can be lost with a
        // zone. With no cache on the nodes either, 169.254.169.254 is the one resolver that policies have to know
        // (https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-dns). The cache is on unless said otherwise,
        // and to turn it off later makes every node anew
        // (https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache).
        dnsConfig: {
          clusterDns: "CLOUD_DNS",
          clusterDnsScope: "CLUSTER_SCOPE",
          // GKE's own choice; unsaid it would differ from what is read back.
          clusterDnsDomain: "cluster.local",
        },
        addonsConfig: {
          dnsCacheConfig: { enabled: false },
          httpLoadBalancing: { disabled: false },
          horizontalPodAutoscaling: { disabled: false },
        },

        workloadIdentityConfig: { workloadPool: this.workloadPool },
        enableShieldedNodes: true,
        enableLegacyAbac: false,
        // Whoever shows no credentials gets health checks and no more, whatever some binding says
        // (https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#restrict-anon-access).
        anonymousAuthenticationConfig: { mode: "LIMITED" },
        rbacBindingConfig: {
          enableInsecureBindingSystemAuthenticated: false,
          enableInsecureBindingSystemUnauthenticated: false,
        },

        loggingConfig: { enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS"] },
        // What alarms read of deployments, pods and their autoscaler, which come by way of managed Prometheus
        // (https://cloud.google.com/kubernetes-engine/docs/how-to/kube-state-metrics).
        monitoringConfig: {
          enableComponents: ["SYSTEM_COMPONENTS", "HPA", "POD", "DEPLOYMENT"],
          managedPrometheus: { enabled: true },
        },
        // Notices of upgrades, ends of support and security bulletins go to Cloud Logging without being asked for, and
        // alarms read them there (https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-notifications).
        costManagementConfig: { enabled: true },

        // A cluster can't be made without nodes. Its first pool, which lives for minutes, is like the others in what an
        // organisation's policies ask for; the project's default account may have been taken away.
        initialNodeCount: 1,
        removeDefaultNodePool: true,
        nodeConfig: nodeBasics(args.identity.email),
        // Holds for every pool (https://cloud.google.com/kubernetes-engine/docs/how-to/disable-kubelet-readonly-port).
        nodePoolDefaults: {
          nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" },
        },
      },
      stateful(args.site, {
        parent: this,
        dependsOn: [...(args.ready ?? []), ...args.identity.ready],
        ignoreChanges: [
          // Of a pool that is gone; what is read back is another pool's, and a difference would replace the cluster.
          "nodeConfig",
          // Not sent while there are no IP endpoints, so that what is read back is whatever Google put there.
          "privateClusterConfig.enablePrivateEndpoint",
        ],
        customTimeouts: { create: "60m", update: "90m", delete: "60m" },
      }),
    );
  }
}
